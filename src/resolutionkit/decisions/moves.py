"""Moves between statuses: what the workflow's table allows, what a move demands, what is advised (B1, B3, B8, B10).

The table stands in ``policy.workflow``; assigning, following and notes in ``decisions.work``.
"""

from __future__ import annotations

from typing import NamedTuple

from attrs import frozen

from resolutionkit.datafile import meant
from resolutionkit.decisions.context import Context, Decision, Draft
from resolutionkit.decisions.notes import advice_on, note_from
from resolutionkit.decisions.routing import group_lead
from resolutionkit.errors import InvalidCommand, NoteRequired, ReasonRequired, shown
from resolutionkit.model.commands import Escalate, Flag, Reopen, SetStatus
from resolutionkit.model.conflicts import MoveRefused
from resolutionkit.model.events import Escalated, NoteAdded, Reopened, RootCauseRecorded, StatusChanged
from resolutionkit.model.issue import Issue, Phase, RootCause
from resolutionkit.model.notes import Note
from resolutionkit.model.people import highest_in_command
from resolutionkit.model.results import Advice, AdviceCode, Demands, LegalMove
from resolutionkit.policy.escalation import last_level
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.workflow import Move, StatusRule, Workflow


def set_status(issue: Issue, command: SetStatus, context: Context) -> Decision:
    """Move an issue to a status; the same status again keeps the note and is no status event.

    Raises:
        MoveRefused: The table has no such move.
        NoteRequired: The move demands a note.
        ReasonRequired: The status is the escalated one and no reason is given.
        InvalidCommand: A reason is given that nothing asks for, or a root cause does not fit.
    """
    workflow = context.policy.workflow
    is_escalation = command.status == workflow.escalation
    if not is_escalation:
        _check_no_reason(command)
    if command.status != issue.status:
        return _moved(issue, command, context, command.status)
    if is_escalation and command.reason is not None:
        return _escalated_again(issue, command, context)
    return _stayed(issue, command, context)


def escalate(issue: Issue, command: Escalate, context: Context) -> Decision:
    """Call for the highest in command; an escalated issue is escalated again without a status event.

    Raises:
        MoveRefused: The workflow has no status for it, or no move leads there.
        NoteRequired: The move demands a note.
        ReasonRequired: No reason is given.
    """
    workflow = context.policy.workflow
    if workflow.escalation is None:
        problem = f"the workflow {workflow.name!r} has no status for escalations"
        raise MoveRefused(issue.status, "escalated", *_allowed(issue, context.policy), problem)
    if issue.status == workflow.escalation:
        return _escalated_again(issue, command, context)
    return _moved(issue, command, context, workflow.escalation)


def reopen(issue: Issue, command: Reopen, context: Context) -> Decision:
    """Take a closed issue up again, in a new episode.

    Raises:
        MoveRefused: The issue is not closed, or the workflow reopens to other statuses, or never.
        NoteRequired: The policy wants a note with every status change.
    """
    workflow = context.policy.workflow
    wanted = command.status or _reopened_to(workflow)
    if issue.is_open or wanted not in workflow.reopen_to:
        problem = "it is not closed" if issue.is_open else "the workflow does not reopen to it"
        raise MoveRefused(issue.status, wanted, *_allowed(issue, context.policy), problem)
    draft = Draft(issue, context)
    note = note_from(command, issue.responses, draft.at, context)
    if note is None and context.policy.note_on_status_change:
        raise NoteRequired("reopening")
    draft.add(Reopened, status=wanted, phase=_rule(workflow, wanted).phase, note=note)
    return draft.decision(*advice_on(note, context))


def _reopened_to(workflow: Workflow) -> str:
    if workflow.initial in workflow.reopen_to or not workflow.reopen_to:
        return workflow.initial
    return workflow.reopen_to[0]


def check_flag(command: Flag, context: Context) -> tuple[StatusRule, tuple[Advice, ...]]:
    """Return the status in which a response is flagged, and the advice on opening an issue right there.

    Raises:
        MoveRefused: The status cannot be reached from the initial one.
        ReasonRequired: It is the escalated one and no reason is given.
        InvalidCommand: A reason is given that nothing asks for.
    """
    workflow = context.policy.workflow
    wanted = command.status or workflow.initial
    if wanted == workflow.escalation:
        _check_reason(command, context.policy)
    else:
        _check_no_reason(command)
    if wanted == workflow.initial:
        return _rule(workflow, wanted), ()
    move = workflow.move(workflow.initial, wanted)
    if move is None:
        allowed = (workflow.initial, *(rule.key for rule in workflow.next_statuses(workflow.initial)))
        raise MoveRefused(workflow.initial, wanted, allowed, problem=_unknown(workflow, wanted))
    rule = _rule(workflow, wanted)
    return rule, _advice(move, rule, has_notes=False)


