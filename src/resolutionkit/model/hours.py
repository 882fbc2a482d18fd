"""Hours as people write them: ``{"monday-friday": "09:00-12:30, 13:30-18:00"}``. Dates and zones are elsewhere.

What is kept is plain and in order: each weekday that has hours with its spans as ``"09:00-12:30"``. A span goes to
24:00 at most; what is open past midnight is two spans on two days, which :func:`round_the_clock` may write as one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from resolutionkit.errors import InvalidValue
from resolutionkit.model.values import FrozenMap

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The names of the weekdays, in the order of ``date.weekday()``."""

DAY = 24 * 60
"""The minutes of a day."""

_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)", re.ASCII)
_RIGHT = "spans such as '09:00-12:30, 13:30-18:00', from 00:00 to 24:00"


def weekly(value: object, field: str) -> FrozenMap[str, tuple[str, ...]]:
    """Return the hours of a week by weekday, from Monday on; weekdays without hours are left out.

    Raises:
        InvalidValue: A weekday is unknown or stands there twice, or its spans are refused by :func:`spans`.
    """
    if not isinstance(value, Mapping):
        raise InvalidValue(field, value, "a mapping of weekdays to hours, such as {'monday-friday': '09:00-17:00'}")
    found: dict[str, tuple[str, ...]] = {}
    for key, hours in value.items():
        for day in days_of(key, field):
            if day in found:
                raise InvalidValue(field, key, f"each weekday once; {day!r} is there already")
            found[day] = spans(hours, f"{field}[{key!r}]")
    return FrozenMap({day: found[day] for day in WEEKDAYS if found.get(day)})


def days_of(key: object, field: str) -> Iterator[str]:
    """Yield the weekdays that a key names, such as ``saturday`` or ``monday-friday``.

    Raises:
        InvalidValue: A weekday is unknown.
    """
    if not isinstance(key, str):
        raise InvalidValue(field, key, "the name of a weekday, or the first and the last: 'monday-friday'")
    first, dash, last = (part.strip().casefold() for part in key.partition("-"))
    ends = [first, last] if dash else [first]
    for day in ends:
        if day not in WEEKDAYS:
            near = difflib.get_close_matches(day, WEEKDAYS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(WEEKDAYS)}"
            raise InvalidValue(field, key, f"the name of a weekday, or the first and the last; {hint}")
    at, end = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
    yield from (WEEKDAYS[(at + step) % 7] for step in range((end - at) % 7 + 1))


def spans(value: object, field: str) -> tuple[str, ...]:
    """Return the spans of one day in order, each as ``"09:00-12:30"``.

    Args:
        value: One string, with commas between the spans, or several; the empty string and no string mean no hours.
        field: What it belongs to, for the error.

    Raises:
        InvalidValue: It is not written so, ends before it begins, goes beyond 24:00, or two spans overlap.
    """
    found = sorted(_span(text, field) for text in _texts(value, field))
    for before, after in pairwise(found):
        if after[0] < before[1]:
            raise InvalidValue(field, value, f"spans that do not overlap; {_text(after)} begins within {_text(before)}")
    return tuple(_text(one) for one in found)


def round_the_clock(value: object, field: str) -> Iterator[tuple[int, int]]:
    """Yield spans as minutes since midnight, of which one that ends before it begins goes on into the next day.

    Args:
        value: One string, or several, as for :func:`spans`.
        field: What it belongs to, for the error.

    Raises:
        InvalidValue: It is not written so, goes beyond 24:00, or begins when it ends.
    """
    for text in _texts(value, field):
        start, end = _ends(text, field)
        if start == end:
            raise InvalidValue(field, text, "a span that does not end when it begins; a whole day is '00:00-24:00'")
        yield start, end


def _texts(value: object, field: str) -> Iterable[object]:
    if isinstance(value, str):
        return [part for part in value.split(",") if value.strip()]
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        return value
    raise InvalidValue(field, value, _RIGHT)


def _ends(text: object, field: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise InvalidValue(field, text, _RIGHT)
    hour, minute, end_hour, end_minute = map(int, match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if minute > 59 or end_minute > 59 or max(start, end) > DAY or start == DAY:
        raise InvalidValue(field, text, _RIGHT)
    return start, end


def _span(text: object, field: str) -> tuple[int, int]:
    start, end = _ends(text, field)
    if start >= end:
        hint = (
            "a span that ends after it begins; one past midnight is two: '22:00-24:00' and '00:00-06:00' the next day"
        )
        raise InvalidValue(field, text, hint)
    return start, end


def minutes(span: str) -> tuple[int, int]:
    """Return a kept span as minutes since midnight."""
    return int(span[:2]) * 60 + int(span[3:5]), int(span[6:8]) * 60 + int(span[9:])


def _text(span: tuple[int, int]) -> str:
    (hour, minute), (end_hour, end_minute) = divmod(span[0], 60), divmod(span[1], 60)
    return f"{hour:02}:{minute:02}-{end_hour:02}:{end_minute:02}"
