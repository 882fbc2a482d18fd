"""The same rows by hand-written ``sqlite3``: load, then write, in three transactions. The yardstick of P2.

It works on the library's own tables and indexes, with the same settings of the connection, reads the rows that the
library reads and leaves the rows that the library leaves; :mod:`benchmarks.same_rows` compares them one by one. It
knows one path only: no validation, no policy, no access, nobody is looked up, and no conflict is repeated.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import resolutionkit as rk
from benchmarks import scene
from benchmarks.lifecycles import Lifecycles

ACCOUNT = "default"
SECRET = bytes(range(32))
_NEVER_DUE = 2**62
_POLICY = rk.Policy().fingerprint


def _insert(table: str, columns: int) -> str:
    return f"INSERT INTO resolutionkit_{table} VALUES ({', '.join('?' * columns)})"


_KNOWN = """
    SELECT r.*, v.body FROM resolutionkit_responses r JOIN resolutionkit_response_revisions v
        ON v.account = r.account AND v.response = r.id AND v.revision = r.revision
    WHERE r.account = ? AND r.id = ?"""
_HISTORY = """
    SELECT e.*, t.body, v.body FROM resolutionkit_events e
        LEFT JOIN resolutionkit_texts t ON t.account = e.account AND t.issue = e.issue AND t.number = e.number
        LEFT JOIN resolutionkit_response_revisions v
            ON v.account = e.account AND v.response = e.response AND v.revision = e.revision
    WHERE e.account = ? AND e.issue = ? ORDER BY e.number"""
_CHANGE_ISSUE = """
    UPDATE resolutionkit_issues SET version = ?, status = ?, phase = ?, closed_at = ?, changed_at = ?,
        note_count = note_count + 1, has_spoken = max(has_spoken, ?)
    WHERE account = ? AND id = ? AND version = ?"""
_CHANGE_PARTIES = "UPDATE resolutionkit_parties SET phase = ? WHERE account = ? AND id = ?"
_INSERT_RESPONSE, _INSERT_REVISION = _insert("responses", 20), _insert("response_revisions", 4)
_INSERT_OWN, _INSERT_ISSUE, _INSERT_PARTY = _insert("response_people", 4), _insert("issues", 27), _insert("parties", 9)
_INSERT_EVENT, _INSERT_TEXT, _INSERT_MESSAGE = _insert("events", 14), _insert("texts", 4), _insert("outbox", 10)


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _hash(text: str) -> str:
    return hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()


def _new_id() -> str:
    """Return a UUID that grows with time, as the library's do, so that rows come in the same order."""
    digits = f"{time.time_ns() // 1_000_000:012x}7{os.urandom(10).hex()}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-8{digits[17:20]}-{digits[20:32]}"


