"""Many responses in one unit of work leave what they would have left one by one, in their order (requirement A10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import Outcome, ResolutionKitError, Response, ResponseFilter, Tracker
from resolutionkit.ports import Store
from resolutionkit.testing import fresh_account
from support import NOON, TurnableClock, organisation, response

Refused: TypeAlias = list[tuple[int, str, str]]

ARRIVALS = st.builds(
    response,
    st.sampled_from(["r-1", "R-1", "r-2", "r-\u00e9", "r-e\u0301"]),
    st.sampled_from([2, 3, 9, 11]),
    ticket=st.sampled_from([None, "T", "t", "U"]),
    survey=st.sampled_from([None, "S"]),
    group=st.sampled_from(["emea", "field"]),
    hierarchy=st.sampled_from([(), ("nina",), ("p@partner.example", "q@partner.example")]),
    received_at=st.sampled_from([NOON - timedelta(hours=hours) for hours in (-48, 1, 2, 300)]),
)
BATCHES = st.lists(st.tuples(st.lists(ARRIVALS, max_size=8), st.booleans()), max_size=3)


def one_by_one(tracker: Tracker, batch: Sequence[Response], *, replace: bool) -> tuple[Counter[Outcome], Refused]:
    """Record responses one after the other, and say what became of them as recording many does."""
    outcomes, refused = Counter[Outcome](), Refused()
    for index, one in enumerate(batch):
        try:
            outcomes[tracker.record(one, replace=replace).outcome] += 1
        except ResolutionKitError as refusal:
            refused.append((index, one.id, str(refusal)))
    return outcomes, refused


def at_once(tracker: Tracker, batch: Sequence[Response], *, replace: bool) -> tuple[Counter[Outcome], Refused]:
    """Record responses together."""
    report = tracker.record_many(batch, replace=replace)
    outcomes = Counter({outcome: count for outcome, count in report.counts.items() if count})
    return outcomes, [(one.index, str(one.response_id), str(one.error)) for one in report.rejected]


def facts(tracker: Tracker) -> dict[str, Any]:
    """Return all that is known of each response but ids and instants that are made anew."""
    found = {}
    for line in tracker.responses(ResponseFilter(), limit=1000):
        record, issue = line.record, line.record.issue
        history = () if issue is None else tracker.history(issue)
        told = () if issue is None else tracker.outbox(issue)
        found[record.id] = (
            (record.response, record.revision, record.standing, record.replaced_by, record.people),
            [(event.kind, event.number, getattr(event, "response", None)) for event in history],
            sorted((one.recipient, one.topic, one.why) for one in told),
        )
    return found


@given(batches=BATCHES)
def test_many_at_once_leave_what_one_by_one_leave(store: Store, batches: list[tuple[list[Response], bool]]) -> None:
    """The same outcomes, refusals, histories and messages, however ids and tickets come twice."""
    alone, together = (
        Tracker(store, account=fresh_account(), directory=organisation(), clock=TurnableClock()) for _ in range(2)
    )
    for batch, replace in batches:
        assert at_once(together, batch, replace=replace) == one_by_one(alone, batch, replace=replace)
    assert facts(together) == facts(alone)
