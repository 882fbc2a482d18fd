"""Store rule: an issue is found when time has come for it, over all accounts, and whoever changes it says when anew."""

from __future__ import annotations

from datetime import timedelta
from operator import methodcaller
from typing import Any

import attrs
import pytest

from resolutionkit.model.events import NoteAdded
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter, IssueQuery, Order
from resolutionkit.ports import Store, UnitOfWork, Write
from resolutionkit.ports.timers import KeepsTimers
from resolutionkit.testing.accounts import fresh_account
from resolutionkit.testing.changes import event_after, note, opening, then
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite

HOUR = timedelta(hours=1)
EVERY = 1_000_000
"""More than the issues of any database that the suite is tried on: earlier tests leave theirs in it."""
METHODS = tuple(name for name in vars(KeepsTimers) if not name.startswith("_"))
"""What a unit of work that keeps timers answers to."""


def check_timers(store: Store, account: str) -> None:
    """Skip the test, and say what would have it run, where a store keeps no timers."""

    def missing(unit: UnitOfWork) -> list[str]:
        return [name for name in METHODS if not callable(getattr(unit, name, None))]

    lacking = store.transact(account, missing, write=False)
    if lacking:
        pytest.skip(f"not tried, for want of KeepsTimers: the methods {', '.join(lacking)} (on the unit of work)")


def waking(name: str = "r-1", hours: float | None = 0, **facts: Any) -> Write:
    """Return the opening of an issue that is to be looked at so many hours after noon, or never."""
    wake_at = None if hours is None else NOON + hours * HOUR
    return attrs.evolve(opening(sample_response(name)), wake_at=wake_at, **facts)


def id_of(write: Write) -> str:
    """Return the id of the issue that a write is about."""
    assert write.issue is not None
    return write.issue.id