class Position(NamedTuple):
    """All of an issue that its legal moves depend on: many issues have few positions.

    Attributes:
        status: Its status.
        is_open: Whether it is not closed.
        has_notes: Whether anything was noted.
        level: The level that it has risen to.
    """

    status: str
    is_open: bool
    has_notes: bool
    level: int = 0


def position_of(issue: Issue) -> Position:
    """Return where an issue is."""
    return Position(issue.status, issue.is_open, issue.note_count > 0, issue.level)


def legal_moves(issue: Issue, policy: Policy) -> tuple[LegalMove, ...]:
    """Return what can be done to an issue's status now, with demands and advice (requirement B3)."""
    return moves_from(position_of(issue), policy)


def moves_from(position: Position, policy: Policy) -> tuple[LegalMove, ...]:
    """Return what can be done to the status of an issue in a position."""
    workflow = policy.workflow
    can_be_set = _settable(position, policy)
    rules = [rule for rule in workflow.next_statuses(position.status) if rule.key in can_be_set]
    found = {rule.key: _legal_move(position, rule, policy) for rule in rules}
    if position.status == workflow.escalation:
        again = _rule(workflow, position.status)
        found[again.key] = _shown("escalate", again, Demands(reason=True))
    for key in _reopenable(position, workflow):
        if key not in found:
            found[key] = _shown("reopen", _rule(workflow, key), Demands(note=policy.note_on_status_change))
    return tuple(found.values())


def _legal_move(position: Position, rule: StatusRule, policy: Policy) -> LegalMove:
    move = policy.workflow.move(position.status, rule.key)
    is_escalation = rule.key == policy.workflow.escalation
    needs_note = _needs_note(move, policy) or _ends(position, rule, policy)
    demands = Demands(note=needs_note, reason=is_escalation)
    advice = _advice(move, rule, has_notes=position.has_notes)
    return _shown("escalate" if is_escalation else "set_status", rule, demands, advice)


def _shown(command: str, rule: StatusRule, demands: Demands, advice: tuple[Advice, ...] = ()) -> LegalMove:
    return LegalMove(
        command=command,
        status=rule.key,
        label=rule.label,
        action=rule.action,
        guidance=rule.guidance,
        demands=demands,
        advice=advice,
    )


def _moved(issue: Issue, command: SetStatus | Escalate, context: Context, wanted: str) -> Decision:
    workflow = context.policy.workflow
    move = workflow.move(issue.status, wanted)
    if move is None:
        raise MoveRefused(issue.status, wanted, *_allowed(issue, context.policy), _unknown(workflow, wanted))
    rule, ends = _rule(workflow, wanted), _ends(position_of(issue), _rule(workflow, wanted), context.policy)
    if ends and wanted not in _settable(issue, context.policy):
        problem = f"at the level {context.policy.levels[-1].name!r} an issue does not end so"
        raise MoveRefused(issue.status, wanted, *_allowed(issue, context.policy), problem)
    if wanted == workflow.escalation:
        _check_reason(command, context.policy)
    draft = Draft(issue, context)
    note = note_from(command, issue.responses, draft.at, context)
    if note is None and (ends or _needs_note(move, context.policy)):
        raise NoteRequired(f"the status {rule.label!r}")
    is_reopening = not issue.is_open and rule.phase is not Phase.CLOSED
    draft.add(Reopened if is_reopening else StatusChanged, status=wanted, phase=rule.phase, note=note)
    advice = _advice(move, rule, has_notes=issue.note_count > 0)
    if wanted == workflow.escalation:
        advice += add_escalation(draft, command, (issue.assignee, issue.response.group), context)
    if isinstance(command, SetStatus):
        _add_root_cause(draft, command.root_cause, rule.phase, context.policy)
    return draft.decision(*advice, *advice_on(note, context))


def _stayed(issue: Issue, command: SetStatus, context: Context) -> Decision:
    draft = Draft(issue, context)
    note = note_from(command, issue.responses, draft.at, context)
    if note is not None:
        draft.add(NoteAdded, note=note)
    _add_root_cause(draft, command.root_cause, issue.phase, context.policy)
    return draft.decision(*advice_on(note, context))


def _escalated_again(issue: Issue, command: SetStatus | Escalate, context: Context) -> Decision:
    _check_reason(command, context.policy)
    draft = Draft(issue, context)
    note = note_from(command, issue.responses, draft.at, context)
    advice = add_escalation(draft, command, (issue.assignee, issue.response.group), context, note)
    return draft.decision(*advice, *advice_on(note, context))


