"""How quickly something was done, over many episodes: percentiles, and the share in time. Pure arithmetic (D6)."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from attrs import define, field, frozen

from resolutionkit.decisions.deadlines import Reckoned
from resolutionkit.policy.deadline import DeadlineState

MEDIAN = Fraction(1, 2)
NINETIETH = Fraction(9, 10)
_MICROSECOND = timedelta(microseconds=1)


@frozen(kw_only=True)
class Pace:
    """How quickly one thing was done, over episodes, in elapsed time.

    ``median`` and ``p90`` are over those in which it was done, which ``done`` counts: the others have no time yet, so
    ``unfinished`` and ``never`` say how many they are. Both interpolate between neighbours, as NumPy and pandas do
    (Hyndman and Fan's seventh definition): of 1, 2, 3 and 4 hours the median is 2:30, and the 90th percentile 3:42.

    Attributes:
        done: In how many it was done.
        unfinished: In how many it was not done, and may still be.
        never: How many ended without it.
        median: The median time; None where it was done in none.
        p90: The 90th percentile; None where it was done in none.
        met: In how many it was done in time.
        missed: In how many it was late, or is not done and the due instant is over.
    """

    done: int
    unfinished: int
    never: int
    median: timedelta | None
    p90: timedelta | None
    met: int
    missed: int

    @property
    def judged(self) -> int:
        """Return of how many episodes ``share`` is the share: those of which it can be said, ``met + missed``."""
        return self.met + self.missed

    @property
    def share(self) -> float | None:
        """Return the share in time, from 0 to 1; None where nothing can be said of any."""
        return self.met / self.judged if self.judged else None


def percentile(ordered: Sequence[int], part: Fraction) -> int | None:
    """Return the percentile of ordered whole numbers, to the nearest whole one; None where there are none.

    Args:
        ordered: The numbers, least first.
        part: Which percentile, from 0 to 1.
    """
    if not ordered:
        return None
    place = (len(ordered) - 1) * part
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def _microseconds() -> array[int]:
    return array("q")


@define
class PaceTally:
    """Counts how quickly one thing was done; it keeps eight bytes for each time that it was."""

    _times: array[int] = field(factory=_microseconds)
    _unfinished: int = 0
    _never: int = 0
    _met: int = 0
    _missed: int = 0

    def count(self, taken: timedelta | None, *, is_over: bool) -> None:
        """Count one episode.

        Args:
            taken: How long it took, or None where it was not done.
            is_over: Whether the episode has ended, so that it will not be.
        """
        if taken is not None:
            self._times.append(max(0, taken // _MICROSECOND))
        elif is_over:
            self._never += 1
        else:
            self._unfinished += 1

    def judge(self, found: Reckoned) -> None:
        """Count how the target stands in one episode; what was neither met nor missed counts for neither."""
        self._met += found.state is DeadlineState.MET
        self._missed += found.state is DeadlineState.MISSED

    def add(self, other: PaceTally) -> None:
        """Count what another tally counted."""
        self._times.extend(other._times)
        self._unfinished += other._unfinished
        self._never += other._never
        self._met += other._met
        self._missed += other._missed

    def pace(self) -> Pace:
        """Return what was counted."""
        ordered = sorted(self._times)
        return Pace(
            done=len(ordered),
            unfinished=self._unfinished,
            never=self._never,
            median=_span(percentile(ordered, MEDIAN)),
            p90=_span(percentile(ordered, NINETIETH)),
            met=self._met,
            missed=self._missed,
        )


def _span(microseconds: int | None) -> timedelta | None:
    return None if microseconds is None else timedelta(microseconds=microseconds)
