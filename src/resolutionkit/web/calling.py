"""Asking a tracker, whether it is awaited or not."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import Any

from starlette.concurrency import run_in_threadpool


async def called(method: Any, *given: object, **named: object) -> Any:
    """Return what a face answers: one that is async is awaited, the other is called in a thread."""
    waiting = method(*given, **named) if iscoroutinefunction(method) else run_in_threadpool(method, *given, **named)
    return await waiting
