"""Every kind of event is said in words, and a kind that is not known yet by its name."""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import frozen

from resolutionkit import CauseKind, Event
from resolutionkit.cli.timeline import _SAID, said
from resolutionkit.model.events import EVENT_TYPES, Cause
from support import NOON


def test_every_kind_of_event_has_its_words() -> None:
    """A kind that the library gains is missed here first."""
    assert set(_SAID) == set(EVENT_TYPES)


@frozen(kw_only=True)
class LimitMissed(Event):
    """An event of a later release."""

    kind: ClassVar[str] = "limit_missed"


def test_a_kind_without_words_is_called_by_its_name() -> None:
    """Nothing that happened is passed over."""
    session: Any = None
    event = LimitMissed(id="e", number=2, at=NOON, actor="system", cause=Cause(CauseKind.TIMER), policy="p")
    assert said(event, session) == "limit missed"
