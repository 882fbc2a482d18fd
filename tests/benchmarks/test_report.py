"""Lines under their budgets, how figures are rounded, and the order in which sides take turns."""

from __future__ import annotations

import json

import pytest

from benchmarks.harness import Sample, rates
from benchmarks.lifecycles import Lifecycles
from benchmarks.report import Budget, Line, plain, shown, shown_ratio, summary


def line(ours: list[float], theirs: list[float], budget: Budget | None, unit: str = "/s") -> Line:
    """Return a line of two samples."""
    samples = {"ours": Sample(tuple(ours), unit), "theirs": Sample(tuple(theirs), unit)}
    return Line(id="P1", what="a lifecycle", rival="a rival 1.0", budget=budget, **samples)


def test_the_ratio_is_that_of_the_medians() -> None:
    """One run that went wrong on either side changes nothing."""
    assert line([30, 1, 20], [10, 900, 10], None).ratio == 2


@pytest.mark.parametrize(
    ("budget", "met"), [(Budget(0.5), True), (Budget(0.51), False), (Budget(0.5, at_least=False), True), (None, None)]
)
def test_a_budget_is_at_least_or_at_most(budget: Budget | None, met: bool | None) -> None:
    """The ratio is judged as it is, not as it is rounded."""
    assert line([5], [10], budget).is_met is met
    assert Budget(0.3).admits(0.2999) is False


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (17_849.6, "/s", "17,800/s"),
        (961.4, "/s", "961/s"),
        (2.0, "/s", "2.00/s"),
        (0.00289, "s", "2.89 ms"),
        (0.1994, "s", "199 ms"),
    ],
)
def test_figures_have_three_digits(value: float, unit: str, text: str) -> None:
    """No digit is shown that another run would not show again."""
    assert shown(value, unit) == text


def test_small_ratios_keep_two_digits() -> None:
    """A ratio of a hundredth is not shown as nothing."""
    assert [shown_ratio(one) for one in (1.3, 0.995, 0.0472)] == ["1.30", "0.99", "0.047"]


def test_the_table_says_who_was_compared_and_how_it_stands() -> None:
    """Each line has figures, spread, ratio, budget and verdict."""
    text = summary([line([5, 4, 6], [10], Budget(0.3)), line([5], [10], Budget(1.0)), line([5], [10], None)])
    assert "5.00/s (4.00/s to 6.00/s)" in text
    assert [row.split()[-1] for row in text.splitlines()[2:]] == ["met", "missed", "orientation"]


def test_json_has_every_value() -> None:
    """Whoever wants other figures than medians finds what they need."""
    found = json.loads(json.dumps(plain(line([5, 4, 6], [10], Budget(0.3)))))
    assert found["ours"] == {"median": 5, "unit": "/s", "values": [5, 4, 6]}
    assert found["budget"] == {"ratio": 0.3, "at_least": True}
    assert found["met"] is True


def test_sides_take_turns(noted: type[Lifecycles], calls: list[str]) -> None:
    """Ours, rival, ours, rival; each run begins with nothing and ends before the next."""

    class Other(noted):  # type: ignore[misc, valid-type]
        name = "other"

    found = rates([noted, Other], rounds=2, seconds=0, folder=None)
    once = [f"{who} {what}" for who in ("noted", "other") for what in ("begins", "ends")]
    assert calls == once * 2
    assert [len(sample.values) for sample in found] == [2, 2]
