"""Who can be told of an event, and on which conditions: the words of the table in ``audience``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from attrs import frozen

from resolutionkit.decisions.routing import group_lead, route
from resolutionkit.model.erasure import is_erased
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Why
from resolutionkit.model.people import StaticDirectory, active, is_address

Found: TypeAlias = Sequence[tuple[str | None, Why]]
"""Who it is, if anybody, and why they hear of it."""


@frozen(kw_only=True, weakref_slot=False)
class Wishes:
    """Who wants to hear of a change without having to do with it otherwise; they are there, and may see it.

    Attributes:
        asking: Those whose preferences ask for the response (requirement C3), in order.
        noting: The followers who want to hear of notes (requirement B7).
    """

    asking: tuple[str, ...] = ()
    noting: frozenset[str] = frozenset()


NO_WISHES = Wishes()
"""Nobody wants to hear of more."""


@frozen(weakref_slot=False)
class Change:
    """The issue before and after a change, who is there, and who wants to hear of more."""

    before: Issue | None
    issue: Issue
    people: StaticDirectory
    wishes: Wishes = NO_WISHES


@frozen
class Role:
    """What somebody is to an issue.

    Attributes:
        words: What the reference calls them.
        find: Says who they are, given a change and one of its events.
        are_there: Whether all of them are known to be there.
    """

    words: str
    find: Callable[[Change, Any], Found]
    are_there: bool = False


@frozen
class Condition:
    """What must be so for somebody to be told.

    Attributes:
        words: What the reference says of it.
        holds: Says whether it is so, given a change and one of its events.
    """

    words: str
    holds: Callable[[Change, Any], bool]


def present(who: str | None, people: StaticDirectory) -> str | None:
    """Return a party who can be told: a person who is active, or a bare address that was not erased."""
    if who is None:
        return None
    if people.person(who) is not None:
        return active(who, people)
    return who if is_address(who) and not is_erased(who) else None


def _worker(change: Change, _event: Event) -> Found:
    """Return who works the issue; where the assignee has left, whoever intake would turn to."""
    issue, people = change.issue, change.people
    if present(issue.assignee, people) is not None:
        return ((issue.assignee, Why.ASSIGNEE),)
    return ((route((), issue.response.group, people), Why.GROUP_LEAD),)


def _lead(change: Change, _event: Event) -> Found:
    return ((group_lead(change.issue.response.group, change.people), Why.GROUP_LEAD),)


def _has_moved(change: Change, _event: Event) -> bool:
    return change.before is not None and change.before.response.group != change.issue.response.group


NEW_ASSIGNEE = Role("the assignee that the event names", lambda _change, event: ((event.assignee, Why.ASSIGNEE),))
WORKER = Role("the assignee; where they have left, the group's lead or who stands in", _worker)
HIERARCHY = Role("the people above the customer", lambda _change, event: [(who, Why.HIERARCHY) for who in event.people])
GROUP_LEAD = Role("the lead of the response's group", _lead)
ALERTED = Role("the recipients of rules", lambda _change, event: [(who, Why.RULE) for who in event.alerted])
FOLLOWERS = Role("the followers", lambda change, _event: [(who, Why.FOLLOWER) for who in change.issue.followers])
NOTE_FOLLOWERS = Role(
    "the followers who want to hear of notes",
    lambda change, _event: [(who, Why.FOLLOWER) for who in change.issue.followers if who in change.wishes.noting],
)
ASKING = Role(
    "whoever may see it and asks for it, by an own threshold or alert",
    lambda change, _event: [(who, Why.PREFERENCE) for who in change.wishes.asking],
    are_there=True,
)
CALLED_IN = Role("whoever is called in", lambda _change, event: ((event.to, Why.LEADERSHIP),))

IF_ANNOUNCED = Condition(
    "nobody flagged it by hand, and no rule keeps it quiet",
    lambda _change, event: not event.flagged_by_hand and not event.is_quiet,
)
IF_BY_ITSELF = Condition("no person reopened it", lambda _change, event: not event.is_human)
IF_UNHAPPY = Condition("the response needs recovery", lambda _change, event: event.needs_recovery)
IF_MOVED = Condition("the issue moved to another group", _has_moved)
