"""Scales and categories: what a score means (requirement A1). Thresholds are the policy's, not the scale's."""

from __future__ import annotations

import operator
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeAlias

from attrs import field, frozen

from resolutionkit.errors import InvalidScore, InvalidValue
from resolutionkit.model.values import CODE_MAX, code, is_finite

Score: TypeAlias = int | float
"""A score as it is kept: an int where it is whole, else a float."""


class Category(StrEnum):
    """The three bands of a scale, by the Net Promoter method's words."""

    DETRACTOR = "detractor"
    PASSIVE = "passive"
    PROMOTER = "promoter"


def number(value: object, scale: Scale | None = None) -> Score:
    """Return a number as an int where it is whole, else as a float.

    Raises:
        InvalidScore: The value is a bool, text, not a number at all, not finite, or beyond every scale.
    """
    expected = f"a number on the scale {scale or 'of the response'}"
    name = None if scale is None else scale.name
    if isinstance(value, bool | str | bytes):
        raise InvalidScore("score", value, expected, name)
    if isinstance(value, float | Decimal):
        # A Decimal of a million digits is short to write and long to turn into an int.
        if not is_finite(value) or (isinstance(value, Decimal) and abs(value.adjusted()) > 30):
            raise InvalidScore("score", value, expected, name)
        if value == int(value):
            return int(value)
        if isinstance(value, Decimal) and Decimal(str(float(value))) != value:
            raise InvalidScore("score", value, f"{expected}, with at most 15 digits", name)
        return float(value)
    try:
        return operator.index(value)  # type: ignore[arg-type]  # whatever has __index__ is an integer, numpy's too
    except TypeError:
        raise InvalidScore("score", value, expected, name) from None


def _bound(value: Score) -> Score:
    try:
        return number(value)
    except InvalidScore as problem:
        raise InvalidValue("scale", value, "finite numbers as bounds and step") from problem


def _step(value: Score | None) -> Score | None:
    return None if value is None else _bound(value)


@frozen(kw_only=True)
class Scale:
    """A rating scale with its three bands.

    ``detractor_max`` is the top of the detractor band and the default recovery threshold; scores from
    ``promoter_min`` up are promoters, those between are passives (there may be none).

    Attributes:
        name: What the scale is called; thresholds are set by this name.
        minimum: The lowest score.
        maximum: The highest score.
        step: The distance between scores, counted from the minimum; None where averages are allowed.
        detractor_max: The highest score that is a detractor's.
        promoter_min: The lowest score that is a promoter's.

    Raises:
        InvalidValue: The bands do not lie in order within the scale.
    """

    name: str = field()
    minimum: Score = field(converter=_bound)
    maximum: Score = field(converter=_bound)
    detractor_max: Score = field(converter=_bound)
    promoter_min: Score = field(converter=_bound)
    step: Score | None = field(default=1, converter=_step)

    @name.validator
    def _check_name(self, _attribute: object, value: object) -> None:
        code(value, "scale.name", InvalidValue, CODE_MAX)

    def __attrs_post_init__(self) -> None:
        """Check that the bands lie in order."""
        if not self.minimum <= self.detractor_max < self.promoter_min <= self.maximum:
            raise InvalidValue(
                f"scale {self.name}",
                (self.minimum, self.detractor_max, self.promoter_min, self.maximum),
                "minimum <= detractor_max < promoter_min <= maximum",
            )
        if max(abs(self.minimum), abs(self.maximum)) > 1_000_000_000:
            raise InvalidValue(f"scale {self.name}", (self.minimum, self.maximum), "bounds of at most a billion")
        if self.step is not None and not self.step > 0:
            raise InvalidValue(f"scale {self.name}: step", self.step, "a positive number, or None")

    def __str__(self) -> str:
        """Return the name with its range, as errors show it."""
        step = "" if self.step is None else f" in steps of {self.step}"
        return f"{self.name} ({self.minimum} to {self.maximum}{step})"

    def check(self, value: object, field: str = "score") -> Score:
        """Return the score as it is kept: 6.0 becomes 6.

        Raises:
            InvalidScore: The value is not a number, is outside the scale, or lies between two steps.
        """
        if type(value) is int and self.step == 1 and self.minimum <= value <= self.maximum:
            return value
        score = number(value, self)
        if not self.minimum <= score <= self.maximum:
            raise InvalidScore(field, value, f"a score on the scale {self}", self.name)
        if self.step is not None and not self._on_step(score):
            raise InvalidScore(field, value, f"a score on the scale {self}", self.name)
        return score

    def _on_step(self, score: Score) -> bool:
        # Decimals of the shortest text: 0.3 is on a step of 0.1, though no float says so.
        try:
            offset = Decimal(str(score)) - Decimal(str(self.minimum))
            return offset % Decimal(str(self.step)) == 0
        except InvalidOperation:
            return False

    def category(self, score: object) -> Category:
        """Return the band of a score.

        Raises:
            InvalidScore: The score is not one of this scale.
        """
        checked = self.check(score)
        if checked <= self.detractor_max:
            return Category.DETRACTOR
        return Category.PROMOTER if checked >= self.promoter_min else Category.PASSIVE


NPS = Scale(name="NPS", minimum=0, maximum=10, detractor_max=6, promoter_min=9)
"""Net Promoter Score: 0 to 10 in whole steps, detractors to 6, promoters from 9."""
CSAT_5 = Scale(name="CSAT-5", minimum=1, maximum=5, detractor_max=2, promoter_min=4)
"""Customer satisfaction: 1 (very dissatisfied) to 5 (very satisfied), 3 is neither."""
CES_7 = Scale(name="CES-7", minimum=1, maximum=7, detractor_max=3, promoter_min=5)
"""Customer effort, "they made it easy": 1 (strongly disagree) to 7 (strongly agree), 4 is neither."""
THUMBS = Scale(name="thumbs", minimum=0, maximum=1, detractor_max=0, promoter_min=1)
"""Thumbs down (0) or up (1)."""
