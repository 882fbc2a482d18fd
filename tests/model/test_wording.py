"""Every kind of event is said in words, and a kind that is not known yet by its name."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from resolutionkit import CauseKind, Event
from resolutionkit.model.events import EVENT_TYPES, Cause
from resolutionkit.model.wording import WORDS, worded
from resolutionkit.testing.changes import opening
from support import NOON
from support import response as sample_response


def test_every_kind_of_event_has_its_words() -> None:
    """A kind that the library gains is missed here first."""
    assert set(WORDS) == set(EVENT_TYPES)


@frozen(kw_only=True)
class LimitMissed(Event):
    """An event of a later release."""

    kind: ClassVar[str] = "limit_missed"


def test_a_kind_without_words_is_called_by_its_name() -> None:
    """Nothing that happened is passed over."""
    event = LimitMissed(id="e", number=2, at=NOON, actor="system", cause=Cause(CauseKind.TIMER), policy="p")
    assert worded(event, str, str) == "limit missed"


def test_an_opening_tells_of_its_rules() -> None:
    """Whom it was assigned to, whom rules alerted, and which rules acted."""
    facts = {"assignee": "ana", "alerted": ("ben", "cy"), "rules": ("Brazil",)}
    event = opening(sample_response(), **facts).events[0]
    told = "opened in needs_attention, assigned to ana, alerting ben, cy"
    assert worded(event, str, str) == f"{told}, by the rules Brazil"
    event = opening(sample_response(), tags=("vip", "south"), has_priority=True, **facts).events[0]
    assert worded(event, str, str) == f"{told}, marked with vip, south, its priority raised, by the rules Brazil"
