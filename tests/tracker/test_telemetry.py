"""OpenTelemetry as a host sees it: which spans there are, whose children, with what, and what is counted."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from resolutionkit import AsyncTracker, InvalidScore, IssueNotFound, NotDelivered, StorageError, Tracker
from resolutionkit.ports import Notice
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.testing import Boom, FailingStore, RecordingNotifier, TurnableClock, sample_company, sample_response
from resolutionkit.tracker.telemetry import ATTRIBUTES, INSTRUMENTS, SPANS, Telemetry
from support.observing import Observed, observed


@pytest.fixture
def seen() -> Iterator[Observed]:
    """Return what OpenTelemetry is told."""
    with observed() as made:
        yield made


@pytest.fixture
def tracker(seen: Observed, clock: TurnableClock, channel: RecordingNotifier) -> Iterator[Tracker]:
    """Return a tracker in memory with one channel, and somebody who observes it."""
    with Tracker.open("memory:", clock=clock, directory=sample_company(), notifiers=[channel]) as opened:
        yield opened


@pytest.fixture
def clock() -> TurnableClock:
    """Return a clock that stands at noon."""
    return TurnableClock()


@pytest.fixture
def channel() -> RecordingNotifier:
    """Return a channel that takes everything, until it is told to fail."""
    return RecordingNotifier("email")


def parents(seen: Observed) -> dict[str, str]:
    """Return the name of each span's parent by its own; of a name, the last one."""
    names = {span.context.span_id: span.name for span in seen.spans if span.context is not None}
    return {span.name: names[span.parent.span_id] if span.parent else "" for span in seen.spans}


def test_a_response_is_a_span(seen: Observed, tracker: Tracker) -> None:
    """With what became of it; no status is set."""
    issue = tracker.record(sample_response()).issue
    assert issue is not None
    (span,) = seen.named("record")
    assert dict(span.attributes or {}) == {
        "resolutionkit.account": "default",
        "resolutionkit.issue.id": issue.id,
        "resolutionkit.outcome": "opened",
        "resolutionkit.events": 1,
    }
    assert (span.kind, span.status.status_code) == (SpanKind.INTERNAL, StatusCode.UNSET)


def test_a_span_is_a_child_of_the_hosts(seen: Observed, tracker: Tracker) -> None:
    """What the host is doing is what led to it."""
    with seen.tracers.get_tracer("host").start_as_current_span("request"):
        issue = tracker.record(sample_response()).issue
        assert issue is not None
        tracker.as_user("bridget").add_note(issue.id, "Rang.")
        tracker.record_many([sample_response("r-2")])
        tracker.deliver()
    assert parents(seen) == {
        "request": "",
        "resolutionkit.record": "request",
        "resolutionkit.command": "request",
        "resolutionkit.record_many": "request",
        "resolutionkit.deliver": "request",
        "resolutionkit.notify": "resolutionkit.deliver",
    }


def test_a_refusal_is_told_by_its_kind_and_is_no_fault(seen: Observed, tracker: Tracker) -> None:
    """Neither its words nor a trace are: they quote what was given."""
    with pytest.raises(InvalidScore):
        tracker.record(sample_response(score=11))
    (span,) = seen.named("record")
    assert (span.attributes or {})["error.type"] == "InvalidScore"
    assert (span.status.status_code, span.events) == (StatusCode.UNSET, ())


def test_a_failing_database_is_a_fault(seen: Observed) -> None:
    """Its span has the status ERROR, the kind of error, and no words."""
    store = FailingStore(MemoryStore())
    tracker = Tracker(store, directory=sample_company(), clock=TurnableClock())
    store.arm(1)
    with pytest.raises(Boom):
        tracker.record(sample_response())
    (span,) = seen.named("record")
    assert dict(span.attributes or {})["resolutionkit.outcome"] == "failed"
    assert (span.status.status_code, span.status.description, span.events) == (StatusCode.ERROR, None, ())
    assert seen.points("responses") == {("Boom", "failed"): 1}


