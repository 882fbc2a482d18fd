"""What every answer of the link pages says to browsers, caches and crawlers, and which requests are another site's.

The path of a request is a secret that acts: it is kept out of caches, of search engines, and of the ``Referer`` that
browsers tell others. Nothing on a page is a script or comes from elsewhere, so that nothing of the kind is let in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow, noarchive",
}
"""What each answer has, errors included; an answer's own word is left."""

_Message = MutableMapping[str, Any]


class Guarded:
    """An ASGI application whose every answer has the headers, and no body where only the head was asked for."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        """Guard an application."""
        self._app = app

    async def __call__(self, scope: _Message, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"

        async def guarded(message: _Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.decode("latin-1").lower() for name, _ in message["headers"]}
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, guarded)


def is_from_elsewhere(headers: Mapping[str, str], mounted: str) -> bool:
    """Say whether a browser tells that another site has sent this form.

    Whoever knows a link may act by it, so that another site gains nothing by making somebody's browser send one; but
    it could have a note signed with the name of whoever is signed in at the host. Browsers say so themselves
    (``Sec-Fetch-Site``, else ``Origin``). Mail programs that unsubscribe in one click say neither.

    Args:
        headers: The request's.
        mounted: The URL at which the pages are mounted.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None or origin == "null":  # "null" is what a page without a Referer says of itself
        return False
    here = {urlsplit(mounted).netloc.lower(), headers.get("host", "").lower()}
    try:
        return urlsplit(origin).netloc.lower() not in here
    except ValueError:  # no browser says such a thing
        return True


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Say whether a browser is sure that a form is another site's: then its words are not the reader's either.

    An ``Origin`` may differ because a proxy is set up otherwise; the reader's words are shown to them then.
    """
    return headers.get("sec-fetch-site") == "cross-site"
