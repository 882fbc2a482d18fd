"""The steps of delivery, each in a transaction of its own: plan, claim, settle. Sending is between them, in none.

A message is planned once: it gets a line of the ledger for each channel of its recipient. A line that waits is claimed
when it is due, looked at again, sent, and settled. Who runs the steps, one after the other or side by side, stands in
``delivering`` and in ``aio.delivering``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import field, frozen

from resolutionkit import logs
from resolutionkit.decisions.delivery import SEND, Verdict, judge, next_try
from resolutionkit.errors import AccountNotFound, StorageError
from resolutionkit.model.deliveries import Claim, Delivery, Fate, NotDelivered
from resolutionkit.model.messages import Message
from resolutionkit.model.notices import Notice
from resolutionkit.model.trusted import changed, trusted
from resolutionkit.ports import KeepsDeliveries
from resolutionkit.tracker.channels import Channels
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.plugins import told
from resolutionkit.tracker.runner import Runner
from resolutionkit.tracker.turns import Account, Look, judged, keeping, seen

BATCH = 100
"""How many messages are planned, or deliveries claimed, at once."""
LEASE = timedelta(minutes=5)
"""How long a worker has for what it claimed; then it may be another's."""
MARGIN = timedelta(minutes=1)
"""How long before its lease runs out a worker gives back what it has not begun."""
FRESH_FOR = timedelta(seconds=5)
"""How old what was looked at may be when it is sent; older than that, it is looked at again."""
REASON_MAX = 190
"""How much of a reason the ledger keeps."""
UNKNOWN_ACCOUNT = timedelta(hours=1)
"""How long what is due in an account that nobody knows is put off."""
FAILED_ACCOUNT = timedelta(minutes=1)
"""How long what is due in an account is put off whose settings or directory raised."""
NO_CHANNEL = "there is no channel of this name"

T = TypeVar("T")

_delivery = trusted(Delivery)


@frozen(kw_only=True, weakref_slot=False)
class Batch:
    """Deliveries that one worker holds, on one channel of one account.

    Attributes:
        account: The account.
        channel: The channel.
        lease: The token under which they are held.
        until: When the lease runs out.
        looked_at: When it was last looked whether they may be sent.
        parcels: Each delivery, with what the channel is given.
    """

    account: Account
    channel: str
    lease: str
    until: datetime
    looked_at: datetime
    parcels: tuple[tuple[Delivery, Notice], ...]


@frozen(kw_only=True)
class Round:
    """What one look at an account came to.

    Attributes:
        batches: What is to be sent now.
        settled: What is over or deferred without having been sent.
        is_empty: Whether nothing was due.
    """

    batches: tuple[Batch, ...] = ()
    settled: tuple[Delivery, ...] = ()
    is_empty: bool = True


