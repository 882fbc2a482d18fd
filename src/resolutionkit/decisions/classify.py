"""What a score means under a policy (requirements A1, A2). What it leads to is decided in ``decisions.intake``."""

from __future__ import annotations

import attrs

from resolutionkit.decisions.opinions import NO_OPINIONS, Opinions
from resolutionkit.model.response import Response
from resolutionkit.model.results import Classification
from resolutionkit.model.trusted import changed, trusted
from resolutionkit.policy.policy import Policy

_classification = trusted(Classification)


def classify(response: Response, policy: Policy, opinions: Opinions = NO_OPINIONS) -> Classification:
    """Return the category of a response and whether it needs recovery.

    Args:
        response: The response; its scale is its own, else its survey's in the policy, else NPS.
        policy: The policy whose scales and thresholds hold.
        opinions: Who may say otherwise than the threshold.

    Raises:
        InvalidScore: The score is not one of the scale.
    """
    scale = policy.scale_of(response.survey, response.scale)
    score = scale.check(response.score)
    threshold = policy.threshold_of(response.survey, scale)
    needs_recovery = score <= threshold
    kept = response if type(score) is type(response.score) else attrs.evolve(response, score=score)
    wants_contact = policy.open_on_contact_request and response.wants_contact
    judged = _classification(
        response=kept,
        scale=scale.name,
        category=scale.category(score),
        threshold=threshold,
        needs_recovery=needs_recovery,
        opens_issue=needs_recovery or wants_contact,
    )
    opinion = opinions.needs_recovery(judged)
    if opinion is None or opinion is needs_recovery:
        return judged
    return changed(judged, needs_recovery=opinion, opens_issue=opinion or wants_contact)
