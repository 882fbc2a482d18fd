"""The schema's rules on database servers, by what the server itself says; SQLite's are in ``test_schema``."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from support.schemas import KINDS, OVER_ALL
from support.servers import SERVERS, shared_database

OURS = 15
BINARY = {"postgresql": "C", "mariadb": "utf8mb4_nopad_bin"}
BODIES = {"body", "people", "payload", "advice"}


@pytest.fixture(params=SERVERS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return the kind of server."""
    return str(request.param)


@pytest.fixture
def found(kind: str) -> dict[str, dict[str, Any]]:
    """Return what the server says of each table of ours."""
    engine = create_engine(shared_database(kind))
    inspector = inspect(engine)
    # Tests of this process that share the database may have put a host's tables beside ours.
    names = [one for one in inspector.get_table_names() if one.startswith("resolutionkit_")]
    names.remove("resolutionkit_alembic_version")
    told = {
        name: {
            "columns": inspector.get_columns(name),
            "key": inspector.get_pk_constraint(name)["constrained_columns"],
            "indexes": inspector.get_indexes(name),
            "unique": inspector.get_unique_constraints(name),
            "foreign": inspector.get_foreign_keys(name),
            "checks": inspector.get_check_constraints(name),
        }
        for name in names
    }
    engine.dispose()
    return told


def asked(kind: str, question: str) -> list[Any]:
    """Return the first column of what the server answers."""
    engine = create_engine(shared_database(kind))
    with engine.connect() as connection:
        rows = list(connection.execute(text(question)).scalars())
    engine.dispose()
    return rows


def test_the_servers_are_those_that_migrations_are_tested_on() -> None:
    """A server that joins gets its binary collation told here."""
    assert set(BINARY) == set(SERVERS) == set(KINDS) - {"sqlite"}


def test_every_key_and_index_starts_with_the_account(found: dict[str, dict[str, Any]]) -> None:
    """So that one account's rows lie together, and no read crosses accounts but a worker's, who asks what is due."""
    assert len(found) == OURS
    for name, table in found.items():
        assert table["key"][0] == "account", name
        for index in table["indexes"]:
            expected = OVER_ALL.get(index["name"].removeprefix("resolutionkit_"), "account")
            assert index["column_names"][0] == expected, index["name"]
        assert all(unique["column_names"][0] == "account" for unique in table["unique"])


def test_every_string_has_binary_order_and_a_maximum(kind: str, found: dict[str, dict[str, Any]]) -> None:
    """Codes and ids are sorted by code points, whatever the database's own language is; bodies are never compared."""
    for name, table in found.items():
        for column in table["columns"]:
            length = getattr(column["type"], "length", None)
            if column["name"] in BODIES:
                assert str(column["type"]).startswith(("TEXT", "MEDIUMTEXT")), (name, column)
            elif "CHAR" in str(column["type"]):
                assert column["type"].collation == BINARY[kind], (name, column)
                assert 0 < length <= 190, (name, column)
            else:
                assert str(column["type"]).startswith(("INTEGER", "BIGINT", "SMALLINT", "DOUBLE")), (name, column)


def test_instants_are_large_integers(found: dict[str, dict[str, Any]]) -> None:
    """Microseconds do not fit into 32 bits."""
    instants = [
        (column["name"], str(column["type"]))
        for table in found.values()
        for column in table["columns"]
        if column["name"] == "at" or column["name"].endswith("_at")
    ]
    assert len(instants) > 10
    assert {shown for _, shown in instants} == {"BIGINT"}


def test_there_is_nothing_but_tables_and_indexes(kind: str, found: dict[str, dict[str, Any]]) -> None:
    """No foreign key, check, default, sequence, trigger, view, function or partial index."""
    assert all(table["foreign"] == [] and table["checks"] == [] for table in found.values())
    assert {column["default"] for table in found.values() for column in table["columns"]} == {None}
    assert not any(column.get("autoincrement") is True for table in found.values() for column in table["columns"])
    if kind == "postgresql":
        ours = "relnamespace = 'public'::regnamespace"
        assert set(asked(kind, f"SELECT relkind::text FROM pg_class WHERE {ours}")) == {"r", "i"}
        assert asked(kind, "SELECT COUNT(*) FROM pg_index WHERE indpred IS NOT NULL") == [0]
        assert asked(kind, "SELECT COUNT(*) FROM pg_trigger") == [0]
        assert asked(kind, "SELECT COUNT(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace") == [0]
    else:
        here = "= DATABASE()"
        assert asked(kind, f"SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema {here}") == [0]
        assert asked(kind, f"SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema {here}") == [0]
        kinds = f"SELECT DISTINCT table_type FROM information_schema.tables WHERE table_schema {here}"
        assert asked(kind, kinds) == ["BASE TABLE"]
