"""What every store refuses to write: whatever no longer fits what is stored, so that no update is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from resolutionkit.model.events import Followed, NoteAdded
from resolutionkit.model.response import HeadChange, RecordChange
from resolutionkit.ports import Store, UnitOfWork, Write, WriteConflict
from support import response
from support.stores import Boom, dump
from support.writes import event_after, message, note, opening, record_of, remembered, replaced, stored, then

Case = Callable[[], tuple[list[Write], Write]]


def a_response_id_that_exists() -> tuple[list[Write], Write]:
    """Return what is stored, and the same response id as a new one."""
    return [stored(response())], stored(response(score=9), needs_recovery=False)


def an_issue_id_that_exists() -> tuple[list[Write], Write]:
    """Return what is stored, and another opening under the same issue id."""
    return [opening(response(), "issue")], opening(response("r-2"), "issue")


def a_record_that_was_corrected() -> tuple[list[Write], Write]:
    """Return a record in its second revision, and a change to its first."""
    first = record_of(response())
    second = attrs.evolve(first, revision=2, response=response(score=1))
    third = attrs.evolve(first, revision=2, response=response(score=2))
    known = [Write(records=(RecordChange(record=first),)), Write(records=(RecordChange(record=second, before=first),))]
    return known, Write(records=(RecordChange(record=third, before=first),))


def a_record_that_was_replaced() -> tuple[list[Write], Write]:
    """Return a record that was replaced, and a second replacement of what it was."""
    first = record_of(response())
    known = [Write(records=(RecordChange(record=first),)), Write(records=(replaced(first, "r-2"),))]
    return known, Write(records=(replaced(first, "r-3"),))


def a_record_that_became_an_issue() -> tuple[list[Write], Write]:
    """Return a record with an issue, and another issue for what it was before."""
    plain = record_of(response())
    flagged = opening(response(), "one")
    change = RecordChange(record=flagged.records[0].record, before=plain)
    other = opening(response(), "other")
    again = RecordChange(record=other.records[0].record, before=plain)
    known = [Write(records=(RecordChange(record=plain),)), attrs.evolve(flagged, records=(change,))]
    return known, attrs.evolve(other, records=(again,))


def a_record_that_is_not_there() -> tuple[list[Write], Write]:
    """Return nothing, and a change to a record that was never saved."""
    return [], Write(records=(replaced(record_of(response()), "r-2"),))


def a_head_that_exists() -> tuple[list[Write], Write]:
    """Return a response that stands for a ticket, and another that was decided to be the first."""
    return [stored(response(ticket="T-1"))], stored(response("r-2", ticket="T-1"))


def a_head_that_passed_on() -> tuple[list[Write], Write]:
    """Return a ticket for which the second stands, and a third that was decided to follow the first."""
    first, second, third = (record_of(response(f"r-{number}", ticket="T-1")) for number in (1, 2, 3))
    known = [
        Write(records=(RecordChange(record=first),), head=HeadChange(record=first)),
        Write(records=(RecordChange(record=second),), head=HeadChange(record=second, before=first)),
    ]
    return known, Write(records=(RecordChange(record=third),), head=HeadChange(record=third, before=first))


def an_issue_that_went_on() -> tuple[list[Write], Write]:
    """Return an issue at its second version, and a change to its first."""
    first = opening(response())
    second = then(first.issue, event_after(first.issue, NoteAdded, note=note("One.")))
    return [first, second], then(first.issue, event_after(first.issue, NoteAdded, note=note("Another.")))


def an_issue_that_is_not_there() -> tuple[list[Write], Write]:
    """Return nothing, and a change to an issue that was never saved."""
    first = opening(response())
    return [], then(first.issue, event_after(first.issue, NoteAdded, note=note()))


def a_key_that_was_used() -> tuple[list[Write], Write]:
    """Return what was done under a key, and something else under the same one."""
    first = opening(response())
    second = then(first.issue, event_after(first.issue, Followed, follower="ann"))
    return [attrs.evolve(first, remembered=remembered(first.issue, "k"))], attrs.evolve(
        second, remembered=remembered(first.issue, "k")
    )


CASES = [
    a_response_id_that_exists,
    an_issue_id_that_exists,
    a_record_that_was_corrected,
    a_record_that_was_replaced,
    a_record_that_became_an_issue,
    a_record_that_is_not_there,
    a_head_that_exists,
    a_head_that_passed_on,
    an_issue_that_went_on,
    an_issue_that_is_not_there,
    a_key_that_was_used,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_what_no_longer_fits_is_a_conflict(store: Store, case: Case) -> None:
    """A save that was decided on something else raises WriteConflict, and the rest of its unit is taken back."""
    known, stale = case()
    store.transact("default", lambda unit: unit.save(known), write=True)
    before = dump(store)
    bystander = opening(response("bystander"))

    def work(unit: UnitOfWork) -> None:
        unit.save([bystander])
        with pytest.raises(WriteConflict):
            unit.save([stale])
        raise Boom

    with pytest.raises(Boom):
        store.transact("default", work, write=True)
    assert dump(store) == before


def test_a_conflict_that_stays_is_reported(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that meets a conflict each time it is run ends with it, and leaves nothing."""
    monkeypatch.setattr("resolutionkit.storage.sql.store._PAUSE", 0, raising=False)
    known, stale = an_issue_that_went_on()
    store.transact("default", lambda unit: unit.save(known), write=True)
    before = dump(store)
    with pytest.raises(WriteConflict):
        store.transact("default", lambda unit: unit.save([stored(response("new")), stale]), write=True)
    assert dump(store) == before


