"""An ASGI application under a WSGI host. The only module that knows a2wsgi."""

from __future__ import annotations

from typing import Any

from a2wsgi import ASGIMiddleware


def as_wsgi(app: Any) -> Any:
    """Return an ASGI application as one that WSGI hosts call; it runs on an event loop in a thread of its own."""
    return ASGIMiddleware(app)
