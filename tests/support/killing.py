"""A process that forks for each job, and kills the fork at its n-th statement; whoever asks says what and where.

The store is opened once, and its connections are closed before each fork, which then has connections of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from attrs import frozen

from resolutionkit import Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.storage.sql.direct import PsycopgWire
from resolutionkit.storage.sql.store import SqlStore, open_store
from resolutionkit.tracker import runner
from support import TurnableClock, organisation
from support.bound import tapped
from support.crew import send, start, value

BATCH = 2
"""How many responses of a batch one transaction takes in here."""
FAULT = 3


@frozen
class Killer:
    """The process, as the test sees it."""

    process: subprocess.Popen[bytes]

    def kill(self, account: str, job: Callable[..., Any], at: int) -> bool:
        """Let a fork do a job, and kill it at its n-th point.

        Returns:
            Whether it was killed; a job with fewer points is done.
        """
        assert self.process.stdout is not None
        send(self.process.stdin, (account, job, at))
        status = value(self.process.stdout.readline())
        assert status in {-signal.SIGKILL, 0}, f"the fork ended with {status}"
        return bool(status)


@contextmanager
def killer(url: str) -> Iterator[Killer]:
    """Start the process on a database, and let it end."""
    process = start("support.killing", url)
    try:
        yield Killer(process)
    finally:
        process.communicate(timeout=60)


_points: list[Callable[[], None]] = []


def point() -> None:
    """Be another point at which this process may be killed."""
    for passes in _points:
        passes()


@contextmanager
def killed_at(store: SqlStore, number: int) -> Iterator[None]:
    """Kill this process at the n-th point: before each statement, before and after each commit.

    A statement that commits itself is a commit.
    """
    passed = 0

    def passes(*_: Any) -> None:
        nonlocal passed
        passed += 1
        if passed == number:
            os.kill(os.getpid(), signal.SIGKILL)

    commit, end_with = store.engine.dialect.do_commit, PsycopgWire.end_with

    def commit_and_pass(connection: Any) -> None:
        passes()
        commit(connection)
        passes()

    def end_and_pass(wire: PsycopgWire, text: str, given: Any) -> None:
        end_with(wire, text, given)
        passes()

    ending = patch.object(PsycopgWire, "end_with", end_and_pass)
    _points.append(passes)
    with tapped(passes), patch.object(store.engine.dialect, "do_commit", commit_and_pass), ending:
        yield


def tracker_on(store: SqlStore, account: str) -> Tracker:
    """Return a tracker of the small company, whose clock stands."""
    return Tracker(store, account=account, directory=organisation(), clock=TurnableClock())


def forked(store: SqlStore, account: str, job: Callable[..., Any], number: int) -> int:
    """Do a job in a fork of this process, and return the code with which it ended."""
    store.engine.dispose()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        with killed_at(store, number):
            job(tracker_on(store, account))
    except BaseException:  # noqa: BLE001  (a fork must never return into its parent's loop)
        traceback.print_exc()
        os._exit(FAULT)
    os._exit(0)


def main(url: str) -> None:
    """Fork for each job that comes, until nothing comes any more."""
    runner.BATCH = BATCH
    store = open_store(StoreOptions(url=url))
    assert isinstance(store, SqlStore)
    for line in iter(sys.stdin.buffer.readline, b""):
        account, job, number = value(line)
        send(sys.stdout.buffer, forked(store, account, job, number))
    store.close()


if __name__ == "__main__":
    main(sys.argv[1])
