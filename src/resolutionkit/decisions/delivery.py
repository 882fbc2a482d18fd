"""What becomes of a message when it is its turn: who may still know, whether it is still so, when it is tried again.

Who is told of what was decided when it happened, in ``audience``; here it is looked at again, at the moment of sending
(law L5). Nothing here asks or sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeAlias

from attrs import frozen

from resolutionkit.model import wishes
from resolutionkit.model.deliveries import Fate
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Why
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.query import Scope
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.trusted import changed

DELAYS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""How long to wait after each failed try; whoever is away for three days still gets everything, and after four nothing
more is tried."""
TRIES = len(DELAYS) + 1
"""How often a delivery is tried at most."""
UNREADABLE = timedelta(hours=1)
"""How long what is about an issue that cannot be read is put off."""
JITTER = 0.2
"""By how much of itself a wait is longer at most, by chance, so that those who failed together do not come together."""


@frozen(kw_only=True, slots=False)
class Standing:
    """What is known of a message's subject and recipient when it is its turn.

    Attributes:
        message: Who is told of what.
        record: The response, where the message is about no issue, or its recipient has preferences; None where there is
            none any more.
        issue: The issue as it is now, or None where the message is about none, or it is not there any more.
        scope: How far the recipient sees now, or None where they are not there any more; an address and an observer
            see what they are told of.
        now: The instant.
        wanted: What the recipient wants to be told of, or None where they have said nothing.
        zone: The IANA zone in which the recipient reads the clock.
        usual: The names of the channels for those who chose no others.
        known: The names of all channels that there are, or None where another worker may have others.
        is_readable: Whether the issue could be read.
        erased_at: When the response that the issue is about was erased, or None where it was not; None for observers,
            whose copy of a history has no gaps.
    """

    message: Message
    record: ResponseRecord | None
    issue: Issue | None
    scope: Scope | None
    now: datetime
    wanted: Preferences | None = None
    zone: str = "UTC"
    usual: tuple[str, ...] = ()
    known: Collection[str] | None = None
    is_readable: bool = True
    erased_at: datetime | None = None

    @cached_property
    def told(self) -> Message:
        """Return the message with those of its reasons that still hold; as it is, where there is only one."""
        message = self.message
        if len(message.why) == 1:
            return message
        why = tuple(one for one in message.why if self._holds(one))
        return message if why == message.why else changed(message, why=why)

    def _holds(self, why: Why) -> bool:
        if why is Why.PREFERENCE:
            return self.wanted is not None and self.record is not None and wishes.asks_for(self.wanted, self.record)
        return self.issue is None or _holds(why, self.issue, self.message.recipient)

    @cached_property
    def wish(self) -> wishes.Verdict:
        """Return what follows from the recipient's preferences; the usual channels stand in for those that are not."""
        wish = self._wish
        if not self.missing:
            return wish
        there = tuple(name for name in wish.channels if name not in self.missing)
        return wishes.Verdict(channels=there or self.usual)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the names of the channels that the recipient chose and nobody has."""
        known = self.known
        if known is None or self.wanted is None:
            return ()
        return tuple(name for name in self._wish.channels if name not in known)

    @cached_property
    def _wish(self) -> wishes.Verdict:
        message = self.told
        if self.record is None or (self.wanted is None and not wishes.has_to_be_wanted(message)):
            return wishes.Verdict(channels=self.usual)
        return wishes.verdict(self.wanted, message, self.record, self.usual)


@frozen
class Verdict:
    """What is to become of a message, and why.

    Attributes:
        fate: ``waiting`` where it is to be sent now.
        reason: Why not; empty where it is to be sent.
        due_at: When it is looked at again, where it is deferred.
    """

    fate: Fate
    reason: str = ""
    due_at: datetime | None = None


SEND = Verdict(Fate.WAITING)

_IS_STILL: Mapping[Why, Callable[[Issue, str], bool]] = {
    Why.ASSIGNEE: lambda issue, who: issue.assignee == who,
    Why.FOLLOWER: lambda issue, who: who in issue.followers,
    Why.HIERARCHY: lambda issue, who: who in issue.people,
    Why.RULE: lambda issue, who: who in issue.alerted,
}
"""The reasons that the issue itself says to hold or not; of preferences one looks there, and all others hold as long as
there is access."""

Objection: TypeAlias = Callable[[Standing], Verdict | None]


def _can_be_read(standing: Standing) -> Verdict | None:
    if standing.is_readable:
        return None
    return Verdict(Fate.WAITING, "the issue cannot be read; the log says why", standing.now + UNREADABLE)


def _is_there(standing: Standing) -> Verdict | None:
    if standing.scope is None:
        return Verdict(Fate.DENIED, "the recipient is not there any more")
    return None


def _is_kept(standing: Standing) -> Verdict | None:
    record, erased_at = standing.record, standing.erased_at
    is_gone = standing.issue is None and (record is None or record.erased_at is not None)
    if is_gone or (erased_at is not None and standing.message.created_at <= erased_at):
        return Verdict(Fate.DROPPED, "the response was erased")
    return None


def _may_know(standing: Standing) -> Verdict | None:
    scope, record, issue = standing.scope, standing.record, standing.issue
    if scope is None:
        return None
    sees_issue = issue is not None and scope.sees_issue(issue)
    sees = sees_issue or (record is not None and scope.sees_response(record, None))
    return None if sees else Verdict(Fate.DENIED, "the recipient may not see it any more")


def _is_so(standing: Standing) -> Verdict | None:
    issue, message = standing.issue, standing.message
    if issue is None or any(_holds(why, issue, message.recipient) for why in standing.told.why):
        return None
    ceased = ("asking for it" if why is Why.PREFERENCE else why.value for why in message.why)
    return Verdict(Fate.DROPPED, f"the recipient is no longer {' or '.join(ceased)}")


def _holds(why: Why, issue: Issue, who: str) -> bool:
    still = _IS_STILL.get(why)
    return still is None or still(issue, who)


def _is_wanted(standing: Standing) -> Verdict | None:
    suppressed = standing.wish.suppressed
    return None if suppressed is None else Verdict(Fate.SUPPRESSED, f"the recipient's preferences: {suppressed}")


def _is_not_quiet(standing: Standing) -> Verdict | None:
    until = wishes.held_until(standing.wanted, standing.message, standing.now, standing.zone)
    return None if until is None else Verdict(Fate.DEFERRED, "the recipient's quiet hours", until)


OBJECTIONS: tuple[Objection, ...] = (_can_be_read, _is_there, _is_kept, _is_so, _may_know, _is_wanted, _is_not_quiet)
"""What can keep a message from being sent, in the order in which it is asked; the first objection is the reason."""


def judge(standing: Standing) -> Verdict:
    """Return what is to become of a message now."""
    found = (objection(standing) for objection in OBJECTIONS)
    return next((verdict for verdict in found if verdict is not None), SEND)


def judge_on(channel: str, standing: Standing) -> Verdict:
    """Return what is to become of a message now on a channel that was chosen for it when it was planned."""
    verdict = judge(standing)
    if verdict is not SEND or standing.wanted is None or channel in standing.wish.channels:
        return verdict
    return Verdict(Fate.SUPPRESSED, "the recipient chose other channels")


def next_try(attempts: int, now: datetime, chance: float, at_least: timedelta | None = None) -> datetime | None:
    """Return when a delivery that failed is tried again, or None where it was the last time.

    Args:
        attempts: How often it was tried.
        now: The instant.
        chance: A number from 0 to 1, by chance.
        at_least: How long the other end asked to be left alone; at most a day of that is granted.
    """
    if attempts >= TRIES:
        return None
    delay = DELAYS[attempts - 1]
    asked = min(at_least or timedelta(0), timedelta(days=1))
    return now + max(delay, asked) * (1 + JITTER * chance)
