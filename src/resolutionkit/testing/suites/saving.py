"""Store rule: what is saved comes back whole and equal, whatever is in it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import strategies as st

from resolutionkit.model.events import EVENT_TYPES, Merged, MergedInto, NoteAdded
from resolutionkit.model.history import replay
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter
from resolutionkit.model.response import RecordChange, Response
from resolutionkit.model.scale import Scale
from resolutionkit.ports import Store, Write
from resolutionkit.testing.accounts import EVERY_ISSUE, EVERY_RESPONSE, fresh_account
from resolutionkit.testing.awkward import words
from resolutionkit.testing.changes import (
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
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.strategies import responses
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite, for_all

SCALES = {
    "average": Scale(name="average", minimum=0, maximum=10, detractor_max=6.25, promoter_min=9, step=None),
    "tenths": Scale(name="tenths 😀", minimum=-1.5, maximum=1_000_000_000, detractor_max=0, promoter_min=0.1, step=0.1),
}


class Saving(StoreSuite):
    """Records, histories, messages and keys are read back as they were saved."""

    def test_what_was_never_saved_is_not_there(self, ask: Ask) -> None:
        """An empty store answers with None or nothing, and never with an error."""
        assert ask("response", "r-1") is None
        assert ask("standing", None, "T-1") is None
        assert tuple(ask("history", "i-1")) == ()
        assert tuple(ask("messages", "i-1")) == ()
        assert ask("remembered", "ann", "k-1") is None
        assert ask("secret") is None
        assert list(ask("issues", EVERY_ISSUE)) == []
        assert list(ask("responses", EVERY_RESPONSE)) == []
        assert ask("count_issues", ACCOUNT_WIDE, IssueFilter(), None) == 0, "an empty account counts no issue"

    def test_a_response_is_read_back_as_it_was_saved(self, store: Store) -> None:
        """Every field survives, whatever strings, numbers, dates and attributes are in it, and of what type."""

        def check(response: Response) -> None:
            account = fresh_account()
            record = record_of(response, people=("ann", "ü@partner.example"), threshold=2.5)
            write = Write(records=(RecordChange(record=record),))
            store.transact(account, lambda unit: unit.save([write]), write=True)
            found = store.transact(account, lambda unit: unit.response(response.id), write=False)
            assert found == record
            assert repr(found) == repr(record)

        for_all(check, response=responses())

    def test_numbers_keep_their_types(self, save: Save, ask: Ask) -> None:
        """An int is no float, True is no 1, and a Decimal keeps its zeros, although each equals the other."""
        facts = {"an int": 1, "a float": 1.0, "a bool": True, "a decimal": Decimal("1.50"), "large": 2**62}
        save(stored(sample_response(attributes=facts)))
        found = ask("response", "r-1").response.attributes
        assert {name: repr(value) for name, value in found.items()} == {
            name: repr(value) for name, value in facts.items()
        }

    @pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
    def test_a_response_keeps_a_scale_of_its_own(self, save: Save, ask: Ask, scale: Scale) -> None:
        """A scale that no policy knows comes back with the response."""
        save(stored(sample_response(scale=scale, score=scale.minimum)))
        found = ask("response", "r-1")
        assert found.response.scale == scale
        assert repr(found.response.score) == repr(scale.minimum)

    def test_a_note_is_read_back_as_it_was_saved(self, store: Store) -> None:
        """A note keeps every character of its text and author, and who wrote it."""

        def check(text: str, by: str) -> None:
            account = fresh_account()
            first = opening(sample_response())
            said = note(text, author=text[:500], happened_at=NOON + timedelta(microseconds=1), spoke=True)
            second = then(first.issue, event_after(first.issue, NoteAdded, note=said, actor=by))
            store.transact(account, lambda unit: unit.save([first, second]), write=True)
            assert store.transact(account, lambda unit: unit.history(first.issue.id), write=False) == (
                *first.events,
                *second.events,
            )

        for_all(check, text=words(), by=st.sampled_from(["dana", "lee@partner.example", "Lee@Partner.example"]))

    def test_instants_keep_their_microseconds(self, save: Save, ask: Ask) -> None:
        """Of responses, events, notes, messages and keys."""
        exact = NOON + timedelta(microseconds=123_457)
        first = opening(sample_response(received_at=exact), at=exact, note=note(at=exact, happened_at=exact))
        told, done = message(first.issue, created_at=exact), remembered(first.issue, "k", at=exact)
        save(attrs.evolve(first, messages=(told,), remembered=done))
        assert ask("response", "r-1").response.received_at == exact
        assert ask("history", first.issue.id) == first.events
        assert [one.created_at for one in ask("messages", first.issue.id)] == [exact]
        assert ask("remembered", "dana", "k").at == exact

    def test_every_kind_of_event_is_read_back_as_it_was_saved(self, save: Save, ask: Ask) -> None:
        """All that any event can carry survives, the last of a change and the only one alike."""
        corrected = sample_response(comment="e\u0301 ", hierarchy=["ann"])
        other = sample_response("r-2", received_at=NOON, group=None)
        write = opening(
            sample_response(),
            assignee="dana",
            followers=("ann", "lee@partner.example"),
            people=("ben", "Lee@Partner.example"),
            backfilled=True,
            flagged_by_hand=True,
            rules=("vip ", "\u05e9"),
            alerted=("zoe", "Lee@Partner.example"),
            tags=("e\u0301",),
            is_quiet=True,
            has_priority=True,
            needs_recovery=False,
            note=note(),
        )
        save(write)
        events, issue, kinds = list(write.events), write.issue, every_kind(other, corrected)
        assert {kind for kind, _ in kinds} | {Merged, MergedInto} == set(EVENT_TYPES[1:])  # of which Merging tells
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
        history = ask("history", issue.id)
        assert history == tuple(events)
        assert repr(history) == repr(tuple(events))
        assert replay(history) == issue
        assert ask("response", "r-1") == replaced(revised, "r-2").record
        assert ask("response", "r-2") == second

    def test_messages_and_keys_are_read_back_as_they_were_saved(self, save: Save, ask: Ask) -> None:
        """The outbox and what a key did survive, bare addresses, reasons and advice included."""
        write = opening(sample_response())
        told = (message(write.issue), message(write.issue, "lee@partner.example", is_urgent=True))
        done = remembered(write.issue, "key 😀", actor="zoe@host.example")
        save(attrs.evolve(write, messages=told, remembered=done))
        assert tuple(ask("messages", write.issue.id)) == told
        assert ask("remembered", "zoe@host.example", "key 😀") == done
        assert ask("remembered", "zoe@host.example", "KEY 😀") is None

    def test_a_key_belongs_to_whoever_used_it(self, save: Save, ask: Ask) -> None:
        """Two people may use one key for commands of their own, and a third has used none."""
        write = opening(sample_response())
        danas, anns = (remembered(write.issue, "k", actor=who) for who in ("dana", "ann"))
        more = then(write.issue, event_after(write.issue, NoteAdded, note=note()))
        save(attrs.evolve(write, remembered=danas), attrs.evolve(more, remembered=anns))
        for who, expected in (("dana", danas), ("ann", anns), ("ben", None)):
            assert ask("remembered", who, "k") == expected, f"under the key 'k' {who!r} is told of another's command"

    def test_messages_come_in_the_order_of_their_ids(self, save: Save, ask: Ask) -> None:
        """A later change with a lesser id, from a process whose clock is behind, stands before an earlier one."""
        first = opening(sample_response())
        lesser, greater = (message(first.issue) for _ in range(2))
        save(attrs.evolve(first, messages=(greater,)))
        second = then(first.issue, event_after(first.issue, NoteAdded, note=note()))
        save(attrs.evolve(second, messages=(lesser,)))
        assert tuple(ask("messages", first.issue.id)) == (lesser, greater)
