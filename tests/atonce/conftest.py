"""Fixtures for what many do at once: each database in turn, an account of the test's own, and a crew of processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from resolutionkit import Tracker
from resolutionkit.storage.sql.retries import Retries
from resolutionkit.testing import fresh_account
from support import TurnableClock, organisation
from support.crew import Crew, Do
from support.servers import SERVERS, shared_database
from support.stores import Failures

DATABASES = ("sqlite", *SERVERS)


@pytest.fixture(params=DATABASES)
def kind(request: pytest.FixtureRequest) -> str:
    """Return each kind of database in turn."""
    found: str = request.param
    return found


@pytest.fixture
def url(kind: str, tmp_path: Path) -> str:
    """Return the URL of a database with our tables in it."""
    # SQLite lets writers wait by chance, and these are many on a machine that may be slow.
    return shared_database(kind) if kind in SERVERS else f"sqlite:///{tmp_path / 'recovery.db'}?timeout=60"


@pytest.fixture
def account() -> str:
    """Return an account that was never used."""
    return fresh_account()


@pytest.fixture
def open_tracker(url: str, account: str) -> Iterator[Callable[..., Tracker]]:
    """Return a function that opens trackers on the account, or on another."""
    opened: list[Tracker] = []

    def make(**settings: Any) -> Tracker:
        given = {"account": account, "directory": organisation(), "clock": TurnableClock()} | settings
        opened.append(Tracker.open(url, **given))
        return opened[-1]

    yield make
    for tracker in opened:
        tracker.close()


@pytest.fixture
def tracker(open_tracker: Callable[..., Tracker]) -> Tracker:
    """Return a tracker on the account."""
    return open_tracker()


@pytest.fixture
def do(url: str, account: str, crew: Crew) -> Do:
    """Return a function that does a job on the account in five processes at once, and returns what each answers."""
    return partial(crew.do, url, account)


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> Failures:
    """Return which attempts of units of work failed in this process, each with its number and its problem."""
    failed: Failures = []
    pause_after = Retries.pause_after

    def noting(retries: Retries, problem: Any) -> float:
        try:
            return pause_after(retries, problem)
        finally:
            failed.append((retries._failed, problem))

    monkeypatch.setattr(Retries, "pause_after", noting)
    return failed
