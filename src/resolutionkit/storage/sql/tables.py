"""The tables: one schema for one SQLite file and for distributed SQL. What a row means stands in ``rows``.

Every key starts with the account. There are no foreign keys, sequences, triggers or partial indexes; ids are made
by the caller, instants are microseconds in UTC, JSON is text, and every string has a maximum and binary order.

Personal text lives in three tables only: ``response_revisions``, ``texts`` and ``addresses``. All others hold
ids, codes and numbers, so that erasing a person is an update in those three; ``preferences`` has conditions as somebody
typed them, and an address is taken out of those as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen
from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, SmallInteger, String, Table

from resolutionkit.errors import InvalidValue
from resolutionkit.model.values import ACCOUNT_MAX, CODE_MAX
from resolutionkit.storage.sql.column_types import Body, CodePoints, measure

SCHEMA_VERSION = "resolutionkit_0001"
"""The version of this schema, kept in ``meta``: the last of the revisions in ``migrations``."""
ID_MAX = 36
CHANNEL_MAX = 64
HASH_MAX = 64
DEFAULT_PREFIX = "resolutionkit_"
_PREFIX = re.compile(r"([a-z_][a-z0-9_]{0,29})?")
"""The longest name behind a prefix has 24 characters, and PostgreSQL knows names of at most 63 bytes."""
_SCHEMA = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}")

_LONG_ROWS = frozenset({"response_revisions", "texts"})
"""The tables whose rows may be longer than a page: there a tree of keys beside the rows is the better one."""

_MakeIndex: TypeAlias = Callable[..., Index]


def _account() -> Column[str]:
    return Column("account", CodePoints(ACCOUNT_MAX), primary_key=True)


def _key(name: str, length: int) -> Column[str]:
    return Column(name, CodePoints(length), primary_key=True)


def _code(name: str, length: int = CODE_MAX) -> Column[str]:
    """Return a code that is empty where it is missing: NULL sorts differently in every database."""
    return Column(name, CodePoints(length), nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _flag(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False)


def _instant(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


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
    issues: Table
    parties: Table
    events: Table
    texts: Table
    addresses: Table
    outbox: Table
    deliveries: Table
    remembered: Table
    preferences: Table
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
        return Table(f"{prefix}{name}", metadata, _account(), *parts, sqlite_with_rowid=name in _LONG_ROWS)

    def index(name: str, *columns: str) -> Index:
        return Index(f"{prefix}{name}", "account", *columns)

    return Tables(
        metadata=metadata,
        prefix=prefix,
        alembic=_version_table(prefix, schema),
        meta=table("meta", _key("name", 64), _code("value")),
        responses=table("responses", *_response_columns(), *_response_indexes(index)),
        response_revisions=table(
            "response_revisions",
            _key("response", CODE_MAX),
            Column("revision", Integer, primary_key=True, autoincrement=False),
            Column("body", Body(), nullable=False),
        ),
        response_people=table(
            "response_people",
            _key("person", CODE_MAX),
            _key("id", CODE_MAX),
            _instant("received_at"),
            index("response_people_newest", "person", "received_at", "id"),
            index("response_people_response", "id"),
        ),
        heads=table("heads", _key("survey", CODE_MAX), _key("ticket", CODE_MAX), _code("response")),
        issues=table("issues", *_issue_columns(), *_issue_indexes(index)),
        parties=table("parties", *_party_columns(), *_party_indexes(index)),
        events=table("events", *_event_columns()),
        texts=table(
            "texts",
            _key("issue", ID_MAX),
            Column("number", Integer, primary_key=True, autoincrement=False),
            Column("body", Body(), nullable=False),
        ),
        addresses=table(
            "addresses",
            _key("id", ID_MAX),
            _code("address"),
            Index(f"{prefix}addresses_address", "account", "address", unique=True),
        ),
        outbox=table(
            "outbox",
            *_outbox_columns(),
            index("outbox_issue", "issue", "response", "id"),
            Index(f"{prefix}outbox_due", "due_at", "account", "id"),
        ),
        deliveries=table("deliveries", *_delivery_columns(), *_delivery_indexes(prefix, index)),
        remembered=table("remembered", *_remembered_columns()),
        preferences=table(
            "preferences",
            _key("person", CODE_MAX),
            Column("body", Body(), nullable=False),
            _flag("watches"),
            index("preferences_watches", "watches", "person"),
        ),
        alerts=table("alerts", *_alert_columns(), Index(f"{prefix}alerts_due", "due_at", "account", "response")),
        digests=table(
            "digests",
            *_digest_columns(),
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


def _response_columns() -> list[Column[str] | Column[int] | Column[float]]:
    return [
        _key("id", CODE_MAX),
        _number("revision"),
        _instant("recorded_at"),
        _instant("received_at"),
        _code("survey"),
        _code("ticket"),
        _code("group_code"),
        _code("segment"),
        _code("scale"),
        _code("category", 16),
        Column("threshold", measure(), nullable=False),
        _flag("needs_recovery"),
        _code("standing", 16),
        _code("replaced_by"),
        _code("issue", ID_MAX),
        _code("scope_group"),
        Column("people", Body(), nullable=False),
        _code("email_hash", HASH_MAX),
        _code("company_hash", HASH_MAX),
        _instant("erased_at"),
    ]


def _response_indexes(index: _MakeIndex) -> list[Index]:
    return [
        index("responses_newest", "received_at", "id"),
        index("responses_group", "scope_group", "received_at", "id"),
        index("responses_issue", "issue", "received_at", "id"),
        index("responses_ticket", "ticket", "received_at", "id"),
        index("responses_email", "email_hash", "received_at", "id"),
        index("responses_company", "company_hash", "received_at", "id"),
    ]


def _issue_columns() -> list[Column[str] | Column[int] | Column[float]]:
    return [
        _key("id", ID_MAX),
        _number("version"),
        _code("status"),
        _code("phase", 16),
        _code("assignee"),
        _code("response"),
        _number("revision"),
        _instant("received_at"),
        Column("score", measure(), nullable=False),
        _code("survey"),
        _code("ticket"),
        _code("group_code"),
        _code("segment"),
        _code("email_hash", HASH_MAX),
        _code("company_hash", HASH_MAX),
        _flag("urgency"),
        _instant("due_at"),
        _number("episode"),
        _number("level"),
        _instant("opened_at"),
        Column("closed_at", BigInteger, nullable=True),
        _instant("changed_at"),
        _flag("needs_recovery"),
        _flag("backfilled"),
        _number("note_count"),
        _flag("has_spoken"),
    ]


NEWEST = ("received_at", "id")
URGENT = ("urgency", "due_at", "received_at", "id")
ORDERS: dict[str, tuple[str, ...]] = {"newest": NEWEST, "urgent": URGENT}
"""The orders of lists by the word with which the names of their indexes end."""


def _issue_indexes(index: _MakeIndex) -> list[Index]:
    return [
        index("issues_newest", "phase", *NEWEST),
        index("issues_urgent", "phase", *URGENT),
        index("issues_group_newest", "group_code", "phase", *NEWEST),
        index("issues_group_urgent", "group_code", "phase", *URGENT),
        index("issues_email", "email_hash", *NEWEST),
        index("issues_company", "company_hash", *NEWEST),
        index("issues_ticket", "ticket", *NEWEST),
    ]


def _party_columns() -> list[Column[str] | Column[int] | Column[float]]:
    """Return one row for each person of an issue and role: its sort keys make a person's lists covering reads."""
    return [
        _key("person", CODE_MAX),
        _key("role", 16),
        _key("id", ID_MAX),
        _code("phase", 16),
        _code("group_code"),
        _flag("urgency"),
        _instant("due_at"),
        _instant("received_at"),
    ]