@frozen(kw_only=True)
class Courier:
    """Delivers what is due, over all accounts that are known.

    Attributes:
        runner: The store, the clock, the ids, and the account of the tracker.
        accounts: Gives the settings of other accounts, or None where the tracker serves one.
        channels: Through what people are told.
        chance: Gives a number from 0 to 1, by chance.
        is_stopping: Says whether to begin nothing more.
    """

    runner: Runner
    accounts: Callable[[str], AccountSettings] | None
    channels: Channels
    chance: Callable[[], float] = random.random
    is_stopping: Callable[[], bool] = field(default=lambda: False)

    # --- which accounts ----------------------------------------------------------------------------------------------

    def due(self) -> list[Account]:
        """Return the accounts in which something is due; what is due where nobody knows the account is put off."""
        own = Account(name=self.runner.account, settings=self.runner.settings)
        if self.accounts is None:
            return [own]
        while names := self._names_due():
            known = [own if name == own.name else self._known(name, self.accounts) for name in names]
            if found := [account for account in known if account is not None]:
                return found
        return []

    def _names_due(self) -> Sequence[str]:
        """Return some of them, and not all where one has very much."""
        now = self.runner.now()
        return self._do("", lambda unit: unit.accounts_due(list(self.channels), now, BATCH), write=False)

    def _known(self, name: str, accounts: Callable[[str], AccountSettings]) -> Account | None:
        try:
            return Account(name=name, settings=accounts(name))
        except AccountNotFound:
            now = self.runner.now()
            logs.UNKNOWN_ACCOUNT.write(account=name)
            self._do(name, lambda unit: unit.put_off(now, now + UNKNOWN_ACCOUNT), write=True)
        except Exception as problem:  # noqa: BLE001  (whatever a host's function does, the other accounts go on)
            self.set_aside(name, problem)
        return None

    def set_aside(self, account: str, problem: Exception) -> None:
        """Put off what is due in an account that cannot be delivered, so that the others go on.

        Args:
            account: Its name.
            problem: What its settings or its directory raised. It is raised again where it is the database's, or where
                there is one account only.
        """
        if self.accounts is None or isinstance(problem, StorageError):
            raise problem
        now = self.runner.now()
        tell_of_failure(account, problem, FAILED_ACCOUNT)
        self._do(account, lambda unit: unit.put_off(now, now + FAILED_ACCOUNT), write=True)

    def _do(self, account: str, work: Callable[[KeepsDeliveries], T], *, write: bool) -> T:
        return self.runner.store.transact(account, lambda unit: work(keeping(unit)), write=write)

    # --- planning ----------------------------------------------------------------------------------------------------

    def plan(self, account: Account, idle: Collection[str]) -> Round:
        """Plan messages onto channels; what can be sent at once, on channels that have nothing to do, is held for it.

        Args:
            account: The account.
            idle: The names of the channels that have nothing to do.
        """
        now, lease = self.runner.now(), self.runner.ids()
        at_once = {name for name in idle if not self.channels.in_order(name)}

        def work(unit: KeepsDeliveries) -> Round:
            messages = unit.unplanned(now, BATCH)
            if not messages:
                return Round()
            look, disabled = self._look(unit, account, messages, now), unit.disabled()
            free = at_once - disabled.keys()
            planned = [one for told in messages for one in self._planned(look, told, free, disabled)]
            unit.plan(planned, lease, now + LEASE)
            held = [one for one in planned if one.attempts]
            return Round(
                batches=tuple(self._batches(account, held, look, lease)),
                settled=tuple(one for one in planned if one.fate is not Fate.WAITING),
                is_empty=False,
            )

        return self._do(account.name, work, write=True)

    def _planned(
        self, look: Look, message: Message, at_once: Collection[str], disabled: Mapping[str, str]
    ) -> Iterator[Delivery]:
        standing = look.standing(message)
        verdict, names = judge(standing), standing.wish.channels
        if not names and verdict is SEND:
            verdict = Verdict(Fate.SUPPRESSED, "the account has no channel for it")
        lines = [(name, verdict) for name in names or ("",)]
        if verdict is SEND:
            lines = [(name, Verdict(Fate.DEAD, disabled[name]) if name in disabled else SEND) for name in names]
            lines += [(name, Verdict(Fate.DEAD, NO_CHANNEL)) for name in standing.missing]
        for name, its in lines:
            yield _delivery(
                message=message,
                channel=name,
                fate=its.fate,
                reason=its.reason,
                attempts=int(its is SEND and name in at_once),
                due_at=look.at if its is SEND else its.due_at,
                changed_at=look.at,
            )

    # --- claiming ----------------------------------------------------------------------------------------------------

    def claim(self, account: Account, channel: str, *, is_abandoned: bool = False) -> Round:
        """Claim deliveries that are due on a channel, and look again whether they may be sent.

        Args:
            account: The account.
            channel: The channel.
            is_abandoned: Whether to take one that a worker held until its lease ran out: it may be what killed it, and
                so it is taken alone.
        """
        now, lease = self.runner.now(), self.runner.ids()
        claim = Claim(
            channel=channel,
            now=now,
            lease=lease,
            until=now + LEASE,
            limit=1 if is_abandoned else BATCH,
            is_abandoned=is_abandoned,
            in_order=self.channels.in_order(channel),
        )

        def work(unit: KeepsDeliveries) -> Round:
            held = unit.claim(claim)
            if not held:
                return Round()
            look = self._look(unit, account, [one.message for one in held], now)
            sendable, settled = judged(held, look, unit.disabled().get(channel))
            unit.finish(settled, lease)
            batches = self._batches(account, sendable, look, lease)
            return Round(batches=tuple(batches), settled=tuple(settled), is_empty=False)

        return self._do(account.name, work, write=True)

    def look_again(self, batch: Batch) -> tuple[Batch, Sequence[Delivery]]:
        """Return what of a batch may still be sent, as it is now, and what became of the rest."""
        now = self.runner.now()
        held = [delivery for delivery, _ in batch.parcels]

        def work(unit: KeepsDeliveries) -> tuple[Batch, Sequence[Delivery]]:
            look = self._look(unit, batch.account, [one.message for one in held], now)
            sendable, settled = judged(held, look)
            unit.finish(settled, batch.lease)
            parcels = tuple((one, look.notice(one.message, one.attempts)) for one in sendable)
            return changed(batch, looked_at=now, parcels=parcels), settled

        return self._do(batch.account.name, work, write=True)

    def is_stale(self, batch: Batch) -> bool:
        """Say whether it is too long ago that somebody looked whether a batch may be sent."""
        return self.runner.now() - batch.looked_at > FRESH_FOR

    def has_run_out(self, batch: Batch) -> bool:
        """Say whether nothing more of a batch may be begun: its lease will soon be over, or the worker stops."""
        return self.is_stopping() or self.runner.now() > batch.until - MARGIN

    # --- sending -----------------------------------------------------------------------------------------------------

    def sent(self, delivery: Delivery) -> Delivery:
        """Return the line of what a channel took."""
        return changed(delivery, fate=Fate.SENT, reason="", due_at=None, changed_at=self.runner.now())

    def failed(self, delivery: Delivery, problem: Exception) -> Delivery:
        """Return the line of what a channel did not take: it is tried again, or it is a dead letter."""
        now, at_least, is_final, reason = self.runner.now(), None, False, told(problem)
        if isinstance(problem, NotDelivered):
            at_least, is_final, reason = problem.retry_after, problem.is_final or problem.disables, problem.reason
        due_at = None if is_final else next_try(delivery.attempts, now, self.chance(), at_least)
        fate = Fate.DEAD if due_at is None else Fate.WAITING
        return changed(delivery, fate=fate, reason=_kept(reason), due_at=due_at, changed_at=now)

    def given_back(self, deliveries: Iterable[Delivery], due_at: datetime | None = None) -> list[Delivery]:
        """Return the lines of what was not begun, which counts as not tried; it is due now, unless told otherwise."""
        now = self.runner.now()
        return [changed(one, attempts=one.attempts - 1, due_at=due_at or now, changed_at=now) for one in deliveries]

    def settle(self, batch: Batch, results: Sequence[Delivery], disabled: str | None = None) -> Sequence[Delivery]:
        """Write what became of a batch, and return it; what another worker has by now is left out.

        Args:
            batch: The batch.
            results: What became of each delivery.
            disabled: Why nothing more is to go to the channel, or None.
        """

        def work(unit: KeepsDeliveries) -> Sequence[Delivery]:
            if disabled is not None:
                unit.disable(batch.channel, _kept(disabled))
            return unit.finish(results, batch.lease)

        settled = self._do(batch.account.name, work, write=True)
        for lost in {one.message.id for one in results} - {one.message.id for one in settled}:
            logs.LEASE_LOST.write(account=batch.account.name, channel=batch.channel, message_id=lost)
        return settled

    # --- looking -----------------------------------------------------------------------------------------------------

    def _look(self, unit: KeepsDeliveries, account: Account, messages: Sequence[Message], now: datetime) -> Look:
        """Look at what messages are about, as it is now."""
        policy = account.settings.policy
        known = frozenset(self.channels) if policy.channels is None else None
        look = Look(account, seen(unit, messages), lambda topic: self.channels.usual_for(topic, policy), now, known)
        for issue, problem in look.unreadable.items():
            logs.UNREADABLE.write(account=account.name, issue_id=issue, error_type=type(problem).__name__)
        return look

    def _batches(self, account: Account, held: Iterable[Delivery], look: Look, lease: str) -> Iterator[Batch]:
        by_channel: dict[str, list[tuple[Delivery, Notice]]] = {}
        for one in held:
            parcel = (one, look.notice(one.message, one.attempts))
            by_channel.setdefault(one.channel, []).append(parcel)
        for channel, parcels in by_channel.items():
            yield Batch(
                account=account,
                channel=channel,
                lease=lease,
                until=look.at + LEASE,
                looked_at=look.at,
                parcels=tuple(parcels),
            )


def tell_of_failure(account: str, problem: Exception, pause: timedelta) -> None:
    """Log that nothing can be delivered in an account for now."""
    kind, seconds = type(problem).__name__, pause.total_seconds()
    logs.ACCOUNT_FAILED.write(account=account, error_type=kind, fault=told(problem), pause=seconds)


def _kept(reason: str) -> str:
    """Return a reason as the ledger keeps it; a channel of somebody else's may give anything."""
    return "".join(one if one.isprintable() else " " for one in reason)[:REASON_MAX]
