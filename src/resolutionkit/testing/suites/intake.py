"""Law L2: every unhappy response that no other stands for belongs to exactly one issue, whatever happens."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

from hypothesis import strategies as st

from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.query import IssueFilter, ResponseFilter
from resolutionkit.model.response import Response, Standing
from resolutionkit.model.results import Outcome
from resolutionkit.ports import Store
from resolutionkit.testing.accounts import fresh_account
from resolutionkit.testing.clock import TurnableClock
from resolutionkit.testing.play import Step
from resolutionkit.testing.samples import sample_company, sample_response
from resolutionkit.testing.strategies import deliveries, histories, organisations
from resolutionkit.testing.suites.base import StoreSuite, for_all, in_threads, player
from resolutionkit.tracker.tracker import Tracker


class OneIssueEach(StoreSuite):
    """Law L2, on a tracker over the store."""

    def test_each_unhappy_response_has_one_issue_after_any_history(self, store: Store) -> None:
        """Work, replacements, corrections, duplicates and refusals later, each such response has its one issue."""

        def check(directory: StaticDirectory, steps: list[Step]) -> None:
            game = player(store, directory)
            game.play(steps)
            check_one_issue_each(game.tracker)

        for_all(check, part=1 / 2, directory=organisations(), steps=histories(max_size=30))

    def test_the_latest_stands_whatever_the_order_and_however_often(self, store: Store) -> None:
        """In any order, with any repetition, the latest of a survey and ticket stands and is judged; others do not."""

        def check(responses: list[Response], chance: random.Random) -> None:
            mixed = responses + chance.choices(responses, k=5)
            chance.shuffle(mixed)
            tracker = a_tracker(store)
            outcomes = Counter(tracker.record(one).outcome for one in mixed)
            assert outcomes[Outcome.DUPLICATE] == 5
            check_one_issue_each(tracker)
            latest = latest_of(responses)
            for one in responses:
                stands = one.ticket is None or latest[one.survey, one.ticket] is one
                record = tracker.response(one.id)
                assert (record.standing is Standing.CURRENT) == stands
                assert not stands or (record.issue is not None) >= (one.score <= 6)
            assert len(tracker.issues(limit=1000)) <= len(responses)

        for_all(check, responses=deliveries(), chance=st.randoms(use_true_random=False))

    def test_a_second_response_to_a_ticket_goes_to_the_same_issue(self, store: Store) -> None:
        """The later response stands, the earlier is kept and marked, and there is one issue for both."""
        tracker = a_tracker(store)
        first = tracker.record(sample_response("early", ticket="T-1")).issue
        second = tracker.record(sample_response("late", 2, ticket="T-1"))
        assert first is not None
        assert second.issue is not None
        assert (second.outcome, second.issue.id) == (Outcome.REPLACED, first.id)
        assert [line.id for line in tracker.issues()] == [first.id]
        check_one_issue_each(tracker)

    def test_many_at_once_come_to_the_same_as_one_by_one(self, store: Store) -> None:
        """Recorded in batches or alone, the same responses stand, and have issues in the same way."""

        def check(responses: list[Response], size: int) -> None:
            found = []
            for is_batched in (True, False):
                tracker = a_tracker(store)
                for start in range(0, len(responses), size):
                    batch = responses[start : start + size]
                    if is_batched:
                        assert tracker.record_many(batch + batch).counts[Outcome.DUPLICATE] == len(batch)
                    else:
                        assert [tracker.record(one).outcome for one in batch]
                check_one_issue_each(tracker)
                lines = tracker.responses(ResponseFilter(with_replaced=True), limit=1000)
                found.append([(line.id, line.record.standing, line.issue is not None) for line in lines])
            assert found[0] == found[1]

        for_all(check, part=1 / 2, responses=deliveries(max_size=10), size=st.integers(1, 4))

    def test_threads_that_deliver_the_same_come_to_one_issue_each(self, store: Store) -> None:
        """Six threads deliver the same responses on one tracker: one issue each, one set of messages."""
        tracker = a_tracker(store)
        assert in_threads([delivery(tracker, seed, 40) for seed in range(6)]) == []
        check_all_was_delivered_once(tracker, 40)


def a_tracker(store: Store) -> Tracker:
    """Return a tracker of the sample company on an account that was never used."""
    return Tracker(store, account=fresh_account(), directory=sample_company(), clock=TurnableClock())


def latest_of(responses: list[Response]) -> dict[tuple[str | None, str], Response]:
    """Return the response that has to stand for each survey and ticket."""
    found: dict[tuple[str | None, str], Response] = {}
    for one in sorted(responses, key=lambda response: (response.received_at, response.id)):
        if one.ticket is not None:
            found[one.survey, one.ticket] = one
    return found


def check_one_issue_each(tracker: Tracker) -> None:
    """Check the law itself, for all that an account has."""
    records = [line.record for line in tracker.responses(ResponseFilter(with_replaced=True), limit=1000)]
    issues = [tracker.issue(line.id) for line in tracker.issues(IssueFilter(), limit=1000)]
    owners = Counter(one.id for issue in issues for one in issue.responses)
    assert all(count == 1 for count in owners.values())
    by_id = {record.id: record for record in records}
    for record in records:
        owner = [issue for issue in issues if record.id in [one.id for one in issue.responses]]
        assert [issue.id for issue in owner] == ([] if record.issue is None else [record.issue])
        assert record.needs_recovery == (record.response.score <= record.threshold)
        if record.standing is Standing.CURRENT:
            assert record.replaced_by is None
            assert record.issue is not None or not record.needs_recovery
            assert not owner or owner[0].response == record.response
        else:
            assert record.replaced_by in by_id
    for issue in issues:
        current = by_id[issue.response.id]
        assert current.standing is Standing.CURRENT
        assert issue.needs_recovery == current.needs_recovery


def delivered(count: int) -> list[Response]:
    """Return so many responses; every third is content, every fourth has a ticket that others have too."""
    return [
        sample_response(
            f"r-{number:03d}",
            8 if number % 3 == 0 else number % 7,
            ticket=f"T-{number % 5}" if number % 4 == 0 else None,
            hierarchy=("nina", "lee@partner.example"),
        )
        for number in range(count)
    ]


def delivery(tracker: Tracker, seed: int, count: int) -> Callable[[], None]:
    """Return a job that delivers all of them, in an order of its own."""

    def run() -> None:
        for one in random.Random(seed).sample(delivered(count), count):  # noqa: S311  (an order is no secret)
            tracker.record(one)

    return run


def check_all_was_delivered_once(tracker: Tracker, count: int) -> None:
    """Check that many deliveries of the same responses came to one of each, with one set of messages."""
    check_one_issue_each(tracker)
    records = [line.record for line in tracker.responses(ResponseFilter(with_replaced=True), limit=1000)]
    assert sorted(record.id for record in records) == sorted(one.id for one in delivered(count))
    for record in records:
        if record.response.ticket is None:
            assert (record.issue is not None) == (record.response.score <= 6)
    for line in tracker.issues(limit=1000):
        history, told = tracker.history(line.id), tracker.outbox(line.id)
        assert [event.number for event in history] == list(range(1, len(history) + 1))
        assert max(Counter((message.recipient, message.first_event) for message in told).values()) == 1
        opening = sorted(message.recipient for message in told if message.first_event == 1)
        assert opening == ["ed", "lee@partner.example", "nina"]
