"""What a policy says of scales and of single surveys, as values."""

from __future__ import annotations

from attrs import frozen

from resolutionkit.model.scale import CES_7, CSAT_5, NPS, THUMBS, Scale, Score

BUILT_IN_SCALES = {scale.name: scale for scale in (NPS, CSAT_5, CES_7, THUMBS)}
"""The scales that every policy knows by name."""


@frozen(kw_only=True)
class SurveyRules:
    """What a policy says of one survey.

    Attributes:
        scale: The scale of its scores where a response names none; None for NPS.
        recovery_threshold: Its own threshold; None for its scale's.
    """

    scale: Scale | None = None
    recovery_threshold: Score | None = None
