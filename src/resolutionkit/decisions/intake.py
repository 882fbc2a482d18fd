"""What a response does when it arrives, and when somebody flags it (requirements A2, A4, A5, A7, A11).

Whether its score is low is said in ``decisions.classify``; who is told in ``decisions.audience``.
"""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from resolutionkit.decisions.assigning import Case
from resolutionkit.decisions.classify import judge
from resolutionkit.decisions.context import Context, Decision, Draft
from resolutionkit.decisions.moves import ByRule, add_escalation, check_flag
from resolutionkit.decisions.notes import advice_on, note_from
from resolutionkit.decisions.placing import add_repair
from resolutionkit.decisions.quarantine import quarantine_of
from resolutionkit.decisions.routing import route
from resolutionkit.decisions.ruling import NO_RULING, Ruling, acting, ruled
from resolutionkit.errors import InvalidResponse, NoteRequired
from resolutionkit.model.commands import Flag, Record
from resolutionkit.model.conflicts import ResponseConflict, ResponseHasIssue, ResponseReplaced
from resolutionkit.model.erasure import differing
from resolutionkit.model.events import (
    CorrectionRecorded,
    Event,
    IssueOpened,
    Reopened,
    ReplacementRecorded,
)
from resolutionkit.model.history import apply
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import resolve, resolve_hierarchy
from resolutionkit.model.response import HeadChange, RecordChange, ResponseRecord, Standing
from resolutionkit.model.results import Advice, Classification, Outcome
from resolutionkit.model.trusted import changed, trusted

_record, _change = trusted(ResponseRecord), trusted(RecordChange)

FUTURE = timedelta(days=1)
"""How far ahead of the clock a response may be received; further is a mistake (requirement A3)."""
_FIXED = frozenset({"survey", "ticket", "received_at"})


@frozen(kw_only=True)
class Facts:
    """What is known when a response arrives.

    Attributes:
        same: The response that has its id already, or None.
        standing: The response that stands for its survey and ticket, or None.
        issue: The issue of ``same`` if there is one, else that of ``standing``, or None.
    """

    same: ResponseRecord | None = None
    standing: ResponseRecord | None = None
    issue: Issue | None = None


def take_in(facts: Facts, command: Record, context: Context) -> Decision:
    """Decide what becomes of a response.

    Raises:
        InvalidScore: The score is not one of its scale.
        InvalidResponse: It was received more than a day after now.
        ResponseConflict: Its id is known with other content, and it is no correction.
    """
    same = facts.same
    if same is not None and (same.erased_at is not None or not differing(same.response, command.response)):
        # Whatever the policy and the clock say today: it was judged when it came. What was erased stays erased.
        return Decision(outcome=Outcome.DUPLICATE)
    judged = judge(command.response, context.policy, context.opinions)
    arrival = _Arrival(judged=judged, facts=facts, command=command, context=context)
    if command.response.received_at > context.now + FUTURE:
        expected = f"an instant at most a day after now, {context.now.isoformat()}"
        raise InvalidResponse("received_at", command.response.received_at, expected)
    if same is not None:
        return _known(arrival, same)
    record, earlier = _new_record(arrival), facts.standing
    if earlier is None:
        return _alone(arrival, _change(record=record), head=_head(record, None))
    is_later = (record.response.received_at, record.id) > (earlier.response.received_at, earlier.id)
    if not _within(arrival, earlier):
        return _alone(arrival, _change(record=record), head=_head(record, earlier) if is_later else None)
    if is_later:
        return _replaces(arrival, record, earlier)
    # What changes nothing has nothing that could be put right either.
    free = {"quarantined_for": (), "quarantined_since": None}
    superseded = changed(record, standing=Standing.SUPERSEDED, replaced_by=earlier.id, **free)
    return Decision(records=(_change(record=superseded),), outcome=Outcome.SUPERSEDED)


@frozen(kw_only=True)
class _Arrival:
    """A response that arrives, with all that the decision on it looks at."""

    judged: Classification
    facts: Facts
    command: Record
    context: Context

    @property
    def is_history(self) -> bool:
        """Say whether it is too old for anybody to be told of it (requirement A11)."""
        if self.command.announce is not None:
            return not self.command.announce
        return self.context.now - self.command.response.received_at > self.context.policy.announce_within


def _new_record(arrival: _Arrival) -> ResponseRecord:
    judged, context = arrival.judged, arrival.context
    reasons = quarantine_of(judged.response, context.policy, context.people)
    return _record(
        response=judged.response,
        revision=1,
        recorded_at=context.now,
        scale=judged.scale,
        category=judged.category,
        threshold=judged.threshold,
        needs_recovery=judged.needs_recovery,
        people=resolve_hierarchy(judged.response.hierarchy, context.people),
        quarantined_for=reasons,
        quarantined_since=context.now if reasons else None,
    )


