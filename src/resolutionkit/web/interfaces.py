"""What hosts and link pages hand to each other, as types. Nothing here needs an optional dependency."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias

AsgiApp: TypeAlias = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
"""An ASGI application."""
WsgiApp: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI application."""
SignedIn: TypeAlias = Callable[[MutableMapping[str, Any]], str | Awaitable[str | None] | None]
"""Gives the id of whoever is signed in at the host, from the ASGI scope of a request; None where nobody is."""
