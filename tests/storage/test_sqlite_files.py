"""SQLite files that are not what they should be: each is told as what it is, and nothing is written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from resolutionkit import (
    NotADatabase,
    Outcome,
    SchemaMismatch,
    StorageBusy,
    StorageError,
    StorageReadOnly,
    Tracker,
)
from support import TurnableClock, organisation, response

Raw = Callable[..., list[tuple[Any, ...]]]
Open = Callable[..., Tracker]


@pytest.mark.parametrize(
    "content", [b"This is no database. " * 100, b"SQLite format 3\0" + b"\xff" * 4096], ids=["text", "header"]
)
def test_a_file_that_is_no_database_is_told_as_such(path: Path, open_file: Open, content: bytes) -> None:
    """It is left as it was."""
    path.write_bytes(content)
    with pytest.raises(NotADatabase) as refused:
        open_file()
    assert refused.value.__cause__ is not None
    assert path.read_bytes() == content


@pytest.mark.parametrize("place", ["missing/folder/recovery.db", "."], ids=["no-folder", "a-folder"])
def test_a_place_where_no_file_can_be_is_told_as_such(tmp_path: Path, place: str) -> None:
    """A missing folder is not made."""
    with pytest.raises(NotADatabase, match="folder"):
        Tracker.open(f"sqlite:///{tmp_path / place}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///x.db?timeout=soon",
        "sqlite:",
        "sqlite://user:secret@host:many/x.db",
        "sqlite:///x\0y.db",
    ],
    ids=["timeout", "half", "port", "nul"],
)
def test_a_url_that_says_nothing_usable_is_told_as_such(url: str, tmp_path: Path, monkeypatch: Any) -> None:
    """No error of SQLAlchemy's or Python's comes through, and the URL, which may hold a password, is not repeated."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StorageError) as refused:
        Tracker.open(url)
    assert not [part for part in ("x.db", "secret", "soon", "many") if part in str(refused.value)]


def test_a_database_opened_for_reading_refuses_writes_and_answers_questions(path: Path, open_file: Open) -> None:
    """mode=ro in the URL: what is there is read, and nothing is written."""
    with open_file() as tracker:
        issue = tracker.record(response()).issue
    assert issue is not None
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    with Tracker.open(url) as reader:
        assert reader.issue(issue.id) == issue
        with pytest.raises(StorageReadOnly, match="accepts no writes"):
            reader.record(response("r-2"))
        assert len(reader.responses()) == 1


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Let another process hold the write lock."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield
        finally:
            process.communicate()


def test_a_lock_that_outlasts_the_timeout_is_told_and_nothing_is_written(path: Path, open_file: Open) -> None:
    """Readers go on meanwhile; afterwards the same command works."""
    open_file().record(response())
    tracker = open_file("?timeout=0.2")
    with held(path):
        with pytest.raises(StorageBusy, match="timeout"):
            tracker.record(response("r-2"))
        assert len(tracker.responses()) == 1
    assert len(tracker.responses()) == 1
    assert tracker.record(response("r-2")).issue is not None


def test_an_empty_file_that_is_held_is_busy_to_open(path: Path, open_file: Open) -> None:
    """Making the schema waits its turn, and says so when the turn does not come."""
    path.touch()
    with held(path), pytest.raises(StorageBusy):
        open_file("?timeout=0.2")
    assert len(open_file().issues()) == 0


@pytest.mark.parametrize("version", ["2", "", "0.9"], ids=["newer", "blank", "older"])
def test_tables_of_another_version_are_refused(open_file: Open, raw: Raw, version: str) -> None:
    """With create=True too: nothing is mended by making tables over them."""
    open_file().close()
    raw("UPDATE resolutionkit_meta SET value = ? WHERE name = 'schema'", version)
    for create in (None, True, False):
        with pytest.raises(SchemaMismatch, match="version"):
            open_file(create=create)


def test_a_schema_without_its_version_is_refused(open_file: Open, raw: Raw) -> None:
    """A meta table alone says nothing."""
    open_file().close()
    raw("DELETE FROM resolutionkit_meta")
    with pytest.raises(SchemaMismatch):
        open_file()


def test_a_database_of_the_host_s_is_used_only_when_told_to(open_file: Open, raw: Raw) -> None:
    """Its tables stay; ours come beside them with create=True."""
    raw("CREATE TABLE customers (id INTEGER)")
    raw("INSERT INTO customers VALUES (1)")
    with pytest.raises(SchemaMismatch, match="create=True"):
        open_file()
    assert raw("SELECT name FROM sqlite_master") == [("customers",)]
    assert open_file(create=True).record(response()).issue is not None
    assert raw("SELECT id FROM customers") == [(1,)]


