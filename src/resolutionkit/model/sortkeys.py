"""The orders of lists: what issues and responses are sorted by, as stores compare it and cursors carry it."""

from __future__ import annotations

from datetime import datetime

from resolutionkit.model.issue import Issue, IssueLine
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.values import micros


def newest_key(line: IssueLine) -> tuple[int | str, ...]:
    """Return a line's place among the newest, as a cursor carries it."""
    return (micros(line.response.received_at), line.id)


def urgency_key(line: IssueLine) -> tuple[int | str, ...]:
    """Return a line's place among the most urgent, as a cursor carries it."""
    return (urgency(line), due_key(line.due_at), micros(line.response.received_at), line.id)


def urgency(of: Issue | IssueLine) -> int:
    """Return the first part of the urgency order, 0 to 3: escalated ones before all others, then raised priority."""
    return (0 if of.is_urgent else 2) + (0 if of.has_priority else 1)


def urgency_facts(key: int) -> tuple[bool, bool]:
    """Return what the first part of the urgency order tells: whether it is urgent, and whether it has priority."""
    return key < 2, key % 2 == 0


NEVER_DUE = 2**62
"""What stands in the place of a due instant, in microseconds, where nothing is due."""


def due_key(due_at: datetime | None) -> int:
    """Return the second part of the urgency order; what is never due comes last."""
    return NEVER_DUE if due_at is None else micros(due_at)


def response_key(record: ResponseRecord) -> tuple[int | str, ...]:
    """Return a response's place among the newest, as a cursor carries it."""
    return (micros(record.response.received_at), record.id)
