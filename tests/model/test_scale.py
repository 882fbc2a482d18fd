"""Scales: every boundary of every band, steps, averages, and all that is no score."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from resolutionkit import CES_7, CSAT_5, NPS, THUMBS, Category, InvalidScore, InvalidValue, Scale

ENDLESS = 10**6000
DETRACTOR, PASSIVE, PROMOTER = Category.DETRACTOR, Category.PASSIVE, Category.PROMOTER


class Indexed:
    """An integer of another library: it has __index__ and is no int."""

    def __index__(self) -> int:
        return 6


def scale(**facts: Any) -> Scale:
    """Return a scale of 0 to 10 with other facts where they are given."""
    usual = {"name": "usual", "minimum": 0, "maximum": 10, "detractor_max": 6, "promoter_min": 9}
    return Scale(**(usual | facts))


@pytest.mark.parametrize(
    ("given", "bands"),
    [
        (NPS, {DETRACTOR: range(7), PASSIVE: (7, 8), PROMOTER: (9, 10)}),
        (CSAT_5, {DETRACTOR: (1, 2), PASSIVE: (3,), PROMOTER: (4, 5)}),
        (CES_7, {DETRACTOR: (1, 2, 3), PASSIVE: (4,), PROMOTER: (5, 6, 7)}),
        (THUMBS, {DETRACTOR: (0,), PASSIVE: (), PROMOTER: (1,)}),
    ],
    ids=["NPS", "CSAT-5", "CES-7", "thumbs"],
)
def test_every_score_of_a_scale_that_ships_has_its_band(given: Scale, bands: dict[Category, Any]) -> None:
    """The bands are those of the tables in the manuals, and together they are the whole scale."""
    found = {
        band: tuple(score for score in range(given.minimum, given.maximum + 1) if given.category(score) is band)
        for band in Category
    }
    assert found == {band: tuple(scores) for band, scores in bands.items()}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (6, 6),
        (6.0, 6),
        (-0.0, 0),
        (10.0, 10),
        (Decimal(6), 6),
        (Decimal("6.0"), 6),
        (Indexed(), 6),
    ],
    ids=["int", "float", "minus-zero", "top", "decimal", "decimal-with-zero", "index"],
)
def test_a_whole_score_is_kept_as_an_int(given: Any, kept: int) -> None:
    """6.0 is 6, whatever type of number it comes in."""
    found = NPS.check(given)
    assert (found, type(found)) == (kept, int)


@pytest.mark.parametrize(
    "given",
    [
        True,
        False,
        None,
        "6",
        b"6",
        "",
        float("nan"),
        float("inf"),
        float("-inf"),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e400"),
        [6],
        {"score": 6},
        6 + 0j,
        Fraction(13, 2),
    ],
    ids=ascii,
)
def test_what_is_no_number_is_no_score(given: Any) -> None:
    """A bool, a text, a NaN, an infinity and whatever is no number are refused, and so is everything endless."""
    with pytest.raises(InvalidScore) as refused:
        NPS.check(given)
    assert refused.value.field == "score"
    assert "NPS" in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [-1, 11, 10.5, -0.5, 6.5, 0.1, 10**40, -(10**40), 2**6000, 1e300, Decimal("6.5")],
    ids=["below", "above", "half-above", "half-below", "half", "tenth", "big", "small", "endless", "float", "decimal"],
)
def test_a_score_outside_the_scale_or_off_its_step_is_refused(given: Any) -> None:
    """The refusal names the field, the value and the scale."""
    with pytest.raises(InvalidScore) as refused:
        NPS.check(given, "rating")
    assert refused.value.field == "rating"
    assert refused.value.value == given
    assert refused.value.scale == "NPS"
    assert "rating: " in str(refused.value)
    assert "NPS (0 to 10 in steps of 1)" in str(refused.value)


@pytest.mark.parametrize(
    ("step", "fits", "does_not"),
    [
        (1, [0, 3, 10], [0.5, 9.999]),
        (0.5, [0, 0.5, 9.5, 10], [0.25, 0.1, 9.75]),
        (0.1, [0.1, 0.2, 0.3, 0.7, 1.1, 9.9], [0.05, 0.15, 0.30000001]),
        (0.25, [0.25, 7.75], [0.3]),
        (2, [0, 2, 10], [1, 3]),
        (None, [0, 6.5, 3.14159, 1 / 3, 10], []),
    ],
    ids=["whole", "halves", "tenths", "quarters", "twos", "averages"],
)
def test_a_score_lies_on_a_step(step: float | None, fits: list[float], does_not: list[float]) -> None:
    """Steps are counted in decimals, so that 0.3 lies on a step of 0.1 though no float says so."""
    stepped = scale(step=step)
    assert [stepped.check(score) for score in fits] == fits
    for score in does_not:
        with pytest.raises(InvalidScore):
            stepped.check(score)


def test_steps_are_counted_from_the_minimum() -> None:
    """On a scale from 1 in steps of 2 the odd scores count."""
    odd = scale(minimum=1, maximum=9, step=2, detractor_max=3, promoter_min=7)
    assert [odd.check(score) for score in (1, 3, 9)] == [1, 3, 9]
    with pytest.raises(InvalidScore):
        odd.check(2)


def test_an_average_between_two_bands_is_passive() -> None:
    """Without a step the bands' borders hold: 6 is a detractor's, 6.01 and 8.99 are passives', 9 is a promoter's."""
    average = scale(step=None)
    found = [average.category(score) for score in (6, 6.01, 8.99, 9)]
    assert found == [DETRACTOR, PASSIVE, PASSIVE, PROMOTER]


@pytest.mark.parametrize(
    "facts",
    [
        {"minimum": 7},
        {"detractor_max": 9},
        {"detractor_max": 9, "promoter_min": 9},
        {"promoter_min": 11},
        {"maximum": 8},
        {"maximum": 2_000_000_000},
        {"minimum": -2_000_000_000},
        {"minimum": True},
        {"maximum": float("inf")},
        {"minimum": float("nan")},
        {"maximum": "10"},
        {"maximum": None},
        {"step": 0},
        {"step": -1},
        {"step": True},
        {"step": float("nan")},
        {"name": ""},
        {"name": " NPS"},
        {"name": 5},
        {"name": "x" * 191},
        {"name": "a\0b"},
        {"step": "1"},
        {"step": float("inf")},
        {"maximum": ENDLESS},
    ],
    ids=lambda facts: "-".join(
        f"{name}-{type(value).__name__}-{str(value)[:12]}" if name != "maximum" or value != ENDLESS else "endless"
        for name, value in facts.items()
    ),
)
def test_an_unsound_scale_is_refused_when_it_is_built(facts: dict[str, Any]) -> None:
    """Bands lie in order within the bounds, the step is positive, the name is a code."""
    with pytest.raises(InvalidValue) as refused:
        scale(**facts)
    assert "scale" in refused.value.field


def test_a_signalling_nan_is_refused_like_any_nan() -> None:
    """Decimals have two kinds of NaN; neither is a score."""
    with pytest.raises(InvalidScore):
        NPS.check(Decimal("sNaN"))


def test_a_decimal_just_beside_a_step_is_off_the_step() -> None:
    """What is off its step is refused, however little it is off."""
    with pytest.raises(InvalidScore):
        NPS.check(Decimal("6.00000000000000000001"))


ENDLESS_PROGRAM = """
from decimal import Decimal
from resolutionkit import NPS, InvalidScore
try:
    NPS.check(Decimal("1E+10000000"))
except InvalidScore:
    print("refused")
"""


def test_a_decimal_of_ten_million_digits_is_refused_at_once() -> None:
    """A few characters in a file must not keep a worker busy for minutes."""
    command = [sys.executable, "-c", ENDLESS_PROGRAM]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=5)
    assert done.stdout == "refused\n"


def test_a_scale_is_a_value() -> None:
    """Equal facts make equal scales with one hash, and whole bounds are ints."""
    assert scale(minimum=0.0) == scale()
    assert hash(scale()) == hash(scale())
    assert type(scale(maximum=10.0).maximum) is int
    assert str(scale(step=None)) == "usual (0 to 10)"
