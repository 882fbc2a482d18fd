"""What a decision is made from and what it comes to. How it is made stands beside, a file for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from attrs import frozen

from resolutionkit.decisions.assigning import NO_LOADS
from resolutionkit.decisions.opinions import NO_OPINIONS, Opinions
from resolutionkit.model.events import EVENT_TYPES, Cause, Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.response import HeadChange, RecordChange
from resolutionkit.model.results import Advice, Outcome
from resolutionkit.model.trusted import changed, trusted
from resolutionkit.policy.policy import Policy

E = TypeVar("E", bound=Event)


@frozen(kw_only=True, weakref_slot=False)
class Context:
    """The circumstances of a decision.

    Attributes:
        policy: The account's policy.
        people: Everybody whom the decision may need, as they are now.
        now: The instant, in UTC.
        ids: Gives a new id at each call, in the order of time.
        actor: Who acts: a person's id, a bare address, or ``system``.
        cause: What led to it.
        opinions: Who is asked besides.
        observers: The names of those who hear of every change.
        loads: How many issues that are not closed each has who was counted, since a rule asks for it.
    """

    policy: Policy
    people: StaticDirectory
    now: datetime
    ids: Callable[[], str]
    actor: str
    cause: Cause
    opinions: Opinions = NO_OPINIONS
    observers: tuple[str, ...] = ()
    loads: Mapping[str, int] = NO_LOADS


@frozen(kw_only=True, weakref_slot=False)
class Decision:
    """What a decision comes to.

    Attributes:
        events: What happens to the issue, in order.
        advice: What the process would have otherwise.
        records: The responses that are new or no longer what they were.
        head: The response that stands for its survey and ticket from now on, where that changes.
        outcome: What becomes of the response, where one was taken in.
        replaced: The id of the response whose place it takes, or None.
        is_silent: Whether nobody is told (requirement A11).
    """

    events: tuple[Event, ...] = ()
    advice: tuple[Advice, ...] = ()
    records: tuple[RecordChange, ...] = ()
    head: HeadChange | None = None
    outcome: Outcome | None = None
    replaced: str | None = None
    is_silent: bool = False


_decision = trusted(Decision)
_MAKERS: dict[type[Event], Callable[..., Any]] = {kind: trusted(kind) for kind in EVENT_TYPES}


class Draft:
    """The events of one decision while it is made: gives each its id, number, instant, actor and cause.

    Args:
        issue: The issue so far, or None before its opening.
        context: The circumstances.
    """

    def __init__(self, issue: Issue | None, context: Context) -> None:
        """Begin after the issue's last event."""
        self._context = context
        self._version = issue.version if issue is not None else 0
        # A clock may step back; history never does.
        self.at: datetime = max(context.now, issue.changed_at) if issue is not None else context.now
        self.events: list[Event] = []

    def add(self, kind: type[E], **facts: Any) -> E:
        """Append an event of a kind."""
        context = self._context
        event: E = _MAKERS[kind](
            id=context.ids(),
            number=self._version + len(self.events) + 1,
            at=self.at,
            actor=context.actor,
            cause=context.cause,
            policy=context.policy.fingerprint,
            **facts,
        )
        self.events.append(event)
        return event

    def decision(self, *advice: Advice, **rest: Any) -> Decision:
        """Return the decision; its first event keeps the advice."""
        events = self.events
        if advice and events:
            events = [changed(events[0], advice=tuple(one.code.value for one in advice)), *events[1:]]
        return _decision(events=tuple(events), advice=advice, **rest)
