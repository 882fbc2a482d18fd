"""A desk's commands through the public face: keys, versions, many at once, history at any instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    CauseKind,
    Desk,
    InvalidCommand,
    InvalidValue,
    Issue,
    IssueFilter,
    IssueNotFound,
    KeyReused,
    MoveRefused,
    NoteRequired,
    Person,
    Policy,
    ResponseHasIssue,
    ResponseNotFound,
    RootCause,
    StaleIssue,
    Tracker,
    replay,
)
from support import NOON, TurnableClock, response


def test_every_command_changes_the_issue_and_its_history_alike(open_tracker: Any) -> None:
    """What a command returns is what is read back, and what its history makes."""
    tracker = open_tracker(policy=Policy(root_causes=["late"]))
    desk, issue = tracker.as_user("bridget"), tracker.record(response()).issue
    cause = RootCause(category="late", whys=("No driver.",))
    steps = [
        lambda: desk.add_note(issue.id, "Left voicemail."),
        lambda: desk.assign(issue.id, "lee@partner.example", note="Hers.", follow=True, followers=["nina"]),
        lambda: desk.unfollow(issue.id, "nina"),
        lambda: desk.follow(issue.id, "omar"),
        lambda: desk.escalate(issue.id, reason="Risk.", note="Rang.", reason_kind="other"),
        lambda: desk.set_status(issue.id, "resolved", note="Agreed.", spoke=True, root_cause=cause),
        lambda: desk.reopen(issue.id, note="Again.", status="in_progress"),
    ]
    for step in steps:
        done = step()
        assert done.events
        assert done.issue == tracker.issue(issue.id) == desk.issue(issue.id) == replay(tracker.history(issue.id))
        assert done.issue.version == done.events[-1].number
        assert {event.actor for event in done.events} == {"bridget"}
    assert (done.issue.episode, done.issue.assignee, done.issue.root_cause) == (2, "lee@partner.example", cause)
    assert type(done.issue.status) is str


def test_the_moves_are_asked_for_before_they_are_tried(desk: Desk, issue: Issue) -> None:
    """Demands and advice stand with each."""
    found = {move.status: move for move in desk.moves(issue.id)}
    assert set(found) == {"in_progress", "escalated", "cant_resolve", "not_an_issue", "resolved"}
    assert found["escalated"].demands.reason
    assert [one.code.value for one in found["resolved"].advice] == ["unusual_move"]


def test_a_refused_command_leaves_nothing_behind(tracker: Tracker, desk: Desk, issue: Issue) -> None:
    """No event, no message, no key."""
    told = tracker.outbox(issue.id)
    with pytest.raises(NoteRequired):
        desk.set_status(issue.id, "resolved", note=" ", key="k")
    with pytest.raises(MoveRefused):
        desk.reopen(issue.id, note="N", key="k")
    assert (tracker.issue(issue.id), tracker.outbox(issue.id)) == (issue, told)
    assert desk.add_note(issue.id, "N", key="k").issue.version == 2


def test_an_issue_is_known_as_of_any_instant(tracker: Tracker, desk: Desk, issue: Issue, clock: TurnableClock) -> None:
    """The events of that very instant are included."""
    noted = clock.turn(hours=1)
    desk.add_note(issue.id, "One.")
    clock.turn(hours=1)
    desk.set_status(issue.id, "in_progress", note="Two.")
    assert desk.as_of(issue.id, NOON) == issue
    assert desk.as_of(issue.id, noted).version == 2
    assert desk.as_of(issue.id, noted - timedelta(microseconds=1)) == issue
    assert desk.as_of(issue.id, clock.now) == tracker.issue(issue.id)
    before = NOON - timedelta(microseconds=1)
    with pytest.raises(IssueNotFound) as early:
        desk.as_of(issue.id, before)
    assert before.isoformat() in str(early.value)
    with pytest.raises(InvalidCommand) as refused:
        desk.as_of(issue.id, NOON.replace(tzinfo=None))
    assert refused.value.field == "instant"


@pytest.mark.parametrize(
    ("work", "instead"),
    [
        (lambda tracker, desk, issue: desk.set_status(issue, "resolved", note="x"), "pass issue.id"),
        (lambda tracker, desk, issue: desk.issue(issue), "pass issue.id"),
        (lambda tracker, desk, issue: tracker.outbox(issue), "pass issue.id"),
        (lambda tracker, desk, issue: desk.flag(issue.response, note="x"), "pass response.id"),
        (lambda tracker, desk, issue: desk.response(issue.response), "pass response.id"),
        (lambda tracker, desk, issue: desk.assign(issue.id, Person(id="ed"), note="x"), "pass person.id"),
        (lambda tracker, desk, issue: desk.follow(issue.id, Person(id="ed")), "pass person.id"),
        (lambda tracker, desk, issue: tracker.as_user(Person(id="ed")), "pass person.id"),
    ],
    ids=["status", "issue", "outbox", "flag", "response", "assign", "follow", "desk"],
)
def test_whoever_passes_the_thing_is_told_to_pass_its_id(
    work: Callable[[Tracker, Desk, Issue], object], instead: str, tracker: Tracker, desk: Desk, issue: Issue
) -> None:
    """An issue, a response or a person in place of an id is refused with what to pass instead."""
    with pytest.raises(InvalidValue, match=instead):
        work(tracker, desk, issue)


def test_a_command_given_twice_with_one_key_happens_once(tracker: Tracker, desk: Desk, issue: Issue) -> None:
    """It answers as it was answered: the same events and advice, and the issue as it was then."""
    first = desk.set_status(issue.id, "resolved", note="Done.", key="form-1")
    told = tracker.outbox(issue.id)
    desk.add_note(issue.id, "Later.")
    again = desk.set_status(issue.id, "resolved", note="Done.", key="form-1")
    assert again == first
    assert (first.is_repetition, again.is_repetition) == (False, True)
    assert again.advice
    assert tracker.issue(issue.id).version == 3
    assert tracker.outbox(issue.id) == told
    assert (first.events[0].cause.kind, first.events[0].cause.ref) == (CauseKind.COMMAND, "form-1")


def test_a_key_of_a_command_that_changed_nothing_is_kept_too(desk: Desk, issue: Issue) -> None:
    """Following twice under one key answers with no event both times."""
    desk.follow(issue.id)
    assert desk.follow(issue.id, key="k").events == ()
    desk.unfollow(issue.id)
    assert desk.follow(issue.id, key="k").events == ()


def test_a_repetition_is_answered_though_the_command_gave_the_issue_away(open_tracker: Any) -> None:
    """Whoever reassigned an issue out of their own sight, and lost the answer, may ask again."""
    tracker = open_tracker()
    issue = tracker.record(response(group=None, hierarchy=("nina",))).issue
    assert issue is not None
    tracker.record(response("r-2", group=None))
    tracker.as_user("dana").assign(issue.id, "paula", note="Hers.")
    paula = tracker.as_user("paula")
    first = paula.assign(issue.id, "omar", note="His.", key="k")
    with pytest.raises(IssueNotFound):
        paula.issue(issue.id)
    assert paula.assign(issue.id, "omar", note="His.", key="k") == first


def test_a_key_belongs_to_one_root_cause_to_its_last_word(open_tracker: Any) -> None:
    """What a repr leaves out tells one command from another all the same."""
    tracker = open_tracker(policy=Policy(root_causes=["late"]))
    desk, issue = tracker.as_user("bridget"), tracker.record(response()).issue
    one, other = (RootCause(category="late", whys=(why,)) for why in ("No driver.", "No lorry."))
    first = desk.set_status(issue.id, "resolved", note="Done.", root_cause=one, key="k")
    assert desk.set_status(issue.id, "resolved", note="Done.", root_cause=one, key="k") == first
    with pytest.raises(KeyReused):
        desk.set_status(issue.id, "resolved", note="Done.", root_cause=other, key="k")


def test_a_key_belongs_to_one_command(tracker: Tracker, desk: Desk, issue: Issue) -> None:
    """Other words, another command or another issue need another key."""
    other = tracker.record(response("r-2")).issue
    assert other is not None
    desk.add_note(issue.id, "One.", key="k")
    for use in (
        lambda: desk.add_note(issue.id, "Two.", key="k"),
        lambda: desk.follow(issue.id, key="k"),
        lambda: desk.add_note(other.id, "One.", key="k"),
    ):
        with pytest.raises(KeyReused) as refused:
            use()
        assert refused.value.key == "k"
    assert tracker.issue(issue.id).version == 2


def test_each_person_has_keys_of_their_own(tracker: Tracker, desk: Desk, issue: Issue) -> None:
    """Nobody can guess, use up or answer with what another person did under a key."""
    first = desk.add_note(issue.id, "One.", key="k")
    dana = tracker.as_user("dana")
    second = dana.add_note(issue.id, "Two.", key="k")
    assert [note.text for note in second.issue.notes] == ["One.", "Two."]
    assert dana.add_note(issue.id, "Two.", key="k").events == second.events
    assert desk.add_note(issue.id, "One.", key="k").events == first.events


def test_a_flagging_given_twice_with_one_key_happens_once(tracker: Tracker, desk: Desk) -> None:
    """Without the key it is refused, naming the issue."""
    tracker.record(response("r-9", 10))
    flagged = desk.flag("r-9", note="Said so.", key="f").issue
    assert desk.flag("r-9", note="Said so.", key="f").issue == flagged
    with pytest.raises(ResponseHasIssue) as refused:
        desk.flag("r-9", note="Said so.")
    assert refused.value.issue_id == flagged.id
    with pytest.raises(ResponseNotFound):
        desk.flag("r-none", note="Said so.")


def test_a_response_outside_one_s_access_cannot_be_flagged(tracker: Tracker) -> None:
    """It is not found; its hierarchy's people may."""
    tracker.record(response("r-9", 10, hierarchy=["nina"]))
    with pytest.raises(ResponseNotFound):
        tracker.as_user("omar").flag("r-9", note="N")
    assert tracker.as_user("nina").flag("r-9", note="N").issue.assignee == "nina"


