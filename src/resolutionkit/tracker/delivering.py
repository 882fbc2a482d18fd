"""Delivery, run to its end: every channel works by itself, so that a slow one delays no other.

What the steps are stands in ``courier``. Threads are made for one run where there is more than one channel, and are
gone when it ends.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from time import perf_counter
from typing import TypeAlias

from attrs import evolve

from resolutionkit import logs
from resolutionkit.errors import StorageError
from resolutionkit.model.deliveries import Delivered, Delivery, Fate, NotDelivered, delivered
from resolutionkit.model.notices import Notice
from resolutionkit.model.trusted import changed
from resolutionkit.ports import Notifier
from resolutionkit.tracker.courier import Batch, Courier, Round, tell_of_failure
from resolutionkit.tracker.turns import Account

SETTLE_EVERY = timedelta(seconds=1)
"""How long what was sent stays unsettled at most while more of its batch is sent: a crash has it sent again."""
EVERY = timedelta(seconds=5)
"""How long a worker rests once nothing is due."""
LOOK_EVERY = timedelta(seconds=0.5)
"""How often to look for more on channels that have nothing to do while others are at work."""

Call: TypeAlias = Callable[[Notifier, Notice], None]
"""Hands a notice to a channel; it raises where the channel does."""


def deliver(courier: Courier) -> Delivered:
    """Deliver until nothing is due, and return what was done.

    Args:
        courier: Does the steps.
    """
    halted = Event()
    courier = evolve(courier, is_stopping=partial(_either, courier.is_stopping, halted.is_set))
    todo = Todo(courier)
    if len(list(courier.channels)) < 2:
        while batches := todo.look(list(courier.channels)):
            for batch in batches:
                todo.note(send(courier, batch, _call))
        return todo.done
    with ThreadPoolExecutor(len(list(courier.channels)), "resolutionkit") as threads:
        try:
            return _side_by_side(courier, todo, threads)
        except BaseException:
            halted.set()  # the others give back what they have not begun
            raise


def _side_by_side(courier: Courier, todo: Todo, threads: ThreadPoolExecutor) -> Delivered:
    running: dict[Future[Sequence[Delivery]], str] = {}
    while True:
        idle = set(courier.channels) - set(running.values())
        for batch in todo.look(idle) if idle else ():
            running[threads.submit(copy_context().run, send, courier, batch, _call)] = batch.channel
        if not running:
            return todo.done
        for one in wait(running, LOOK_EVERY.total_seconds(), FIRST_COMPLETED).done:
            del running[one]
            todo.note(one.result())


def _either(*said: Callable[[], bool]) -> bool:
    return any(one() for one in said)


def tell_of_rest(problem: Exception, account: str, every: timedelta) -> None:
    """Log that the database or the account's directory cannot be used, and that the worker tries again."""
    if not isinstance(problem, StorageError):
        tell_of_failure(account, problem, every)
        return
    cause = type(problem.__cause__ or problem).__name__
    logs.RESTING.write(error_type=type(problem).__name__, cause=cause, pause=every.total_seconds())


def _call(channel: Notifier, notice: Notice) -> None:
    channel.notify(notice)


class Todo:
    """What there is to do, and what became of it; shared by those who do it in their ways.

    Args:
        courier: Does the steps.
    """

    def __init__(self, courier: Courier) -> None:
        """Begin with nothing done."""
        self._courier = courier
        self._fates: Counter[Fate] = Counter()

    @property
    def done(self) -> Delivered:
        """Return what was done so far."""
        return delivered(self._fates)

    def look(self, idle: Collection[str]) -> list[Batch]:
        """Return what is to be sent now: a batch at most for each channel that has nothing to do; empty for good.

        Args:
            idle: Their names.
        """
        while not self._courier.is_stopping():
            batches, is_empty = list[Batch](), True
            for account in self._courier.due():
                try:
                    for found in self._rounds(account, set(idle) - {batch.channel for batch in batches}):
                        self.note(found.settled)
                        self._courier.runner.watch.settled(account.name, found.settled)
                        batches += found.batches
                        is_empty = is_empty and found.is_empty
                except Exception as problem:  # noqa: BLE001  (whatever its directory does, the other accounts go on)
                    self._courier.set_aside(account.name, problem)
                    is_empty = False  # it may have been all that was seen
            if batches or is_empty:
                return batches
        return []

    def _rounds(self, account: Account, idle: set[str]) -> Iterator[Round]:
        planned = self._courier.plan(account, idle)
        yield planned
        for channel in idle - {batch.channel for batch in planned.batches}:
            found = self._courier.claim(account, channel)
            yield found if not found.is_empty else self._courier.claim(account, channel, is_abandoned=True)

    def note(self, settled: Collection[Delivery]) -> None:
        """Count what became of deliveries."""
        self._fates.update(one.fate for one in settled)


