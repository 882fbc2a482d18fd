"""Recovery performance (requirement D6): of what somebody may see, as it stands now, on every backend."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from resolutionkit import (
    AsyncTracker,
    Desk,
    InvalidFilter,
    Performance,
    PerformanceLine,
    Policy,
    StaticDirectory,
    Status,
    Targets,
    Tracker,
)
from resolutionkit.tracker import performing
from support import NOON, TurnableClock, response

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tracker: Tracker) -> Desk:
    """Return the desk of Bridget, who sees everything."""
    return tracker.as_user("bridget")


def opened(tracker: Tracker, response_id: str, score: int = 3, **facts: Any) -> str:
    """Return the id of the issue of a new response, received at this instant of the clock."""
    now = tracker._runner.now()
    issue = tracker.record(response(response_id, score, **({"received_at": now} | facts))).issue
    assert issue is not None
    return issue.id


def counted(line: PerformanceLine) -> tuple[int, ...]:
    """Return how many needed recovery, have notes, were spoken to, and are no issue."""
    return line.needed, line.with_notes, line.spoken, line.not_an_issue


def test_a_line_says_who_was_recovered_and_how_quickly(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """One was called and closed, one has a voicemail, one has nothing yet, and a happy one does not count."""
    called, left, _ = (opened(tracker, f"r-{number}") for number in range(3))
    tracker.record(response("fine", 9))
    clock.turn(hours=2)
    desk.add_note(left, "Left voicemail.")
    clock.turn(hours=2)
    desk.set_status(called, Status.RESOLVED, note="Rang, she is content.", spoke=True)
    (line,) = desk.performance()
    assert (line.key, line.name, *counted(line)) == ("emea", "EMEA", 3, 2, 1, 0)
    assert line.without_notes == 1
    first = line.first_action
    assert (first.done, first.unfinished, first.never, first.median, first.p90) == (2, 1, 0, 3 * HOUR, 3.8 * HOUR)
    assert (line.contacted.done, line.contacted.unfinished, line.contacted.median) == (1, 2, 4 * HOUR)
    assert (line.closed.done, line.closed.unfinished, line.closed.median) == (1, 2, 4 * HOUR)
    assert (first.met, first.judged, first.share) == (2, 2, 1.0)


def test_the_total_is_over_all_episodes(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """Its median is that of all times: no median of the groups' medians."""
    ids = [opened(tracker, f"r-{group}-{number}", group=group) for group, number in
           [("emea", 0), ("emea", 1), ("emea", 2), ("field", 0)]]  # fmt: skip
    for issue in ids:
        clock.turn(hours=1)
        desk.add_note(issue, "Left voicemail.")
    found = desk.performance("group")
    assert [(one.key, one.first_action.median) for one in found] == [("emea", 2 * HOUR), ("field", 4 * HOUR)]
    assert (found.total.needed, found.total.first_action.median) == (4, 2.5 * HOUR)


