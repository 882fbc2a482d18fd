"""The time line of a calendar, a UTC year at a time: what is open, what is not and why, and how much until when.

An instant is open if a clock on the wall of the zone shows, at that instant, a time within the hours of the date that
it shows. That is the whole rule, days on which clocks move included: a time that does not exist never comes, and one
that exists twice counts twice. Everything is microseconds since 1970 in UTC. Fields and checks are the calendar's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate, chain
from typing import NamedTuple, TypeAlias

from attrs import frozen

from resolutionkit.model.hours import minutes
from resolutionkit.model.values import instant_of
from resolutionkit.policy.clocks import DAY, SECOND, clock, year_start
from resolutionkit.policy.stretches import StretchReason

_MINUTE = 60 * SECOND
_EPOCH = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = date(1970, 1, 1).weekday()
_KEPT = 64
"""How many years are kept: the lists of one take some tens of kilobytes."""


class Piece(NamedTuple):
    """A piece of the time line for which one reason holds."""

    start: int
    end: int
    reason: StretchReason
    name: str | None


Tiles: TypeAlias = tuple[Piece, ...]
"""The pieces of a single day, from its midnight on."""


def open_day(spans: Sequence[str]) -> Tiles:
    """Return the pieces of a day with these hours."""
    tiles: list[Piece] = []
    at = 0
    for start, end in map(minutes, spans):
        if at < start * _MINUTE:
            tiles.append(Piece(at, start * _MINUTE, StretchReason.OUTSIDE_HOURS, None))
        tiles.append(Piece(start * _MINUTE, end * _MINUTE, StretchReason.OPEN, None))
        at = end * _MINUTE
    if at < DAY:
        tiles.append(Piece(at, DAY, StretchReason.OUTSIDE_HOURS, None))
    return tuple(tiles)


def closed_day(reason: StretchReason, name: str | None = None) -> Tiles:
    """Return the one piece of a day without hours."""
    return (Piece(0, DAY, reason, name),)


@frozen
class Year:
    """A UTC year: its pieces without gap or overlap, and of the open ones how much lies before each."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    opens: list[int]
    closes: list[int]
    before: list[int]
    total: int

    @classmethod
    def of(cls, start: int, end: int, pieces: tuple[Piece, ...]) -> Year:
        """Add up the open pieces."""
        counted = [piece for piece in pieces if piece.reason is StretchReason.OPEN]
        sums = list(accumulate((piece.end - piece.start for piece in counted), initial=0))
        return cls(start, end, pieces, [one.start for one in counted], [one.end for one in counted], sums, sums.pop())

    def until(self, at: int) -> int:
        """Return how much is open from the year's start until an instant, which may lie outside the year."""
        index = bisect_right(self.opens, at) - 1
        return 0 if index < 0 else self.before[index] + min(at, self.closes[index]) - self.opens[index]

    def reached(self, amount: int) -> int:
        """Return the earliest instant until which so much is open; more than nothing, at most the total."""
        index = bisect_left(self.before, amount) - 1
        return self.opens[index] + amount - self.before[index]


class Openings:
    """The years of one calendar, made when they are first asked for.

    Args:
        zone: The IANA zone.
        week: The pieces of each weekday, from Monday on.
        special: Returns the dates of a year that are unlike their weekday, each with its pieces.
    """

    def __init__(self, zone: str, week: Sequence[Tiles], special: Callable[[int], Mapping[date, Tiles]]) -> None:
        """Keep what the years are made from."""
        self._zone = zone
        self._week = tuple(week)
        self._special = special
        self._years: dict[int, Year] = {}

    def between(self, start: int, end: int) -> int:
        """Return how much is open between two instants."""
        return sum(year.until(end) - year.until(start) for year in self._from(start, end))

    def reach(self, start: int, amount: int, latest: int) -> int | None:
        """Return the earliest instant by which so much was open since the start, None if after the latest."""
        for year in self._from(start, latest):
            base = year.until(start)
            if amount <= year.total - base:
                at = year.reached(base + amount)
                return at if at <= latest else None
            amount -= year.total - base
        return None

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """Yield the pieces from one instant to another; neighbours differ in reason or name."""
        found = chain.from_iterable(year.pieces[_index(year, start) :] for year in self._from(start, end))
        yield from _merged(
            Piece(max(piece.start, start), min(piece.end, end), piece.reason, piece.name)
            for piece in found
            if piece.start < end > start
        )

    def _from(self, start: int, end: int) -> Iterator[Year]:
        for year in range(instant_of(start).year, instant_of(end).year + 1):
            yield self._year(year)

    def _year(self, year: int) -> Year:
        found = self._years.get(year)
        if found is None:
            if len(self._years) >= _KEPT:
                self._years.clear()
            pieces = tuple(_merged(self._made(year)))
            found = self._years[year] = Year.of(year_start(year), year_start(year + 1), pieces)
        return found

    def _made(self, year: int) -> Iterator[Piece]:
        clocks = clock(self._zone, year)
        dates = [((start + offset) // DAY, (end + offset - 1) // DAY) for start, end, offset in clocks]
        special = self._special_days(min(first for first, _ in dates), max(last for _, last in dates))
        for (start, end, offset), (first, last) in zip(clocks, dates, strict=True):
            for day in range(first, last + 1):
                midnight = day * DAY - offset
                is_whole = first < day < last
                for tile in special.get(day) or self._week[(day + _EPOCH_WEEKDAY) % 7]:
                    opens, closes = midnight + tile.start, midnight + tile.end
                    if not is_whole:
                        opens, closes = max(opens, start), min(closes, end)
                    if opens < closes:
                        yield Piece(opens, closes, tile.reason, tile.name)

    def _special_days(self, first: int, last: int) -> dict[int, Tiles]:
        """Return what is special from one day to another: the first or the last may be of the year beside."""
        found: dict[int, Tiles] = {}
        for year in range(_date(first).year, _date(last).year + 1):
            found |= {day.toordinal() - _EPOCH: tiles for day, tiles in self._special(year).items()}
        return found


def _date(day: int) -> date:
    return date.fromordinal(_EPOCH + day)


def _index(year: Year, start: int) -> int:
    """Return the number of the piece that an instant lies in, the first where it lies before the year."""
    return max(0, bisect_right(year.pieces, start, key=lambda piece: piece.start) - 1)


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    last: Piece | None = None
    for piece in pieces:
        if last is None:
            last = piece
        elif piece.reason is last.reason and piece.name == last.name:
            last = Piece(last.start, piece.end, last.reason, last.name)
        else:
            yield last
            last = piece
    if last is not None:
        yield last