@frozen
class ByRule:
    """An escalation that nobody commands.

    Attributes:
        reason: The rule's reason, in words.
        reason_kind: None: kinds are for people to choose.
    """

    reason: str
    reason_kind: None = None


def add_escalation(
    draft: Draft,
    command: SetStatus | Escalate | Flag | ByRule,
    below: tuple[str | None, str | None],
    context: Context,
    note: Note | None = None,
) -> tuple[Advice, ...]:
    """Add the escalation, and return the advice on it.

    Args:
        draft: The events so far.
        command: The command with the reason, or the rule's reason in its stead.
        below: The issue's assignee and the code of its group, whose reporting lines lead to the highest in command.
        context: The circumstances.
        note: The note, where no status event carries it.
    """
    assignee, group = below
    to = highest_in_command((assignee, group_lead(group, context.people), context.actor), context.people)
    draft.add(Escalated, reason=command.reason, reason_kind=command.reason_kind, to=to, note=note)
    if to is not None and to != context.actor:
        return ()
    return (Advice(AdviceCode.NOBODY_TOLD, "Nobody above the escalator is in the directory, so nobody is told."),)


def _add_root_cause(draft: Draft, root_cause: RootCause | None, phase: Phase, policy: Policy) -> None:
    if root_cause is None:
        return
    if phase is not Phase.CLOSED:
        raise InvalidCommand("root_cause", root_cause.category, "none: it is recorded when an issue is closed")
    if root_cause.category not in policy.root_causes:
        listed = ", ".join(policy.root_causes) or "none; the policy lists no root causes"
        raise InvalidCommand("root_cause.category", root_cause.category, f"one of the policy's: {listed}")
    draft.add(RootCauseRecorded, root_cause=root_cause)


def _check_no_reason(command: SetStatus | Flag) -> None:
    for name, value in (("reason", command.reason), ("reason_kind", command.reason_kind)):
        if value is not None:
            raise InvalidCommand(name, value, "none: only an escalation takes one; say it in note=")


def _check_reason(command: SetStatus | Escalate | Flag, policy: Policy) -> None:
    if command.reason is None:
        raise ReasonRequired("an escalation")
    if command.reason_kind is not None and command.reason_kind not in policy.escalation_kinds:
        raise InvalidCommand(
            "reason_kind", command.reason_kind, f"one of {', '.join(policy.escalation_kinds)}, or None"
        )


def _needs_note(move: Move | None, policy: Policy) -> bool:
    return policy.note_on_status_change and (move is None or move.needs_note)


def _advice(move: Move | None, rule: StatusRule, *, has_notes: bool) -> tuple[Advice, ...]:
    advice = []
    if move is not None and move.is_unusual:
        message = f"{rule.label!r} straight from here is unusual: most issues are worked before they end there."
        advice.append(Advice(AdviceCode.UNUSUAL_MOVE, message))
    if rule.wants_history and not has_notes:
        message = f"{rule.label!r} usually follows notes on what was tried; the note log was empty."
        advice.append(Advice(AdviceCode.NO_EARLIER_NOTES, message))
    return tuple(advice)


def _rule(workflow: Workflow, key: str) -> StatusRule:
    rule = workflow.status(key)
    if rule is None:
        raise MoveRefused(key, key, (), problem=_unknown(workflow, key))
    return rule


def _unknown(workflow: Workflow, wanted: str) -> str:
    if workflow.status(wanted) is not None:
        return ""
    named = {name: rule.key for rule in workflow.statuses for name in (rule.key, rule.label)}
    near = meant(wanted, named)
    hint = "" if near is None else f" (did you mean {shown(named[near])}?)"
    return f"the workflow {workflow.name!r} has no such status{hint}"


def _ends(place: Position, rule: StatusRule, policy: Policy) -> bool:
    """Say whether a move is the decision of the last level, which always takes a note (requirement B9)."""
    return rule.phase is Phase.CLOSED and last_level(place.level, policy.levels) is not None


def _settable(place: Issue | Position, policy: Policy) -> tuple[str, ...]:
    """Return the statuses that can be set; at the last level an issue ends with one of that level's outcomes."""
    last = last_level(place.level, policy.levels)
    outcomes = () if last is None else last.outcomes
    rules = policy.workflow.next_statuses(place.status)
    return tuple(one.key for one in rules if one.phase is not Phase.CLOSED or not outcomes or one.key in outcomes)


def _allowed(issue: Issue, policy: Policy) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the statuses that can be set, and those to which the issue can be reopened."""
    return _settable(issue, policy), _reopenable(issue, policy.workflow)


def _reopenable(issue: Issue | Position, workflow: Workflow) -> tuple[str, ...]:
    return () if issue.is_open else workflow.reopen_to
