"""What the columns and indexes of each table are, and how each kind of column is made; they meet in ``tables``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger

from resolutionkit.model.values import ACCOUNT_MAX, CODE_MAX
from resolutionkit.storage.sql.column_types import Body, CodePoints, measure

ID_MAX = 36
CHANNEL_MAX = 64
HASH_MAX = 64

MakeIndex: TypeAlias = Callable[..., Index]


def account_key() -> Column[str]:
    """Return the first column of every key: whose row it is."""
    return Column("account", CodePoints(ACCOUNT_MAX), primary_key=True)


def key(name: str, length: int) -> Column[str]:
    """Return a column of the key, for text."""
    return Column(name, CodePoints(length), primary_key=True)


def code(name: str, length: int = CODE_MAX) -> Column[str]:
    """Return a code that is empty where it is missing: NULL sorts differently in every database."""
    return Column(name, CodePoints(length), nullable=False)


def number(name: str) -> Column[int]:
    """Return a whole number."""
    return Column(name, Integer, nullable=False)


def flag(name: str) -> Column[int]:
    """Return a small number: what is true or false, or has a few grades."""
    return Column(name, SmallInteger, nullable=False)


def instant(name: str) -> Column[int]:
    """Return an instant, in microseconds of UTC."""
    return Column(name, BigInteger, nullable=False)


def response_columns() -> list[Column[str] | Column[int] | Column[float]]:
    """Return one row for each response: what was decided about it, its codes and hashes."""
    return [
        key("id", CODE_MAX),
        number("revision"),
        instant("recorded_at"),
        instant("received_at"),
        code("survey"),
        code("ticket"),
        code("group_code"),
        code("segment"),
        code("scale"),
        code("category", 16),
        Column("threshold", measure(), nullable=False),
        flag("needs_recovery"),
        code("standing", 16),
        code("replaced_by"),
        code("issue", ID_MAX),
        code("scope_group"),
        Column("people", Body(), nullable=False),
        code("email_hash", HASH_MAX),
        code("company_hash", HASH_MAX),
        instant("erased_at"),
        code("quarantined_for", 32),  # no longer than needed: by it PostgreSQL guesses how many rows a page has
        instant("quarantined_since"),
        instant("repaired_at"),
    ]


def response_indexes(index: MakeIndex) -> list[Index]:
    """Return what responses are found by."""
    return [
        index("responses_newest", "received_at", "id"),
        index("responses_group", "scope_group", "received_at", "id"),
        index("responses_issue", "issue", "received_at", "id"),
        index("responses_ticket", "ticket", "received_at", "id"),
        index("responses_email", "email_hash", "received_at", "id"),
        index("responses_company", "company_hash", "received_at", "id"),
    ]


def issue_columns() -> list[Column[str] | Column[int] | Column[float]]:
    """Return one row for each issue: what lists show and sort by."""
    return [
        key("id", ID_MAX),
        number("version"),
        code("status"),
        code("phase", 16),
        code("assignee"),
        code("response"),
        number("revision"),
        instant("received_at"),
        Column("score", measure(), nullable=False),
        code("survey"),
        code("ticket"),
        code("group_code"),
        code("segment"),
        code("email_hash", HASH_MAX),
        code("company_hash", HASH_MAX),
        flag("urgency"),
        instant("due_at"),
        instant("wake_at"),
        number("episode"),
        number("level"),
        instant("opened_at"),
        Column("closed_at", BigInteger, nullable=True),
        instant("changed_at"),
        flag("needs_recovery"),
        flag("backfilled"),
        number("note_count"),
        flag("has_spoken"),
    ]


NEWEST = ("received_at", "id")
URGENT = ("urgency", "due_at", "received_at", "id")
ORDERS: dict[str, tuple[str, ...]] = {"newest": NEWEST, "urgent": URGENT}
"""The orders of lists by the word with which the names of their indexes end."""


def issue_indexes(prefix: str, index: MakeIndex) -> list[Index]:
    """Return the indexes; timers ask which issues wait over all accounts, and so one of them begins with no account."""
    return [
        Index(f"{prefix}issues_wake", "wake_at", "account", "id"),
        index("issues_newest", "phase", *NEWEST),
        index("issues_urgent", "phase", *URGENT),
        index("issues_group_newest", "group_code", "phase", *NEWEST),
        index("issues_group_urgent", "group_code", "phase", *URGENT),
        index("issues_email", "email_hash", *NEWEST),
        index("issues_company", "company_hash", *NEWEST),
        index("issues_ticket", "ticket", *NEWEST),
    ]


def party_columns() -> list[Column[str] | Column[int] | Column[float]]:
    """Return one row for each person of an issue and role: its sort keys make a person's lists covering reads."""
    return [
        key("person", CODE_MAX),
        key("role", 16),
        key("id", ID_MAX),
        code("phase", 16),
        code("group_code"),
        flag("urgency"),
        instant("due_at"),
        instant("received_at"),
    ]


