"""The notes dialog behind the link of a report: response by response, with save, previous and next (requirement D4).

Each of the three saves the note, and the answer is a redirection to where one goes, so that nothing is sent again by
loading a page again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import urlencode

from attrs import evolve, frozen
from starlette.datastructures import FormData, QueryParams
from starlette.responses import HTMLResponse, RedirectResponse, Response

from resolutionkit import logs
from resolutionkit.errors import ResolutionKitError, ResponseNotFound, StorageError
from resolutionkit.model.conflicts import ResponseMoved, ResponseReplaced
from resolutionkit.tracker.aio.reportvisits import AsyncReportVisit
from resolutionkit.tracker.linkproblems import LinkRefused
from resolutionkit.tracker.reportvisits import ReportView, ReportVisit
from resolutionkit.web.calling import called
from resolutionkit.web.forms import Typed, fault_of, new_key
from resolutionkit.web.pages import page

Visit: TypeAlias = ReportVisit | AsyncReportVisit

ROOT = "../"
"""Where the style sheet is, seen from the page of a report."""
_COUNT = re.compile(r"[0-9]{1,6}")
_STEPS = frozenset({"stay", "previous", "next"})
_GONE = (ResponseNotFound, ResponseReplaced, ResponseMoved)


@frozen
class Asked:
    """What the URL of a page of the dialog asks for.

    Attributes:
        at: The id of the response, or None for the first.
        saved: On how many responses a note has just been saved.
        refused: On how many it could not be.
    """

    at: str | None
    saved: int = 0
    refused: int = 0


def asked_in(query: QueryParams) -> Asked:
    """Return what a URL asks for; what no page of ours can have asked for counts as not there."""
    return Asked(query.get("at") or None, _count(query.get("saved")), _count(query.get("refused")))


def _count(text: str | None) -> int:
    return int(text) if text is not None and _COUNT.fullmatch(text) else 0


async def looked_at(visit: Visit, asked: Asked) -> Response:
    """Show a response of the report."""
    try:
        return _shown(await called(visit.look, asked.at), Typed(), asked)
    except _GONE as problem:
        return await _gone(visit, asked, problem, Typed())


async def saved_by(visit: Visit, asked: Asked, form: FormData, typed: Typed) -> Response:
    """Save the note, if there is one, and go where the button leads."""
    go, on_all = str(form.get("go", "stay")), "all" in form
    try:
        view = await called(visit.look, asked.at)
        if typed.key is None or go not in _STEPS:  # no form of ours: sent again, it would save again
            return _shown(view, _again(typed, "", "unusable"), asked, status=422, on_all=on_all)
        at = view.found.record.id
        done = await called(visit.save, at, typed.form, go=go, on_all=on_all)
    except _GONE as problem:
        return await _gone(visit, asked, problem, typed)
    except (StorageError, LinkRefused):
        raise
    except ResolutionKitError as problem:
        view = await called(visit.look, asked.at)
        told = _again(typed, *fault_of(problem))
        return _shown(view, told, asked, status=problem.http_status, on_all=on_all)
    counts = {"saved": done.saved, "refused": done.refused}
    query = urlencode({"at": done.at, **{name: count for name, count in counts.items() if count}})
    return RedirectResponse(f"?{query}", status_code=303)


def _again(typed: Typed, name: str, words: str) -> Typed:
    key = new_key() if words == "key_reused" else typed.key or new_key()
    return evolve(typed, errors={name: words}, key=key)


def _shown(view: ReportView, typed: Typed, asked: Asked, *, status: int = 200, on_all: bool = False) -> Response:
    facts = {"report": view, "view": view.view, "typed": typed, "asked": asked, "on_all": on_all, "root": ROOT}
    return HTMLResponse(page("report", facts), status_code=status)


async def _gone(visit: Visit, asked: Asked, problem: ResolutionKitError, typed: Typed) -> Response:
    """Say what became of a response, and where it is now, as far as the recipient may see that; and how to go on."""
    onward: dict[str, str] = {}
    if isinstance(problem, ResponseReplaced) and await _is_here(visit, problem.replaced_by):
        onward["Write a note on the later answer"] = f"?{urlencode({'at': problem.replaced_by})}"
    if asked.at is not None and await _is_here(visit, None):
        onward["Go on with the first response of the report"] = "?"
    words = _words_of(problem, asked)
    logs.LINK_REFUSED.write(problem=words, http_status=problem.http_status)
    facts: Mapping[str, Any] = {
        "problem": words,
        "typed": typed,
        "root": ROOT,
        "onward": onward,
        "where": getattr(problem, "moved_to", None) or getattr(problem, "replaced_by", None),
    }
    return HTMLResponse(page("gone", facts), status_code=problem.http_status)


def _words_of(problem: ResolutionKitError, asked: Asked) -> str:
    if isinstance(problem, ResponseReplaced):
        return "response_replaced"
    if isinstance(problem, ResponseMoved):
        return "response_moved" if problem.moved_to is not None else "response_without_group"
    return "report_empty" if asked.at is None else "response_gone"


async def _is_here(visit: Visit, at: str | None) -> bool:
    try:
        await called(visit.look, at)
    except _GONE:
        return False
    return True
