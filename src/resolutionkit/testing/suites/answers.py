"""Law L7: the store gives the same answers as the plain reference, in the same order.

The reference stands beside the store in a twin that asks both and fails where they differ, so that each test only has
to ask enough.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from resolutionkit.model.people import Person, StaticDirectory
from resolutionkit.model.query import IssueFilter, Order, Page, ResponseFilter
from resolutionkit.model.response import Response
from resolutionkit.ports import Store
from resolutionkit.testing.accounts import fresh_account
from resolutionkit.testing.awkward import codes, texts
from resolutionkit.testing.clock import TurnableClock
from resolutionkit.testing.play import Step
from resolutionkit.testing.reference import ReferenceStore
from resolutionkit.testing.strategies import (
    PEOPLE,
    histories,
    issue_filters,
    organisations,
    response_filters,
    responses,
)
from resolutionkit.testing.suites.base import StoreSuite, for_all, player
from resolutionkit.testing.suites.machine import store_state_machine
from resolutionkit.testing.twin import TwinStore
from resolutionkit.tracker.tracker import Tracker
from resolutionkit.tracker.views import Views

_NEVER = datetime.max.replace(tzinfo=UTC)
ORDERS: dict[Order, Callable[[Any], Any]] = {
    Order.NEWEST: lambda line: (-line.response.received_at.timestamp(), [-ord(one) for one in line.id]),
    Order.MOST_URGENT: lambda line: (
        not line.is_urgent,
        not line.has_priority,
        (line.due_at is None, line.due_at or line.response.received_at),
        line.response.received_at,
        line.id,
    ),
}


class SameAnswers(StoreSuite):
    """Law L7, question by question."""

    @pytest.fixture
    def twins(self, store: Store) -> TwinStore:
        """Return the store with the reference beside it."""
        return TwinStore(ReferenceStore(), store)

    def test_a_store_does_what_the_reference_does(self, store: Store) -> None:
        """However saves, conflicts, failures and questions mix, the store does and answers what the reference does."""
        run_state_machine_as_test(
            store_state_machine(store),
            settings=settings(
                settings(),
                max_examples=max(5, settings().max_examples // 3),
                deadline=None,
                stateful_step_count=20,
                suppress_health_check=[*settings().suppress_health_check, HealthCheck.too_slow],
            ),
        )

    def test_lists_of_issues_are_the_same(self, twins: TwinStore) -> None:
        """Whatever happened, whoever asks, every page of every list is the same and in order; so are the counts."""

        def check(directory: StaticDirectory, steps: list[Step], conditions: list[IssueFilter], limit: int) -> None:
            game = player(twins, directory)
            game.play(steps)
            for face in faces(game.tracker):
                if hasattr(face, "inbox"):
                    face.inbox().counts()
                for condition in (IssueFilter(), *conditions):
                    for order in Order:
                        one_page = face.issues(condition, order=order, limit=1000).items
                        pages = walked(partial(turned, face.issues, condition, limit, order=order), limit)
                        assert tuple(pages) == one_page
                        assert one_page == tuple(sorted(one_page, key=ORDERS[order]))

        for_all(
            check,
            part=1 / 4,
            directory=organisations(),
            steps=histories(max_size=30),
            conditions=st.lists(issue_filters(), min_size=1, max_size=2),
            limit=st.integers(1, 7),
        )

    def test_lists_of_responses_are_the_same(self, twins: TwinStore) -> None:
        """Whoever asks, every page of the responses table is the same, latest first, with the same notes.

        So is recovery performance, which is counted from it.
        """

        def check(directory: StaticDirectory, steps: list[Step], conditions: list[ResponseFilter], limit: int) -> None:
            game = player(twins, directory)
            game.play(steps)
            for face in faces(game.tracker):
                face.performance("group")
                face.performance("person")
                for condition in (ResponseFilter(with_replaced=True), *conditions):
                    one_page = face.responses(condition, limit=1000).items
                    pages = walked(partial(turned, face.responses, condition, limit), limit)
                    assert tuple(pages) == one_page
                    keys = [(line.record.response.received_at, line.id) for line in one_page]
                    assert keys == sorted(keys, reverse=True)

        for_all(
            check,
            part=1 / 4,
            directory=organisations(),
            steps=histories(max_size=30),
            conditions=st.lists(response_filters(), min_size=1, max_size=2),
            limit=st.integers(1, 7),
        )

    def test_histories_issues_and_outboxes_are_the_same(self, twins: TwinStore) -> None:
        """After every step the whole history, the record and the outbox are the same."""

        def check(directory: StaticDirectory, steps: list[Step]) -> None:
            game = player(twins, directory)
            for step in steps:
                game.do(step)
                for issue_id in game.issues:
                    assert game.tracker.history(issue_id)
                    game.tracker.outbox(issue_id)
            for one in game.responses:
                game.tracker.response(one.id)

        for_all(check, part=1 / 3, directory=organisations(), steps=histories(max_size=30))

    def test_awkward_responses_and_words_are_the_same(self, twins: TwinStore) -> None:
        """Emoji, combining marks, right-to-left, quotes, blanks and long strings come back, and are found again."""

        def check(found: list[Response], word: str, author: str) -> None:
            directory = StaticDirectory([Person(id=who, name=author) for who in PEOPLE], leader="ann")
            tracker = Tracker(twins, account=fresh_account(), directory=directory, clock=TurnableClock())
            tracker.record_many(found)
            ids = [line.id for line in tracker.issues(limit=1000)]
            desk = tracker.as_user("ann")
            if any(one.isprintable() and not one.isspace() for one in word):
                for done in desk.add_note_to_all(ids, word, author=word[:500]):
                    assert done.is_done == (done.issue_id in [line.id for line in desk.issues(limit=1000)])
            for one in found:
                kept = tracker.response(one.id).response
                if sum(other.id == one.id for other in found) == 1:
                    assert kept == one
                check_found_again(tracker, kept)

        for_all(check, part=1 / 2, found=st.lists(responses(), max_size=4), word=texts(), author=codes())


def faces(tracker: Tracker) -> list[Views]:
    """Return the account-wide view and some people's own; law L6 is tried for everybody."""
    return [tracker, *(tracker.as_user(who) for who in PEOPLE[1:4])]


def walked(turn: Callable[[str | None], Page[Any]], limit: int) -> list[Any]:
    """Return all lines of a list, page after page, and check that no page is longer than asked for."""
    found: list[Any] = []
    after = None
    while True:
        page = turn(after)
        assert len(page) <= limit
        assert page.next is None or len(page) == limit
        assert len(found) < 1000, "the pages go round"
        found += page
        after = page.next
        if after is None:
            return found


def turned(
    ask: Callable[..., Page[Any]], condition: object, limit: int, after: str | None, **rest: object
) -> Page[Any]:
    """Return the page of a list after a cursor."""
    return ask(condition, limit=limit, after=after, **rest)


def check_found_again(tracker: Tracker, kept: Response) -> None:
    """Ask for a response by each of its codes, and by its contact."""
    facts: dict[str, Any] = {name: getattr(kept, name) for name in ("survey", "ticket", "segment")}
    facts |= {name: getattr(kept.contact, name) for name in ("email", "company")}
    for name, value in facts.items():
        if value and value.strip():
            listed = tracker.responses(ResponseFilter(with_replaced=True, **{name: value}), limit=1000)
            assert kept.id in [line.id for line in listed]
