"""What every store answers: within the scope, by the filter, in the order, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import attrs
import pytest

from resolutionkit.model.events import Escalated, NoteAdded, Reassigned, ReplacementRecorded, Unfollowed
from resolutionkit.model.issue import IssueLine, Phase, line_of
from resolutionkit.model.query import (
    ACCOUNT_WIDE,
    NOT_CLOSED,
    IssueFilter,
    IssueQuery,
    Order,
    ResponseFilter,
    ResponseQuery,
    Scope,
    newest_key,
    response_key,
    urgency_key,
)
from resolutionkit.model.response import Contact, RecordChange
from resolutionkit.ports import Store, UnitOfWork
from support import NOON, response
from support.strategies import AWKWARD_CODES
from support.writes import event_after, note, opening, record_of, stored, then

Ask = Callable[..., Any]
Save = Callable[..., None]


def pages(ask: Ask, scope: Scope, condition: IssueFilter, order: Order, limit: int) -> Iterator[list[IssueLine]]:
    """Yield the pages of a list, turned by the keys of their last lines."""
    key, after = newest_key if order is Order.NEWEST else urgency_key, None
    for _ in range(50):
        query = IssueQuery(scope=scope, filter=condition, order=order, limit=limit, after=after)
        page = list(ask(lambda unit, query=query: unit.issues(query)))
        yield page
        if len(page) < limit:
            return
        after = key(page[-1])
    pytest.fail("the pages go round")


@pytest.fixture
def some(save: Save) -> list[Any]:
    """Return nine issues, by twos and threes received at one instant, some escalated, some closed."""
    found = []
    for number in range(9):
        at = NOON - timedelta(hours=number // 3)
        one = response(f"r-{number}", received_at=at, group=("emea", "field", None)[number % 3])
        write = opening(
            one,
            f"issue-{(number * 7) % 9}",
            assignee=("ann", "lee@partner.example", None)[number % 3],
            followers=("ann", "ben") if number % 2 else (),
            people=("ben", "zoe@host.example") if number > 5 else (),
            **({"status": "resolved", "phase": Phase.CLOSED} if number in {2, 5} else {}),
        )
        save(write)
        if number in {3, 4, 8}:
            more = then(write.issue, event_after(write.issue, Escalated, reason="Now.", to="dana", actor="ann"))
            save(more)
            write = more
        found.append(write.issue)
    return found


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("limit", [1, 2, 9, 50])
def test_pages_follow_one_another_without_gap_or_repetition(
    some: list[Any], ask: Ask, order: Order, limit: int
) -> None:
    """Turned by the key of its last line, a list has every issue once and in order, ties by id included."""
    lines = [line_of(issue) for issue in some]
    if order is Order.NEWEST:
        expected = sorted(lines, key=lambda line: (line.response.received_at, line.id), reverse=True)
    else:
        expected = sorted(lines, key=lambda line: (not line.is_urgent, line.response.received_at, line.id))
    found = list(pages(ask, ACCOUNT_WIDE, IssueFilter(), order, limit))
    assert [line for page in found for line in page] == expected
    assert all(len(page) <= limit for page in found)


SCOPES = {
    "everything": Scope(everything=True, person="ann"),
    "nothing": Scope(person="nobody"),
    "nobody at all": Scope(),
    "own": Scope(person="ann"),
    "of the hierarchy": Scope(person="zoe@host.example"),
    "an address never used": Scope(person="new@x.example"),
    "in every role": Scope(person="ben"),
    "a group": Scope(groups=frozenset({"emea"}), person="nobody"),
    "groups and own": Scope(groups=frozenset({"emea", "field", "none"}), person="ben"),
    "groups without a person": Scope(groups=frozenset({"field"})),
    "another case": Scope(groups=frozenset({"EMEA"}), person="Ann"),
}
FILTERS = {
    "all": IssueFilter(),
    "open": IssueFilter(phases={Phase.OPEN}),
    "not closed": IssueFilter(phases=NOT_CLOSED),
    "no phase": IssueFilter(phases=set()),
    "assigned": IssueFilter(assignee="lee@partner.example"),
    "assigned to nobody known": IssueFilter(assignee="Lee@partner.example"),
    "followed": IssueFilter(follower="ben"),
    "assigned and followed": IssueFilter(assignee="ann", follower="ben", phases=NOT_CLOSED),
    "group": IssueFilter(groups={"emea", "nowhere"}),
    "no group": IssueFilter(groups=set()),
}


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_lists_and_counts_are_bounded_by_scope_and_filter(some: list[Any], ask: Ask, scope: Scope) -> None:
    """A page has, and a count counts, exactly the issues that the scope sees and the filter passes, each once."""
    for condition, order in product(FILTERS.values(), Order):
        expected = {
            issue.id
            for issue in some
            if scope.sees_issue(issue)
            and (condition.phases is None or issue.phase in condition.phases)
            and (condition.assignee is None or issue.assignee == condition.assignee)
            and (condition.follower is None or condition.follower in issue.followers)
            and (condition.groups is None or issue.response.group in condition.groups)
        }
        found = [line.id for page in pages(ask, scope, condition, order, 2) for line in page]
        assert len(found) == len(set(found))
        assert set(found) == expected, (condition, order)
        for at_most in (None, 1, 3, 100):
            count = ask(lambda unit, c=condition, m=at_most: unit.count_issues(scope, c, m))
            assert count == (len(expected) if at_most is None else min(len(expected), at_most))


def test_a_scope_may_have_very_many_groups(some: list[Any], ask: Ask) -> None:
    """Somebody who sees a thousand groups has lists and counts as somebody who sees two."""
    scope = Scope(groups=frozenset({"emea", "field", *(f"group-{number}" for number in range(1000))}), person="ben")
    expected = {issue.id for issue in some if scope.sees_issue(issue)}
    query = IssueQuery(scope=scope, filter=IssueFilter(), order=Order.NEWEST, limit=100)
    assert {line.id for line in ask(lambda unit: unit.issues(query))} == expected
    assert len(ask(lambda unit: unit.responses(ResponseQuery(scope=scope, filter=ResponseFilter(), limit=100)))) == len(
        expected
    )
    assert ask(lambda unit: unit.count_issues(scope, IssueFilter(), None)) == len(expected)


def test_a_change_moves_an_issue_between_lists(store: Store, save: Save, ask: Ask) -> None:
    """Whose own an issue is, and where it sorts, follows each change at once."""
    first = opening(response(), assignee="ann", followers=("ben",), people=("zoe@host.example",))
    save(first)
    other = response("r-2", group="field", received_at=NOON)
    new = RecordChange(record=attrs.evolve(record_of(other), issue=first.issue.id))
    steps = [
        ((Reassigned, {"assignee": "lee@partner.example"}), ()),
        ((Unfollowed, {"follower": "ben"}), ()),
        ((ReplacementRecorded, {"response": other, "revision": 1, "needs_recovery": True}), (new,)),
        ((NoteAdded, {"note": note()}), ()),
    ]  # fmt: skip
    issue = first.issue
    parties = ("ann", "ben", "zoe@host.example", "lee@partner.example")
    scopes = [Scope(person=who) for who in parties] + [Scope(groups=frozenset({one})) for one in ("emea", "field")]
    for (kind, facts), records in steps:
        write = then(issue, event_after(issue, kind, **facts), records=records)
        save(write)
        issue = write.issue
        for scope in scopes:
            expected = [line_of(issue)] if scope.sees_issue(issue) else []
            query = IssueQuery(scope=scope, filter=IssueFilter(), order=Order.MOST_URGENT, limit=5)
            assert list(ask(lambda unit, query=query: unit.issues(query))) == expected
            assert ask(lambda unit, scope=scope: unit.count_issues(scope, IssueFilter(), None)) == len(expected)
            asked = ResponseQuery(scope=scope, filter=ResponseFilter(with_replaced=True), limit=5)
            found = ask(lambda unit, asked=asked: unit.responses(asked))
            assert {line.id for line in found} == ({one.id for one in issue.responses} if expected else set())
            assert all(line.notes == issue.notes and line.issue == line_of(issue) for line in found)


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_responses_come_latest_first_a_page_at_a_time(store: Store, save: Save, ask: Ask, limit: int) -> None:
    """Responses run by when they were received, then by the code points of their ids, greatest first."""
    records = []
    for number, one in enumerate(AWKWARD_CODES):
        write = stored(response(one, received_at=NOON - timedelta(microseconds=number // 9), ticket=one))
        save(write)
        records.append(write.records[0].record)
    expected = sorted(records, key=lambda record: (record.response.received_at, record.id), reverse=True)
    found: list[Any] = []
    for _ in range(50):
        after = response_key(found[-1]) if found else None
        query = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(), limit=limit, after=after)
        page = [line.record for line in ask(lambda unit, query=query: unit.responses(query))]
        found += page
        if len(page) < limit:
            break
    assert found == expected
    for record in records:
        assert ask(lambda unit, record=record: unit.standing(None, record.id)) == record


def test_a_response_without_issue_is_seen_by_group_and_people(save: Save, ask: Ask) -> None:
    """Its group's people and its hierarchy see it; whoever merely shares an address with nobody does not."""
    record = record_of(response(group="emea"), people=("ann", "lee@partner.example"))
    save(stored(record.response, people=record.people))
    for scope, is_seen in [
        (ACCOUNT_WIDE, True),
        (Scope(groups=frozenset({"emea"})), True),
        (Scope(groups=frozenset({"field"}), person="ben"), False),
        (Scope(person="ann"), True),
        (Scope(person="lee@partner.example"), True),
        (Scope(), False),
    ]:
        query = ResponseQuery(scope=scope, filter=ResponseFilter(), limit=5)
        assert [line.record for line in ask(lambda unit, query=query: unit.responses(query))] == [record] * is_seen