def test_commands_are_counted_by_kind_and_outcome(seen: Observed, tracker: Tracker) -> None:
    """What was refused, by the kind of error too; all or nothing counts each."""
    issues = [tracker.record(sample_response(f"r-{number}")).issue for number in range(2)]
    ids = [one.id for one in issues if one is not None]
    desk = tracker.as_user("bridget")
    desk.add_note_to_all(ids, "Rang.", atomic=True)
    desk.follow(ids[0])
    desk.follow(ids[0])
    with pytest.raises(IssueNotFound):
        tracker.as_user("nina").follow(ids[0])
    assert seen.points("commands") == {
        ("add_note", "done"): 2,
        ("follow", "done"): 1,
        ("follow", "unchanged"): 1,
        ("IssueNotFound", "follow", "refused"): 1,
    }


def test_responses_are_counted_by_outcome_one_by_one_or_in_batches(seen: Observed, tracker: Tracker) -> None:
    """And new issues, however they came to be: by a response, in a batch, flagged by hand."""
    tracker.record(sample_response("r-1", 2))
    tracker.record_many([sample_response("r-1", 2), sample_response("r-2", 2), sample_response("r-3", 9)])
    tracker.record_many([sample_response("r-4", 11)])
    tracker.as_user("bridget").flag("r-3", note="Sounded cross.")
    assert seen.points("responses") == {
        ("opened",): 2,
        ("duplicate",): 1,
        ("stored",): 1,
        ("InvalidScore", "refused"): 1,
    }
    assert seen.points("issues.opened") == {(): 3}
    assert [dict(span.attributes or {})["resolutionkit.batch.size"] for span in seen.named("record_many")] == [3, 1]


def test_a_batch_in_a_hosts_transaction_is_counted_once(seen: Observed, tmp_path: Any) -> None:
    """Each response is a unit of work there, and the batch still one span."""
    from sqlalchemy import create_engine

    url = f"sqlite:///{tmp_path / 'r.db'}"
    engine = create_engine(url)
    with (
        Tracker.open(url, directory=sample_company(), clock=TurnableClock()) as tracker,
        engine.begin() as connection,
        tracker.joined(connection) as joined,
    ):
        joined.record_many([sample_response("r-1"), sample_response("r-2")])
    engine.dispose()
    assert seen.points("responses") == {("opened",): 2}
    assert (len(seen.named("record_many")), len(seen.named("record"))) == (1, 0)


def test_deliveries_are_counted_by_channel_and_fate(
    seen: Observed, tracker: Tracker, channel: RecordingNotifier, clock: TurnableClock
) -> None:
    """A try that failed is ``waiting``; a dead letter is counted apart as well; how long it took is in seconds."""
    tracker.record(sample_response())
    channel.failure = OSError()
    tracker.deliver()
    clock.turn(hours=1)
    channel.failure = None
    tracker.deliver()
    channel.failure = NotDelivered("no", is_final=True)
    tracker.record(sample_response("r-2"))
    tracker.deliver()
    assert seen.points("deliveries") == {("email", "waiting"): 1, ("email", "sent"): 1, ("email", "dead"): 1}
    assert seen.points("dead_letters") == {("email",): 1}
    (latency,) = seen.metrics["resolutionkit.delivery.latency"].data.data_points
    assert (latency.count, latency.sum, latency.max) == (1, 3600, 3600)
    assert latency.explicit_bounds == INSTRUMENTS[-1].bounds
    errors = [(span.attributes or {}).get("error.type") for span in seen.named("notify")]
    assert errors == ["OSError", None, "NotDelivered"]
    assert {span.kind for span in seen.named("notify")} == {SpanKind.PRODUCER}
    assert [span.status.status_code.name for span in seen.named("notify")] == ["ERROR", "UNSET", "ERROR"]
    assert [dict(span.attributes or {})["resolutionkit.sent"] for span in seen.named("deliver")] == [0, 1, 0]


