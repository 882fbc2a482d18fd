"""Preferences: what they may say, what is refused, and that tables and stored text give them back."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given

from resolutionkit import (
    InvalidValue,
    Preferences,
    StorageError,
    Topic,
    plain_data,
    read_condition,
    read_preferences,
)
from resolutionkit.model.preferences_data import KEYS, preferences_data
from resolutionkit.serialize import from_stored, preferences_from_json, to_json, to_stored
from support.preferences import FULL, preferences


def test_nothing_said_is_as_usual() -> None:
    """No channels of one's own, no threshold, no alerts, no notes, no quiet hours."""
    usual = Preferences()
    assert preferences_data(usual) == {}
    assert not usual.watches
    assert read_preferences({}) == usual


def test_a_table_says_everything() -> None:
    """The keys are the attributes; topics stand in their order, and conditions are text."""
    read = read_preferences(FULL)
    assert read.channels == {
        Topic.ESCALATED: ("email",),
        Topic.OPENED: ("sms", "email"),
        Topic.STATUS_CHANGED: (),
    }
    assert read.threshold == {"NPS": 7, "CSAT-5": 2.5}
    assert read.alerts == (read_condition('country = "BR" and score <= 3'), read_condition("plan is set"))
    assert read.notes
    assert read.quiet_hours.hours == {"monday": ("20:00-24:00",), "tuesday": ("00:00-07:00",)}
    assert preferences_data(read) == FULL
    assert set(FULL) == set(KEYS)


@given(preferences())
def test_what_is_stored_comes_back(given_preferences: Preferences) -> None:
    """Through JSON, a pickle and a copy: equal, with the same hash."""
    body = to_json(to_stored(given_preferences))
    for again in (
        preferences_from_json(body),
        from_stored(Preferences, json.loads(body)),
        pickle.loads(pickle.dumps(given_preferences)),
        copy.deepcopy(given_preferences),
    ):
        assert again == given_preferences
        assert hash(again) == hash(given_preferences)
    assert to_json(to_stored(again)) == body
    json.dumps(plain_data(given_preferences))


@pytest.mark.parametrize("body", ['{"chanels": {}}', '{"alerts": ["score ="]}', "[]", "3", '{"notes": 1}', "{", ""])
def test_damaged_text_is_said_to_be_damaged(body: str) -> None:
    """What is stored and cannot be read is no mistake of the caller's."""
    with pytest.raises(StorageError, match="a stored Preferences is damaged"):
        preferences_from_json(body)


def test_a_bare_threshold_is_that_of_nps() -> None:
    """As for a policy's recovery threshold."""
    assert Preferences(threshold=7) == Preferences(threshold={"NPS": 7.0})


def test_thresholds_and_alerts_watch() -> None:
    """Only who may ask for other responses is looked at when one comes in."""
    assert Preferences(threshold=3).watches
    assert Preferences(alerts=[read_condition("score = 1")]).watches
    assert not Preferences(notes=True, quiet_hours={"sunday": "00:00-24:00"}, channels={Topic.OPENED: []}).watches


REFUSED: dict[str, tuple[Any, str]] = {
    "no table": (3, "preferences"),
    "another key": ({"chanels": {}}, "preferences"),
    "channels without topics": ({"channels": ["email"]}, "preferences.channels"),
    "no such topic": ({"channels": {"openend": ["email"]}}, "preferences.channels"),
    "the observers' topic": ({"channels": {"changed": ["email"]}}, "preferences.channels"),
    "a number for a topic": ({"channels": {3: ["email"]}}, "preferences.channels"),
    "one channel in place of a list": ({"channels": {"opened": "email"}}, "preferences.channels.opened"),
    "a blank channel": ({"channels": {"opened": [" "]}}, "preferences.channels.opened[0]"),
    "too many channels": ({"channels": {"opened": [f"c{i}" for i in range(21)]}}, "preferences.channels.opened"),
    "no escalations": ({"channels": {"escalated": []}}, "preferences.channels.escalated"),
    "no assignments": ({"channels": {"assigned": []}}, "preferences.channels.assigned"),
    "text for a threshold": ({"threshold": "7"}, "preferences.threshold.NPS"),
    "text for a scale's threshold": ({"threshold": {"CSAT-5": "7"}}, "preferences.threshold.CSAT-5"),
    "true for a threshold": ({"threshold": True}, "preferences.threshold.NPS"),
    "a blank scale": ({"threshold": {"": 7}}, "preferences.threshold"),
    "a condition in place of a list": ({"alerts": "score = 1"}, "preferences.alerts"),
    "no condition": ({"alerts": ["score = 1", "score ="]}, "preferences.alerts[1], column 8"),
    "too many alerts": ({"alerts": ["score = 1"] * 51}, "preferences.alerts"),
    "too long alerts": ({"alerts": ["score = 1" + " or score = 1" * 600] * 7}, "preferences.alerts"),
    "one for yes": ({"notes": 1}, "preferences.notes"),
    "no quiet hours": ({"quiet_hours": "20:00-07:00"}, "preferences.quiet_hours"),
    "no weekday": ({"quiet_hours": {"mon": "20:00-07:00"}}, "preferences.quiet_hours"),
}


@pytest.mark.parametrize(("table", "place"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_with_its_place(table: Any, place: str) -> None:
    """A form or a file can say what is wrong where."""
    with pytest.raises(InvalidValue) as refusal:
        read_preferences(table)
    assert refusal.value.field == place


def test_an_unknown_key_names_the_one_that_was_meant() -> None:
    """A slip of the pen is not passed over."""
    with pytest.raises(InvalidValue, match="did you mean 'channels'"):
        read_preferences({"chanels": {}})


def test_in_code_alerts_are_conditions() -> None:
    """Text is read first, so that the error can say where it came from."""
    with pytest.raises(InvalidValue, match="read_condition"):
        Preferences(alerts=["score = 1"])


def test_a_channel_named_twice_is_named_once() -> None:
    """Nobody is told twice on one channel."""
    assert Preferences(channels={Topic.OPENED: ["email", "sms", "email"]}).channels[Topic.OPENED] == ("email", "sms")
