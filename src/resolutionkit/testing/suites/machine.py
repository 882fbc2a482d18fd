"""The state machine: saves, conflicts, failures and questions in any order, on a store beside the reference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from operator import methodcaller
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from resolutionkit.model.events import RESPONSE_EVENTS, Event, GroupChanged, NoteAdded, ReplacementRecorded
from resolutionkit.model.history import replay
from resolutionkit.model.issue import IssueLine
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.query import IssueFilter, IssueQuery, Order, ResponseFilter, ResponseQuery, Scope
from resolutionkit.model.response import HeadChange, RecordChange, Response, ResponseRecord, Standing
from resolutionkit.model.sortkeys import newest_key, urgency_key
from resolutionkit.ports import Store, UnitOfWork, Write, WriteConflict
from resolutionkit.testing.accounts import fresh_account, picture
from resolutionkit.testing.awkward import AWKWARD_CODES
from resolutionkit.testing.changes import (
    event_after,
    every_kind,
    merging,
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
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.reference import ReferenceStore
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.strategies import ADDRESSES, PEOPLE, issue_filters, response_filters
from resolutionkit.testing.twin import TwinStore

_IDS = st.sampled_from(AWKWARD_CODES[:12])
_GROUPS = st.sampled_from([None, "emea", "EMEA", "e\u0301"])
_WHO = st.sampled_from((*PEOPLE, *ADDRESSES))
_SCOPES = st.builds(
    Scope, everything=st.booleans(), groups=st.frozensets(_GROUPS.filter(bool), max_size=2), person=st.none() | _WHO
)
# What changes a record too has rules of its own.
_KINDS = [one for one in every_kind(sample_response(), sample_response()) if one[0] not in RESPONSE_EVENTS]


def in_quarantine(write: Write) -> Write:
    """Return the write of a response as if it waited for repair."""
    record = attrs.evolve(
        write.records[0].record, quarantined_for=(QuarantineReason.UNKNOWN_GROUP,), quarantined_since=NOON
    )
    head = write.head and attrs.evolve(write.head, record=record)
    return attrs.evolve(write, records=(RecordChange(record=record), *write.records[1:]), head=head)


@st.composite
def _responses(draw: st.DrawFn) -> Response:
    """Return a strategy for responses few enough to meet at their ids, instants and tickets."""
    return sample_response(
        draw(_IDS),
        draw(st.integers(0, 10)),
        received_at=NOON - timedelta(microseconds=draw(st.integers(0, 2))),
        survey=draw(st.sampled_from([None, "nps", "None"])),
        ticket=draw(st.sampled_from([None, None, "T-1", "t-1"])),
        group=draw(_GROUPS),
    )


class StoreStateMachine(RuleBasedStateMachine):
    """Does everything on a store and on :class:`~resolutionkit.testing.ReferenceStore`; they have to agree.

    Make a subclass with :func:`store_state_machine`, and run it or give its ``TestCase`` to the test runner.
    """

    store: ClassVar[Store]
    """The store to try; each run works on an account that was never used."""

    def __init__(self) -> None:
        """Begin with an empty account."""
        super().__init__()
        self.account: str = fresh_account()
        self.twin: TwinStore = TwinStore(ReferenceStore(), self.store)
        self.saved: list[Write] = []
        self.issues: list[str] = []

    # --- saving ------------------------------------------------------------------------------------------------------

    def keep(self, *writes: Write) -> None:
        """Save writes that fit."""
        self.twin.transact(self.account, lambda unit: unit.save(writes), write=True)
        self.saved += writes
        self.issues += [write.issue.id for write in writes if write.issue is not None and write.before is None]

    def asked(self, question: Callable[[UnitOfWork], Any]) -> Any:
        """Ask both stores one question."""
        return self.twin.transact(self.account, question, write=False)

    def head_before(self, response: Response) -> ResponseRecord | None:
        """Return the response that stands for a response's survey and ticket by now."""
        if response.ticket is None:
            return None
        ticket = response.ticket
        found: ResponseRecord | None = self.asked(lambda unit: unit.standing(response.survey, ticket))
        return found

    def is_known(self, response: Response) -> bool:
        """Say whether a response's id is taken."""
        return self.asked(lambda unit: unit.response(response.id)) is not None

    @rule(
        response=_responses(),
        opens=st.booleans(),
        waits=st.booleans(),
        who=st.lists(_WHO, min_size=4, max_size=4, unique=True),
    )
    def record(self, response: Response, opens: bool, waits: bool, who: list[str]) -> None:
        """Save a response, with or without an issue, in quarantine or not, in the place of one that stood there."""
        before = self.head_before(response)
        if self.is_known(response):
            return
        write: Write = stored(response, needs_recovery=response.score <= 6)
        if opens:
            own = {"followers": (who[1],), "people": (who[2],), "alerted": (who[3],)}
            write = opening(response, None, assignee=who[0], has_priority=len(who[1]) % 2 == 0, **own)
        if waits:
            write = in_quarantine(write)
        if before is not None:
            record = write.records[0].record
            write = attrs.evolve(
                write,
                records=(*write.records, replaced(before, response.id)),
                head=HeadChange(record=record, before=before),
            )
        self.keep(write)

    @precondition(lambda self: self.issues)
    @rule(index=st.integers(0, 9), kind=st.sampled_from(_KINDS), who=_WHO, key=st.none() | st.sampled_from("kKé"))
    def go_on(self, index: int, kind: tuple[type[Event], dict[str, Any]], who: str, key: str | None) -> None:
        """Save what happens next to an issue, with a message, and with a key where it is not taken."""
        issue_id = self.issues[index % len(self.issues)]
        issue = replay(self.asked(lambda unit: unit.history(issue_id)))
        event_type, facts = kind
        event: Event = event_after(issue, event_type, **facts)
        write = then(issue, event, messages=(message(issue, who),))
        if key is not None and self.asked(lambda unit: unit.remembered(who, key)) is None:
            write = attrs.evolve(write, remembered=remembered(issue, key, actor=who))
        self.keep(write)

    @precondition(lambda self: len(self.issues) > 1)
    @rule(index=st.integers(0, 9), other=st.integers(0, 9), noted=st.booleans())
    def merge(self, index: int, other: int, noted: bool) -> None:
        """Merge an issue into another one, with all its responses; it is written on no more."""
        stays_id, goes_id = self.issues[index % len(self.issues)], self.issues[other % len(self.issues)]
        if stays_id == goes_id:
            return
        stays, goes = (replay(self.asked(methodcaller("history", one))) for one in (stays_id, goes_id))
        history = self.asked(methodcaller("history", goes_id))
        records = [self.asked(methodcaller("response", one.id)) for one in goes.responses]
        self.keep(*merging(stays, goes, history, *records, note=note() if noted else None))
        self.issues.remove(goes_id)

    @precondition(lambda self: self.issues)
    @rule(index=st.integers(0, 9), response=_responses())
    def follow_a_new_response(self, index: int, response: Response) -> None:
        """Let an issue follow another response, without a ticket."""
        one = attrs.evolve(response, ticket=None)
        if self.is_known(one):
            return
        issue = replay(self.asked(lambda unit: unit.history(self.issues[index % len(self.issues)])))
        old: ResponseRecord = self.asked(lambda unit: unit.response(issue.response.id))
        changes = (RecordChange(record=record_of(one, issue=issue.id)), replaced(old, one.id))
        event = event_after(issue, ReplacementRecorded, response=one, revision=1, needs_recovery=True)
        self.keep(then(issue, event, records=changes))

    @rule(response=_IDS, group=_GROUPS, leaves=st.booleans())
    def give_other_codes(self, response: str, group: str | None, leaves: bool) -> None:
        """Move a response that stands, with its issue if it has one, and perhaps out of quarantine."""
        record: ResponseRecord | None = self.asked(methodcaller("response", response))
        if record is None or record.standing is not Standing.CURRENT:
            return
        after = attrs.evolve(
            record,
            response=attrs.evolve(record.response, group=group),
            revision=record.revision + 1,
            quarantined_for=() if leaves else record.quarantined_for,
        )
        changes = (RecordChange(record=after, before=record),)
        if record.issue is None:
            self.keep(Write(records=changes))
            return
        issue = replay(self.asked(methodcaller("history", record.issue)))
        event = event_after(issue, GroupChanged, response=after.response, revision=after.revision)
        self.keep(then(issue, event, records=changes))

    # --- what must not be kept ---------------------------------------------------------------------------------------

    @precondition(lambda self: self.saved)
    @rule(index=st.integers(0, 99), response=_responses())
    def come_too_late(self, index: int, response: Response) -> None:
        """Save again what was saved: a conflict on both, and what went before it is taken back."""
        stale = self.saved[index % len(self.saved)]
        first = [] if self.is_known(response) or response.ticket else [stored(response)]

        def work(unit: UnitOfWork) -> None:
            unit.save(first)
            with pytest.raises(WriteConflict):
                unit.save([stale])
            raise Boom

        self.fail(work)

    @precondition(lambda self: self.issues)
    @rule(index=st.integers(0, 9))
    def break_off(self, index: int) -> None:
        """Save, ask, and raise: both are as they were."""
        issue = replay(self.asked(lambda unit: unit.history(self.issues[index % len(self.issues)])))
        write = then(issue, event_after(issue, NoteAdded, note=note()), messages=(message(issue),))

        def work(unit: UnitOfWork) -> None:
            unit.make_secret()
            unit.save([write])
            events = len(unit.history(issue.id))
            assert events == issue.version + 1, "events that the unit of work reads after its own save"
            raise Boom

        self.fail(work)

    def fail(self, work: Callable[[UnitOfWork], None]) -> None:
        """Run work that raises, and check that nothing is left of it."""
        before = picture(self.twin, self.account)
        with pytest.raises(Boom):
            self.twin.transact(self.account, work, write=True)
        assert picture(self.twin, self.account) == before

    # --- questions ---------------------------------------------------------------------------------------------------

    @rule(scope=_SCOPES, condition=issue_filters(), order=st.sampled_from(Order), limit=st.integers(1, 3))
    def turn_the_pages(self, scope: Scope, condition: IssueFilter, order: Order, limit: int) -> None:
        """Ask for a list page by page, and for its count."""
        key = newest_key if order is Order.NEWEST else urgency_key
        after, found = None, list[IssueLine]()
        while True:
            query = IssueQuery(scope=scope, filter=condition, order=order, limit=limit, after=after)
            page = self.asked(methodcaller("issues", query))
            found += page
            if len(page) < limit:
                break
            after = key(page[-1])
        for at_most, expected in ((None, len(found)), (limit, min(len(found), limit))):
            count = self.asked(methodcaller("count_issues", scope, condition, at_most))
            assert count == expected, f"count_issues with at_most={at_most}, where the pages have {len(found)}"

    @rule(scope=_SCOPES, condition=response_filters(), limit=st.integers(1, 9))
    def ask_for_responses(self, scope: Scope, condition: ResponseFilter, limit: int) -> None:
        """Ask for the first page of a responses table."""
        self.asked(lambda unit: unit.responses(ResponseQuery(scope=scope, filter=condition, limit=limit)))

    @rule()
    def look_at_everything(self) -> None:
        """Ask for every list, history, outbox and head."""
        picture(self.twin, self.account)

    def teardown(self) -> None:
        """Ask for everything once more at the end."""
        self.look_at_everything()


def store_state_machine(store: Store) -> type[StoreStateMachine]:
    """Return the state machine for a store.

    Run it with :func:`hypothesis.stateful.run_state_machine_as_test`, or assign its ``TestCase`` to a name that your
    test runner collects.

    Args:
        store: The store; it may be shared with others, since each run works on an account of its own.
    """
    return type("StateMachineOfOneStore", (StoreStateMachine,), {"store": store})
