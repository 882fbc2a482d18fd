"""The policy: its defaults, its thresholds, its faults and its fingerprint."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import attrs
import pytest

from resolutionkit import (
    CES_7,
    CSAT_5,
    NPS,
    THUMBS,
    Alerts,
    BusinessCalendar,
    ClosingCheck,
    EscalationLevel,
    InvalidValue,
    Policy,
    PolicyError,
    ResolutionKitError,
    Rule,
    Scale,
    SurveyRules,
    Targets,
    workflows,
)
from resolutionkit.policy.policy import ESCALATION_KINDS


def scale(**facts: Any) -> Scale:
    """Return a scale of 0 to 100, with other facts where they are given."""
    usual = {"name": "percent", "minimum": 0, "maximum": 100, "detractor_max": 60, "promoter_min": 90}
    return Scale(**(usual | facts))


def test_a_bare_policy_is_the_usual_closed_loop() -> None:
    """Every default, as the requirements have it."""
    found = {one.name: getattr(Policy(), one.name) for one in attrs.fields(Policy)}
    assert found == {
        "workflow": workflows.STANDARD,
        "recovery_threshold": {},
        "surveys": {},
        "scales": (),
        "open_on_contact_request": False,
        "replace_within": None,
        "announce_within": timedelta(days=7),
        "note_on_status_change": True,
        "note_on_reassign": True,
        "advised_note_length": 0,
        "escalation_kinds": ESCALATION_KINDS,
        "root_causes": (),
        "zone": "UTC",
        "dimensions": (),
        "attributes": None,
        "language": "en",
        "ticket_url": None,
        "channels": None,
        "calendar": None,
        "targets": Targets(),
        "rules": (),
        "alerts": Alerts(),
        "rules_apply": "first",
        "levels": (),
        "closing_check": None,
        "require_group": False,
        "require_segment": False,
    }


@pytest.mark.parametrize(
    ("given", "threshold"), [(NPS, 6), (CSAT_5, 2), (CES_7, 3), (THUMBS, 0)], ids=lambda one: getattr(one, "name", one)
)
def test_the_default_threshold_is_the_top_of_the_detractors(given: Scale, threshold: int) -> None:
    """Whoever is a detractor needs recovery."""
    assert Policy().threshold_of(None, given) == threshold


RULES = Policy(
    recovery_threshold={"NPS": 7, "CSAT-5": 3},
    surveys={
        "strict": SurveyRules(recovery_threshold=8),
        "stars": SurveyRules(scale=CSAT_5),
        "own": SurveyRules(scale=CSAT_5, recovery_threshold=1),
    },
)


@pytest.mark.parametrize(
    ("survey", "own", "in_force", "threshold"),
    [
        (None, None, NPS, 7),
        ("unknown", None, NPS, 7),
        ("strict", None, NPS, 8),
        ("strict", CSAT_5, CSAT_5, 3),
        ("stars", None, CSAT_5, 3),
        ("stars", NPS, NPS, 7),
        ("own", None, CSAT_5, 1),
        ("own", NPS, NPS, 7),
        (None, CES_7, CES_7, 3),
    ],
    ids=lambda one: getattr(one, "name", one),
)
def test_scale_and_threshold_are_the_most_special_ones(
    survey: str | None, own: Scale | None, in_force: Scale, threshold: int
) -> None:
    """A response's own scale, else its survey's, else NPS; a survey's threshold counts on that survey's scale only."""
    found = RULES.scale_of(survey, own)
    assert (found, RULES.threshold_of(survey, found)) == (in_force, threshold)


def test_a_bare_threshold_is_the_one_for_nps() -> None:
    """Most accounts have one scale."""
    assert Policy(recovery_threshold=7).recovery_threshold == {"NPS": 7}


def test_a_threshold_of_a_scale_of_the_account_s_own_is_checked_on_it() -> None:
    """A policy knows the scales that it brings."""
    made = Policy(scales=[scale()], recovery_threshold={"percent": 70})
    assert made.threshold_of(None, scale()) == 70
    assert "percent" in made.known_scales


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "everybody": ({"recovery_threshold": 10}, "recovery_threshold.NPS"),
    "off the step": ({"recovery_threshold": 6.5}, "recovery_threshold.NPS"),
    "outside": ({"recovery_threshold": -1}, "recovery_threshold.NPS"),
    "text": ({"recovery_threshold": "6"}, "recovery_threshold.NPS"),
    "none": ({"recovery_threshold": None}, "recovery_threshold.NPS"),
    "bool": ({"recovery_threshold": True}, "recovery_threshold.NPS"),
    "nan": ({"recovery_threshold": float("nan")}, "recovery_threshold.NPS"),
    "no such scale": ({"recovery_threshold": {"stars": 3}}, "recovery_threshold.stars"),
    "a survey's": ({"surveys": {"q": SurveyRules(recovery_threshold=10)}}, "surveys.q.recovery_threshold"),
    "negative age": ({"announce_within": timedelta(-1)}, "announce_within"),
    "no window": ({"replace_within": timedelta(0)}, "replace_within"),
    "negative length": ({"advised_note_length": -1}, "advised_note_length"),
    "blank kind": ({"escalation_kinds": ["a", " "]}, "escalation_kinds[1]"),
    "cause twice": ({"root_causes": ["a", "b", "a"]}, "root_causes[2]"),
    "a built-in scale's name": ({"scales": [attrs.evolve(scale(), name="NPS")]}, "scales[0]"),
    "no such zone": ({"zone": "Europe/Atlantis"}, "zone"),
    "blank zone": ({"zone": ""}, "zone"),
    "a URL that runs": ({"ticket_url": "javascript:alert(1)//"}, "ticket_url"),
    "a URL without a host": ({"ticket_url": "https://"}, "ticket_url"),
    "a URL with a space": ({"ticket_url": "https://desk.example/a b/"}, "ticket_url"),
    "a language by its name": ({"language": "English, I think"}, "language"),
    "a channel twice": ({"channels": ["chat", "chat"]}, "channels[1]"),
    "a path as zone": ({"zone": "../../etc/passwd"}, "zone"),
}
WRONG_TYPES: dict[str, tuple[dict[str, Any], str]] = {
    "zone number": ({"zone": 5}, "zone"),
    "days for a span": ({"announce_within": 7}, "announce_within"),
    "no language": ({"language": None}, "language"),
    "text for a length": ({"advised_note_length": "5"}, "advised_note_length"),
    "text for causes": ({"root_causes": "other"}, "root_causes"),
    "name for a workflow": ({"workflow": "standard"}, "workflow"),
    "name for a scale": ({"scales": ["NPS"]}, "scales"),
    "number for a survey": ({"surveys": {"q": 5}}, "surveys['q']"),
    "text for a switch": ({"note_on_reassign": "no"}, "note_on_reassign"),
}


@pytest.mark.parametrize(("facts", "place"), FAULTS.values(), ids=FAULTS)
def test_an_unsound_policy_is_refused_with_the_place(facts: dict[str, Any], place: str) -> None:
    """A fault is found when the policy is built."""
    with pytest.raises(PolicyError) as refused:
        Policy(**facts)
    assert [fault.place for fault in refused.value.faults] == [place]


@pytest.mark.parametrize(("facts", "place"), WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_an_argument_of_another_type_is_refused_by_name(facts: dict[str, Any], place: str) -> None:
    """A wrong type is told with its field, not by a TypeError, nor by a list of letters, nor at the first issue."""
    with pytest.raises(InvalidValue) as refused:
        Policy(**facts)
    assert refused.value.field == place
    assert isinstance(refused.value, ResolutionKitError)


def test_a_survey_s_scale_is_a_scale() -> None:
    """A name is refused when the policy is built, not when the first response of the survey comes."""
    with pytest.raises(InvalidValue):
        Policy(surveys={"q": SurveyRules(scale=cast(Scale, "NPS"))})


def test_all_faults_of_a_policy_are_told_at_once() -> None:
    """One message with a line for each."""
    with pytest.raises(PolicyError) as refused:
        Policy(recovery_threshold={"NPS": 10, "x": 1}, zone="nowhere", advised_note_length=-1, root_causes=[""])
    assert [fault.place for fault in refused.value.faults] == [
        "recovery_threshold.NPS",
        "recovery_threshold.x",
        "advised_note_length",
        "root_causes[0]",
        "zone",
    ]


def test_a_threshold_of_one_step_below_the_top_is_the_highest() -> None:
    """Any step below the scale's top may be the threshold."""
    assert Policy(recovery_threshold=9).threshold_of(None, NPS) == 9
    assert Policy(recovery_threshold={"CSAT-5": 4}).threshold_of(None, CSAT_5) == 4