def send(courier: Courier, batch: Batch, call: Call) -> Sequence[Delivery]:
    """Send a batch, one parcel after the other, and return what became of each that was still ours.

    Args:
        courier: Does the steps.
        batch: The batch.
        call: Hands a notice to the channel.
    """
    watch, account = courier.runner.watch, batch.account.name
    sending = _Sending(courier, batch, watch.traced(account, call))
    with watch.delivering(account, batch.channel, len(batch.parcels), sending.settled):
        try:
            while sending.goes_on():
                sending.send_next()
        except BaseException:
            sending.give_back()  # but for what was being sent, of which nobody knows what became
            sending.settle()
            raise
        sending.settle()
    return sending.settled


class _Sending:
    """A batch while it is sent."""

    def __init__(self, courier: Courier, batch: Batch, call: Call) -> None:
        self._courier = courier
        self._batch = batch
        self._left = deque(batch.parcels)
        self._call = call
        self._channel = courier.channels[batch.channel]
        self._in_order = courier.channels.in_order(batch.channel)
        self._settled_at = courier.runner.now()
        self._unsettled: list[Delivery] = []
        self._given_back: list[Delivery] = []
        self._disabled: str | None = None
        self._held_up: dict[tuple[str | None, str], datetime | None] = {}
        self.settled: list[Delivery] = []

    def goes_on(self) -> bool:
        """Say whether there is something to send now."""
        courier, batch = self._courier, self._batch
        if self._disabled is not None or courier.has_run_out(batch):
            self.give_back()
        elif self._left and courier.is_stale(batch):
            self.settle()
            self._look_again()
        return bool(self._left)

    def _look_again(self) -> None:
        courier, account = self._courier, self._batch.account.name
        try:
            self._batch, judged = courier.look_again(changed(self._batch, parcels=tuple(self._left)))
        except Exception as problem:  # noqa: BLE001  (as where it is planned)
            self.give_back()
            self.settle()
            courier.set_aside(account, problem)
            return
        self._left = deque(self._batch.parcels)
        self.settled += judged
        courier.runner.watch.settled(account, judged)

    def send_next(self) -> None:
        delivery, notice = self._left.popleft()
        subject = (delivery.message.issue, delivery.message.recipient)
        if subject in self._held_up:
            self._given_back += self._courier.given_back([delivery], self._held_up[subject])
            return
        watch, account, began = self._courier.runner.watch, self._batch.account.name, perf_counter()
        try:
            self._call(self._channel, notice)
        except Exception as problem:  # noqa: BLE001  (whatever a channel does, the others go on)
            result = self._courier.failed(delivery, problem)
            watch.failed(account, result, perf_counter() - began, problem)
            if isinstance(problem, NotDelivered) and problem.disables:
                self._disabled = problem.reason
                logs.DISABLED.write(account=account, channel=self._batch.channel)
            if self._in_order and result.fate is Fate.WAITING:
                self._held_up[subject] = result.due_at
        else:
            result = self._courier.sent(delivery)
            watch.sent(account, result, perf_counter() - began)
        self._unsettled.append(result)
        if result.changed_at - self._settled_at > SETTLE_EVERY:
            self.settle()

    def give_back(self) -> None:
        """Give back what was not begun."""
        self._given_back += self._courier.given_back(delivery for delivery, _ in self._left)
        self._left.clear()

    def settle(self) -> None:
        """Write what became of what was sent, and what was given back."""
        if self._unsettled or self._given_back:
            results = [*self._unsettled, *self._given_back]
            settled = self._courier.settle(self._batch, results, self._disabled)
            self.settled += [one for one in settled if one not in self._given_back]
        self._unsettled, self._given_back = [], []
        self._settled_at = self._courier.runner.now()
