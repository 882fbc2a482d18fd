"""What happens to an issue as time goes by, in the past tense: levels, reminders, and the check after closing.

A person may bring some of it about before time does. The other kinds of event stand in ``model.events``.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from resolutionkit.model.event import Event
from resolutionkit.model.notes import Note


@frozen(kw_only=True, weakref_slot=False)
class LevelRaised(Event):
    """The issue rose to a level of the escalation matrix, by itself or by a person (requirement B9).

    Attributes:
        level: The number of the level that it has from then on, counted from 0.
        name: What that level is called.
        entered_at: From when the level's limit runs: when the one before it ran out, or when a person raised it.
        accountable: Who answers for it, is told, and sees the issue from then on: ids and bare addresses.
        ran_out: The name of the level whose limit ran out, at ``entered_at``; None where a person raised it.
        reason: Why, in the words of whoever raised it; None where a limit ran out.
        note: The note that came with it, or None.
    """

    kind: ClassVar[str] = "level_raised"

    level: int
    name: str
    entered_at: datetime
    accountable: tuple[str, ...] = ()
    ran_out: str | None = None
    reason: str | None = field(default=None, repr=False)  # a repr ends in logs
    note: Note | None = None


@frozen(kw_only=True, weakref_slot=False)
class LimitReminded(Event):
    """A limit is about to run out, and whoever works the issue was reminded of it (requirement C7).

    Attributes:
        limit: What is to happen: ``first_action``, ``follow_up`` or ``closed``; or ``level``, for that of the level.
        due_at: When it runs out.
        level: The number of the level whose limit it is; None for the others.
    """

    kind: ClassVar[str] = "limit_reminded"

    limit: str
    due_at: datetime
    level: int | None = None


@frozen(kw_only=True, weakref_slot=False)
class CheckAsked(Event):
    """Some time after the closing, the assignee was asked whether the customer is satisfied (requirement B16).

    Attributes:
        due_at: When it was time to ask.
    """

    kind: ClassVar[str] = "check_asked"

    due_at: datetime


@frozen(kw_only=True, weakref_slot=False)
class CheckAnswered(Event):
    """Somebody found out after the closing whether the customer is satisfied (requirement B16).

    Attributes:
        satisfied: Whether they are; where they are not, the issue is reopened by the event after this one.
        note: The note that explains it, where no reopening carries it; or None.
    """

    kind: ClassVar[str] = "check_answered"

    satisfied: bool
    note: Note | None = None
