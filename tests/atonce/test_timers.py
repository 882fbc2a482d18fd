"""Timers in several processes on each database, and in one that is killed: each thing happens once (law L8)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from resolutionkit import Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.storage.sql.store import SqlStore, open_store
from resolutionkit.testing import fresh_account
from support import NOON, TurnableClock, organisation, response
from support.crew import Do
from support.jobs import MATRIX, run_timers
from support.killing import Killer, killer
from support.servers import SERVERS, shared_database

Place: TypeAlias = tuple[SqlStore, Killer]
LATER = timedelta(hours=80)


def climbed(tracker: Tracker) -> Counter[tuple[str, int]]:
    """Return how often each issue was raised to each level."""
    events = ((line.id, event) for line in tracker.issues(limit=1000) for event in tracker.history(line.id))
    return Counter((one, event.level) for one, event in events if event.kind == "level_raised")


def test_processes_share_what_is_due(open_tracker: Callable[..., Tracker], do: Do) -> None:
    """Five of them run the timers at once: every issue rises to every level once, and is told of once."""
    tracker = open_tracker(policy=MATRIX)
    issues = [tracker.record(response(f"r-{number}")).issue for number in range(20)]
    done: list[int] = do(run_timers, at=NOON + LATER)
    assert sum(done) == 40
    found = climbed(tracker)
    assert len(found) == 40
    assert set(found.values()) == {1}
    for issue in issues:
        assert issue is not None
        told = [message for message in tracker.outbox(issue.id) if message.topic == "level_raised"]
        assert len(told) == len({message.recipient for message in told})


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


def _run(tracker: Tracker) -> None:
    run_timers(tracker, 0, at=NOON + LATER)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_worker_that_is_killed_anywhere_leaves_the_rest_to_the_next(place: Place) -> None:
    """Before each statement and commit and after it: the next one finds what is left, and nothing happens twice."""
    store, process = place
    killed = 0
    for at in range(1, 400):
        clock = TurnableClock()
        tracker = Tracker(store, account=fresh_account(), policy=MATRIX, directory=organisation(), clock=clock)
        tracker.record(response())
        is_killed = process.kill(tracker.account, _run, at)
        clock.turn(hours=LATER / timedelta(hours=1))
        tracker.run_timers()
        found = climbed(tracker)
        assert len(found) == 2, f"killed at its point {at}"
        assert set(found.values()) == {1}, f"killed at its point {at}"
        if not is_killed:
            break
        killed += 1
    assert killed > 10
