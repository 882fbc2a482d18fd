"""The one way that everything takes: load, authorise, decide, apply, plan who is told, save.

A command is turned into work on a unit of work; whoever has a store runs it there, in a transaction of its own or
in one of the host's. Nothing else changes a response or an issue. Every refusal is raised before anything is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from inspect import iscoroutinefunction

from attrs import define, field, frozen

from resolutionkit.decisions import intake
from resolutionkit.decisions.alerting import alerts_of
from resolutionkit.decisions.concurrency import check_not_stale
from resolutionkit.decisions.context import Context, Decision
from resolutionkit.decisions.deadlines import earliest_due
from resolutionkit.decisions.decide import decide
from resolutionkit.decisions.opinions import NO_OPINIONS, Opinions
from resolutionkit.errors import (
    InvalidValue,
    IssueNotFound,
    KeyReused,
    ResolutionKitError,
    ResponseNotFound,
    StorageError,
)
from resolutionkit.model.commands import Assign, Command, Flag, Follow, InboundUpdate, Record, Unfollow, issue_of
from resolutionkit.model.events import Cause, CauseKind, Event, IssueOpened
from resolutionkit.model.history import apply, replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import SYSTEM, StaticDirectory
from resolutionkit.model.query import Scope
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.model.results import Change, Outcome, Recorded
from resolutionkit.model.trusted import changed, trusted
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import Directory, Remembered, UnitOfWork, Write
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.hearing import messages_of
from resolutionkit.tracker.ruling import named_by, rules_for, rules_on, with_loads
from resolutionkit.tracker.snapshot import snapshot

_in_context, _write, _recorded, _change = trusted(Context), trusted(Write), trusted(Recorded), trusted(Change)
_DIRECTORY = ("person", "people_by_email", "people_by_name", "group", "groups_of", "leader")


def is_policy(_settings: object, _attribute: object, value: object) -> None:
    """Refuse what is no policy."""
    if not isinstance(value, Policy):
        raise InvalidValue("policy", value, "a Policy; a file is read with Policy.load(path)")


def is_directory(_settings: object, _attribute: object, value: object) -> None:
    """Refuse what has not all of a directory's methods."""
    missing = [name for name in _DIRECTORY if not callable(getattr(value, name, None))]
    if missing:
        methods = f"an object with the methods {', '.join(_DIRECTORY)}"
        raise InvalidValue("directory", value, f"{methods}; a file is read with load_directory(path)")


def _is_not_awaited(_settings: object, _attribute: object, value: object) -> None:
    if any(iscoroutinefunction(getattr(value, name)) for name in _DIRECTORY):
        raise InvalidValue("directory", value, "methods that are not async; an AsyncTracker takes those that are")


@frozen(kw_only=True)
class AccountSettings:
    """What an account is run with.

    Attributes:
        policy: What the account wants.
        directory: Who works there.
    """

    policy: Policy = field(factory=Policy, validator=is_policy)
    directory: Directory = field(factory=StaticDirectory, validator=[is_directory, _is_not_awaited])


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


@define
class Attempts:
    """What the first run of a unit of work saw, for those after it: a later one must not decide on news unseen."""

    version: int | None = None


@frozen(kw_only=True)
class _Loaded:
    """What a command is decided on; the history is there where the issue was folded from it."""

    issue: Issue | None = None
    history: Sequence[Event] | None = None
    record: ResponseRecord | None = None
    facts: intake.Facts = intake.Facts()


_NOTHING = _Loaded()


def record(unit: UnitOfWork, command: Record, around: Surroundings) -> Recorded:
    """Take in one response."""
    done, write = taken_in(unit, command, around)
    if write is not None:
        unit.save((write,))
    return done


def taken_in(unit: UnitOfWork, command: Record, around: Surroundings) -> tuple[Recorded, Write | None]:
    """Return what becomes of a response, and what is to be saved of it."""
    loaded = _load_response(unit, command)
    cause = Cause(CauseKind.RESPONSE, command.response.id)
    rules = rules_on(command.response, around.settings.policy, around.opinions)
    context = _context(around, named_by(rules), loaded, cause, command.response)
    context = with_loads(unit, rules, context, command.response)
    decision = intake.take_in(loaded.facts, command, context)
    issue, write = _finish(unit, loaded, decision, context, around)
    done = _recorded(
        outcome=decision.outcome or Outcome.STORED,
        issue=issue if decision.events or decision.outcome is Outcome.DUPLICATE else None,
        events=decision.events,
        replaced=decision.replaced,
    )
    return done, write


