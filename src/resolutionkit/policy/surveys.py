"""What a policy says of scales and of single surveys, as values."""

from __future__ import annotations

from attrs import field, frozen

from resolutionkit.errors import InvalidScore, InvalidValue
from resolutionkit.model.scale import CES_7, CSAT_5, NPS, THUMBS, Scale, Score, number

BUILT_IN_SCALES = {scale.name: scale for scale in (NPS, CSAT_5, CES_7, THUMBS)}
"""The scales that every policy knows by name."""


def plain_number(value: Score) -> Score:
    """Return a number as scores are kept; what is none stays as it is, for the policy to tell as a fault."""
    try:
        return number(value)
    except InvalidScore:
        return value


def _scale(value: Scale | None) -> Scale | None:
    if value is not None and not isinstance(value, Scale):
        raise InvalidValue("scale", value, "a Scale, such as NPS, or None")
    return value


def _threshold(value: Score | None) -> Score | None:
    return None if value is None else plain_number(value)


@frozen(kw_only=True)
class SurveyRules:
    """What a policy says of one survey.

    Attributes:
        scale: The scale of its scores where a response names none; None for NPS.
        recovery_threshold: Its own threshold; None for its scale's.
    """

    scale: Scale | None = field(default=None, converter=_scale)
    recovery_threshold: Score | None = field(default=None, converter=_threshold)
