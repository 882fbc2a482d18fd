"""Law L6: no method shows anybody an issue outside their access, or tells it from one that never was.

What the store answers is compared with what ``testing.visibility`` says from requirement D2 alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import strategies as st

from resolutionkit.errors import AccessDenied, IssueNotFound, ResponseNotFound
from resolutionkit.model.issue import Issue, Phase, Status
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.query import Counts, IssueFilter, Order, RecoveryFilter, ResponseFilter
from resolutionkit.ports import Store
from resolutionkit.reports.performance_lines import PerformanceBy
from resolutionkit.testing.accounts import picture
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.play import Player, Step
from resolutionkit.testing.samples import sample_company, sample_response
from resolutionkit.testing.strategies import PEOPLE, histories, issue_filters, organisations, response_filters
from resolutionkit.testing.suites.base import StoreSuite, for_all, player
from resolutionkit.testing.visibility import sees_issue, sees_response
from resolutionkit.tracker.desk import Desk

ACTIVE = PEOPLE[:-1]

YEAR = timedelta(days=366)

ABOUT_AN_ISSUE: dict[str, Callable[[Desk, str], object]] = {
    "issue": lambda desk, one: desk.issue(one),
    "history": lambda desk, one: desk.history(one),
    "as_of": lambda desk, one: desk.as_of(one, NOON + timedelta(days=999)),
    "moves": lambda desk, one: desk.moves(one),
    "raise_level": lambda desk, one: desk.raise_level(one, 1, reason="Risk."),
    "answer_check": lambda desk, one: desk.answer_check(one, satisfied=True),
    "targets": lambda desk, one: desk.targets(one),
    "follow": lambda desk, one: desk.follow(one),
    "unfollow": lambda desk, one: desk.unfollow(one, "lee@partner.example"),
    "add_note": lambda desk, one: desk.add_note(one, "Rang.", key="a key"),
    "assign": lambda desk, one: desk.assign(one, "nobody at all", note="His.", expected_version=1),
    "escalate": lambda desk, one: desk.escalate(one, reason="Risk.", note="Now.", expected_version=99),
    "set_status": lambda desk, one: desk.set_status(one, "no such status"),
    "reopen": lambda desk, one: desk.reopen(one),
    "merge": lambda desk, one: desk.merge(one, one),
    "add_note_to_all": lambda desk, one: desk.add_note_to_all([one], "Rang.", atomic=True),
    "set_status_of_all": lambda desk, one: desk.set_status_of_all([one], Status.IN_PROGRESS, atomic=True),
}
"""Every method of a desk that names an issue."""
ABOUT_A_RESPONSE: dict[str, Callable[[Desk, str], object]] = {
    "response": lambda desk, one: desk.response(one),
    "flag": lambda desk, one: desk.flag(one, note="Said so.", assignee="nobody at all"),
    "find_for_notes by day": lambda desk, one: desk.find_for_notes(group="emea", date=NOON.date(), at=one),
    "find_for_notes by report": lambda desk, one: desk.find_for_notes(start=NOON - YEAR, end=NOON + YEAR, at=one),
    "move": lambda desk, one: desk.move(one, group="emea", key="another key"),
    "repair": lambda desk, one: desk.repair(one, group="emea"),
    "move_all": lambda desk, one: desk.move_all([one], group="emea", atomic=True),
}
"""Every method of a desk that names a response."""


class NobodySeesTooMuch(StoreSuite):
    """Law L6, on a tracker over the store."""

    def test_what_is_not_seen_is_not_found_as_if_it_never_was(self, store: Store, abilities: object) -> None:
        """Every method refuses an unseen issue or response exactly as one that never existed, and changes nothing."""

        def check(directory: StaticDirectory, steps: list[Step]) -> None:
            game = player(store, directory)
            game.play(steps)
            before = picture(store, game.tracker.account, abilities)
            for who in ACTIVE:
                check_unseen(game, who, directory)
            assert picture(store, game.tracker.account, abilities) == before

        for_all(check, part=1 / 5, directory=organisations(), steps=histories(max_size=20))

    def test_a_group_lead_sees_the_group_and_own_issues_only(self, store: Store) -> None:
        """Lists, counts and ids of another group's issue are as if it were not there, until it is assigned."""
        game = player(store, sample_company())
        tracker, desk = game.tracker, game.tracker.as_user("ed")
        ours, theirs = (tracker.record(sample_response(one, group=one)).issue for one in ("emea", "field"))
        assert ours is not None
        assert theirs is not None
        for order in Order:
            assert [line.id for line in desk.issues(order=order)] == [ours.id]
        assert [line.id for line in desk.responses()] == ["emea"]
        counts = desk.inbox().counts()
        assert (counts.open, counts.flagged) == (1, 1), "open and flagged issues that Ed counts, who sees one"
        with pytest.raises(IssueNotFound):
            desk.issue(theirs.id)
        tracker.as_user("dana").assign(theirs.id, "ed", note="Yours.")
        assert {line.id for line in desk.issues()} == {ours.id, theirs.id}
        assert desk.inbox().counts().mine == 2, "issues that Ed counts as his own"

    def test_lists_and_counts_have_what_is_seen_and_nothing_else(self, store: Store) -> None:
        """A person's lists are the account's lists without what is out of sight; counts count just those."""

        def check(
            directory: StaticDirectory, steps: list[Step], asked: tuple[IssueFilter, ResponseFilter], limit: int
        ) -> None:
            game = player(store, directory)
            game.play(steps)
            issues = {issue.id: issue for issue in game.every_issue()}
            for who in ACTIVE:
                seen = [issue for issue in issues.values() if sees_issue(who, issue, directory)]
                check_issues(game, who, seen, asked[0], limit)
                check_responses(game, who, directory, issues, asked[1])
                check_inbox(game.tracker.as_user(who), who, seen)
                check_performance(game.tracker.as_user(who))

        filters = st.tuples(issue_filters(), response_filters())
        for_all(
            check,
            part=1 / 5,
            directory=organisations(),
            steps=histories(max_size=20),
            asked=filters,
            limit=st.integers(1, 5),
        )