def party_indexes(index: MakeIndex) -> list[Index]:
    """Return what a person's issues are found by, in either order."""
    return [
        index("parties_newest", "person", "role", "phase", *NEWEST, "group_code"),
        index("parties_urgent", "person", "role", "phase", *URGENT),
        index("parties_issue", "id"),
    ]


def event_columns() -> list[Column[str] | Column[int] | Column[float]]:
    """Return one row for each event, without personal words."""
    return [
        key("issue", ID_MAX),
        Column("number", Integer, primary_key=True, autoincrement=False),
        code("id", ID_MAX),
        instant("at"),
        code("actor"),
        code("cause_kind", 16),
        Column("cause_ref", CodePoints(CODE_MAX), nullable=True),
        code("policy", 16),
        code("kind", 64),
        number("format"),
        Column("payload", Body(), nullable=False),
        code("response"),
        number("revision"),
    ]


def outbox_columns() -> list[Column[str] | Column[int] | Column[float]]:
    """Return one row for each message that is due to somebody."""
    return [
        key("id", ID_MAX),
        code("issue", ID_MAX),
        code("response"),
        number("first_event"),
        number("last_event"),
        code("recipient"),
        code("topic", 32),
        code("why", 190),
        instant("created_at"),
        flag("is_urgent"),
        instant("digest_at"),
        instant("due_at"),
    ]


def delivery_columns() -> list[Column[str] | Column[int] | Column[float]]:
    """Return one row for each message and channel: the queue, and the ledger."""
    return [
        key("message", ID_MAX),
        key("channel", CHANNEL_MAX),
        code("issue", ID_MAX),
        number("first_event"),
        code("recipient"),
        code("fate", 16),
        code("reason"),
        number("attempts"),
        instant("due_at"),
        code("lease", ID_MAX),
        instant("changed_at"),
    ]


def delivery_indexes(prefix: str, index: MakeIndex) -> list[Index]:
    """Return the indexes; workers ask what is due over all accounts, and so one of them begins with no account."""
    return [
        Index(f"{prefix}deliveries_due", "channel", "due_at", "account", "message"),
        index("deliveries_issue", "issue", "first_event"),
        index("deliveries_recipient", "recipient", "message"),
        index("deliveries_fate", "fate", "message"),
    ]


def remembered_columns() -> list[Column[str] | Column[int] | Column[float]]:
    """Return one row for each key under which somebody gave a command."""
    return [
        key("actor", CODE_MAX),
        key("key", CODE_MAX),
        code("fingerprint", HASH_MAX),
        code("issue", ID_MAX),
        number("first_event"),
        number("last_event"),
        Column("advice", Body(), nullable=False),
        instant("at"),
    ]


def instant_key(name: str) -> Column[int]:
    """Return an instant that is a part of the key."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def alert_columns() -> list[Column[str] | Column[int]]:
    """Return one row for each response that a daily alert tells; it stays when it was told, and is due no more."""
    revision = Column("revision", Integer, primary_key=True, autoincrement=False)
    return [
        instant_key("due_at"),
        key("response", CODE_MAX),
        revision,
        instant_key("since_at"),
        flag("is_repaired"),
    ]


def digest_columns() -> list[Column[str] | Column[int]]:
    """Return one row for each person and window of which the person was told; due is the text that is not written."""
    return [
        key("recipient", CODE_MAX),
        instant_key("end_at"),
        instant("start_at"),
        code("why", 190),
        Column("body", Body(), nullable=False),
        instant("text_at"),
        instant("due_at"),
    ]
