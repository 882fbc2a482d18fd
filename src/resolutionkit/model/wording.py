"""What an event was, in words: one table of the kinds of event. How people and statuses are called is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from resolutionkit.model.events import (
    CheckAnswered,
    CheckAsked,
    CorrectionRecorded,
    Escalated,
    Event,
    Followed,
    GroupChanged,
    IssueOpened,
    LevelRaised,
    LimitReminded,
    Merged,
    MergedInto,
    NoteAdded,
    Reassigned,
    Reopened,
    ReplacementRecorded,
    ResponseRepaired,
    RootCauseRecorded,
    StatusChanged,
    Unfollowed,
    note_of,
)

NameOf: TypeAlias = Callable[[str | None], str]
"""Gives what a person or an address is called; None is nobody."""
LabelOf: TypeAlias = Callable[[str], str]
"""Gives what a status is called."""


def _opened(event: IssueOpened, name_of: NameOf, label_of: LabelOf) -> str:
    how = " by hand" if event.flagged_by_hand else " from old data" if event.backfilled else ""
    followers = f", followed by {', '.join(map(name_of, event.followers))}" if event.followers else ""
    alerted = f", alerting {', '.join(map(name_of, event.alerted))}" if event.alerted else ""
    tags = f", marked with {', '.join(event.tags)}" if event.tags else ""
    priority = ", its priority raised" if event.has_priority else ""
    rules = f", by the rules {', '.join(event.rules)}" if event.rules else ""
    who = f"{name_of(event.assignee)}{followers}{alerted}{tags}{priority}{rules}"
    waits = f"; it waits for repair: {', '.join(event.quarantined)}" if event.quarantined else ""
    return f"opened{how} in {label_of(event.status)}, assigned to {who}{waits}"


def _escalated(event: Escalated, name_of: NameOf, _label_of: LabelOf) -> str:
    kind = f" ({event.reason_kind})" if event.reason_kind else ""
    return f"escalated to {name_of(event.to)}{kind}: {event.reason}"


def _root_cause(event: RootCauseRecorded, _name_of: NameOf, _label_of: LabelOf) -> str:
    cause = event.root_cause
    whys = [f"why: {why}" for why in cause.whys]
    return "; ".join([f"root cause: {cause.category}", *whys, *(f"action: {one}" for one in cause.actions)])


def _raised(event: LevelRaised, name_of: NameOf, _label_of: LabelOf) -> str:
    who = f", accountable: {', '.join(map(name_of, event.accountable))}" if event.accountable else ""
    if event.ran_out is None:
        return f"raised to level {event.level} ({event.name}){who}: {event.reason}"
    when = f"{event.entered_at:%Y-%m-%d %H:%M %Z}"
    return f"rose to level {event.level} ({event.name}), since the limit of {event.ran_out} ran out at {when}{who}"


def _reminded(event: LimitReminded, _name_of: NameOf, _label_of: LabelOf) -> str:
    limit = event.limit.replace("_", " ") if event.level is None else f"limit of level {event.level}"
    return f"reminded that the {limit} is due at {event.due_at:%Y-%m-%d %H:%M %Z}"


def _answered(event: CheckAnswered, _name_of: NameOf, _label_of: LabelOf) -> str:
    return f"found the customer {'satisfied' if event.satisfied else 'not satisfied'} after closing"


def _repaired(event: ResponseRepaired, name_of: NameOf, _label_of: LabelOf) -> str:
    response = event.response
    codes = f"group {response.group or 'none'}, segment {response.segment or 'none'}"
    assigned = f", assigned to {name_of(event.assignee)}" if event.is_routed else ""
    alerted = f", alerting {', '.join(map(name_of, event.alerted))}" if event.alerted else ""
    priority = ", its priority raised" if event.has_priority else ""
    rules = f", by the rules {', '.join(event.rules)}" if event.rules else ""
    return f"response {response.id} was repaired: {codes}{assigned}{alerted}{priority}{rules}"


WORDS: Mapping[type[Event], Callable[[Any, NameOf, LabelOf], str]] = {
    IssueOpened: _opened,
    NoteAdded: lambda _event, _name_of, _label_of: "note",
    StatusChanged: lambda event, _name_of, label_of: f"status {label_of(event.status)}",
    Reopened: lambda event, _name_of, label_of: f"reopened to {label_of(event.status)}",
    Escalated: _escalated,
    Reassigned: lambda event, name_of, _label_of: f"assigned to {name_of(event.assignee)}",
    Followed: lambda event, name_of, _label_of: f"{name_of(event.follower)} follows",
    Unfollowed: lambda event, name_of, _label_of: f"{name_of(event.follower)} follows no longer",
    RootCauseRecorded: _root_cause,
    LevelRaised: _raised,
    LimitReminded: _reminded,
    CheckAsked: lambda _event, _name_of, _label_of: "asked whether the customer is satisfied",
    CheckAnswered: _answered,
    ReplacementRecorded: lambda event, _name_of, _label_of: (
        f"response {event.response.id} took the place of the one before"
    ),
    CorrectionRecorded: lambda event, _name_of, _label_of: f"response {event.response.id} was corrected",
    GroupChanged: lambda event, _name_of, _label_of: (
        f"response {event.response.id} was moved to group {event.response.group}"
    ),
    ResponseRepaired: _repaired,
    Merged: lambda event, _name_of, _label_of: f"issue {event.merged} was merged into this one",
    MergedInto: lambda event, _name_of, _label_of: f"merged into issue {event.into}",
}
"""The words for each kind."""


def worded(event: Event, name_of: NameOf, label_of: LabelOf) -> str:
    """Return what an event was, in words; what people typed stands in them as it is.

    Args:
        event: The event.
        name_of: What a person or an address is called.
        label_of: What a status is called.
    """
    words = WORDS.get(type(event))
    told = event.kind.replace("_", " ") if words is None else words(event, name_of, label_of)
    with_note = note_of(event) is not None and not isinstance(event, NoteAdded)
    advised = f" (advised against: {', '.join(event.advice)})" if event.advice else ""
    return f"{told}{', with a note' if with_note else ''}{advised}"
