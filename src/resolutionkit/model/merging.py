"""What two issues of one customer come to as one (requirement B15), and what an issue about several responses is about.

Who may merge what is decided in ``decisions.merging``; that a merge is an event among others stands in ``history``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from resolutionkit.model.events import CorrectionRecorded, GroupChanged, ReplacementRecorded, ResponseRepaired
from resolutionkit.model.issue import Episode, Issue, Side
from resolutionkit.model.notes import NoteLog
from resolutionkit.model.trusted import changed, trusted

_side = trusted(Side)


def united(issue: Issue, other: Issue, other_id: str, actor: str) -> dict[str, Any]:
    """Return what changes of an issue as another one is merged into it: status, id and earlier episodes are its own.

    Args:
        issue: The issue that stays.
        other: The other one, as it was last.
        other_id: Its id.
        actor: Who merges them.
    """
    notes = sorted((*issue.notes, *other.notes), key=lambda note: note.at)
    facts: dict[str, Any] = {
        "assignee": issue.assignee or other.assignee,
        "followers": once(issue.followers, other.followers),
        "notes": NoteLog(notes) if other.notes else issue.notes,
        "responses": (*issue.responses, *other.responses),
        "episodes": (*issue.episodes[:-1], _one_episode(issue, other)),
        "backfilled": issue.backfilled and other.backfilled,
        "level": max(issue.level, other.level),
        "tags": once(issue.tags, other.tags),
        "has_priority": issue.has_priority or other.has_priority,
        "root_cause": issue.root_cause or other.root_cause,
        "merged": (*issue.merged, other_id, *other.merged),
        "alerted": once(issue.alerted, other.alerted),
        "accountable": once(issue.accountable, other.accountable),
    }
    return {**facts, **_escalation(issue, other, facts["alerted"], actor), **_sides(issue, other)}


def _escalation(issue: Issue, other: Issue, alerted: tuple[str, ...], actor: str) -> dict[str, Any]:
    """Keep whoever was called in to either: one as such, a second one among those who were told and see it."""
    if other.escalated_at is None:
        return {}
    facts: dict[str, Any] = {"escalated_to": issue.escalated_to or other.escalated_to}
    if other.escalated_to not in {None, facts["escalated_to"]}:
        facts["alerted"] = once(alerted, (other.escalated_to or "",))
    facts["escalated_at"] = max(issue.escalated_at or other.escalated_at, other.escalated_at)
    if issue.escalated_by is None and other.escalated_by == actor:  # anybody else has acted on it by merging
        facts["escalated_by"] = actor
    return facts


def _sides(issue: Issue, other: Issue) -> dict[str, Any]:
    return about((*_sides_of(issue), *_sides_of(other)), issue.response.id)


def _sides_of(issue: Issue) -> tuple[Side, ...]:
    own = _side(
        response=issue.response,
        revision=issue.revision,
        people=issue.people,
        needs_recovery=issue.needs_recovery,
        quarantined=issue.quarantined,
    )
    return issue.sides or (own,)


def opens_with_other(mine: datetime, theirs: datetime, *, is_old: bool, is_other_old: bool) -> bool:
    """Say whether the limits of a merged issue run from the other one's opening: the earliest counts (D7).

    What was opened from old data has no limits, and so its opening counts only where both were.
    """
    if is_old is not is_other_old:
        return is_old
    return theirs < mine


def _one_episode(issue: Issue, other: Issue) -> Episode:
    mine, theirs = issue.episodes[-1], other.episodes[-1]
    is_old, is_other_old = issue.backfilled, other.backfilled
    is_theirs = opens_with_other(mine.opened_at, theirs.opened_at, is_old=is_old, is_other_old=is_other_old)
    since = theirs.opened_at if is_theirs else mine.opened_at
    return changed(
        mine,
        opened_at=since if is_old is is_other_old else mine.opened_at,
        first_action_at=_first(since, mine.first_action_at, theirs.first_action_at),
        contacted_at=_first(since, mine.contacted_at, theirs.contacted_at),
    )


def _first(since: datetime, *instants: datetime | None) -> datetime | None:
    return min((at for at in instants if at is not None and at >= since), default=None)


def once(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is in either, each once, in order."""
    return tuple(dict.fromkeys((*some, *others)))


# --- an issue about several responses ---------------------------------------------------------------------------------


def side_of(event: ReplacementRecorded | CorrectionRecorded) -> Side:
    """Return the response of an event, as one that an issue is about."""
    return _side(
        response=event.response,
        revision=event.revision,
        people=event.people,
        needs_recovery=event.needs_recovery,
        quarantined=event.quarantined,
    )


def with_replacement(sides: tuple[Side, ...], new: Side) -> tuple[Side, ...]:
    """Return sides after an answer to the same survey and ticket as one of them, which it takes the place of."""
    place = (new.response.survey, new.response.ticket)
    same = [one for one in sides if (one.response.survey, one.response.ticket) == place]
    if not same:
        return (*sides, new)
    last = max(same, key=lambda one: (one.response.received_at, one.response.id))
    return tuple(new if one is last else one for one in sides)


def with_correction(sides: tuple[Side, ...], new: Side) -> tuple[Side, ...]:
    """Return sides after one of their responses, or none of them, was corrected."""
    return tuple(new if one.response.id == new.response.id else one for one in sides)


def with_codes(sides: tuple[Side, ...], event: GroupChanged | ResponseRepaired, **facts: Any) -> tuple[Side, ...]:
    """Return sides after one of their responses, or none of them, got other codes."""
    new = {"response": event.response, "revision": event.revision, **facts}
    return tuple(changed(one, **new) if one.response.id == event.response.id else one for one in sides)


def about(sides: tuple[Side, ...], preferred: str) -> dict[str, Any]:
    """Return what changes of an issue with the responses that it is about at once.

    It is about the preferred one, unless that one needs no recovery and another does: so no customer who is unhappy
    hides behind an answer of theirs that is not.

    Args:
        sides: The responses.
        preferred: The id of the one that it is about where nothing speaks against it.
    """
    unhappy = [one for one in sides if one.needs_recovery]
    wanted = [one for one in unhappy or sides if one.response.id == preferred]
    front = wanted[0] if wanted else max(unhappy or sides, key=lambda one: (one.response.received_at, one.response.id))
    people = (who for one in (front, *sides) for who in one.people)
    return {
        "response": front.response,
        "revision": front.revision,
        "people": tuple(dict.fromkeys(people)),
        "needs_recovery": front.needs_recovery,
        "quarantined": front.quarantined,
        "sides": sides,
    }
