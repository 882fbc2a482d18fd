"""The report as a value: what it refuses, and what it shows of itself."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime
from typing import Any

import pytest

from resolutionkit import InvalidValue, RecoveryReport
from support import NOON
from support.reports import BRIDGET, DAY, entry, report


def test_a_report_says_whose_it_is_and_of_when() -> None:
    """Recipient, window and zone come first; the entries stay in their order."""
    made = report(entry("r-1"), entry("r-2"))
    assert (made.recipient, made.start, made.end, made.zone) == (BRIDGET, NOON - DAY, NOON, "Europe/London")
    assert [one.response.id for one in made.entries] == ["r-1", "r-2"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/relative", "https://", "HTTPS", "", 7])
def test_a_link_that_is_no_web_address_is_refused(url: Any) -> None:
    """Whoever reads the report clicks on it."""
    for made in (lambda: report(link=url), lambda: entry(link=url), lambda: entry(ticket_link=url)):
        with pytest.raises(InvalidValue, match="https://"):
            made()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"start": NOON}, "end"),
        ({"end": NOON - 2 * DAY}, "end"),
        ({"end": datetime(2026, 11, 20, 12)}, "end"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": None}, "zone"),
        ({"language": "English, I think"}, "language"),
        ({"entries": ()}, "entries"),
        ({"entries": ("r-1",)}, "entries[0]"),
    ],
)
def test_what_is_no_report_is_refused(facts: dict[str, Any], field: str) -> None:
    """The error names the field."""
    given = {"recipient": BRIDGET, "start": NOON - DAY, "end": NOON, "entries": (entry(),)} | facts
    with pytest.raises(InvalidValue) as refused:
        RecoveryReport(**given)
    assert refused.value.field == field


@pytest.mark.parametrize("again", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))], ids=["copy", "pickle"])
def test_a_report_can_be_copied_and_pickled(again: Any) -> None:
    """A worker process may be handed it to make the PDF."""
    made = report(entry(link="https://app.example/x"))
    assert again(made) == made


def test_its_repr_has_no_words_of_customers() -> None:
    """A repr ends in logs."""
    made = report(entry(comment="My secret."))
    assert "secret" not in repr(made) + repr(made.entries)
    assert "1 responses" in repr(made)
