"""Each account with its own policy and directory, and what the accounts of one store share (F4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from resolutionkit import (
    Access,
    AccessDenied,
    AccountNotFound,
    AccountSettings,
    InvalidValue,
    MoveRefused,
    Outcome,
    Person,
    Policy,
    StaticDirectory,
    Status,
    StorageError,
    Tracker,
    workflows,
)
from resolutionkit.ports import Store
from resolutionkit.storage.sql.store import SqlStore
from resolutionkit.testing import fresh_account
from support import TurnableClock, response
from support.bound import accounts_of, sent_meanwhile
from support.stores import dump


def people(*of_this: Person) -> StaticDirectory:
    """Return a directory of these people, who are led by Ana."""
    return StaticDirectory([Person(id="ana", name="Ana", access=Access.EVERYTHING), *of_this], leader="ana")


SETTINGS = {
    "acme": AccountSettings(
        policy=Policy(recovery_threshold=3), directory=people(Person(id="ben", name="Ben", access=Access.EVERYTHING))
    ),
    "brackwell": AccountSettings(
        policy=Policy(workflow=workflows.THREE_STATUS_FORWARD), directory=people(Person(id="ben", name="Benedict"))
    ),
}


@pytest.fixture
def names() -> dict[str, AccountSettings]:
    """Return the settings under names that were never used."""
    return {f"{name}-{fresh_account()}": settings for name, settings in SETTINGS.items()}


@pytest.fixture
def trackers(store: Store, names: dict[str, AccountSettings]) -> list[Tracker]:
    """Return a tracker on each account; the second comes from the first."""
    first, second = names
    tracker = Tracker(store, account=first, accounts=names.get, clock=TurnableClock())
    return [tracker, tracker.for_account(second)]


def test_each_account_judges_by_its_own_policy(trackers: list[Tracker]) -> None:
    """The same response is content in one account and unhappy in the other, whose workflow is another too."""
    acme, brackwell = trackers
    assert acme.record(response(score=5)).outcome is Outcome.STORED
    issue = brackwell.record(response(score=5)).issue
    assert issue is not None
    assert {move.status for move in brackwell.moves(issue.id)} == {"in_progress", "closed"}
    lower = acme.record(response("low", 3)).issue
    assert lower is not None
    assert acme.as_user("ana").set_status(lower.id, Status.CANT_RESOLVE, note="No.").issue.phase == "closed"
    with pytest.raises(MoveRefused):
        brackwell.as_user("ana").set_status(issue.id, Status.CANT_RESOLVE, note="No.")


def test_each_account_has_people_of_its_own(trackers: list[Tracker]) -> None:
    """One id is two people: in one account he sees everything, in the other what is his, under another name."""
    acme, brackwell = trackers
    for tracker in trackers:
        tracker.record(response("r-1", 1))
    assert len(acme.as_user("ben").issues()) == 1
    assert len(brackwell.as_user("ben").issues()) == 0
    with pytest.raises(AccessDenied):
        acme.as_user("dana").issues()
    (line,) = brackwell.issues()
    brackwell.as_user("ana").assign(line.id, "ben", note="Yours.")
    signed = brackwell.as_user("ben").add_note(line.id, "Mine.").issue.notes
    assert [note.author for note in signed][-1] == "Benedict"


def test_settings_are_looked_up_when_an_account_is_opened(store: Store, names: dict[str, AccountSettings]) -> None:
    """A tracker keeps the settings that it was opened with; the next one for the account has the new ones."""
    asked: list[str] = []

    def lookup(name: str) -> AccountSettings | None:
        asked.append(name)
        return names.get(name)

    first = next(iter(names))
    tracker = Tracker(store, account=first, accounts=lookup, clock=TurnableClock())
    names[first] = AccountSettings(policy=Policy(recovery_threshold=9))
    assert tracker.record(response(score=5)).outcome is Outcome.STORED
    assert tracker.for_account(first).record(response("later", 5)).outcome is Outcome.OPENED
    assert asked == [first, first]


def test_an_account_that_nobody_knows_is_not_found_and_touches_nothing(store: Store) -> None:
    """Nothing is asked of the database for an account without settings."""
    name = fresh_account()
    with sent_meanwhile() as sent, pytest.raises(AccountNotFound, match="does not know it"):
        Tracker(store, account=name, accounts=SETTINGS.get)
    with pytest.raises(AccountNotFound, match="open the tracker with accounts="):
        Tracker(store, account=name).for_account("acme")
    assert sent == []


def test_what_a_lookup_raises_goes_through(trackers: list[Tracker], store: Store) -> None:
    """A lookup whose own source is away is not an account that nobody knows; the tracker that asked works on."""

    class Away(Exception):
        pass

    def lookup(name: str) -> AccountSettings:
        if name == "acme":
            return AccountSettings()
        raise Away(name)

    tracker = Tracker(store, account="acme", accounts=lookup, policy=Policy(), clock=TurnableClock())
    with pytest.raises(Away, match="brackwell"):
        tracker.for_account("brackwell")
    assert tracker.issues(limit=1) is not None


@pytest.mark.parametrize("given", [Policy(), (Policy(), StaticDirectory()), {"policy": Policy()}, "acme", True])
def test_a_lookup_that_gives_something_else_is_told_so(store: Store, given: Any) -> None:
    """What is no settings would fail later and elsewhere."""
    with pytest.raises(InvalidValue, match="a function that gives AccountSettings"):
        Tracker(store, account="acme", accounts=lambda _: given)


def test_one_clock_serves_all_accounts(store: Store, names: dict[str, AccountSettings]) -> None:
    """A tracker for another account reads the clock of the one that it came from."""
    first, second = names
    clock = TurnableClock()
    tracker = Tracker(store, account=first, accounts=names.get, clock=clock)
    other = tracker.for_account(second)
    clock.turn(hours=5)
    assert other.record(response(score=1)).issue.opened_at == clock.now  # type: ignore[union-attr]


def test_closing_one_account_s_tracker_closes_the_store_of_all(tmp_path: Path) -> None:
    """The accounts of a store share its connections: close the one that opened it, when all is done."""
    url = f"sqlite:///{tmp_path / 'recovery.db'}"
    with Tracker.open(url, account="acme", accounts=SETTINGS.get, clock=TurnableClock()) as acme:
        brackwell = acme.for_account("brackwell")
        with Tracker.open(url, account="brackwell", accounts=SETTINGS.get, clock=TurnableClock()) as apart:
            brackwell.close()
            for tracker in (acme, brackwell):
                with pytest.raises(StorageError, match="closed"):
                    tracker.issues()
            assert apart.record(response(score=1)).outcome is Outcome.OPENED


def test_a_joined_tracker_is_of_one_account(store: Store, trackers: list[Tracker]) -> None:
    """In a host's transaction too, every statement says whose rows it touches; the other account stays as it is."""
    acme, brackwell = trackers
    brackwell.record(response("r-1", 1, ticket="T"))
    before = dump(store, brackwell.account)
    if not isinstance(store, SqlStore):
        with pytest.raises(StorageError, match="cannot join"), acme.joined(object()):
            pass
        return
    engine = create_engine(store.engine.url)
    with sent_meanwhile() as sent:
        with engine.begin() as connection, acme.joined(connection) as t:
            t.record(response("r-1", 2, ticket="T", hierarchy=["lee@partner.example"]))
            assert t.account == acme.account
            assert [line.response.score for line in t.issues()] == [2]
            t.as_user("ben").add_note(t.issues().items[0].id, "Rang.", key="once")
        assert {name for one in sent for name in accounts_of(one)} == {acme.account}
    engine.dispose()
    assert dump(store, brackwell.account) == before
