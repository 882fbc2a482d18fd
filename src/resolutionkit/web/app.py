"""The link pages as an application: GET shows, POST acts, and nothing else changes anything (requirement C2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from inspect import isawaitable
from typing import Any, TypeAlias

from attrs import evolve, frozen
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from resolutionkit import logs
from resolutionkit.errors import InvalidValue, ResolutionKitError, StorageError
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.values import utc
from resolutionkit.notify.links import LinkAction, LinkExpired, LinkForged, Links
from resolutionkit.notify.report_links import REPORT_PATH, read_report_link
from resolutionkit.ports import Clock
from resolutionkit.tracker.aio.tracker import AsyncTracker
from resolutionkit.tracker.aio.visits import AsyncLinkVisit
from resolutionkit.tracker.linkproblems import LinkRefused
from resolutionkit.tracker.linkviews import LinkDone, LinkForm, LinkView, PreferencesView
from resolutionkit.tracker.tracker import Tracker
from resolutionkit.tracker.visits import LinkVisit
from resolutionkit.web.calling import called
from resolutionkit.web.choosing import OFFERED, Choice, chosen, sent, wanted
from resolutionkit.web.forms import TooLong, Typed, fault_of, is_one_click, new_key, posted, typed_in
from resolutionkit.web.headers import Guarded, is_foreign, is_from_elsewhere
from resolutionkit.web.interfaces import AsgiApp, SignedIn
from resolutionkit.web.notesdialog import ROOT, asked_in, looked_at, saved_by
from resolutionkit.web.pages import page, style

Visit: TypeAlias = LinkVisit | AsyncLinkVisit
_Answering: TypeAlias = Callable[[Request, FormData | None, Typed | None], Awaitable[Response]]


def _now() -> datetime:
    return datetime.now(UTC)


def made(tracker: Tracker | AsyncTracker, links: Links, signed_in: SignedIn | None, clock: Clock | None) -> AsgiApp:
    """Return the application; see :func:`resolutionkit.web.link_app`."""
    pages = LinkPages(tracker, links, signed_in, clock or _now)
    app = Starlette(
        routes=[Route("/style.css", stylesheet), *pages.routes()],
        exception_handlers={HTTPException: elsewhere},
    )
    app.router.redirect_slashes = False
    return Guarded(app)


async def stylesheet(_request: Request) -> Response:
    """Return the style sheet, whose URL is another one whenever it changes."""
    return Response(style(), media_type="text/css", headers={"cache-control": "public, max-age=86400"})


async def elsewhere(_request: Request, problem: Exception) -> Response:
    """Return a page in place of one that is not there, or was asked for in a way that it does not answer to."""
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    headers = dict(problem.headers or {}) if isinstance(problem, HTTPException) else {}
    return told("forged" if status == 404 else "unusable", status, headers=headers)


def told(
    problem: str, status: int, typed: Typed | None = None, headers: dict[str, str] | None = None, *, root: str = ""
) -> Response:
    """Return a page that says why there is nothing to see or do, with what was typed, so that it is not lost.

    Args:
        problem: The name of its words.
        status: The HTTP status.
        typed: What was typed, or None.
        headers: Further headers.
        root: Where the style sheet is, seen from the page.
    """
    line = logs.LINK_REFUSED if status < 500 else logs.LINK_FAILED
    line.write(problem=problem, http_status=status)
    shown = page("problem", {"problem": problem, "typed": typed, "root": root})
    return HTMLResponse(shown, status_code=status, headers=headers)


@frozen
class LinkPages:
    """Answers the requests to links.

    Attributes:
        tracker: The tracker.
        links: Proves the links.
        signed_in: Who is signed in at the host, or None.
        clock: Gives the instant.
    """

    tracker: Tracker | AsyncTracker
    links: Links
    signed_in: SignedIn | None
    clock: Clock

    def routes(self) -> list[Route]:
        """Return where the pages are."""
        methods = ["GET", "POST"]
        return [
            Route("/{token}", self.answer, methods=methods),
            Route(f"/{REPORT_PATH}/{{token}}", self.answer_report, methods=methods),
        ]

    async def answer(self, request: Request) -> Response:
        """Show a link's page, or act by its form."""
        return await self._answered(request, self._link)

    async def answer_report(self, request: Request) -> Response:
        """Show a response of a report, or save a note on it."""
        return await self._answered(request, self._report, root=ROOT)

    async def _answered(self, request: Request, answered: _Answering, *, root: str = "") -> Response:
        typed = None
        try:
            form = await posted(request) if request.method == "POST" else None
            typed = typed_in(form) if form is not None else None
            if form is not None and is_from_elsewhere(request.headers, self.links.url):
                return told("elsewhere", 403, None if is_foreign(request.headers) else typed, root=root)
            return await answered(request, form, typed)
        except TooLong:
            return told("too_long", 413, root=root)
        except (LinkForged, LinkExpired, LinkRefused, StorageError) as problem:
            return told(_name_of(problem), problem.http_status, typed, root=root)

    async def _link(self, request: Request, form: FormData | None, typed: Typed | None) -> Response:
        claim = self.links.read(request.path_params["token"], self._now())
        visit: Visit = await self._visited(self.tracker.by_link, claim, request)
        if visit.claim.action is LinkAction.PREFERENCES:
            return await _preferred(visit, form, typed)
        if form is None or typed is None:
            return _shown(await called(visit.look), Typed())
        return await _acted(visit, typed, one_click=is_one_click(form))

    async def _report(self, request: Request, form: FormData | None, typed: Typed | None) -> Response:
        claim = read_report_link(self.links, request.path_params["token"], self._now())
        visit = await self._visited(self.tracker.by_report_link, claim, request)
        asked = asked_in(request.query_params)
        if form is None or typed is None:
            return await looked_at(visit, asked)
        return await saved_by(visit, asked, form, typed)

    def _now(self) -> datetime:
        return utc(self.clock(), "clock", InvalidValue)

    async def _visited(self, follow: Any, claim: object, request: Request) -> Any:
        """Return what follows a link, as whoever is signed in at the host."""
        who = self.signed_in(request.scope) if self.signed_in is not None else None
        if isawaitable(who):
            who = await who
        if isinstance(self.tracker, AsyncTracker):
            return follow(claim, signed_in=who)
        return await run_in_threadpool(follow, claim, signed_in=who)


