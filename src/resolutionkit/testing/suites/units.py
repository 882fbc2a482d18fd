"""Store rule: a unit of work reads its own writes, is kept whole when it returns, and leaves nothing when it raises."""

from __future__ import annotations

import attrs
import pytest

from resolutionkit.errors import StorageError
from resolutionkit.model.events import NoteAdded
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter
from resolutionkit.model.response import HeadChange, RecordChange
from resolutionkit.ports import Store, UnitOfWork, Write
from resolutionkit.testing.accounts import EVERY_ISSUE, EVERY_RESPONSE
from resolutionkit.testing.changes import (
    event_after,
    message,
    note,
    opening,
    record_of,
    remembered,
    replaced,
    stored,
    then,
)
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Look, Save, StoreSuite


class UnitsOfWork(StoreSuite):
    """What begins, ends and undoes a transaction."""

    def test_a_unit_of_work_reads_its_own_writes(self, store: Store, account: str) -> None:
        """What was saved is seen by every later question of the same unit of work."""
        write = opening(sample_response(ticket="T-1"), assignee="ann")
        write = attrs.evolve(write, messages=(message(write.issue),), remembered=remembered(write.issue, "k"))

        def work(unit: UnitOfWork) -> None:
            unit.save([write])
            record = write.records[0].record
            assert unit.response("r-1") == unit.standing(None, "T-1") == record
            assert unit.history(write.issue.id) == write.events
            assert tuple(unit.messages(write.issue.id)) == write.messages
            assert unit.remembered("dana", "k") == write.remembered
            assert [line.id for line in unit.issues(EVERY_ISSUE)] == [write.issue.id]
            assert [line.record for line in unit.responses(EVERY_RESPONSE)] == [record]
            count = unit.count_issues(ACCOUNT_WIDE, IssueFilter(assignee="ann"), None)
            assert count == 1, "issues that the unit of work counts after its own save"

        store.transact(account, work, write=True)

    def test_writes_are_saved_in_order(self, save: Save, ask: Ask) -> None:
        """Each write of one save sees those before it: a response, its replacement, and what happens to the issue."""
        first = opening(sample_response(ticket="T-1"))
        record = first.records[0].record
        other = record_of(sample_response("r-2", ticket="T-1"))
        second = Write(
            records=(RecordChange(record=other), replaced(record, "r-2")), head=HeadChange(record=other, before=record)
        )
        third = then(first.issue, event_after(first.issue, NoteAdded, note=note("One.")))
        fourth = then(third.issue, event_after(third.issue, NoteAdded, note=note("Two.")))
        save(first, second, third, fourth)
        assert ask("standing", None, "T-1") == other
        assert ask("response", "r-1").replaced_by == "r-2"
        assert ask("history", first.issue.id) == (*first.events, *third.events, *fourth.events)

    def test_what_was_foreseen_is_answered_as_without_it(self, store: Store, save: Save, account: str) -> None:
        """Responses and tickets, known or not, before and after what is saved meanwhile; told ahead where it can be."""
        save(opening(sample_response("known", ticket="T-1")), stored(sample_response("alone")))
        coming = [
            *(sample_response(one) for one in ("alone", "new")),
            *(sample_response(one, ticket="T-1") for one in ("known", "next")),
            sample_response("other", ticket="T-1", survey="Another"),
        ]

        def answers(unit: UnitOfWork) -> list[object]:
            places = [unit.standing(one.survey, one.ticket) for one in coming if one.ticket is not None]
            return [*places, *(unit.response(one.id) for one in coming)]

        def work(unit: UnitOfWork) -> None:
            if (foresee := getattr(unit, "foresee", None)) is not None:
                foresee(coming)
            assert answers(unit) == expected
            first, other = record_of(coming[2]), record_of(coming[3])
            known = unit.response("known") or first
            change = RecordChange(record=other)
            unit.save([Write(records=(change, replaced(known, "next")), head=HeadChange(record=other, before=known))])
            assert unit.standing(None, "T-1") == unit.response("next") == other
            assert unit.standing("Another", "T-1") is unit.response("other") is None
            unit.save([stored(coming[1])])
            assert unit.response("new") == record_of(coming[1])

        expected = store.transact(account, answers, write=False)
        store.transact(account, work, write=True)

    @pytest.mark.parametrize("saves", [0, 1, 4])
    def test_work_that_raises_leaves_nothing(
        self, store: Store, ask: Ask, look: Look, account: str, saves: int
    ) -> None:
        """However many saves went before the error, everything is as it was."""
        known = opening(sample_response("known", ticket="T-1"), assignee="lee@partner.example")
        store.transact(account, lambda unit: unit.save([known]), write=True)
        before, secret = look(), ask("secret")

        def work(unit: UnitOfWork) -> None:
            issue = known.issue
            unit.make_secret()
            for turn in range(saves):
                ticket, who = f"T-{turn + 2}", f"{turn}@partner.example"
                new = opening(sample_response(f"r-{turn}", ticket=ticket), f"new-{turn}", assignee=who)
                told = message(issue, "new@x.example")
                more = then(issue, event_after(issue, NoteAdded, note=note()), messages=(told,))
                unit.save([new, attrs.evolve(more, remembered=remembered(issue, f"k-{turn}"))])
                issue = more.issue
            raise Boom

        with pytest.raises(Boom):
            store.transact(account, work, write=True)
        assert look() == before
        for turn in range(saves):
            assert ask("response", f"r-{turn}") is None
            assert ask("standing", None, f"T-{turn + 2}") is None
            assert tuple(ask("history", f"new-{turn}")) == ()
            assert ask("remembered", "dana", f"k-{turn}") is None
        assert tuple(ask("messages", known.issue.id)) == ()
        assert ask("secret") == secret

    def test_an_error_of_the_work_comes_out_as_it_is(self, store: Store, account: str) -> None:
        """What the work raises is neither swallowed nor wrapped, for reading and for writing."""
        for is_writing in (True, False):
            error = Boom("as it is")

            def work(_unit: UnitOfWork, error: Boom = error) -> None:
                raise error

            with pytest.raises(Boom) as raised:
                store.transact(account, work, write=is_writing)
            assert raised.value is error

    def test_a_transaction_returns_what_the_work_returns(self, store: Store, account: str) -> None:
        """The answer of the work is the answer of the transaction, for reading and for writing."""
        answer = object()
        assert store.transact(account, lambda _unit: answer, write=True) is answer
        assert store.transact(account, lambda _unit: answer, write=False) is answer

    def test_work_begun_for_reading_cannot_write(self, store: Store, look: Look, account: str) -> None:
        """Without ``write=True`` a save is refused, and nothing of it is kept; so is making a secret."""
        before = look()
        with pytest.raises(StorageError):
            store.transact(account, lambda unit: unit.save([opening(sample_response())]), write=False)
        with pytest.raises(StorageError):
            store.transact(account, lambda unit: unit.make_secret(), write=False)
        assert look() == before

    def test_the_secret_is_made_once(self, store: Store, account: str) -> None:
        """It has 32 bytes, is there at once, and stays the same in later transactions."""

        def work(unit: UnitOfWork) -> bytes:
            made = unit.make_secret()
            assert unit.secret() == unit.make_secret() == made
            return made

        secret = store.transact(account, work, write=True)
        assert len(secret) == 32
        assert store.transact(account, lambda unit: unit.secret(), write=False) == secret
        assert store.transact(account, lambda unit: unit.make_secret(), write=False) == secret
        assert store.transact(account, lambda unit: unit.make_secret(), write=True) == secret

    def test_nobody_can_reach_into_what_is_kept(self, store: Store, account: str) -> None:
        """Neither the list that was given to save nor those that come back are the store's own."""
        write = opening(sample_response())
        writes = [attrs.evolve(write, messages=(message(write.issue),))]

        def work(unit: UnitOfWork) -> None:
            unit.save(writes)
            writes.clear()

        def counts(unit: UnitOfWork) -> list[int]:
            answers = [unit.issues(EVERY_ISSUE), unit.responses(EVERY_RESPONSE)]
            answers += [unit.messages(write.issue.id), unit.history(write.issue.id)]
            found = [len(answer) for answer in answers]
            for answer in answers:
                if isinstance(answer, list):
                    answer.clear()
            return found

        store.transact(account, work, write=True)
        for turn in ("first", "second"):
            told = f"issues, responses, messages and events that the {turn} reading has"
            assert store.transact(account, counts, write=False) == [1, 1, 1, 1], told

    def test_a_closed_store_is_no_longer_used(self, store: Store, account: str) -> None:
        """After closing every transaction is refused with an error of ours."""
        store.close()
        with pytest.raises(StorageError):
            store.transact(account, lambda unit: unit.secret(), write=False)