def test_an_empty_file_is_not_filled_where_creating_is_forbidden(path: Path, open_file: Open, raw: Raw) -> None:
    """create=False is for hosts that migrate by themselves."""
    path.touch()
    with pytest.raises(SchemaMismatch):
        open_file(create=False)
    assert raw("SELECT name FROM sqlite_master") == []


def test_the_write_ahead_log_and_its_sync_level_are_really_set(path: Path, open_file: Open, raw: Raw) -> None:
    """WAL stays with the file; NORMAL is set on every connection that the store opens."""
    levels: list[tuple[Any, ...]] = []

    def look(connection: Any) -> None:
        cursor = connection.connection.driver_connection.execute("PRAGMA synchronous")
        levels.append(cursor.fetchone())

    event.listen(Engine, "begin", look)
    try:
        open_file().record(response())
    finally:
        event.remove(Engine, "begin", look)
    assert raw("PRAGMA journal_mode") == [("wal",)]
    assert set(levels) == {(1,)}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_sqlite_database_in_memory_is_made_at_once(url: str) -> None:
    """Every transaction sees the one database."""
    with Tracker.open(url) as tracker:
        issue = tracker.record(response()).issue
        assert issue is not None
        assert tracker.issue(issue.id) == issue


@pytest.mark.parametrize(
    ("change", "value"), [("kind = ?", "issue_teleported"), ("format = ?", 2)], ids=["kind", "format"]
)
def test_an_event_that_only_a_newer_version_knows_is_never_skipped(
    open_file: Open, raw: Raw, change: str, value: Any
) -> None:
    """Reading and changing that issue fail; the others go on."""
    tracker = open_file()
    first, other = tracker.record(response()).issue, tracker.record(response("r-2")).issue
    assert first is not None
    assert other is not None
    tracker.as_user("bridget").add_note(first.id, "N")
    raw(f"UPDATE resolutionkit_events SET {change} WHERE issue = ? AND number = 2", value, first.id)
    for use in (tracker.issue, tracker.history, lambda one: tracker.as_user("bridget").follow(one)):
        with pytest.raises(StorageError, match="does not know"):
            use(first.id)
    assert tracker.issue(other.id) == other


def test_the_raw_file_is_one_that_any_tool_reads(path: Path, open_file: Open) -> None:
    """No extension, no special function is in the schema."""
    open_file().record(response())
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_file_that_is_not_there_is_not_made_unasked(tmp_path: Path) -> None:
    """With create=False a mistyped name leaves no empty file behind."""
    path = tmp_path / "mistyped.db"
    with pytest.raises(NotADatabase, match="no file"):
        Tracker.open(f"sqlite:///{path}", create=False)
    assert not path.exists()


@pytest.mark.parametrize("option", ["mode=ro", "immutable=1", "cache=shared"])
def test_options_that_sqlite_would_pass_over_are_refused(tmp_path: Path, option: str) -> None:
    """A URL that asks for reading only, and would be opened for writing, says how it has to be written."""
    path = tmp_path / "recovery.db"
    with pytest.raises(StorageError, match="uri=true"):
        Tracker.open(f"sqlite:///{path}?{option}")
    assert not path.exists()


def test_a_uri_that_names_no_file_makes_none_unasked(tmp_path: Path) -> None:
    """create=False holds for file: URIs too."""
    path = tmp_path / "mistyped.db"
    with pytest.raises(NotADatabase, match="no file"):
        Tracker.open(f"sqlite:///file:{path}?uri=true", create=False)
    assert not path.exists()


@pytest.mark.parametrize("url", ["sqlite:///file::memory:?uri=true", "sqlite:///file:shop?mode=memory&uri=true"])
def test_a_uri_in_memory_is_one_database_for_all_threads(url: str) -> None:
    """Every thread finds the tables and the rows of the others."""
    with Tracker.open(url, directory=organisation(), clock=TurnableClock()) as tracker:
        with ThreadPoolExecutor(4) as pool:
            outcomes = list(pool.map(lambda index: tracker.record(response(f"r-{index}")).outcome, range(40)))
        assert set(outcomes) == {Outcome.OPENED}
        assert len(tracker.issues(limit=100)) == 40