def test_a_conflicting_version_is_told_what_happened_in_between(tracker: Tracker, desk: Desk, issue: Issue) -> None:
    """A note since then conflicts with nothing, a status does."""
    desk.add_note(issue.id, "N")
    done = desk.set_status(issue.id, "in_progress", note="N", expected_version=issue.version)
    with pytest.raises(StaleIssue) as refused:
        tracker.as_user("dana").set_status(issue.id, "resolved", note="N", expected_version=issue.version)
    assert refused.value.issue == done.issue
    assert [event.kind for event in refused.value.events] == ["note_added", "status_changed"]
    assert desk.assign(issue.id, "nina", note="N", expected_version=issue.version).issue.assignee == "nina"


@pytest.mark.parametrize("version", [0, -1, 1.0, True, "1"], ids=ascii)
def test_a_version_is_a_whole_number_from_one_up(desk: Desk, issue: Issue, version: Any) -> None:
    """Zero would mean no version at all."""
    with pytest.raises(InvalidCommand) as refused:
        desk.set_status(issue.id, "resolved", note="N", expected_version=version)
    assert refused.value.field == "expected_version"


BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "issue number": ("add_note", {"issue_id": 5, "note": "N"}, "issue"),
    "issue blank": ("follow", {"issue_id": ""}, "issue"),
    "note number": ("add_note", {"note": 5}, "note"),
    "note nul": ("add_note", {"note": "a\0b"}, "note"),
    "note long": ("add_note", {"note": "x" * 50_001}, "note"),
    "spoke text": ("add_note", {"note": "N", "spoke": "yes"}, "spoke"),
    "author long": ("add_note", {"note": "N", "author": "x" * 501}, "author"),
    "happened naive": ("add_note", {"note": "N", "happened_at": NOON.replace(tzinfo=None)}, "happened_at"),
    "status number": ("set_status", {"status": 5, "note": "N"}, "status"),
    "status blank": ("set_status", {"status": "", "note": "N"}, "status"),
    "root cause dict": ("set_status", {"status": "resolved", "root_cause": {"category": "x"}}, "root_cause"),
    "assignee number": ("assign", {"assignee": 5, "note": "N"}, "assignee"),
    "assignee none": ("assign", {"assignee": None, "note": "N"}, "assignee"),
    "follow text": ("assign", {"assignee": "nina", "note": "N", "follow": "yes"}, "follow"),
    "followers text": ("assign", {"assignee": "nina", "note": "N", "followers": "omar"}, "followers"),
    "who long": ("follow", {"who": "x" * 191}, "who"),
    "reason number": ("escalate", {"reason": 5, "note": "N"}, "reason"),
    "key long": ("follow", {"key": "x" * 191}, "key"),
    "key number": ("follow", {"key": 5}, "key"),
}


