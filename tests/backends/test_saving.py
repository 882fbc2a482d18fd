"""What every store owes the pipeline when it saves: whole, equal when read back, seen at once, undone on failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolutionkit.errors import StorageError
from resolutionkit.model.events import EVENT_TYPES, NoteAdded
from resolutionkit.model.history import replay
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter, IssueQuery, Order, ResponseFilter, ResponseQuery
from resolutionkit.model.response import RecordChange, Response
from resolutionkit.model.scale import Scale
from resolutionkit.ports import Store, UnitOfWork, Write
from support import NOON, response
from support.stores import Boom, dump, fresh_account
from support.strategies import responses, words
from support.writes import (
    event_after,
    every_kind,
    message,
    note,
    opening,
    record_of,
    remembered,
    replaced,
    stored,
    then,
)

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
"""Each example has an account of its own, so that examples may share a store."""
Save = Callable[..., None]
Ask = Callable[..., Any]
EVERY_ISSUE = IssueQuery(scope=ACCOUNT_WIDE, filter=IssueFilter(), order=Order.NEWEST, limit=100)
LEES = IssueFilter(assignee="lee@partner.example")
EVERY_RESPONSE = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(with_replaced=True), limit=100)


def test_what_was_never_saved_is_not_there(ask: Ask) -> None:
    """An empty store answers with None or nothing, and never with an error."""
    assert ask(lambda unit: unit.response("r-1")) is None
    assert ask(lambda unit: unit.standing(None, "T-1")) is None
    assert tuple(ask(lambda unit: unit.history("i-1"))) == ()
    assert tuple(ask(lambda unit: unit.messages("i-1"))) == ()
    assert ask(lambda unit: unit.remembered("ann", "k-1")) is None
    assert ask(lambda unit: unit.secret()) is None
    assert list(ask(lambda unit: unit.issues(EVERY_ISSUE))) == []
    assert list(ask(lambda unit: unit.responses(EVERY_RESPONSE))) == []
    assert ask(lambda unit: unit.count_issues(ACCOUNT_WIDE, IssueFilter(), None)) == 0


@SHARED
@given(given_response=responses())
def test_a_response_is_read_back_as_it_was_saved(store: Store, given_response: Response) -> None:
    """Every field survives, whatever strings, numbers, dates and attributes are in it, and of what type."""
    account = fresh_account()
    record = record_of(given_response, people=("ann", "ü@partner.example"), threshold=2.5)
    write = Write(records=(RecordChange(record=record),))
    store.transact(account, lambda unit: unit.save([write]), write=True)
    found = store.transact(account, lambda unit: unit.response(given_response.id), write=False)
    assert found == record
    assert repr(found) == repr(record)


@pytest.mark.parametrize(
    "scale",
    [
        Scale(name="average", minimum=0, maximum=10, detractor_max=6.25, promoter_min=9, step=None),
        Scale(name="tenths 😀", minimum=-1.5, maximum=1_000_000_000, detractor_max=0, promoter_min=0.1, step=0.1),
    ],
    ids=["average", "tenths"],
)
def test_a_response_keeps_a_scale_of_its_own(save: Save, ask: Ask, scale: Scale) -> None:
    """A scale that no policy knows comes back with the response."""
    save(stored(response(scale=scale, score=scale.minimum)))
    found = ask(lambda unit: unit.response("r-1"))
    assert found.response.scale == scale
    assert repr(found.response.score) == repr(scale.minimum)


@SHARED
@given(text=words, by=st.sampled_from(["dana", "lee@partner.example", "Lee@Partner.example"]))
def test_a_note_is_read_back_as_it_was_saved(store: Store, text: str, by: str) -> None:
    """A note keeps every character of its text and author, and the microseconds of its instants."""
    account = fresh_account()
    first = opening(response())
    said = note(text, author=text[:500], happened_at=NOON + timedelta(microseconds=1), spoke=True)
    second = then(first.issue, event_after(first.issue, NoteAdded, note=said, actor=by))
    store.transact(account, lambda unit: unit.save([first, second]), write=True)
    assert store.transact(account, lambda unit: unit.history(first.issue.id), write=False) == (
        *first.events,
        *second.events,
    )


def test_every_kind_of_event_is_read_back_as_it_was_saved(save: Save, ask: Ask) -> None:
    """All that any event can carry survives, the last of a change and the only one alike."""
    corrected = response(comment="e\u0301 ", hierarchy=["ann"])
    other = response("r-2", received_at=NOON, group=None)
    write = opening(
        response(),
        assignee="dana",
        followers=("ann", "lee@partner.example"),
        people=("ben", "Lee@Partner.example"),
        backfilled=True,
        flagged_by_hand=True,
        needs_recovery=False,
        note=note(),
    )
    save(write)
    events, issue, kinds = list(write.events), write.issue, every_kind(write.issue, other, corrected)
    assert {kind for kind, _ in kinds} == set(EVENT_TYPES[1:])
    first, second = write.records[0].record, record_of(other, issue=issue.id)
    revised = attrs.evolve(first, response=corrected, revision=2)
    for kind, facts in kinds:
        event = event_after(issue, kind, **facts)
        changes: dict[str, tuple[RecordChange, ...]] = {
            "CorrectionRecorded": (RecordChange(record=revised, before=first),),
            "ReplacementRecorded": (RecordChange(record=second), replaced(revised, "r-2")),
        }
        write = then(issue, event, records=changes.get(kind.__name__, ()))
        save(write)
        events.append(event)
        issue = write.issue
    history = ask(lambda unit: unit.history(issue.id))
    assert history == tuple(events)
    assert repr(history) == repr(tuple(events))
    assert replay(history) == issue
    assert ask(lambda unit: unit.response("r-1")) == replaced(revised, "r-2").record
    assert ask(lambda unit: unit.response("r-2")) == second


def test_messages_and_keys_are_read_back_as_they_were_saved(save: Save, ask: Ask) -> None:
    """The outbox and what a key did survive, bare addresses, reasons and advice included."""
    write = opening(response())
    told = (message(write.issue), message(write.issue, "lee@partner.example", is_urgent=True))
    done = remembered(write.issue, "key 😀", actor="zoe@host.example")
    save(attrs.evolve(write, messages=told, remembered=done))
    assert tuple(ask(lambda unit: unit.messages(write.issue.id))) == told
    assert ask(lambda unit: unit.remembered("zoe@host.example", "key 😀")) == done
    assert ask(lambda unit: unit.remembered("zoe@host.example", "KEY 😀")) is None


def test_messages_come_in_the_order_of_their_ids(save: Save, ask: Ask) -> None:
    """A later change with a lesser id, from a process whose clock is behind, stands before an earlier one."""
    first = opening(response())
    lesser, greater = (message(first.issue) for _ in range(2))
    save(attrs.evolve(first, messages=(greater,)))
    second = then(first.issue, event_after(first.issue, NoteAdded, note=note()))
    save(attrs.evolve(second, messages=(lesser,)))
    assert tuple(ask(lambda unit: unit.messages(first.issue.id))) == (lesser, greater)


def test_a_unit_of_work_reads_its_own_writes(store: Store) -> None:
    """What was saved is seen by every later question of the same unit of work."""
    write = opening(response(ticket="T-1"), assignee="ann")
    write = attrs.evolve(write, messages=(message(write.issue),), remembered=remembered(write.issue, "k"))

    def work(unit: UnitOfWork) -> None:
        unit.save([write])
        record = write.records[0].record
        assert unit.response("r-1") == unit.standing(None, "T-1") == record
        assert unit.history(write.issue.id) == write.events
        assert tuple(unit.messages(write.issue.id)) == write.messages
        assert unit.remembered(write.remembered.actor, "k") == write.remembered
        assert [line.id for line in unit.issues(EVERY_ISSUE)] == [write.issue.id]
        assert [line.record for line in unit.responses(EVERY_RESPONSE)] == [record]
        assert unit.count_issues(ACCOUNT_WIDE, IssueFilter(assignee="ann"), None) == 1
        secret = unit.make_secret()
        assert unit.secret() == unit.make_secret() == secret
        assert len(secret) == 32

    store.transact("default", work, write=True)


@pytest.mark.parametrize("saves", [0, 1, 4])
def test_work_that_raises_leaves_nothing(store: Store, saves: int) -> None:
    """However many saves went before the error, the store is what it was, and the error comes out as it is."""
    known = opening(response("known", ticket="T-1"), assignee="lee@partner.example")
    store.transact("default", lambda unit: unit.save([known]), write=True)
    before = dump(store)

    def work(unit: UnitOfWork) -> None:
        issue, unused = known.issue, unit.make_secret()
        for number in range(saves):
            new = opening(response(f"r-{number}", ticket=f"T-{number + 2}"), assignee=f"{number}@partner.example")
            more = then(issue, event_after(issue, NoteAdded, note=note()), messages=(message(issue, "new@x.example"),))
            unit.save([new, attrs.evolve(more, remembered=remembered(issue, f"k-{number}"))])
            issue = more.issue
        raise Boom(unused)

    with pytest.raises(Boom):
        store.transact("default", work, write=True)
    assert dump(store) == before


def test_a_transaction_returns_what_the_work_returns(store: Store) -> None:
    """The answer of the work is the answer of the transaction, for reading and for writing."""
    answer = object()
    assert store.transact("default", lambda _unit: answer, write=True) is answer
    assert store.transact("default", lambda _unit: answer, write=False) is answer


def test_work_begun_for_reading_cannot_write(store: Store) -> None:
    """Without ``write=True`` a save is refused, and nothing of it is kept."""
    before = dump(store)
    with pytest.raises(StorageError):
        store.transact("default", lambda unit: unit.save([opening(response())]), write=False)
    assert dump(store) == before


def test_accounts_are_apart(store: Store, save: Save, ask: Ask) -> None:
    """The same ids, tickets, keys and addresses in two accounts are two of each; neither sees the other's."""
    writes: dict[str, Write] = {}
    for account, score in (("a", 1), ("A", 2), ("a ", 3)):
        write = opening(response("r-1", score, ticket="T-1"), "issue", assignee="lee@partner.example")
        told = (message(write.issue, id=f"message of {account}"),)
        writes[account] = attrs.evolve(write, messages=told, remembered=remembered(write.issue, "k", actor=account))
        save(writes[account], account=account)
    secrets: Sequence[bytes] = [
        store.transact(account, lambda unit: unit.make_secret(), write=True) for account in writes
    ]
    assert len(set(secrets)) == 3
    for account, write in writes.items():
        assert ask(lambda unit: unit.standing(None, "T-1"), account) == write.records[0].record
        assert ask(lambda unit: unit.history("issue"), account) == write.events
        assert tuple(ask(lambda unit: unit.messages("issue"), account)) == write.messages
        assert ask(lambda unit, actor=account: unit.remembered(actor, "k"), account) == write.remembered
        assert len(ask(lambda unit: unit.issues(EVERY_ISSUE), account)) == 1
        assert len(ask(lambda unit: unit.responses(EVERY_RESPONSE), account)) == 1
        assert ask(lambda unit: unit.count_issues(ACCOUNT_WIDE, LEES, None), account) == 1
    assert ask(lambda unit: unit.history("issue"), "b") == ()


def test_a_closed_store_is_no_longer_used(store: Store) -> None:
    """After closing every transaction is refused with an error of ours."""
    store.close()
    with pytest.raises(StorageError):
        store.transact("default", lambda unit: unit.secret(), write=False)
