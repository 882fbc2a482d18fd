"""Reading within a scope: the one place where questions are bounded by who asks (requirement D2).

A reader is made for one person, or for the account as a whole; the faces hand their questions to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from attrs import evolve, frozen

from resolutionkit.decisions.deadlines import deadlines
from resolutionkit.decisions.moves import legal_moves
from resolutionkit.errors import InvalidCommand, InvalidFilter, IssueNotFound, ResponseNotFound
from resolutionkit.model.commands import ISSUE_ID, RESPONSE_ID
from resolutionkit.model.events import Event
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue, IssueLine, Phase
from resolutionkit.model.messages import Message
from resolutionkit.model.query import (
    COUNT_FLOOR,
    NOT_CLOSED,
    PAGE_LIMIT,
    Counts,
    IssueFilter,
    IssueQuery,
    Order,
    Page,
    RecoveryFilter,
    ResponseFilter,
    ResponseLine,
    ResponseQuery,
    Scope,
)
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.results import LegalMove
from resolutionkit.model.sortkeys import newest_key, response_key, urgency_key
from resolutionkit.model.values import flag, id_code, utc
from resolutionkit.policy.deadline import Deadline
from resolutionkit.ports import Store, UnitOfWork
from resolutionkit.reports.performance import Performance
from resolutionkit.tracker.access import party_of, scope_of
from resolutionkit.tracker.cursors import binding, cursor, key_of
from resolutionkit.tracker.performing import PerformanceQuestion, by_of
from resolutionkit.tracker.periods import period_of
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.streams import history_of, issue_then, messages_about

T = TypeVar("T")

_SHAPES = {Order.NEWEST: (int, str), Order.MOST_URGENT: (int, int, int, str)}


@frozen(kw_only=True)
class Reader:
    """Answers the questions of one person, or of the account-wide tracker.

    Attributes:
        store: Where everything is.
        account: The account.
        settings: Its settings.
        actor: The person's id, or None for the account-wide tracker.
        now: Gives the instant, in UTC.
    """

    store: Store
    account: str
    settings: AccountSettings
    actor: str | None
    now: Callable[[], datetime]

    def _read(self, question: Callable[[UnitOfWork, Scope], T]) -> T:
        scope = scope_of(self.actor, self.settings.directory)
        return self.store.transact(self.account, lambda unit: question(unit, scope), write=False)

    def history(self, issue_id: str) -> tuple[Event, ...]:
        """Return the history of an issue.

        Raises:
            IssueNotFound: There is none within the scope.
        """
        issue_id = id_code(issue_id, "issue", InvalidCommand, ISSUE_ID)

        def question(unit: UnitOfWork, scope: Scope) -> tuple[Event, ...]:
            events = history_of(unit, issue_id)
            if not events or not scope.sees_issue(replay(events)):
                raise IssueNotFound(issue_id)
            return events

        return self._read(question)

    def issue(self, issue_id: str) -> Issue:
        """Return an issue as it is."""
        return replay(self.history(issue_id))

    def as_of(self, issue_id: str, instant: datetime) -> Issue:
        """Return an issue as it was, the events of that very instant included."""
        moment = utc(instant, "instant", InvalidCommand)
        self.history(issue_id)
        found = self._read(lambda unit, _scope: issue_then(unit, issue_id, moment))
        if found is None:
            raise IssueNotFound(issue_id, moment.isoformat())
        return found

    def moves(self, issue_id: str) -> tuple[LegalMove, ...]:
        """Return what can be done to an issue's status now."""
        return legal_moves(self.issue(issue_id), self.settings.policy)

    def targets(self, issue_id: str) -> tuple[Deadline, ...]:
        """Return how each target stands on an issue."""
        history = self.history(issue_id)
        return deadlines(replay(history), history, self.settings.policy, self.now())

    def performance(self, by: object, start: object, end: object, with_backfilled: bool) -> Performance:
        """Return who was recovered and how quickly."""
        policy, directory = self.settings.policy, self.settings.directory
        first, last = period_of(start, end, policy.zone)
        asked = PerformanceQuestion(
            by=by_of(by),
            start=first,
            end=last,
            with_backfilled=flag(with_backfilled, "with_backfilled", InvalidFilter),
        )
        return self._read(lambda unit, scope: asked.answer(unit, scope, policy, directory, self.now()))

    def messages(self, issue_id: str) -> tuple[Message, ...]:
        """Return the outbox's messages about an issue."""
        issue = self.issue(issue_id)
        return self._read(lambda unit, _scope: tuple(messages_about(unit, issue)))

    def response_messages(self, response_id: str) -> tuple[Message, ...]:
        """Return the outbox's messages about a response, whether an issue belongs to it or not."""
        issue_id = self.response(response_id).issue

        def question(unit: UnitOfWork, _scope: Scope) -> tuple[Message, ...]:
            loose: Callable[[str], Sequence[Message]] = getattr(unit, "loose_messages", lambda _id: ())
            history = () if issue_id is None else unit.history(issue_id)
            of_issue = messages_about(unit, replay(history)) if history else ()
            about = (message for message in of_issue if message.response == response_id)
            return tuple(sorted((*loose(response_id), *about), key=lambda message: message.id))

        return self._read(question)

    def response(self, response_id: str) -> ResponseRecord:
        """Return the record of a response.

        Raises:
            ResponseNotFound: There is none within the scope.
        """
        response_id = id_code(response_id, "response", InvalidCommand, RESPONSE_ID)

        def question(unit: UnitOfWork, scope: Scope) -> ResponseRecord:
            found = unit.response(response_id)
            history = unit.history(found.issue) if found is not None and found.issue is not None else ()
            if found is None or not scope.sees_response(found, replay(history) if history else None):
                raise ResponseNotFound(response_id)
            return found

        return self._read(question)

    def issues(self, condition: IssueFilter, order: Order | str, limit: int, after: str | None) -> Page[IssueLine]:
        """Return one page of issues."""
        self._check_filter(condition, IssueFilter)
        order, limit = _order(order), page_size(limit)
        directory = self.settings.directory
        assignee, follower = party_of(condition.assignee, directory), party_of(condition.follower, directory)
        condition = evolve(condition, assignee=assignee, follower=follower)
        bound_to = binding(self.account, self.actor, condition, order)
        start = key_of(after, bound_to, _SHAPES[order])

        def question(unit: UnitOfWork, scope: Scope) -> list[IssueLine]:
            query = IssueQuery(scope=scope, filter=condition, order=order, limit=limit + 1, after=start)
            return list(unit.issues(query))

        key = newest_key if order is Order.NEWEST else urgency_key
        return page_of(self._read(question), limit, lambda line: cursor(bound_to, key(line)))

    def responses(self, condition: ResponseFilter, limit: int, after: str | None) -> Page[ResponseLine]:
        """Return one page of responses."""
        self._check_filter(condition, ResponseFilter)
        limit = page_size(limit)
        bound_to = binding(self.account, self.actor, condition, Order.NEWEST)
        start = key_of(after, bound_to, _SHAPES[Order.NEWEST])

        def question(unit: UnitOfWork, scope: Scope) -> list[ResponseLine]:
            return list(unit.responses(ResponseQuery(scope=scope, filter=condition, limit=limit + 1, after=start)))

        return page_of(self._read(question), limit, lambda line: cursor(bound_to, response_key(line.record)))

    def _check_filter(self, condition: object, kind: type) -> None:
        if not isinstance(condition, kind):
            raise InvalidFilter("filter", condition, f"a {kind.__name__}")

    def counts(self) -> Counts:
        """Return how many issues each section of My Issues has."""

        def question(unit: UnitOfWork, scope: Scope) -> Counts:
            mine = IssueFilter(assignee=scope.person)

            def count(condition: IssueFilter, at_most: int | None = None) -> int:
                return unit.count_issues(scope, condition, at_most)

            closed = count(IssueFilter(phases={Phase.CLOSED}), COUNT_FLOOR + 1)
            return Counts(
                flagged=count(IssueFilter(phases={Phase.OPEN})),
                working=count(evolve(mine, phases={Phase.ACTIVE})),
                followed=count(IssueFilter(follower=scope.person, phases=NOT_CLOSED)),
                open=count(IssueFilter(phases=NOT_CLOSED)),
                closed=min(closed, COUNT_FLOOR),
                closed_is_floor=closed > COUNT_FLOOR,
                mine=count(evolve(mine, phases=NOT_CLOSED)),
            )

        return self._read(question)


def page_of(lines: list[T], limit: int, cursor_after: Callable[[T], str]) -> Page[T]:
    """Return a page of one line less than was read, with a cursor where there was one more."""
    items = tuple(lines[:limit])
    return Page(items=items, next=cursor_after(items[-1]) if len(lines) > limit else None)


def page_size(limit: int) -> int:
    """Return how many lines a page may have; anything else is refused."""
    if type(limit) is not int or not 1 <= limit <= PAGE_LIMIT:
        raise InvalidFilter("limit", limit, f"a whole number from 1 to {PAGE_LIMIT}")
    return limit


def _order(order: Order | str) -> Order:
    try:
        return Order(order)
    except ValueError as problem:
        raise InvalidFilter("order", order, f"one of {', '.join(Order)}") from problem


def response_filter(condition: ResponseFilter | RecoveryFilter | str | None) -> ResponseFilter:
    """Return a filter of responses; a recovery filter or its letter stands for one with nothing else."""
    if condition is None:
        return ResponseFilter()
    return condition if isinstance(condition, ResponseFilter) else ResponseFilter(recovery=RecoveryFilter(condition))
