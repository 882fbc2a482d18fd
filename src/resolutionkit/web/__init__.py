"""Link pages: a small web application behind the links of mails, which mounts under any host (requirement C2).

What a link says is proved in ``notify.links``, and what it does decided in ``tracker.visits``; here are the pages.
"""

from __future__ import annotations

from resolutionkit.errors import InvalidValue, MissingExtra
from resolutionkit.notify.links import Links
from resolutionkit.ports import Clock
from resolutionkit.tracker.aio.tracker import AsyncTracker
from resolutionkit.tracker.tracker import Tracker
from resolutionkit.web.interfaces import AsgiApp, SignedIn, WsgiApp

__all__ = ["AsgiApp", "SignedIn", "WsgiApp", "link_app", "link_wsgi_app"]

_BRINGS = {"starlette": "web", "jinja2": "web", "python_multipart": "web", "a2wsgi": "wsgi"}


def link_app(
    tracker: Tracker | AsyncTracker, links: Links, *, signed_in: SignedIn | None = None, clock: Clock | None = None
) -> AsgiApp:
    """Return the pages behind the links of mails, as an ASGI application to mount at ``links.url``.

    A link that is opened shows a page and changes nothing, whoever opens it, a mail scanner included; only the page's
    form acts, and a one-click unsubscription (RFC 8058). Nothing on the pages needs a script, and nothing comes from
    elsewhere.

    Args:
        tracker: The tracker, sync (which is called in a thread) or async. It serves the links of its own account, and
            of others where it was opened with ``accounts``.
        links: Proves the links; the same url and keys as the links of the mails.
        signed_in: Who is signed in at the host, whose name notes are signed with (requirement B5); None for nobody. It
            is given the request's ASGI scope, and may be awaited.
        clock: Gives the present instant, by which links expire; None for the system's clock.

    Raises:
        MissingExtra: The extra ``web`` is not installed.
        InvalidValue: The tracker is none, or the links are none.
    """
    if not isinstance(tracker, Tracker | AsyncTracker):
        raise InvalidValue("tracker", tracker, "a Tracker or an AsyncTracker")
    if not isinstance(links, Links):
        raise InvalidValue("links", links, "a Links, such as Links('https://app.example/recovery', keys)")
    try:
        from resolutionkit.web.app import made
    except ModuleNotFoundError as problem:
        raise _missing(problem) from problem
    app: AsgiApp = made(tracker, links, signed_in, clock)
    return app


def link_wsgi_app(
    tracker: Tracker, links: Links, *, signed_in: SignedIn | None = None, clock: Clock | None = None
) -> WsgiApp:
    """Return the same pages as a WSGI application, for hosts such as Flask.

    The host's own dispatcher mounts it; it runs on an event loop in a thread of its own. An async tracker belongs to
    the event loop that opened it, and is refused here.

    Args:
        tracker: The tracker.
        links: Proves the links.
        signed_in: As for :func:`link_app`; the WSGI environment is ``scope["wsgi_environ"]``.
        clock: As for :func:`link_app`.

    Raises:
        MissingExtra: The extra ``wsgi`` is not installed.
        InvalidValue: The tracker is async or none, or the links are none.
    """
    if not isinstance(tracker, Tracker):
        raise InvalidValue("tracker", tracker, "a Tracker, which is not async")
    app = link_app(tracker, links, signed_in=signed_in, clock=clock)
    try:
        from resolutionkit.web.wsgi import as_wsgi
    except ModuleNotFoundError as problem:
        raise _missing(problem) from problem
    found: WsgiApp = as_wsgi(app)
    return found


def _missing(problem: ModuleNotFoundError) -> ModuleNotFoundError | MissingExtra:
    extra = _BRINGS.get((problem.name or "").partition(".")[0])
    return problem if extra is None else MissingExtra(extra, "the pages behind links")