def keep_secret(path: Path) -> None:
    """Give the account its secret, before anything asks for it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_insert("meta", 3), (ACCOUNT, "secret", SECRET.hex()))


class HandWrittenSqlite(Lifecycles):
    """Nine rows for a response, then twice two updates and two rows."""

    name = "the same rows by hand-written sqlite3"
    leaves: ClassVar[Mapping[str, int]] = {"closed issues": 1, "events": 3, "notes": 2, "messages": 2}

    def __init__(self, folder: Path, clock: Callable[[], int] = scene.micros_now) -> None:
        """Make the library's tables in a file, and connect to it as the library does."""
        path = folder / "handwritten.db"
        rk.Tracker.open(f"sqlite:///{path}").close()
        keep_secret(path)
        self._clock = clock
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = NORMAL")

    @classmethod
    def version(cls) -> str | None:
        """Return SQLite's version."""
        return sqlite3.sqlite_version

    def lifecycle(self, number: int) -> None:
        """Record a response, and change its issue's status twice."""
        issue = self._record(number)
        self._change(number, issue, "in_progress", "active", scene.FIRST_NOTE, spoke=False)
        self._change(number, issue, "resolved", "closed", scene.LAST_NOTE, spoke=True)

    def _record(self, number: int) -> str:
        run, now = self._connection.execute, self._clock()
        response, who, group = f"response-{number}", scene.manager(number), scene.group(number)
        received = int(scene.RECEIVED_AT.timestamp()) * 1_000_000 + scene.RECEIVED_AT.microsecond + number * 1000
        hashes = (_hash(f"email:{scene.CONTACT['email']}"), _hash(f"company:{scene.CONTACT['company']}"))
        issue = _new_id()
        run("BEGIN IMMEDIATE")
        if run(_KNOWN, (ACCOUNT, response)).fetchone() is not None:
            raise LookupError(response)
        about = (received, scene.SURVEY, "", group, "")
        facts = ("NPS", "detractor", 6.0, 1, "current", "", issue, group, _json([who]), *hashes)
        run(_INSERT_RESPONSE, (ACCOUNT, response, 1, now, *about, *facts))
        run(_INSERT_REVISION, (ACCOUNT, response, 1, _json(_body(number, response, received, who, group))))
        run(_INSERT_OWN, (ACCOUNT, who, response, received))
        begun = (issue, 1, "needs_attention", "open", who, response, 1, received, float(number % 7))
        listed = (1, _NEVER_DUE, 1, 0, now, None, now, 1, 0, 0, 0)
        run(_INSERT_ISSUE, (ACCOUNT, *begun, scene.SURVEY, "", group, "", *hashes, *listed))
        sorts = (issue, "open", group, 1, _NEVER_DUE, received)
        self._many(_INSERT_PARTY, [(ACCOUNT, who, role, *sorts) for role in ("assignee", "hierarchy")])
        begin = {"issue": issue, "status": "needs_attention", "phase": "open", "assignee": who}
        payload = {**begin, "needs_recovery": True, "people": [who]}
        cause = ("system", "response", response, _POLICY, "issue_opened", 1)
        run(_INSERT_EVENT, (ACCOUNT, issue, 1, _new_id(), now, *cause, _json(payload), response, 1))
        told = ((who, "opened", "assignee,hierarchy"), (scene.lead(number), "opened", "group_lead"))
        self._many(_INSERT_MESSAGE, [(ACCOUNT, _new_id(), issue, 1, 1, *one, now, 0) for one in told])
        run("COMMIT")
        return issue

    def _many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        self._connection.executemany(statement, rows)

    def _change(self, number: int, issue: str, status: str, phase: str, note: str, *, spoke: bool) -> None:
        run, now = self._connection.execute, self._clock()
        who = scene.manager(number)
        run("BEGIN IMMEDIATE")
        before = run(_HISTORY, (ACCOUNT, issue)).fetchall()[-1][2]
        closed_at = now if phase == "closed" else None
        changed = (before + 1, status, phase, closed_at, now, int(spoke), ACCOUNT, issue, before)
        if run(_CHANGE_ISSUE, changed).rowcount != 1:
            raise LookupError(issue)
        run(_CHANGE_PARTIES, (phase, ACCOUNT, issue))
        written = {"at": now, "happened_at": now} | ({"spoke": True} if spoke else {})
        payload = {"status": status, "phase": phase, "note": written}
        cause = (who, "command", None, _POLICY, "status_changed", 1)
        run(_INSERT_EVENT, (ACCOUNT, issue, before + 1, _new_id(), now, *cause, _json(payload), "", 0))
        words = {"note": {"text": note, "author": scene.manager_name(number)}}
        run(_INSERT_TEXT, (ACCOUNT, issue, before + 1, _json(words)))
        run("COMMIT")

    def left(self) -> Mapping[str, int]:
        """Count the rows."""
        queries = {
            "closed issues": "issues WHERE phase = 'closed' AND status = 'resolved' AND note_count = 2",
            "events": "events",
            "notes": "texts",
            "messages": "outbox",
        }
        return {
            name: self._connection.execute(f"SELECT count(*) FROM resolutionkit_{rest}").fetchone()[0]
            for name, rest in queries.items()
        }

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class WithoutIndexes(HandWrittenSqlite):
    """The same rows under their primary keys alone: what would be left to gain if no list had to be quick.

    The one other index that stays is that by which its own statements find the parties of an issue.
    """

    name = "the same rows by hand, without list indexes"

    def __init__(self, folder: Path, clock: Callable[[], int] = scene.micros_now) -> None:
        """Make the tables, and drop what only lists read."""
        super().__init__(folder, clock)
        made = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name NOT LIKE ?"
        for (name,) in self._connection.execute(made, ("%parties_issue",)).fetchall():
            self._connection.execute(f"DROP INDEX {name}")


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
