"""Store rule: what no longer fits what is stored is refused, so that no update is lost (requirement B13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs
import pytest

from resolutionkit.model.events import Followed, NoteAdded
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter
from resolutionkit.model.response import HeadChange, RecordChange
from resolutionkit.ports import Store, UnitOfWork, Write, WriteConflict
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

Case: TypeAlias = Callable[[], tuple[list[Write], Write]]
"""Gives what is stored, and what was decided on something else."""


def a_response_id_that_exists() -> tuple[list[Write], Write]:
    """Return what is stored, and the same response id as a new one."""
    return [stored(sample_response())], stored(sample_response(score=9), needs_recovery=False)


def an_issue_id_that_exists() -> tuple[list[Write], Write]:
    """Return what is stored, and another opening under the same issue id."""
    return [opening(sample_response(), "issue")], opening(sample_response("r-2"), "issue")


def a_record_that_was_corrected() -> tuple[list[Write], Write]:
    """Return a record in its second revision, and a change to its first."""
    first = record_of(sample_response())
    second = attrs.evolve(first, revision=2, response=sample_response(score=1))
    third = attrs.evolve(first, revision=2, response=sample_response(score=2))
    known = [Write(records=(RecordChange(record=first),)), Write(records=(RecordChange(record=second, before=first),))]
    return known, Write(records=(RecordChange(record=third, before=first),))


def a_record_that_was_replaced() -> tuple[list[Write], Write]:
    """Return a record that was replaced, and a second replacement of what it was."""
    first = record_of(sample_response())
    known = [Write(records=(RecordChange(record=first),)), Write(records=(replaced(first, "r-2"),))]
    return known, Write(records=(replaced(first, "r-3"),))


def a_record_that_became_an_issue() -> tuple[list[Write], Write]:
    """Return a record with an issue, and another issue for what it was before."""
    plain = record_of(sample_response())
    flagged = opening(sample_response(), "one")
    change = RecordChange(record=flagged.records[0].record, before=plain)
    other = opening(sample_response(), "other")
    again = RecordChange(record=other.records[0].record, before=plain)
    known = [Write(records=(RecordChange(record=plain),)), attrs.evolve(flagged, records=(change,))]
    return known, attrs.evolve(other, records=(again,))


def a_record_that_is_not_there() -> tuple[list[Write], Write]:
    """Return nothing, and a change to a record that was never saved."""
    return [], Write(records=(replaced(record_of(sample_response()), "r-2"),))


def a_head_that_exists() -> tuple[list[Write], Write]:
    """Return a response that stands for a ticket, and another that was decided to be the first."""
    return [stored(sample_response(ticket="T-1"))], stored(sample_response("r-2", ticket="T-1"))


def a_head_that_passed_on() -> tuple[list[Write], Write]:
    """Return a ticket for which the second stands, and a third that was decided to follow the first."""
    first, second, third = (record_of(sample_response(f"r-{number}", ticket="T-1")) for number in (1, 2, 3))
    known = [
        Write(records=(RecordChange(record=first),), head=HeadChange(record=first)),
        Write(records=(RecordChange(record=second),), head=HeadChange(record=second, before=first)),
    ]
    return known, Write(records=(RecordChange(record=third),), head=HeadChange(record=third, before=first))


def an_issue_that_went_on() -> tuple[list[Write], Write]:
    """Return an issue at its second version, and a change to its first."""
    first = opening(sample_response())
    second = then(first.issue, event_after(first.issue, NoteAdded, note=note("One.")))
    return [first, second], then(first.issue, event_after(first.issue, NoteAdded, note=note("Another.")))


def an_issue_that_somebody_joined() -> tuple[list[Write], Write]:
    """Return an issue that somebody follows by now, and the same person's joining once more."""
    first = opening(sample_response())
    second = then(first.issue, event_after(first.issue, Followed, follower="ann"))
    return [first, second], then(first.issue, event_after(first.issue, Followed, follower="ann"))


def an_issue_that_is_not_there() -> tuple[list[Write], Write]:
    """Return nothing, and a change to an issue that was never saved."""
    first = opening(sample_response())
    return [], then(first.issue, event_after(first.issue, NoteAdded, note=note()))


def a_key_that_was_used() -> tuple[list[Write], Write]:
    """Return what was done under a key, and something else under the same one."""
    first = opening(sample_response())
    second = then(first.issue, event_after(first.issue, Followed, follower="ann"))
    return [attrs.evolve(first, remembered=remembered(first.issue, "k"))], attrs.evolve(
        second, remembered=remembered(first.issue, "k")
    )


CASES: list[Case] = [
    a_response_id_that_exists,
    an_issue_id_that_exists,
    a_record_that_was_corrected,
    a_record_that_was_replaced,
    a_record_that_became_an_issue,
    a_record_that_is_not_there,
    a_head_that_exists,
    a_head_that_passed_on,
    an_issue_that_went_on,
    an_issue_that_somebody_joined,
    an_issue_that_is_not_there,
    a_key_that_was_used,
]


class Conflicts(StoreSuite):
    """Every way for a write to come too late."""

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
    def test_what_no_longer_fits_is_a_conflict(
        self, store: Store, save: Save, look: Look, account: str, case: Case
    ) -> None:
        """A save that was decided on something else raises WriteConflict, and the rest of its unit is taken back."""
        known, stale = case()
        save(*known)
        before = look()
        bystander = opening(sample_response("bystander"))

        def work(unit: UnitOfWork) -> None:
            unit.save([bystander])
            with pytest.raises(WriteConflict):
                unit.save([stale])
            raise Boom

        with pytest.raises(Boom):
            store.transact(account, work, write=True)
        assert look() == before

    def test_a_conflict_that_stays_is_reported(self, store: Store, save: Save, look: Look, account: str) -> None:
        """Work that meets a conflict each time it is run ends with it, and leaves nothing."""
        known, stale = an_issue_that_went_on()
        save(*known)
        before = look()
        with pytest.raises(WriteConflict):
            store.transact(account, lambda unit: unit.save([stored(sample_response("new")), stale]), write=True)
        assert look() == before

    @pytest.mark.parametrize("known", ["response", "ticket", "issue"])
    def test_one_of_many_that_no_longer_fits_is_a_conflict(
        self, store: Store, save: Save, look: Look, account: str, known: str
    ) -> None:
        """Two hundred new issues in one save, one of them there already: a conflict, and nothing of them stays."""
        save(opening(sample_response("r-150" if known == "response" else "r", ticket="T-150"), "i-150"))
        tickets = "T" if known == "ticket" else "U"
        issues = "i" if known == "issue" else "j"
        before = look()
        many = [
            opening(sample_response(f"r-{one}", ticket=f"{tickets}-{one}"), f"{issues}-{one}", assignee="ann")
            for one in range(200)
        ]
        with pytest.raises(WriteConflict):
            store.transact(account, lambda unit: unit.save(many), write=True)
        assert look() == before

    def test_many_new_issues_are_saved_at_once(self, store: Store, save: Save, ask: Ask) -> None:
        """Two hundred in one save: each with its response, its history and what was told of it."""
        told = [opening(sample_response(f"r-{one}"), f"i-{one:03}", assignee="ann") for one in range(200)]
        many = [attrs.evolve(one, messages=(message(one.issue),)) for one in told]
        save(*many)
        for one in many[::37]:
            assert ask("response", one.records[0].record.id) == one.records[0].record
            assert ask("history", one.issue.id) == one.events
            assert tuple(ask("messages", one.issue.id)) == one.messages
        assert ask("count_issues", ACCOUNT_WIDE, IssueFilter(assignee="ann"), None) == 200
