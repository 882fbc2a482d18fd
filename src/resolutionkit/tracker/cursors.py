"""Cursors of pages: where a page ended, bound to account, person, filter and order, so that no other one fits."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import datetime

import attrs

from resolutionkit.errors import InvalidCursor
from resolutionkit.model.deliveries import LedgerQuery
from resolutionkit.model.query import IssueFilter, Order, ResponseFilter
from resolutionkit.model.values import CODE_MAX

Key = tuple[int | str, ...]

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def binding(
    account: str, actor: str | None, condition: IssueFilter | ResponseFilter | LedgerQuery, order: Order
) -> str:
    """Return the digest by which a cursor knows whose it is."""
    facts = {
        name: sorted(value) if isinstance(value, frozenset) else _plain(value)
        for name, value in attrs.asdict(condition, recurse=False).items()
    }
    said = _json([account, actor, type(condition).__name__, facts, order.value])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def cursor(bound_to: str, key: Key) -> str:
    """Return the cursor for what comes after a key."""
    return base64.urlsafe_b64encode(_json([bound_to, *key]).encode()).decode().rstrip("=")


def key_of(token: str | None, bound_to: str, shape: tuple[type, ...]) -> Key | None:
    """Return the key that a cursor carries, or None for the first page.

    Args:
        token: The cursor.
        bound_to: The digest that it must carry.
        shape: The types that its key must have.

    Raises:
        InvalidCursor: It is damaged, or belongs to another account, person, filter or order.
    """
    if token is None:
        return None
    try:
        padded = token + "=" * (-len(token) % 4)
        found, *key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (TypeError, ValueError, binascii.Error, RecursionError) as problem:
        raise InvalidCursor("it is damaged") from problem
    if found != bound_to:
        raise InvalidCursor("it belongs to another account, person, filter or order")
    if tuple(type(part) for part in key) != shape or not all(map(_is_sound, key)):
        raise InvalidCursor("it is damaged")
    return tuple(key)


def _is_sound(part: int | str) -> bool:
    """Say whether every store can compare with a part of a key."""
    if isinstance(part, int):
        return abs(part) < 2**63
    return len(part) <= CODE_MAX and "\0" not in part and not any("\ud800" <= one <= "\udfff" for one in part)