def test_threads_that_change_one_issue_lose_nothing(store: Store) -> None:
    """Eight threads that each add five notes, reading before they write, leave forty notes without a gap."""
    first = opening(response())
    store.transact("default", lambda unit: unit.save([first]), write=True)
    problems: list[BaseException] = []

    def add(unit: UnitOfWork, text: str) -> None:
        from resolutionkit.model.history import replay

        issue = replay(unit.history(first.issue.id))
        event = event_after(issue, NoteAdded, note=note(text))
        unit.save([then(issue, event, messages=(message(issue, "dana"),))])

    def worker(name: int) -> None:
        try:
            for turn in range(5):
                store.transact("default", lambda unit, turn=turn: add(unit, f"{name}-{turn}"), write=True)
        except BaseException as problem:  # noqa: BLE001  (a thread's errors would be lost)
            problems.append(problem)

    threads = [threading.Thread(target=worker, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history: Any = store.transact("default", lambda unit: unit.history(first.issue.id), write=False)
    assert problems == []
    assert [event.number for event in history] == list(range(1, 42))
    assert {event.note.text for event in history[1:]} == {f"{name}-{turn}" for name in range(8) for turn in range(5)}
    assert len(store.transact("default", lambda unit: unit.messages(first.issue.id), write=False)) == 40


def test_a_reader_sees_all_of_a_change_or_nothing(store: Store) -> None:
    """While one thread writes issue after issue, what another reads in one transaction always fits together."""
    done = threading.Event()
    torn: list[object] = []

    def read(unit: UnitOfWork) -> None:
        for number in range(30):
            record = unit.response(f"r-{number}")
            if record is not None and not unit.history(record.issue or ""):
                torn.append(number)
            if record is not None and unit.standing(None, f"T-{number}") != record:
                torn.append(number)

    def reader() -> None:
        while not done.is_set():
            store.transact("default", read, write=False)

    thread = threading.Thread(target=reader)
    thread.start()
    for number in range(30):
        write = opening(response(f"r-{number}", ticket=f"T-{number}"))
        store.transact("default", lambda unit, write=write: unit.save([write]), write=True)
    done.set()
    thread.join()
    assert torn == []
