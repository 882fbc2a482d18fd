"""What follows from preferences for a message: the table of wishes, line by line, and every mix of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    Message,
    Preferences,
    Topic,
    Why,
    read_condition,
)
from resolutionkit.decisions.classify import classify
from resolutionkit.model.preferences import CHOOSABLE, NEVER_MUTED
from resolutionkit.model.wishes import Suppression, Verdict, asks_for, held_until, verdict
from resolutionkit.policy.policy import Policy
from support import response
from support.preferences import preferences

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 23, tzinfo=UTC)
USUAL = ("email", "chat")


def message(topic: Topic, *why: Why, is_urgent: bool = False) -> Message:
    """Return a message to somebody."""
    return Message(
        id="m-1",
        issue="i-1",
        response="r-1",
        first_event=1,
        last_event=1,
        recipient="ed",
        topic=topic,
        why=why or (Why.FOLLOWER,),
        created_at=NOON,
        is_urgent=is_urgent,
    )


def judged(**about: Any) -> Any:
    """Return a response with what its score means."""
    return classify(response(**about), Policy())


BRAZIL = read_condition('country = "BR"')
WANTED: dict[str, tuple[dict[str, Any], Message, dict[str, Any], tuple[str, ...]]] = {
    "nothing said": ({}, message(Topic.OPENED, Why.GROUP_LEAD), {}, USUAL),
    "a channel of one's own": ({"channels": {"opened": ["sms"]}}, message(Topic.OPENED), {}, ("sms",)),
    "another topic's channel": ({"channels": {"noted": ["sms"]}}, message(Topic.OPENED), {}, USUAL),
    "escalations on one's own channel": ({"channels": {"escalated": ["sms"]}}, message(Topic.ESCALATED), {}, ("sms",)),
    "an issue of one's own, muted": ({"channels": {"opened": []}}, message(Topic.OPENED, Why.ASSIGNEE), {}, USUAL),
    "an issue of one's own, above the threshold": (
        {"threshold": 3},
        message(Topic.OPENED, Why.ASSIGNEE, Why.GROUP_LEAD),
        {"score": 5},
        USUAL,
    ),
    "at the own threshold": ({"threshold": 3}, message(Topic.OPENED, Why.GROUP_LEAD), {"score": 3}, USUAL),
    "the threshold of another scale": (
        {"threshold": {"CSAT-5": 1}},
        message(Topic.OPENED, Why.GROUP_LEAD),
        {"score": 5},
        USUAL,
    ),
    "above the threshold, but an alert": (
        {"threshold": 3, "alerts": [BRAZIL]},
        message(Topic.OPENED, Why.GROUP_LEAD),
        {"score": 5, "attributes": {"country": "BR"}},
        USUAL,
    ),
    "a threshold above the account's mutes nothing": (
        {"threshold": 7},
        message(Topic.OPENED, Why.GROUP_LEAD),
        {"score": 9},
        USUAL,
    ),
    "a threshold mutes new responses only": ({"threshold": 3}, message(Topic.REOPENED), {"score": 5}, USUAL),
    "notes": ({"notes": True}, message(Topic.NOTED), {}, USUAL),
    "asked for by threshold": ({"threshold": 8}, message(Topic.RECORDED, Why.PREFERENCE), {"score": 8}, USUAL),
    "asked for by an alert": (
        {"alerts": [BRAZIL]},
        message(Topic.RECORDED, Why.PREFERENCE),
        {"score": 10, "attributes": {"country": "BR"}},
        USUAL,
    ),
    "no longer asked for, but the lead": ({}, message(Topic.OPENED, Why.GROUP_LEAD, Why.PREFERENCE), {}, USUAL),
}


@pytest.mark.parametrize(("wanted", "due", "about", "channels"), WANTED.values(), ids=WANTED)
def test_somebody_is_told(wanted: dict[str, Any], due: Message, about: dict[str, Any], channels: Any) -> None:
    """Each reason to be told, on the channels that are chosen, else on the usual ones."""
    assert verdict(Preferences(**wanted), due, judged(**about), USUAL) == Verdict(channels=channels)


UNWANTED: dict[str, tuple[dict[str, Any] | None, Message, dict[str, Any], Suppression]] = {
    "a topic": ({"channels": {"opened": []}}, message(Topic.OPENED, Why.GROUP_LEAD), {}, Suppression.TOPIC),
    "a topic as a follower": ({"channels": {"noted": []}, "notes": True}, message(Topic.NOTED), {}, Suppression.TOPIC),
    "notes": ({}, message(Topic.NOTED), {}, Suppression.NOTES),
    "nothing said of notes": (None, message(Topic.NOTED), {}, Suppression.NOTES),
    "above the own threshold": (
        {"threshold": 3},
        message(Topic.OPENED, Why.HIERARCHY),
        {"score": 4},
        Suppression.THRESHOLD,
    ),
    "no longer asked for": ({}, message(Topic.RECORDED, Why.PREFERENCE), {}, Suppression.NOT_ASKED),
    "another score by now": (
        {"threshold": 7},
        message(Topic.RECORDED, Why.PREFERENCE),
        {"score": 8},
        Suppression.NOT_ASKED,
    ),
    "a threshold below the account's asks for nothing": (
        {"threshold": 3},
        message(Topic.OPENED, Why.PREFERENCE),
        {"score": 2},
        Suppression.NOT_ASKED,
    ),
    "asked for and muted": (
        {"threshold": 8, "channels": {"recorded": []}},
        message(Topic.RECORDED, Why.PREFERENCE),
        {"score": 8},
        Suppression.TOPIC,
    ),
}


@pytest.mark.parametrize(("wanted", "due", "about", "why"), UNWANTED.values(), ids=UNWANTED)
def test_somebody_is_not_told(wanted: Any, due: Message, about: dict[str, Any], why: Suppression) -> None:
    """Each reason not to, by the preference that says so."""
    known = None if wanted is None else Preferences(**wanted)
    assert verdict(known, due, judged(**about), USUAL) == Verdict(suppressed=why)


_WHYS = st.lists(st.sampled_from(list(Why)[:-1]), min_size=1, max_size=2, unique=True)


@given(preferences(), st.sampled_from(CHOOSABLE), _WHYS, st.integers(0, 10))
def test_work_is_never_muted(wanted: Preferences, topic: Topic, whys: list[Why], score: int) -> None:
    """Whatever somebody wants: escalations, assignments, daily alerts and issues of their own reach them (C3)."""
    found = verdict(wanted, message(topic, *whys), judged(score=score), USUAL)
    if topic in NEVER_MUTED or (topic is Topic.OPENED and Why.ASSIGNEE in whys):
        assert found.suppressed is None
    assert (found.suppressed is None) is bool(found.channels)


@given(preferences(), st.sampled_from(CHOOSABLE), _WHYS, st.integers(0, 10))
def test_a_threshold_mutes_nothing_but_new_issues(
    wanted: Preferences, topic: Topic, whys: list[Why], score: int
) -> None:
    """Of all topics, only that of a new response is weighed by a threshold below the account's."""
    found = verdict(wanted, message(topic, *whys), judged(score=score), USUAL)
    if found.suppressed is Suppression.THRESHOLD:
        assert topic is Topic.OPENED
        assert wanted.threshold["NPS"] < 6
        assert score > wanted.threshold["NPS"]


