"""Filters: the letters of the recovery filters and what each admits, and what a filter refuses."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from resolutionkit import InvalidFilter, IssueFilter, Note, NoteLog, Phase, RecoveryFilter, ResponseFilter, ResponseLine
from resolutionkit.decisions.classify import classify
from resolutionkit.model.query import Scope
from resolutionkit.model.response import ResponseRecord
from resolutionkit.policy.policy import Policy
from support import response

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LETTERS = {
    "y": RecoveryFilter.ALL,
    "r": RecoveryFilter.NEEDING_RECOVERY,
    "x": RecoveryFilter.WITHOUT_NOTES,
    "w": RecoveryFilter.WITH_NOTES,
    "v": RecoveryFilter.NEVER_SPOKEN,
    "s": RecoveryFilter.SPOKEN,
    "n": RecoveryFilter.NOTES_HIDDEN,
}
FACTS = {
    "unhappy": (True, 0, False),
    "unhappy noted": (True, 1, False),
    "unhappy spoken": (True, 2, True),
    "happy": (False, 0, False),
    "happy noted": (False, 1, False),
    "happy spoken": (False, 1, True),
}
ADMITTED = {
    "y": set(FACTS),
    "r": {"unhappy", "unhappy noted", "unhappy spoken"},
    "x": {"unhappy"},
    "w": {"unhappy noted", "unhappy spoken", "happy noted", "happy spoken"},
    "v": {"unhappy noted", "happy noted"},
    "s": {"unhappy spoken", "happy spoken"},
    "n": set(FACTS),
}


@pytest.mark.parametrize(("letter", "meant"), LETTERS.items(), ids=LETTERS)
def test_every_letter_stands_for_a_filter(letter: str, meant: RecoveryFilter) -> None:
    """The letters of the reports are understood, by filters of issues and of responses alike."""
    assert RecoveryFilter(letter) is meant
    assert IssueFilter(recovery=letter).recovery is meant
    assert ResponseFilter(recovery=letter).recovery is meant


def test_there_are_no_other_letters() -> None:
    """Seven filters, each with a letter of its own."""
    assert {one.value for one in RecoveryFilter} == set(LETTERS)


@pytest.mark.parametrize("letter", ["q", "", "Y", None, 5, "yes"], ids=ascii)
def test_an_unknown_letter_is_refused_with_those_that_there_are(letter: Any) -> None:
    """The refusal names every letter with its meaning."""
    with pytest.raises(InvalidFilter) as refused:
        RecoveryFilter(letter)
    assert all(f"{one} (" in str(refused.value) for one in LETTERS)


@pytest.mark.parametrize("letter", ADMITTED, ids=str)
def test_each_filter_admits_what_the_table_says(letter: str) -> None:
    """The filters by notes ask nothing of the rating."""
    found = {
        name
        for name, (needs, count, spoken) in FACTS.items()
        if RecoveryFilter(letter).admits(needs_recovery=needs, note_count=count, has_spoken=spoken)
    }
    assert found == ADMITTED[letter]


def test_only_one_filter_hides_the_notes() -> None:
    """The letter n shows everything but the notes."""
    assert [one for one in RecoveryFilter if not one.shows_notes] == [RecoveryFilter.NOTES_HIDDEN]


REFUSED: dict[str, tuple[str, Any]] = {
    "phases unknown": ("phases", {"shut"}),
    "phases text": ("phases", "open"),
    "statuses text": ("statuses", "resolved"),
    "statuses number": ("statuses", [5]),
    "assignee number": ("assignee", 5),
    "assignee padded": ("assignee", " ed"),
    "follower long": ("follower", "x" * 191),
    "groups text": ("groups", "emea"),
    "survey number": ("survey", 1),
    "ticket nul": ("ticket", "a\0"),
    "email number": ("email", 1),
    "company long": ("company", "x" * 501),
    "score text": ("score_min", "3"),
    "score bool": ("score_max", True),
    "score nan": ("score_max", float("nan")),
    "from naive": ("received_from", datetime(2026, 1, 1)),
    "before text": ("received_before", "today"),
    "needs text": ("needs_recovery", "yes"),
    "backfilled number": ("backfilled", 1),
    "recovery letter": ("recovery", "q"),
}


@pytest.mark.parametrize(("name", "value"), REFUSED.values(), ids=REFUSED)
def test_a_filter_refuses_what_does_not_exist(name: str, value: Any) -> None:
    """Every refusal names its field."""
    with pytest.raises(InvalidFilter) as refused:
        IssueFilter(**{name: value})
    assert refused.value.field.partition("[")[0] == name


def test_a_response_filter_takes_no_text_for_a_bool() -> None:
    """with_replaced='no' would list what it should not."""
    with pytest.raises(InvalidFilter):
        ResponseFilter(with_replaced="no")


def test_an_empty_assignee_does_not_ask_for_everybody_s_issues() -> None:
    """A host that passes an empty string by mistake must not be shown all issues."""
    with pytest.raises(InvalidFilter):
        IssueFilter(assignee="")


def test_filters_are_values_whatever_they_were_made_of() -> None:
    """Lists and sets of the same, enumerations and their texts make equal filters."""
    one = IssueFilter(phases=[Phase.OPEN, "active"], groups=["a", "b"], score_min=3.0)
    other = IssueFilter(phases={"active", "open"}, groups=("b", "a"), score_min=3)
    assert one == other
    assert hash(one) == hash(other)
    assert copy.deepcopy(one) == one


def record(**facts: Any) -> ResponseRecord:
    """Return the record of a response in emea with Ed above it."""
    judged = classify(response(**facts), Policy())
    return ResponseRecord(
        response=judged.response,
        revision=1,
        recorded_at=NOON,
        scale=judged.scale,
        category=judged.category,
        threshold=judged.threshold,
        needs_recovery=judged.needs_recovery,
        people=("ed",),
    )


@pytest.mark.parametrize(
    ("scope", "sees"),
    [
        (Scope(everything=True), True),
        (Scope(groups=frozenset({"emea"})), True),
        (Scope(groups=frozenset({"field"})), False),
        (Scope(person="ed"), True),
        (Scope(person="nina"), False),
        (Scope(), False),
    ],
    ids=["everything", "its-group", "other-group", "above-it", "not-above-it", "nobody"],
)
def test_a_response_without_an_issue_is_seen_by_its_group_and_its_hierarchy(scope: Scope, sees: bool) -> None:
    """Own access alone shows it to the people above it only."""
    assert scope.sees_response(record(score=9), None) is sees


@pytest.mark.parametrize(
    ("comment", "notes", "shown"),
    [
        ("Slow.", 1, "Slow.\n2026-11-20 12:00 UTC  Ed (Spoke? No): note 0"),
        ("Slow.", 2, "Slow.\n2026-11-20 12:00 UTC  Ed (Spoke? No): note 1"),
        ("Slow.", 0, "Slow."),
        (None, 1, "2026-11-20 12:00 UTC  Ed (Spoke? No): note 0"),
        (None, 0, ""),
    ],
    ids=["both", "latest", "comment", "note", "neither"],
)
def test_the_comment_has_the_latest_note_appended(comment: str | None, notes: int, shown: str) -> None:
    """The responses table shows the customer's words and what was done last."""
    log = NoteLog(Note(text=f"note {one}", author="Ed", at=NOON, happened_at=NOON) for one in range(notes))
    assert ResponseLine(record=record(comment=comment), notes=log).comment == shown