@pytest.mark.parametrize(("method", "given", "field"), BAD.values(), ids=BAD)
def test_an_argument_that_is_not_acceptable_is_named(
    desk: Desk, issue: Issue, method: str, given: dict[str, Any], field: str
) -> None:
    """Before the store is asked."""
    with pytest.raises(InvalidCommand) as refused:
        getattr(desk, method)(**({"issue_id": issue.id} | given))
    assert refused.value.field == field


@pytest.fixture
def three(tracker: Tracker) -> list[str]:
    """Return the ids of three issues: open, closed, open."""
    found = [tracker.record(response(f"r-{index}")).issue for index in range(3)]
    ids = [one.id for one in found if one is not None]
    tracker.as_user("bridget").set_status(ids[1], "resolved", note="N")
    return ids


def test_one_note_for_all_of_a_filter(tracker: Tracker, desk: Desk, three: list[str]) -> None:
    """Each issue has its own change; those outside the filter have none."""
    done = desk.add_note_to_all(IssueFilter(phases={"open"}), "Outage.", spoke=True)
    assert {one.issue_id for one in done} == {three[0], three[2]}
    assert all(one.is_done and one.change is not None and one.change.issue.has_spoken for one in done)
    assert not tracker.issue(three[1]).has_spoken


def test_each_issue_of_many_stands_alone(tracker: Tracker, desk: Desk, three: list[str]) -> None:
    """What can be done is done, in the order given, each once; the answer says why not."""
    done = desk.set_status_of_all([*three, "nowhere", three[0]], "in_progress", note="Outage.")
    assert [one.issue_id for one in done] == [*three, "nowhere"]
    assert [one.is_done for one in done] == [True, False, True, False]
    assert isinstance(done[1].error, MoveRefused)
    assert isinstance(done[3].error, IssueNotFound)
    assert [tracker.issue(one).status for one in three] == ["in_progress", "resolved", "in_progress"]


def test_atomic_is_all_or_nothing(tracker: Tracker, desk: Desk, three: list[str]) -> None:
    """The first refusal is raised and nothing is done, not even told."""
    before = [tracker.issue(one) for one in three]
    told = [tracker.outbox(one) for one in three]
    with pytest.raises(MoveRefused):
        desk.set_status_of_all(three, "in_progress", note="Outage.", atomic=True)
    assert [tracker.issue(one) for one in three] == before
    assert [tracker.outbox(one) for one in three] == told
    done = desk.add_note_to_all(three, "Outage.", atomic=True)
    assert [one.issue_id for one in done if one.is_done] == three


def test_nothing_to_do_is_nothing_done(desk: Desk) -> None:
    """An empty list and a filter without issues answer with nothing."""
    assert desk.add_note_to_all([], "N") == ()
    assert desk.add_note_to_all(IssueFilter(ticket="T"), "N", atomic=True) == ()