def test_what_is_not_sent_is_counted_too(seen: Observed, tracker: Tracker) -> None:
    """What the ledger has as dropped never reached a channel, and has no span."""
    issue = tracker.record(sample_response()).issue
    assert issue is not None
    tracker.as_user("bridget").assign(issue.id, "omar", note="Yours.")
    tracker.as_user("bridget").assign(issue.id, "nina", note="No, yours.")
    tracker.deliver()
    counted = seen.points("deliveries")
    assert counted["email", "dropped"] == 1
    assert counted["email", "sent"] == len(seen.named("notify"))


def test_threads_of_delivery_know_what_the_host_is_doing(seen: Observed) -> None:
    """With two channels each has a thread; the spans of both are children of the host's all the same."""
    channels = [RecordingNotifier("email"), RecordingNotifier("sms")]
    with (
        Tracker.open("memory:", directory=sample_company(), clock=TurnableClock(), notifiers=channels) as tracker,
        seen.tracers.get_tracer("host").start_as_current_span("worker"),
    ):
        tracker.record(sample_response())
        tracker.deliver()
    assert {(span.attributes or {})["resolutionkit.channel"] for span in seen.named("deliver")} == {"email", "sms"}
    assert parents(seen)["resolutionkit.deliver"] == "worker"
    assert len({span.context.trace_id for span in seen.spans if span.context is not None}) == 1


class _Asking:
    """A channel that asks which span is the present one, after it has waited."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.spans: list[int] = []

    def _ask(self) -> None:
        self.spans.append(trace.get_current_span().get_span_context().span_id)


class _Blocking(_Asking):
    def notify(self, notice: Notice, /) -> None:
        """Ask."""
        self._ask()


class _Awaited(_Asking):
    async def notify(self, notice: Notice, /) -> None:
        """Ask."""
        await asyncio.sleep(0)
        self._ask()


@pytest.mark.parametrize("url", ["memory:", "sqlite://"])
def test_async_work_is_a_child_of_the_tasks_own_span(seen: Observed, url: str) -> None:
    """Tasks side by side do not mix their spans, and what a channel awaits is a child of its notice's span."""
    channels = [_Awaited("push"), _Blocking("email")]
    host = seen.tracers.get_tracer("host")

    async def task(tracker: AsyncTracker, number: int) -> None:
        with host.start_as_current_span(f"task {number}") as mine:
            issue = (await tracker.record(sample_response(f"r-{number}"))).issue
            assert trace.get_current_span() is mine
            await tracker.as_user("bridget").add_note(issue.id, "Rang.")
            assert trace.get_current_span() is mine

    async def main() -> None:
        async with AsyncTracker.open(
            url, directory=sample_company(), clock=TurnableClock(), notifiers=channels
        ) as tracker:
            await asyncio.gather(*(task(tracker, number) for number in range(5)))
            with host.start_as_current_span("worker"):
                await tracker.deliver()

    asyncio.run(main())
    names = {span.context.span_id: span.name for span in seen.spans if span.context is not None}
    for name in ("record", "command"):
        found = [names[span.parent.span_id] for span in seen.named(name) if span.parent is not None]
        assert sorted(found) == [f"task {number}" for number in range(5)]
    assert parents(seen)["resolutionkit.deliver"] == "worker"
    for channel in channels:
        assert len(channel.spans) >= 5
        assert {names[one] for one in channel.spans} == {"resolutionkit.notify"}


