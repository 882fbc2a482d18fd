"""What a tracker does about daily alerts: running them for all accounts, and saying what somebody was told."""

from __future__ import annotations

from datetime import datetime

from resolutionkit.errors import InvalidValue, StorageError
from resolutionkit.model.alerts import AlertsRun, Digest
from resolutionkit.model.values import id_code, utc
from resolutionkit.ports import UnitOfWork
from resolutionkit.tracker.access import party_of
from resolutionkit.tracker.alerting import AlertsRunner, alerting
from resolutionkit.tracker.timing import Timing

_WHO = "a person's id or email address, as text"


class Digesting(Timing):
    """What a tracker does about daily alerts."""

    def run_alerts(self) -> AlertsRun:
        """Close every window of the daily alert that has ended, over all accounts that the tracker knows (C4 to C6).

        Who leads a group in which there were unhappy responses, and the also-alerted, get a text message with the
        number and a report, over all their groups. This writes the messages; the next :meth:`deliver` sends them.

        What is due follows from what is stored and the clock. So it may be called at any time and by any number of
        processes at once, from a loop or from cron: late, twice, or after an outage of a week, each window is told once
        (law L8), as it was when it ended.

        Returns:
            What was done.

        Raises:
            StorageError: The store keeps no daily alerts, or its database failed; what was closed before that stays so.
        """
        return self._alerts().run()

    def digest(self, recipient: str, window_end: datetime) -> Digest | None:
        """Return what somebody was told of a window: its start, and the ids of its responses; it never changes.

        Args:
            recipient: A person's id or email address.
            window_end: The alert instant at which the window ended, aware.

        Returns:
            The digest, or None where the person was told nothing of such a window.

        Raises:
            InvalidValue: ``recipient`` is no text, or the instant is naive.
            StorageError: The store keeps no daily alerts.
        """
        end = utc(window_end, "window_end", InvalidValue)
        named = id_code(recipient, "recipient", InvalidValue, _WHO)
        who = party_of(named, self._runner.settings.directory) or named
        account = self._runner.account
        return self._runner.store.transact(account, lambda unit: alerting(unit).digest(who, end), write=False)

    def _run_alerts_if_kept(self) -> None:
        """Run the daily alerts, but for stores that keep none."""

        def question(unit: UnitOfWork) -> bool:
            return callable(getattr(unit, "close_alerts", None))

        if self._runner.store.transact(self._runner.account, question, write=False):
            self._alerts().run()

    def _alerts(self) -> AlertsRunner:
        if self._runner.is_joined:
            raise StorageError("no alerts are run within a host's transaction; use the tracker itself")
        return AlertsRunner(runner=self._runner, accounts=self._lookup())
