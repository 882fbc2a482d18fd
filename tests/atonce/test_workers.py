"""Workers side by side, and workers that are killed: each message arrives, and is nobody's but one's (laws L4, L5)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from resolutionkit import Delivered, Fate, Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.storage.sql.store import SqlStore, open_store
from resolutionkit.testing import fresh_account
from support import NOON, response
from support.crew import Do
from support.killing import Killer, killer, tracker_on
from support.mailbox import arrived, deliver, deliver_at_once, telling
from support.servers import SERVERS, shared_database

Place: TypeAlias = tuple[SqlStore, Killer]
LEASE = timedelta(minutes=5)
ABOVE = ("nina", "lee@partner.example")


def staged(tracker: Tracker, path: Path, issues: int = 2) -> set[str]:
    """Leave issues of which several people and an observer hear, and return what is to arrive."""
    told = telling(tracker, path, lambda: NOON)
    for number in range(issues):
        issue = told.record(response(f"r-{number}", 2, hierarchy=ABOVE)).issue
        assert issue is not None
        told.as_user("dana").follow(issue.id, "lee@partner.example")
        told.as_user("dana").add_note(issue.id, "Rang.")
    lines = [message for line in told.issues() for message in told.outbox(line.id)]
    return {f"{'crm' if one.recipient == 'crm' else 'email'} {one.id}" for one in lines}


def test_workers_share_what_is_due(tracker: Tracker, do: Do, tmp_path: Path) -> None:
    """Five processes deliver at once: every message arrives on each channel, exactly once."""
    path = tmp_path / "box"
    wanted = staged(tracker, path, issues=12)
    done: list[Delivered] = do(deliver_at_once, path=path)
    assert sum(one.sent for one in done) == len(wanted)
    assert arrived(path) == dict.fromkeys(wanted, 1)
    assert {line.fate for line in tracker.ledger(limit=1000)} == {Fate.SENT}


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_worker_that_is_killed_anywhere_loses_nothing(place: Place, tmp_path: Path) -> None:
    """Before each statement and commit and after it, before and after each message: all arrives, at most twice."""
    store, process = place
    killed = 0
    for at in range(1, 1000):
        path = tmp_path / f"box-{at}"
        tracker = tracker_on(store, fresh_account())
        wanted = staged(tracker, path, issues=1)
        is_killed = process.kill(tracker.account, partial(deliver, path=path), at)
        before = arrived(path)
        # Another worker finds what is due at once, and the rest when the lease of the dead one has run out.
        for later in (timedelta(0), LEASE, LEASE * 2, LEASE * 3, LEASE * 4, LEASE * 5):
            telling(tracker, path, partial(_at, later)).deliver()
        assert set(arrived(path)) == wanted, f"killed at its point {at}"
        again = [line for line, times in arrived(path).items() if times > 1]
        assert all(arrived(path)[line] == 2 and before[line] for line in again), f"killed at its point {at}"
        assert {line.fate for line in tracker.ledger(limit=1000)} == {Fate.SENT}
        assert telling(tracker, path, partial(_at, timedelta(days=9))).deliver() == Delivered()
        if not is_killed:
            break
        killed += 1
    assert killed > 20


def _at(later: timedelta) -> object:
    return NOON + later
