"""P7: what importing the library costs, against importing the core dependencies alone, each in a fresh process.

What counts is the import itself: the interpreter's own start, the same on both sides, would only hide the ratio.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib.metadata import packages_distributions

from benchmarks.harness import Sample, say
from benchmarks.lifecycles import NotTheWork
from benchmarks.registry import Benchmark
from benchmarks.report import Budget, Line, Result

OURS, THEIRS = "import resolutionkit", "import attrs, cattrs, pluggy"
WAY_IN = "from resolutionkit import Tracker"
"""What a host pays before its first response: the package alone imports each name when it is asked for."""
CORE = {"attr", "attrs", "cattr", "cattrs", "pluggy", "typing_extensions", "tzdata", "resolutionkit"}
"""What importing the library may load, beside the standard library."""


def _fresh(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return done.stdout


def seconds_to_import(what: str) -> float:
    """Return how long an import takes in a fresh process, in seconds."""
    program = f"from time import perf_counter as now; begin = now(); {what}; print(now() - begin)"
    return float(_fresh(program))


def loaded_beyond_core(what: str) -> set[str]:
    """Return the installed packages outside the core that an import loads."""
    program = f"import sys; before = set(sys.modules); {what}; print(*(set(sys.modules) - before))"
    loaded = {name.partition(".")[0] for name in _fresh(program).split()}
    return (loaded & set(packages_distributions())) - CORE


def measure(rounds: int) -> dict[str, Sample]:
    """Return what each import costs, in processes that take turns."""
    found: dict[str, list[float]] = {OURS: [], WAY_IN: [], THEIRS: []}
    for what in found:  # leaves the compiled files behind
        seconds_to_import(what)
    for _ in range(rounds):
        for what, values in found.items():
            values.append(seconds_to_import(what))
    return {what: Sample(tuple(values), "s") for what, values in found.items()}


def run(options: argparse.Namespace) -> Result:
    """Measure it."""
    extra = loaded_beyond_core(WAY_IN)
    if loaded_beyond_core("import pytest") == set():
        raise NotTheWork("an import of pytest loads nothing beyond the core, it seems; the look at modules is broken")
    say(f"P7: {options.processes} processes of each")
    took = measure(options.processes)
    budgets = {OURS: Budget(1.3, at_least=False), WAY_IN: None}
    lines = tuple(
        Line(id="P7", what=what, ours=took[what], rival=THEIRS, theirs=took[THEIRS], budget=budget)
        for what, budget in budgets.items()
    )
    names = ", ".join(sorted(extra)) or "nothing"
    return Result(
        lines=lines, details=(f"P7: importing it loads {names} beyond the core.",), data={"loaded": sorted(extra)}
    )


def options(parser: argparse.ArgumentParser) -> None:
    """Add the number of processes."""
    parser.add_argument("--processes", type=int, default=25, help="P7: how many processes of each (default: 25)")


BENCHMARK = Benchmark(id="P7", title="importing the library", run=run, options=options)
