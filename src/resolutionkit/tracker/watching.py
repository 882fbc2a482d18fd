"""What is told of the tracker's work to those who run it: log lines, spans and figures.

The lines stand in ``logs``, the spans and instruments in ``telemetry``. Where nobody listens the work is done as if
this were not there: :meth:`Watch.is_idle` is all that it costs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
from typing import Any, TypeVar

from resolutionkit import logs
from resolutionkit.errors import ResolutionKitError, StorageError
from resolutionkit.model.commands import (
    AddNote,
    AnswerCheck,
    Assign,
    Command,
    Escalate,
    Flag,
    Follow,
    HandOver,
    InboundUpdate,
    Merge,
    Move,
    RaiseLevel,
    Reopen,
    Repair,
    RunTimers,
    SetStatus,
    Unfollow,
    issue_of,
)
from resolutionkit.model.deliveries import Delivery, Fate
from resolutionkit.model.events import IssueOpened
from resolutionkit.model.notices import Notice
from resolutionkit.model.results import Change, Outcome, Recorded, ResponseChange
from resolutionkit.ports import Notifier
from resolutionkit.tracker import telemetry as otel
from resolutionkit.tracker.telemetry import Ended, Fact, Instrument, Span, Telemetry

T = TypeVar("T")
C = TypeVar("C", Change, ResponseChange)

KINDS: Mapping[type[Command], str] = {
    AddNote: "add_note",
    AnswerCheck: "answer_check",
    Assign: "assign",
    Escalate: "escalate",
    Flag: "flag",
    Follow: "follow",
    HandOver: "hand_over",
    InboundUpdate: "apply_update",
    RaiseLevel: "raise_level",
    Move: "move",
    Merge: "merge",
    Reopen: "reopen",
    RunTimers: "run_timers",
    Repair: "repair",
    SetStatus: "set_status",
    Unfollow: "unfollow",
}
"""What each command is called."""
_ID = re.compile(r"[0-9a-f-]{36}")
_FAILURES = {Fate.WAITING: logs.RETRIED, Fate.DEAD: logs.DEAD}


class Watch:
    """Tells of a tracker's work.

    Args:
        telemetry: Makes spans and counts, or None.
    """

    __slots__ = ("_telemetry",)

    def __init__(self, telemetry: Telemetry | None = None) -> None:
        """Tell the log, and OpenTelemetry where it is there."""
        self._telemetry = telemetry

    def _is_traced(self) -> bool:
        return self._telemetry is not None and self._telemetry.is_on()

    # --- commands ----------------------------------------------------------------------------------------------------

    def is_idle(self) -> bool:
        """Say whether nobody wants to be told of commands."""
        telemetry = self._telemetry
        return (telemetry is None or not telemetry.is_on()) and not logs.ACTED.is_wanted()

    def recorded(self, account: str, work: Callable[[], Recorded]) -> Recorded:
        """Take in one response, and tell of it."""
        facts: dict[str, Any] = {"account": account, "issue_id": None, "events": 0}
        try:
            with self._told(otel.RECORD, logs.RECORDED, facts):
                done = work()
                facts.update(
                    outcome=done.outcome.value,
                    issue_id=done.issue.id if done.issue is not None else None,
                    events=len(done.events),
                )
        finally:
            self._note(otel.RESPONSES, facts)
        self._note_opened(int(done.outcome is Outcome.OPENED))
        return done

    def recorded_many(
        self, account: str, size: int, work: Callable[[], list[Recorded | ResolutionKitError]]
    ) -> list[Recorded | ResolutionKitError]:
        """Take in a batch of responses, and tell of it."""
        facts: dict[str, Any] = {"account": account, "size": size, "refused": 0, "issues_opened": 0}
        with self._told(otel.RECORD_MANY, logs.RECORDED_MANY, facts):
            done = work()
            counts = Counter(map(_came_to, done))
            opened = counts[Outcome.OPENED.value, None]
            refused = sum(number for (outcome, _), number in counts.items() if outcome == "refused")
            facts.update(outcome="done", refused=refused, issues_opened=opened)
        for (outcome, error_type), number in counts.items():
            self._note(otel.RESPONSES, {"outcome": outcome, "error_type": error_type}, number)
        self._note_opened(opened)
        return done

    def changed(self, account: str, command: Command, work: Callable[[], C]) -> C:
        """Carry out one command, and tell of it."""
        return self.changed_all(account, [command], lambda: [work()])[0]

    def changed_all(self, account: str, commands: Sequence[Command], work: Callable[[], list[C]]) -> list[C]:
        """Carry out commands in one transaction, and tell of them as of one."""
        first, size = commands[0], len(commands)
        facts: dict[str, Any] = {"account": account, "kind": KINDS[type(first)], "size": size, "events": 0}
        facts["issue_id"] = _an_id(issue_of(first)) if size == 1 else None
        try:
            with self._told(otel.COMMAND, logs.ACTED, facts):
                done = work()
                new = [event for one in done if not one.is_repetition for event in one.events]
                facts.update(outcome=_outcome(done, new), events=len(new))
                if size == 1:
                    facts["issue_id"] = getattr(done[0].issue, "id", None)
        finally:
            self._note(otel.COMMANDS, facts, size)
        self._note_opened(sum(isinstance(event, IssueOpened) for event in new))
        return done

    # --- delivery ----------------------------------------------------------------------------------------------------

    @contextmanager
    def delivering(self, account: str, channel: str, size: int, settled: Sequence[Delivery]) -> Iterator[None]:
        """Tell of one batch while it is sent.

        Args:
            account: The account.
            channel: The channel.
            size: How many there are.
            settled: What became of them, complete when the block ends.
        """
        facts: dict[str, Any] = {"account": account, "channel": channel, "size": size}
        began, is_fault = perf_counter(), True
        with self._span(otel.DELIVER, facts) as ended:
            try:
                yield
                is_fault = False
            finally:
                facts["sent"] = sum(one.fate is Fate.SENT for one in settled)
                ended(facts, is_fault=is_fault)
                logs.BATCH_SENT.write(**facts, duration=perf_counter() - began)

    def traced(self, account: str, call: Callable[[Notifier, Notice], None]) -> Callable[[Notifier, Notice], None]:
        """Return what hands notices to a channel in a span each; where nobody traces, what is given."""
        return _Traced(self, account, call) if self._is_traced() else call

    def sent(self, account: str, delivery: Delivery, duration: float) -> None:
        """Tell of what a channel took, within so many seconds."""
        if logs.SENT.is_wanted():
            logs.SENT.write(**_facts(account, delivery), duration=duration, error_type=None)
        if self._is_traced():
            self._note_delivery(delivery)
            latency = (delivery.changed_at - delivery.message.created_at).total_seconds()
            self._note(otel.LATENCY, {"channel": delivery.channel}, max(0.0, latency))

    def failed(self, account: str, delivery: Delivery, duration: float, problem: Exception) -> None:
        """Tell of what a channel did not take, after so many seconds."""
        told = _FAILURES[delivery.fate]
        told.write(**_facts(account, delivery), duration=duration, error_type=type(problem).__name__)
        self._note_delivery(delivery)

    def settled(self, account: str, deliveries: Iterable[Delivery]) -> None:
        """Tell of what became of deliveries without a try."""
        for one in deliveries:
            if one.fate is Fate.DEAD:
                logs.DEAD.write(**_facts(account, one), duration=None, error_type=None)
            elif logs.SETTLED.is_wanted():
                logs.SETTLED.write(**_facts(account, one))
            self._note_delivery(one)

    def _note_delivery(self, delivery: Delivery) -> None:
        facts = {"channel": delivery.channel, "fate": delivery.fate.value}
        self._note(otel.DELIVERIES, facts)
        if delivery.fate is Fate.DEAD:
            self._note(otel.DEAD_LETTERS, facts)

    # --- how ---------------------------------------------------------------------------------------------------------

    def _span(self, span: Span, facts: Mapping[str, Fact]) -> AbstractContextManager[Ended]:
        return self._telemetry.span(span, facts) if self._telemetry and self._is_traced() else nullcontext(_nothing)

    @contextmanager
    def _told(self, span: Span, line: logs.Line, facts: dict[str, Any]) -> Iterator[None]:
        """Tell of a piece of work, whose facts are complete when the block ends."""
        began = perf_counter()
        facts["error_type"] = None
        with self._span(span, facts) as ended:
            try:
                yield
            except BaseException as problem:
                is_refusal = isinstance(problem, ResolutionKitError) and not isinstance(problem, StorageError)
                facts.update(outcome="refused" if is_refusal else "failed", error_type=type(problem).__name__)
                ended(facts, is_fault=not is_refusal)
                raise
            else:
                ended(facts)
            finally:
                line.write(**facts, duration=perf_counter() - began)

    def _note(self, instrument: Instrument, facts: Mapping[str, Fact], amount: float = 1) -> None:
        if self._telemetry is not None and self._is_traced():
            self._telemetry.note(instrument, amount, facts)

    def _note_opened(self, number: int) -> None:
        if number:
            self._note(otel.ISSUES_OPENED, {}, number)


class _Traced:
    """Hands notices to a channel, in a span each."""

    def __init__(self, watch: Watch, account: str, call: Callable[[Notifier, Notice], None]) -> None:
        self._watch = watch
        self._account = account
        self._call = call

    def __call__(self, channel: Notifier, notice: Notice) -> None:
        message = notice.message
        facts: dict[str, Any] = {
            "account": self._account,
            "channel": channel.name,
            "message_id": message.id,
            "issue_id": message.issue,
            "topic": message.topic.value,
            "attempt": notice.attempt,
        }
        with self._watch._span(otel.NOTIFY, facts) as ended:
            try:
                self._call(channel, notice)
            except BaseException as problem:
                ended({"error_type": type(problem).__name__}, is_fault=True)
                raise


def _nothing(_facts: object, /, *, is_fault: bool = False) -> None:
    """Tell nobody."""


def _an_id(given: str | None) -> str | None:
    """Return what may be the id of an issue; of anything else that was given as one, nothing is told."""
    return given if given is not None and _ID.fullmatch(given) else None


def _facts(account: str, delivery: Delivery) -> dict[str, Any]:
    """Return what a log line says of a delivery."""
    message = delivery.message
    return {
        "account": account,
        "channel": delivery.channel,
        "message_id": message.id,
        "issue_id": message.issue,
        "topic": message.topic.value,
        "fate": delivery.fate.value,
        "attempt": delivery.attempts,
    }


def _came_to(result: Recorded | ResolutionKitError) -> tuple[str, str | None]:
    if isinstance(result, Recorded):
        return result.outcome.value, None
    return "refused", type(result).__name__


def _outcome(done: Sequence[Change | ResponseChange], new: Sequence[object]) -> str:
    if new:
        return "done"
    return "repeated" if any(one.is_repetition for one in done) else "unchanged"
