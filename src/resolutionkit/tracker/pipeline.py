"""The one way that everything takes: load, authorise, decide, apply, plan who is told, save.

A command is turned into work on a unit of work; whoever has a store runs it there, in a transaction of its own or
in one of the host's. Nothing else changes a response or an issue. Every refusal is raised before anything is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from inspect import iscoroutinefunction
from typing import TypeAlias

from attrs import field, frozen

from resolutionkit.decisions import intake
from resolutionkit.decisions.context import Context, Decision
from resolutionkit.decisions.deadlines import earliest_due
from resolutionkit.decisions.decide import decide
from resolutionkit.decisions.leaving import hand_over
from resolutionkit.decisions.opinions import NO_OPINIONS, Opinions
from resolutionkit.errors import (
    InvalidValue,
    IssueNotFound,
    ResolutionKitError,
    ResponseNotFound,
    StorageError,
)
from resolutionkit.model.commands import (
    Assign,
    Command,
    Flag,
    Follow,
    HandOver,
    InboundUpdate,
    Record,
    Unfollow,
    issue_of,
)
from resolutionkit.model.events import Cause, CauseKind, Event, IssueOpened
from resolutionkit.model.history import apply
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import SYSTEM, StaticDirectory
from resolutionkit.model.query import Scope
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.model.results import Change, Outcome, Recorded
from resolutionkit.model.trusted import changed, trusted
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import Directory, UnitOfWork, Write
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.attempts import Attempts, check_versions
from resolutionkit.tracker.hearing import messages_of
from resolutionkit.tracker.keys import done_before, remembered_of, repeated
from resolutionkit.tracker.ruling import named_by, rules_for, rules_on, with_loads
from resolutionkit.tracker.snapshot import snapshot
from resolutionkit.tracker.streams import leading, stream

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


@frozen(kw_only=True)
class Loaded:
    """What a command is decided on; the history is there where the issue was folded from it."""

    issue: Issue | None = None
    history: Sequence[Event] | None = None
    record: ResponseRecord | None = None
    facts: intake.Facts = intake.Facts()


_NOTHING = Loaded()
Done: TypeAlias = tuple[Change, Sequence[Write]]
"""What a command did, and what is to be saved of it."""


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
    context = context_of(around, named_by(rules), loaded, cause, command.response)
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
    done, writes = _changed(unit, command, around, attempts)
    if writes:
        unit.save(writes)
    return done


def change_all(
    unit: UnitOfWork, commands: Sequence[Command], around: Surroundings, attempts: Sequence[Attempts]
) -> list[Change]:
    """Carry out commands on as many issues: all are decided before any is saved, so that a refusal finds nothing."""
    found = [_changed(unit, one, around, seen) for one, seen in zip(commands, attempts, strict=True)]
    unit.save([write for _, writes in found for write in writes])
    return [done for done, _ in found]


def _changed(unit: UnitOfWork, command: Command, around: Surroundings, attempts: Attempts) -> Done:
    return once(unit, command, around, lambda seen, scope: _newly_changed(unit, command, seen, scope, attempts))


def once(
    unit: UnitOfWork, command: Command, around: Surroundings, newly: Callable[[Surroundings, Scope], Done]
) -> Done:
    """Return what a command does, and what is to be saved of it; where it was done under its key, nothing is.

    Args:
        unit: The unit of work.
        command: The command.
        around: What it is given in.
        newly: Carries it out, given that and how far the actor sees.
    """
    scope = around.way.scope if around.way is not None else scope_of(around.actor, around.settings.directory)
    if scope.person not in {None, around.actor}:
        around = changed(around, actor=scope.person)  # the directory's spelling of the id
    # First: what was done may have taken the issue from the sight of whoever did it, who may ask all the same.
    done = done_before(unit, command, around.actor)
    if done is None:
        try:
            return newly(around, scope)
        except StorageError:
            raise
        except ResolutionKitError:
            # Somebody else may have given the same command meanwhile, and that may be why it is refused.
            done = done_before(unit, command, around.actor)
            if done is None:
                raise
    return repeated(unit, command, done), ()


def _newly_changed(unit: UnitOfWork, command: Command, around: Surroundings, scope: Scope, attempts: Attempts) -> Done:
    if around.way is not None:
        around.way.check(unit)
    loaded = _load_flagged(unit, command, scope) if isinstance(command, Flag) else _load_issue(unit, command, scope)
    cause = around.way.cause if around.way is not None else Cause(_kind(command), command.key)
    rules = () if loaded.record is None else rules_for(loaded.record, around.settings.policy)
    context = context_of(around, (*_named(command), *named_by(rules)), loaded, cause)
    if loaded.record is not None:
        context = with_loads(unit, rules, context, loaded.record.response)
    decision = _decided(unit, command, loaded, context, attempts)
    issue, write = _finish(unit, loaded, decision, context, around, command=command)
    if issue is None:
        raise IssueNotFound(issue_of(command) or "")
    return _change(issue=issue, events=decision.events, advice=decision.advice), () if write is None else (write,)


def _kind(command: Command) -> CauseKind:
    return CauseKind.INBOUND if isinstance(command, InboundUpdate) else CauseKind.COMMAND


def _load_response(unit: UnitOfWork, command: Record) -> Loaded:
    response = command.response
    # The ticket first: all of its responses meet there, and nobody holds one of them while waiting for another.
    standing = unit.standing(response.survey, response.ticket) if response.ticket else None
    is_same = standing is not None and standing.id == response.id
    same = standing if is_same else unit.response(response.id)
    known = same or standing
    if known is None:
        return _NOTHING
    its = stream(unit, known.issue)
    facts = intake.Facts(same=same, standing=None if same else standing, issue=its.issue)
    return Loaded(issue=its.issue, history=its.history, facts=facts)


def _load_issue(unit: UnitOfWork, command: Command, scope: Scope) -> Loaded:
    found = leading(unit, issue_of(command))
    if found.issue is None or not scope.sees_issue(found.issue):
        raise IssueNotFound(issue_of(command) or "")
    is_routed = isinstance(command, HandOver) and command.to is None
    record = unit.response(found.issue.response.id) if is_routed else None
    return Loaded(issue=found.issue, history=found.history, record=record)


def _load_flagged(unit: UnitOfWork, command: Flag, scope: Scope) -> Loaded:
    found = unit.response(command.response)
    if found is None or not scope.sees_response(found, stream(unit, found.issue).issue):
        raise ResponseNotFound(command.response)
    return Loaded(record=found)


def _decided(unit: UnitOfWork, command: Command, loaded: Loaded, context: Context, attempts: Attempts) -> Decision:
    if isinstance(command, Flag) and loaded.record is not None:
        return intake.flag(loaded.record, command, context)
    issue = loaded.issue
    if issue is None:
        raise IssueNotFound(issue_of(command) or "")
    asked, expected = issue_of(command) or issue.id, getattr(command, "expected_version", None)
    check_versions(unit, command, issue, {asked: expected} if expected else attempts.versions(asked))
    attempts.seen.setdefault(asked, (issue.id, issue.version))
    if isinstance(command, HandOver):
        return hand_over(issue, loaded.record, command, context)
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
        named = (*named, issue.assignee, *issue.followers, *issue.people, *issue.alerted)
    mentioned = (actor, *named, *(who for one in responses for who in one.hierarchy))
    return snapshot(directory, mentioned, [one.group for one in responses])


def _named(command: Command) -> Iterable[str | None]:
    match command:
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
    write = _write(
        records=decision.records,
        head=decision.head,
        before=before,
        issue=issue,
        events=decision.events,
        due_at=_due_at(unit, loaded, issue, decision.events, context.policy),
        messages=messages,
        remembered=remembered_of(unit, command, issue, decision, context),
        is_last=around.is_alone,
    )
    is_something = write.records or write.events or write.remembered is not None
    return issue, write if is_something else None


def _due_at(
    unit: UnitOfWork, loaded: Loaded, issue: Issue | None, events: tuple[Event, ...], policy: Policy
) -> datetime | None:
    """Return when the earliest limit of an issue is due after what happened to it."""
    if issue is None or not issue.is_open or not events:
        return None
    if issue.version == len(events):
        return earliest_due(issue, events, policy)
    past = loaded.history if loaded.history is not None else unit.history(issue.id)
    return earliest_due(issue, (*past, *events), policy)
