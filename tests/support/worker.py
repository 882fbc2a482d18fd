"""A process that delivers responses to a database which other processes write to as well; ``delivery`` runs some."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from resolutionkit import Tracker
from resolutionkit.testing.suites.intake import delivered
from support import TurnableClock, organisation

TESTS = Path(__file__).parents[1]


def deliver(url: str, count: int, seed: int) -> None:
    """Deliver all responses in an order of one's own, some of them twice, each in its own transaction."""
    one_by_one = random.Random(seed).sample(delivered(count) * 2, count * 2)
    with Tracker.open(url, directory=organisation(), clock=TurnableClock()) as tracker:
        for one in one_by_one:
            tracker.record(one)


def start(url: str, count: int, seed: int) -> subprocess.Popen[str]:
    """Start a process that waits for a line on its input and then delivers."""
    path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-W", "error", "-m", "support.worker", url, str(count), str(seed)]
    return subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_together(url: str, count: int, seeds: Sequence[int]) -> list[subprocess.Popen[str]]:
    """Start processes that begin to deliver at the same moment."""
    found = [start(url, count, seed) for seed in seeds]
    for process in found:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in found:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return found


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    deliver(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
