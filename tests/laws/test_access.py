"""Law L6: no method shows anybody an issue outside their access, or tells it from one that never was.

Both stores are asked at once; what they answer is compared with an oracle written from requirement D2 alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutionkit import (
    AccessDenied,
    Counts,
    Desk,
    Inbox,
    Issue,
    IssueFilter,
    IssueNotFound,
    Order,
    Phase,
    ResponseFilter,
    ResponseNotFound,
    StaticDirectory,
    Status,
    Tracker,
)
from support import NOON, TurnableClock, organisation, response
from support.play import Player
from support.stores import TwinStore, dump, fresh_account
from support.strategies import PEOPLE, histories, issue_filters, organisations, response_filters
from support.visibility import sees_issue, sees_response

ACTIVE = PEOPLE[:-1]
SEVERAL = settings(max_examples=max(10, settings().max_examples // 3))
"""Each example asks every method of every person, so fewer of them do."""


def a_company_at_work(twins: TwinStore, directory: StaticDirectory, steps: Any) -> Player:
    """Return a player after a history, on an account of its own."""
    clock = TurnableClock()
    game = Player(Tracker(twins, account=fresh_account(), directory=directory, clock=clock), clock)
    game.play(steps)
    return game


ABOUT_AN_ISSUE: dict[str, Callable[[Desk, str], object]] = {
    "issue": lambda desk, one: desk.issue(one),
    "history": lambda desk, one: desk.history(one),
    "as_of": lambda desk, one: desk.as_of(one, NOON + timedelta(days=999)),
    "moves": lambda desk, one: desk.moves(one),
    "follow": lambda desk, one: desk.follow(one),
    "unfollow": lambda desk, one: desk.unfollow(one, "lee@partner.example"),
    "add_note": lambda desk, one: desk.add_note(one, "Rang.", key="a key"),
    "assign": lambda desk, one: desk.assign(one, "nobody at all", note="His.", expected_version=1),
    "escalate": lambda desk, one: desk.escalate(one, reason="Risk.", note="Now.", expected_version=99),
    "set_status": lambda desk, one: desk.set_status(one, "no such status"),
    "reopen": lambda desk, one: desk.reopen(one),
    "add_note_to_all": lambda desk, one: desk.add_note_to_all([one], "Rang.", atomic=True),
    "set_status_of_all": lambda desk, one: desk.set_status_of_all([one], Status.IN_PROGRESS, atomic=True),
}
ABOUT_A_RESPONSE: dict[str, Callable[[Desk, str], object]] = {
    "response": lambda desk, one: desk.response(one),
    "flag": lambda desk, one: desk.flag(one, note="Said so.", assignee="nobody at all"),
}
SECTIONS = ("flagged", "working", "followed", "open", "closed")
LISTS: dict[str, Callable[[Desk, str], object]] = {
    "issues": lambda desk, _one: desk.issues(),
    "responses": lambda desk, _one: desk.responses(),
    "inbox": lambda desk, _one: [getattr(desk.inbox(), section)() for section in SECTIONS],
}
EVERYTHING = {**ABOUT_AN_ISSUE, **ABOUT_A_RESPONSE, **LISTS, "counts": lambda desk, _one: desk.inbox().counts()}


def test_every_method_is_held_to_this_law() -> None:
    """A new method of a desk or an inbox has to be put to these tests."""

    def public(face: type) -> set[str]:
        return {name for name in dir(face) if not name.startswith("_")}

    assert public(Desk) == {*ABOUT_AN_ISSUE, *ABOUT_A_RESPONSE, *LISTS}
    assert public(Inbox) == {*SECTIONS, "counts"}


def refusal_of(method: Callable[[Desk, str], object], desk: Desk, which: str) -> tuple[object, ...]:
    """Return all that a refusal says, with the id in question taken out."""
    with pytest.raises((IssueNotFound, ResponseNotFound)) as refused:
        method(desk, which)
    error = refused.value
    said = [str(part).replace(which, "ID") for part in (error, error.args, vars(error), error.__cause__)]
    return (type(error), *said)


def check_not_found(methods: dict[str, Callable[[Desk, str], object]], desk: Desk, unseen: str) -> None:
    """Check that each method refuses what is not seen just as an id of the same length that nothing has."""
    for name, method in methods.items():
        assert refusal_of(method, desk, unseen) == refusal_of(method, desk, "~" * len(unseen)), name


@SEVERAL
@given(directory=organisations(), steps=histories(max_size=20))
def test_what_is_not_seen_is_not_found_as_if_it_never_was(
    twins: TwinStore, directory: StaticDirectory, steps: Any
) -> None:
    """Every method refuses an unseen issue or response exactly as one that never existed, and changes nothing."""
    game = a_company_at_work(twins, directory, steps)
    tracker, account = game.tracker, game.tracker.account
    issues = {issue.id: issue for issue in game.every_issue()}
    before = [dump(one, account) for one in (twins.one, twins.other)]
    for who in ACTIVE:
        desk = tracker.as_user(who)
        for issue in issues.values():
            if not sees_issue(who, issue, directory):
                check_not_found(ABOUT_AN_ISSUE, desk, issue.id)
        for one in {known.id for known in game.responses}:
            record = tracker.response(one)
            if sees_response(who, record, issues.get(record.issue or ""), directory):
                assert desk.response(one) == record
            else:
                check_not_found(ABOUT_A_RESPONSE, desk, one)
    assert [dump(one, account) for one in (twins.one, twins.other)] == before


@SEVERAL
@given(
    directory=organisations(),
    steps=histories(max_size=20),
    asked=st.tuples(issue_filters, response_filters),
    limit=st.integers(1, 5),
)
def test_lists_and_counts_have_what_is_seen_and_nothing_else(
    twins: TwinStore,
    directory: StaticDirectory,
    steps: Any,
    asked: tuple[IssueFilter, ResponseFilter],
    limit: int,
) -> None:
    """A person's lists are the account's lists without what the oracle hides; counts count just those."""
    game = a_company_at_work(twins, directory, steps)
    tracker = game.tracker
    issues = {issue.id: issue for issue in game.every_issue()}
    for who in ACTIVE:
        desk = tracker.as_user(who)
        seen = {one for one, issue in issues.items() if sees_issue(who, issue, directory)}
        for one in seen:
            assert desk.issue(one) == issues[one]
            assert desk.history(one) == tracker.history(one)
            assert desk.moves(one) == tracker.moves(one)
        for order in Order:
            for wanted in (IssueFilter(), asked[0]):
                everything = tracker.issues(wanted, order=order, limit=1000)
                expected = [line for line in everything if line.id in seen]
                assert list(desk.issues(wanted, order=order, limit=1000)) == expected
                first = desk.issues(wanted, order=order, limit=limit)
                assert list(first) == expected[:limit]
                assert (first.next is not None) == (len(expected) > limit)
        for table in (ResponseFilter(with_replaced=True), asked[1]):
            lines = tracker.responses(table, limit=1000)
            may = [
                one for one in lines if sees_response(who, one.record, issues.get(one.record.issue or ""), directory)
            ]
            assert list(desk.responses(table, limit=1000)) == may
        check_inbox(desk, who, [issues[one] for one in seen])


def check_inbox(desk: Desk, who: str, seen: list[Issue]) -> None:
    """Compare the sections of an inbox and their counts with those counted by hand."""
    not_closed = [issue for issue in seen if issue.phase is not Phase.CLOSED]
    sections = {
        "flagged": [issue for issue in seen if issue.phase is Phase.OPEN],
        "working": [issue for issue in seen if issue.phase is Phase.ACTIVE and issue.assignee == who],
        "followed": [issue for issue in not_closed if who in issue.followers],
        "open": not_closed,
        "closed": [issue for issue in seen if issue.phase is Phase.CLOSED],
    }
    inbox = desk.inbox()
    for name, expected in sections.items():
        by_id = sorted(expected, key=lambda issue: (issue.response.received_at, issue.id), reverse=True)
        assert [line.id for line in getattr(inbox, name)()] == [issue.id for issue in by_id], name
        assert {line.id for line in getattr(inbox, name)(order="most_urgent")} == {issue.id for issue in expected}
    mine = sum(issue.assignee == who for issue in not_closed)
    assert inbox.counts() == Counts(
        **{name: len(found) for name, found in sections.items()}, closed_is_floor=False, mine=mine
    )


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
