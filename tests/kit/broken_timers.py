"""Stores that forget the time, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs

from kit.broken_base import Broken, Unit


class WakesTooLate(Broken):
    """Finds what waits only after its instant."""

    caught_by = "test_an_issue_waits_from_its_instant_on"

    class Around(Unit):
        def awake(self, now: Any, limit: int) -> Any:
            return self.unit.awake(now - timedelta(microseconds=1), limit)


class TakesTurnsByName(Broken):
    """Lets the smallest id come first, however long others have waited."""

    caught_by = "test_what_has_waited_longest_comes_first"

    class Around(Unit):
        def awake(self, now: Any, limit: int) -> Any:
            return sorted(self.unit.awake(now, 1_000))[:limit]


class KeepsTheFirstInstant(Broken):
    """Goes by what was said of an issue first."""

    caught_by = "test_a_change_says_anew_when_to_look"

    class Around(Unit):
        def save(self, writes: Any) -> None:
            known = {one.before.id: self.unit._tables.wake.get(one.before.id) for one in writes if one.before}
            its = [attrs.evolve(one, wake_at=known[one.before.id]) if one.before else one for one in writes]
            self.unit.save(its)


class WakesItselfAlone(Broken):
    """Finds what waits in its own account alone."""

    caught_by = "test_accounts_are_found_over_all_of_them"

    class Around(Unit):
        def accounts_awake(self, now: Any, limit: int) -> Any:
            return [one for one in self.unit.accounts_awake(now, limit) if self.unit.awake(now, 1)]


class SleepsOnWithoutShowing(Broken):
    """Forgets to show in lists when something is due."""

    caught_by = "test_a_look_that_finds_nothing_lets_an_issue_sleep"

    class Around(Unit):
        def reschedule(self, issue_id: str, version: int, due_at: Any, wake_at: Any) -> bool:
            known = self.unit._tables.due.get(issue_id)
            return bool(self.unit.reschedule(issue_id, version, known, wake_at))


class ReschedulesAnything(Broken):
    """Reschedules an issue that somebody has changed since."""

    caught_by = "test_a_look_at_what_is_no_longer_so_changes_nothing"

    class Around(Unit):
        def reschedule(self, issue_id: str, version: int, due_at: Any, wake_at: Any) -> bool:
            issue = self.unit.issue(issue_id)
            return bool(self.unit.reschedule(issue_id, version if issue is None else issue.version, due_at, wake_at))


class PutsForward(Broken):
    """Has those looked at sooner that sleep longer."""

    caught_by = "test_what_cannot_be_looked_at_is_put_off"

    class Around(Unit):
        def postpone(self, issue_ids: Any, until: Any) -> None:
            for one in issue_ids:
                if one in self.unit._tables.wake:
                    self.unit._wake(one, until)


class RousesForEver(Broken):
    """Says of what it has roused that it sleeps."""

    caught_by = "test_all_that_sleeps_can_be_roused"

    class Around(Unit):
        def rouse(self, now: Any, limit: int) -> int:
            return int(self.unit.rouse(now, limit)) or 1


class ReschedulesForGood(Broken):
    """Reschedules outside the transaction."""

    caught_by = "test_what_is_rolled_back_leaves_timers_as_they_were"

    class Around(Unit):
        def reschedule(self, issue_id: str, version: int, due_at: Any, wake_at: Any) -> bool:
            done = self.unit.reschedule(issue_id, version, due_at, wake_at)
            self.unit._journal.clear()
            return bool(done)
