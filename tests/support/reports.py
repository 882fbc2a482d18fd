"""Service recovery reports for tests, and what a PDF says when it is read back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pypdf

from resolutionkit import Note, NoteLog, Person, RecoveryReport, ReportEntry
from support import NOON, response

DAY = timedelta(days=1)
BRIDGET = Person(id="bridget", name="Bridget Shaw", email="bridget@host.example")


def note(text: str = "Left voicemail.", **facts: Any) -> Note:
    """Return a note of Bridget's, half an hour before noon."""
    at = NOON - timedelta(minutes=30)
    return Note(**({"text": text, "author": "Bridget Shaw", "at": at, "happened_at": at} | facts))


def entry(response_id: str = "r-1", **facts: Any) -> ReportEntry:
    """Return an entry; what is no field of it is a field of its response."""
    names = {one for one in ReportEntry.__annotations__ if one != "response"}
    own = {name: facts.pop(name) for name in list(facts) if name in names}
    if "notes" in own:
        own["notes"] = NoteLog(own["notes"])
    given = {"group": "emea", "group_name": "EMEA", "issue": f"i-{response_id}", "status": "Needs Attention"} | own
    return ReportEntry(response=response(response_id, facts.pop("score", 3), **facts), **given)


def report(*entries: ReportEntry, **facts: Any) -> RecoveryReport:
    """Return Bridget's report over the day before noon; of one entry, unless others are given."""
    given = {"recipient": BRIDGET, "start": NOON - DAY, "end": NOON, "zone": "Europe/London"} | facts
    return RecoveryReport(entries=entries or (entry(),), **given)


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """Return the text of all pages, on one line."""
    return " ".join(" ".join(pages_of(pdf)).split())


def runs_of(pdf: bytes) -> list[tuple[str, float, float]]:
    """Return what is drawn as one piece, and where it begins: points from the left and from the foot of its page."""
    found: list[tuple[str, float, float]] = []

    def note_run(text: str, matrix: Sequence[float], place: Sequence[float], _font: Any, _size: float) -> None:
        a, b, c, d, left, height = matrix
        if text.strip():
            at = (a * place[4] + c * place[5] + left, b * place[4] + d * place[5] + height)
            found.append((text.strip(), *at))

    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=note_run)
    return found


def urls_of(pdf: bytes) -> list[str]:
    """Return where the links of a PDF lead, in order, each once."""
    found = []
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for one in page.get("/Annots", ()):
            action = one.get_object().get("/A", {})
            found.append(str(action.get("/URI")))
    return list(dict.fromkeys(found))


def tags_of(pdf: bytes) -> list[str]:
    """Return the kinds of the structure elements of a tagged PDF, in reading order."""
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    return list(_tags(root["/StructTreeRoot"].get_object()))


def _tags(element: Any) -> Iterable[str]:
    if "/S" in element:
        yield str(element["/S"]).removeprefix("/")
    children = element.get("/K", ())
    for child in children if isinstance(children, list) else [children]:
        inner = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(inner, dict):
            yield from _tags(inner)
