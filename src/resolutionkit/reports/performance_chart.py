"""Recovery performance as a chart; the only module that knows Matplotlib, which it loads only then.

Law (C12): names are text. Matplotlib takes what stands between dollar signs for a formula, and is told not to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any

from resolutionkit.errors import MissingExtra
from resolutionkit.model.markup import visible
from resolutionkit.policy.targets import TargetKind
from resolutionkit.reports.paces import Pace
from resolutionkit.reports.performance_lines import PerformanceLine, PerformanceShape
from resolutionkit.reports.performance_words import (
    NONE_YET,
    TITLES,
    footnotes,
    in_time_words,
    pace_of,
    rest_words,
    short_span,
    title_of,
)

TOP = 20
"""How many groups or people have a line; all of them are in the table."""
NAME_MAX = 26
INK, QUIET, RULE = "#1b1f27", "#565d6b", "#c9ced8"
SPOKEN, NOTED, SILENT = "#1b56c4", "#9dbcf2", "#d9722e"
"""Told apart by lightness too: they are in print, and to whoever does not tell their hues apart."""
_WIDTH, _LINE, _TOP, _BOTTOM = 13.0, 0.62, 1.62, 1.05
"""Inches: the whole width, the height of a line, and of what stands above and below the lines."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def performance_chart(found: PerformanceShape) -> Any:
    """Return a figure: for each group or person what was done for how many, and how quickly.

    Raises:
        MissingExtra: The extra ``plots`` is not installed.
    """
    figure_module = _package()
    lines = [*found.lines[:TOP], *([found.total] if len(found.lines) != 1 else [])]
    height = _TOP + _LINE * len(lines) + _BOTTOM
    figure = figure_module.Figure(figsize=(_WIDTH, height), facecolor="white", dpi=110)
    panels = figure.subplots(1, 4, sharey=True, width_ratios=[1.25, 1, 1, 1])
    figure.subplots_adjust(left=0.165, right=0.985, top=1 - _TOP / height, bottom=_BOTTOM / height, wspace=0.1)
    _texts(figure, found, height)
    _counts(panels[0], lines)
    for panel, kind in zip(panels[1:], TITLES, strict=True):
        _paces(panel, kind, lines)
    for panel in panels:
        _dressed(panel, lines, has_total=len(found.lines) != 1)
    for label in panels[0].get_yticklabels()[len(found.lines) :]:
        label.set_weight("bold")
    return figure


def _package() -> ModuleType:
    try:
        import matplotlib.figure
    except ModuleNotFoundError as problem:
        raise MissingExtra("plots", "a chart") from problem
    module: ModuleType = matplotlib.figure
    return module


def _texts(figure: Any, found: PerformanceShape, height: float) -> None:
    figure.text(0.015, 1 - 0.38 / height, title_of(found), size=16, weight="bold", color=INK, parse_math=False)
    total = found.total
    told = f"{total.needed:,} needed recovery, {total.with_notes:,} have notes, {total.spoken:,} were spoken to"
    told += f"; {total.not_an_issue:,} turned out not to be an issue" if total.not_an_issue else ""
    told += f". The {TOP} with most of them are shown." if len(found.lines) > TOP else "."
    figure.text(0.015, 1 - 0.72 / height, told, size=11, color=INK)
    for place, line in enumerate(footnotes(found)):
        figure.text(0.015, (0.36 - 0.2 * place) / height, line, size=8.5, color=QUIET)


def _counts(panel: Any, lines: Sequence[PerformanceLine]) -> None:
    """Draw for how many something was done, as parts of a bar."""
    panel.set_title("Needed recovery", loc="left", size=11, weight="bold", color=INK, pad=32)
    most = max((line.needed for line in _compared(lines)), default=0) or 1
    parts = (
        ("spoken to", SPOKEN, "white", [line.spoken for line in lines]),
        ("notes only", NOTED, INK, [line.with_notes - line.spoken for line in lines]),
        ("no notes", SILENT, INK, [line.without_notes for line in lines]),
    )
    for place, line in enumerate(lines):
        scale = most / line.needed if line.needed > most else 1  # the total's bar shows its parts, not its length
        start = 0.0
        for _, colour, ink, counts in parts:
            width = counts[place] * scale
            panel.barh(place, width, left=start, color=colour, height=0.5)
            if width >= most * 0.05 * len(f"{counts[place]:,}"):
                panel.text(start + width / 2, place, f"{counts[place]:,}", ha="center", va="center", size=9, color=ink)
            start += width
        panel.text(start + most * 0.03, place, f"{line.needed:,}", va="center", size=9, weight="bold", color=INK)
    panel.set_xlim(0, most * 1.22)
    panel.set_xticks([])
    for place, (name, colour, _, _) in enumerate(parts):
        where = {"transform": _above(panel, 14), "size": 9}
        panel.text(place * 0.35, 1, "\N{BLACK SQUARE}", color=colour, **where)
        panel.text(place * 0.35 + 0.045, 1, name, color=INK, **where)


