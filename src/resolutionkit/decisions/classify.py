"""What a score means under a policy (requirements A1, A2). What it leads to is decided in ``decisions.intake``."""

from __future__ import annotations

import attrs

from resolutionkit.decisions.opinions import Opinions
from resolutionkit.model.response import Response
from resolutionkit.model.results import Classification
from resolutionkit.model.trusted import changed, trusted
from resolutionkit.policy.policy import Policy

_classification = trusted(Classification)


def classify(response: Response, policy: Policy) -> Classification:
    """Return the category of a response and whether it needs recovery.

    Args:
        response: The response; its scale is its own, else its survey's in the policy, else NPS.
        policy: The policy whose scales and thresholds hold.

    Raises:
        InvalidScore: The score is not one of the scale.
    """
    scale = policy.scale_of(response.survey, response.scale)
    score = scale.check(response.score)
    threshold = policy.threshold_of(response.survey, scale)
    needs_recovery = score <= threshold
    kept = response if type(score) is type(response.score) else attrs.evolve(response, score=score)
    return _classification(
        response=kept,
        scale=scale.name,
        category=scale.category(score),
        threshold=threshold,
        needs_recovery=needs_recovery,
        opens_issue=_opens_issue(kept, policy, needs_recovery=needs_recovery),
    )


def judge(response: Response, policy: Policy, opinions: Opinions) -> Classification:
    """Return the same where others may say that a response needs recovery, or none, whatever its score.

    Args:
        response: The response.
        policy: The policy.
        opinions: Who is asked.

    Raises:
        InvalidScore: The score is not one of the scale.
    """
    by_score = classify(response, policy)
    opinion = opinions.needs_recovery(by_score)
    if opinion is None:
        return by_score
    opens_issue = _opens_issue(by_score.response, policy, needs_recovery=opinion)
    return changed(by_score, needs_recovery=opinion, opens_issue=opens_issue)


def _opens_issue(response: Response, policy: Policy, *, needs_recovery: bool) -> bool:
    return needs_recovery or (policy.open_on_contact_request and response.wants_contact)
