"""Fixtures of all tests: a tracker on each backend, with a clock to turn and a small company."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from resolutionkit import StaticDirectory, Tracker
from support import TurnableClock, organisation
from support.crew import Crew, crew_of
from support.servers import SERVERS, drop_shared, empty, shared_database

settings.register_profile(
    "ours", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("ours")

BACKENDS = ("memory", "sqlite", *SERVERS)
THOROUGH = (
    "backends/test_async.py",
    "backends/test_joined.py",
    "backends/test_plain_path.py",
    "backends/test_servers.py",
    "kit/test_broken.py",
    "kit/test_own_storage_page.py",
    "atonce/",
    "accounts/",
    "storage/test_joined_together.py",
)
"""What tries every driver, statement and mistake once more, on whatever Python: marked ``thorough``."""
_OF_SERVERS = re.compile(r"postgres|mariadb|mysql|psycopg|asyncpg|asyncmy|server", re.IGNORECASE)
_SKIPPED: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the thorough tests and those of servers, so that a run can leave them to another one."""
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix().startswith(THOROUGH):
            item.add_marker("thorough")
        if _OF_SERVERS.search(item.nodeid):
            item.add_marker("servers")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped; an expected failure is none of those."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _SKIPPED.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember the files that were skipped whole."""
    if report.skipped:
        _SKIPPED.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop what the tests made on servers; let nothing be skipped on CI: what is not tried there is tried nowhere."""
    drop_shared()
    if os.environ.get("CI") and _SKIPPED and not hasattr(session.config, "workerinput"):
        # The summary of `-ra` names them, each with its reason.
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def clock() -> TurnableClock:
    """Return a clock that stands at noon until it is turned."""
    return TurnableClock()


@pytest.fixture
def directory() -> StaticDirectory:
    """Return the small company."""
    return organisation()


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty store, on each backend in turn."""
    backend: str = request.param
    if backend in SERVERS:
        shared = shared_database(backend)
        empty(shared)
        return shared
    return "memory:" if backend == "memory" else f"sqlite:///{tmp_path / 'recovery.db'}"


@pytest.fixture
def open_tracker(url: str, clock: TurnableClock, directory: StaticDirectory) -> Iterator[Callable[..., Tracker]]:
    """Return a function that opens trackers on the store, with other settings where it is given some."""
    opened: list[Tracker] = []

    def make(**settings: object) -> Tracker:
        given: dict[str, object] = {"directory": directory, "clock": clock} | settings
        tracker = Tracker.open(url, **given)
        opened.append(tracker)
        return tracker

    yield make
    for tracker in opened:
        tracker.close()


@pytest.fixture
def tracker(open_tracker: Callable[..., Tracker]) -> Tracker:
    """Return a tracker on an empty store, on each backend in turn."""
    return open_tracker()


@pytest.fixture(scope="session")
def crew() -> Iterator[Crew]:
    """Return five processes that do jobs at once."""
    with crew_of(5) as started:
        yield started