def change(unit: UnitOfWork, command: Command, around: Surroundings, attempts: Attempts) -> Change:
    """Carry out one command of a person."""
    done, write = _changed(unit, command, around, attempts)
    if write is not None:
        unit.save((write,))
    return done


def change_all(
    unit: UnitOfWork, commands: Sequence[Command], around: Surroundings, attempts: Sequence[Attempts]
) -> list[Change]:
    """Carry out commands on as many issues: all are decided before any is saved, so that a refusal finds nothing."""
    found = [_changed(unit, one, around, seen) for one, seen in zip(commands, attempts, strict=True)]
    unit.save([write for _, write in found if write is not None])
    return [done for done, _ in found]


def _changed(
    unit: UnitOfWork, command: Command, around: Surroundings, attempts: Attempts
) -> tuple[Change, Write | None]:
    """Return what a command does, and what is to be saved of it."""
    scope = around.way.scope if around.way is not None else scope_of(around.actor, around.settings.directory)
    if scope.person not in {None, around.actor}:
        around = changed(around, actor=scope.person)  # the directory's spelling of the id
    # First: what was done may have taken the issue from the sight of whoever did it, who may ask all the same.
    done = _done(unit, command, around)
    if done is None:
        try:
            return _newly_changed(unit, command, around, scope, attempts)
        except StorageError:
            raise
        except ResolutionKitError:
            # Somebody else may have given the same command meanwhile, and that may be why it is refused.
            done = _done(unit, command, around)
            if done is None:
                raise
    return _repeated(unit, command, done), None


def _done(unit: UnitOfWork, command: Command, around: Surroundings) -> Remembered | None:
    return unit.remembered(around.actor, command.key) if command.key is not None else None


def _newly_changed(
    unit: UnitOfWork, command: Command, around: Surroundings, scope: Scope, attempts: Attempts
) -> tuple[Change, Write | None]:
    if around.way is not None:
        around.way.check(unit)
    loaded = _load_flagged(unit, command, scope) if isinstance(command, Flag) else _load_issue(unit, command, scope)
    cause = around.way.cause if around.way is not None else Cause(_kind(command), command.key)
    rules = () if loaded.record is None else rules_for(loaded.record, around.settings.policy)
    context = _context(around, (*_named(command), *named_by(rules)), loaded, cause)
    if loaded.record is not None:
        context = with_loads(unit, rules, context, loaded.record.response)
    decision = _decided(unit, command, loaded, context, attempts)
    issue, write = _finish(unit, loaded, decision, context, around, command=command)
    if issue is None:
        raise IssueNotFound(issue_of(command) or "")
    return _change(issue=issue, events=decision.events, advice=decision.advice), write


def _kind(command: Command) -> CauseKind:
    return CauseKind.INBOUND if isinstance(command, InboundUpdate) else CauseKind.COMMAND


def _load_response(unit: UnitOfWork, command: Record) -> _Loaded:
    response = command.response
    # The ticket first: all of its responses meet there, and nobody holds one of them while waiting for another.
    standing = unit.standing(response.survey, response.ticket) if response.ticket else None
    same = standing if standing is not None and standing.id == response.id else unit.response(response.id)
    if (known := same or standing) is None:
        return _NOTHING
    issue, history = _issue(unit, known.issue)
    facts = intake.Facts(same=same, standing=None if same else standing, issue=issue)
    return _Loaded(issue=issue, history=history, facts=facts)


def _load_issue(unit: UnitOfWork, command: Command, scope: Scope) -> _Loaded:
    issue_id = issue_of(command)
    issue, history = _issue(unit, issue_id)
    if issue is None or not scope.sees_issue(issue):
        raise IssueNotFound(issue_id or "")
    return _Loaded(issue=issue, history=history)


