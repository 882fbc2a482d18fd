"""Recovery performance in words: spans, shares, periods and titles, alike in a terminal, a notebook and a chart."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from resolutionkit.policy.targets import TargetKind
from resolutionkit.reports.paces import Pace
from resolutionkit.reports.performance_lines import PerformanceBy, PerformanceLine, PerformanceShape

TITLES = {
    TargetKind.FIRST_ACTION: "First action",
    TargetKind.FOLLOW_UP: "Customer spoken to",
    TargetKind.CLOSED: "Closed",
}
"""What is told of how quickly, in the order in which it is told."""
HEADS = {PerformanceBy.GROUP: "Group", PerformanceBy.PERSON: "Person"}
NONE_YET = "none yet"

_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def pace_of(line: PerformanceLine, kind: TargetKind) -> Pace:
    """Return how quickly something was done."""
    return {
        TargetKind.FIRST_ACTION: line.first_action,
        TargetKind.FOLLOW_UP: line.contacted,
        TargetKind.CLOSED: line.closed,
    }[kind]


def span_words(span: timedelta | None) -> str:
    """Return a span in its two greatest units, such as ``2 d 4 h`` or ``35 min``."""
    if span is None:
        return NONE_YET
    step = next((unit for unit, _ in _UNITS[1:] if span >= 24 * unit), _UNITS[2][0])
    rest = step * round(span / step)
    parts: list[str] = []
    for unit, name in _UNITS:
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts) or ("0 min" if not span else "under 1 min")


def short_span(span: timedelta) -> str:
    """Return a span in one unit, such as ``2.2 d`` or ``35 min``, where there is little room."""
    unit, name = next(((unit, name) for unit, name in _UNITS if span >= 2 * unit), _UNITS[-1])
    count = span / unit
    return f"{count:.1f} {name}" if unit == _UNITS[0][0] and count < 10 else f"{count:.0f} {name}"


def share_words(part: int, whole: int) -> str:
    """Return a share with its denominator, such as ``75 % of 12``; no share of nothing."""
    return f"{_percent(part, whole)} of {whole:,}" if whole else "-"


def in_time_words(pace: Pace) -> str:
    """Return the share in time with its denominator, or that there is none."""
    return f"{share_words(pace.met, pace.judged)} in time" if pace.judged else "no limit"


def rest_words(pace: Pace) -> str:
    """Return in how many it was not done; an empty string where there are none."""
    told = ((pace.unfinished, "unfinished"), (pace.never, "never"))
    return ", ".join(f"{count:,} {name}" for count, name in told if count)


def _percent(part: int, whole: int) -> str:
    """Return a share in whole percent; only nothing is 0, and only all is 100."""
    found = round(100 * part / whole)
    return f"{min(max(found, 1 if part else 0), 99 if part < whole else 100)} %"


def title_of(found: PerformanceShape) -> str:
    """Return what it is, and of which period."""
    return f"Recovery performance by {found.by}, {period_words(found)}"


def period_words(found: PerformanceShape) -> str:
    """Return the period, in the account's zone; days that are whole as days."""
    zone = ZoneInfo(found.zone)
    first = None if found.start is None else found.start.astimezone(zone)
    last = None if found.end is None else found.end.astimezone(zone)
    if first is None and last is None:
        return "all responses"
    if first is not None and last is not None and _last_day(last) == _edge(first):
        return f"{_edge(first)} ({found.zone})"
    since = "" if first is None else f"from {_edge(first)} "
    until = "" if last is None else f"to {_last_day(last)} "
    return f"{since}{until}({found.zone})"


def _edge(at: datetime) -> str:
    return _day(at) if at.time() == time.min else f"{_day(at)} {at:%H:%M}"


def _last_day(at: datetime) -> str:
    return _day(at - timedelta(days=1)) if at.time() == time.min else _edge(at)


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def footnotes(found: PerformanceShape) -> tuple[str, ...]:
    """Return what a reader has to know of the figures, a sentence each."""
    times = (
        "Times are elapsed: the median, then the 90th percentile, over the episodes in which it was done; those "
        "in which it was not are counted beside them."
    )
    shares = (
        "A share in time is of the episodes of which it can be said. What was closed as Not an Issue is in no time "
        "and no share."
    )
    return times, shares if found.with_backfilled else f"{shares} Issues opened from old data are left out."
