"""What one person wants to be told of, where and when (requirement C3). What follows from it is said in ``wishes``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from attrs import field, frozen

from resolutionkit.errors import InvalidScore, InvalidValue
from resolutionkit.model.condition_text import CONDITION_MAX
from resolutionkit.model.conditions import Condition
from resolutionkit.model.messages import Topic
from resolutionkit.model.quiet_hours import QuietHours
from resolutionkit.model.scale import NPS, Score, number
from resolutionkit.model.values import FrozenMap, code, collected, flag

T = TypeVar("T")

ALERTS_MAX = 50
"""The most alerts that one person may have."""
CHANNELS_MAX = 20
"""The most channels that one topic may name."""
ALERTS_LENGTH_MAX = 50_000
"""The most characters of all alerts of one person, as text."""
NEVER_MUTED = frozenset({Topic.ESCALATED, Topic.LEVEL_RAISED, Topic.ASSIGNED, Topic.DAILY_ALERT, Topic.RECOVERY_REPORT})
"""What somebody is always told of; they may choose on which channels."""
CHOOSABLE = tuple(topic for topic in Topic if topic is not Topic.CHANGED)
"""The topics that people are told of; the other one is for observers."""


def _channels(value: Mapping[Topic, Iterable[str]]) -> Mapping[Topic, tuple[str, ...]]:
    given = _mapping(
        value, "channels", "a mapping of topics to names of channels, such as {'status_changed': ['email']}"
    )
    found = {_topic(name): _names(name, names) for name, names in given.items()}
    return FrozenMap({topic: found[topic] for topic in CHOOSABLE if topic in found})


def _mapping(value: object, place: str, expected: str) -> Mapping[object, object]:
    if isinstance(value, Mapping):
        return value
    raise InvalidValue(place, value, expected)


def _topic(name: object) -> Topic:
    if isinstance(name, str) and name in CHOOSABLE:
        return Topic(name)
    raise InvalidValue("channels", name, f"one of {', '.join(CHOOSABLE)}")


def _names(name: object, names: object) -> tuple[str, ...]:
    place = f"channels.{name}"
    found = tuple(dict.fromkeys(collected(names, place, InvalidValue, code)))
    if len(found) > CHANNELS_MAX:
        raise InvalidValue(place, found, f"at most {CHANNELS_MAX} channels")
    if not found and name in NEVER_MUTED:
        raise InvalidValue(place, found, "one channel at least: of this everybody is told")
    return found


def _threshold(value: Score | Mapping[str, Score]) -> Mapping[str, Score]:
    given: Mapping[str, Score] = value if isinstance(value, Mapping) else {NPS.name: value}
    found = {code(name, "threshold", InvalidValue): _score(name, limit) for name, limit in given.items()}
    return FrozenMap(dict(sorted(found.items())))


def _score(scale: str, limit: object) -> Score:
    try:
        return number(limit)
    except InvalidScore as problem:
        raise InvalidValue(f"threshold.{scale}", limit, "a score of that scale") from problem


def _alerts(value: Iterable[Condition]) -> tuple[Condition, ...]:
    found = collected(value, "alerts", InvalidValue, _condition)
    if len(found) > ALERTS_MAX:
        raise InvalidValue("alerts", len(found), f"at most {ALERTS_MAX} conditions")
    length = sum(map(len, map(str, found)))
    if length > ALERTS_LENGTH_MAX:
        raise InvalidValue("alerts", length, f"at most {ALERTS_LENGTH_MAX:,} characters in all")
    return found


def _condition(value: object, place: str, _error: object) -> Condition:
    if not isinstance(value, Condition):
        raise InvalidValue(place, value, "a condition; text is read with read_condition(text)")
    if len(str(value)) > CONDITION_MAX:
        raise InvalidValue(place, value, f"at most {CONDITION_MAX:,} characters")
    return value


def _notes(value: bool) -> bool:
    return flag(value, "notes", InvalidValue)


def _quiet_hours(value: QuietHours | Mapping[str, str | Iterable[str]]) -> QuietHours:
    return value if isinstance(value, QuietHours) else QuietHours(value)


@frozen(kw_only=True)
class Preferences:
    """What one person, or one bare address, wants to be told of, where and when (requirement C3).

    ``Preferences()`` asks for nothing that is not usual.

    Attributes:
        channels: The names of the channels for a topic, such as ``{Topic.STATUS_CHANGED: ["email"]}``; none for a topic
            means not to be told of it. A topic that is not named goes to the account's usual channels. Of escalations,
            assignments and what the daily alert tells everybody is told, so that they have one channel at least.
        threshold: An own recovery threshold, by the name of the scale; a bare number is NPS's. Above the account's it
            asks to be told of such responses too; below, it mutes mails of new responses with a higher score.
        alerts: Conditions: of a new response for which one of them holds, the person is told.
        notes: Whether they want to hear of notes on issues that they follow (requirement B7).
        quiet_hours: When they are not to be disturbed, on the clock of their own zone; also as a mapping by weekday,
            such as ``{"monday-friday": "20:00-07:00"}``. What is not urgent waits until they are over.

    Raises:
        InvalidValue: A field is of another type, or says something that cannot be.
    """

    channels: Mapping[Topic, tuple[str, ...]] = field(factory=dict, converter=_channels)
    threshold: Mapping[str, Score] = field(factory=dict, converter=_threshold)
    alerts: tuple[Condition, ...] = field(default=(), converter=_alerts)
    notes: bool = field(default=False, converter=_notes)
    quiet_hours: QuietHours = field(default=QuietHours(), converter=_quiet_hours)

    @property
    def watches(self) -> bool:
        """Say whether they may ask for responses that do not concern the person otherwise."""
        return bool(self.threshold or self.alerts)


USUAL = Preferences()
"""The preferences of whoever has said nothing."""
