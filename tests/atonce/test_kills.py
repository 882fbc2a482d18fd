"""SIGKILL between any two statements, by a real process: whole or absent, and completed when it is given again (L2)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from resolutionkit import Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.storage.sql.store import SqlStore, open_store
from resolutionkit.testing import fresh_account
from support.killing import Killer, killer, tracker_on
from support.servers import SERVERS, shared_database
from support.stores import rows
from support.victims import VICTIMS, Job, Victim

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

Place: TypeAlias = tuple[SqlStore, Killer]
LONGEST = 20
"""Seconds that a repetition may take on a slow machine; a lock that is left takes longer, or for ever."""


@pytest.fixture(params=("sqlite", *SERVERS), scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Return a store on each database in turn, and a process that kills its forks at work there."""
    kind: str = request.param
    folder: Path = tmp_path_factory.mktemp("killed")
    url = shared_database(kind) if kind in SERVERS else f"sqlite:///{folder / 'recovery.db'}?timeout=60"
    store = open_store(StoreOptions(url=url))
    assert isinstance(store, SqlStore)
    with closing(store), killer(url) as process:
        yield store, process


def staged(store: SqlStore, stage: Job) -> Tracker:
    """Return a tracker on an account of its own, with what is there before a job."""
    tracker = tracker_on(store, fresh_account())
    stage(tracker)
    return tracker


def undisturbed(store: SqlStore, victim: Victim) -> list[dict[str, list[str]]]:
    """Return what there is before a job, and after each of its transactions."""
    tracker = staged(store, victim.stage)
    found = [rows(store, tracker.account)]
    for part in victim.parts:
        part(tracker)
        found.append(rows(store, tracker.account))
    return found


@pytest.mark.parametrize("name", VICTIMS)
def test_a_job_that_is_killed_anywhere_is_whole_or_absent(place: Place, name: str) -> None:
    """Killed before each statement, before each commit and after it; given again, it is done exactly once."""
    (store, process), victim = place, VICTIMS[name]
    states = undisturbed(store, victim)
    reached = [0]
    for at in range(1, 1000):
        tracker = staged(store, victim.stage)
        is_killed = process.kill(tracker.account, victim.job, at)
        found = rows(store, tracker.account)
        assert found in states[reached[-1] :], f"killed at its point {at}, it left half of something"
        reached.append(states.index(found))
        check_completes(store, tracker, victim.job, states[-1])
        if not is_killed:
            break
    last = len(states) - 1
    # A transaction is absent until its commit is carried out; after it, it is whole, though nobody was told.
    assert sorted(set(reached)) == list(range(last + 1))
    assert reached[-2:] == [last, last]
    assert len(reached) > 5 * last


def check_completes(store: SqlStore, tracker: Tracker, job: Callable[[Tracker], Any], whole: object) -> None:
    """Check that nothing is in the way of the job, given once more, and what it comes to."""
    began = time.monotonic()
    job(tracker)
    assert time.monotonic() - began < LONGEST
    assert rows(store, tracker.account) == whole
