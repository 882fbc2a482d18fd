"""Delivery for async trackers: a task for each channel, on the same steps as the other one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from inspect import iscoroutinefunction
from typing import Any

from resolutionkit import bridge
from resolutionkit.model.deliveries import Delivered, Delivery
from resolutionkit.tracker.courier import Courier
from resolutionkit.tracker.delivering import LOOK_EVERY, Todo, send


async def deliver(courier: Courier) -> Delivered:
    """Deliver until nothing is due, and return what was done; see :func:`resolutionkit.tracker.delivering.deliver`.

    Args:
        courier: Does the steps, on a store that is waited for.
    """
    todo = Todo(courier)
    running: dict[asyncio.Task[Sequence[Delivery]], str] = {}
    try:
        while True:
            idle = set(courier.channels) - set(running.values())
            for batch in await bridge.run(todo.look, idle) if idle or not running else ():
                running[asyncio.create_task(bridge.run(send, courier, batch, _call))] = batch.channel
            if not running:
                return todo.done
            seconds = LOOK_EVERY.total_seconds()
            done, _ = await asyncio.wait(running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                del running[one]
                todo.note(one.result())
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _call(channel: Any, notice: object) -> None:
    notify = channel.notify
    given: Awaitable[None] = notify(notice) if iscoroutinefunction(notify) else asyncio.to_thread(notify, notice)
    bridge.wait(given)
