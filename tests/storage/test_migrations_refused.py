"""Migrations that are refused, and what the refusal says: versions, names, revisions, databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolutionkit import InvalidValue, MissingExtra, PluginError, StorageError, Tracker
from resolutionkit.errors import NotADatabase, SchemaMismatch
from resolutionkit.storage.sql import migrating
from resolutionkit.storage.sql.tables import make_tables
from support.migrations import FIRST, REVISION, SECOND, open_tracker
from support.schemas import run, tables_in


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'recovery.db'}"


@pytest.mark.usefixtures("second")
def test_the_store_refuses_tables_of_a_newer_version(url: str) -> None:
    """It says which they are of and which it knows, and so do migrations of a package that lacks the revision."""
    migrating.upgrade(url)
    with pytest.raises(SchemaMismatch, match=r"'resolutionkit_0002', and .* knows .*0001'.*a newer one wrote them"):
        open_tracker(url)


def test_migrations_refuse_tables_of_a_version_that_they_do_not_know(url: str) -> None:
    """Neither up nor down touches what a newer package made, and none of it is a traceback of Alembic's."""
    migrating.upgrade(url)
    run(url, f"UPDATE resolutionkit_meta SET value = '{SECOND}'")
    run(url, f"UPDATE resolutionkit_alembic_version SET version_num = '{SECOND}'")
    for act in (lambda: migrating.upgrade(url), lambda: migrating.downgrade(url, to="base")):
        with pytest.raises(SchemaMismatch, match="a newer one wrote them"):
            act()
    assert migrating.state(url).version == SECOND
    assert migrating.state(url).pending == ()
    assert "a newer one wrote them" in migrating.check(url)[0]


def test_the_store_sends_older_and_missing_tables_to_the_migrations(url: str) -> None:
    """The error names the command that helps."""
    run(url, "CREATE TABLE own (id INTEGER PRIMARY KEY)")
    with pytest.raises(SchemaMismatch, match="run `resolutionkit db upgrade`"):
        open_tracker(url)
    migrating.upgrade(url)
    run(url, "UPDATE resolutionkit_meta SET value = 'resolutionkit_0000'")
    with pytest.raises(SchemaMismatch, match=r"'resolutionkit_0000'.*run `resolutionkit db upgrade`"):
        open_tracker(url)


def test_tables_that_say_two_versions_are_left_alone(url: str) -> None:
    """Half of a restored backup is not guessed at."""
    migrating.upgrade(url)
    run(url, "DELETE FROM resolutionkit_alembic_version")
    with pytest.raises(SchemaMismatch, match="restore both from one backup"):
        migrating.upgrade(url)


@pytest.mark.usefixtures("second")
def test_an_upgrade_goes_as_far_as_it_is_told_and_never_back(url: str) -> None:
    """With --to an older revision, tables that are further on stay as they are."""
    assert migrating.upgrade(url, to=FIRST) == (FIRST,)
    assert migrating.upgrade(url) == (SECOND,)
    assert migrating.upgrade(url, to=FIRST) == ()
    assert migrating.downgrade(url, to="base") == (SECOND, FIRST)
    assert tables_in(url) == set()


def test_wrong_revisions_databases_and_files_are_told(tmp_path: Path) -> None:
    """Each error says what there is instead, and no file is made by asking for one."""
    url = f"sqlite:///{tmp_path / 'none.db'}"
    with pytest.raises(InvalidValue, match="one of head, resolutionkit_0001"):
        migrating.upgrade(url, to="nope")
    with pytest.raises(InvalidValue, match="one of base, resolutionkit_0001"):
        migrating.downgrade(url, to="head")
    with pytest.raises(InvalidValue, match="one of sqlite, postgresql, mysql, mariadb, dsql"):
        migrating.script("oracle")
    for ask in (migrating.state, migrating.check, lambda where: migrating.downgrade(where, to="base")):
        with pytest.raises(NotADatabase, match="no file"):
            ask(url)
    for wrong in ("memory:", "oracle://secret@host/x", "nothing"):
        with pytest.raises(StorageError, match="migrations are for SQL databases") as told:
            migrating.upgrade(wrong)
        assert "secret" not in str(told.value)
    with pytest.raises(StorageError, match="not for int"):
        migrating.upgrade(7)  # type: ignore[arg-type]
    assert not (tmp_path / "none.db").exists()


@pytest.mark.usefixtures("second")
def test_a_host_s_revision_among_ours_is_told_as_such(tmp_path: Path) -> None:
    """Alembic puts one there where nobody tells it where to; our versions would be other ones from then on."""
    stranger = tmp_path / "later" / "f5bc8ebe0946_first.py"
    stranger.write_text(REVISION.replace(SECOND, "f5bc8ebe0946"), encoding="utf-8")
    with pytest.raises(SchemaMismatch, match=r"f5bc8ebe0946_first\.py is no revision of resolutionkit; move it"):
        migrating.state(f"sqlite:///{tmp_path / 'recovery.db'}")


@pytest.mark.parametrize("place", ["missing/recovery.db", ".", "junk.db"], ids=["no-folder", "a-folder", "a-text"])
def test_a_place_where_no_database_can_be_is_told_as_such(tmp_path: Path, place: str) -> None:
    """A missing folder, a folder, a file of something else: as when a tracker is opened."""
    (tmp_path / "junk.db").write_text("This is no database. " * 100)
    with pytest.raises(NotADatabase):
        migrating.upgrade(f"sqlite:///{tmp_path / place}")


@pytest.mark.parametrize(
    ("url", "instead"), [("postgres://h/x", "postgresql:"), ("recovery.db", "sqlite:///")], ids=["scheme", "file"]
)
def test_a_url_that_is_nearly_one_is_told_what_is_missing(url: str, instead: str) -> None:
    """A scheme that others use, and a file's name alone; opening a tracker says the same."""
    with pytest.raises(StorageError, match=instead):
        migrating.upgrade(url)
    with pytest.raises(PluginError, match=instead):
        Tracker.open(url)


def test_without_alembic_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for every optional dependency."""
    monkeypatch.setattr(migrating, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"resolutionkit\[sql\]"):
        migrating.script("sqlite")


@pytest.mark.parametrize("prefix", ["9x", "A", "a-b", "x" * 31, 'a"b', None], ids=repr)
def test_a_prefix_that_makes_no_names_is_refused(prefix: object) -> None:
    """Quotes, capitals and names that PostgreSQL would cut never reach a statement."""
    with pytest.raises(InvalidValue, match="prefix"):
        migrating.script("postgresql", prefix=prefix)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="schema"):
        migrating.script("postgresql", schema='a"b')


def test_the_longest_names_fit_into_postgresql() -> None:
    """With the longest prefix, no name is longer than the 63 bytes that it keeps."""
    tables = make_tables("x" * 30)
    named = [one.name for table in tables.metadata.sorted_tables for one in (table, *table.indexes)]
    assert max(len(str(name)) for name in [*named, tables.alembic.name]) <= 63


def test_a_url_with_an_asynchronous_driver_is_migrated_too(tmp_path: Path) -> None:
    """An application that runs on such a URL need not have a second one for its migrations."""
    path = tmp_path / "recovery.db"
    assert migrating.upgrade(f"sqlite+aiosqlite:///{path}") == (FIRST,)
    assert migrating.check(f"sqlite:///{path}") == ()
