"""What becomes of a message when it is its turn: who may still know, whether it is still so, when it is tried again.

Who is told of what was decided when it happened, in ``audience``; here it is looked at again, at the moment of sending
(law L5). Nothing here asks or sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeAlias

from attrs import frozen

from resolutionkit.decisions.deadlines import done_at
from resolutionkit.model import wishes
from resolutionkit.model.deliveries import Fate
from resolutionkit.model.events import Event, LimitReminded
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.query import Scope
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.trusted import changed
from resolutionkit.policy.targets import TargetKind

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


@frozen(kw_only=True)
class DigestStanding:
    """What is known of a daily text message or a report when it is its turn.

    Attributes:
        left: How many of its responses are there and were not erased.
        visible: How many of them the recipient may still see.
        has_phone: Whether the recipient has a telephone.
    """

    left: int
    visible: int
    has_phone: bool


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
        events: The events that the message tells of, in order; none where it is about no issue.
        known: The names of all channels that there are, or None where another worker may have others.
        is_readable: Whether the issue could be read.
        digest: What is known of the digest, where the message is one.
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
    events: tuple[Event, ...] = ()
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

    digest: DigestStanding | None = None

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
    Why.ACCOUNTABLE: lambda issue, who: who in issue.accountable,
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


def _is_pressing(standing: Standing) -> Verdict | None:
    """Drop what only told of the time that somebody had, once nobody has to be told any more (law L5)."""
    issue = standing.issue
    over = _IS_OVER.get(standing.message.topic)
    told = None if over is None or issue is None else over(issue, standing.events)
    return None if told is None else Verdict(Fate.DROPPED, told)


def _closed(issue: Issue, _events: Sequence[Event]) -> str | None:
    return None if issue.is_open else "the issue was closed meanwhile"


def _done(issue: Issue, events: Sequence[Event]) -> str | None:
    """Return why nobody needs to be reminded: the issue was closed, or all of it was done."""
    reminders = [event for event in events if isinstance(event, LimitReminded)]
    is_done = bool(reminders) and all(_is_done(issue, event) for event in reminders)
    return _closed(issue, events) or ("it was done meanwhile" if is_done else None)


def _is_done(issue: Issue, event: LimitReminded) -> bool:
    """Say whether what a reminder tells of needs no doing: it was done, or the level was left, or its round is over."""
    last = issue.episodes[-1]
    if event.at < last.opened_at:
        return True
    if event.level is not None:
        return issue.level != event.level or (event.level == 0 and last.first_action_at is not None)
    return done_at(TargetKind(event.limit), last) is not None


def _answered(issue: Issue, _events: Sequence[Event]) -> str | None:
    is_answered = issue.is_open or issue.episodes[-1].satisfied is not None
    return "the check was answered, or the issue reopened, meanwhile" if is_answered else None


_IS_OVER: Mapping[Topic, Callable[[Issue, Sequence[Event]], str | None]] = {
    Topic.LEVEL_RAISED: _closed,
    Topic.REMINDED: _done,
    Topic.CHECK_ASKED: _answered,
}
"""The topics that are no news once time has gone on, each with what says why."""


def _is_wanted(standing: Standing) -> Verdict | None:
    suppressed = standing.wish.suppressed
    return None if suppressed is None else Verdict(Fate.SUPPRESSED, f"the recipient's preferences: {suppressed}")


def _is_not_quiet(standing: Standing) -> Verdict | None:
    until = wishes.held_until(standing.wanted, standing.message, standing.now, standing.zone)
    return None if until is None else Verdict(Fate.DEFERRED, "the recipient's quiet hours", until)


def _is_left(standing: Standing) -> Verdict | None:
    is_left = standing.digest is not None and standing.digest.left > 0
    return None if is_left else Verdict(Fate.DROPPED, "the responses were erased")


def _may_know_some(standing: Standing) -> Verdict | None:
    sees = standing.digest is not None and standing.digest.visible > 0
    return None if sees else Verdict(Fate.DENIED, "the recipient may not see any of it any more")


def _has_a_phone(standing: Standing) -> Verdict | None:
    """Object to a text message for want of a telephone, unless the recipient wants it elsewhere (requirement C4)."""
    message, wanted, digest = standing.message, standing.wanted, standing.digest
    is_elsewhere = wanted is not None and message.topic in wanted.channels
    if message.topic is not Topic.DAILY_ALERT or is_elsewhere or digest is None or digest.has_phone:
        return None
    return Verdict(Fate.SUPPRESSED, "the recipient has no telephone; there is the report alone")


OBJECTIONS: tuple[Objection, ...] = (
    _can_be_read,
    _is_there,
    _is_kept,
    _is_so,
    _is_pressing,
    _may_know,
    _is_wanted,
    _is_not_quiet,
)
"""What can keep a message from being sent, in the order in which it is asked; the first objection is the reason."""


DIGEST_OBJECTIONS: tuple[Objection, ...] = (
    _is_there,
    _is_left,
    _may_know_some,
    _has_a_phone,
    _is_wanted,
    _is_not_quiet,
)
"""The same for what is about many responses: a daily text message, a report."""


def judge(standing: Standing) -> Verdict:
    """Return what is to become of a message now."""
    objections = OBJECTIONS if standing.digest is None else DIGEST_OBJECTIONS
    found = (objection(standing) for objection in objections)
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
