"""``performance``: who was recovered, and how quickly, by group or by person (requirement D6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Column, Document, Heading, Prose, Role, Styled, Table
from resolutionkit.cli.options import as_json, placed
from resolutionkit.cli.settings import HouseCommand, at_desk
from resolutionkit.errors import shown
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.targets import TargetKind
from resolutionkit.reports.performance import Performance
from resolutionkit.reports.performance_lines import PerformanceBy, PerformanceLine
from resolutionkit.reports.performance_words import (
    HEADS,
    TITLES,
    footnotes,
    pace_of,
    share_words,
    span_words,
    title_of,
)

if TYPE_CHECKING:
    EdgeType = click.ParamType[date]
else:  # older releases of click have no such parameters
    EdgeType = click.ParamType


class Edge(EdgeType):
    """A date, which is a whole day, or an instant after ISO 8601."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date, or the instant, without a zone where it says none."""
        for kind in (date, datetime):
            try:
                return value if isinstance(value, date) else kind.fromisoformat(value)
            except ValueError:
                continue
        example = "2026-11-20 or 2026-11-20T09:30+01:00"
        return self.fail(f"{shown(value)} is no date or instant such as {example}", param, ctx)


EDGE = Edge()


@click.command(cls=HouseCommand, short_help="Show who was recovered, and how quickly.")
@click.option(
    "--by",
    type=click.Choice([one.value for one in PerformanceBy]),
    default=PerformanceBy.GROUP.value,
    show_default=True,
    help="By the response's group, or by the assignee.",
)
@click.option("--from", "start", type=EDGE, help="Responses received on this day or later, or from an instant on.")
@click.option("--to", "end", type=EDGE, help="Responses received on this day or earlier, or before an instant.")
@click.option("--without-backfilled", is_flag=True, help="Leave out issues that were opened from old data.")
@as_json
def performance(*, by: str, start: date | None, end: date | None, without_backfilled: bool, as_json: bool) -> None:
    """Show who was recovered, and how quickly: by group or by person, of the responses received in a period.

    A date is a whole day in the account's zone. It is counted from what is stored now, of what you may see.
    """
    with at_desk() as session:
        policy = session.policy
        found = session.desk.performance(
            by, start=_placed(start, policy), end=_placed(end, policy), with_backfilled=not without_backfilled
        )
        if as_json:
            printing.show_data(asjson.data(found))
        else:
            printing.show(performance_document(found))


def _placed(edge: date | None, policy: Policy) -> date | None:
    return placed(edge, policy) if isinstance(edge, datetime) else edge


def performance_document(found: Performance) -> Document:
    """Return what was done for how many, and then how quickly: a table each, with a line for each group or person."""
    if not found.lines:
        return [Heading(title_of(found)), Prose("Nothing needed recovery.")]
    parts: Document = [Heading(title_of(found)), _counts(found)]
    for kind, title in TITLES.items():
        parts += [Heading(title), _paces(found, kind)]
    return [*parts, *map(Prose, footnotes(found))]


def _counts(found: Performance) -> Table:
    titles = ("Needed recovery", "With notes", "Spoken to", "Not an issue")

    def cells(line: PerformanceLine) -> tuple[str, ...]:
        shares = (share_words(count, line.needed) for count in (line.with_notes, line.spoken))
        return f"{line.needed:,}", *shares, f"{line.not_an_issue:,}"

    return _table(found, titles, cells)


def _paces(found: Performance, kind: TargetKind) -> Table:
    titles = ("Median", "90 %", "In time", "Unfinished", "Never")

    def cells(line: PerformanceLine) -> tuple[str, ...]:
        pace = pace_of(line, kind)
        late = "" if pace.p90 is None else span_words(pace.p90)
        share = share_words(pace.met, pace.judged)
        return span_words(pace.median), late, share, f"{pace.unfinished:,}", f"{pace.never:,}"

    return _table(found, titles, cells)


def _table(found: Performance, titles: Iterable[str], cells: Callable[[PerformanceLine], tuple[str, ...]]) -> Table:
    columns = (Column(HEADS[found.by], wraps=True), *(Column(title, is_number=True) for title in titles))
    rows = [tuple(map(Styled, (line.name, *cells(line)))) for line in found]
    if len(found) > 1:
        rows.append(tuple(Styled(cell, Role.STRONG) for cell in (found.total.name, *cells(found.total))))
    return Table(columns, tuple(rows))
