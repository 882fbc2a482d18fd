"""What the tests of the SQL store share: a file, and the raw database behind it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from resolutionkit import Tracker
from resolutionkit.storage.sql import revisions
from support import TurnableClock, organisation
from support.hosts import STYLES, Host, empty_hosts_table, make_host
from support.migrations import REVISION
from support.schemas import KINDS, without_tables
from support.servers import SERVERS, empty, shared_database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database file stands, or will."""
    return tmp_path / "recovery.db"


@pytest.fixture
def open_file(path: Path, clock: TurnableClock) -> Iterator[Callable[..., Tracker]]:
    """Return a function that opens a tracker on the file, with a query in its URL where it is given one."""
    opened: list[Tracker] = []

    def make(query: str = "", **settings: Any) -> Tracker:
        given = {"directory": organisation(), "clock": clock} | settings
        opened.append(Tracker.open(f"sqlite:///{path}{query}", **given))
        return opened[-1]

    yield make
    for tracker in opened:
        tracker.close()


@pytest.fixture
def raw(path: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Return a function that runs a statement on the raw file and returns its rows."""

    def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    return run


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database without tables: one of SQLite, one of each server."""
    with without_tables(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a revision that adds a column and writes into it."""
    folder = tmp_path / "later"
    folder.mkdir()
    (folder / "revision_0002.py").write_text(REVISION, encoding="utf-8")
    monkeypatch.setattr(revisions, "LOCATIONS", (*revisions.LOCATIONS, folder))


@pytest.fixture(params=["sqlite", *SERVERS])
def kind(request: pytest.FixtureRequest) -> str:
    """Return the kind of a database, each in turn."""
    found: str = request.param
    return found


@pytest.fixture
def place(kind: str, path: Path) -> str:
    """Return the URL of a database with our tables, all of them empty, and no rows of a host's."""
    url = f"sqlite:///{path}"
    if kind == "sqlite":
        Tracker.open(url).close()
    else:
        url = shared_database(kind)
        empty(url)
    empty_hosts_table(url)
    return url


@pytest.fixture
def outside(place: str, clock: TurnableClock) -> Iterator[Tracker]:
    """Return a tracker on the database, in transactions of its own."""
    with Tracker.open(place, directory=organisation(), clock=clock) as tracker:
        yield tracker


@pytest.fixture(params=STYLES)
def style(request: pytest.FixtureRequest) -> str:
    """Return how a host reaches its database, each way in turn."""
    found: str = request.param
    return found


@pytest.fixture
def new_host(style: str, place: str) -> Iterator[Callable[[], Host]]:
    """Return a function that makes hosts on the database."""
    made: list[Host] = []

    def make() -> Host:
        made.append(make_host(style, place))
        return made[-1]

    yield make
    for host in made:
        host.close()


@pytest.fixture
def host(new_host: Callable[[], Host]) -> Host:
    """Return a host on the database."""
    return new_host()
