"""Measuring: alternating runs of the same length, and what comes out as medians with their spread.

What is compared takes turns: ours, rival, ours, rival, so that a machine that slows down slows all of them. Each run
starts with nothing, after a collection of garbage, with the collector on, and is warmed up before the clock starts.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from benchmarks.lifecycles import Lifecycles

WARM_UP = 30
"""How many lifecycles are done before the clock starts."""
_BLOCK = 10


@frozen
class Sample:
    """What the runs of one thing gave.

    Attributes:
        values: One number for each run: operations in a second, or seconds for one operation.
        unit: ``/s``, of which more is better, or ``s``, of which less is.
    """

    values: tuple[float, ...]
    unit: str

    @property
    def median(self) -> float:
        """Return the middle value."""
        return statistics.median(self.values)


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long a call takes, in seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def rates(kinds: Sequence[type[Lifecycles]], *, rounds: int, seconds: float, folder: Path | None) -> list[Sample]:
    """Return how many lifecycles a second each kind does, in runs that take turns.

    Args:
        kinds: What is compared.
        rounds: How many runs each gets.
        seconds: How long a run lasts.
        folder: Where files are made and removed again; None for the system's place.
    """
    found: list[list[float]] = [[] for _ in kinds]
    for number in range(rounds):
        for kind, values in zip(kinds, found, strict=True):
            values.append(_rate(kind, seconds, folder))
        say(f"round {number + 1} of {rounds}")
    return [Sample(tuple(values), "/s") for values in found]


def _rate(kind: type[Lifecycles], seconds: float, folder: Path | None) -> float:
    with TemporaryDirectory(dir=folder) as place:
        work = kind(Path(place))
        try:
            step, done = work.lifecycle, WARM_UP
            for number in range(WARM_UP):
                step(number)
            gc.collect()
            begin = time.perf_counter()
            while True:
                for number in range(done, done + _BLOCK):
                    step(number)
                done += _BLOCK
                elapsed = time.perf_counter() - begin
                if elapsed >= seconds:
                    return (done - WARM_UP) / elapsed
        finally:
            work.close()


def say(text: str) -> None:
    """Say how far it is, apart from the results."""
    print(f"  {text}", file=sys.stderr, flush=True)