@pytest.mark.parametrize(
    ("threshold", "score", "asks"), [(7, 7, True), (7, 8, False), (7, 2, True), (6, 6, False), (5, 5, False)]
)
def test_a_threshold_above_the_accounts_asks(threshold: int, score: int, asks: bool) -> None:
    """Above it: for all at or below the own one. At it or below: for nothing that is not told anyway."""
    assert asks_for(Preferences(threshold=threshold), judged(score=score)) is asks


def test_quiet_hours_hold_what_is_not_urgent() -> None:
    """On the reader's own clock; an escalation goes at once (requirement B8)."""
    wanted = Preferences(quiet_hours={"monday-sunday": "20:00-07:00"})
    morning = datetime(2026, 11, 21, 7, tzinfo=UTC)
    assert held_until(wanted, message(Topic.ASSIGNED), NIGHT, "Europe/London") == morning
    assert held_until(wanted, message(Topic.ASSIGNED), NOON, "Europe/London") is None
    assert held_until(wanted, message(Topic.ASSIGNED), NOON, "Asia/Tokyo") == datetime(2026, 11, 20, 22, tzinfo=UTC)
    assert held_until(wanted, message(Topic.ESCALATED, is_urgent=True), NIGHT, "Europe/London") is None
    assert held_until(Preferences(), message(Topic.ASSIGNED), NIGHT, "Europe/London") is None
    assert held_until(None, message(Topic.ASSIGNED), NIGHT, "Europe/London") is None
