"""Rows to a line of the file and back. A line is one transaction of one account."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from json_lines_store.account import Rows
from resolutionkit import Event, Message, ResponseRecord
from resolutionkit.ports import Remembered
from resolutionkit.serialize import from_stored, to_stored


def to_line(data: object) -> bytes:
    """Return data as a line: JSON never has a line break of its own within it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def transaction_line(account: str, saved: Sequence[Rows]) -> bytes:
    """Return the line of what one transaction saved, in order."""
    return to_line({"account": account, "saved": [to_data(rows) for rows in saved]})


def transaction_in(line: bytes) -> tuple[str, list[Rows]]:
    """Return the account of a line, and what was saved in it."""
    data = json.loads(line)
    return data["account"], [from_data(rows) for rows in data["saved"]]


def to_data(rows: Rows) -> dict[str, Any]:
    parts = {
        "records": [to_stored(one) for one in rows.records],
        "heads": rows.heads,
        "events": [(issue, to_stored(event)) for issue, event in rows.events],
        "due": [(issue, at and at.isoformat()) for issue, at in rows.due],
        "messages": [to_stored(one) for one in rows.messages],
        "remembered": [to_stored(one) for one in rows.remembered],
        "secret": rows.secret and rows.secret.hex(),
    }
    return {name: part for name, part in parts.items() if part}


def from_data(data: dict[str, Any]) -> Rows:
    def values(name: str, kind: type) -> list[Any]:
        return [from_stored(kind, one) for one in data.get(name, ())]

    return Rows(
        records=values("records", ResponseRecord),
        heads=[(survey, ticket, one) for survey, ticket, one in data.get("heads", ())],
        events=[(issue, from_stored(Event, one)) for issue, one in data.get("events", ())],
        due=[
            (issue, at and datetime.fromisoformat(at)) for issue, at in data.get("due", ())
        ],
        messages=values("messages", Message),
        remembered=values("remembered", Remembered),
        secret=bytes.fromhex(data["secret"]) if "secret" in data else None,
    )
