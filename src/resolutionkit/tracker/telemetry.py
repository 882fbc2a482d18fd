"""OpenTelemetry, where it is installed: the spans and the instruments, and the one way to them.

What is told of which work stands in ``watching``. Only the API is used: whoever runs the program chooses the providers,
or none, and before that nothing is made at all. No attribute has words that somebody typed, nor an address (law L12).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

NAME = "resolutionkit"
"""The name of our tracer and our meter."""

ATTRIBUTES: Mapping[str, str] = {
    "account": "resolutionkit.account",
    "attempt": "resolutionkit.attempt",
    "channel": "resolutionkit.channel",
    "error_type": "error.type",
    "events": "resolutionkit.events",
    "fate": "resolutionkit.fate",
    "issue_id": "resolutionkit.issue.id",
    "kind": "resolutionkit.command.kind",
    "message_id": "resolutionkit.message.id",
    "outcome": "resolutionkit.outcome",
    "refused": "resolutionkit.refused",
    "sent": "resolutionkit.sent",
    "size": "resolutionkit.batch.size",
    "topic": "resolutionkit.topic",
}
"""What each fact is called outside; in the log they have the short names."""

Fact: TypeAlias = str | int | float | None


@frozen
class Span:
    """One kind of span.

    Attributes:
        name: Its name.
        kind: Its kind, as OpenTelemetry has it.
        facts: What its attributes tell, by the short names.
        covers: From when to when it lasts.
    """

    name: str
    kind: str
    facts: tuple[str, ...]
    covers: str


@frozen
class Instrument:
    """One thing that is counted or measured.

    Attributes:
        name: Its name.
        kind: ``counter`` or ``histogram``.
        unit: Its unit, as UCUM has it.
        facts: What its attributes tell, by the short names.
        counts: What it counts or measures.
        bounds: The bounds of a histogram's buckets, where the reader has no others.
    """

    name: str
    kind: str
    unit: str
    facts: tuple[str, ...]
    counts: str
    bounds: tuple[float, ...] = ()


RECORD = Span(
    "resolutionkit.record",
    "INTERNAL",
    ("account", "issue_id", "outcome", "events", "error_type"),
    "one response, its transaction included",
)
RECORD_MANY = Span(
    "resolutionkit.record_many",
    "INTERNAL",
    ("account", "size", "refused", "outcome", "error_type"),
    "one batch of responses, from `record_many` or an import, which is one transaction",
)
COMMAND = Span(
    "resolutionkit.command",
    "INTERNAL",
    ("account", "kind", "issue_id", "size", "outcome", "events", "error_type"),
    "one command, or all of an `atomic` one, the transaction included",
)
DELIVER = Span(
    "resolutionkit.deliver",
    "INTERNAL",
    ("account", "channel", "size", "sent"),
    "one batch of deliveries on one channel, from the first until all are settled",
)
NOTIFY = Span(
    "resolutionkit.notify",
    "PRODUCER",
    ("account", "channel", "message_id", "issue_id", "topic", "attempt", "error_type"),
    "one call of a channel's `notify`",
)
SPANS = (RECORD, RECORD_MANY, COMMAND, DELIVER, NOTIFY)

RESPONSES = Instrument(
    "resolutionkit.responses", "counter", "{response}", ("outcome", "error_type"), "responses, by what became of them"
)
ISSUES_OPENED = Instrument("resolutionkit.issues.opened", "counter", "{issue}", (), "new issues")
COMMANDS = Instrument(
    "resolutionkit.commands", "counter", "{command}", ("kind", "outcome", "error_type"), "commands, by how they ended"
)
DELIVERIES = Instrument(
    "resolutionkit.deliveries",
    "counter",
    "{delivery}",
    ("channel", "fate"),
    "what became of messages on channels; one that is tried again is counted as `waiting` each time",
)
DEAD_LETTERS = Instrument(
    "resolutionkit.dead_letters", "counter", "{delivery}", ("channel",), "messages that became dead letters"
)
LATENCY = Instrument(
    "resolutionkit.delivery.latency",
    "histogram",
    "s",
    ("channel",),
    "from the change that a message tells of until a channel has taken it",
    (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14400, 43200, 86400),
)
INSTRUMENTS = (RESPONSES, ISSUES_OPENED, COMMANDS, DELIVERIES, DEAD_LETTERS, LATENCY)


class Ended(Protocol):
    """Is told of what a span is about when that is over."""

    def __call__(self, known: Mapping[str, Fact], /, *, is_fault: bool = False) -> None:
        """Tell all that is known, and whether something failed that should not."""


class Telemetry:
    """Makes the spans, and counts.

    Args:
        tracers: Gives the tracer; None for what the program has chosen, or will choose.
        meters: Gives the meter; None likewise.
    """

    def __init__(self, tracers: TracerProvider | None = None, meters: MeterProvider | None = None) -> None:
        """Get a tracer, a meter and all instruments; what the program chooses later counts for them as well.

        Raises:
            ImportError: OpenTelemetry is not installed.
        """
        from opentelemetry import metrics, trace

        self._trace: Any = trace
        self._chosen = vars(trace)
        self._counted = vars(sys.modules.get("opentelemetry.metrics._internal", metrics))
        self._is_on = tracers is not None or meters is not None
        self._tracer = trace.get_tracer(NAME, _version(), tracer_provider=tracers)
        meter = metrics.get_meter(NAME, _version(), meter_provider=meters)
        self._note: dict[str, Callable[..., None]] = {}
        for one in INSTRUMENTS:
            if one.kind == "counter":
                self._note[one.name] = meter.create_counter(one.name, one.unit, one.counts).add
                continue
            made = meter.create_histogram(
                one.name, one.unit, one.counts, explicit_bucket_boundaries_advisory=list(one.bounds)
            )
            self._note[one.name] = made.record

    def is_on(self) -> bool:
        """Say whether the program has chosen a provider: until then everything would be made in vain."""
        if not self._is_on:
            # To ask for the providers themselves takes as long as a tenth of a command. If these names go, it is on.
            tracing, counting = self._chosen.get("_TRACER_PROVIDER", self), self._counted.get("_METER_PROVIDER", self)
            self._is_on = tracing is not None or counting is not None
        return self._is_on

    @contextmanager
    def span(self, span: Span, facts: Mapping[str, Fact]) -> Iterator[Ended]:
        """Make a span, which is the present one within the block.

        Args:
            span: Its kind.
            facts: What is known at its beginning.

        Returns:
            What is called with all that is known at its end.
        """
        trace = self._trace
        kind = trace.SpanKind[span.kind]
        with self._tracer.start_as_current_span(
            span.name,
            kind=kind,
            attributes=_named(span, facts),
            record_exception=False,  # its words may quote what somebody typed
            set_status_on_exception=False,
        ) as made:

            def ended(known: Mapping[str, Fact], /, *, is_fault: bool = False) -> None:
                made.set_attributes(_named(span, known))
                if is_fault:
                    made.set_status(trace.StatusCode.ERROR)

            yield ended

    def note(self, instrument: Instrument, amount: float, facts: Mapping[str, Fact]) -> None:
        """Count, or keep what was measured.

        Args:
            instrument: What.
            amount: How many, or how long in the instrument's unit.
            facts: What is known of it; what the instrument has no attribute for is left out.
        """
        self._note[instrument.name](amount, _named(instrument, facts))


def _named(what: Span | Instrument, facts: Mapping[str, Fact]) -> dict[str, str | int | float]:
    """Return the attributes; what is not known is none."""
    known = ((name, facts.get(name)) for name in what.facts)
    return {ATTRIBUTES[name]: value for name, value in known if value is not None}


def _version() -> str:
    try:
        return version(NAME)
    except PackageNotFoundError:  # run from its source
        return ""


@cache
def telemetry() -> Telemetry | None:
    """Return the process's own, or None where OpenTelemetry is not installed."""
    try:
        return Telemetry()
    except ImportError:
        return None
