"""Store rules that only some stores can be put to: data that outlives the store, is shared, or can be dumped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import pytest

from resolutionkit.model.history import replay
from resolutionkit.ports import Store, UnitOfWork, WriteConflict
from resolutionkit.testing.abilities import CanDump, CanReopen, CanShare
from resolutionkit.testing.accounts import picture
from resolutionkit.testing.changes import message, opening, remembered
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite, ability, in_threads
from resolutionkit.testing.suites.threads import add_note


@contextmanager
def closing(store: Store) -> Iterator[Store]:
    """Close a store in the end."""
    try:
        yield store
    finally:
        store.close()


class Openings(StoreSuite):
    """Each test is skipped, and says so, where the ability is missing."""

    def test_what_was_saved_is_there_after_reopening(
        self, store: Store, save: Save, abilities: object, account: str
    ) -> None:
        """Closed and opened again, the store answers every question as before, and works on."""
        can: CanReopen = ability(abilities, CanReopen, "a method reopen() that opens the same data again")
        first = opening(sample_response(ticket="T-1"), assignee="ann")
        save(attrs.evolve(first, messages=(message(first.issue),), remembered=remembered(first.issue, "k")))
        secret = store.transact(account, lambda unit: unit.make_secret(), write=True)
        before = picture(store, account)
        store.close()
        with closing(can.reopen()) as opened:
            assert picture(opened, account) == before
            assert opened.transact(account, lambda unit: unit.remembered("dana", "k"), write=False) is not None
            assert opened.transact(account, lambda unit: unit.secret(), write=False) == secret
            opened.transact(account, add_note(first.issue.id, "Later."), write=True)
            history = opened.transact(account, lambda unit: unit.history(first.issue.id), write=False)
            assert [event.number for event in history] == [1, 2]

    def test_two_openings_see_each_other(
        self, store: Store, save: Save, ask: Ask, abilities: object, account: str
    ) -> None:
        """What one committed is seen by the other at once, and is in the way of what no longer fits it."""
        can: CanShare = ability(abilities, CanShare, "a method share() that opens the same data beside this store")
        with closing(can.share()) as other:
            first = opening(sample_response())
            save(first)
            other.transact(account, add_note(first.issue.id, "From there."), write=True)
            assert [event.number for event in ask("history", first.issue.id)] == [1, 2]
            with pytest.raises(WriteConflict):
                other.transact(account, lambda unit: unit.save([first]), write=True)

    def test_two_openings_that_change_one_issue_lose_nothing(
        self, store: Store, save: Save, ask: Ask, abilities: object, account: str
    ) -> None:
        """Threads on two openings, reading before they write, leave every note, without a gap."""
        can: CanShare = ability(abilities, CanShare, "a method share() that opens the same data beside this store")
        with closing(can.share()) as other:
            first = opening(sample_response())
            save(first)

            def work(one: Store) -> None:
                for turn in range(10):
                    one.transact(account, add_note(first.issue.id, str(turn)), write=True)

            assert in_threads([lambda: work(store), lambda: work(other)]) == []
            history = ask("history", first.issue.id)
            assert [event.number for event in history] == list(range(1, 22))
            assert replay(history).note_count == 20, "notes of two stores that added ten each"

    def test_no_row_is_left_of_what_was_taken_back(self, store: Store, abilities: object, account: str) -> None:
        """Rows that no question shows are gone too, after an error as after a conflict."""
        can: CanDump = ability(abilities, CanDump, "a method dump(account) that returns every row")
        before = can.dump(None)

        def work(unit: UnitOfWork) -> None:
            unit.make_secret()
            first = opening(sample_response(ticket="T-1"), assignee="new@x.example", followers=("other@x.example",))
            unit.save([attrs.evolve(first, messages=(message(first.issue),), remembered=remembered(first.issue, "k"))])
            raise Boom

        with pytest.raises(Boom):
            store.transact(account, work, write=True)
        assert can.dump(None) == before
