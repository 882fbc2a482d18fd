"""The tables: one schema for one SQLite file and for distributed SQL. What a row means stands in ``rows``.

Every key starts with the account. There are no foreign keys, sequences, triggers or partial indexes; ids are made
by the caller, instants are microseconds in UTC, JSON is text, and every string has a maximum and binary order.

Personal text lives in three tables only: ``response_revisions``, ``texts`` and ``addresses``. All others hold
ids, codes and numbers, so that erasing a person is an update in those three; ``preferences`` has conditions as somebody
typed them, ``policies`` whom rules name, and an address is taken out of those as well.
"""

from __future__ import annotations

import re

from attrs import frozen
from sqlalchemy import Column, Index, Integer, MetaData, PrimaryKeyConstraint, String, Table

from resolutionkit.errors import InvalidValue
from resolutionkit.model.values import CODE_MAX
from resolutionkit.storage.sql.column_types import Body
from resolutionkit.storage.sql.columns import (
    ID_MAX,
    account_key,
    alert_columns,
    code,
    delivery_columns,
    delivery_indexes,
    digest_columns,
    event_columns,
    flag,
    instant,
    issue_columns,
    issue_indexes,
    key,
    outbox_columns,
    party_columns,
    party_indexes,
    remembered_columns,
    response_columns,
    response_indexes,
)

SCHEMA_VERSION = "resolutionkit_0001"
"""The version of this schema, kept in ``meta``: the last of the revisions in ``migrations``."""
DEFAULT_PREFIX = "resolutionkit_"
_PREFIX = re.compile(r"([a-z_][a-z0-9_]{0,29})?")
"""The longest name behind a prefix has 24 characters, and PostgreSQL knows names of at most 63 bytes."""
_SCHEMA = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}")

_LONG_ROWS = frozenset({"response_revisions", "texts", "policies"})
"""The tables whose rows may be longer than a page: there a tree of keys beside the rows is the better one."""


@frozen(kw_only=True)
class Tables:
    """The tables under one prefix and schema.

    Attributes:
        metadata: All of them but Alembic's.
        prefix: What their names begin with.
        alembic: Where Alembic notes what it has run, where it runs our revisions by themselves. It is as Alembic makes
            it: one row, and so the one table that is keyed by no account.
    """

    metadata: MetaData
    prefix: str
    alembic: Table
    meta: Table
    responses: Table
    response_revisions: Table
    response_people: Table
    heads: Table
    quarantine: Table
    issues: Table
    parties: Table
    events: Table
    texts: Table
    addresses: Table
    outbox: Table
    deliveries: Table
    remembered: Table
    preferences: Table
    policies: Table
    alerts: Table
    digests: Table


def make_tables(prefix: str = DEFAULT_PREFIX, schema: str | None = None) -> Tables:
    """Return the tables.

    Args:
        prefix: What every table's and index's name begins with; may be empty.
        schema: The database schema, or None for the connection's own.

    Raises:
        InvalidValue: One of them cannot be used in names.
    """
    check_names(prefix, schema)
    metadata = MetaData(schema=schema)

    def table(name: str, *parts: Column[str] | Column[int] | Column[float] | Index) -> Table:
        # SQLite keeps the rows in the primary key itself, unless told otherwise: one tree less to write for each table.
        return Table(f"{prefix}{name}", metadata, account_key(), *parts, sqlite_with_rowid=name in _LONG_ROWS)

    def index(name: str, *columns: str) -> Index:
        return Index(f"{prefix}{name}", "account", *columns)

    return Tables(
        metadata=metadata,
        prefix=prefix,
        alembic=_version_table(prefix, schema),
        meta=table("meta", key("name", 64), code("value")),
        responses=table("responses", *response_columns(), *response_indexes(index)),
        response_revisions=table(
            "response_revisions",
            key("response", CODE_MAX),
            Column("revision", Integer, primary_key=True, autoincrement=False),
            Column("body", Body(), nullable=False),
        ),
        response_people=table(
            "response_people",
            key("person", CODE_MAX),
            key("id", CODE_MAX),
            instant("received_at"),
            index("response_people_newest", "person", "received_at", "id"),
            index("response_people_response", "id"),
        ),
        heads=table("heads", key("survey", CODE_MAX), key("ticket", CODE_MAX), code("response")),
        quarantine=table(
            "quarantine",
            key("id", CODE_MAX),
            instant("received_at"),
            index("quarantine_newest", "received_at", "id"),
        ),
        issues=table("issues", *issue_columns(), *issue_indexes(prefix, index)),
        parties=table("parties", *party_columns(), *party_indexes(index)),
        events=table("events", *event_columns()),
        texts=table(
            "texts",
            key("issue", ID_MAX),
            Column("number", Integer, primary_key=True, autoincrement=False),
            Column("body", Body(), nullable=False),
        ),
        addresses=table(
            "addresses",
            key("id", ID_MAX),
            code("address"),
            Index(f"{prefix}addresses_address", "account", "address", unique=True),
        ),
        outbox=table(
            "outbox",
            *outbox_columns(),
            index("outbox_issue", "issue", "response", "id"),
            Index(f"{prefix}outbox_due", "due_at", "account", "id"),
        ),
        deliveries=table("deliveries", *delivery_columns(), *delivery_indexes(prefix, index)),
        remembered=table("remembered", *remembered_columns()),
        preferences=table(
            "preferences",
            key("person", CODE_MAX),
            Column("body", Body(), nullable=False),
            flag("watches"),
            index("preferences_watches", "watches", "person"),
        ),
        policies=table(
            "policies",
            key("fingerprint", 16),
            instant("first_used_at"),
            Column("body", Body(), nullable=False),
        ),
        alerts=table("alerts", *alert_columns(), Index(f"{prefix}alerts_due", "due_at", "account", "response")),
        digests=table(
            "digests",
            *digest_columns(),
            index("digests_text", "due_at", "recipient"),
            Index(f"{prefix}digests_due", "due_at", "account", "recipient"),
        ),
    )


def check_names(prefix: object, schema: object) -> None:
    """Refuse a prefix or a schema that would make names which some database does not take.

    Raises:
        InvalidValue: It would.
    """
    if not isinstance(prefix, str) or _PREFIX.fullmatch(prefix) is None:
        allowed = "at most 30 lower-case letters, digits and underscores, of which a digit is not the first"
        raise InvalidValue("prefix", prefix, allowed)
    if schema is not None and (not isinstance(schema, str) or _SCHEMA.fullmatch(schema) is None):
        raise InvalidValue("schema", schema, "a name of at most 63 letters, digits and underscores, or None")


def _version_table(prefix: str, schema: str | None) -> Table:
    name = f"{prefix}alembic_version"
    key = PrimaryKeyConstraint("version_num", name=f"{name}_pkc")
    return Table(name, MetaData(), Column("version_num", String(32), nullable=False), key, schema=schema)
