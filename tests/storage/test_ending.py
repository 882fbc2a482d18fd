"""Changes that are a whole transaction in one trip, on PostgreSQL: kept whole or not at all, and never done twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from resolutionkit import CommitUnknown, Outcome, Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.model.events import NoteAdded
from resolutionkit.ports import UnitOfWork, Write, WriteConflict
from resolutionkit.storage.sql.direct import DirectWire, PsycopgWire
from resolutionkit.storage.sql.store import SqlStore, open_store
from resolutionkit.testing.changes import event_after, message, note, opening, then
from resolutionkit.testing.samples import sample_response
from support import TurnableClock, organisation, response
from support.proxy import Proxy
from support.servers import database, server
from support.stores import dump


@pytest.fixture
def url() -> Iterator[str]:
    """Return the URL of a database of the test's own, with our tables."""
    with database("postgresql") as made:
        yield made


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """Return a store on it."""
    opened = open_store(StoreOptions(url=url))
    yield opened
    opened.close()


@pytest.fixture
def tracker(store: SqlStore) -> Tracker:
    """Return a tracker on it, whose account has its secret."""
    tracker = Tracker(store, directory=organisation(), clock=TurnableClock())
    tracker.record(response("first"))
    return tracker


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the first words of every statement that goes straight to the driver."""
    texts: list[str] = []
    done = DirectWire._done

    def noted(wire: DirectWire, text: str, given: Any, take: Any) -> Any:
        texts.append(text.split(maxsplit=1)[0])
        return done(wire, text, given, take)

    monkeypatch.setattr(DirectWire, "_done", noted)
    return texts


def test_a_command_loads_and_ends(tracker: Tracker, ran: list[str]) -> None:
    """What it reads, and one statement that writes: no BEGIN, and no COMMIT follows."""
    issue = tracker.record(response("r-2")).issue
    assert issue is not None
    assert ran == ["SELECT", "WITH"]  # the response and the account's secret are one question
    ran.clear()
    tracker.as_user("dana").add_note(issue.id, "Rang.")
    assert ran == ["SELECT", "WITH"]
    assert len(tracker.history(issue.id)) == 2


def test_what_writes_more_than_once_is_a_transaction(tracker: Tracker, ran: list[str]) -> None:
    """A new address is a row before the change; many commands are one transaction, and many responses one statement."""
    issue = tracker.issues().items[0]
    tracker.as_user("dana").follow(issue.id, "new@partner.example")
    assert ran.count("BEGIN") == 1
    ran.clear()
    tracker.record_many([response("r-2"), response("r-3")])
    assert ran[0] == "SELECT"
    assert [one for one in ran if one != "SELECT"] == ["BEGIN", "WITH"]
    ran.clear()
    tracker.as_user("dana").add_note_to_all([line.id for line in tracker.issues()], "Rang.", atomic=True)
    assert [one for one in ran if one != "SELECT"] == ["BEGIN", "WITH", "WITH", "WITH"]


def test_a_connection_comes_back_as_it_was(tracker: Tracker, store: SqlStore) -> None:
    """Whoever gets it next has a transaction that can be rolled back."""
    tracker.record(response("r-2"))
    with store.engine.connect() as connection:
        assert connection.connection.driver_connection.autocommit is False
        connection.exec_driver_sql("DELETE FROM resolutionkit_events")
    assert len(tracker.issues()) == 2
    assert [len(tracker.history(line.id)) for line in tracker.issues()] == [1, 1]


def test_a_connection_that_was_closed_in_the_pool_is_made_again(tracker: Tracker, store: SqlStore) -> None:
    """It is found out before anything is asked."""
    with store.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
    raw.close()
    assert tracker.record(response("r-2")).outcome is Outcome.OPENED
    assert len(tracker.issues()) == 2


@pytest.mark.parametrize("is_last", [True, False], ids=["at once", "in a transaction"])
@pytest.mark.parametrize("claim", ["issue", "response", "head", "version"])
def test_a_change_that_misses_a_claim_leaves_nothing(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, claim: str, is_last: bool
) -> None:
    """Whichever of its claims it is: a new id that is there, a ticket that has a head, a version that has passed."""
    monkeypatch.setattr("resolutionkit.storage.sql.retries.ATTEMPTS", 1)
    known = opening(sample_response(ticket="T-1"), "issue-1")
    one = then(known.issue, event_after(known.issue, NoteAdded, note=note("One.")))
    two = then(known.issue, event_after(known.issue, NoteAdded, note=note("Two.")), messages=(message(known.issue),))
    writes = {
        "issue": opening(sample_response("r-2", ticket="T-2"), "issue-1"),
        "response": opening(sample_response(ticket="T-2"), "issue-2"),
        "head": opening(sample_response("r-2", ticket="T-1"), "issue-2"),
        "version": two,
    }

    def save(*changes: Write) -> None:
        def work(unit: UnitOfWork) -> None:
            unit.save(changes)

        store.transact("a", work, write=True)

    save(known, one)
    before = dump(store)
    with pytest.raises(WriteConflict) as refused:
        save(attrs.evolve(writes[claim], is_last=is_last))
    assert dump(store) == before
    if is_last:
        assert "division" in str(refused.value.__cause__)


def test_a_race_is_decided_anew(url: str, tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody changes the issue between the load and the end: the command is run again, and both are kept once."""
    issue = tracker.issues().items[0]
    end = PsycopgWire.end_with

    def raced(wire: PsycopgWire, text: str, given: Any) -> None:
        monkeypatch.undo()
        with Tracker.open(url, directory=organisation(), clock=TurnableClock()) as other:
            other.as_user("bridget").add_note(issue.id, "Theirs.")
        end(wire, text, given)

    monkeypatch.setattr(PsycopgWire, "end_with", raced)
    done = tracker.as_user("dana").add_note(issue.id, "Ours.")
    assert [one.text for one in done.issue.notes] == ["Theirs.", "Ours."]
    assert tracker.issue(issue.id).notes == done.issue.notes


def test_an_end_whose_answer_is_lost_is_told_as_such_and_not_repeated(url: str, tracker: Tracker) -> None:
    """It may have been written; here it was. Recording again tells."""
    with (
        Proxy(server("postgresql")) as proxy,
        Tracker.open(proxy.through(url), directory=organisation(), clock=TurnableClock()) as far,
    ):
        far.record(response("r-1"))  # from now on it knows that the policy is kept, and has nothing to do beside
        proxy.swallow_the_answer_to(b"1 / CASE")
        with pytest.raises(CommitUnknown, match="record the response again"):
            far.record(response("r-2"))
        assert far.record(response("r-2")).outcome is Outcome.DUPLICATE
    assert len(tracker.issues()) == 3