def _above(panel: Any, points: float) -> Any:
    """Return where a panel's fractions are, so many points above it."""
    from matplotlib.transforms import ScaledTranslation

    return panel.transAxes + ScaledTranslation(0, points / 72, panel.figure.dpi_scale_trans)


def _paces(panel: Any, kind: TargetKind, lines: Sequence[PerformanceLine]) -> None:
    """Draw how quickly something was done: a dot at the median, and a line to the 90th percentile."""
    paces = [pace_of(line, kind) for line in lines]
    longest = max((one.p90 for one in paces if one.p90 is not None), default=timedelta(0))
    unit, name = (_DAY, "days") if longest > 3 * _DAY else (_HOUR, "hours")
    reach = max(longest / unit, 1e-9)
    panel.set_title(TITLES[kind], loc="left", size=11, weight="bold", color=INK, pad=32)
    panel.text(
        0, 1, f"{name}: \N{BLACK CIRCLE} median, | 90th percentile", transform=_above(panel, 14), size=9, color=QUIET
    )
    for place, pace in enumerate(paces):
        _pace(panel, place, pace, unit, reach)
    panel.set_xlim(-reach * 0.04, reach * 1.12)
    from matplotlib.ticker import MaxNLocator

    panel.xaxis.set_major_locator(MaxNLocator(4, integer=reach >= 4))


def _pace(panel: Any, place: int, pace: Pace, unit: timedelta, reach: float) -> None:
    rest = rest_words(pace)
    if pace.median is None or pace.p90 is None:
        panel.text(-reach * 0.02, place - 0.06, NONE_YET, va="center", size=8.5, color=QUIET, style="italic")
    else:
        median, late = pace.median / unit, pace.p90 / unit
        panel.plot([median, late], [place - 0.1] * 2, color=NOTED, linewidth=3, solid_capstyle="butt", zorder=2)
        panel.plot([late], [place - 0.1], "|", color=SPOKEN, markersize=11, markeredgewidth=2, zorder=3)
        panel.plot([median], [place - 0.1], "o", color=SPOKEN, markersize=7, zorder=4)
        words = f"{short_span(pace.median)}, 90 %: {short_span(pace.p90)}"
        rest = f"{words}" + (f"; {rest}" if rest else "")
    panel.text(-reach * 0.02, place + 0.24, rest, va="center", size=7.5, color=QUIET)
    panel.text(-reach * 0.02, place - 0.36, in_time_words(pace), va="center", size=8.5, color=INK, weight="bold")


def _compared(lines: Sequence[PerformanceLine]) -> Sequence[PerformanceLine]:
    """Return the lines whose lengths are compared: without the total, which would make all others short."""
    return lines[:-1] if len(lines) > 1 else lines


def _dressed(panel: Any, lines: Sequence[PerformanceLine], *, has_total: bool) -> None:
    """Give a panel its names, rules and room."""
    panel.set_ylim(len(lines) - 0.45, -0.6)
    panel.set_yticks(range(len(lines)), [_name(line.name) for line in lines], parse_math=False)
    panel.tick_params(length=0, labelsize=10, labelcolor=INK)
    panel.tick_params(axis="x", labelsize=8.5, labelcolor=QUIET)
    for side in panel.spines.values():
        side.set_visible(False)
    for place in range(len(lines) - 1):
        is_last = has_total and place == len(lines) - 2
        panel.axhline(place + 0.5, color=INK if is_last else RULE, linewidth=1 if is_last else 0.6)


def _name(name: str) -> str:
    shown = " ".join(visible(name).split())
    return shown if len(shown) <= NAME_MAX else shown[: NAME_MAX - 1].rstrip() + "…"
