"""The rows of the daily alerts, to values and back. Columns stand in ``tables``."""

from __future__ import annotations

import json
from typing import Any

from resolutionkit.errors import StorageError
from resolutionkit.model.alerts import Awaiting, Digest, DigestLine
from resolutionkit.model.messages import Why
from resolutionkit.model.sortkeys import due_key
from resolutionkit.model.values import instant_of, micros
from resolutionkit.serialize import to_json
from resolutionkit.storage.sql.rows import Keys
from resolutionkit.storage.sql.wire import Row


def alert_row(account: str, awaiting: Awaiting) -> dict[str, Any]:
    """Return the row of a response that waits."""
    return {
        "account": account,
        "response": awaiting.response,
        "revision": awaiting.revision,
        "since_at": micros(awaiting.since),
        "due_at": micros(awaiting.due_at),
        "is_repaired": int(awaiting.is_repaired),
    }


def awaiting_from(row: Row) -> Awaiting:
    """Return the response that waits, of a row that is due."""
    return Awaiting(
        response=row.response,
        revision=row.revision,
        since=instant_of(row.since_at),
        due_at=instant_of(row.due_at),
        is_repaired=bool(row.is_repaired),
    )


def digest_row(account: str, digest: Digest, keys: Keys) -> dict[str, Any]:
    """Return the row of what a person is told; its text message is due at the instant at which it is to go out."""
    return {
        "account": account,
        "recipient": keys[digest.recipient],
        "end_at": micros(digest.end),
        "start_at": micros(digest.start),
        "why": ",".join(digest.why),
        "body": to_json([[line.response, line.group, int(line.is_late)] for line in digest.lines]),
        "text_at": 0 if digest.text_at is None else micros(digest.text_at),
        "due_at": due_key(digest.text_at),
    }


def digest_from(row: Row, names: Keys) -> Digest:
    """Return what a person was told.

    Raises:
        StorageError: The row is damaged.
    """
    try:
        lines = [DigestLine(response=one, group=group, is_late=bool(late)) for one, group, late in json.loads(row.body)]
        why = tuple(Why(one) for one in row.why.split(","))
    except (ValueError, TypeError) as problem:
        raise StorageError(f"a stored digest is damaged; restore it from a backup ({problem})") from problem
    return Digest(
        recipient=names[row.recipient],
        start=instant_of(row.start_at),
        end=instant_of(row.end_at),
        lines=tuple(lines),
        why=why,
        text_at=instant_of(row.text_at) if row.text_at else None,
    )
