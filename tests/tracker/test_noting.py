"""The notes dialog at a desk (requirement D4): what is found, what is saved, and what became of it meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from resolutionkit import (
    AsyncTracker,
    Desk,
    ForNotes,
    InvalidCommand,
    InvalidFilter,
    InvalidValue,
    NoteLog,
    NotesSearch,
    Policy,
    ResponseMoved,
    ResponseNotFound,
    ResponseReplaced,
    StaticDirectory,
    Status,
    Tracker,
)
from resolutionkit.tracker import fornotes
from support import NOON, TurnableClock, response

HOUR = timedelta(hours=1)
DAY = date(2026, 11, 20)


@pytest.fixture
def desk(tracker: Tracker) -> Desk:
    """Return the desk of Bridget, who sees everything."""
    return tracker.as_user("bridget")


@pytest.fixture
def three(tracker: Tracker) -> None:
    """Record three unhappy responses of emea's day, and others beside them."""
    for number, score in enumerate((3, 0, 6)):
        at = NOON - timedelta(hours=3 - number)
        tracker.record(response(f"r-{number}", score, ticket=f"T-{number}", received_at=at))
    tracker.record(response("fine", 9, ticket="T-fine"))
    tracker.record(response("field", group="field"))
    tracker.record(response("before", received_at=NOON - timedelta(hours=12, seconds=1)))


def walked(desk: Desk, **search: Any) -> list[str]:
    """Return the ids of all responses of a search, from the first to the last, and back again."""
    found = desk.find_for_notes(**search)
    ids = [found.record.id]
    while found.next is not None:
        found = desk.find_for_notes(**search, at=found.next)
        assert (found.previous, found.place) == (ids[-1], len(ids) + 1)
        ids.append(found.record.id)
    assert found.count == len(ids)
    return ids


@pytest.mark.usefixtures("three")
def test_a_group_s_day_is_what_needs_recovery_in_the_order_of_receipt(desk: Desk) -> None:
    """The happy one, the other group's and the day before's are not there."""
    assert walked(desk, group="emea", date=DAY) == ["r-0", "r-1", "r-2"]
    assert walked(desk, group="emea", date=date(2026, 11, 19)) == ["before"]


@pytest.mark.usefixtures("three")
def test_a_ticket_finds_its_response_whatever_the_score(desk: Desk) -> None:
    """There is nothing beside it."""
    for search in ({"group": "emea"}, {"date": DAY}):
        for ticket, expected in (("T-1", "r-1"), ("T-fine", "fine")):
            found = desk.find_for_notes(ticket=ticket, **search)
            assert (found.record.id, found.previous, found.next, found.place, found.count) == (
                expected, None, None, None, None,
            )  # fmt: skip
    assert desk.find_for_notes(ticket="T-fine", date=DAY).issue is None


def test_of_several_surveys_a_ticket_finds_what_was_received_last(tracker: Tracker, desk: Desk) -> None:
    """Each survey has a response that stands for the ticket."""
    tracker.record(response("late", ticket="T-1", survey="a", received_at=NOON - HOUR))
    tracker.record(response("early", ticket="T-1", survey="b", received_at=NOON - 2 * HOUR))
    assert desk.find_for_notes(ticket="T-1", group="emea").record.id == "late"


def test_the_day_is_that_of_the_account_s_clock(open_tracker: Callable[..., Tracker]) -> None:
    """In Auckland, noon of the 20th in UTC is the 21st."""
    tracker = open_tracker(policy=Policy(zone="Pacific/Auckland"))
    tracker.record(response())
    desk = tracker.as_user("bridget")
    assert desk.find_for_notes(group="emea", date=date(2026, 11, 21)).record.id == "r-1"
    with pytest.raises(ResponseNotFound):
        desk.find_for_notes(group="emea", date=DAY)