def _within(arrival: _Arrival, earlier: ResponseRecord) -> bool:
    window = arrival.context.policy.replace_within
    return window is None or abs(arrival.judged.response.received_at - earlier.response.received_at) <= window


def _head(record: ResponseRecord, before: ResponseRecord | None) -> HeadChange | None:
    return HeadChange(record=record, before=before) if record.response.ticket is not None else None


def _known(arrival: _Arrival, same: ResponseRecord) -> Decision:
    """Decide on a response whose id is known: delivered again, or corrected."""
    different = differing(same.response, arrival.judged.response)
    if not arrival.command.replace:
        raise ResponseConflict(same.id, different)
    kept = _FIXED if same.response.ticket is not None else _FIXED - {"received_at"}
    fixed = tuple(one for one in different if one[0] in kept)
    if fixed:
        # Who replaces whom in another conversation, or at another time, cannot be told from a correction.
        instead = "a correction keeps survey, ticket and the ticket's received_at; record it under a new id instead"
        raise ResponseConflict(same.id, fixed, instead)
    corrected = changed(
        _new_record(arrival),
        revision=same.revision + 1,
        recorded_at=same.recorded_at,
        standing=same.standing,
        replaced_by=same.replaced_by,
        issue=same.issue,
        **_quarantine_after(same, arrival),
    )
    change = _change(record=corrected, before=same)
    if same.standing is not Standing.CURRENT:
        return _corrected_aside(arrival, change)
    if arrival.facts.issue is None:
        return _alone(arrival, change, Outcome.REPLACED)
    return _goes_on(arrival, CorrectionRecorded, change, arrival.facts.issue)


def _quarantine_after(same: ResponseRecord, arrival: _Arrival) -> dict[str, object]:
    """Return whether a corrected response waits for repair: a correction can put it right, and wrong."""
    context = arrival.context
    reasons = quarantine_of(arrival.judged.response, context.policy, context.people)
    if same.standing is not Standing.CURRENT:
        reasons = ()
    since = same.quarantined_since if same.is_quarantined or not reasons else context.now
    is_repaired = same.is_quarantined and not reasons
    repaired_at = context.now if is_repaired else same.repaired_at
    return {"quarantined_for": reasons, "quarantined_since": since, "repaired_at": repaired_at}


def _corrected_aside(arrival: _Arrival, change: RecordChange) -> Decision:
    """Decide on the correction of a response that no longer stands: it is kept, and changes nothing else."""
    draft = Draft(arrival.facts.issue, arrival.context)
    if arrival.facts.issue is not None:
        _add_response(draft, CorrectionRecorded, change.record)
    return draft.decision(records=(change,), outcome=Outcome.SUPERSEDED, is_silent=True)


def _alone(
    arrival: _Arrival,
    change: RecordChange,
    otherwise: Outcome = Outcome.STORED,
    head: HeadChange | None = None,
) -> Decision:
    """Decide on a response that has no issue to go on with."""
    if not arrival.judged.opens_issue:
        return Decision(records=(change,), outcome=otherwise, head=head, is_silent=arrival.is_history)
    draft, record, context = Draft(None, arrival.context), change.record, arrival.context
    # Rules wait for the repair: they may go by the very code that is wrong.
    ruling = NO_RULING if record.is_quarantined else _ruling(record, context)
    told = {"alerted": ruling.alerted, "is_quiet": ruling.is_quiet, "backfilled": arrival.is_history}
    escalated = None if ruling.escalate is None or arrival.is_history else _escalated(context)
    opened = _open(draft, record, context, None, ruling, **told, **(escalated or {}))
    advice: tuple[Advice, ...] = ()
    if ruling.escalate is not None and escalated is not None:
        below = (opened.assignee, record.response.group)
        advice = add_escalation(draft, ByRule(ruling.escalate), below, context)
    linked = changed(record, issue=opened.issue)
    return draft.decision(
        *advice,
        records=(changed(change, record=linked),),
        head=head,
        outcome=Outcome.OPENED,
        is_silent=arrival.is_history,
    )


def _replaces(arrival: _Arrival, record: ResponseRecord, earlier: ResponseRecord) -> Decision:
    """Decide on a response that takes the place of an earlier one."""
    issue, head = arrival.facts.issue, _head(record, earlier)
    if issue is None:
        decision = _alone(arrival, _change(record=record), Outcome.REPLACED, head)
    else:
        followed = _change(record=changed(record, issue=issue.id))
        decision = changed(_goes_on(arrival, ReplacementRecorded, followed, issue), head=head)
    past = changed(earlier, standing=Standing.REPLACED, replaced_by=record.id, quarantined_for=())
    records = (*decision.records, _change(record=past, before=earlier))
    return changed(decision, records=records, replaced=earlier.id)


