"""A message when it is its turn: what is known of its subject and recipient, and what a channel is given of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from attrs import frozen

from resolutionkit.decisions.delivery import SEND, Standing, Verdict, judge
from resolutionkit.errors import AccessDenied, StorageError
from resolutionkit.model.deliveries import Delivery, Fate
from resolutionkit.model.events import Event
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic
from resolutionkit.model.notices import Notice
from resolutionkit.model.people import is_address
from resolutionkit.model.query import ACCOUNT_WIDE, Scope
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.trusted import changed
from resolutionkit.ports import Directory, KeepsDeliveries, UnitOfWork
from resolutionkit.tracker.access import scope_of
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


class View:
    """A message, and what is known of it now.

    Args:
        account: The account.
        message: Who is told of what.
        history: The issue's events, empty where the message is about none.
        record: The response, where the message is about no issue; None where it is not there any more.
    """

    __slots__ = ("_account", "_history", "_issue", "_record", "message")

    def __init__(
        self, account: Account, message: Message, history: tuple[Event, ...], record: ResponseRecord | None
    ) -> None:
        """Fold the history."""
        self.message = message
        self._account = account
        self._history = history
        self._issue: Issue | None = replay(history) if history else None
        self._record = record

    def standing(self) -> Standing:
        """Return what the message is judged by."""
        scope = _scope_of(self.message, self._account.settings.directory)
        return Standing(message=self.message, record=self._record, issue=self._issue, scope=scope)

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
            self._account.settings,
            account=self._account.name,
            response=subject.response,
            issue=self._issue,
            history=self._history,
            attempt=attempt,
        )


def _scope_of(message: Message, directory: Directory) -> Scope | None:
    """Return how far the recipient sees, or None where they are not there any more."""
    if message.topic is Topic.CHANGED:
        return ACCOUNT_WIDE
    who = message.recipient
    try:
        return scope_of(who, directory)
    except AccessDenied:
        is_nobody = directory.person(who) is None
        return Scope(person=who) if is_nobody and is_address(who) else None


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
        verdict = judge(views[one.message.id].standing())
        if verdict is SEND and disabled is not None:
            verdict = Verdict(Fate.DEAD, disabled)
        if verdict.fate is Fate.WAITING:
            sendable.append(one)
            continue
        attempts = one.attempts - 1  # it was not tried, after all
        facts = {"fate": verdict.fate, "reason": verdict.reason, "attempts": attempts}
        settled.append(changed(one, due_at=None, changed_at=now, **facts))
    return sendable, settled


def keeping(unit: UnitOfWork) -> KeepsDeliveries:
    """Return a unit of work as the queue that it is.

    Raises:
        StorageError: The store keeps none.
    """
    if not callable(getattr(unit, "claim", None)):
        raise StorageError("this store keeps no queue of what is to be told, and so nothing can be delivered from it")
    return cast(KeepsDeliveries, unit)
