"""Folding: how each event changes an issue, as one table (requirement B14). Pure, and total over the kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from resolutionkit.errors import InvalidValue
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
from resolutionkit.model.issue import Episode, Issue, Phase
from resolutionkit.model.merging import about, once, side_of, united, with_codes, with_correction, with_replacement
from resolutionkit.model.notes import NoteLog
from resolutionkit.model.response import Response
from resolutionkit.model.trusted import changed, trusted

_issue, _episode = trusted(Issue), trusted(Episode)


def replay(events: Iterable[Event]) -> Issue:
    """Return the issue that a history makes.

    Args:
        events: The whole history of one issue, or its beginning, in order.

    Raises:
        InvalidValue: The history is empty, does not begin with the opening, has a gap or goes back in time.
    """
    issue: Issue | None = None
    for event in events:
        issue = apply(issue, event)
    if issue is None:
        raise InvalidValue("events", (), "at least the opening of an issue")
    return issue


def apply(issue: Issue | None, event: Event) -> Issue:
    """Return the issue after one more event.

    Args:
        issue: The issue so far, or None before its opening.
        event: The next event.

    Raises:
        InvalidValue: The event is not the one that can come next.
    """
    if issue is None:
        if isinstance(event, IssueOpened) and event.number == 1:
            return _opened(event)
        raise InvalidValue("events", event, "a history that begins with the opening, number 1")
    change = _CHANGES.get(type(event))
    if change is None:
        raise InvalidValue("events", event, "a kind of event that an open history can go on with")
    if event.number != issue.version + 1 or event.at < issue.changed_at:
        raise InvalidValue("events", event, f"event {issue.version + 1}, not before {issue.changed_at.isoformat()}")
    return change(issue, event)


def _opened(event: IssueOpened) -> Issue:
    note = event.note
    episode = _episode(
        number=1,
        opened_at=event.at,
        contacted_at=max(note.happened_at, event.at) if note is not None and note.spoke else None,
        closed_at=event.at if event.phase is Phase.CLOSED else None,
        closed_as=event.status if event.phase is Phase.CLOSED else None,
    )
    return _issue(
        id=event.issue,
        version=1,
        status=event.status,
        phase=event.phase,
        response=event.response,
        revision=event.revision,
        responses=(event.response,),
        assignee=event.assignee,
        followers=event.followers,
        people=event.people,
        alerted=event.alerted,
        tags=event.tags,
        has_priority=event.has_priority,
        notes=NoteLog(() if note is None else (note,)),
        episodes=(episode,),
        needs_recovery=event.needs_recovery,
        backfilled=event.backfilled,
        flagged_by_hand=event.flagged_by_hand,
        quarantined=event.quarantined,
        awaits_routing=bool(event.quarantined) and not event.flagged_by_hand,
        is_unannounced=bool(event.quarantined) and not event.flagged_by_hand,
        changed_at=event.at,
    )


def _next(issue: Issue, event: Event, **changes: Any) -> Issue:
    """Return the issue with what every event changes, and with what this one changes."""
    note = note_of(event)
    if note is not None:
        changes["notes"] = issue.notes + note
    if issue.escalated_by is not None and event.is_human and event.actor != issue.escalated_by:
        changes.setdefault("escalated_by", None)
    changes["version"], changes["changed_at"] = event.number, event.at
    return changed(issue, **changes)


def _acted(issue: Issue, event: Event, **changes: Any) -> tuple[Episode, ...]:
    """Return the episodes after something that a person did for the customer."""
    episode = issue.episodes[-1]
    note = note_of(event)
    at = event.at if note is None else max(note.happened_at, episode.opened_at)
    if event.is_human and (episode.first_action_at is None or at < episode.first_action_at):
        changes["first_action_at"] = at
    return (*issue.episodes[:-1], _contacted(episode, event, **changes))


def _contacted(episode: Episode, event: Event, **changes: Any) -> Episode:
    """Return an episode with changes, and with the contact that an event's note tells of."""
    note = note_of(event)
    if note is not None and note.spoke:
        at = max(note.happened_at, episode.opened_at)
        changes["contacted_at"] = at if episode.contacted_at is None else min(at, episode.contacted_at)
    return changed(episode, **changes) if changes else episode


def _noted(issue: Issue, event: NoteAdded) -> Issue:
    return _next(issue, event, episodes=_acted(issue, event))


def _status_changed(issue: Issue, event: StatusChanged) -> Issue:
    status, phase = event.status, event.phase
    if phase is not Phase.CLOSED:
        return _next(issue, event, status=status, phase=phase, episodes=_acted(issue, event))
    episodes = _acted(issue, event, closed_at=issue.closed_at or event.at, closed_as=status)
    return _next(issue, event, status=status, phase=phase, episodes=episodes, escalated_by=None)


def _reopened(issue: Issue, event: Reopened) -> Issue:
    episode = _contacted(_episode(number=issue.episode + 1, opened_at=event.at), event)
    return _next(
        issue,
        event,
        status=event.status,
        phase=event.phase,
        episodes=(*issue.episodes, episode),
        level=0,
        accountable=(),
        escalated_by=None,
    )


def _escalated(issue: Issue, event: Escalated) -> Issue:
    episodes = issue.episodes if event.note is None else _acted(issue, event)
    return _next(
        issue,
        event,
        escalated_at=event.at,
        escalated_to=event.to or issue.escalated_to,
        escalated_by=event.actor,
        episodes=episodes,
    )