def test_by_person_an_episode_is_whose_it_was_when_it_ended(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """Reassigned later, the issue is another's; the closed episode stays with who closed it."""
    issue = opened(tracker, "r-1")
    clock.turn(hours=1)
    desk.set_status(issue, Status.RESOLVED, note="Done.")
    clock.turn(hours=1)
    desk.reopen(issue, note="Same again.")
    desk.assign(issue, "nina", note="Hers now.")
    found = desk.performance("person")
    assert [(one.key, one.needed, one.episodes, one.reopened) for one in found] == [
        ("nina", 1, 1, 1),
        ("ed", 0, 1, 0),
    ]
    assert found.line("nina").name == "Nina Okafor"


def test_by_person_what_comes_after_the_closing_changes_nothing(
    tracker: Tracker, desk: Desk, clock: TurnableClock
) -> None:
    """A closed issue that is given to somebody else, and corrected by them, was closed by whom it was."""
    issue = opened(tracker, "r-1")
    desk.set_status(issue, Status.RESOLVED, note="Done.")
    desk.assign(issue, "nina", note="To file.")
    desk.set_status(issue, Status.CANT_RESOLVE, note="Not quite.")
    assert [(one.key, one.needed, one.episodes) for one in desk.performance("person")] == [("nina", 1, 0), ("ed", 0, 1)]


def test_a_clock_that_steps_back_takes_nothing_back(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """Something has happened since the follow-up was due, whatever the clock says now."""
    issue = opened(tracker, "r-1")
    clock.turn(hours=49)
    desk.add_note(issue, "Left voicemail.")
    clock.turn(hours=-9)
    assert desk.performance().line("emea").contacted.missed == 1


def test_reopening_changes_no_figure_of_the_episode_before(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """Law L10: what an episode came to stays, whatever comes after it."""
    issue = opened(tracker, "r-1", ticket="T-1")
    clock.turn(hours=3)
    desk.set_status(issue, Status.RESOLVED, note="Rang.", spoke=True)
    before = desk.performance().line("emea")
    clock.turn(hours=500)
    desk.reopen(issue, note="Same again.")
    clock.turn(hours=500)
    after = desk.performance().line("emea")
    assert (before.episodes, after.episodes, after.reopened) == (1, 2, 1)
    for name in ("first_action", "contacted", "closed"):
        one, two = getattr(before, name), getattr(after, name)
        assert (two.done, two.unfinished, two.median) == (one.done, 1, one.median)
        assert (two.met, two.missed) == (one.met, one.missed + 1)


def test_merging_changes_no_figure_of_the_episodes_that_were_closed(tracker: Tracker, clock: TurnableClock) -> None:
    """Of neither issue, and also where what was merged is merged again; it is one open piece of work from then on."""
    bridget, ids = tracker.as_user("bridget"), []
    for number, group in enumerate(("emea", "field", "field")):
        issue = tracker.record(response(f"r-{number}", group=group)).issue
        assert issue is not None
        ids.append(issue.id)
        clock.turn(hours=1)
        bridget.set_status(issue.id, Status.RESOLVED, note="Rang.", spoke=True)
        clock.turn(hours=number)
        bridget.reopen(issue.id, note="Same again.")
    before = tracker.performance("group")
    bridget.merge(ids[1], ids[2])
    bridget.merge(ids[0], ids[1])
    after = tracker.performance("group")
    for key in ("emea", "field", None):
        old, new = (found.total if key is None else found.line(key) for found in (before, after))
        for one, other in ((old.closed, new.closed), (old.contacted, new.contacted)):
            assert (one.done, one.median, one.met) == (other.done, other.median, other.met)
    assert (before.total.closed.unfinished, after.total.closed.unfinished) == (3, 1)


def test_an_unhappy_answer_that_reopens_leaves_the_episode_with_the_answer_before(
    tracker: Tracker, desk: Desk, clock: TurnableClock
) -> None:
    """The day of the earlier answer keeps its closed episode; its response counts no more, the later one does."""
    issue = opened(tracker, "r-1", ticket="T-1")
    clock.turn(hours=3)
    desk.set_status(issue, Status.RESOLVED, note="Rang.", spoke=True)
    first_day = {"start": date(2026, 11, 20), "end": date(2026, 11, 20)}
    before = desk.performance(**first_day).line("emea")
    clock.turn(hours=48)
    tracker.record(response("r-2", 2, ticket="T-1", received_at=clock()))
    after = desk.performance(**first_day).line("emea")
    assert (before.needed, after.needed) == (1, 0)
    assert (after.episodes, after.closed, after.contacted) == (1, before.closed, before.contacted)
    later = desk.performance(start=date(2026, 11, 21)).line("emea")
    assert (later.needed, later.episodes, later.reopened, later.closed.unfinished) == (1, 1, 1, 1)


def test_a_happy_answer_takes_an_open_issue_out(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """It no longer needs recovery: neither met nor missed, neither done nor unfinished."""
    opened(tracker, "r-1", ticket="T-1")
    clock.turn(hours=100)
    tracker.record(response("r-2", 9, ticket="T-1", received_at=clock()))
    assert len(desk.performance()) == 0
    assert desk.performance().total.episodes == 0


def test_not_an_issue_is_counted_apart(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """It needed recovery by its score; no time or share is over it."""
    for number, status in enumerate((Status.NOT_AN_ISSUE, Status.RESOLVED)):
        clock.turn(hours=1)
        desk.set_status(opened(tracker, f"r-{number}"), status, note="So it is.")
    (line,) = desk.performance()
    assert (*counted(line), line.episodes, line.closed.done) == (2, 2, 0, 1, 1, 1)


def test_what_was_closed_without_a_call_was_never_called(tracker: Tracker, desk: Desk) -> None:
    """It is neither done nor still to come."""
    desk.set_status(opened(tracker, "r-1"), Status.RESOLVED, note="Wrote a letter.")
    contacted = desk.performance().line("emea").contacted
    assert (contacted.done, contacted.unfinished, contacted.never) == (0, 0, 1)


def test_a_share_is_of_those_of_which_it_can_be_said(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """In time, late, over though not done, and still in time: one of three."""
    in_time, late, _over = (opened(tracker, f"r-{number}") for number in range(3))
    clock.turn(hours=1)
    desk.add_note(in_time, "Left voicemail.")
    clock.turn(hours=48)
    desk.add_note(late, "Left voicemail.")
    opened(tracker, "r-new")
    first = desk.performance().line("emea").first_action
    assert (first.met, first.missed, first.judged, first.unfinished) == (1, 2, 3, 2)
    assert first.share == pytest.approx(1 / 3)


def test_without_a_target_there_is_no_share(open_tracker: Callable[..., Tracker]) -> None:
    """How quickly is told all the same."""
    tracker = open_tracker(policy=Policy(targets=Targets(first_action=None, follow_up=None, closed=None)))
    tracker.as_user("bridget").add_note(opened(tracker, "r-1"), "Left voicemail.")
    first = tracker.performance().line("emea").first_action
    assert (first.done, first.judged, first.share) == (1, 0, None)


def test_backfilled_issues_have_no_share_and_can_be_left_out(tracker: Tracker, clock: TurnableClock) -> None:
    """They count, are told apart, and have no limits (requirement A11)."""
    opened(tracker, "old", received_at=NOON - timedelta(days=30))
    opened(tracker, "new")
    clock.turn(hours=60)
    whole, without = tracker.performance().line("emea"), tracker.performance(with_backfilled=False).line("emea")
    assert (whole.needed, whole.backfilled, whole.episodes, whole.first_action.judged) == (2, 1, 2, 1)
    assert (without.needed, without.backfilled, without.episodes, without.first_action.judged) == (1, 0, 1, 1)


def test_it_is_of_what_the_person_may_see(tracker: Tracker) -> None:
    """Ed sees his group, Nina what is hers, the tracker everything."""
    opened(tracker, "r-1")
    hers = opened(tracker, "r-2", group="field")
    opened(tracker, "r-3", group=None)
    tracker.as_user("omar").assign(hers, "nina", note="Hers.")
    assert {one.key: one.needed for one in tracker.performance()} == {"emea": 1, "field": 1, None: 1}
    assert {one.key: one.needed for one in tracker.as_user("ed").performance()} == {"emea": 1}
    assert {one.key: one.needed for one in tracker.as_user("nina").performance("person")} == {"nina": 1}
    assert tracker.as_user("nina").performance().total.needed == 1
    assert tracker.performance().line(None).name == "(no group)"


def test_it_is_current(tracker: Tracker, desk: Desk) -> None:
    """A note counts the moment that it is saved."""
    issue = opened(tracker, "r-1")
    assert desk.performance().line("emea").with_notes == 0
    desk.add_note(issue, "Left voicemail.")
    assert desk.performance().line("emea").with_notes == 1


def test_a_date_is_a_whole_day_of_the_account_s_clock(open_tracker: Callable[..., Tracker]) -> None:
    """In New York the 20th begins at five in the morning of UTC, and ends at five of the 21st."""
    tracker = open_tracker(policy=Policy(zone="America/New_York"))
    for place, hour in enumerate((-8, -7, 16, 17)):  # from noon of the 20th, in UTC
        tracker.record(response(f"r-{place}", received_at=NOON + hour * HOUR))
    day = date(2026, 11, 20)
    found = tracker.performance(start=day, end=day)
    assert found.total.needed == 2
    assert (found.start, found.end) == (
        datetime(2026, 11, 20, 5, tzinfo=UTC),
        datetime(2026, 11, 21, 5, tzinfo=UTC),
    )
    assert tracker.performance(start=NOON + 16 * HOUR, end=NOON + 17 * HOUR).total.needed == 1
    assert tracker.performance(start=NOON + 16 * HOUR).total.needed == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "planet"},
        {"start": "2026-11-20"},
        {"start": datetime(2026, 11, 20)},
        {"start": date(2026, 11, 20), "end": date(2026, 11, 19)},
        {"start": NOON, "end": NOON},
        {"end": date.max},
        {"with_backfilled": 1},
    ],
)
def test_what_cannot_be_asked_is_refused(tracker: Tracker, asked: dict[str, Any]) -> None:
    """The error names the argument."""
    with pytest.raises(InvalidFilter) as refused:
        tracker.performance(**asked)
    assert refused.value.field in asked


def test_batches_make_no_difference(tracker: Tracker, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of a batch, every response counts once."""
    for number in range(5):
        desk.add_note(opened(tracker, f"r-{number}", received_at=NOON), "Left voicemail.")
    whole = desk.performance()
    for size in (1, 2, 5):
        monkeypatch.setattr(performing, "BATCH", size)
        assert desk.performance() == whole


def test_a_store_without_a_queue_reads_histories_one_by_one(clock: TurnableClock, directory: StaticDirectory) -> None:
    """Reading many at once is an ability that a store need not have."""

    class Plain:
        def __init__(self, unit: Any) -> None:
            self.unit = unit

        def __getattr__(self, name: str) -> Any:
            if name == "histories":
                raise AttributeError(name)
            return getattr(self.unit, name)

    class Store:
        def __init__(self, store: Any) -> None:
            self.store = store

        def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
            return self.store.transact(account, lambda unit: work(Plain(unit)), write=write)

        def close(self) -> None:
            self.store.close()

    with Tracker.open("memory:", clock=clock, directory=directory) as tracker:
        tracker.as_user("bridget").add_note(opened(tracker, "r-1"), "Left voicemail.")
        plain = Tracker(Store(tracker._runner.store), clock=clock, directory=directory)
        assert plain.performance() == tracker.performance()


def test_it_is_awaited_alike(clock: TurnableClock, directory: StaticDirectory, async_url: str) -> None:
    """The async desk says what the sync one would."""

    async def asked() -> Performance:
        async with AsyncTracker.open(async_url, clock=clock, directory=directory, create=True) as tracker:
            recorded = await tracker.record(response())
            assert recorded.issue is not None
            await tracker.as_user("ed").add_note(recorded.issue.id, "Rang.", spoke=True)
            return await tracker.as_user("ed").performance("person", start=date(2026, 11, 1))

    found = asyncio.run(asked())
    assert counted(found.line("ed")) == (1, 1, 1, 0)


def test_a_line_that_is_not_there_is_a_key_error(tracker: Tracker) -> None:
    """As with a mapping."""
    with pytest.raises(KeyError):
        tracker.performance().line("emea")
