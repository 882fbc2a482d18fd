"""What follows from somebody's preferences for one message: on which channels, when, or why not (C3). Pure.

Whoever sends asks here at the moment of sending: what somebody wants may have changed since the message was written.
Whether they may know of it at all is not looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from resolutionkit.model.condition_fields import Judged
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.preferences import NEVER_MUTED, USUAL, Preferences
from resolutionkit.model.scale import Score


class Weighed(Judged, Protocol):
    """A response with what its score means and the threshold in force: a ``Classification`` or a ``ResponseRecord``."""

    @property
    def threshold(self) -> Score:
        """Return the account's recovery threshold that was in force."""


class Suppression(StrEnum):
    """By which preference somebody is not told."""

    NOTES = "notes"
    """They do not want to hear of notes."""
    NOT_ASKED = "not_asked"
    """They would be told because they ask for it, and no longer do."""
    THRESHOLD = "threshold"
    """Their own threshold is lower than the score."""
    TOPIC = "topic"
    """They do not want to hear of this topic."""


@frozen(kw_only=True)
class Verdict:
    """What becomes of a message.

    Attributes:
        channels: The names of the channels that it goes to, in order; none where it is suppressed, or where the account
            has none.
        suppressed: By which preference it goes nowhere, or None.
    """

    channels: tuple[str, ...] = ()
    suppressed: Suppression | None = None


@frozen
class WishRule:
    """One line of the table of wishes: the first that fits decides.

    Attributes:
        words: When it fits, as the reference says it.
        fits: Says whether it does.
        suppressed: By which preference the person is not told, or None where they are.
    """

    words: str
    fits: Callable[[Preferences, Message, Weighed], bool]
    suppressed: Suppression | None


def asks_for(preferences: Preferences, judged: Weighed) -> bool:
    """Say whether somebody asks to be told of a new response: by a threshold above the account's, or by an alert.

    Args:
        preferences: What they want.
        judged: The response, with what its score means and the threshold in force.
    """
    own = preferences.threshold.get(judged.scale)
    if own is not None and judged.threshold < own and judged.response.score <= own:
        return True
    return any(alert.holds(judged) for alert in preferences.alerts)


def has_to_be_wanted(message: Message) -> bool:
    """Say whether somebody is told only because they want to be: who has said nothing by now does not."""
    return message.topic is Topic.NOTED or message.why == (Why.PREFERENCE,)


def _is_owed(_preferences: Preferences, message: Message, _judged: Weighed) -> bool:
    return message.topic in NEVER_MUTED or (message.topic is Topic.OPENED and Why.ASSIGNEE in message.why)


def _is_unwanted_note(preferences: Preferences, message: Message, _judged: Weighed) -> bool:
    return message.topic is Topic.NOTED and not preferences.notes


def _is_no_longer_asked(preferences: Preferences, message: Message, judged: Weighed) -> bool:
    return message.why == (Why.PREFERENCE,) and not asks_for(preferences, judged)


def _is_above(preferences: Preferences, message: Message, judged: Weighed) -> bool:
    own = preferences.threshold.get(judged.scale)
    is_above = own is not None and own < judged.threshold and own < judged.response.score
    return message.topic is Topic.OPENED and is_above and not asks_for(preferences, judged)


def _is_muted(preferences: Preferences, message: Message, _judged: Weighed) -> bool:
    return preferences.channels.get(message.topic) == ()


def _always(_preferences: Preferences, _message: Message, _judged: Weighed) -> bool:
    return True


WISHES: Sequence[WishRule] = (
    WishRule(
        "an escalation, an assignment, a daily alert or report, or a new issue that is assigned to them", _is_owed, None
    ),
    WishRule("a note, and they do not want to hear of notes", _is_unwanted_note, Suppression.NOTES),
    WishRule(
        "they would be told only because they ask for it, and no longer do", _is_no_longer_asked, Suppression.NOT_ASKED
    ),
    WishRule(
        "a new issue, whose score is above their own threshold, which is below the account's; and no alert holds",
        _is_above,
        Suppression.THRESHOLD,
    ),
    WishRule("they chose no channel for the topic", _is_muted, Suppression.TOPIC),
    WishRule("anything else", _always, None),
)
"""Whether somebody is told of what they are due to hear; the first that fits decides."""


def verdict(preferences: Preferences | None, message: Message, judged: Weighed, usual: Iterable[str]) -> Verdict:
    """Return on which channels somebody is told, or why they are not.

    Args:
        preferences: What they want, or None where they have said nothing.
        message: The message.
        judged: The response that it is about, with what its score means and the threshold in force.
        usual: The account's usual channels, for what they chose none for.
    """
    known = preferences or USUAL
    rule = next(rule for rule in WISHES if rule.fits(known, message, judged))
    if rule.suppressed is not None:
        return Verdict(suppressed=rule.suppressed)
    return Verdict(channels=known.channels.get(message.topic) or tuple(usual))


def held_until(preferences: Preferences | None, message: Message, instant: datetime, zone: str) -> datetime | None:
    """Return until when somebody's quiet hours hold a message, in UTC, or None where it can go at once.

    Nothing holds what is urgent (requirement B8).

    Args:
        preferences: What they want, or None where they have said nothing.
        message: The message.
        instant: When it is about to be sent.
        zone: The IANA zone in which they read the clock.
    """
    if message.is_urgent or preferences is None or not preferences.quiet_hours:
        return None
    return preferences.quiet_hours.over_at(instant, zone)
