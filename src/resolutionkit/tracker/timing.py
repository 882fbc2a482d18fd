"""What a tracker does about time: running the timers of all accounts, and having them looked at afresh."""

from __future__ import annotations

from collections.abc import Callable

from resolutionkit.errors import AccountNotFound, InvalidValue, StorageError, shown
from resolutionkit.model.timers import TimersRun
from resolutionkit.ports import UnitOfWork
from resolutionkit.tracker.explaining import Explaining
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.timekeeping import Timekeeper, rouse


class Timing(Explaining):
    """What a tracker does about time."""

    _accounts: Callable[[str], AccountSettings | None] | None = None

    def run_timers(self) -> TimersRun:
        """Do what time has brought about by now, over all accounts that are known (requirements B9, B16, C7).

        An issue whose level's limit ran out rises, level by level; assignees are reminded of limits that are about to
        run out, and asked some time after closing whether the customer is satisfied. Who is to be told is told by the
        next :meth:`deliver`.

        What is due follows from what is stored and the clock. So it may be called at any time and by any number of
        processes at once, from a loop or from cron: late, twice, or after an outage of a week, each thing happens once
        (law L8). An issue that cannot be looked at, or an account that nobody knows, delays no other: it is named in
        the log and in the answer, and tried again later.

        Returns:
            What was done in each account, and what failed.

        Raises:
            StorageError: The store keeps no timers, or its database failed.
        """
        return self._timekeeper().run()

    def reschedule(self) -> int:
        """Have every issue of the account that has timers looked at by the next ``run_timers``.

        A changed policy shows within a day by itself, since issues with limits are looked at once a day at least. After
        this it shows at once; so do due instants in lists.

        Returns:
            How many issues that are, those not counted that would be looked at anyway.

        Raises:
            StorageError: The store keeps no timers, or its database failed.
        """
        self._check_may_keep_time()
        return rouse(self._runner, self._runner.now())

    def _run_timers_if_kept(self, is_stopping: Callable[[], bool]) -> None:
        """Run the timers, but for stores that keep none."""

        def question(unit: UnitOfWork) -> bool:
            return callable(getattr(unit, "accounts_awake", None))

        if self._runner.store.transact(self._runner.account, question, write=False):
            self._timekeeper(is_stopping).run()

    def _timekeeper(self, is_stopping: Callable[[], bool] = lambda: False) -> Timekeeper:
        self._check_may_keep_time()
        runner = self._runner
        return Timekeeper(runner=runner, accounts=self._lookup(), now=runner.now(), is_stopping=is_stopping)

    def _check_may_keep_time(self) -> None:
        if self._runner.is_joined:
            raise StorageError("no timers run within a host's transaction; use the tracker itself")

    def _lookup(self) -> Callable[[str], AccountSettings] | None:
        """Return what gives the settings of other accounts, or None where the tracker serves one."""
        accounts = self._accounts
        return None if accounts is None else lambda name: looked_up(accounts, name)


def looked_up(accounts: Callable[[str], AccountSettings | None], name: str) -> AccountSettings:
    """Return what an account is run with.

    Raises:
        AccountNotFound: Nobody knows it.
        InvalidValue: What is given are no settings.
    """
    try:
        settings = accounts(name)
    except LookupError as problem:
        raise AccountNotFound(name, "accounts= does not know it") from problem
    if settings is None:
        raise AccountNotFound(name, "accounts= does not know it")
    if not isinstance(settings, AccountSettings):
        raise InvalidValue("accounts", settings, f"a function that gives AccountSettings, or None, for {shown(name)}")
    return settings
