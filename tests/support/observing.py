"""What the tests of logs and telemetry share: everything that is logged, and everything that OpenTelemetry is told."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from resolutionkit.logs import ROOT
from resolutionkit.tracker import tracker
from resolutionkit.tracker.telemetry import Telemetry

_OF_EVERY_RECORD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class Listening(logging.Handler):
    """Keeps every record of our loggers."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.records.append(record)

    @property
    def text(self) -> str:
        """Return all that is in any record, in words."""
        return "\n".join(_words(record) for record in self.records)


def extras(record: logging.LogRecord) -> dict[str, Any]:
    """Return the extras of a log record."""
    return {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}


def _words(record: logging.LogRecord) -> str:
    trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
    return f"{record.getMessage()} {vars(record)!r} {trace}"


@contextmanager
def listening(level: int = logging.DEBUG) -> Iterator[Listening]:
    """Keep what is logged within the block, from a level on."""
    logger, handler = logging.getLogger(ROOT), Listening()
    before = logger.level
    logger.setLevel(level)
    logger.addHandler(handler)
    try:
        yield handler
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


class Observed:
    """A program that has chosen providers, and keeps in memory what they are told."""

    def __init__(self) -> None:
        self.exporter, self._reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self._meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.telemetry = Telemetry(self.tracers, self._meters)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """Return all spans that ended."""
        return self.exporter.get_finished_spans()

    def named(self, name: str) -> list[ReadableSpan]:
        """Return the spans of one kind that ended."""
        return [span for span in self.spans if span.name == f"{ROOT}.{name}"]

    @property
    def metrics(self) -> dict[str, Any]:
        """Return each metric that has points, by its name."""
        data = self._reader.get_metrics_data()
        if data is None:
            return {}
        return {
            one.name: one for found in data.resource_metrics for scope in found.scope_metrics for one in scope.metrics
        }

    def points(self, name: str) -> dict[tuple[str, ...], float]:
        """Return the sums or counts of one metric by the values of its attributes, in the order of their names."""
        metric = self.metrics.get(f"{ROOT}.{name}")
        points = metric.data.data_points if metric is not None else ()
        return {_values(one.attributes): getattr(one, "value", None) or getattr(one, "count", 0) for one in points}

    @property
    def text(self) -> str:
        """Return all that OpenTelemetry was told, in words."""
        spans = "\n".join(span.to_json() for span in self.spans)
        return spans + "".join(metric.to_json() for metric in self.metrics.values())

    def close(self) -> None:
        """Let go of the providers."""
        self.tracers.shutdown()
        self._meters.shutdown()


def _values(attributes: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(value) for _, value in sorted(attributes.items()))


@contextmanager
def observed() -> Iterator[Observed]:
    """Let trackers that are opened within the block tell a program that observes them."""
    made = Observed()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracker, "telemetry", lambda: made.telemetry)
        yield made
    made.close()
