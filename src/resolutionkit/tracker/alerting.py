"""The daily alerts, run: every window that has ended is closed once, and every text message written once (law L8).

Which response is told when, and to whom, is decided in ``decisions.alerting``. Each window is a transaction of its own,
and so are the text messages of an account; whoever else does the same at the same time finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar, cast

from attrs import frozen

from resolutionkit import logs
from resolutionkit.decisions.alerting import Due, close, texts_of
from resolutionkit.decisions.windows import Schedule
from resolutionkit.errors import AccountNotFound, StorageError
from resolutionkit.model.alerts import AlertsRun, Awaiting, Closing, Digest
from resolutionkit.model.events import Event
from resolutionkit.model.messages import Topic
from resolutionkit.model.response import ResponseRecord
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import KeepsAlerts, KeepsDeliveries, UnitOfWork
from resolutionkit.tracker.digests import all_of, people_of
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.runner import Runner
from resolutionkit.tracker.turns import Account, keeping

BATCH = 100
"""How many accounts are looked for at once."""
UNKNOWN_ACCOUNT = timedelta(hours=1)
"""How long what is due in an account that nobody knows is put off."""

T = TypeVar("T")


class Alerting(KeepsAlerts, KeepsDeliveries, Protocol):
    """A unit of work that can do all that daily alerts need."""


def alerting(unit: UnitOfWork) -> Alerting:
    """Return a unit of work as one that keeps daily alerts.

    Raises:
        StorageError: The store keeps none, or has no queue for their messages.
    """
    if not callable(getattr(unit, "close_alerts", None)):
        raise StorageError("this store keeps no daily alerts; see resolutionkit.ports.KeepsAlerts")
    keeping(unit)
    return cast(Alerting, unit)


def schedule_of(policy: Policy) -> Schedule:
    """Return when an account is alerted."""
    return Schedule(policy.alerts, policy.zone)


@frozen(kw_only=True)
class AlertsRunner:
    """Runs the daily alerts of all accounts that are known.

    Attributes:
        runner: The store, the clock, the ids, and the account of the tracker.
        accounts: Gives the settings of other accounts, or None where the tracker serves one.
    """

    runner: Runner
    accounts: Callable[[str], AccountSettings] | None

    def run(self) -> AlertsRun:
        """Close every window that has ended, and write every text message that is due."""
        done = AlertsRun()
        while found := self._due():
            for account in found:
                done = done.plus(self._run(account))
            if self.accounts is None:
                break
        return done

    def _due(self) -> list[Account]:
        """Return the accounts in which something is due; where nobody knows the account, it is put off."""
        own = Account(name=self.runner.account, settings=self.runner.settings)
        if self.accounts is None:
            return [own]
        now = self.runner.now()
        names = self._do("", lambda unit: unit.accounts_alerted(now, BATCH), write=False)
        known = (own if name == own.name else self._known(name, self.accounts, now) for name in names)
        return [account for account in known if account is not None]

    def _known(self, name: str, accounts: Callable[[str], AccountSettings], now: datetime) -> Account | None:
        try:
            return Account(name=name, settings=accounts(name))
        except AccountNotFound:
            logs.UNKNOWN_ACCOUNT.write(account=name)
            self._do(name, lambda unit: unit.put_off_alerts(now, now + UNKNOWN_ACCOUNT), write=True)
            return None

    def _run(self, account: Account) -> AlertsRun:
        done = AlertsRun()
        for step in (self._window, self._texts):
            while (closing := step(account)) is not None:
                done = done.plus(_counted(closing))
        return done

    def _window(self, account: Account) -> Closing | None:
        """Close the first window that has ended, and return what became of it; None where none is left."""
        now = self.runner.now()

        def work(unit: Alerting) -> Closing | None:
            rows = unit.awaiting(now)
            if not rows:
                return None
            closing = close(self._due_in(unit, account, rows, now))
            unit.close_alerts(closing)
            return closing

        return self._do(account.name, work, write=True)

    def _due_in(self, unit: Alerting, account: Account, rows: Sequence[Awaiting], now: datetime) -> Due:
        ids = [row.response for row in rows]
        records = all_of(unit.records, ids)
        records |= all_of(unit.records, [one.replaced_by for one in records.values() if one.replaced_by is not None])
        issues = [one.issue for one in records.values() if one.issue is not None]
        histories = all_of(unit.histories, issues)
        return Due(
            rows=rows,
            closed=unit.alerts_closed(),
            records=records,
            histories=histories,
            told=frozenset(unit.told_already(ids)),
            people=people_of(account.settings.directory, _groups(records.values(), histories.values())),
            schedule=schedule_of(account.settings.policy),
            now=now,
            ids=self.runner.ids,
        )

    def _texts(self, account: Account) -> Closing | None:
        """Write the text messages that are due, and return that; None where there are none."""
        now = self.runner.now()

        def work(unit: Alerting) -> Closing | None:
            digests: Sequence[Digest] = unit.texts_due(now)
            if not digests:
                return None
            closing = texts_of(digests, unit.alerts_closed(), now, self.runner.ids)
            unit.close_alerts(closing)
            return closing

        return self._do(account.name, work, write=True)

    def _do(self, account: str, work: Callable[[Alerting], T], *, write: bool) -> T:
        return self.runner.store.transact(account, lambda unit: work(alerting(unit)), write=write)


def _groups(records: Iterable[ResponseRecord], histories: Iterable[Sequence[Event]]) -> Iterator[str]:
    """Yield the groups that the responses belong to, or did."""
    carried = (getattr(event, "response", None) for history in histories for event in history)
    for response in (*(record.response for record in records), *carried):
        if response is not None and response.group is not None:
            yield response.group


def _counted(closing: Closing) -> AlertsRun:
    topics = [one.topic for one in closing.messages]
    told = {one.response for one in closing.told}
    return AlertsRun(
        windows=int(bool(told)),
        responses=len(told),
        digests=len(closing.digests),
        texts=topics.count(Topic.DAILY_ALERT),
        reports=topics.count(Topic.RECOVERY_REPORT),
    )
