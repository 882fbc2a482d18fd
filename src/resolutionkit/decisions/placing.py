"""What moving and repairing a response does: other codes, and perhaps somebody else's work (requirements A6, A8). Pure.

Whether a response waits for repair at all is said in ``quarantine``; who may move and repair, in ``tracker.placing``.
"""

from __future__ import annotations

from attrs import frozen

from resolutionkit.decisions.assigning import Case
from resolutionkit.decisions.context import Context, Decision, Draft
from resolutionkit.decisions.moves import ByRule, add_escalation
from resolutionkit.decisions.notes import advice_on, note_from
from resolutionkit.decisions.quarantine import is_alerted_after_repair, quarantine_of
from resolutionkit.decisions.routing import route
from resolutionkit.decisions.ruling import acting, ruled
from resolutionkit.errors import InvalidCommand
from resolutionkit.model.commands import Move, Repair
from resolutionkit.model.conflicts import ResponseReplaced
from resolutionkit.model.events import GroupChanged, NoteAdded, ResponseRepaired, StatusChanged
from resolutionkit.model.issue import Issue
from resolutionkit.model.notes import Note
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.response import RecordChange, Response, ResponseRecord, Standing
from resolutionkit.model.results import Advice, AdviceCode
from resolutionkit.model.trusted import changed

_NOT_KEPT = Advice(AdviceCode.NOTE_NOT_KEPT, "The response has no issue, and so no note log: the note is kept nowhere.")
_INSTEAD = {
    QuarantineReason.UNKNOWN_GROUP: "the code of a group that the directory lists",
    QuarantineReason.MISSING_GROUP: "the code of a group: the policy requires one",
    QuarantineReason.UNKNOWN_SEGMENT: "the code of a segment that the directory lists; repair() gives it another",
    QuarantineReason.MISSING_SEGMENT: "the code of a segment: the policy requires one; repair() gives it one",
}


def placed(response: Response, command: Move | Repair) -> Response:
    """Return a response with the codes that a command gives it; one that it does not give stays."""
    codes = {"group": command.group, "segment": command.segment if isinstance(command, Repair) else None}
    different = {name: code for name, code in codes.items() if code not in {None, getattr(response, name)}}
    return changed(response, **different) if different else response


def place(record: ResponseRecord, issue: Issue | None, command: Move | Repair, context: Context) -> Decision:
    """Give a response other codes; in quarantine that puts it right.

    A response that has the codes already is left as it is, but for the note.

    Args:
        record: The response.
        issue: Its issue, or None.
        command: What is wanted.
        context: The circumstances.

    Raises:
        ResponseReplaced: Another response stands in its place.
        InvalidCommand: A code is not in the directory, or the response is not in quarantine and to be repaired.
    """
    if record.standing is not Standing.CURRENT:
        raise ResponseReplaced(record.id, record.replaced_by or record.id)
    if isinstance(command, Repair) and not record.is_quarantined:
        raise InvalidCommand("response", record.id, "a response in quarantine; move() takes others to another group")
    response = placed(record.response, command)
    check_codes(response, record, context)
    draft = Draft(issue, context)
    note = None if issue is None else note_from(command, issue.responses, draft.at, context)
    advice = advice_on(note, context) if issue is not None or command.note is None else (_NOT_KEPT,)
    if response is record.response and not record.is_quarantined:
        if note is not None:
            draft.add(NoteAdded, note=note)
        return draft.decision(*advice)
    after = changed(record, response=response, revision=record.revision + 1)
    if record.is_quarantined:
        after = changed(after, quarantined_for=(), repaired_at=context.now)
    if issue is not None:
        if record.is_quarantined:
            advice += add_repair(draft, issue, after, context, note)
        else:
            draft.add(GroupChanged, response=response, revision=after.revision, note=note)
    is_silent = record.is_quarantined and is_history(after, issue, context)
    return draft.decision(*advice, records=(RecordChange(record=after, before=record),), is_silent=is_silent)


def check_codes(response: Response, record: ResponseRecord, context: Context) -> None:
    """Refuse codes that would put a response into quarantine, or leave it there.

    Raises:
        InvalidCommand: One of them would.
    """
    for reason in quarantine_of(response, context.policy, context.people):
        name = "group" if reason in {QuarantineReason.UNKNOWN_GROUP, QuarantineReason.MISSING_GROUP} else "segment"
        if record.is_quarantined or getattr(response, name) != getattr(record.response, name):
            raise InvalidCommand(name, getattr(response, name), _INSTEAD[reason])


def is_history(record: ResponseRecord, issue: Issue | None, context: Context) -> bool:
    """Say whether a response was too old when it was recorded for anybody to be told of it (requirement A11)."""
    if issue is not None:
        return issue.backfilled
    return record.recorded_at - record.response.received_at > context.policy.announce_within


@frozen
class _Routed:
    """Whom an issue goes to, as if its response had always been right, and what its rules say."""

    assignee: str | None
    rules: tuple[str, ...] = ()
    alerted: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    has_priority: bool = False
    is_quiet: bool = False
    escalate: str | None = None


def add_repair(
    draft: Draft, issue: Issue, record: ResponseRecord, context: Context, note: Note | None = None
) -> tuple[Advice, ...]:
    """Add that a response left quarantine, and what follows; return the advice on it.

    Args:
        draft: The events so far.
        issue: The issue as it is after the draft's events.
        record: The response as it is from then on.
        context: The circumstances.
        note: The note of whoever repaired it, or None.
    """
    # Of several responses another one may be what the issue is about: its own repair is what the people wait for.
    waits_on = bool(issue.quarantined) and issue.response.id != record.id
    is_routed = issue.awaits_routing and issue.is_open and not waits_on
    is_news = issue.is_unannounced and not waits_on
    routed = _routed(record, context) if is_news else _Routed(issue.assignee)
    in_time = is_alerted_after_repair(record.response.received_at, context.now, context.policy)
    draft.add(
        ResponseRepaired,
        response=record.response,
        revision=record.revision,
        is_routed=is_routed,
        assignee=routed.assignee if is_routed else issue.assignee,
        rules=routed.rules,
        alerted=routed.alerted,
        tags=routed.tags,
        has_priority=routed.has_priority,
        is_quiet=routed.is_quiet or not in_time,
        note=note,
    )
    if routed.escalate is None or issue.backfilled:
        return ()
    return _escalated(draft, issue, routed, record, context)


def _routed(record: ResponseRecord, context: Context) -> _Routed:
    policy, people = context.policy, context.people
    rules = acting(policy.rules, policy.rules_apply, record) if policy.rules else ()
    ruling = ruled(rules, Case(record.response, record.people, people, context.loads))
    assignee = context.opinions.assignee(record.response) or ruling.assignee
    return _Routed(
        assignee=assignee or route(record.people, record.response.group, people),
        rules=ruling.rules,
        alerted=ruling.alerted,
        tags=ruling.tags,
        has_priority=ruling.has_priority,
        is_quiet=ruling.is_quiet,
        escalate=ruling.escalate,
    )


def _escalated(
    draft: Draft, issue: Issue, routed: _Routed, record: ResponseRecord, context: Context
) -> tuple[Advice, ...]:
    """Let a rule escalate an issue that nobody has begun to work."""
    workflow = context.policy.workflow
    rule = None if workflow.escalation is None else workflow.status(workflow.escalation)
    if rule is None or issue.status != workflow.initial or workflow.move(issue.status, rule.key) is None:
        return ()
    draft.add(StatusChanged, status=rule.key, phase=rule.phase)
    below = (routed.assignee, record.response.group)
    return add_escalation(draft, ByRule(routed.escalate or ""), below, context)
