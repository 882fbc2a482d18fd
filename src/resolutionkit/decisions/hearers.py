"""Who can be told of an event, and on which conditions: the words of the table in ``audience``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from attrs import frozen

from resolutionkit.decisions.routing import group_lead, route
from resolutionkit.model.erasure import is_erased
from resolutionkit.model.events import Event
from resolutionkit.model.history import replay
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
        administrators: The administrators who may see it, where its response is in quarantine (requirement A6).
    """

    asking: tuple[str, ...] = ()
    noting: frozenset[str] = frozenset()
    administrators: tuple[str, ...] = ()


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
    issue, before = change.issue, change.before
    return before is not None and before.response.group != issue.response.group and not issue.quarantined


def _former_worker(change: Change, event: Any) -> Found:
    former = replay(event.history).assignee
    return () if former == change.issue.assignee else ((former, Why.FORMER_ASSIGNEE),)


NEW_ASSIGNEE = Role("the assignee that the event names", lambda _change, event: ((event.assignee, Why.ASSIGNEE),))
WORKER = Role("the assignee; where they have left, the group's lead or who stands in", _worker)
HIERARCHY = Role(
    "the people above the customer", lambda change, _event: [(who, Why.HIERARCHY) for who in change.issue.people]
)
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
ACCOUNTABLE = Role(
    "those who answer for the level", lambda _change, event: [(who, Why.ACCOUNTABLE) for who in event.accountable]
)
ADMINISTRATORS = Role(
    "the administrators who may see it",
    lambda change, _event: [(who, Why.ADMINISTRATOR) for who in change.wishes.administrators],
    are_there=True,
)
CALLED_IN = Role("whoever is called in", lambda _change, event: ((event.to, Why.LEADERSHIP),))


FORMER_WORKER = Role(
    "the assignee of the issue that was merged into it, where it is somebody else's now", _former_worker
)


def _is_about(change: Change, event: Any) -> bool:
    return bool(event.response.id == change.issue.response.id)


def _is_told(change: Change, event: Any) -> bool:
    before = change.before
    return before is not None and before.is_unannounced and not event.is_quiet and not change.issue.quarantined


def _is_told_again(change: Change, event: Any) -> bool:
    before = change.before
    return before is not None and not before.is_unannounced and not event.is_quiet and not change.issue.quarantined


def _has_moved_by_repair(change: Change, event: Any) -> bool:
    return _is_told_again(change, event) and _is_about(change, event)


IF_RIGHT = Condition(
    "the response is not in quarantine, or somebody flagged it by hand",
    lambda _change, event: event.flagged_by_hand or not event.quarantined,
)
IF_ANNOUNCED = Condition(
    "nobody flagged it by hand, no rule keeps it quiet, and the response is not in quarantine",
    lambda _change, event: not event.flagged_by_hand and not event.is_quiet and not event.quarantined,
)
IF_QUARANTINED = Condition("the response is in quarantine", lambda _change, event: bool(event.quarantined))
IF_BY_ITSELF = Condition(
    "no person reopened it, and the response is not in quarantine",
    lambda change, event: not event.is_human and not change.issue.quarantined,
)
IF_REOPENED_RIGHT = Condition(
    "a person reopened it, or the response is not in quarantine",
    lambda change, event: event.is_human or not change.issue.quarantined,
)
IF_UNHAPPY = Condition(
    "the response needs recovery, and is not in quarantine",
    lambda _change, event: event.needs_recovery and not event.quarantined,
)
IF_ROUTED = Condition("the issue is given to them only now", lambda _change, event: event.is_routed)
IF_TOLD = Condition("the issue opened in quarantine, and is not repaired too late, nor kept quiet by a rule", _is_told)
IF_TOLD_AGAIN = Condition("the issue was there before, and the response is not repaired too late", _is_told_again)
IF_ABOUT = Condition("the response is the one that the issue is about, whose group it is in", _is_about)
IF_MOVED_BY_REPAIR = Condition(
    "the same, and the response is the one that the issue is about, whose group it is in", _has_moved_by_repair
)
IF_MOVED = Condition("the issue moved to another group, and the response is not in quarantine", _has_moved)
