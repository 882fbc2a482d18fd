"""Results: lines that compare one figure with another's under a budget, as a table and as JSON."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from attrs import field, frozen

import resolutionkit
from benchmarks.harness import Sample


@frozen
class Budget:
    """What a ratio of ours to the other's has to be: at least, where more is better, else at most."""

    ratio: float
    at_least: bool = True

    def admits(self, ratio: float) -> bool:
        """Say whether a ratio keeps it."""
        return ratio >= self.ratio if self.at_least else ratio <= self.ratio

    def __str__(self) -> str:
        """Return it as the table shows it."""
        return f"{'≥' if self.at_least else '≤'} {self.ratio:.2f}"


@frozen(kw_only=True)
class Line:
    """One comparison.

    Attributes:
        id: The budget's id, such as P1.
        what: What was measured.
        ours: Our figures.
        rival: Whom they are compared with, and in which version.
        theirs: Their figures.
        budget: What the ratio of medians has to be, or None where it is for orientation.
    """

    id: str
    what: str
    ours: Sample
    rival: str
    theirs: Sample
    budget: Budget | None = None

    @property
    def ratio(self) -> float:
        """Return the ratio of the medians, ours to theirs."""
        return self.ours.median / self.theirs.median

    @property
    def is_met(self) -> bool | None:
        """Say whether the budget is kept, or None where there is none."""
        return None if self.budget is None else self.budget.admits(self.ratio)


@frozen(kw_only=True)
class Result:
    """What one benchmark found.

    Attributes:
        lines: Its comparisons.
        details: More to read, each a line of text.
        data: More for the JSON file.
    """

    lines: tuple[Line, ...]
    details: tuple[str, ...] = ()
    data: dict[str, Any] = field(factory=dict)


_HEAD = ("id", "what", "ours (least to most)", "rival", "theirs (least to most)", "ratio", "budget", "")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns, the first of them as the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines)


def summary(lines: Iterable[Line]) -> str:
    """Return the lines as a table."""
    return table([_HEAD, *(_cells(line) for line in lines)])


def _cells(line: Line) -> tuple[str, ...]:
    verdict = {None: "for orientation", True: "met", False: "missed"}[line.is_met]
    budget = "" if line.budget is None else str(line.budget)
    ours, theirs = spread(line.ours), spread(line.theirs)
    return (line.id, line.what, ours, line.rival, theirs, shown_ratio(line.ratio), budget, verdict)


def shown_ratio(ratio: float) -> str:
    """Return a ratio with two digits after the point, or with the first two that count."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"


def shown(value: float, unit: str) -> str:
    """Return a figure with three digits that count; seconds as milliseconds."""
    value, unit = (value * 1000, " ms") if unit == "s" else (value, unit)
    if value >= 100:
        digits = max(0, len(str(int(value))) - 3)
        return f"{round(value, -digits):,.0f}{unit}"
    return f"{value:#.3g}{unit}"


def spread(sample: Sample) -> str:
    """Return the median, and in brackets the least and the most."""
    least, most = shown(min(sample.values), sample.unit), shown(max(sample.values), sample.unit)
    return f"{shown(sample.median, sample.unit)} ({least} to {most})"


def surroundings() -> dict[str, str]:
    """Return what the figures depend on: versions, the library's place, the machine."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "resolutionkit": f"{version('resolutionkit')} from {Path(resolutionkit.__file__).parent}",
        "sqlite": sqlite3.sqlite_version,
        **{name: _version(name) for name in ("SQLAlchemy", "attrs", "cattrs", "pluggy")},
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()),
    }


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def plain(line: Line) -> dict[str, Any]:
    """Return a line as JSON can hold it, with every value that was measured."""
    return {
        "id": line.id,
        "what": line.what,
        "ours": {"median": line.ours.median, "unit": line.ours.unit, "values": line.ours.values},
        "rival": line.rival,
        "theirs": {"median": line.theirs.median, "unit": line.theirs.unit, "values": line.theirs.values},
        "ratio": line.ratio,
        "budget": None if line.budget is None else {"ratio": line.budget.ratio, "at_least": line.budget.at_least},
        "met": line.is_met,
    }