def test_only_what_is_in_the_tables_is_told(seen: Observed, tracker: Tracker, channel: RecordingNotifier) -> None:
    """Every span, instrument and attribute that is made is one of those that the reference lists."""
    issue = tracker.record(sample_response()).issue
    assert issue is not None
    tracker.record_many([sample_response("r-2"), sample_response("r-3", 11)])
    tracker.as_user("bridget").add_note(issue.id, "Rang.")
    tracker.deliver()
    channel.failure = NotDelivered("no", is_final=True)
    tracker.as_user("bridget").assign(issue.id, "omar", note="Yours.")
    tracker.deliver()
    spans = {one.name: {ATTRIBUTES[fact] for fact in one.facts} for one in SPANS}
    assert {span.name for span in seen.spans} == set(spans)
    assert all(set(span.attributes or {}) <= spans[span.name] for span in seen.spans)
    assert set(seen.metrics) == {one.name for one in INSTRUMENTS}
    for one in INSTRUMENTS:
        metric = seen.metrics[one.name]
        assert (metric.unit, metric.description) == (one.unit, one.counts)
        for point in metric.data.data_points:
            assert set(point.attributes) <= {ATTRIBUTES[fact] for fact in one.facts}


def test_a_delivery_that_is_broken_off_is_a_fault(seen: Observed) -> None:
    """A batch whose database fails has a span with an error."""
    store, channel = FailingStore(MemoryStore()), RecordingNotifier("email")
    tracker = Tracker(store, directory=sample_company(), clock=TurnableClock(), notifiers=[channel])
    tracker.record(sample_response())

    def broken(notice: Notice, /) -> None:
        store.arm(1)

    channel.notify = broken  # type: ignore[method-assign]
    with pytest.raises((Boom, StorageError)):
        tracker.deliver()
    (span,) = seen.named("deliver")
    assert span.status.status_code is StatusCode.ERROR


LATE = """
import sys
from datetime import UTC, datetime
from resolutionkit import Response, Tracker
from resolutionkit.tracker.telemetry import telemetry

assert not any(name.startswith("opentelemetry") for name in sys.modules)
tracker = Tracker.open("memory:")
tracker.record(Response(id="r-0", score=2, received_at=datetime.now(UTC)))
assert not telemetry().is_on()

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
if "traces" in sys.argv:
    trace.set_tracer_provider(TracerProvider())
    trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(exporter))
if "metrics" in sys.argv:
    metrics.set_meter_provider(MeterProvider([reader]))
tracker.record(Response(id="r-1", score=2, received_at=datetime.now(UTC)))
assert telemetry().is_on()
print([span.name for span in exporter.get_finished_spans()])
data = reader.get_metrics_data() if "metrics" in sys.argv else None
print([one.name for one in data.resource_metrics[0].scope_metrics[0].metrics] if data else [])
"""
ABSENT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from datetime import UTC, datetime
from resolutionkit import Response, Tracker
from resolutionkit.tracker.telemetry import telemetry

with Tracker.open("memory:") as tracker:
    assert tracker.record(Response(id="r-0", score=2, received_at=datetime.now(UTC))).issue
assert telemetry() is None
"""


def run(program: str, *arguments: str) -> list[str]:
    """Run a program in a process of its own, and return the lines that it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("chosen", [["traces"], ["metrics"], ["traces", "metrics"]], ids="+".join)
def test_providers_may_be_chosen_after_a_tracker_was_opened(chosen: list[str]) -> None:
    """Either or both; before that nothing is made, and OpenTelemetry is not even loaded before a tracker is opened."""
    spans, metrics = run(LATE, *chosen)
    assert spans == ("['resolutionkit.record']" if "traces" in chosen else "[]")
    assert ("resolutionkit.responses" in metrics) is ("metrics" in chosen)


def test_without_opentelemetry_nothing_is_missed() -> None:
    """It is there or it is not: no extra is asked for."""
    assert run(ABSENT) == []


def test_where_it_cannot_be_seen_whether_a_provider_was_chosen_it_was() -> None:
    """The short way to see it goes through names of OpenTelemetry's own; where they go, spans are made in vain."""
    made = Telemetry()
    made._chosen = {}
    assert made.is_on()
