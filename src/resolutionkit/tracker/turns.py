"""A message when it is its turn: what is known of its subject and recipient, and what a channel is given of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import cast

from attrs import frozen

from resolutionkit.decisions.delivery import SEND, TRIES, Standing, Verdict, judge_on
from resolutionkit.errors import StorageError
from resolutionkit.model.deliveries import Delivery, Fate
from resolutionkit.model.events import Event
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic
from resolutionkit.model.notices import Notice
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.query import ACCOUNT_WIDE
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.trusted import changed
from resolutionkit.ports import KeepsDeliveries, UnitOfWork
from resolutionkit.tracker.access import scope_of_party
from resolutionkit.tracker.notices import notice_of
from resolutionkit.tracker.pipeline import AccountSettings


@frozen(kw_only=True)
class Account:
    """An account at work.

    Attributes:
        name: Its name.
        settings: Its policy and directory.
    """

    name: str
    settings: AccountSettings


@frozen(kw_only=True)
class Turn:
    """An account, and what holds there while messages are looked at.

    Attributes:
        account: The account.
        now: The instant.
        usual: The names of the channels for those who chose no others.
    """

    account: Account
    now: datetime
    usual: tuple[str, ...]


class View:
    """A message, and what is known of it now.

    Args:
        turn: The account, and what it is now.
        message: Who is told of what.
        history: The issue's events, empty where the message is about none.
        record: The response, where the message is about no issue, or its recipient has preferences.
        wanted: What the recipient wants to be told of, or None where they have said nothing.
    """

    __slots__ = ("_history", "_issue", "_record", "_turn", "message", "standing")

    def __init__(
        self,
        turn: Turn,
        message: Message,
        history: tuple[Event, ...],
        record: ResponseRecord | None,
        wanted: Preferences | None,
    ) -> None:
        """Fold the history, and ask the directory for the recipient."""
        self.message = message
        self._turn = turn
        self._history = history
        self._issue: Issue | None = replay(history) if history else None
        self._record = record
        settings = turn.account.settings
        is_observer = message.topic is Topic.CHANGED
        self.standing = Standing(
            message=message,
            record=record,
            issue=self._issue,
            scope=ACCOUNT_WIDE if is_observer else scope_of_party(message.recipient, settings.directory),
            now=turn.now,
            wanted=wanted,
            zone=settings.policy.zone if wanted is None else _zone_of(message.recipient, settings),
            usual=(message.recipient,) if is_observer else turn.usual,
        )

    def notice(self, attempt: int) -> Notice:
        """Return what a channel is given.

        Args:
            attempt: How often it has been tried, this time included.
        """
        subject = self._issue or self._record
        if subject is None:
            raise LookupError(f"nothing is left of what message {self.message.id} is about")
        return notice_of(
            self.message,
            self._turn.account.settings,
            account=self._turn.account.name,
            response=subject.response,
            issue=self._issue,
            history=self._history,
            attempt=attempt,
        )


def _zone_of(who: str, settings: AccountSettings) -> str:
    person = settings.directory.person(who)
    return (person.zone if person is not None else None) or settings.policy.zone


def judged(
    held: Iterable[Delivery], views: Mapping[str, View], now: datetime, disabled: str | None = None
) -> tuple[list[Delivery], list[Delivery]]:
    """Return which deliveries may be sent, and what has become of the others.

    Args:
        held: The deliveries.
        views: What is known of their messages, by id.
        now: The instant.
        disabled: Why nothing is to go to their channel, or None.
    """
    sendable, settled = [], []
    for one in held:
        verdict = judge_on(one.channel, views[one.message.id].standing)
        if verdict is SEND and disabled is not None:
            verdict = Verdict(Fate.DEAD, disabled)
        if one.attempts > TRIES:
            verdict = Verdict(Fate.DEAD, "no worker that tried it came back")
        if verdict is SEND:
            sendable.append(one)
            continue
        facts = {"fate": verdict.fate, "reason": verdict.reason, "due_at": verdict.due_at}
        settled.append(changed(one, attempts=one.attempts - 1, changed_at=now, **facts))  # it was not tried, after all
    return sendable, settled


def keeping(unit: UnitOfWork) -> KeepsDeliveries:
    """Return a unit of work as the queue that it is.

    Raises:
        StorageError: The store keeps none.
    """
    if not callable(getattr(unit, "claim", None)):
        raise StorageError("this store keeps no queue of what is to be told, and so nothing can be delivered from it")
    return cast(KeepsDeliveries, unit)


def wanted_by(unit: KeepsDeliveries, recipients: Collection[str]) -> Mapping[str, Preferences]:
    """Return what recipients want to be told of, of those that have said anything; nobody where none are kept."""
    find: Callable[[Collection[str]], Mapping[str, Preferences]] | None = getattr(unit, "preferences_of", None)
    return find(recipients) if find is not None and recipients else {}
