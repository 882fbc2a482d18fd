"""A tracker in Django's transactions: nested blocks, on_commit, test cases, the query log, marks for rolling back."""

from __future__ import annotations

import subprocess
import sys
import unittest
from collections.abc import Callable
from typing import Any

import pytest

from resolutionkit import Status, StorageError, Tracker
from resolutionkit.ports import WriteConflict
from support import NOON, response
from support.hosts import DjangoHost
from support.servers import SERVERS

pytestmark = pytest.mark.parametrize("style", ["django"], indirect=True)


class Gone(Exception):
    """What an inner block raises to roll back."""


def opened(tracker: Tracker) -> set[str]:
    """Return the responses that opened issues."""
    return {line.response.id for line in tracker.issues()}


def test_an_inner_block_that_is_rolled_back_takes_ours_with_it(host: DjangoHost, outside: Tracker) -> None:
    """What was recorded in a nested ``atomic()`` goes with its savepoint; the outer block's stays, and goes on."""
    from django.db import transaction

    def inner() -> None:
        with transaction.atomic(using=host.alias):
            work.order("inner")
            t.record(response("inner", 3, ticket="T"))
            raise Gone

    with host.transaction() as work, outside.joined(work.connection) as t:
        t.record(response("outer", 3))
        with pytest.raises(Gone):
            inner()
        t.record(response("after", 2, ticket="T"))
        work.order("outer")
    assert opened(outside) == {"outer", "after"}
    assert host.orders() == ["outer"]


def test_on_commit_fires_once(host: DjangoHost, outside: Tracker) -> None:
    """What the host registers runs after its own commit, once; after a rollback, never."""
    from django.db import transaction

    seen: list[set[str]] = []
    with host.transaction() as work, outside.joined(work.connection) as t:
        t.record(response("r-1", 3))
        transaction.on_commit(lambda: seen.append(opened(outside)), using=host.alias)
        t.as_user("dana").add_note(t.issues().items[0].id, "Rang.")
        assert seen == []
    assert seen == [{"r-1"}]
    with host.rolled_back() as work, outside.joined(work.connection) as t:
        transaction.on_commit(lambda: seen.append(set()), using=host.alias)
        t.record(response("r-2", 3))
    assert seen == [{"r-1"}]


def test_a_block_that_is_marked_takes_nothing(host: DjangoHost, outside: Tracker) -> None:
    """Once Django wants a rollback, it runs no statement: the error is ours, and says so."""
    with host.transaction() as work, outside.joined(work.connection) as t:
        t.record(response("r-1", 3))
        work.connection.set_rollback(True)
        with pytest.raises(StorageError, match="roll your transaction back"):
            t.record(response("r-2", 3))
    assert opened(outside) == set()


def _fail_at(table: str, error: type[Exception]) -> Callable[..., Any]:
    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if f"INSERT INTO resolutionkit_{table}" in sql:
            raise error("it broke")
        return run(sql, params, many, context)

    return execute


def test_a_change_that_broke_off_is_rolled_back_whatever_the_host_does(host: DjangoHost, outside: Tracker) -> None:
    """The database fails in the middle of a change, and the host swallows the error: Django still rolls back (L4)."""
    from django.db.utils import OperationalError

    with host.transaction() as work, outside.joined(work.connection) as t:
        work.order("before")
        failing = work.connection.execute_wrapper(_fail_at("events", OperationalError))
        with failing, pytest.raises(StorageError, match="; roll your transaction back") as failure:
            t.record(response("r-1", 3))
        assert isinstance(failure.value.__cause__, OperationalError)
        assert work.connection.needs_rollback
    assert opened(outside) == set()
    assert host.orders() == []


