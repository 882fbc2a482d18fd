"""Law L6 beyond the kit: every method is held to it, access allows every command, and strangers have no desk.

Both stores are asked at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from resolutionkit import (
    AccessDenied,
    Desk,
    Inbox,
    RecoveryFilter,
    ResponseFilter,
    StaticDirectory,
    Status,
    Tracker,
)
from resolutionkit.testing import PEOPLE, Player, Step, TwinStore, fresh_account, histories, organisations
from resolutionkit.testing.ruled import RULED
from resolutionkit.testing.suites.access import ABOUT_A_RESPONSE, ABOUT_AN_ISSUE
from resolutionkit.testing.visibility import sees_issue
from support import NOON, TurnableClock, organisation, response

ACTIVE = PEOPLE[:-1]
SEVERAL = settings(max_examples=max(10, settings().max_examples // 3))
"""Each example asks every method of every person, so fewer of them do."""


def a_company_at_work(twins: TwinStore, directory: StaticDirectory, steps: list[Step]) -> Player:
    """Return a player after a history, on an account of its own."""
    clock = TurnableClock()
    tracker = Tracker(twins, account=fresh_account(), policy=RULED, directory=directory, clock=clock)
    game = Player(tracker, clock)
    game.play(steps)
    return game


ABOUT_WHAT_WAS_FOUND = ("save_for_notes",)
"""What is given what ``find_for_notes`` answered, and looks for it again; the tests of other accounts forge it."""
ABOUT_ONESELF = ("preferences", "set_preferences")
"""What tells nothing of any issue or response."""
AGES = timedelta(days=2000)
SECTIONS = ("flagged", "working", "followed", "open", "closed")
LISTS: dict[str, Callable[[Desk, str], object]] = {
    "issues": lambda desk, _one: desk.issues(),
    "responses": lambda desk, _one: desk.responses(),
    "performance": lambda desk, _one: desk.performance(),
    "report": lambda desk, _one: desk.report(NOON - AGES, NOON + AGES),
    "quarantined": lambda desk, _one: desk.quarantined(),
    "leavers": lambda desk, _one: desk.leavers(),
    "hand_over": lambda desk, _one: desk.hand_over("nina", to="omar", note="Nina has left."),
    "inbox": lambda desk, _one: [getattr(desk.inbox(), section)() for section in SECTIONS],
}
EVERYTHING = {**ABOUT_AN_ISSUE, **ABOUT_A_RESPONSE, **LISTS, "counts": lambda desk, _one: desk.inbox().counts()}


def test_every_method_is_held_to_this_law() -> None:
    """A new method of a desk or an inbox has to be put to these tests."""

    def public(face: type) -> set[str]:
        return {name for name in dir(face) if not name.startswith("_")}

    named = {*ABOUT_AN_ISSUE, *ABOUT_A_RESPONSE, *LISTS, *ABOUT_WHAT_WAS_FOUND, *ABOUT_ONESELF}
    assert public(Desk) == {name.partition(" ")[0] for name in named}  # some stand there in several ways
    assert public(Inbox) == {*SECTIONS, "counts"}


@SEVERAL
@given(directory=organisations(), steps=histories(max_size=12))
def test_access_however_gained_allows_every_command(twins: TwinStore, directory: StaticDirectory, steps: Any) -> None:
    """Whoever sees an issue may work it: note, follow, assign, move and reopen it, as any other may."""
    game = a_company_at_work(twins, directory, steps)
    for issue_id in game.issues:
        for who in ACTIVE:
            issue = game.tracker.issue(issue_id)
            if not sees_issue(who, issue, directory):
                continue
            desk = game.tracker.as_user(who)
            assert desk.add_note(issue_id, "Rang.").issue.note_count == issue.note_count + 1
            assert desk.follow(issue_id, "lee@partner.example").issue.version >= issue.version
            assert desk.assign(issue_id, who, note="Mine.").issue.assignee == who
            if issue.is_open:
                assert desk.escalate(issue_id, reason="Risk.", note="Now.").issue.status == Status.ESCALATED
            else:
                assert desk.reopen(issue_id, note="Again.").issue.status == Status.NEEDS_ATTENTION


@SEVERAL
@given(directory=organisations(), steps=histories(max_size=12))
def test_a_report_has_what_they_see_of_their_groups(twins: TwinStore, directory: StaticDirectory, steps: Any) -> None:
    """All of it that needs recovery and nothing else; chosen by whomever, no more than that (requirement C6)."""
    game = a_company_at_work(twins, directory, steps)
    every = [one.id for one in game.tracker.responses(ResponseFilter(with_replaced=True), limit=1000)]
    window = (NOON - AGES, NOON + AGES)
    for who in ACTIVE:
        desk, groups = game.tracker.as_user(who), set(directory.groups_of(who))
        needing = desk.responses(RecoveryFilter.NEEDING_RECOVERY, limit=1000)
        report = desk.report(*window)
        found = [] if report is None else [one.response.id for one in report.entries]
        assert found == [one.id for one in reversed(needing.items) if one.record.response.group in groups]
        chosen = game.tracker.report_of(who, every, *window)
        seen = desk.responses(ResponseFilter(with_replaced=True), limit=1000)
        shown = [] if chosen is None else [one.response.id for one in chosen.entries]
        assert shown == [one.id for one in reversed(seen.items)]


@pytest.mark.parametrize("who", ["gone", "nobody", "lee@partner.example"])
@pytest.mark.parametrize("name", EVERYTHING)
def test_unknown_and_inactive_people_have_no_desk(twins: TwinStore, who: str, name: str) -> None:
    """They are refused everything alike, what exists and what does not."""
    tracker = Tracker(twins, account=fresh_account(), directory=organisation(), clock=TurnableClock())
    issue = tracker.record(response()).issue
    assert issue is not None
    tracker.as_user("dana").assign(issue.id, "lee@partner.example", note="Yours.")
    desk = tracker.as_user(who)
    for which, other in ((issue.id, "r-1"), ("none", "none")):
        with pytest.raises(AccessDenied):
            EVERYTHING[name](desk, other if name in ABOUT_A_RESPONSE else which)
