"""The one way that everything takes: load, authorise, decide, apply, plan who is told, save.

A command is turned into work on a unit of work; whoever has a store runs it there, in a transaction of its own or
in one of the host's. Nothing else changes a response or an issue. Every refusal is raised before anything is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias, TypeVar, cast

from attrs import frozen

from resolutionkit.decisions import intake
from resolutionkit.decisions.alerting import alerts_of
from resolutionkit.decisions.context import Context, Decision
from resolutionkit.decisions.decide import decide
from resolutionkit.decisions.leaving import hand_over
from resolutionkit.decisions.levels import named_in
from resolutionkit.decisions.opinions import NO_OPINIONS, Opinions
from resolutionkit.decisions.placing import place
from resolutionkit.decisions.timers import NOTHING, Timetable, run, timetable
from resolutionkit.errors import (
    IssueNotFound,
    KeyReused,
    ResolutionKitError,
    StorageError,
)
from resolutionkit.model.commands import (
    Assign,
    Command,
    Flag,
    Follow,
    HandOver,
    InboundUpdate,
    RaiseLevel,
    Record,
    RunTimers,
    Unfollow,
    issue_of,
)
from resolutionkit.model.events import Cause, CauseKind, Event, IssueOpened
from resolutionkit.model.history import apply
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import SYSTEM, StaticDirectory
from resolutionkit.model.query import Scope
from resolutionkit.model.response import Response
from resolutionkit.model.results import Change, Outcome, Recorded, ResponseChange
from resolutionkit.model.trusted import changed, trusted
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import Directory, Remembered, UnitOfWork, Write
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.account_settings import AccountSettings, is_directory, is_policy
from resolutionkit.tracker.answering import ON_ISSUES, ON_RESPONSES, Answering, remembered
from resolutionkit.tracker.attempts import Attempts, check_versions
from resolutionkit.tracker.hearing import messages_of
from resolutionkit.tracker.loading import Loaded, load, load_arrival
from resolutionkit.tracker.placing import (
    OnResponse,
    is_ruled,
    record_after,
)
from resolutionkit.tracker.ruling import named_by, rules_for, rules_on, with_loads
from resolutionkit.tracker.snapshot import snapshot
from resolutionkit.tracker.together import Ahead

T = TypeVar("T")

__all__ = [
    "AccountSettings",
    "Done",
    "Surroundings",
    "Way",
    "change",
    "change_all",
    "context_of",
    "is_directory",
    "is_policy",
    "once",
    "place_all",
    "record",
    "taken_in",
]

_in_context, _write, _recorded, _change = trusted(Context), trusted(Write), trusted(Recorded), trusted(Change)


@frozen(kw_only=True)
class Way:
    """How somebody comes to act who does not sit at their desk.

    Attributes:
        cause: What is told of it in the history.
        scope: How far they see on this way; ``scope.person`` is who acts.
        check: Refuses what the way does not lead to any more, within the transaction and before anything is decided.
    """

    cause: Cause
    scope: Scope
    check: Callable[[UnitOfWork], object]


@frozen(kw_only=True, weakref_slot=False)
class Surroundings:
    """What the pipeline takes from outside for one command: nothing in it changes while the command runs.

    Attributes:
        settings: The account's.
        now: The instant, in UTC.
        ids: Gives new ids.
        actor: Who acts: a person's id, or ``system``.
        is_alone: Whether the unit of work is this command's alone, and ends with what it saves.
        opinions: Who is asked besides.
        observers: The names of those who hear of every change.
        way: How the actor comes to act, or None for somebody at their desk.
    """

    settings: AccountSettings
    now: datetime
    ids: Callable[[], str]
    actor: str = SYSTEM
    is_alone: bool = False
    opinions: Opinions = NO_OPINIONS
    observers: tuple[str, ...] = ()
    way: Way | None = None


Done: TypeAlias = tuple[T, Sequence[Write]]
"""What a command did, and what is to be saved of it."""


def record(unit: UnitOfWork, command: Record, around: Surroundings) -> Recorded:
    """Take in one response."""
    done, write = taken_in(unit, command, around)
    if write is not None:
        unit.save((write,))
    return done


def taken_in(unit: UnitOfWork, command: Record, around: Surroundings) -> tuple[Recorded, Write | None]:
    """Return what becomes of a response, and what is to be saved of it."""
    loaded = load_arrival(unit, command)
    cause = Cause(CauseKind.RESPONSE, command.response.id)
    rules = rules_on(command.response, around.settings.policy, around.opinions)
    context = context_of(around, named_by(rules), loaded, cause, command.response)
    context = with_loads(unit, rules, context, command.response)
    decision = intake.take_in(loaded.facts, command, context)
    issue, write = _finish(unit, loaded, decision, context, around)
    done = _recorded(
        outcome=decision.outcome or Outcome.STORED,
        issue=issue if decision.events or decision.outcome is Outcome.DUPLICATE else None,
        events=decision.events,
        replaced=decision.replaced,
        quarantined=_is_quarantined(loaded, decision),
    )
    return done, write


def _is_quarantined(loaded: Loaded, decision: Decision) -> bool:
    record = decision.records[0].record if decision.records else loaded.facts.same
    return record is not None and record.is_quarantined


def change(unit: UnitOfWork, command: Command, around: Surroundings, attempts: Attempts) -> Change:
    """Carry out one command of a person."""
    return _carried_out(unit, [command], around, [attempts], ON_ISSUES)[0]


def change_all(
    unit: UnitOfWork, commands: Sequence[Command], around: Surroundings, attempts: Sequence[Attempts]
) -> list[Change]:
    """Carry out commands on issues: all are decided before any is saved, so that a refusal finds nothing."""
    return _carried_out(unit, commands, around, attempts, ON_ISSUES)


def place_all(
    unit: UnitOfWork, commands: Sequence[OnResponse], around: Surroundings, attempts: Sequence[Attempts]
) -> list[ResponseChange]:
    """Carry out commands on as many responses in the same way."""
    return _carried_out(unit, commands, around, attempts, ON_RESPONSES)


def _carried_out(
    unit: UnitOfWork,
    commands: Sequence[Command],
    around: Surroundings,
    attempts: Sequence[Attempts],
    answering: Answering[T],
) -> list[T]:
    if len(commands) == 1:
        done, writes = _changed(unit, commands[0], around, attempts[0], answering)
        if writes:
            unit.save(writes)
        return [done]
    ahead, found = Ahead(unit), list[T]()
    for command, seen in zip(commands, attempts, strict=True):
        done, writes = _changed(cast(UnitOfWork, ahead), command, around, seen, answering)
        ahead.add(writes)
        found.append(done)
    ahead.save()
    return found


def _changed(
    unit: UnitOfWork, command: Command, around: Surroundings, attempts: Attempts, answering: Answering[T]
) -> Done[T]:
    def newly(seen: Surroundings, scope: Scope) -> Done[T]:
        return _newly_changed(unit, command, seen, scope, attempts, answering=answering)

    return once(unit, command, around, answering, newly)


def once(
    unit: UnitOfWork,
    command: Command,
    around: Surroundings,
    answering: Answering[T],
    newly: Callable[[Surroundings, Scope], Done[T]],
) -> Done[T]:
    """Return what a command does, and what is to be saved of it; where it was done under its key, nothing is.

    Args:
        unit: The unit of work.
        command: The command.
        around: What it is given in.
        answering: How it is answered where it was done before.
        newly: Carries it out, given its surroundings and how far the actor sees.
    """
    scope = around.way.scope if around.way is not None else scope_of(around.actor, around.settings.directory)
    if scope.person not in {None, around.actor}:
        around = changed(around, actor=scope.person)  # the directory's spelling of the id
    # First: what was done may have taken the issue from the sight of whoever did it, who may ask all the same.
    done = _done(unit, command, around)
    if done is None:
        try:
            return newly(around, scope)
        except StorageError:
            raise
        except ResolutionKitError:
            # Somebody else may have given the same command meanwhile, and that may be why it is refused.
            done = _done(unit, command, around)
            if done is None:
                raise
    if done.fingerprint != command.fingerprint(unit.make_secret()):
        raise KeyReused(done.key)
    return answering.again(unit, command, done), ()


def _done(unit: UnitOfWork, command: Command, around: Surroundings) -> Remembered | None:
    return unit.remembered(around.actor, command.key) if command.key is not None else None


def _newly_changed(
    unit: UnitOfWork,
    command: Command,
    around: Surroundings,
    scope: Scope,
    attempts: Attempts,
    *,
    answering: Answering[T],
) -> Done[T]:
    if around.way is not None:
        around.way.check(unit)
    loaded = load(unit, command, scope, around.actor, around.settings.directory)
    cause = around.way.cause if around.way is not None else Cause(_kind(command), command.key)
    after = None if loaded.record is None else record_after(loaded.record, command)
    rules = () if after is None or not is_ruled(command, loaded.record) else rules_for(after, around.settings.policy)
    responses = () if after is None else (after.response,)
    named = (*_named(command, around.settings.policy), *named_by(rules))
    context = context_of(around, named, loaded, cause, *responses)
    if after is not None:
        context = with_loads(unit, rules, context, after.response)
    decision = _decided(unit, command, loaded, context, attempts)
    issue, write = _finish(unit, loaded, decision, context, around, command=command)
    return answering.new(command, loaded, decision, issue), () if write is None else (write,)


def _kind(command: Command) -> CauseKind:
    return CauseKind.INBOUND if isinstance(command, InboundUpdate) else CauseKind.COMMAND


def _decided(unit: UnitOfWork, command: Command, loaded: Loaded, context: Context, attempts: Attempts) -> Decision:
    if isinstance(command, Flag) and loaded.record is not None:
        return intake.flag(loaded.record, command, context)
    if isinstance(command, OnResponse) and loaded.record is not None:
        return place(loaded.record, loaded.issue, command, context)
    issue = loaded.issue
    if issue is None:
        raise IssueNotFound(issue_of(command) or "")
    asked, expected = issue_of(command) or issue.id, getattr(command, "expected_version", None)
    check_versions(unit, command, issue, {asked: expected} if expected else attempts.versions(asked))
    attempts.seen.setdefault(asked, (issue.id, issue.version))
    if isinstance(command, HandOver):
        return hand_over(issue, loaded.record, command, context)
    if isinstance(command, RunTimers):
        return run(issue, _past(unit, loaded, issue), context)
    return decide(issue, command, context)


def context_of(
    around: Surroundings, named: Iterable[str | None], loaded: Loaded, cause: Cause, *responses: Response
) -> Context:
    """Return the circumstances of a decision, with everybody whom it may need."""
    settings = around.settings
    people = settings.directory  # a static one is its own snapshot
    if not isinstance(people, StaticDirectory):
        people = _people(people, around.actor, named, loaded, responses)
    return _in_context(
        policy=settings.policy,
        people=people,
        now=around.now,
        ids=around.ids,
        actor=around.actor,
        cause=cause,
        opinions=around.opinions,
        observers=around.observers,
    )


def _people(
    directory: Directory,
    actor: str,
    named: Iterable[str | None],
    loaded: Loaded,
    responses: tuple[Response, ...],
) -> StaticDirectory:
    """Ask the directory for all that the decision can need."""
    issue = loaded.issue
    if loaded.record is not None:
        responses = (*responses, loaded.record.response)
    if issue is not None:
        responses = (*responses, issue.response)
        named = (*named, issue.assignee, *issue.followers, *issue.people, *issue.alerted, *issue.accountable)
    mentioned = (actor, *named, *(who for one in responses for who in one.hierarchy))
    return snapshot(directory, mentioned, [one.group for one in responses], [one.segment for one in responses])


def _named(command: Command, policy: Policy) -> Iterable[str | None]:
    match command:
        case RunTimers() | RaiseLevel():
            return named_in(policy.levels)
        case Assign() | Flag():
            return (command.assignee, *command.followers)
        case InboundUpdate():
            return (command.assignee,)
        case HandOver():
            return (command.leaver, command.to)
        case Follow() | Unfollow():
            return (command.who,)
        case _:
            return ()


def _finish(
    unit: UnitOfWork,
    loaded: Loaded,
    decision: Decision,
    context: Context,
    around: Surroundings,
    *,
    command: Command | None = None,
) -> tuple[Issue | None, Write | None]:
    """Apply what was decided, and plan who is told: return the issue, and what is to be saved if anything is."""
    # A response beside the standing one, outside the policy's window, opens an issue of its own.
    opens = bool(decision.events) and isinstance(decision.events[0], IssueOpened)
    issue = before = None if opens else loaded.issue
    for event in decision.events:
        issue = apply(issue, event)
    messages = messages_of(unit, decision, context, before=before, issue=issue, directory=around.settings.directory)
    times = _timetable(unit, loaded, issue, decision.events, context)
    write = _write(
        records=decision.records,
        head=decision.head,
        before=before,
        issue=issue,
        events=decision.events,
        due_at=times.due_at,
        wake_at=times.wake_at,
        messages=messages,
        alerts=alerts_of(decision, context),
        remembered=remembered(unit, command, decision, context, record=loaded.record, issue=issue),
        is_last=around.is_alone,
    )
    is_something = write.records or write.events or write.remembered is not None
    return issue, write if is_something else None


def _timetable(
    unit: UnitOfWork, loaded: Loaded, issue: Issue | None, events: tuple[Event, ...], context: Context
) -> Timetable:
    """Return what time brings an issue to after what happened to it."""
    if issue is None or not events or issue.backfilled:
        return NOTHING
    past = () if issue.version == len(events) else _past(unit, loaded, issue)
    return timetable(issue, (*past, *events), context.policy, context.now)


def _past(unit: UnitOfWork, loaded: Loaded, issue: Issue) -> Sequence[Event]:
    return loaded.history if loaded.history is not None else unit.history(issue.id)
