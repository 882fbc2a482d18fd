"""What a tracker does with what is to be told: delivering it, and saying what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import TypeVar

from attrs import evolve

from resolutionkit.errors import InvalidFilter, InvalidValue, StorageError
from resolutionkit.model.deliveries import Delivered, Delivery, Fate, LedgerQuery
from resolutionkit.model.messages import Message
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.query import Order, Page
from resolutionkit.model.values import optional_code
from resolutionkit.ports import KeepsDeliveries, UnitOfWork
from resolutionkit.tracker.access import party_of
from resolutionkit.tracker.courier import Courier
from resolutionkit.tracker.cursors import binding, cursor, key_of
from resolutionkit.tracker.delivering import EVERY, deliver, tell_of_rest
from resolutionkit.tracker.digesting import Digesting
from resolutionkit.tracker.inbox import PAGE
from resolutionkit.tracker.preferring import party_named, preferences_of, set_preferences
from resolutionkit.tracker.reading import page_of, page_size
from resolutionkit.tracker.streams import leading
from resolutionkit.tracker.turns import keeping

T = TypeVar("T")


class Telling(Digesting):
    """What a tracker does with what is to be told."""

    def outbox(self, issue_id: str) -> tuple[Message, ...]:
        """Return who is to be told of what about an issue, in the order in which it happened."""
        return self._reader.messages(issue_id)

    def outbox_of_response(self, response_id: str) -> tuple[Message, ...]:
        """Return who is to be told of what about a response, in the order in which it happened.

        Of a response without an issue hears who asks for it (requirement C3).
        """
        return self._reader.response_messages(response_id)

    def preferences(self, who: str) -> Preferences:
        """Return what somebody wants to be told of; who has said nothing wants what is usual (requirement C3).

        Args:
            who: A person's id, else a person's email address, else any email address.

        Raises:
            PersonNotFound: It names nobody who is there.
            StorageError: The store keeps no preferences.
        """
        return preferences_of(self._runner, party_named(who, self._runner.settings.directory))

    def set_preferences(self, who: str, preferences: Preferences) -> None:
        """Keep what somebody wants to be told of, in the place of what they wanted before.

        Of two who do so at once, the last one is heard.

        Args:
            who: A person's id, else a person's email address, else any email address.
            preferences: What they want.

        Raises:
            PersonNotFound: ``who`` names nobody who is there.
            InvalidValue: They are no preferences, or a threshold is on no scale of the account.
            StorageError: The store keeps no preferences.
        """
        set_preferences(self._runner, party_named(who, self._runner.settings.directory), preferences)

    def deliver(self) -> Delivered:
        """Tell people and observers what is due, over all accounts that the tracker knows, until nothing is due.

        Any number of processes and threads may do so at once, and whenever they like: each message goes to each channel
        of its recipient under one key for ever, ``message.id``. A channel is asked again after growing waits where it
        fails. What is looked at again when it is sent: whether the recipient is there, may still see the issue, and
        still is what the message says, an assignee or a follower. An account whose settings or directory raise is put
        off for a minute, and logged, where there are others.

        Returns:
            How many deliveries came out how.

        Raises:
            InvalidValue: There is nobody to tell through: no notifier, no observer, and no channel in the policy.
            StorageError: The store keeps no queue, or its database failed. What was held is due again in five minutes.
        """
        return deliver(self._courier())

    def work(self, stop: Event, *, every: timedelta = EVERY) -> Delivered:
        """Run the timers and alerts and deliver, again and again, until it is told to stop; run as many as you like.

        It stops between two messages: what was not begun is due again at once. While the database or the directory
        cannot be used it waits and tries again.

        Args:
            stop: Set it, from a signal's handler or another thread, to have it stop.
            every: How long to rest once nothing is due.

        Returns:
            How many deliveries came out how, all in all.

        Raises:
            InvalidValue: As for :meth:`deliver`.
        """
        courier, total = self._courier(stop.is_set), Delivered()
        while not stop.is_set():
            try:
                self._run_timers_if_kept(stop.is_set)
                self._run_alerts_if_kept()
                total = total.plus(deliver(courier))
            except Exception as problem:  # noqa: BLE001  (a directory may raise anything, and be there again)
                tell_of_rest(problem, self._runner.account, every)
            stop.wait(every.total_seconds())
        return total

    def ledger(
        self,
        issue_id: str | None = None,
        *,
        person: str | None = None,
        fate: Fate | str | None = None,
        limit: int = PAGE,
        after: str | None = None,
    ) -> Page[Delivery]:
        """Return what became of messages, channel by channel, and why: in the order in which they came up (C11).

        A message that was not planned yet is waiting on the channel without a name.

        Args:
            issue_id: Of one issue, and of those that were merged into it; None for all.
            person: Of one recipient: a person's id or email address, a bare address, an observer's name; None for all.
            fate: Only what came to this, such as ``dead``; None for all.
            limit: At most how many, 1 to 1,000.
            after: The cursor of the page before, or None for the first page.

        Raises:
            InvalidFilter: There is no such fate, or the limit is none.
            InvalidCursor: The cursor is damaged, or belongs to another question.
            StorageError: The store keeps no ledger.
        """
        query = LedgerQuery(issue=optional_code(issue_id, "issue_id", InvalidValue), fate=_fate(fate), limit=0)
        query = evolve(query, recipient=party_of(person, self._runner.settings.directory))
        bound_to = binding(self._runner.account, None, query, Order.NEWEST)
        start, size = key_of(after, bound_to, (str, str)), page_size(limit)

        def question(unit: UnitOfWork) -> list[Delivery]:
            place = None if start is None else (str(start[0]), str(start[1]))
            asked = [evolve(query, issue=one, limit=size + 1, after=place) for one in _streams(unit, query.issue)]
            lines = [line for one in asked for line in keeping(unit).ledger(one)]
            return sorted(lines, key=lambda one: (one.message.id, one.channel))[: size + 1]

        found = self._runner.store.transact(self._runner.account, question, write=False)
        return page_of(found, size, lambda one: cursor(bound_to, (one.message.id, one.channel)))

    def dead_letters(self, *, limit: int = PAGE, after: str | None = None) -> Page[Delivery]:
        """Return what could not be delivered, and is tried no more until it is sent again.

        Args:
            limit: At most how many, 1 to 1,000.
            after: The cursor of the page before, or None for the first page.
        """
        return self.ledger(fate=Fate.DEAD, limit=limit, after=after)

    def send_again(self, message_id: str, channel: str) -> bool:
        """Let a dead letter be delivered once more, as if it had not been tried; its key stays what it was.

        Args:
            message_id: The message.
            channel: The channel on which it is dead.

        Returns:
            False where there is no such dead letter.
        """
        now = self._runner.now()
        return self._write(lambda unit: unit.send_again(message_id, channel, now))

    def disabled_channels(self) -> dict[str, str]:
        """Return why channels are disabled, by their names; a receiver that is gone for good disables its own."""
        question = self._runner.store.transact
        return question(self._runner.account, lambda unit: dict(keeping(unit).disabled()), write=False)

    def enable_channel(self, channel: str) -> None:
        """Let messages go to a channel again; what became a dead letter meanwhile has to be sent again.

        Args:
            channel: Its name; one that is not disabled stays as it is.
        """
        self._write(lambda unit: unit.disable(channel, None))

    def _write(self, work: Callable[[KeepsDeliveries], T]) -> T:
        runner = self._runner
        return runner.store.transact(runner.account, lambda unit: work(keeping(unit)), write=True)

    def _courier(self, is_stopping: Callable[[], bool] = lambda: False) -> Courier:
        runner = self._runner
        if runner.is_joined:
            raise StorageError("nothing is delivered from within a host's transaction; use the tracker itself")
        if not runner.channels.notifiers and runner.settings.policy.channels is None:
            told = "at least one; where nobody is to be told, channels = [] in the policy says so"
            raise InvalidValue("notifiers", (), told)
        return Courier(runner=runner, accounts=self._lookup(), channels=runner.channels, is_stopping=is_stopping)


def _fate(fate: Fate | str | None) -> Fate | None:
    try:
        return None if fate is None else Fate(fate)
    except ValueError as problem:
        raise InvalidFilter("fate", fate, f"one of {', '.join(Fate)}") from problem


def _streams(unit: UnitOfWork, issue_id: str | None) -> tuple[str | None, ...]:
    """Return the ids of an issue and of all that were merged into it; whatever else was asked for, as it is.

    Of one that cannot be read the ledger is told all the same: it says why nobody was told.
    """
    try:
        issue = leading(unit, issue_id).issue
    except (StorageError, ValueError, LookupError):
        return (issue_id,)
    return (issue_id,) if issue is None else (issue.id, *issue.merged)
