"""The schema: what every table keeps to, and where personal text stands and where it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    Access,
    Answer,
    Contact,
    Group,
    Person,
    Policy,
    Preferences,
    RootCause,
    StaticDirectory,
    Tracker,
)
from resolutionkit.testing import RecordingNotifier
from support import NOON, organisation, response
from support.schemas import OVER_ALL

Raw = Callable[..., list[tuple[Any, ...]]]
Open = Callable[..., Tracker]
PERSONAL_TABLES = {"resolutionkit_response_revisions", "resolutionkit_texts", "resolutionkit_addresses"}


@pytest.fixture
def full(open_file: Open) -> Open:
    """Return the opener of a file in which everything that can be typed was typed."""
    boss = Person(id="boss@host.example", name="PERSONAL boss", access=Access.EVERYTHING)
    emea = Group(code="emea", lead="ed", also_alert=["boss@host.example"])
    directory = StaticDirectory(people=[*organisation(), boss], groups=[emea], leader="dana")
    tracker = open_file(directory=directory, policy=Policy(root_causes=["late"], advised_note_length=1000))
    typed = response(
        contact=Contact(name="PERSONAL name", email="personal@x.example", phone="PERSONAL 555", company="PERSONAL co"),
        comment="PERSONAL comment",
        answers=[Answer("PERSONAL question", "PERSONAL answer")],
        tags=["PERSONAL tag"],
        factors=["PERSONAL factor"],
        agent="PERSONAL agent",
        hierarchy=["personal.above@x.example", "boss@host.example", "PERSONAL stranger"],
        attributes={"note": "PERSONAL attribute"},
        ticket="T-1",
    )
    issue = tracker.record(typed).issue
    assert issue is not None
    desk = tracker.as_user("boss@host.example")
    said: dict[str, Any] = {"note": "PERSONAL note", "author": "PERSONAL author"}
    desk.add_note(issue.id, **said, key="k-1")
    desk.assign(issue.id, "personal.lee@x.example", **said, follow=True, followers=["personal.follow@x.example"])
    desk.unfollow(issue.id, "personal.follow@x.example")
    desk.escalate(issue.id, reason="PERSONAL reason", **said)
    cause = RootCause(category="late", whys=["PERSONAL why"], actions=["PERSONAL action"])
    desk.set_status(issue.id, "resolved", root_cause=cause, **said, key="k-2")
    desk.reopen(issue.id, **said)
    tracker.record(response("r-1", 2, contact=typed.contact, ticket="T-1"), replace=True)
    tracker.record(response("r-2", 1, contact=typed.contact, ticket="T-1", received_at=NOON))
    tracker.record(response("r-3", 10, contact=typed.contact, hierarchy=["personal.above@x.example"]))
    desk.flag("r-3", assignee="personal.lee@x.example", followers=["personal.new@x.example"], **said)
    tracker.record(response("r-4", 9, contact=typed.contact, group="unknown"))
    tracker.set_preferences("personal.lee@x.example", Preferences(notes=True))
    open_file(directory=directory, clock=lambda: NOON + timedelta(days=1)).run_alerts()
    open_file(directory=directory, notifiers=[RecordingNotifier()]).deliver()
    return open_file


def tables(raw: Raw) -> list[str]:
    """Return the names of all tables but Alembic's, which has one row and no account."""
    found = [name for (name,) in raw("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found.remove("resolutionkit_alembic_version")
    return found


def columns(raw: Raw, table: str) -> dict[str, str]:
    """Return the types of a table's columns by name."""
    return {row[1]: row[2] for row in raw(f"PRAGMA table_info({table})")}


@pytest.mark.usefixtures("full")
def test_personal_text_stands_in_three_tables_only(raw: Raw) -> None:
    """Every column of every other table is searched for every word that somebody typed."""
    found: dict[str, set[str]] = {}
    for table in tables(raw):
        for column in columns(raw, table):
            for (value,) in raw(f'SELECT CAST("{column}" AS TEXT) FROM {table}'):
                if value is not None and ("personal" in value.lower() or "@host.example" in value):
                    found.setdefault(table, set()).add(column)
    assert found == {
        "resolutionkit_response_revisions": {"body"},
        "resolutionkit_texts": {"body"},
        "resolutionkit_addresses": {"address"},
    }


@pytest.mark.usefixtures("full")
def test_every_word_that_was_typed_is_in_one_of_the_three(raw: Raw) -> None:
    """The search above would find nothing if nothing had been written."""
    bodies = "".join(
        body for table in ("response_revisions", "texts") for (body,) in raw(f"SELECT body FROM resolutionkit_{table}")
    )
    kinds = ("name", "555", "co", "comment", "question", "answer", "tag", "factor", "agent", "attribute", "stranger")
    kinds += ("note", "author", "reason", "why", "action")
    assert [kind for kind in kinds if f"PERSONAL {kind}" not in bodies] == []
    addresses = {address for (address,) in raw("SELECT address FROM resolutionkit_addresses")}
    assert {"personal.lee@x.example", "personal.follow@x.example", "boss@host.example"} <= addresses
    assert len(raw("SELECT address FROM resolutionkit_addresses")) == len(addresses)


@pytest.mark.usefixtures("full")
def test_the_same_history_is_read_back_by_another_tracker(full: Open, open_file: Open) -> None:
    """Words, addresses and people come together again as they were."""
    tracker = open_file()
    for line in tracker.issues():
        issue = tracker.issue(line.id)
        assert all(note.text == "PERSONAL note" and note.author == "PERSONAL author" for note in issue.notes)
        assert issue.assignee == "personal.lee@x.example"


@pytest.mark.usefixtures("full")
def test_every_table_was_written_to(raw: Raw) -> None:
    """What the tests of this file look at is there."""
    assert [table for table in tables(raw) if not raw(f"SELECT 1 FROM {table} LIMIT 1")] == []
    assert len(tables(raw)) == 18
    assert set(tables(raw)) >= PERSONAL_TABLES


@pytest.mark.usefixtures("full")
def test_instants_are_integers_of_microseconds(raw: Raw) -> None:
    """No text in any column looks like a date, and every column of an instant holds integers."""
    for table in tables(raw):
        for column, kind in columns(raw, table).items():
            if column == "at" or column.endswith("_at"):
                assert kind == "BIGINT"
                stored = {value for (value,) in raw(f'SELECT DISTINCT typeof("{column}") FROM {table}')}
                assert stored <= {"integer", "null"}
            assert (
                raw(f"SELECT 1 FROM {table} WHERE CAST(\"{column}\" AS TEXT) GLOB '*20[0-9][0-9]-[01][0-9]-[0-3]*'")
                == []
            )


@pytest.mark.usefixtures("full")
def test_every_primary_key_and_index_starts_with_the_account(raw: Raw) -> None:
    """So that one account's rows lie together, and no read crosses accounts but a worker's, who asks what is due."""
    for table in tables(raw):
        indexes = raw(f"PRAGMA index_list({table})")
        assert indexes
        assert any(origin == "pk" for _, _, _, origin, _ in indexes)
        for _, name, _, _, is_partial in indexes:
            first = raw(f"PRAGMA index_info({name})")[0][2]
            expected = OVER_ALL.get(name.removeprefix("resolutionkit_"), "account")
            assert (name, first, is_partial) == (name, expected, 0)


@pytest.mark.usefixtures("full")
def test_there_are_no_foreign_keys_triggers_views_or_sequences(raw: Raw) -> None:
    """One schema for one file and for distributed SQL."""
    assert all(raw(f"PRAGMA foreign_key_list({table})") == [] for table in tables(raw))
    assert {kind for (kind,) in raw("SELECT DISTINCT type FROM sqlite_master")} == {"table", "index"}
    assert "sqlite_sequence" not in tables(raw)


@pytest.mark.usefixtures("full")
def test_every_name_has_the_prefix(raw: Raw) -> None:
    """A host's own tables and indexes keep their names."""
    named = raw("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_autoindex%'")
    assert [name for (name,) in named if not name.startswith("resolutionkit_")] == []


@pytest.mark.usefixtures("full")
def test_every_string_column_has_a_maximum(raw: Raw) -> None:
    """Bodies are text; all others are VARCHAR with a length."""
    bodies = {"body", "people", "payload", "advice"}
    for table in tables(raw):
        for column, kind in columns(raw, table).items():
            assert kind.startswith(("VARCHAR(", "INTEGER", "BIGINT", "SMALLINT", "FLOAT")) or (
                kind,
                column in bodies,
            ) == (
                "TEXT",
                True,
            )
