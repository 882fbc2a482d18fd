"""Store rule: lists come in order, a page at a time, without gap or repetition (requirement D1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from resolutionkit.model.events import Escalated, NoteAdded
from resolutionkit.model.issue import Issue, IssueLine, Phase, line_of
from resolutionkit.model.query import (
    ACCOUNT_WIDE,
    IssueFilter,
    IssueQuery,
    Order,
    ResponseFilter,
    ResponseQuery,
    Scope,
)
from resolutionkit.model.sortkeys import newest_key, response_key, urgency_key
from resolutionkit.testing.awkward import AWKWARD_CODES
from resolutionkit.testing.changes import event_after, note, opening, stored, then
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite


def turned(ask: Ask, scope: Scope, condition: IssueFilter, order: Order, limit: int) -> Iterator[list[IssueLine]]:
    """Yield the pages of a list, turned by the keys of their last lines."""
    key, after = newest_key if order is Order.NEWEST else urgency_key, None
    for _ in range(50):
        query = IssueQuery(scope=scope, filter=condition, order=order, limit=limit, after=after)
        page = list(ask("issues", query))
        yield page
        if len(page) < limit:
            return
        after = key(page[-1])
    pytest.fail("the pages go round")


def nine_issues(save: Save) -> list[Issue]:
    """Save and return nine issues, by twos and threes received at one instant, some escalated, some closed."""
    found: list[Issue] = []
    for number in range(9):
        at = NOON - timedelta(hours=number // 3)
        one = sample_response(f"r-{number}", received_at=at, group=("emea", "field", None)[number % 3])
        write = opening(
            one,
            f"issue-{(number * 7) % 9}",
            assignee=("ann", "lee@partner.example", None)[number % 3],
            followers=("ann", "ben") if number % 2 else (),
            people=("ben", "zoe@host.example") if number > 5 else (),
            has_priority=number in {2, 4, 6},
            **({"status": "resolved", "phase": Phase.CLOSED} if number in {2, 5} else {}),
        )
        save(write)
        if number in {3, 4, 8}:
            more = then(write.issue, event_after(write.issue, Escalated, reason="Now.", to="dana", actor="ann"))
            save(more)
            write = more
        found.append(write.issue)
    return found


def _most_urgent(line: IssueLine) -> tuple[object, ...]:
    return (not line.is_urgent, not line.has_priority, line.response.received_at, line.id)


def _due(hours: int | None) -> datetime | None:
    return None if hours is None else NOON + timedelta(hours=hours)


class Pages(StoreSuite):
    """Orders, limits and cursors."""

    @pytest.mark.parametrize("order", list(Order))
    @pytest.mark.parametrize("limit", [1, 2, 9, 50])
    def test_pages_follow_one_another_without_gap_or_repetition(
        self, save: Save, ask: Ask, order: Order, limit: int
    ) -> None:
        """Turned by the key of its last line, a list has every issue once and in order, ties by id included."""
        lines = [line_of(issue) for issue in nine_issues(save)]
        if order is Order.NEWEST:
            expected = sorted(lines, key=lambda line: (line.response.received_at, line.id), reverse=True)
        else:
            expected = sorted(lines, key=_most_urgent)
        found = list(turned(ask, ACCOUNT_WIDE, IssueFilter(), order, limit))
        assert [line for page in found for line in page] == expected
        assert all(len(page) <= limit for page in found)

    @pytest.mark.parametrize("scope", [ACCOUNT_WIDE, Scope(person="ann")], ids=["account", "own"])
    @pytest.mark.parametrize("limit", [1, 2, 50])
    def test_the_most_urgent_run_by_when_they_are_due(self, save: Save, ask: Ask, scope: Scope, limit: int) -> None:
        """The earliest due first, what is never due last; a line has the due instant of the latest change."""
        due: dict[str, datetime | None] = {}
        for number, (first, then_due) in enumerate([(3, 1), (1, None), (None, 3), (2, 2), (None, None), (1, 4)]):
            write = opening(sample_response(f"r-{number}", received_at=NOON - timedelta(hours=number)), assignee="ann")
            save(attrs.evolve(write, due_at=_due(first)))
            said = event_after(write.issue, NoteAdded, note=note())
            save(then(write.issue, said, due_at=_due(then_due)))
            due[write.issue.id] = _due(then_due)
        found = [line for page in turned(ask, scope, IssueFilter(), Order.MOST_URGENT, limit) for line in page]
        assert {line.id: line.due_at for line in found} == due
        assert [line.due_at for line in found] == [_due(hours) for hours in (1, 2, 3, 4, None, None)]
        assert found[4].response.received_at < found[5].response.received_at

    @pytest.mark.parametrize("limit", [1, 3, 50])
    def test_responses_come_latest_first_a_page_at_a_time(self, save: Save, ask: Ask, limit: int) -> None:
        """Responses run by when they were received, then by the code points of their ids, greatest first."""
        records = []
        for number, one in enumerate(AWKWARD_CODES):
            write = stored(sample_response(one, received_at=NOON - timedelta(microseconds=number // 9), ticket=one))
            save(write)
            records.append(write.records[0].record)
        expected = sorted(records, key=lambda record: (record.response.received_at, record.id), reverse=True)
        found: list[Any] = []
        for _ in range(50):
            after = response_key(found[-1]) if found else None
            query = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(), limit=limit, after=after)
            page = [line.record for line in ask("responses", query)]
            found += page
            if len(page) < limit:
                break
        assert found == expected
        for record in records:
            assert ask("standing", None, record.id) == record

    @pytest.mark.parametrize("order", list(Order))
    def test_ids_that_differ_in_case_and_script_have_their_order(self, save: Save, ask: Ask, order: Order) -> None:
        """Issues received at one instant run by the code points of their ids, page after page."""
        ids = [one for one in AWKWARD_CODES if len(one) <= 36]
        for number, one in enumerate(ids):
            save(opening(sample_response(f"r-{number}"), one))
        found = [line.id for page in turned(ask, ACCOUNT_WIDE, IssueFilter(), order, 4) for line in page]
        assert found == sorted(ids, reverse=order is Order.NEWEST)

    @pytest.mark.parametrize("limit", [1, 3, 8])
    def test_a_page_is_never_longer_than_it_may_be(self, save: Save, ask: Ask, limit: int) -> None:
        """Of nine lines a page has as many as were asked for, of issues in both orders and of responses."""
        nine_issues(save)
        asked: list[tuple[str, IssueQuery | ResponseQuery]] = [
            ("issues", IssueQuery(scope=ACCOUNT_WIDE, filter=IssueFilter(), order=order, limit=limit))
            for order in Order
        ]
        asked.append(("responses", ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(), limit=limit)))
        for name, query in asked:
            count = len(ask(name, query))
            assert count == limit, f"a page of {name} with the limit {limit} has {count} lines of nine"

    def test_counts_stop_where_they_are_told(self, save: Save, ask: Ask) -> None:
        """A count is exact up to ``at_most`` and ends there; with None it is exact."""
        issues = nine_issues(save)
        closed = IssueFilter(phases={Phase.CLOSED})
        for at_most in (0, 1, 2, 3, 8, 9, 10, 10_000, None):
            most = len(issues) if at_most is None else at_most
            counts = [ask("count_issues", ACCOUNT_WIDE, condition, at_most) for condition in (IssueFilter(), closed)]
            told = f"of nine issues, two of them closed, these were counted with at_most={at_most}"
            assert counts == [min(9, most), min(2, most)], told
