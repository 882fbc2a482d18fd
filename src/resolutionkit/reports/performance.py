"""Recovery performance: who was recovered and how quickly, by group or by person, as a value (requirement D6).

What its figures are stands in ``performance_lines``, how they are counted in ``tally``; how they look, in
``performance_view`` and ``performance_chart``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from attrs import field, frozen

from resolutionkit.reports.performance_lines import PerformanceBy, PerformanceLine


@frozen(kw_only=True)
class Performance:
    """Recovery performance over a period, as it stands at an instant (requirement D6).

    It can be iterated over, line by line: those with most to recover first.

    Attributes:
        by: By what it is told.
        start: From when on responses were received, in UTC; None for the first.
        end: Before when they were received, in UTC; None for the last.
        zone: The IANA zone of the account's clock, in which the period is shown.
        at: When it was counted.
        with_backfilled: Whether issues that were opened from old data count.
        lines: A line for each group or person.
        total: All of them together: its times are over all episodes, not over those of the lines.
    """

    by: PerformanceBy
    start: datetime | None
    end: datetime | None
    zone: str
    at: datetime
    with_backfilled: bool
    lines: tuple[PerformanceLine, ...] = field(repr=False)
    total: PerformanceLine = field(repr=False)

    def __iter__(self) -> Iterator[PerformanceLine]:
        """Iterate over the lines."""
        return iter(self.lines)

    def __len__(self) -> int:
        """Return how many lines it has."""
        return len(self.lines)

    def line(self, key: str | None) -> PerformanceLine:
        """Return the line of a group or a person.

        Args:
            key: The group's code, or the person's id or address; None for what has none.

        Raises:
            KeyError: There is no such line.
        """
        found = next((line for line in self.lines if line.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def _repr_html_(self) -> str:
        """Show it in a notebook as a table."""
        from resolutionkit.reports.performance_view import performance_view

        return performance_view(self)

    def chart(self) -> Any:
        """Return it as a chart: a Matplotlib ``Figure``, to show in a notebook or to save with ``savefig``.

        Raises:
            MissingExtra: The extra ``plots`` is not installed.
        """
        from resolutionkit.reports.performance_chart import performance_chart

        return performance_chart(self)