def test_a_policy_cannot_be_changed() -> None:
    """Neither its fields nor its mappings; nor does it follow those that it was made of."""
    thresholds: dict[str, Any] = {"NPS": 5}
    made = Policy(recovery_threshold=thresholds)
    thresholds["NPS"] = 9
    assert made.recovery_threshold == {"NPS": 5}
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.zone = "Europe/London"
    with pytest.raises(TypeError):
        made.recovery_threshold["NPS"] = 1


PROGRAM = "from resolutionkit import Policy; print(Policy(root_causes=['b', 'a'], recovery_threshold=7).fingerprint)"


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_fingerprint_is_the_same_in_every_process(seed: str) -> None:
    """Events name the policy by it for ever, so the hash seed must not matter."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed}
    )
    assert done.stdout.strip() == Policy(root_causes=["b", "a"], recovery_threshold=7).fingerprint


OTHERS: dict[str, Any] = {
    "workflow": workflows.THREE_STATUS,
    "recovery_threshold": 5,
    "surveys": {"q": SurveyRules(recovery_threshold=5)},
    "scales": [scale()],
    "open_on_contact_request": True,
    "replace_within": timedelta(days=1),
    "announce_within": timedelta(days=8),
    "note_on_status_change": False,
    "note_on_reassign": False,
    "advised_note_length": 10,
    "escalation_kinds": ["other"],
    "root_causes": ["late"],
    "zone": "Europe/London",
    "dimensions": ["country"],
    "attributes": {"country": "str"},
    "language": "pt-BR",
    "ticket_url": "https://desk.example/tickets/",
    "channels": ["chat"],
    "calendar": BusinessCalendar(hours={"monday": "09:00-17:00"}, zone="UTC"),
    "targets": Targets(follow_up=None),
    "rules": [Rule(name="low", when="score <= 3")],
    "rules_apply": "all",
    "levels": [
        EscalationLevel(name="first response", within=timedelta(days=1)),
        EscalationLevel(name="tier one", within=timedelta(days=2), accountable=["leader"]),
    ],
    "closing_check": ClosingCheck(after=timedelta(days=3)),
    "require_group": True,
    "require_segment": True,
    "alerts": Alerts(time="08:30"),
}


def test_every_field_of_a_policy_is_in_its_fingerprint() -> None:
    """Two policies that differ in one field differ in their fingerprints."""
    assert set(OTHERS) == {one.name for one in attrs.fields(Policy)}
    prints = [Policy().fingerprint, *(Policy(**{name: value}).fingerprint for name, value in OTHERS.items())]
    assert len(set(prints)) == len(prints)
    assert all(len(one) == 16 for one in prints)


def test_equal_policies_have_equal_fingerprints_and_hashes() -> None:
    """The order of surveys and thresholds does not matter."""
    surveys = {"a": SurveyRules(scale=NPS), "b": SurveyRules(recovery_threshold=3)}
    one, same = Policy(surveys=surveys), Policy(surveys=dict(reversed(surveys.items())))
    assert one == same
    assert (one.fingerprint, hash(one)) == (same.fingerprint, hash(same))


def test_whole_thresholds_are_equal_whatever_their_type() -> None:
    """6, 6.0 and Decimal 6 are one threshold, one policy and one fingerprint."""
    made = [Policy(recovery_threshold=one) for one in (6, 6.0, Decimal(6))]
    assert made[0] == made[1] == made[2]
    assert len({one.fingerprint for one in made}) == 1


def test_the_bands_of_a_survey_s_scale_are_in_the_fingerprint() -> None:
    """Another detractor band is another policy."""
    one, other = (Policy(surveys={"q": SurveyRules(scale=scale(detractor_max=top))}) for top in (50, 60))
    assert one != other
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize("again", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))], ids=["copy", "pickle"])
def test_a_policy_can_be_copied_and_pickled(again: Any) -> None:
    """A worker process may be handed the policy."""
    made = Policy(recovery_threshold=7, surveys={"q": SurveyRules(scale=NPS)})
    assert again(made) == made
    assert again(made).fingerprint == made.fingerprint


@pytest.mark.parametrize(
    ("ticket", "url"),
    [
        ("T-1", "https://desk.example/t?id=T-1"),
        ("a b/../c?d#e", "https://desk.example/t?id=a%20b%2F..%2Fc%3Fd%23e"),
        ('"><script>', "https://desk.example/t?id=%22%3E%3Cscript%3E"),
        ("Störung", "https://desk.example/t?id=St%C3%B6rung"),
        (None, None),
    ],
)
def test_a_ticket_has_a_url_where_the_policy_knows_a_prefix(ticket: str | None, url: str | None) -> None:
    """Whatever a ticket is called, it stays one part of the URL (requirement C6)."""
    assert Policy(ticket_url="https://desk.example/t?id=").ticket_link(ticket) == url
    assert Policy().ticket_link(ticket) is None
