"""Law L7: memory and SQL give the same answers to the same questions, in the same order.

The stores stand behind one that asks both and fails where they differ, so each test only has to ask enough.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    Contact,
    InvalidCursor,
    IssueFilter,
    Order,
    Page,
    Person,
    Response,
    ResponseFilter,
    StaticDirectory,
    Tracker,
)
from resolutionkit.tracker.views import Views
from support import NOON, TurnableClock, response
from support.play import Player
from support.stores import TwinStore, fresh_account
from support.strategies import (
    PEOPLE,
    codes,
    histories,
    issue_filters,
    organisations,
    response_filters,
    responses,
    texts,
)


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


def faces(tracker: Tracker) -> list[Views]:
    """Return the account-wide view and some people's own; `laws/test_access` asks for everybody."""
    return [tracker, *(tracker.as_user(who) for who in PEOPLE[1:4])]


@given(
    directory=organisations(),
    steps=histories(max_size=30),
    conditions=st.lists(issue_filters, min_size=1, max_size=2),
    limit=st.integers(1, 7),
)
def test_lists_of_issues(
    twins: TwinStore, directory: StaticDirectory, steps: Any, conditions: list[IssueFilter], limit: int
) -> None:
    """Whatever happened, whoever asks, every page of every list is the same and in order, and so are the counts."""
    clock = TurnableClock()
    game = Player(Tracker(twins, account=fresh_account(), directory=directory, clock=clock), clock)
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


ORDERS: dict[Order, Callable[[Any], Any]] = {
    Order.NEWEST: lambda line: (-line.response.received_at.timestamp(), [-ord(one) for one in line.id]),
    Order.MOST_URGENT: lambda line: (not line.is_urgent, line.response.received_at, line.id),
}


@given(
    directory=organisations(),
    steps=histories(max_size=30),
    conditions=st.lists(response_filters, min_size=1, max_size=2),
    limit=st.integers(1, 7),
)
def test_lists_of_responses(
    twins: TwinStore, directory: StaticDirectory, steps: Any, conditions: list[ResponseFilter], limit: int
) -> None:
    """Whoever asks, every page of the responses table is the same, latest first, with the same notes."""
    clock = TurnableClock()
    game = Player(Tracker(twins, account=fresh_account(), directory=directory, clock=clock), clock)
    game.play(steps)
    for face in faces(game.tracker):
        for condition in (ResponseFilter(with_replaced=True), *conditions):
            one_page = face.responses(condition, limit=1000).items
            pages = walked(partial(turned, face.responses, condition, limit), limit)
            assert tuple(pages) == one_page
            keys = [(line.record.response.received_at, line.id) for line in one_page]
            assert keys == sorted(keys, reverse=True)


@given(directory=organisations(), steps=histories(max_size=30))
def test_histories_issues_and_outboxes(twins: TwinStore, directory: StaticDirectory, steps: Any) -> None:
    """After every step the whole history, the record and the outbox are the same."""
    clock = TurnableClock()
    game = Player(Tracker(twins, account=fresh_account(), directory=directory, clock=clock), clock)
    for actor, step in steps:
        game.do(actor, step)
        for issue_id in game.issues:
            assert game.tracker.history(issue_id)
            game.tracker.outbox(issue_id)
    for one in game.responses:
        game.tracker.response(one.id)


@given(found=st.lists(responses(), max_size=4), word=texts, author=codes)
def test_awkward_responses_and_words(twins: TwinStore, found: list[Response], word: str, author: str) -> None:
    """Emoji, combining marks, right-to-left, quotes, blanks and long strings are the same everywhere."""
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
        for name in ("survey", "ticket", "segment"):
            value = getattr(kept, name)
            if value is not None:
                listed = tracker.responses(ResponseFilter(with_replaced=True, **{name: value}), limit=1000)
                assert kept.id in [line.id for line in listed]
        for name in ("email", "company"):
            value = getattr(kept.contact, name)
            if value:
                listed = tracker.responses(ResponseFilter(with_replaced=True, **{name: value}), limit=1000)
                assert kept.id in [line.id for line in listed]


@pytest.mark.parametrize("kind", [float, str], ids=["float", "str"])
def test_a_value_of_a_derived_type_is_delivered_twice_as_a_duplicate(twins: TwinStore, kind: type) -> None:
    """Numbers and strings of other libraries, which derive from the built-in ones, are kept as those."""
    derived = type("Derived", (kind,), {})
    tracker = Tracker(twins, account=fresh_account(), clock=TurnableClock())
    given_response = response(attributes={"revenue": derived("1.5")})
    tracker.record(given_response)
    assert tracker.record(given_response).outcome == "duplicate"
    assert type(tracker.response("r-1").response.attributes["revenue"]) is kind


def test_a_cursor_belongs_to_its_filter(twins: TwinStore) -> None:
    """The cursor of one list fits no other, not even that of a filter which only looks alike."""
    tracker = Tracker(twins, account=fresh_account(), clock=TurnableClock())
    for number in range(4):
        tracker.record(response(f"r-{number}", survey="None", contact=Contact(email="a@x.example")))
    cursor = tracker.issues(IssueFilter(survey="None"), limit=2).next
    assert cursor is not None
    assert len(tracker.issues(IssueFilter(survey="None"), limit=2, after=cursor)) == 2
    for condition in (IssueFilter(), IssueFilter(survey="none"), IssueFilter(received_before=NOON)):
        with pytest.raises(InvalidCursor):
            tracker.issues(condition, limit=2, after=cursor)
    with pytest.raises(InvalidCursor):
        tracker.responses(ResponseFilter(survey="None"), limit=2, after=cursor)
    with pytest.raises(InvalidCursor):
        tracker.issues(IssueFilter(survey="None"), limit=2, after=cursor, order=Order.MOST_URGENT)
