"""Classification: what a score means under a policy."""

from __future__ import annotations

from typing import Any

import pytest

from resolutionkit import CSAT_5, NPS, Category, InvalidScore, Policy, SurveyRules, classify
from support import response

STARS = {"stars": SurveyRules(scale=CSAT_5)}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str, float, bool]]] = {
    "0": ({"score": 0}, {}, ("NPS", "detractor", 6, True)),
    "6 needs recovery": ({"score": 6}, {}, ("NPS", "detractor", 6, True)),
    "7 does not": ({"score": 7}, {}, ("NPS", "passive", 6, False)),
    "9": ({"score": 9}, {}, ("NPS", "promoter", 6, False)),
    "10": ({"score": 10}, {}, ("NPS", "promoter", 6, False)),
    "higher threshold": ({"score": 8}, {"recovery_threshold": 8}, ("NPS", "passive", 8, True)),
    "lower threshold": ({"score": 4}, {"recovery_threshold": 3}, ("NPS", "detractor", 3, False)),
    "threshold of zero": ({"score": 0}, {"recovery_threshold": 0}, ("NPS", "detractor", 0, True)),
    "its survey's scale": ({"score": 3, "survey": "stars"}, {"surveys": STARS}, ("CSAT-5", "passive", 2, False)),
    "its own scale": ({"score": 2, "survey": "stars", "scale": NPS}, {"surveys": STARS}, ("NPS", "detractor", 6, True)),
}


@pytest.mark.parametrize(("facts", "policy", "meant"), CASES.values(), ids=CASES)
def test_a_score_has_a_category_and_may_need_recovery(
    facts: dict[str, Any], policy: dict[str, Any], meant: tuple[str, str, float, bool]
) -> None:
    """At or below the threshold in force is what needs recovery."""
    found = classify(response(**facts), Policy(**policy))
    assert (found.scale, found.category.value, found.threshold, found.needs_recovery) == meant
    assert found.opens_issue is found.needs_recovery


@pytest.mark.parametrize(
    ("score", "wants", "policy", "opens"),
    [(10, True, True, True), (10, True, False, False), (10, False, True, False), (3, False, True, True)],
    ids=["asked", "policy-does-not", "did-not-ask", "unhappy"],
)
def test_a_policy_may_open_an_issue_for_whoever_asks_to_be_contacted(
    score: int, wants: bool, policy: bool, opens: bool
) -> None:
    """Asking opens an issue, and is no need of recovery."""
    found = classify(response(score=score, wants_contact=wants), Policy(open_on_contact_request=policy))
    assert found.opens_issue is opens
    assert found.needs_recovery is (score <= 6)


def test_the_response_comes_back_with_its_score_as_it_is_kept() -> None:
    """6.0 is 6; a response that is right already is the same one."""
    whole = classify(response(score=6.0), Policy()).response
    assert (whole.score, type(whole.score)) == (6, int)
    given = response(score=6)
    assert classify(given, Policy()).response is given


@pytest.mark.parametrize("score", [11, -1, 6.5, float("nan"), float("inf")], ids=str)
def test_a_score_that_is_none_of_the_scale_is_refused(score: float) -> None:
    """The refusal names the scale in force."""
    with pytest.raises(InvalidScore, match="NPS"):
        classify(response(score=score), Policy())
    assert classify(response(score=3), Policy()).category is Category.DETRACTOR
