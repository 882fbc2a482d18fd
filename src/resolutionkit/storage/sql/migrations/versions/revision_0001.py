"""The first tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, SmallInteger

from resolutionkit.storage.sql.column_types import Body, CodePoints, measure
from resolutionkit.storage.sql.migrations.environment import drop_table, make_table, note_first_version

revision = "resolutionkit_0001"
down_revision = None
branch_labels: tuple[str, ...] = ("resolutionkit",)
depends_on = None

_CODE, _ID, _HASH = 190, 36, 64
_LONG_ROWS = {"response_revisions", "texts", "policies"}
_UNIQUE = {"addresses_address"}
_NEWEST = ("received_at", "id")
_URGENT = ("urgency", "due_at", *_NEWEST)


def _key(name: str, length: int = _CODE) -> Column[str]:
    return Column(name, CodePoints(length), primary_key=True)


def _number_key(name: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


def _instant_key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _code(name: str, length: int = _CODE, *, may_lack: bool = False) -> Column[str]:
    return Column(name, CodePoints(length), nullable=may_lack)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _flag(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False)


def _instant(name: str, *, may_lack: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=may_lack)


def _measure(name: str) -> Column[float]:
    return Column(name, measure(), nullable=False)


def _body(name: str) -> Column[str]:
    return Column(name, Body(), nullable=False)


def _columns() -> Mapping[str, list[Column[Any]]]:
    return {
        "meta": [_key("name", 64), _code("value")],
        "responses": [
            _key("id"),
            _number("revision"),
            _instant("recorded_at"),
            _instant("received_at"),
            _code("survey"),
            _code("ticket"),
            _code("group_code"),
            _code("segment"),
            _code("scale"),
            _code("category", 16),
            _measure("threshold"),
            _flag("needs_recovery"),
            _code("standing", 16),
            _code("replaced_by"),
            _code("issue", _ID),
            _code("scope_group"),
            _body("people"),
            _code("email_hash", _HASH),
            _code("company_hash", _HASH),
            _instant("erased_at"),
            _code("quarantined_for", 32),
            _instant("quarantined_since"),
            _instant("repaired_at"),
        ],
        "response_revisions": [_key("response"), _number_key("revision"), _body("body")],
        "response_people": [_key("person"), _key("id"), _instant("received_at")],
        "heads": [_key("survey"), _key("ticket"), _code("response")],
        "quarantine": [_key("id"), _instant("received_at")],
        "issues": [
            _key("id", _ID),
            _number("version"),
            _code("status"),
            _code("phase", 16),
            _code("assignee"),
            _code("response"),
            _number("revision"),
            _instant("received_at"),
            _measure("score"),
            _code("survey"),
            _code("ticket"),
            _code("group_code"),
            _code("segment"),
            _code("email_hash", _HASH),
            _code("company_hash", _HASH),
            _flag("urgency"),
            _instant("due_at"),
            _instant("wake_at"),
            _number("episode"),
            _number("level"),
            _instant("opened_at"),
            _instant("closed_at", may_lack=True),
            _instant("changed_at"),
            _flag("needs_recovery"),
            _flag("backfilled"),
            _number("note_count"),
            _flag("has_spoken"),
        ],
        "parties": [
            _key("person"),
            _key("role", 16),
            _key("id", _ID),
            _code("phase", 16),
            _code("group_code"),
            _flag("urgency"),
            _instant("due_at"),
            _instant("received_at"),
        ],
        "events": [
            _key("issue", _ID),
            _number_key("number"),
            _code("id", _ID),
            _instant("at"),
            _code("actor"),
            _code("cause_kind", 16),
            _code("cause_ref", may_lack=True),
            _code("policy", 16),
            _code("kind", 64),
            _number("format"),
            _body("payload"),
            _code("response"),
            _number("revision"),
        ],
        "texts": [_key("issue", _ID), _number_key("number"), _body("body")],
        "addresses": [_key("id", _ID), _code("address")],
        "outbox": [
            _key("id", _ID),
            _code("issue", _ID),
            _code("response"),
            _number("first_event"),
            _number("last_event"),
            _code("recipient"),
            _code("topic", 32),
            _code("why"),
            _instant("created_at"),
            _flag("is_urgent"),
            _instant("digest_at"),
            _instant("due_at"),
        ],
        "deliveries": [
            _key("message", _ID),
            _key("channel", 64),
            _code("issue", _ID),
            _number("first_event"),
            _code("recipient"),
            _code("fate", 16),
            _code("reason"),
            _number("attempts"),
            _instant("due_at"),
            _code("lease", _ID),
            _instant("changed_at"),
        ],
        "remembered": [
            _key("actor"),
            _key("key"),
            _code("fingerprint", _HASH),
            _code("issue", _ID),
            _number("first_event"),
            _number("last_event"),
            _body("advice"),
            _instant("at"),
        ],
        "preferences": [_key("person"), _body("body"), _flag("watches")],
        "policies": [_key("fingerprint", 16), _instant("first_used_at"), _body("body")],
        "alerts": [
            _instant_key("due_at"),
            _key("response"),
            _number_key("revision"),
            _instant_key("since_at"),
            _flag("is_repaired"),
        ],
        "digests": [
            _key("recipient"),
            _instant_key("end_at"),
            _instant("start_at"),
            _code("why"),
            _body("body"),
            _instant("text_at"),
            _instant("due_at"),
        ],
    }


_INDEXES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "responses": {
        "responses_newest": _NEWEST,
        "responses_group": ("scope_group", *_NEWEST),
        "responses_issue": ("issue", *_NEWEST),
        "responses_ticket": ("ticket", *_NEWEST),
        "responses_email": ("email_hash", *_NEWEST),
        "responses_company": ("company_hash", *_NEWEST),
    },
    "response_people": {"response_people_newest": ("person", *_NEWEST), "response_people_response": ("id",)},
    "quarantine": {"quarantine_newest": _NEWEST},
    "issues": {
        "issues_newest": ("phase", *_NEWEST),
        "issues_urgent": ("phase", *_URGENT),
        "issues_group_newest": ("group_code", "phase", *_NEWEST),
        "issues_group_urgent": ("group_code", "phase", *_URGENT),
        "issues_email": ("email_hash", *_NEWEST),
        "issues_company": ("company_hash", *_NEWEST),
        "issues_ticket": ("ticket", *_NEWEST),
    },
    "parties": {
        "parties_newest": ("person", "role", "phase", *_NEWEST, "group_code"),
        "parties_urgent": ("person", "role", "phase", *_URGENT),
        "parties_issue": ("id",),
    },
    "addresses": {"addresses_address": ("address",)},
    "outbox": {"outbox_issue": ("issue", "response", "id")},
    "deliveries": {
        "deliveries_issue": ("issue", "first_event"),
        "deliveries_recipient": ("recipient", "message"),
        "deliveries_fate": ("fate", "message"),
    },
    "preferences": {"preferences_watches": ("watches", "person")},
    "digests": {"digests_text": ("due_at", "recipient")},
}
"""The columns of each index, behind the account."""
_INDEXES_OVER_ALL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "issues": {"issues_wake": ("wake_at", "account", "id")},
    "outbox": {"outbox_due": ("due_at", "account", "id")},
    "deliveries": {"deliveries_due": ("channel", "due_at", "account", "message")},
    "alerts": {"alerts_due": ("due_at", "account", "response")},
    "digests": {"digests_due": ("due_at", "account", "recipient")},
}
"""The columns of the indexes that workers read over all accounts."""


def upgrade() -> None:
    """Make the tables; the one that holds the version comes last, with it."""
    for name, columns in reversed(list(_columns().items())):
        indexes = {index: ("account", *keys) for index, keys in _INDEXES.get(name, {}).items()}
        indexes |= _INDEXES_OVER_ALL.get(name, {})
        keyed = [_key("account", 64), *columns]
        make_table(name, keyed, indexes, unique=_UNIQUE, has_long_rows=name in _LONG_ROWS)
    note_first_version(revision)


def downgrade() -> None:
    """Drop the tables, and all that is in them; the one that holds the version goes first."""
    for name in _columns():
        drop_table(name)