class Timers(StoreSuite):
    """Which issues wait to be looked at, and until when the others sleep."""

    @pytest.fixture
    def timers(self, store: Store, account: str) -> None:
        """Leave out stores that keep no timers."""
        check_timers(store, account)

    @pytest.fixture
    def do(self, store: Store, account: str) -> Ask:
        """Return a function that makes one change in a transaction of its own."""
        return lambda name, *given: store.transact(account, lambda unit: getattr(unit, name)(*given), write=True)

    @pytest.mark.usefixtures("timers")
    def test_an_issue_waits_from_its_instant_on(self, save: Save, ask: Ask) -> None:
        """At that very instant it is found; one that sleeps for good never is."""
        first, other = waking(hours=1), waking("r-2", None)
        save(first, other)
        assert ask("awake", NOON + HOUR - timedelta(microseconds=1), 10) == []
        assert list(ask("awake", NOON + HOUR, 10)) == [id_of(first)]
        assert list(ask("awake", NOON + 100_000 * HOUR, 10)) == [id_of(first)]

    @pytest.mark.usefixtures("timers")
    def test_what_has_waited_longest_comes_first(self, save: Save, ask: Ask) -> None:
        """In that order, and no more than are asked for."""
        writes = [waking(f"r-{number}", hours) for number, hours in enumerate((3, 1, 2))]
        save(*writes)
        by_time = [id_of(writes[place]) for place in (1, 2, 0)]
        assert list(ask("awake", NOON + 3 * HOUR, 10)) == by_time
        assert list(ask("awake", NOON + 3 * HOUR, 2)) == by_time[:2]

    @pytest.mark.usefixtures("timers")
    def test_a_change_says_anew_when_to_look(self, save: Save, ask: Ask) -> None:
        """What was said before counts no longer, and nothing said is never."""
        first = waking()
        assert first.issue is not None
        later = then(first.issue, event_after(first.issue, NoteAdded, note=note()), wake_at=NOON + 2 * HOUR)
        save(first, later)
        assert list(ask("awake", NOON + HOUR, 10)) == []
        assert list(ask("awake", NOON + 2 * HOUR, 10)) == [id_of(first)]
        assert later.issue is not None
        save(then(later.issue, event_after(later.issue, NoteAdded, note=note())))
        assert list(ask("awake", NOON + 100 * HOUR, 10)) == []

    @pytest.mark.usefixtures("timers")
    def test_accounts_are_found_over_all_of_them(self, store: Store, save: Save, account: str) -> None:
        """Whoever has an issue that waits is named once, longest waiting first; an account's own list has its own."""
        other, quiet = fresh_account(), fresh_account()
        save(waking(hours=2), waking("r-2", 3))
        for name, write in ((other, waking(hours=1)), (quiet, waking(hours=5))):
            store.transact(name, lambda unit, write=write: unit.save([write]), write=True)  # type: ignore[misc]
        ours = {account, other, quiet}

        def found(hours: float) -> list[str]:
            named = store.transact(
                "", lambda unit: list(methodcaller("accounts_awake", NOON + hours * HOUR, EVERY)(unit)), write=False
            )
            return [name for name in named if name in ours]

        assert found(4) == [other, account]
        assert found(0) == []

    @pytest.mark.usefixtures("timers")
    def test_a_look_that_finds_nothing_lets_an_issue_sleep(self, save: Save, ask: Ask, do: Ask) -> None:
        """Until the instant that is said, and lists show from then on when something is due on it."""
        first = waking()
        save(first)
        assert do("reschedule", id_of(first), 1, NOON + 9 * HOUR, NOON + 5 * HOUR) is True
        assert list(ask("awake", NOON + 4 * HOUR, 10)) == []
        assert list(ask("awake", NOON + 5 * HOUR, 10)) == [id_of(first)]
        query = IssueQuery(scope=ACCOUNT_WIDE, filter=IssueFilter(), order=Order.MOST_URGENT, limit=10)
        assert [line.due_at for line in ask("issues", query)] == [NOON + 9 * HOUR]
        assert do("reschedule", id_of(first), 1, None, None) is True
        assert list(ask("awake", NOON + 100 * HOUR, 10)) == []
        assert [line.due_at for line in ask("issues", query)] == [None]

    @pytest.mark.usefixtures("timers")
    def test_a_look_at_what_is_no_longer_so_changes_nothing(self, save: Save, ask: Ask, do: Ask) -> None:
        """Whoever changed the issue meanwhile has said when to look at it."""
        first = waking()
        save(first)
        assert do("reschedule", id_of(first), 2, None, NOON + 5 * HOUR) is False
        assert do("reschedule", "nobody's", 1, None, NOON + 5 * HOUR) is False
        assert list(ask("awake", NOON, 10)) == [id_of(first)]

    @pytest.mark.usefixtures("timers")
    def test_what_cannot_be_looked_at_is_put_off(self, save: Save, ask: Ask, do: Ask) -> None:
        """Whatever its version; what sleeps longer, or for good, goes on to."""
        writes = [waking(f"r-{number}", hours) for number, hours in enumerate((0, 9, None))]
        save(*writes)
        do("postpone", [id_of(write) for write in writes], NOON + 2 * HOUR)
        assert list(ask("awake", NOON + HOUR, 10)) == []
        assert list(ask("awake", NOON + 2 * HOUR, 10)) == [id_of(writes[0])]
        assert list(ask("awake", NOON + 100 * HOUR, 10)) == [id_of(writes[0]), id_of(writes[1])]

    @pytest.mark.usefixtures("timers")
    def test_all_that_sleeps_can_be_roused(self, save: Save, ask: Ask, do: Ask) -> None:
        """Some at a time, until none is left; what sleeps for good is not meant."""
        writes = [waking(f"r-{number}", hours) for number, hours in enumerate((0, 1, 2, 3, None))]
        save(*writes)
        assert [do("rouse", NOON, 2) for _ in range(3)] == [2, 1, 0]
        assert sorted(ask("awake", NOON, 10)) == sorted(id_of(write) for write in writes[:4])

    @pytest.mark.usefixtures("timers")
    def test_what_is_rolled_back_leaves_timers_as_they_were(
        self, store: Store, save: Save, ask: Ask, account: str
    ) -> None:
        """A unit of work that fails has rescheduled nothing."""
        first = waking()
        save(first)

        def fail(unit: Any) -> None:
            unit.reschedule(id_of(first), 1, None, None)
            unit.postpone([id_of(first)], NOON + HOUR)
            raise Boom

        with pytest.raises(Boom):
            store.transact(account, fail, write=True)
        assert list(ask("awake", NOON, 10)) == [id_of(first)]
