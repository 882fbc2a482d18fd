"""P1: a lifecycle in memory, against a machine that only changes state, and against event sourcing."""

from __future__ import annotations

import argparse

from benchmarks.comparing import compare, repeated
from benchmarks.lifecycles import OursInMemory
from benchmarks.registry import Benchmark
from benchmarks.report import Budget, Result


def run(options: argparse.Namespace) -> Result:
    """Measure it."""
    from benchmarks.rivals.attrs_value import AttrsValue
    from benchmarks.rivals.eventsourcing_app import EventSourcingInMemory
    from benchmarks.rivals.transitions_machine import TransitionsMachine

    rivals = [(TransitionsMachine, Budget(1.0)), (EventSourcingInMemory, Budget(1.5)), (AttrsValue, None)]
    return compare("P1", "lifecycle in memory", OursInMemory, rivals, options)


BENCHMARK = Benchmark(id="P1", title="a lifecycle in memory", run=run, profiled=repeated(OursInMemory))
