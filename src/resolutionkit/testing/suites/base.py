"""What every part of the store suite shares: its fixtures, and how properties and threads are run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from operator import methodcaller
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolutionkit.model.people import StaticDirectory
from resolutionkit.ports import Store, UnitOfWork, Write
from resolutionkit.testing.accounts import fresh_account, picture
from resolutionkit.testing.clock import TurnableClock
from resolutionkit.testing.play import Player
from resolutionkit.testing.ruled import RULED
from resolutionkit.tracker.tracker import Tracker

Ask: TypeAlias = Callable[..., Any]
"""Asks one question in a transaction of its own: the name of a unit's method, and its arguments."""
Save: TypeAlias = Callable[..., None]
"""Saves writes in a transaction of its own."""
Look: TypeAlias = Callable[[], object]
"""Gives all that the test's account holds."""


METHODS = tuple(name for name, value in vars(UnitOfWork).items() if not name.startswith("_") and callable(value))
"""What a unit of work answers to."""


class StoreSuite:
    """The fixtures of the store suite, of which ``store`` is the one to override, and what all else rests on."""

    def test_the_unit_of_work_has_every_method(self, store: Store, account: str) -> None:
        """Whatever the port names is there to be called; what is missing is listed here, in one place."""
        missing = store.transact(
            account, lambda unit: [name for name in METHODS if not callable(getattr(unit, name, None))], write=False
        )
        assert missing == [], f"the unit of work lacks {', '.join(missing)}; see resolutionkit.ports.UnitOfWork"

    @pytest.fixture
    def store(self) -> Store:
        """Return a new, empty store. Override this."""
        pytest.fail("override the fixture `store`: return, or yield and then close, a new and empty store")

    @pytest.fixture
    def abilities(self, store: Store) -> object:
        """Return the object that implements the optional abilities: the store itself, unless overridden."""
        return store

    @pytest.fixture
    def account(self) -> str:
        """Return an account of the test's own."""
        return fresh_account()

    @pytest.fixture
    def ask(self, store: Store, account: str) -> Ask:
        """Return a function that asks one question in a transaction of its own."""
        return lambda name, *given: store.transact(account, methodcaller(name, *given), write=False)

    @pytest.fixture
    def save(self, store: Store, account: str) -> Save:
        """Return a function that saves writes in a transaction of its own."""

        def saved(*writes: Write) -> None:
            store.transact(account, lambda unit: unit.save(writes), write=True)

        return saved

    @pytest.fixture
    def look(self, store: Store, account: str, abilities: object) -> Look:
        """Return a function that gives all that the account holds, to compare it with later."""
        return lambda: picture(store, account, abilities)


def ability(abilities: object, wanted: type, instead: str) -> Any:
    """Return the object if it has an ability, or skip the test and say what would have it run.

    Args:
        abilities: What the fixture ``abilities`` gave.
        wanted: The ability, a Protocol.
        instead: What to provide.
    """
    if not isinstance(abilities, wanted):
        pytest.skip(
            f"not tried, for want of {wanted.__name__}: {instead} (on what is tested, or in the fixture `abilities`)"
        )
    return abilities


def for_all(check: Callable[..., None], /, *, part: float = 1, **data: st.SearchStrategy[Any]) -> None:
    """Run a check on random data, under the Hypothesis profile that the author has loaded.

    Args:
        check: The check; it takes the data as keywords.
        part: How large a part of the profile's examples is enough.
        data: A strategy for each keyword.
    """
    examples = max(5, round(settings().max_examples * part))
    chosen = settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[*settings().suppress_health_check, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    given(**data)(chosen(check))()


def player(store: Store, directory: StaticDirectory) -> Player:
    """Return a player on an account that was never used, and whose policy has rules of every kind."""
    clock = TurnableClock()
    tracker = Tracker(store, account=fresh_account(), policy=RULED, directory=directory, clock=clock)
    return Player(tracker, clock)


def in_threads(jobs: Sequence[Callable[[], object]]) -> list[BaseException]:
    """Run jobs at once, a thread each, and return what they raised."""
    problems: list[BaseException] = []
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        try:
            start.wait()
            job()
        except BaseException as problem:  # noqa: BLE001  (a thread's errors would be lost)
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems
