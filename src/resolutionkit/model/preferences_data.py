"""Preferences as tables of TOML and JSON, and back; conditions are text there. What they mean: ``preferences``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import attrs

from resolutionkit.errors import InvalidValue
from resolutionkit.model.condition_data import read_condition
from resolutionkit.model.preferences import USUAL, Preferences
from resolutionkit.model.values import collected

KEYS = tuple(one.name for one in attrs.fields(Preferences))


def read_preferences(given: object, place: str = "preferences") -> Preferences:
    """Return the preferences that a table of TOML or JSON says; its keys are the attributes.

    An alert is a condition as :func:`~resolutionkit.read_condition` reads it.

    Args:
        given: The table.
        place: Where it stands, for the error.

    Raises:
        InvalidValue: A key is unknown, or a value cannot be; the error says where.
    """
    if not isinstance(given, Mapping):
        raise InvalidValue(place, given, f"a table with any of {', '.join(KEYS)}")
    for key in given:
        if key not in KEYS:
            near = difflib.get_close_matches(str(key), KEYS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise InvalidValue(place, key, f"one of {', '.join(KEYS)}{hint}")
    facts = dict(given)
    if "alerts" in facts:
        facts["alerts"] = collected(
            facts["alerts"], f"{place}.alerts", InvalidValue, lambda one, where, _error: read_condition(one, where)
        )
    try:
        return Preferences(**facts)
    except InvalidValue as problem:
        raise InvalidValue(f"{place}.{problem.field}", problem.value, problem.expected) from problem


def preferences_data(preferences: Preferences) -> dict[str, Any]:
    """Return preferences as a table, without what is as usual."""
    data: dict[str, Any] = {
        "channels": {topic.value: list(names) for topic, names in preferences.channels.items()},
        "threshold": dict(preferences.threshold),
        "alerts": [str(one) for one in preferences.alerts],
        "notes": preferences.notes,
        "quiet_hours": {day: list(spans) for day, spans in preferences.quiet_hours.hours.items()},
    }
    return {name: value for name, value in data.items() if getattr(preferences, name) != getattr(USUAL, name)}
