"""What every event has, and what made it happen. The kinds of event stand in ``model.events``."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from resolutionkit.model.people import SYSTEM


class CauseKind(StrEnum):
    """What made something happen."""

    COMMAND = "command"
    RESPONSE = "response"
    TIMER = "timer"
    LINK = "link"
    INBOUND = "inbound"


@frozen
class Cause:
    """What made an event happen.

    Attributes:
        kind: The kind of cause.
        ref: The command's key, the response's id, the timer's or link's name; None where there is none.
    """

    kind: CauseKind
    ref: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class Event:
    """What every event has.

    Attributes:
        id: Its id, a UUID of version 7, the same for ever and in every copy of it.
        number: Its place in the issue's history, counted from 1 without gaps.
        at: When it happened, in UTC; never before its predecessor.
        actor: The authenticated identity that did it: a person's id, a bare address, or ``system``.
        cause: What made it happen.
        policy: The fingerprint of the policy in force.
        advice: The codes of the advice that the step was given, on its first event (requirement B3).
    """

    kind: ClassVar[str]
    format: ClassVar[int] = 1

    id: str
    number: int
    at: datetime
    actor: str
    cause: Cause
    policy: str
    advice: tuple[str, ...] = ()

    @property
    def is_human(self) -> bool:
        """Say whether a person did it, rather than intake or a timer."""
        return self.actor != SYSTEM
