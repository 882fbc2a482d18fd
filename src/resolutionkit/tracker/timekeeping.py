"""Running the timers: what time has come for is found in the store, and done an issue at a time (law L8).

Each issue is a transaction of its own, on the way that everything takes, ``pipeline``: of two workers that look at one
issue the second finds that nothing is due any more. What is due stands in ``decisions.timers``.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar, cast

import attrs
from attrs import field, frozen

from resolutionkit import logs
from resolutionkit.decisions.timers import timetable
from resolutionkit.errors import AccountNotFound, StorageError
from resolutionkit.model.commands import RunTimers
from resolutionkit.model.events import Cause, CauseKind, CheckAsked, Event, LevelRaised, LimitReminded
from resolutionkit.model.people import SYSTEM
from resolutionkit.model.query import ACCOUNT_WIDE
from resolutionkit.model.results import Change
from resolutionkit.model.timers import AccountTimers, TimersRun
from resolutionkit.ports import UnitOfWork
from resolutionkit.ports.timers import KeepsTimers
from resolutionkit.tracker import pipeline
from resolutionkit.tracker.attempts import Attempts
from resolutionkit.tracker.pipeline import AccountSettings, Way
from resolutionkit.tracker.runner import Runner

BATCH = 100
"""How many issues of an account are looked at before it is another account's turn."""
AGAIN = timedelta(minutes=10)
"""How long what could not be looked at is put off, so that it is in nobody's way."""
UNKNOWN_ACCOUNT = timedelta(hours=1)
"""How long the issues of an account that nobody knows are put off."""

T = TypeVar("T")

_WAY = Way(cause=Cause(CauseKind.TIMER), scope=ACCOUNT_WIDE, check=lambda _unit: None)
_COUNTED: dict[type[Event], str] = {LevelRaised: "climbed", LimitReminded: "reminded", CheckAsked: "asked"}


@frozen(kw_only=True)
class Timekeeper:
    """Runs what is due by one instant, over all accounts that are known.

    Attributes:
        runner: The store, the ids, and the account of the tracker.
        accounts: Gives the settings of other accounts, or None where the tracker serves one.
        now: The instant: nothing that comes due meanwhile is done, and so a run ends.
        is_stopping: Says whether to begin nothing more.
        chance: Gives a number from 0 to 1, by chance: workers that begin together get out of each other's way.
    """

    runner: Runner
    accounts: Callable[[str], AccountSettings] | None
    now: datetime
    is_stopping: Callable[[], bool] = field(default=lambda: False)
    chance: Callable[[], float] = random.random

    def run(self) -> TimersRun:
        """Look at all issues that wait for it, and return what was done.

        Raises:
            StorageError: The store keeps no timers, or its database cannot be used.
        """
        found: dict[str, AccountTimers] = {}
        while not self.is_stopping() and (names := self._waiting()):
            for name in names:
                done = self._account(name)
                if done != AccountTimers():
                    found[name] = found.get(name, AccountTimers()).plus(done)
        for name, done in found.items():
            counts = {"climbed": done.climbed, "reminded": done.reminded, "asked": done.asked}
            logs.TIMERS_RAN.write(account=name, **counts, failed=len(done.failed))
        return TimersRun(at=self.now, accounts=found)

    def _waiting(self) -> list[str]:
        """Return the accounts in which issues wait to be looked at."""
        if self.accounts is not None:
            return list(self._do("", lambda unit: unit.accounts_awake(self.now, BATCH * 10), write=False))
        own = self.runner.account
        return [own] if self._do(own, lambda unit: unit.awake(self.now, 1), write=False) else []

    def _do(self, account: str, work: Callable[[KeepsTimers], T], *, write: bool) -> T:
        return self.runner.store.transact(account, lambda unit: work(keeping_timers(unit)), write=write)

    def _account(self, name: str) -> AccountTimers:
        """Look at some of the issues of an account; where nobody knows it, they are put off."""
        waiting = self._do(name, lambda unit: unit.awake(self.now, BATCH), write=False)
        try:
            runner = self._runner_of(name)
        except Exception as problem:  # noqa: BLE001  (whatever a host's accounts= does, the other accounts go on)
            told = type(problem).__name__
            logs.TIMERS_UNKNOWN.write(account=name, error_type=told)
            until = self.now + (UNKNOWN_ACCOUNT if isinstance(problem, AccountNotFound) else AGAIN)
            self._do(name, lambda unit: unit.postpone(waiting, until), write=True)
            return AccountTimers(problem=told)
        counts, failed = Counter[str](), list[str]()
        for issue_id in sorted(waiting, key=lambda _: self.chance()):
            if self.is_stopping():
                break
            done = self._issue(runner, issue_id)
            if done is None:
                failed.append(issue_id)
            else:
                counts.update(_COUNTED[type(event)] for event in done.events)
        climbed, reminded, asked = (counts[name] for name in _COUNTED.values())
        return AccountTimers(climbed=climbed, reminded=reminded, asked=asked, failed=tuple(sorted(failed)))

    def _runner_of(self, name: str) -> Runner:
        if self.accounts is None or name == self.runner.account:
            return self.runner
        return attrs.evolve(self.runner, account=name, settings=self.accounts(name))

    def _issue(self, runner: Runner, issue_id: str) -> Change | None:
        """Do what is due on one issue; None where that failed: then it is put off, and the others go on."""
        try:
            return run_on(runner, issue_id, self.now)
        except Exception as problem:  # noqa: BLE001  (whatever one issue or its directory holds, the others go on)
            logs.TIMER_FAILED.write(account=runner.account, issue_id=issue_id, error_type=type(problem).__name__)
        # Where the database cannot be used at all this raises, and so ends the run.
        self._do(runner.account, lambda unit: unit.postpone([issue_id], self.now + AGAIN), write=True)
        return None


def run_on(runner: Runner, issue_id: str, now: datetime) -> Change:
    """Do what is due on one issue by an instant, in one transaction; where nothing is, it is looked at later again."""
    command, attempts = RunTimers(issue=issue_id), Attempts()
    around = attrs.evolve(runner.around(SYSTEM, way=_WAY), now=now)
    policy = runner.settings.policy

    def work(unit: UnitOfWork) -> Change:
        done = pipeline.change(unit, command, around, attempts)
        if not done.events:
            times = timetable(done.issue, unit.history(issue_id), policy, now)
            keeping_timers(unit).reschedule(issue_id, done.issue.version, times.due_at, times.wake_at)
        return done

    def carry_out() -> Change:
        return runner.write(work, around)

    return carry_out() if runner.watch.is_idle() else runner.watch.changed(runner.account, command, carry_out)


def rouse(runner: Runner, now: datetime) -> int:
    """Let every issue of an account that has timers be looked at in the next run, and return how many there are."""
    total = 0

    def some(unit: UnitOfWork) -> int:
        return keeping_timers(unit).rouse(now, BATCH)

    while found := runner.store.transact(runner.account, some, write=True):
        total += found
    return total


def keeping_timers(unit: UnitOfWork) -> KeepsTimers:
    """Return a unit of work as one that finds issues by their timers.

    Raises:
        StorageError: The store keeps no timers.
    """
    if not callable(getattr(unit, "accounts_awake", None)):
        raise StorageError("this store cannot say which issues time has come for, and so no timers run on it")
    return cast(KeepsTimers, unit)