@pytest.mark.parametrize(
    ("facts", "condition"),
    [
        ({"email": "JANE@Customer.example"}, {"email": "jane@customer.EXAMPLE"}),
        ({"email": "STRAẞE@x.example"}, {"email": "straße@X.example"}),
        ({"company": "ABC "}, {"company": "ABC "}),
    ],
    ids=["case", "sharp s", "trailing space"],
)
def test_a_contact_is_found(save: Save, ask: Ask, facts: dict[str, str], condition: dict[str, str]) -> None:
    """A contact is found by email address whatever its case, and by company exactly."""
    save(opening(response(contact=Contact(**facts))), opening(response("r-2", contact=Contact(name="Other"))))
    query = IssueQuery(scope=ACCOUNT_WIDE, filter=IssueFilter(**condition), order=Order.NEWEST, limit=5)
    assert [line.response.id for line in ask(lambda unit: unit.issues(query))] == ["r-1"]
    asked = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(**condition), limit=5)
    assert [line.id for line in ask(lambda unit: unit.responses(asked))] == ["r-1"]


def test_a_score_beyond_every_scale_may_be_asked_for(some: list[Any], ask: Ask) -> None:
    """A bound that no float holds is greater than every score, as any number that is."""

    def counts(unit: UnitOfWork) -> list[int]:
        bounds = [{"score_max": 10**400}, {"score_min": -(10**400)}, {"score_min": 10**400}]
        return [unit.count_issues(ACCOUNT_WIDE, IssueFilter(**one), None) for one in bounds]

    assert ask(counts) == [9, 9, 0]
