"""Processes that do a job on one database at the same moment; a crew is started once, and does job after job.

A job is a function of ``support.jobs``: it gets a tracker of its process's own, the number of the process, and facts.
"""

from __future__ import annotations

import base64
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias

from resolutionkit import Tracker
from support import TurnableClock, organisation

TESTS = Path(__file__).parents[1]
READY = b"ready\n"

Do: TypeAlias = Callable[..., list[Any]]
"""Does a job in every process of a crew, on the account of a test."""


def start(module: str, *given: str) -> subprocess.Popen[bytes]:
    """Start a module of ours as a process, to which we send values and which sends values back."""
    path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", module, *given],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


class Crew:
    """Some processes, each waiting for something to do."""

    def __init__(self, size: int) -> None:
        self.processes = [start("support.crew") for _ in range(size)]
        self._all_are_ready()

    def _all_are_ready(self) -> None:
        """Wait for every process; let the others finish and raise it, where one of them met something instead."""
        lines = [process.stdout.readline() for process in self.processes if process.stdout is not None]
        problems = [value(line)[1] for line in lines if line != READY]
        if not problems:
            return
        for process, line in zip(self.processes, lines, strict=True):
            if line == READY and process.stdout is not None:
                send(process.stdin, "go")
                process.stdout.readline()
        raise problems[0]

    def start(self, url: str, account: str, job: Callable[..., Any], **facts: Any) -> None:
        """Let every process open the account, and then begin the job at the same moment."""
        for number, process in enumerate(self.processes):
            send(process.stdin, (url, account, job, number, facts))
        self._all_are_ready()
        for process in self.processes:
            send(process.stdin, "go")

    def answers(self) -> list[Any]:
        """Return what the job came to in each process.

        Raises:
            Exception: Whatever it raised in one of them.
        """
        found = [value(process.stdout.readline()) for process in self.processes if process.stdout is not None]
        for is_done, answer in found:
            if not is_done:
                raise answer
        return [answer for _, answer in found]

    def do(self, url: str, account: str, job: Callable[..., Any], **facts: Any) -> list[Any]:
        """Do a job in every process at once, and return what it came to in each."""
        self.start(url, account, job, **facts)
        return self.answers()

    def kill(self) -> None:
        """Kill every process, whatever it does."""
        for process in self.processes:
            process.kill()
        self.close()

    def close(self) -> None:
        """Let every process end."""
        for process in self.processes:
            process.communicate(timeout=60)


@contextmanager
def crew_of(size: int) -> Iterator[Crew]:
    """Start a crew, and let it end."""
    started = Crew(size)
    try:
        yield started
    finally:
        started.close()


def send(to: IO[bytes] | None, what: object) -> None:
    """Send a value to another process."""
    assert to is not None
    to.write(base64.b64encode(pickle.dumps(what)) + b"\n")
    to.flush()


def value(line: bytes) -> Any:
    """Return the value that another process has sent."""
    assert line, "a process of the crew has ended"
    return pickle.loads(base64.b64decode(line))


def _say_ready(to: IO[bytes]) -> None:
    to.write(READY)
    to.flush()


def work(source: IO[bytes], to: IO[bytes]) -> None:
    """Do what comes, until nothing comes any more."""
    _say_ready(to)
    for line in iter(source.readline, b""):
        url, account, job, number, facts = value(line)
        try:
            with Tracker.open(
                url, account=account, directory=organisation(), clock=TurnableClock(), create=True
            ) as tracker:
                tracker.issues(limit=1)  # connect
                _say_ready(to)
                source.readline()
                send(to, (True, job(tracker, number, **facts)))
        except Exception as problem:  # noqa: BLE001  (the one who gave the job raises it)
            send(to, (False, problem))


def each(answers: Sequence[Sequence[Any]]) -> list[Any]:
    """Return the answers of all processes together."""
    return [answer for of_one in answers for answer in of_one]


if __name__ == "__main__":
    work(sys.stdin.buffer, sys.stdout.buffer)