def check_unseen(game: Player, who: str, directory: StaticDirectory) -> None:
    """Put every issue and response that a person does not see to every method that names one."""
    desk = game.tracker.as_user(who)
    issues = {issue.id: issue for issue in game.every_issue()}
    for issue in issues.values():
        if not sees_issue(who, issue, directory):
            check_not_found(ABOUT_AN_ISSUE, desk, issue.id)
    for one in {known.id for known in game.responses}:
        record = game.tracker.response(one)
        if sees_response(who, record, issues.get(record.issue or ""), directory):
            assert desk.response(one) == record
        else:
            check_not_found(ABOUT_A_RESPONSE, desk, one)


def check_not_found(methods: dict[str, Callable[[Desk, str], object]], desk: Desk, unseen: str) -> None:
    """Check that each method refuses what is not seen just as an id of the same length that nothing has."""
    for name, method in methods.items():
        assert refusal_of(method, desk, unseen) == refusal_of(method, desk, "~" * len(unseen)), name


def refusal_of(method: Callable[[Desk, str], object], desk: Desk, which: str) -> tuple[object, ...]:
    """Return all that a refusal says, with the id in question taken out."""
    with pytest.raises((IssueNotFound, ResponseNotFound, AccessDenied)) as refused:
        method(desk, which)
    error = refused.value
    said = [str(part).replace(which, "ID") for part in (error, error.args, vars(error), error.__cause__)]
    return (type(error), *said)


def check_issues(game: Player, who: str, seen: list[Issue], condition: IssueFilter, limit: int) -> None:
    """Compare a person's lists of issues, and each issue of them, with the account's."""
    tracker, desk, ids = game.tracker, game.tracker.as_user(who), {issue.id for issue in seen}
    for issue in seen:
        assert desk.issue(issue.id) == issue
        assert desk.history(issue.id) == tracker.history(issue.id)
        assert desk.moves(issue.id) == tracker.moves(issue.id)
    for order in Order:
        for wanted in (IssueFilter(), condition):
            expected = [line for line in tracker.issues(wanted, order=order, limit=1000) if line.id in ids]
            assert list(desk.issues(wanted, order=order, limit=1000)) == expected
            first = desk.issues(wanted, order=order, limit=limit)
            assert list(first) == expected[:limit]
            assert (first.next is not None) == (len(expected) > limit)


def check_responses(
    game: Player, who: str, directory: StaticDirectory, issues: dict[str, Issue], condition: ResponseFilter
) -> None:
    """Compare a person's responses table with the account's."""
    for wanted in (ResponseFilter(with_replaced=True), ResponseFilter(quarantined=True), condition):
        expected = [
            line
            for line in game.tracker.responses(wanted, limit=1000)
            if sees_response(who, line.record, issues.get(line.record.issue or ""), directory)
        ]
        assert list(game.tracker.as_user(who).responses(wanted, limit=1000)) == expected


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
        newest = sorted(expected, key=lambda issue: (issue.response.received_at, issue.id), reverse=True)
        assert [line.id for line in getattr(inbox, name)()] == [issue.id for issue in newest], name
        assert {line.id for line in getattr(inbox, name)(order="most_urgent")} == {issue.id for issue in expected}
    mine = sum(issue.assignee == who for issue in not_closed)
    counted = {name: len(found) for name, found in sections.items()}
    assert inbox.counts() == Counts(**counted, closed_is_floor=False, mine=mine)


def check_performance(desk: Desk) -> None:
    """Compare a person's recovery performance with the responses table: it is of what is seen, and nothing else."""
    needing = desk.responses(RecoveryFilter.NEEDING_RECOVERY, limit=1000).items
    by_group = Counter(line.record.response.group for line in needing)
    by_person = Counter(None if line.issue is None else line.issue.assignee for line in needing)
    for by, expected in ((PerformanceBy.GROUP, by_group), (PerformanceBy.PERSON, by_person)):
        found = desk.performance(by)
        assert {line.key: line.needed for line in found if line.needed} == expected, "responses that needed recovery"
        assert found.total.with_notes == sum(len(line.notes) > 0 for line in needing), "of them those with notes"
        assert found.total.spoken == sum(line.notes.has_spoken for line in needing), "of them those spoken to"
        assert found.total.episodes == sum(line.episodes for line in found), "episodes, each in one line"