def test_django_sees_every_statement(host: DjangoHost, outside: Tracker) -> None:
    """Its query log and its wrappers have all of ours, with their values."""
    wrapped: list[str] = []

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        wrapped.append(sql)
        return run(sql, params, many, context)

    with host.transaction() as work, outside.joined(work.connection) as t:
        work.connection.force_debug_cursor = True
        work.connection.queries_log.clear()
        with work.connection.execute_wrapper(execute):
            t.record(response("r-1", 3, comment="100% unhappy"))
        work.connection.force_debug_cursor = False
        logged = [query["sql"] for query in work.connection.queries_log]
    assert len(logged) == len(wrapped) > 5
    assert any("resolutionkit_events" in sql for sql in wrapped)
    assert any("100% unhappy" in sql for sql in logged)
    assert outside.response("r-1").response.comment == "100% unhappy"


def test_djangos_test_cases_roll_all_of_it_back(host: DjangoHost, outside: Tracker) -> None:
    """Within a ``TestCase`` each test has its own blocks, which Django made; nothing is left of the tests."""
    from django.db import transaction
    from django.test import TestCase

    def known() -> set[str]:
        with outside.joined(host.connection) as t:
            return opened(t)

    class Recording(TestCase):
        databases = frozenset({host.alias})

        @classmethod
        def setUpTestData(cls) -> None:
            with outside.joined(host.connection) as t:
                t.record(response("data", 3))

        def test_one(self) -> None:
            """It records in a block, whose callbacks run as if it were committed."""
            with (
                self.captureOnCommitCallbacks(using=host.alias, execute=True) as callbacks,
                transaction.atomic(host.alias),
            ):
                with outside.joined(host.connection) as t:
                    t.record(response("one", 3))
                transaction.on_commit(lambda: None, using=host.alias)
            assert len(callbacks) == 1
            assert known() == {"data", "one"}

        def test_two(self) -> None:
            """It does not see what the other test recorded."""
            assert known() == {"data"}

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Recording).run(result)
    assert (result.testsRun, result.errors, result.failures) == (2, [], [])
    assert opened(outside) == set()


def test_one_host_may_use_several_databases(host: DjangoHost, outside: Tracker) -> None:
    """The connection that is given is joined, and no other one."""
    from django.db import connections

    other = connections.create_connection(host.alias)
    try:
        with host.transaction() as work, outside.joined(work.connection) as t:
            t.record(response("r-1", 3, received_at=NOON))
            with pytest.raises(Exception, match="atomic"), outside.joined(other):
                pass
    finally:
        other.close()
    assert opened(outside) == {"r-1"}


@pytest.mark.parametrize("kind", SERVERS, indirect=True)
def test_a_conflict_after_writing_is_the_hosts(host: DjangoHost, outside: Tracker, monkeypatch: Any) -> None:
    """A claim that is missed once something was written cannot be repeated here: the host is told to run again.

    Such a claim was locked before; SQLite's one lock keeps everybody from writing in between.
    """
    issue_id = outside.record(response("r-1", 3)).issue.id

    def in_between(*_: object) -> bool:
        outside.as_user("ed").set_status(issue_id, Status.IN_PROGRESS, note="First.")
        return True

    monkeypatch.setattr("resolutionkit.storage.sql.statements.Statement.lock", in_between)
    with host.transaction() as work, outside.joined(work.connection) as t:
        work.order("before")
        with pytest.raises(WriteConflict, match="no longer at version 1; roll your transaction back, and run it again"):
            t.as_user("dana").add_note(issue_id, "Second.")
        assert work.connection.needs_rollback
    assert host.orders() == []
    assert [note.text for note in outside.issue(issue_id).notes] == ["First."]


def test_a_tracker_without_django_loads_none(style: str) -> None:
    """The SQL store imports Django only where a connection of Django's is given to it."""
    program = """
import sys
from sqlalchemy import create_engine
from resolutionkit import Tracker
from resolutionkit.storage.sql.store import store_on
engine = create_engine("sqlite://")
with Tracker(store_on(engine, create=True)) as tracker, engine.connect() as connection, tracker.joined(connection) as t:
    t.issues()
print("django" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
