"""Pages of issues and of responses as notebooks show them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from resolutionkit import (
    CSAT_5,
    Category,
    Contact,
    IssueLine,
    Note,
    NoteLog,
    Page,
    Phase,
    ResponseLine,
    ResponseRecord,
    Standing,
)
from support import NOON, response
from support.pages import Reading


def line(**facts: Any) -> IssueLine:
    """Return an issue as a list has it."""
    given: dict[str, Any] = {
        "id": "i-1", "version": 1, "status": "in_progress", "phase": Phase.ACTIVE, "response": response(scale=CSAT_5),
        "assignee": "ed", "level": 0, "needs_recovery": True, "backfilled": False, "is_urgent": False,
        "has_priority": False, "episode": 1, "opened_at": NOON, "closed_at": None, "changed_at": NOON, "due_at": None,
        "note_count": 0, "has_spoken": False,
    }  # fmt: skip
    return IssueLine(**(given | facts))


def answered(**facts: Any) -> ResponseLine:
    """Return a response as a list has it."""
    record = ResponseRecord(
        response=response("r-7", 5, ticket="T-1", comment="Slow."), revision=1, recorded_at=NOON, scale="NPS",
        category=Category.DETRACTOR, threshold=6, needs_recovery=True,
    )  # fmt: skip
    return ResponseLine(**({"record": record} | facts))


def read(*items: Any, after: str | None = None) -> Reading:
    """Return a page with these lines, as it reads."""
    shown = Page(items=items, next=after)._repr_html_()
    assert shown is not None
    return Reading(shown)


def test_a_page_of_issues_is_a_table() -> None:
    """One row an issue, one column a fact, with what a person asks of a list."""
    reading = read(line(), line(id="i-2", status="escalated", is_urgent=True, note_count=2, has_spoken=True))
    assert reading.tags.count("tr") == 3
    text = reading.line
    for words in ("2 issues", "Received (UTC)", "2026-11-20 11:00 Jane Doe , ABC Ltd", "3 1 to 5",
                  "In progress active", "Escalated Urgent", "2 spoken to", "ed emea 0", "i-1", "i-2"):  # fmt: skip
        assert words in text


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"assignee": None}, "nobody"),
        ({"note_count": 1}, "1 not spoken to"),
        ({"due_at": NOON + timedelta(days=1)}, "due 2026-11-21 12:00 UTC"),
        ({"response": response(contact=Contact(), group=None)}, "unnamed"),
        ({"response": response(comment="word " * 200)}, "word…"),
        ({"status": "open", "phase": Phase.OPEN, "backfilled": True}, "Open backfilled"),
    ],
)
def test_a_row_says_what_matters(facts: dict[str, Any], words: str) -> None:
    """Gaps, limits and beginnings of long comments have words."""
    assert words in read(line(**facts)).line


def test_a_page_of_responses_is_a_table() -> None:
    """With score, band and scale, group and ticket, the issue, the comment and the latest note."""
    notes = NoteLog([Note(text=one, author="Ed", at=NOON, happened_at=NOON) for one in ("First.", "Rang back.")])
    text = read(answered(issue=line(), notes=notes)).line
    for words in ("1 response ", "2026-11-20 11:00 Jane Doe", "5 detractor NPS needs recovery", "emea T-1",
                  "In progress", "Slow.",
                  "2026-11-20 12:00 UTC · Ed Rang back.", "r-7"):  # fmt: skip
        assert words in text
    assert "First." not in text


def test_a_replaced_response_says_by_which() -> None:
    """What counts in no figure is not mistaken for what does."""
    plain = answered()
    replaced = evolve(plain, record=evolve(plain.record, standing=Standing.REPLACED, replaced_by="r-8"))
    assert "Replaced by r-8" in read(replaced).line
    assert "Replaced" not in read(plain).line


def test_a_page_says_whether_there_are_more() -> None:
    """Nobody takes the first page for the whole list."""
    assert "More follow: ask again with after=page.next." in read(line(), after="cursor").text
    assert "The list ends here." in read(line()).text


def test_an_empty_page_says_so() -> None:
    """Nothing is not shown as an empty table; a cursor on it is still good."""
    assert read().words == ["No lines."]
    assert "More follow" in read(after="cursor").text


def test_a_page_of_other_things_keeps_its_plain_form() -> None:
    """A notebook then shows the repr."""
    assert Page(items=(1, 2))._repr_html_() is None
    assert Page(items=(line(), 2))._repr_html_() is None


def test_nothing_typed_becomes_markup() -> None:
    """A hostile row has the very tags of a calm one."""

    def page(typed: str) -> Reading:
        about = response("r-1", contact=Contact(name=typed, company=typed), group=typed, ticket=typed, comment=typed)
        notes = NoteLog([Note(text=typed, author=typed, at=NOON, happened_at=NOON)])
        issue = line(response=about, assignee=typed, status=typed)
        return read(issue, answered(record=evolve(answered().record, response=about), issue=issue, notes=notes))

    hostile, calm = page("</td><script>alert(1)</script>\"'>\u202egnp"), page("x")
    assert hostile.tags == calm.tags
    assert {name for name, _ in hostile.attributes} == {name for name, _ in calm.attributes}
    assert "\u202e" not in hostile.text
