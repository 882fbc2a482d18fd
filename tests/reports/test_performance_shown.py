"""How recovery performance is shown: words, the table of a notebook, and the chart, whatever names there are."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import attrs
import pytest

from resolutionkit import (
    Group,
    MissingExtra,
    Performance,
    PerformanceBy,
    Person,
    Policy,
    StaticDirectory,
    Status,
    Tracker,
)
from resolutionkit.model.people import Access
from resolutionkit.reports import performance_chart, performance_view
from resolutionkit.reports.performance_words import period_words, share_words, short_span, span_words
from support import TurnableClock, response
from support.pages import Reading

HOSTILE = "$\\frac{1}{0}$ <img src=x onerror=alert(1)> \u202eevil & \x07co"


@pytest.fixture
def tracker(clock: TurnableClock) -> Iterator[Tracker]:
    """Return a tracker of a company whose group has a hostile name."""
    people = [Person(id="dana", name="Dana", access=Access.EVERYTHING)]
    groups = [Group(code="emea", name=HOSTILE, lead="dana"), Group(code="field", name="Field")]
    directory = StaticDirectory(people=people, groups=groups, leader="dana")
    with Tracker.open("memory:", clock=clock, directory=directory, policy=Policy(zone="Europe/Lisbon")) as opened:
        yield opened


@pytest.fixture
def found(tracker: Tracker, clock: TurnableClock) -> Performance:
    """Return the performance of two groups, in which one customer was spoken to."""
    issues = [tracker.record(response(f"r-{group}", group=group)).issue for group in ("emea", "field", "none")]
    clock.turn(hours=30)
    assert issues[0] is not None
    tracker.as_user("dana").set_status(issues[0].id, Status.RESOLVED, note="Rang.", spoke=True)
    return tracker.performance(start=date(2026, 11, 1), end=date(2026, 11, 30))


@pytest.mark.parametrize(
    ("span", "whole", "short"),
    [
        (timedelta(0), "0 min", "0 min"),
        (timedelta(seconds=20), "under 1 min", "0 min"),
        (timedelta(minutes=59, seconds=40), "1 h", "60 min"),
        (timedelta(hours=2, minutes=30), "2 h 30 min", "2 h"),
        (timedelta(hours=23, minutes=59, seconds=40), "1 d", "24 h"),
        (timedelta(days=4, hours=2, minutes=50), "4 d 3 h", "4.1 d"),
        (timedelta(days=40), "40 d", "40 d"),
    ],
)
def test_spans_are_told_in_their_greatest_units(span: timedelta, whole: str, short: str) -> None:
    """Two where there is room, one in the chart."""
    assert (span_words(span), short_span(span)) == (whole, short)


def test_a_share_says_of_how_many_and_rounds_nothing_to_all() -> None:
    """One of a thousand is not nothing, and 999 of them are not all."""
    assert [share_words(part, 1000) for part in (0, 1, 500, 999, 1000)] == [
        "0 % of 1,000", "1 % of 1,000", "50 % of 1,000", "99 % of 1,000", "100 % of 1,000",
    ]  # fmt: skip
    assert share_words(0, 0) == "-"


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (None, None, "all responses"),
        (date(2026, 11, 1), date(2026, 11, 30), "from 1 November 2026 to 30 November 2026 (Europe/Lisbon)"),
        (date(2026, 11, 1), date(2026, 11, 1), "1 November 2026 (Europe/Lisbon)"),
        (None, date(2026, 6, 30), "to 30 June 2026 (Europe/Lisbon)"),
        (datetime(2026, 6, 1, 8, 30, tzinfo=UTC), None, "from 1 June 2026 09:30 (Europe/Lisbon)"),
    ],
)
def test_the_period_is_told_in_the_account_s_zone(tracker: Tracker, start: Any, end: Any, told: str) -> None:
    """Whole days as days, summer time included."""
    assert period_words(tracker.performance(start=start, end=end)) == told


def test_a_notebook_shows_a_table_in_which_names_are_text(found: Performance) -> None:
    """A line for each group, the total, and what the figures are; nothing that somebody typed is markup."""
    shown = Reading(found._repr_html_())
    assert "img" not in shown.tags
    assert "script" not in shown.tags
    for words in ("<img src=x", "Field", "Total", "33 % of 3", "1 d 7 h / 1 d 7 h", "1 unfinished", "none yet"):
        assert words in shown.line
    assert "\u202e" not in shown.text


def test_many_lines_end_in_how_many_more_there_are(found: Performance, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of thousands helps nobody; the total is there all the same."""
    monkeypatch.setattr(performance_view, "TOP", 1)
    shown = Reading(found._repr_html_()).line
    assert "2 more in .lines" in shown
    assert "Total" in shown