def test_a_report_is_what_its_recipient_is_told_of(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """Her groups, led or also alerted for; its window, and what was recorded late within it; nothing old."""
    start, end = clock() + HOUR, clock() + 25 * HOUR
    tracker.record(response("before", group="field", received_at=clock()))
    clock.turn(hours=2)
    tracker.record(response("in", group="field", received_at=clock()))
    tracker.record(response("emea", received_at=clock()))
    tracker.record(response("late", group="field", received_at=clock() - 20 * HOUR))
    tracker.record(response("old", group="field", received_at=clock() - timedelta(days=30)))
    tracker.record(response("silent", group="field", received_at=clock() - 20 * HOUR), announce=False)
    clock.turn(hours=23)
    tracker.record(response("after", group="field", received_at=clock()))
    assert walked(tracker.as_user("omar"), start=start, end=end) == ["late", "in"]
    assert walked(desk, start=start, end=end, recipient="omar") == ["late", "in"]
    assert walked(desk, start=start, end=end, recipient="paula") == ["late", "in"]
    with pytest.raises(ResponseNotFound):
        desk.find_for_notes(start=start, end=end)  # Bridget leads nothing


@pytest.mark.usefixtures("three")
def test_a_step_saves_and_goes_on(tracker: Tracker, desk: Desk) -> None:
    """Save, previous and next each save the note; the last has no next, and one stays there."""
    found = desk.find_for_notes(group="emea", date=DAY)
    saved = desk.save_for_notes(found, "Rang.", spoke=True, go="next")
    assert saved.change is not None
    assert saved.found.record.id == "r-1"
    saved = desk.save_for_notes(saved.found, "Left voicemail.", go="previous")
    assert [(note.text, note.spoke) for note in saved.found.notes] == [("Rang.", True)]
    saved = desk.save_for_notes(saved.found, "Rang again.")
    assert [note.text for note in saved.found.notes] == ["Rang.", "Rang again."]
    last = desk.find_for_notes(group="emea", date=DAY, at="r-2")
    assert desk.save_for_notes(last, "Wrote.", go="next").found.record.id == "r-2"
    counts = [tracker.responses(recovery).items for recovery in ("w", "x")]
    assert [sorted(line.id for line in lines) for lines in counts] == [["r-0", "r-1", "r-2"], ["before", "field"]]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("note", [None, "", " \n\t", "\u200b"])
def test_an_empty_note_is_not_saved_and_is_no_error(tracker: Tracker, desk: Desk, note: str | None) -> None:
    """One just goes on; nothing has happened, whatever else was filled in."""
    found = desk.find_for_notes(group="emea", date=DAY)
    saved = desk.save_for_notes(found, note, spoke=True, author="Somebody", key="k", go="next")
    assert saved.change is None
    assert saved.found.record.id == "r-1"
    assert found.issue is not None
    assert tracker.issue(found.issue.id) == found.issue


@pytest.mark.usefixtures("three")
def test_a_note_on_a_response_without_an_issue_makes_it_one(tracker: Tracker, desk: Desk) -> None:
    """Notes are an issue's; the same form again is the same note, and a later one goes to that issue."""
    found = desk.find_for_notes(ticket="T-fine", date=DAY)
    for _ in range(2):
        saved = desk.save_for_notes(found, "Said on the phone.", key="form-1")
    assert saved.found.issue is not None
    assert saved.found.issue.flagged_by_hand
    assert saved.change is not None
    assert saved.change.is_repetition
    again = desk.save_for_notes(found, "And wrote.", key="form-2")  # from the page as it was
    assert [note.text for note in again.found.notes] == ["Said on the phone.", "And wrote."]
    assert tracker.response("fine").issue == saved.found.issue.id


@pytest.mark.usefixtures("three")
def test_a_note_is_signed_by_who_sits_there_or_by_any_name(tracker: Tracker, desk: Desk) -> None:
    """The event's actor stays who was signed in; a blank name is none (requirement B5)."""
    found = desk.find_for_notes(group="emea", date=DAY)
    assert found.author == "Bridget Shaw"
    for author in (None, "Jo of the front desk", "  "):
        found = desk.save_for_notes(found, "Rang.", author=author).found
    assert [note.author for note in found.notes] == ["Bridget Shaw", "Jo of the front desk", "Bridget Shaw"]
    assert found.issue is not None
    assert {event.actor for event in tracker.history(found.issue.id)[1:]} == {"bridget"}


def test_a_replaced_response_says_which_stands_in_its_place(tracker: Tracker, desk: Desk, clock: TurnableClock) -> None:
    """The one that stands now, not one between; when it is meant, when its ticket and day are, and when saving."""
    tracker.record(response("r-1", ticket="T-1", received_at=NOON))
    found = desk.find_for_notes(group="emea", date=DAY)
    for number in (2, 3):
        clock.turn(hours=24)
        tracker.record(response(f"r-{number}", ticket="T-1", received_at=clock()))
    for ask in (
        lambda: desk.find_for_notes(group="emea", date=DAY, at="r-1"),
        lambda: desk.find_for_notes(ticket="T-1", date=DAY),
        lambda: desk.save_for_notes(found, "Rang."),
    ):
        with pytest.raises(ResponseReplaced) as replaced:
            ask()
        assert (replaced.value.response_id, replaced.value.replaced_by) == ("r-1", "r-3")
    assert desk.find_for_notes(ticket="T-1", group="emea").record.id == "r-3"
    assert desk.find_for_notes(ticket="T-1", group="emea").notes == NoteLog()


def test_a_moved_response_says_where_it_is_now(tracker: Tracker, desk: Desk) -> None:
    """A correction has brought it to another group: when it is meant, by its ticket, and when saving."""
    tracker.record(response("r-1", ticket="T-1"))
    found = desk.find_for_notes(group="emea", date=DAY)
    tracker.record(response("r-1", ticket="T-1", group="field"), replace=True)
    for ask in (
        lambda: desk.find_for_notes(group="emea", date=DAY, at="r-1"),
        lambda: desk.find_for_notes(ticket="T-1", group="emea"),
        lambda: desk.save_for_notes(found, "Rang."),
    ):
        with pytest.raises(ResponseMoved) as moved:
            ask()
        assert (moved.value.response_id, moved.value.group, moved.value.moved_to) == ("r-1", "emea", "field")
    assert desk.find_for_notes(ticket="T-1", date=DAY).record.id == "r-1"
    assert tracker.issue(str(tracker.response("r-1").issue)).notes == NoteLog()
    with pytest.raises(ResponseNotFound):  # it never was there
        desk.find_for_notes(ticket="T-1", group="billing")


def test_a_moved_response_without_an_issue_is_told_alike(tracker: Tracker, desk: Desk) -> None:
    """Its revisions tell."""
    tracker.record(response("fine", 9, ticket="T-1"))
    tracker.record(response("fine", 9, ticket="T-1", group="field"), replace=True)
    with pytest.raises(ResponseMoved):
        desk.find_for_notes(ticket="T-1", group="emea")


def test_who_does_not_see_it_any_more_is_told_nothing(tracker: Tracker) -> None:
    """Moved or replaced out of Ed's sight, a response is as one that never was (law L6)."""
    ed = tracker.as_user("ed")
    tracker.record(response("moved", ticket="T-1"))
    tracker.record(response("replaced", ticket="T-2"))
    found = ed.find_for_notes(group="emea", date=DAY, at="moved")
    other = ed.find_for_notes(group="emea", date=DAY, at="replaced")
    tracker.record(response("moved", ticket="T-1", group="field"), replace=True)
    tracker.record(response("later", ticket="T-2", group="field", received_at=NOON))
    for one in (found, other):
        assert one.issue is not None
        tracker.as_user("dana").assign(one.issue.id, "omar", note="His.")
    for ask, name in (
        (lambda at: ed.find_for_notes(group="emea", date=DAY, at=at), "moved"),
        (lambda at: ed.find_for_notes(group="emea", date=DAY, at=at), "replaced"),
        (lambda at: ed.find_for_notes(group="emea", ticket=at), "T-1"),
        (lambda at: ed.find_for_notes(group="emea", ticket=at), "T-2"),
        (lambda at: ed.find_for_notes(date=DAY, ticket=at), "T-2"),
    ):
        refusals = []
        for one in (name, "~" * len(name)):
            with pytest.raises(ResponseNotFound) as refused:
                ask(one)
            refusals.append(str(refused.value).replace(one, "ID"))
        assert refusals[0] == refusals[1]
    with pytest.raises(ResponseNotFound):
        ed.save_for_notes(found, "Rang.")


def test_a_replaced_response_whose_successor_is_out_of_sight_is_not_found(tracker: Tracker) -> None:
    """A happy response belongs to no issue, and Ed sees it by its group; what stands for it now is the field's."""
    tracker.record(response("r-1", 9, ticket="T-1"))
    tracker.record(response("r-2", 9, ticket="T-1", group="field", received_at=NOON))
    with pytest.raises(ResponseNotFound):
        tracker.as_user("ed").find_for_notes(ticket="T-1", group="emea")


def test_what_needs_recovery_no_more_stays_where_it_was(tracker: Tracker, desk: Desk) -> None:
    """A corrected score takes it off the list, and not from under the hands of who writes a note on it."""
    for number in range(3):
        tracker.record(response(f"r-{number}", received_at=NOON - timedelta(hours=3 - number)))
    tracker.record(response("r-1", 9, received_at=NOON - 2 * HOUR), replace=True)
    found = desk.find_for_notes(group="emea", date=DAY, at="r-1")
    assert (found.place, found.count, found.previous, found.next) == (None, 2, "r-0", "r-2")


def test_one_of_another_day_is_not_found_there(tracker: Tracker, desk: Desk) -> None:
    """It may be seen, and is not what was searched for."""
    tracker.record(response("r-1"))
    tracker.record(response("fine", 9))
    with pytest.raises(ResponseNotFound):
        desk.find_for_notes(group="emea", date=date(2026, 11, 19), at="fine")


@pytest.mark.usefixtures("three")
def test_more_than_a_page_is_walked_through(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many a day has."""
    for size in (1, 2, 3):
        monkeypatch.setattr(fornotes, "PAGE_LIMIT", size)
        assert walked(desk, group="emea", date=DAY) == ["r-0", "r-1", "r-2"]


def test_an_erased_response_is_not_found(tracker: Tracker, desk: Desk) -> None:
    """Nothing is left to write about."""
    tracker.record(response("r-1"))
    found = desk.find_for_notes(group="emea", date=DAY)
    tracker.erase(response_id="r-1")
    for ask in (
        lambda: desk.find_for_notes(group="emea", date=DAY),
        lambda: desk.find_for_notes(group="emea", date=DAY, at="r-1"),
        lambda: desk.save_for_notes(found, "Rang."),
    ):
        with pytest.raises(ResponseNotFound):
            ask()


@pytest.mark.parametrize(
    "search",
    [
        {},
        {"group": "emea"},
        {"group": "emea", "date": DAY, "ticket": "T-1"},
        {"group": "emea", "start": NOON, "end": NOON + HOUR},
        {"start": NOON},
        {"start": NOON + HOUR, "end": NOON},
        {"start": datetime(2026, 11, 20), "end": NOON},
        {"group": "emea", "date": "2026-11-20"},
        {"group": "emea", "date": NOON},
        {"group": "", "date": DAY},
        {"group": "emea", "date": DAY, "recipient": "ed"},
        {"group": "emea", "date": date.max},
    ],
)
def test_another_combination_is_refused(tracker: Tracker, desk: Desk, search: dict[str, Any]) -> None:
    """The error says which there are."""
    with pytest.raises(InvalidFilter):
        desk.find_for_notes(**search)


def test_what_is_no_argument_is_refused(tracker: Tracker, desk: Desk) -> None:
    """Each error names its argument, and nothing is saved."""
    tracker.record(response())
    found = desk.find_for_notes(group="emea", date=DAY)
    wrong: Any = found.record
    for ask in (
        lambda: desk.save_for_notes(wrong, "Rang."),
        lambda: desk.save_for_notes(found, "Rang.", go="home"),
        lambda: desk.save_for_notes(found, "Rang.", happened_at=NOON + HOUR),
    ):
        with pytest.raises(InvalidCommand):
            ask()
    with pytest.raises(InvalidValue):
        desk.find_for_notes(group="emea", date=DAY, at=wrong)
    assert desk.find_for_notes(group="emea", date=DAY).notes == NoteLog()


def test_a_store_that_tells_no_revisions_tells_moves_by_histories(
    tracker: Tracker, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revisions are an ability that a store need not have."""
    tracker.record(response("r-1", ticket="T-1"))
    tracker.record(response("r-1", ticket="T-1", group="field"), replace=True)
    real = tracker._runner.store.transact

    class Without:
        def __init__(self, unit: Any) -> None:
            self.unit = unit

        def __getattr__(self, name: str) -> Any:
            if name == "revisions":
                raise AttributeError(name)
            return getattr(self.unit, name)

    def transact(account: str, work: Any, /, *, write: bool) -> Any:
        return real(account, lambda unit: work(Without(unit)), write=write)

    monkeypatch.setattr(tracker._runner.store, "transact", transact)
    with pytest.raises(ResponseMoved):
        desk.find_for_notes(ticket="T-1", group="emea")


def test_it_is_awaited_alike(clock: TurnableClock, directory: StaticDirectory, async_url: str) -> None:
    """The async desk finds, saves and goes on."""

    async def noted() -> ForNotes:
        async with AsyncTracker.open(async_url, clock=clock, directory=directory, create=True) as tracker:
            for number in range(2):
                await tracker.record(response(f"r-{number}", received_at=NOON - timedelta(hours=2 - number)))
            desk = tracker.as_user("ed")
            found = await desk.find_for_notes(group="emea", date=DAY)
            await desk.save_for_notes(found, "Rang.", go="next")
            return await desk.find_for_notes(group="emea", date=DAY)

    found = asyncio.run(noted())
    assert ([note.text for note in found.notes], found.next) == (["Rang."], "r-1")


# --- one for all (requirement B12) ------------------------------------------------------------------------------------


def test_one_note_for_all_of_a_report(tracker: Tracker, desk: Desk) -> None:
    """Each issue stands alone, and the answer says what happened to each."""
    for number in range(3):
        tracker.record(response(f"r-{number}", group="field", received_at=NOON - HOUR))
    tracker.record(response("emea"))
    report = NotesSearch(start=NOON - 2 * HOUR, end=NOON + HOUR, recipient="omar")
    done = desk.add_note_to_all(report, "A recall; all were written to.")
    assert [one.is_done for one in done] == [True] * 3
    assert {line.id for line in tracker.responses("w")} == {"r-0", "r-1", "r-2"}
    own = tracker.as_user("omar").set_status_of_all(
        NotesSearch(start=NOON - 2 * HOUR, end=NOON + HOUR), Status.RESOLVED, note="Refunded.", atomic=True
    )
    assert len(own) == 3
    assert tracker.as_user("omar").inbox().counts().closed == 3


def test_one_note_for_all_of_a_group_s_day_or_a_ticket(tracker: Tracker, desk: Desk) -> None:
    """Whatever is searched for; a response that belongs to no issue has none to tell of."""
    tracker.record(response("r-1", ticket="T-1"))
    tracker.record(response("fine", 9, ticket="T-2"))
    assert len(desk.add_note_to_all(NotesSearch(group="emea", date=DAY), "Rang.")) == 1
    assert len(desk.add_note_to_all(NotesSearch(ticket="T-1", date=DAY), "Rang.")) == 1
    assert desk.add_note_to_all(NotesSearch(ticket="T-2", date=DAY), "Rang.") == ()
    assert desk.add_note_to_all(NotesSearch(group="field", date=DAY), "Rang.") == ()
    assert desk.add_note_to_all(NotesSearch(ticket="T-3", date=DAY), "Rang.") == ()