def _reassigned(issue: Issue, event: Reassigned) -> Issue:
    episodes = (*issue.episodes[:-1], _contacted(issue.episodes[-1], event))
    return _next(issue, event, assignee=event.assignee, episodes=episodes, awaits_routing=False)


def _followed(issue: Issue, event: Followed) -> Issue:
    return _next(issue, event, followers=(*issue.followers, event.follower))


def _unfollowed(issue: Issue, event: Unfollowed) -> Issue:
    return _next(issue, event, followers=tuple(who for who in issue.followers if who != event.follower))


def _root_cause_recorded(issue: Issue, event: RootCauseRecorded) -> Issue:
    return _next(issue, event, root_cause=event.root_cause)


def _replacement_recorded(issue: Issue, event: ReplacementRecorded) -> Issue:
    responses = (*issue.responses, event.response)
    if issue.sides:
        sides = with_replacement(issue.sides, side_of(event))
        return _next(issue, event, responses=responses, **about(sides, event.response.id))
    return _current(issue, event, responses)


def _correction_recorded(issue: Issue, event: CorrectionRecorded) -> Issue:
    responses = _with_revision(issue, event.response)
    if issue.sides:
        sides = with_correction(issue.sides, side_of(event))
        return _next(issue, event, responses=responses, **about(sides, issue.response.id))
    if issue.response.id != event.response.id:
        return _next(issue, event, responses=responses)
    return _current(issue, event, responses)


def _with_revision(issue: Issue, response: Response) -> tuple[Response, ...]:
    return tuple(response if one.id == response.id else one for one in issue.responses)


def _with_codes(issue: Issue, event: GroupChanged | ResponseRepaired, **of_side: Any) -> dict[str, Any]:
    """Return what changes of an issue as one of its responses gets other codes."""
    facts: dict[str, Any] = {
        "responses": _with_revision(issue, event.response),
        "episodes": (*issue.episodes[:-1], _contacted(issue.episodes[-1], event)),
    }
    if issue.sides:
        return facts | about(with_codes(issue.sides, event, **of_side), issue.response.id)
    if event.response.id == issue.response.id:
        facts |= {"response": event.response, "revision": event.revision, **of_side}
    return facts


def _group_changed(issue: Issue, event: GroupChanged) -> Issue:
    return _next(issue, event, **_with_codes(issue, event))


def _response_repaired(issue: Issue, event: ResponseRepaired) -> Issue:
    facts = _with_codes(issue, event, quarantined=())
    waits = bool(facts.get("quarantined", issue.quarantined))  # for the repair of another response, since a merge
    return _next(
        issue,
        event,
        assignee=event.assignee,
        alerted=once(issue.alerted, event.alerted),
        tags=once(issue.tags, event.tags),
        has_priority=issue.has_priority or event.has_priority,
        awaits_routing=issue.awaits_routing and waits,
        is_unannounced=issue.is_unannounced and waits,
        **facts,
    )


def _current(issue: Issue, event: ReplacementRecorded | CorrectionRecorded, responses: tuple[Response, ...]) -> Issue:
    return _next(
        issue,
        event,
        response=event.response,
        revision=event.revision,
        responses=responses,
        people=event.people,
        needs_recovery=event.needs_recovery,
        quarantined=event.quarantined,
    )


def _level_raised(issue: Issue, event: LevelRaised) -> Issue:
    # Whoever answered for the levels below goes on to do so: their limits, too, run until the issue is closed.
    accountable = tuple(dict.fromkeys((*issue.accountable, *event.accountable)))
    episodes = issue.episodes if event.note is None else _acted(issue, event)
    return _next(issue, event, level=event.level, accountable=accountable, episodes=episodes)


def _check_asked(issue: Issue, event: CheckAsked) -> Issue:
    return _next(issue, event, episodes=(*issue.episodes[:-1], changed(issue.episodes[-1], asked_at=event.at)))


def _check_answered(issue: Issue, event: CheckAnswered) -> Issue:
    episode = _contacted(issue.episodes[-1], event, satisfied=event.satisfied)
    return _next(issue, event, episodes=(*issue.episodes[:-1], episode))


def _merged(issue: Issue, event: Merged) -> Issue:
    facts = united(issue, replay(event.history), event.merged, event.actor)
    last: Episode = facts["episodes"][-1]
    facts["episodes"] = (*facts["episodes"][:-1], _contacted(last, event))
    return _next(changed(issue, **facts), event)


def _merged_into(issue: Issue, event: MergedInto) -> Issue:
    # Its time of closing stays open: it was not closed, and what it came to is told by the other one.
    nobody: dict[str, Any] = {"assignee": None, "followers": (), "people": (), "alerted": (), "accountable": ()}
    nobody |= {"escalated_to": None, "escalated_by": None}
    return _next(issue, event, phase=Phase.CLOSED, merged_into=event.into, **nobody)


_CHANGES: dict[type[Event], Callable[[Issue, Any], Issue]] = {
    NoteAdded: _noted,
    StatusChanged: _status_changed,
    Reopened: _reopened,
    Escalated: _escalated,
    Reassigned: _reassigned,
    Followed: _followed,
    Unfollowed: _unfollowed,
    RootCauseRecorded: _root_cause_recorded,
    LevelRaised: _level_raised,
    LimitReminded: _next,
    CheckAsked: _check_asked,
    CheckAnswered: _check_answered,
    ReplacementRecorded: _replacement_recorded,
    CorrectionRecorded: _correction_recorded,
    GroupChanged: _group_changed,
    ResponseRepaired: _response_repaired,
    Merged: _merged,
    MergedInto: _merged_into,
}