def _party_indexes(index: _MakeIndex) -> list[Index]:
    return [
        index("parties_newest", "person", "role", "phase", *NEWEST, "group_code"),
        index("parties_urgent", "person", "role", "phase", *URGENT),
        index("parties_issue", "id"),
    ]


def _event_columns() -> list[Column[str] | Column[int] | Column[float]]:
    return [
        _key("issue", ID_MAX),
        Column("number", Integer, primary_key=True, autoincrement=False),
        _code("id", ID_MAX),
        _instant("at"),
        _code("actor"),
        _code("cause_kind", 16),
        Column("cause_ref", CodePoints(CODE_MAX), nullable=True),
        _code("policy", 16),
        _code("kind", 64),
        _number("format"),
        Column("payload", Body(), nullable=False),
        _code("response"),
        _number("revision"),
    ]


def _outbox_columns() -> list[Column[str] | Column[int] | Column[float]]:
    return [
        _key("id", ID_MAX),
        _code("issue", ID_MAX),
        _code("response"),
        _number("first_event"),
        _number("last_event"),
        _code("recipient"),
        _code("topic", 32),
        _code("why", 190),
        _instant("created_at"),
        _flag("is_urgent"),
        _instant("digest_at"),
        _instant("due_at"),
    ]


def _delivery_columns() -> list[Column[str] | Column[int] | Column[float]]:
    return [
        _key("message", ID_MAX),
        _key("channel", CHANNEL_MAX),
        _code("issue", ID_MAX),
        _number("first_event"),
        _code("recipient"),
        _code("fate", 16),
        _code("reason"),
        _number("attempts"),
        _instant("due_at"),
        _code("lease", ID_MAX),
        _instant("changed_at"),
    ]


def _delivery_indexes(prefix: str, index: _MakeIndex) -> list[Index]:
    """Return the indexes; workers ask what is due over all accounts, and so one of them begins with no account."""
    return [
        Index(f"{prefix}deliveries_due", "channel", "due_at", "account", "message"),
        index("deliveries_issue", "issue", "first_event"),
        index("deliveries_recipient", "recipient", "message"),
        index("deliveries_fate", "fate", "message"),
    ]


def _remembered_columns() -> list[Column[str] | Column[int] | Column[float]]:
    return [
        _key("actor", CODE_MAX),
        _key("key", CODE_MAX),
        _code("fingerprint", HASH_MAX),
        _code("issue", ID_MAX),
        _number("first_event"),
        _number("last_event"),
        Column("advice", Body(), nullable=False),
        _instant("at"),
    ]


def _instant_key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _alert_columns() -> list[Column[str] | Column[int]]:
    """Return one row for each response that a daily alert tells; it stays when it was told, and is due no more."""
    revision = Column("revision", Integer, primary_key=True, autoincrement=False)
    return [
        _instant_key("due_at"),
        _key("response", CODE_MAX),
        revision,
        _instant_key("since_at"),
        _flag("is_repaired"),
    ]


def _digest_columns() -> list[Column[str] | Column[int]]:
    """Return one row for each person and window of which the person was told; due is the text that is not written."""
    key, why, body = _key("recipient", CODE_MAX), _code("why", 190), Column("body", Body(), nullable=False)
    return [key, _instant_key("end_at"), _instant("start_at"), why, body, _instant("text_at"), _instant("due_at")]
