"""Concurrency: which command conflicts with which event, as a whole table."""

from __future__ import annotations

from typing import Any

import pytest

from resolutionkit import Policy, RootCause, StaleIssue
from resolutionkit.decisions.concurrency import check_not_stale
from resolutionkit.model.commands import AddNote, Assign, Escalate, Follow, Reopen, SetStatus, Unfollow

COMMANDS: dict[str, Any] = {
    "set_status": SetStatus(issue="i", status="resolved", note="N"),
    "escalate": Escalate(issue="i", reason="R", note="N"),
    "reopen": Reopen(issue="i", note="N"),
    "assign": Assign(issue="i", assignee="nina", note="N"),
    "add_note": AddNote(issue="i", note="N"),
    "follow": Follow(issue="i", who="nina"),
    "unfollow": Unfollow(issue="i", who="nina"),
}
HAPPENED = """
    command     status escalated again reopened reassigned note followed root_cause
    set_status  x      x         x     x        -          -    -        -
    escalate    x      x         x     x        -          -    -        -
    reopen      x      x         x     x        -          -    -        -
    assign      -      -         -     -        x          -    -        -
    add_note    -      -         -     -        -          -    -        -
    follow      -      -         -     -        -          -    -        -
    unfollow    -      -         -     -        -          -    -        -
"""
"""x: a command that has not seen this is refused."""
HEAD, *ROWS = [line.split() for line in HAPPENED.strip().splitlines()]
CELLS = [(row[0], news, mark == "x") for row in ROWS for news, mark in zip(HEAD[1:], row[1:], strict=True)]


def with_news(office: Any, news: str) -> tuple[Any, int]:
    """Return an issue to which something happened, and its version before."""
    issue = office.opened()
    closed = SetStatus(issue="i", status="resolved", note="N")
    before: dict[str, list[Any]] = {
        "again": [Escalate(issue="i", reason="R", note="N")],
        "reopened": [closed],
        "root_cause": [closed],
    }
    for command in before.get(news, []):
        issue = office.done(issue, command)
    happened: dict[str, Any] = {
        "status": SetStatus(issue="i", status="in_progress", note="N"),
        "escalated": Escalate(issue="i", reason="R", note="N"),
        "again": Escalate(issue="i", reason="R"),
        "reopened": Reopen(issue="i", note="N"),
        "reassigned": Assign(issue="i", assignee="omar", note="N"),
        "note": AddNote(issue="i", note="N"),
        "followed": Follow(issue="i"),
        "root_cause": SetStatus(issue="i", status="resolved", root_cause=RootCause(category="late")),
    }
    return office.done(issue, happened[news]), issue.version


@pytest.mark.parametrize(("name", "news", "conflicts"), CELLS, ids=[f"{name}-{news}" for name, news, _ in CELLS])
def test_each_pair_conflicts_or_goes_together(office: Any, name: str, news: str, conflicts: bool) -> None:
    """A command that conflicts is told what happened in between, with the current state."""
    office.policy = Policy(root_causes=["late"])
    issue, known = with_news(office, news)
    if not conflicts:
        check_not_stale(COMMANDS[name], issue, office.history, known)
        return
    with pytest.raises(StaleIssue) as refused:
        check_not_stale(COMMANDS[name], issue, office.history, known)
    assert (refused.value.issue, refused.value.expected_version) == (issue, known)
    assert refused.value.events == office.history[known:]
    assert str(issue.version) in str(refused.value)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_the_author_has_seen_does_not_conflict(office: Any, name: str) -> None:
    """At the issue's own version, or without any, a command goes on."""
    issue, _ = with_news(office, "status")
    check_not_stale(COMMANDS[name], issue, office.history, issue.version)
    check_not_stale(COMMANDS[name], issue, office.history, None)


def test_a_version_that_does_not_exist_yet_is_refused(office: Any) -> None:
    """Nobody can have seen it."""
    issue = office.opened()
    with pytest.raises(StaleIssue, match="at version 1, not 9"):
        check_not_stale(COMMANDS["set_status"], issue, office.history, 9)
