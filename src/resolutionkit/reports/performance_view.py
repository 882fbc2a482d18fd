"""Recovery performance as a notebook shows it: a table, a line for each group or person, and the total (rule E4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from resolutionkit.model.markup import Html, element, escaped, joined, quiet, table, view, words
from resolutionkit.reports.paces import Pace
from resolutionkit.reports.performance_lines import PerformanceLine, PerformanceShape
from resolutionkit.reports.performance_words import (
    HEADS,
    TITLES,
    footnotes,
    in_time_words,
    pace_of,
    rest_words,
    share_words,
    span_words,
    title_of,
)

TOP = 50
"""How many lines are shown; all of them are in ``lines``."""


def performance_view(found: PerformanceShape) -> str:
    """Return recovery performance as a table, with what has to be known of its figures."""
    heads = (HEADS[found.by], "Needed recovery", "With notes", "Spoken to", "Not an issue", *TITLES.values())
    left = len(found.lines) - TOP
    return view(
        table(escaped(title_of(found)), heads, map(_row, _lines(found))),
        quiet(escaped(f"{left:,} more in .lines")) if left > 0 else Html(""),
        *(quiet(escaped(one)) for one in footnotes(found)),
    )


def _lines(found: PerformanceShape) -> Iterator[PerformanceLine]:
    yield from found.lines[:TOP]
    if len(found.lines) != 1:
        yield found.total


def _row(line: PerformanceLine) -> Iterable[Html]:
    yield words(line.name)
    yield escaped(f"{line.needed:,}")
    yield escaped(share_words(line.with_notes, line.needed))
    yield escaped(share_words(line.spoken, line.needed))
    yield escaped(f"{line.not_an_issue:,}")
    for kind in TITLES:
        yield _pace(pace_of(line, kind))


def _pace(pace: Pace) -> Html:
    spans = [span_words(pace.median)] if pace.median is None else [span_words(pace.median), span_words(pace.p90)]
    lines = (" / ".join(spans), in_time_words(pace), rest_words(pace))
    return joined((element("div", escaped(one), class_="rk-whole") for one in lines if one), "")