def _name_of(problem: ResolutionKitError) -> str:
    """Return the name of the words for what is in the way of a link."""
    if isinstance(problem, LinkRefused):
        return problem.problem.value
    return {LinkForged: "forged", LinkExpired: "expired"}.get(type(problem), "unavailable")


async def _acted(visit: Visit, typed: Typed, *, one_click: bool) -> Response:
    """Act, and say what was done; or show the form again with what was typed, and what is wrong with it."""
    action = visit.claim.action
    if one_click and action is not LinkAction.UNFOLLOW:
        return told("unusable", 400)
    if not one_click and typed.key is None:  # no form of ours: sent again, it would act again
        return _shown(view := await called(visit.look), _again(typed, view, "", "unusable"), status=422)
    try:
        done = await called(visit.act, LinkForm() if one_click else typed.form)
    except (StorageError, LinkRefused):
        raise
    except ResolutionKitError as problem:
        view = await called(visit.look)
        return _shown(view, _again(typed, view, *fault_of(problem)), status=problem.http_status)
    return _told_what(done)


def _again(typed: Typed, view: LinkView, name: str, words: str) -> Typed:
    """Return what was typed with what is wrong with it, to be sent again.

    What somebody else did meanwhile is on the page by now; a form that was sent already is another one from now on.
    """
    version, issue = typed.version, typed.issue
    if words == "stale" and view.issue is not None:
        version, issue = view.issue.version, view.issue.id
    key = new_key() if words == "key_reused" else typed.key or new_key()
    return evolve(typed, errors={name: words}, version=version, issue=issue, key=key)


def _shown(view: LinkView, typed: Typed, status: int = 200) -> Response:
    return HTMLResponse(page(view.claim.action.value, {"view": view, "typed": typed}), status_code=status)


def _told_what(done: LinkDone) -> Response:
    return HTMLResponse(page("done", {"done": done, "view": done.view, "action": done.claim.action.value}))


async def _preferred(visit: Visit, form: FormData | None, typed: Typed | None) -> Response:
    """Show what somebody is told, and keep what they choose; chosen twice, it is the same."""
    view = await called(visit.preferences)
    if form is None or typed is None:
        return _choice(view, chosen(view.preferences))
    if typed.key is None:  # no form of ours: boxes that are not there would count as not ticked
        return told("unusable", 400)
    found = wanted(sent(form), view.preferences)
    if not isinstance(found, Preferences):
        return _choice(view, found, status=422)
    await called(visit.set_preferences, found)
    return _choice(view, chosen(found), is_saved=True)


def _choice(view: PreferencesView, choice: Choice, *, is_saved: bool = False, status: int = 200) -> Response:
    facts = {"view": view, "choice": choice, "offered": OFFERED, "is_saved": is_saved, "key": new_key()}
    return HTMLResponse(page("preferences", facts), status_code=status)
