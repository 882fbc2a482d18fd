"""Several processes on one file: making the schema at once, and recording at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from resolutionkit import Tracker, replay

PROCESSES = 4
PROGRAM = """
import json, sys
from datetime import UTC, datetime, timedelta
from resolutionkit import Response, Tracker
url, me, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
outcomes = []
with Tracker.open(url, clock=lambda: noon) as tracker:
    for index in range(count):
        shared = Response(id=f"shared-{index}", score=3, received_at=noon)
        outcomes.append(tracker.record(shared).outcome.value)
        own = Response(id=f"own-{me}-{index}", score=2, received_at=noon, ticket="T")
        outcomes.append(tracker.record(own).outcome.value)
print(json.dumps(outcomes))
"""


def all_at_once(url: str, count: int) -> list[list[str]]:
    """Run the program in several processes that begin together, and return what each met."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, url, str(number), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate() for process in running]
    assert [errors for _, errors in ended] == [""] * PROCESSES
    return [json.loads(output) for output, _ in ended]


def test_processes_that_make_the_schema_at_once_all_find_it_made(path: Path) -> None:
    """Each opens the empty file at the same moment; one makes the tables, the others use them."""
    assert all_at_once(f"sqlite:///{path}", 0) == [[]] * PROCESSES


def test_processes_that_record_at_once_lose_and_double_nothing(path: Path, open_file: Callable[..., Tracker]) -> None:
    """A shared response opens one issue; responses of one ticket are one issue with the greatest id standing."""
    count = 8
    outcomes = Counter(outcome for met in all_at_once(f"sqlite:///{path}", count) for outcome in met)
    tracker = open_file()
    assert outcomes["opened"] == count + 1
    assert outcomes["duplicate"] == count * (PROCESSES - 1)
    assert outcomes["replaced"] + outcomes["superseded"] == count * PROCESSES - 1
    lines = tracker.issues(limit=1000).items
    assert len(lines) == count + 1
    (ticket,) = (line for line in lines if line.response.ticket == "T")
    assert ticket.response.id == f"own-{PROCESSES - 1}-{count - 1}"
    for line in lines:
        history = tracker.history(line.id)
        assert replay(history) == tracker.issue(line.id)
        assert [event.number for event in history] == list(range(1, len(history) + 1))
