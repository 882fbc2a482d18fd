"""The rows of one lifecycle, as somebody builds them who knows that one path only. Who writes them stands beside it.

There is no validation, no policy and no access; nobody is looked up. :mod:`benchmarks.same_rows` compares what comes of
it with what the library leaves, row by row.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import create_engine, text

import resolutionkit as rk
from benchmarks import scene

ACCOUNT = "default"
SECRET = bytes(range(32))
NEVER_DUE = 2**62
_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
_FOLLOW_UP = 48 * _HOUR
_ALERT_TIME = 9 * _HOUR
COLUMNS = {
    "responses": 24,
    "response_revisions": 4,
    "response_people": 4,
    "issues": 28,
    "parties": 9,
    "events": 14,
    "texts": 4,
    "outbox": 13,
    "alerts": 6,
}
"""The tables that a lifecycle writes, in their order, with the number of their columns."""
MOVES = (("in_progress", "active", scene.FIRST_NOTE, False), ("resolved", "closed", scene.LAST_NOTE, True))
"""The two changes of a lifecycle: status, phase, note, and whether somebody spoke to the customer."""
_POLICY = rk.Policy().fingerprint

Row: TypeAlias = tuple[Any, ...]


class Recorded(NamedTuple):
    """The rows of a response that opens an issue, a field for each table."""

    responses: Row
    response_revisions: Row
    response_people: Row
    issues: Row
    parties: tuple[Row, Row]
    events: Row
    outbox: tuple[Row, Row]
    alerts: Row


class Changed(NamedTuple):
    """What one change of status writes: the values of two updates, and two rows."""

    issue: Row
    parties: Row
    events: Row
    texts: Row


def keep_secret(url: str) -> None:
    """Give the account its secret, before anything asks for it."""
    row = {"account": ACCOUNT, "name": "secret", "value": SECRET.hex()}
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO resolutionkit_meta VALUES (:account, :name, :value)"), row)
    engine.dispose()


def driver_url(url: str) -> str:
    """Return a database URL with the driver that the library takes where it names none."""
    return url.replace("postgresql://", "postgresql+psycopg://")


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _hash(text: str) -> str:
    return hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()


def new_id() -> str:
    """Return a UUID that grows with time, as the library's do, so that rows come in the same order."""
    digits = f"{time.time_ns() // 1_000_000:012x}7{os.urandom(10).hex()}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-8{digits[17:20]}-{digits[20:32]}"


def _received(number: int) -> int:
    return int(scene.RECEIVED_AT.timestamp()) * 1_000_000 + scene.RECEIVED_AT.microsecond + number * 1000


def recorded(number: int, issue: str, now: int) -> Recorded:
    """Return the rows of a response and of the issue that it opens."""
    response, who, group = f"response-{number}", scene.manager(number), scene.group(number)
    received = _received(number)
    since, due = max(now, received), received + _FOLLOW_UP
    alerted = (since - _ALERT_TIME) // _DAY * _DAY + _DAY + _ALERT_TIME
    hashes = (_hash(f"email:{scene.CONTACT['email']}"), _hash(f"company:{scene.CONTACT['company']}"))
    about = (received, scene.SURVEY, "", group, "")
    facts = ("NPS", "detractor", 6.0, 1, "current", "", issue, group, _json([who]), *hashes, 0, "", 0, 0)
    begun = (issue, 1, "needs_attention", "open", who, response, 1, received, float(number % 7))
    listed = (3, due, now + _DAY, 1, 0, now, None, now, 1, 0, 0, 0)
    sorts = (issue, "open", group, 3, due, received)
    begin = {"issue": issue, "status": "needs_attention", "phase": "open", "assignee": who}
    cause = ("system", "response", response, _POLICY, "issue_opened", 1)
    payload = _json({**begin, "needs_recovery": True, "people": [who]})
    to_who, to_lead = (who, "opened", "assignee,hierarchy"), (scene.lead(number), "opened", "group_lead")
    return Recorded(
        (ACCOUNT, response, 1, now, *about, *facts),
        (ACCOUNT, response, 1, _json(_body(number, response, received, who, group))),
        (ACCOUNT, who, response, received),
        (ACCOUNT, *begun, scene.SURVEY, "", group, "", *hashes, *listed),
        ((ACCOUNT, who, "assignee", *sorts), (ACCOUNT, who, "hierarchy", *sorts)),
        (ACCOUNT, issue, 1, new_id(), now, *cause, payload, response, 1),
        (
            (ACCOUNT, new_id(), issue, response, 1, 1, *to_who, now, 0, 0, now),
            (ACCOUNT, new_id(), issue, response, 1, 1, *to_lead, now, 0, 0, now),
        ),
        (ACCOUNT, alerted, response, 1, since, 0),
    )


def changed(number: int, issue: str, before: int, now: int, move: tuple[str, str, str, bool]) -> Changed:
    """Return what one of the moves writes to an issue that is at a version.

    The issue's update takes its values in this order: version, status, phase, closed at, changed at, due at, when to
    look at its timers, whether somebody spoke, account, id, version before; that of its parties: phase, due at,
    account, id.
    """
    status, phase, note, spoke = move
    is_closed = phase == "closed"
    closed_at, due = (now, NEVER_DUE) if is_closed else (None, _received(number) + _FOLLOW_UP)
    wake_at = NEVER_DUE if is_closed else now + _DAY
    written = {"at": now, "happened_at": now} | ({"spoke": True} if spoke else {})
    payload = {"status": status, "phase": phase, "note": written}
    cause = (scene.manager(number), "command", None, _POLICY, "status_changed", 1)
    words = {"note": {"text": note, "author": scene.manager_name(number)}}
    return Changed(
        (before + 1, status, phase, closed_at, now, due, wake_at, int(spoke), ACCOUNT, issue, before),
        (phase, due, ACCOUNT, issue),
        (ACCOUNT, issue, before + 1, new_id(), now, *cause, _json(payload), "", 0),
        (ACCOUNT, issue, before + 1, _json(words)),
    )


def _body(number: int, response: str, received: int, who: str, group: str) -> dict[str, Any]:
    return {
        "id": response,
        "score": number % 7,
        "received_at": received,
        "survey": scene.SURVEY,
        "contact": scene.CONTACT,
        "answers": [{"question": question, "answer": answer} for question, answer in scene.QUESTIONS],
        "group": group,
        "hierarchy": [who],
        "comment": scene.COMMENT,
    }
