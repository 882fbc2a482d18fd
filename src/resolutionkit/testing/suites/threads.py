"""Store rule: threads may share a store; none loses a change, and none sees half of another's."""

from __future__ import annotations

import threading
from collections.abc import Callable

from resolutionkit.model.events import NoteAdded
from resolutionkit.model.history import replay
from resolutionkit.ports import Store, UnitOfWork
from resolutionkit.testing.changes import event_after, message, note, opening, then
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite, in_threads


def add_note(issue_id: str, text: str) -> Callable[[UnitOfWork], None]:
    """Return work that reads an issue and adds a note to it, with a message."""

    def work(unit: UnitOfWork) -> None:
        issue = replay(unit.history(issue_id))
        event = event_after(issue, NoteAdded, note=note(text))
        unit.save([then(issue, event, messages=(message(issue, "dana"),))])

    return work


def torn(count: int) -> Callable[[UnitOfWork], list[int]]:
    """Return a question for the responses that are there without the issue or the head that was saved with them."""

    def ask(unit: UnitOfWork) -> list[int]:
        found = []
        for number in range(count):
            record = unit.response(f"r-{number}")
            is_whole = record is None or (
                unit.history(record.issue or "") and unit.standing(None, f"T-{number}") == record
            )
            if not is_whole:
                found.append(number)
        return found

    return ask


class Threads(StoreSuite):
    """What holds while several threads work at once."""

    def test_threads_that_change_one_issue_lose_nothing(self, store: Store, save: Save, ask: Ask, account: str) -> None:
        """Eight threads that each add five notes, reading before they write, leave forty notes without a gap."""
        first = opening(sample_response())
        save(first)
        one = first.issue.id

        def job(name: int) -> Callable[[], None]:
            def run() -> None:
                for turn in range(5):
                    store.transact(account, add_note(one, f"{name}-{turn}"), write=True)

            return run

        assert in_threads([job(name) for name in range(8)]) == []
        history = ask("history", one)
        assert [event.number for event in history] == list(range(1, 42))
        expected = {f"{name}-{turn}" for name in range(8) for turn in range(5)}
        assert {event.note.text for event in history[1:]} == expected
        assert len(ask("messages", one)) == 40, "messages of eight threads with five changes each"

    def test_a_reader_sees_all_of_a_change_or_nothing(self, store: Store, save: Save, account: str) -> None:
        """While one thread writes issue after issue, what another reads in one transaction always fits together."""
        done = threading.Event()
        found: list[int] = []

        def read() -> None:
            while not done.is_set():
                found.extend(store.transact(account, torn(30), write=False))

        def write() -> None:
            try:
                for number in range(30):
                    save(opening(sample_response(f"r-{number}", ticket=f"T-{number}")))
            finally:
                done.set()

        assert in_threads([read, write]) == []
        assert found == []

    def test_what_is_not_yet_committed_is_seen_by_nobody_else(self, store: Store, ask: Ask, account: str) -> None:
        """While a unit of work has saved and not returned, others see nothing of it, or wait until it has."""
        has_saved, has_looked = threading.Event(), threading.Event()
        seen: list[object] = []
        seen_too_early: list[object] = []

        def work(unit: UnitOfWork) -> None:
            unit.save([opening(sample_response())])
            has_saved.set()
            has_looked.wait(0.05)
            seen_too_early.extend(one for one in seen if one is not None)

        def look_on() -> None:
            has_saved.wait(5)
            seen.append(ask("response", "r-1"))
            has_looked.set()

        assert in_threads([lambda: store.transact(account, work, write=True), look_on]) == []
        assert seen_too_early == []