def _goes_on(
    arrival: _Arrival, kind: type[ReplacementRecorded | CorrectionRecorded], change: RecordChange, issue: Issue
) -> Decision:
    """Let an issue follow a response; a closed one is taken up again where the customer is unhappy."""
    draft = Draft(issue, arrival.context)
    event = _add_response(draft, kind, change.record)
    before = arrival.facts.same or arrival.facts.standing
    if before is not None and before.is_quarantined and not change.record.is_quarantined:
        add_repair(draft, apply(issue, event), change.record, arrival.context)
    reopens = arrival.judged.opens_issue and not issue.is_open
    if reopens:
        workflow = arrival.context.policy.workflow
        draft.add(Reopened, status=workflow.initial, phase=workflow.initial_phase)
    return draft.decision(
        records=(change,),
        outcome=Outcome.REOPENED if reopens else Outcome.REPLACED,
        is_silent=arrival.is_history,
    )


def _add_response(draft: Draft, kind: type[ReplacementRecorded | CorrectionRecorded], record: ResponseRecord) -> Event:
    return draft.add(
        kind,
        response=record.response,
        revision=record.revision,
        people=record.people,
        needs_recovery=record.needs_recovery,
        quarantined=record.quarantined_for,
    )


def _ruling(record: ResponseRecord, context: Context) -> Ruling:
    """Return what the policy's rules come to for a response that opens an issue (requirement A9)."""
    policy = context.policy
    rules = acting(policy.rules, policy.rules_apply, record) if policy.rules else ()
    return ruled(rules, Case(record.response, record.people, context.people, context.loads))


def _escalated(context: Context) -> dict[str, object] | None:
    """Return the status and phase of an issue that opens escalated, or None where the workflow has no such status."""
    workflow = context.policy.workflow
    rule = None if workflow.escalation is None else workflow.status(workflow.escalation)
    return None if rule is None else {"status": rule.key, "phase": rule.phase}


def _open(
    draft: Draft,
    record: ResponseRecord,
    context: Context,
    assignee: str | None,
    ruling: Ruling,
    **rest: object,
) -> IssueOpened:
    workflow = context.policy.workflow
    opening = {"status": workflow.initial, "phase": workflow.initial_phase}
    return draft.add(
        IssueOpened,
        issue=context.ids(),
        response=record.response,
        revision=record.revision,
        assignee=assignee or _assignee(record, ruling, context),
        people=record.people,
        quarantined=record.quarantined_for,
        needs_recovery=record.needs_recovery,
        rules=ruling.rules,
        tags=ruling.tags,
        has_priority=ruling.has_priority,
        **(opening | rest),
    )


def _assignee(record: ResponseRecord, ruling: Ruling, context: Context) -> str | None:
    """Return whom an issue goes to when it opens; one in quarantine is the account's leader's (requirement A6)."""
    if record.is_quarantined:
        return route((), None, context.people)
    found = context.opinions.assignee(record.response) or ruling.assignee
    return found or route(record.people, record.response.group, context.people)


def flag(record: ResponseRecord, command: Flag, context: Context) -> Decision:
    """Make a response an issue by hand.

    Raises:
        ResponseHasIssue: It is one already.
        ResponseReplaced: Another response stands in its place.
        NoteRequired: No note is given.
        PersonNotFound: The assignee or a follower is nobody who is there.
        MoveRefused, ReasonRequired: The status cannot be set so.
    """
    if record.issue is not None:
        raise ResponseHasIssue(record.id, record.issue)
    if record.standing is not Standing.CURRENT:
        raise ResponseReplaced(record.id, record.replaced_by or record.id)
    rule, advice = check_flag(command, context)
    draft = Draft(None, context)
    note = note_from(command, (record.response,), draft.at, context)
    if note is None:
        raise NoteRequired("flagging a response")
    assignee = None if command.assignee is None else resolve(command.assignee, context.people)
    followers = tuple(dict.fromkeys(resolve(who, context.people) for who in command.followers))
    opened = _open(
        draft,
        record,
        context,
        assignee,
        NO_RULING if record.is_quarantined else _ruling(record, context),
        status=rule.key,
        phase=rule.phase,
        followers=followers,
        flagged_by_hand=True,
        note=note,
    )
    if rule.key == context.policy.workflow.escalation:
        advice += add_escalation(draft, command, (opened.assignee, record.response.group), context)
    linked = changed(record, issue=opened.issue)
    change = _change(record=linked, before=record)
    return draft.decision(*advice, *advice_on(note, context), records=(change,))
