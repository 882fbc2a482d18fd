"""When the clocks of a zone change. What is open when, is none of this module's business.

``zoneinfo`` tells the offset of an instant, but no list of changes. They are found by asking once a day, and halving
the day where the answers differ: in the whole time zone database, no two changes of a zone are less than three days
apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from resolutionkit.model.values import instant_of, micros

SECOND = 1_000_000
DAY = 86_400 * SECOND


def year_start(year: int) -> int:
    """Return when a year begins in UTC, in microseconds since 1970."""
    return micros(datetime(year, 1, 1, tzinfo=UTC))


@lru_cache(maxsize=1024)
def clock(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """Return the stretches of a UTC year in which a zone's clock keeps one offset.

    Args:
        zone: The IANA zone.
        year: The year in UTC, from 2 to 9998.

    Returns:
        For each stretch its start, its end and the offset from UTC: microseconds, the first two since 1970 in UTC.
    """
    start, end = year_start(year), year_start(year + 1)
    changes = list(_changes(ZoneInfo(zone), start, end))
    ends = [at for at, _ in changes[1:]] + [end]
    return tuple((at, until, offset) for (at, offset), until in zip(changes, ends, strict=True))


def _changes(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int]]:
    offset = _offset(zone, start)
    yield start, offset
    for before, after in pairwise((*range(start, end, DAY), end)):
        old, offset = offset, _offset(zone, after)
        # A change at the very end belongs to the next year.
        if old != offset and (at := _first(zone, before, after, offset)) < end:
            yield at, offset


def _first(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    while after - before > SECOND:
        middle = (before + after) // (2 * SECOND) * SECOND
        before, after = (before, middle) if _offset(zone, middle) == offset else (middle, after)
    return after


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = instant_of(at).astimezone(zone).utcoffset()
    return 0 if offset is None else (offset.days * 86_400 + offset.seconds) * SECOND