def drawn(found: Performance) -> tuple[Any, set[str]]:
    """Return a chart that was drawn, and the words on it."""
    figure = found.chart()
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    assert picture.getvalue().startswith(b"\x89PNG")
    texts = {text.get_text() for text in figure.findobj(lambda one: hasattr(one, "get_text"))}
    return figure, texts


@pytest.mark.parametrize("by", list(PerformanceBy))
def test_the_chart_says_what_the_table_says(found: Performance, tracker: Tracker, by: PerformanceBy) -> None:
    """Names as they are written, shares with what they are of, and what is unfinished."""
    _, texts = drawn(tracker.performance(by))
    assert f"Recovery performance by {by}, all responses" in texts
    assert "3 needed recovery, 1 have notes, 1 were spoken to." in texts
    assert "100 % of 1 in time" in texts
    assert any("unfinished" in text for text in texts)


def test_a_name_in_a_chart_is_no_formula(found: Performance) -> None:
    """Dollar signs stand there; what a page would obey does not."""
    _, texts = drawn(found)
    (name,) = (text for text in texts if text.startswith("$"))
    assert name.startswith("$\\frac{1}{0}$ <img")
    assert len(name) <= performance_chart.NAME_MAX


def test_no_words_of_the_chart_lie_on_others(found: Performance) -> None:
    """Nothing is written over anything else."""
    figure, _ = drawn(found)
    texts = [
        one
        for one in figure.findobj(lambda one: hasattr(one, "get_text"))
        if any(letter.isalpha() for letter in one.get_text())
    ]
    boxes = [(one.get_text(), one.get_window_extent()) for one in texts if one.get_visible()]
    over = [
        (first, second)
        for place, (first, box) in enumerate(boxes)
        for second, other in boxes[place + 1 :]
        if first != second and box.padded(-1).overlaps(other.padded(-1))
    ]
    assert over == []


def test_a_chart_of_nothing_and_of_many(tracker: Tracker, found: Performance) -> None:
    """No line is an empty chart; of very many those with most to recover are drawn, and the total."""
    empty, texts = drawn(tracker.performance(end=date(2020, 1, 1)))
    assert "0 needed recovery, 0 have notes, 0 were spoken to." in texts
    many = attrs.evolve(found, lines=found.lines * 30)
    figure, texts = drawn(many)
    assert any("The 20 with most of them are shown." in text for text in texts)
    assert len(figure.axes[0].get_yticks()) == performance_chart.TOP + 1
    assert empty.get_figheight() < figure.get_figheight()


def test_a_chart_without_matplotlib_says_what_to_install(found: Performance, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra, loaded only then."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ModuleNotFoundError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match="plots"):
        found.chart()


def test_the_chart_s_colours_can_be_told_apart_without_hue() -> None:
    """In grey they differ by lightness: it is printed, and not everybody sees hues."""

    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    tones = sorted(map(lightness, (performance_chart.SPOKEN, performance_chart.SILENT, performance_chart.NOTED)))
    assert min(two - one for one, two in pairwise(tones)) > 0.15