def _load_flagged(unit: UnitOfWork, command: Flag, scope: Scope) -> _Loaded:
    found = unit.response(command.response)
    if found is None or not scope.sees_response(found, _issue(unit, found.issue)[0]):
        raise ResponseNotFound(command.response)
    return _Loaded(record=found)


def _issue(unit: UnitOfWork, issue_id: str | None) -> tuple[Issue | None, Sequence[Event] | None]:
    """Return an issue as it is: as the store keeps it, where it can, else folded from its history, and that (L1)."""
    if issue_id is None:
        return None, None
    kept: Callable[[str], Issue | None] | None = getattr(unit, "issue", None)
    if kept is not None:
        return kept(issue_id), None
    history = unit.history(issue_id)
    return replay(history) if history else None, history


def _decided(unit: UnitOfWork, command: Command, loaded: _Loaded, context: Context, attempts: Attempts) -> Decision:
    if isinstance(command, Flag) and loaded.record is not None:
        return intake.flag(loaded.record, command, context)
    issue = loaded.issue
    if issue is None:
        raise IssueNotFound(issue_of(command) or "")
    known_version: int | None = getattr(command, "expected_version", None) or attempts.version
    if known_version is not None and known_version != issue.version:
        check_not_stale(command, issue, unit.history(issue.id), known_version)
    attempts.version = attempts.version or issue.version
    return decide(issue, command, context)


def _context(
    around: Surroundings, named: Iterable[str | None], loaded: _Loaded, cause: Cause, *responses: Response
) -> Context:
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
    loaded: _Loaded,
    responses: tuple[Response, ...],
) -> StaticDirectory:
    """Ask the directory for all that the decision can need."""
    issue = loaded.issue
    if loaded.record is not None:
        responses = (*responses, loaded.record.response)
    if issue is not None:
        responses = (*responses, issue.response)
        named = (*named, issue.assignee, *issue.followers, *issue.people, *issue.alerted)
    mentioned = (actor, *named, *(who for one in responses for who in one.hierarchy))
    return snapshot(directory, mentioned, [one.group for one in responses])


def _named(command: Command) -> Iterable[str | None]:
    match command:
        case Assign() | Flag():
            return (command.assignee, *command.followers)
        case InboundUpdate():
            return (command.assignee,)
        case Follow() | Unfollow():
            return (command.who,)
        case _:
            return ()


def _finish(
    unit: UnitOfWork,
    loaded: _Loaded,
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
    write = _write(
        records=decision.records,
        head=decision.head,
        before=before,
        issue=issue,
        events=decision.events,
        due_at=_due_at(unit, loaded, issue, decision.events, context.policy),
        messages=messages,
        alerts=alerts_of(decision, context),
        remembered=_remembered(unit, command, issue, decision, context),
        is_last=around.is_alone,
    )
    is_something = write.records or write.events or write.remembered is not None
    return issue, write if is_something else None


def _due_at(
    unit: UnitOfWork, loaded: _Loaded, issue: Issue | None, events: tuple[Event, ...], policy: Policy
) -> datetime | None:
    """Return when the earliest limit of an issue is due after what happened to it."""
    if issue is None or not issue.is_open or not events:
        return None
    if issue.version == len(events):
        return earliest_due(issue, events, policy)
    past = loaded.history if loaded.history is not None else unit.history(issue.id)
    return earliest_due(issue, (*past, *events), policy)


def _remembered(
    unit: UnitOfWork, command: Command | None, issue: Issue | None, decision: Decision, context: Context
) -> Remembered | None:
    if command is None or command.key is None or issue is None:
        return None
    return Remembered(
        key=command.key,
        actor=context.actor,
        fingerprint=command.fingerprint(unit.make_secret()),
        issue=issue.id,
        first_event=issue.version - len(decision.events) + 1,
        last_event=issue.version,
        advice=decision.advice,
        at=context.now,
    )


def _repeated(unit: UnitOfWork, command: Command, done: Remembered) -> Change:
    """Answer a repeated command as it was answered."""
    if done.fingerprint != command.fingerprint(unit.make_secret()):
        raise KeyReused(done.key)
    history = unit.history(done.issue)[: done.last_event]
    events = history[done.first_event - 1 :]
    return _change(issue=replay(history), events=events, advice=done.advice, is_repetition=True)
