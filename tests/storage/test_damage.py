"""Rows that are not what was written: each is an error that says so; and statements that stay within their bounds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from resolutionkit import Access, IssueFilter, Person, ResponseFilter, StaticDirectory, StorageError, Tracker
from support import response

Open = Callable[..., Tracker]


def test_the_secret_is_read_again_where_the_database_was_put_back(path: Path, open_file: Open) -> None:
    """After a restore under a running process, that process and the next one find the same customers."""
    tracker = open_file()
    tracker.record(response("r-1"))
    with closing(sqlite3.connect(path)) as connection, connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables.remove(("resolutionkit_alembic_version",))
        for (table,) in tables:
            connection.execute(f"DELETE FROM {table} WHERE account <> ''")
    tracker.record(response("r-2"))
    found = [one.issues(IssueFilter(email="jane@customer.example")).items for one in (tracker, open_file())]
    assert [len(items) for items in found] == [1, 1]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("response_revisions", "body", '{"id":"r-1","score":3,"received_at":100000000000000000000}'),
        ("response_revisions", "body", "[" * 100_000),
        ("response_revisions", "body", '{"id":"r","score":3,"received_at":1,"attributes":{"a":{"decimal":"abc"}}}'),
        ("events", "payload", "{"),
        ("events", "payload", '{"people": 5}'),
        ("texts", "body", "null"),
        ("responses", "people", "{"),
        ("responses", "category", "furious"),
        ("responses", "issue", "gone"),
        ("issues", "phase", "lost"),
        ("issues", "opened_at", "then"),
        ("meta", "value", "no hex"),
    ],
)
def test_a_damaged_row_is_an_error_that_says_so(
    path: Path, open_file: Open, table: str, column: str, value: str
) -> None:
    """Whatever is damaged, no exception of a library comes through, and the tracker goes on."""
    tracker = open_file()
    issue = tracker.record(response("r-1")).issue
    assert issue is not None
    tracker.as_user("dana").add_note(issue.id, "Rang.")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE resolutionkit_{table} SET {column} = ? WHERE account <> ''", (value,))
    asked: list[Callable[[], object]] = [
        lambda: tracker.history(issue.id),
        lambda: tracker.issues(IssueFilter(email="jane@customer.example")),
        tracker.responses,
        lambda: tracker.record(response("r-1")),
    ]
    told = []
    for ask in asked:
        try:
            ask()
        except StorageError as problem:
            told.append(str(problem))
    assert told
    assert all("damaged" in one for one in told)


def test_many_groups_in_scope_and_filter_do_not_lengthen_a_statement_without_end(open_file: Open) -> None:
    """A person with 500 groups who filters by 400 of them gets an answer."""
    codes = [f"g-{index}" for index in range(500)]
    ana = Person(id="ana", access=Access.groups(*codes))
    tracker = open_file(directory=StaticDirectory([ana]))
    tracker.record(response("r-1", group="g-7"))
    lengths: list[int] = []

    def look(_connection: Any, _cursor: Any, _statement: str, parameters: Any, *_rest: Any) -> None:
        lengths.append(len(parameters))

    event.listen(Engine, "before_cursor_execute", look)
    try:
        found = tracker.as_user("ana").responses(ResponseFilter(groups=codes[:400]))
        listed = tracker.as_user("ana").issues(IssueFilter(groups=codes[:400]))
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert (len(found), len(listed)) == (1, 1)
    assert max(lengths) < 32_766
