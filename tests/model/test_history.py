"""Folding: what each kind of event does to an issue, and what no history can be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    Cause,
    CauseKind,
    CheckAnswered,
    CheckAsked,
    CorrectionRecorded,
    Escalated,
    Event,
    Followed,
    GroupChanged,
    InvalidValue,
    Issue,
    IssueOpened,
    LevelRaised,
    LimitReminded,
    Merged,
    MergedInto,
    Note,
    NoteAdded,
    Phase,
    Reassigned,
    Reopened,
    ReplacementRecorded,
    ResponseRepaired,
    RootCause,
    RootCauseRecorded,
    StatusChanged,
    Unfollowed,
    replay,
)
from resolutionkit.model.events import EVENT_TYPES, note_of
from resolutionkit.model.history import apply
from support import NOON, response


def at(hours: float) -> datetime:
    """Return an instant so many hours after the opening."""
    return NOON + timedelta(hours=hours)


def note(hours: float, text: str = "Rang.", **facts: Any) -> Note:
    """Return a note written so many hours after the opening."""
    return Note(**({"text": text, "author": "Ed", "at": at(hours), "happened_at": at(hours)} | facts))


class Story:
    """A history that is told event by event."""

    def __init__(self, **opening: Any) -> None:
        facts = {
            "issue": "i-1",
            "response": response(),
            "revision": 1,
            "status": "needs_attention",
            "phase": Phase.OPEN,
            "assignee": "ed",
            "needs_recovery": True,
            "actor": "system",
        }
        self.events: list[Event] = []
        self.then(IssueOpened, 0, **(facts | opening))

    def then(self, kind: type[Event], hours: float, **facts: Any) -> Story:
        """Tell what happened next, so many hours after the opening."""
        number = len(self.events) + 1
        given = {"id": f"e-{number}", "number": number, "at": at(hours), "actor": "ed", "policy": "p"}
        self.events.append(kind(**(given | {"cause": Cause(CauseKind.COMMAND)} | facts)))
        return self

    def closed(self, hours: float, status: str = "resolved", **facts: Any) -> Story:
        """Tell that it was closed."""
        return self.then(StatusChanged, hours, status=status, phase=Phase.CLOSED, **facts)

    @property
    def issue(self) -> Issue:
        """The issue that the story makes."""
        return replay(self.events)


def changed(before: Issue, after: Issue) -> set[str]:
    """Return the names of the fields that differ, without those that every event changes."""
    names = {one.name for one in attrs.fields(Issue) if getattr(before, one.name) != getattr(after, one.name)}
    return names - {"version", "changed_at"}


OTHER = response("r-9", 3)
NEXT = response("r-2", 2, group="field")
EFFECTS: dict[str, tuple[type[Event], dict[str, Any], set[str]]] = {
    "note": (NoteAdded, {"note": note(1)}, {"notes", "episodes"}),
    "status": (StatusChanged, {"status": "in_progress", "phase": Phase.ACTIVE}, {"status", "phase", "episodes"}),
    "reopened": (Reopened, {"status": "x", "phase": Phase.ACTIVE}, {"status", "phase", "episodes"}),
    "escalated": (Escalated, {"reason": "Risk.", "to": "dana"}, {"escalated_at", "escalated_by", "escalated_to"}),
    "reassigned": (Reassigned, {"assignee": "nina"}, {"assignee"}),
    "reassigned with a note": (Reassigned, {"assignee": "nina", "note": note(1)}, {"assignee", "notes"}),
    "followed": (Followed, {"follower": "nina"}, {"followers"}),
    "unfollowed": (Unfollowed, {"follower": "omar"}, {"followers"}),
    "root cause": (RootCauseRecorded, {"root_cause": RootCause(category="late")}, {"root_cause"}),
    "level": (
        LevelRaised,
        {"level": 2, "name": "tier two", "entered_at": at(1), "accountable": ("dana",), "ran_out": "tier one"},
        {"level", "accountable"},
    ),
    "level with a note": (
        LevelRaised,
        {"level": 1, "name": "tier one", "entered_at": at(1), "reason": "Risk.", "note": note(1)},
        {"level", "notes", "episodes"},
    ),
    "reminded": (LimitReminded, {"limit": "closed", "due_at": at(2)}, set()),
    "asked": (CheckAsked, {"due_at": at(1)}, {"episodes"}),
    "answered": (CheckAnswered, {"satisfied": True}, {"episodes"}),
    "replaced": (
        ReplacementRecorded,
        {"response": NEXT, "revision": 1, "people": ("ed",), "needs_recovery": False},
        {"response", "responses", "people", "needs_recovery"},
    ),
    "corrected": (
        CorrectionRecorded,
        {"response": response(score=1), "revision": 2, "people": ("ed",), "needs_recovery": False},
        {"response", "revision", "responses", "people", "needs_recovery"},
    ),
    "merged": (
        Merged,
        {"merged": "i-2", "up_to": 1, "history": tuple(Story(issue="i-2", response=OTHER, assignee="nina").events)},
        {"merged", "responses", "sides"},
    ),
    "merged into another": (
        MergedInto,
        {"into": "i-0"},
        {"phase", "merged_into", "assignee", "followers"},
    ),
    "moved": (
        GroupChanged,
        {"response": response(group="field"), "revision": 2},
        {"response", "revision", "responses"},
    ),
    "moved with a note": (
        GroupChanged,
        {"response": response(group="field"), "revision": 2, "note": note(1)},
        {"response", "revision", "responses", "notes"},
    ),
    "repaired": (
        ResponseRepaired,
        {"response": response(group="field"), "revision": 2, "is_routed": True, "assignee": "omar", "tags": ("vip",)},
        {"response", "revision", "responses", "assignee", "tags"},
    ),
}


@pytest.mark.parametrize(("kind", "facts", "fields"), EFFECTS.values(), ids=EFFECTS)
def test_each_kind_of_event_changes_what_it_is_about_and_nothing_else(
    kind: type[Event], facts: dict[str, Any], fields: set[str]
) -> None:
    """Version and instant of the last event follow every event."""
    story = Story(followers=("omar",))
    before = story.issue
    after = story.then(kind, 1, **facts).issue
    assert changed(before, after) == fields
    assert (after.version, after.changed_at) == (2, at(1))


def test_every_kind_of_event_is_in_the_table_above() -> None:
    """A new kind gets its row."""
    assert {kind for kind, _, _ in EFFECTS.values()} | {IssueOpened} == set(EVENT_TYPES)
    assert len({kind.kind for kind in EVENT_TYPES}) == len(EVENT_TYPES)


def test_an_opening_is_the_whole_issue() -> None:
    """Everything that the opening says stands in the issue."""
    issue = Story(followers=("nina",), people=("dana",), backfilled=True, flagged_by_hand=True, note=note(0)).issue
    assert (issue.id, issue.version, issue.status, issue.phase) == ("i-1", 1, "needs_attention", Phase.OPEN)
    assert (issue.response, issue.responses, issue.assignee) == (response(), (response(),), "ed")
    assert (issue.followers, issue.people, issue.backfilled, issue.flagged_by_hand) == (
        ("nina",),
        ("dana",),
        True,
        True,
    )
    assert (issue.episode, issue.level, issue.opened_at, issue.closed_at) == (1, 0, NOON, None)
    assert [one.text for one in issue.notes] == ["Rang."]


@pytest.mark.parametrize(
    "events",
    [
        [],
        Story().then(NoteAdded, 1, note=note(1)).events[1:],
        [attrs.evolve(Story().events[0], number=2)],
        [*Story().events, *Story().events],
        [*Story().events, attrs.evolve(Story().then(NoteAdded, 1, note=note(1)).events[1], number=3)],
        [*Story().events, attrs.evolve(Story().then(NoteAdded, 1, note=note(1)).events[1], number=1)],
        Story().then(NoteAdded, -1, note=note(1)).events,
    ],
    ids=["empty", "no-opening", "begins-at-2", "two-openings", "gap", "same-number", "back-in-time"],
)
def test_what_is_no_history_is_refused(events: list[Event]) -> None:
    """A history begins with the opening, is numbered without gaps, and never goes back in time."""
    with pytest.raises(InvalidValue) as refused:
        replay(events)
    assert refused.value.field == "events"


def test_two_events_of_one_instant_are_a_history() -> None:
    """A clock may stand still."""
    assert Story().then(NoteAdded, 0, note=note(0)).issue.version == 2


def test_folding_leaves_the_issue_before_as_it_was() -> None:
    """Issues are values."""
    before = Story().issue
    apply(before, Story().then(NoteAdded, 1, note=note(1)).events[1])
    assert (before.version, len(before.notes)) == (1, 0)


SPOKEN = note(5, happened_at=at(3), spoke=True)
FIRST: dict[str, tuple[Story, float | None, float | None]] = {
    "nothing yet": (Story(), None, None),
    "a note": (Story().then(NoteAdded, 2, note=note(2)), 2, None),
    "the first of two": (Story().then(NoteAdded, 2, note=note(2)).then(NoteAdded, 3, note=note(3)), 2, None),
    "a status": (Story().then(StatusChanged, 4, status="in_progress", phase=Phase.ACTIVE), 4, None),
    "when it took place": (Story().then(NoteAdded, 5, note=SPOKEN), 3, 3),
    "told later, took place earlier": (Story().then(NoteAdded, 4, note=note(4)).then(NoteAdded, 5, note=SPOKEN), 3, 3),
    "before the opening": (Story().then(NoteAdded, 5, note=note(5, happened_at=at(-1), spoke=True)), 0, 0),
    "following": (Story().then(Followed, 1, follower="nina"), None, None),
    "assigning": (Story().then(Reassigned, 1, assignee="nina"), None, None),
    "assigning after a talk": (Story().then(Reassigned, 5, assignee="nina", note=SPOKEN), None, 3),
    "the flagging note": (Story(note=note(0, spoke=True), actor="ed", flagged_by_hand=True), None, 0),
    "not by a person": (Story().then(StatusChanged, 1, status="x", phase=Phase.ACTIVE, actor="system"), None, None),
    "escalating again": (Story().then(Escalated, 2, reason="R", to=None, note=note(2)), 2, None),
    "the root cause": (Story().then(RootCauseRecorded, 2, root_cause=RootCause(category="x")), None, None),
}


@pytest.mark.parametrize(("story", "acted", "contacted"), FIRST.values(), ids=FIRST)
def test_first_action_and_first_contact_of_an_episode(
    story: Story, acted: float | None, contacted: float | None
) -> None:
    """The first note or status change of a person; the first note with a talk, by when it took place."""
    episode = story.issue.episodes[-1]
    expected = (None if acted is None else at(acted), None if contacted is None else at(contacted))
    assert (episode.first_action_at, episode.contacted_at) == expected


def test_closing_ends_an_episode_and_reopening_begins_another() -> None:
    """The earlier episode stays as it was, and the level falls to zero."""
    story = Story().closed(2)
    first = story.issue.episodes[0]
    story.then(Reopened, 5, status="needs_attention", phase=Phase.OPEN, note=note(5, spoke=True))
    issue = story.then(NoteAdded, 6, note=note(6)).closed(8, "not_an_issue").issue
    assert issue.episodes[0] == first
    assert (first.closed_at, first.closed_as, first.first_action_at) == (at(2), "resolved", at(2))
    second = issue.episodes[1]
    assert (second.number, second.opened_at, second.contacted_at) == (2, at(5), at(5))
    assert (second.first_action_at, second.closed_at, second.closed_as) == (at(6), at(8), "not_an_issue")
    assert (issue.episode, issue.level, issue.opened_at, issue.closed_at) == (2, 0, NOON, at(8))


def test_a_correction_between_closed_statuses_leaves_the_closing_time() -> None:
    """What it was closed as follows the correction; when, does not."""
    issue = Story().closed(2).closed(4, "cant_resolve").issue
    assert (issue.status, issue.closed_at, issue.episode) == ("cant_resolve", at(2), 1)
    assert issue.episodes[0].closed_as == "cant_resolve"


ESCALATED = Story().then(Escalated, 1, reason="R", to="dana", actor="ed").events
RANKS: dict[str, tuple[type[Event], dict[str, Any], bool]] = {
    "the escalator's note": (NoteAdded, {"note": note(2), "actor": "ed"}, True),
    "the library": (StatusChanged, {"status": "x", "phase": Phase.ACTIVE, "actor": "system"}, True),
    "another's note": (NoteAdded, {"note": note(2), "actor": "dana"}, False),
    "another's follow": (Followed, {"follower": "dana", "actor": "dana"}, False),
    "another's escalation": (Escalated, {"reason": "R", "to": None, "actor": "nina"}, True),
    "the escalator's closing": (StatusChanged, {"status": "x", "phase": Phase.CLOSED, "actor": "ed"}, False),
    "a reopening by the library": (Reopened, {"status": "x", "phase": Phase.OPEN, "actor": "system"}, False),
}


@pytest.mark.parametrize(("kind", "facts", "urgent"), RANKS.values(), ids=RANKS)
def test_an_escalation_ranks_above_all_others_until_somebody_else_acts(
    kind: type[Event], facts: dict[str, Any], urgent: bool
) -> None:
    """The next human event by anyone but the escalator ends it; closing and reopening do too."""
    story = Story()
    story.events = list(ESCALATED)
    assert story.issue.is_urgent
    issue = story.then(kind, 2, **facts).issue
    assert issue.is_urgent is urgent
    assert issue.escalated_at == (at(2) if kind is Escalated else at(1))


def test_a_replacement_is_added_and_a_correction_takes_its_place() -> None:
    """All the responses that an issue was about stay, in the order in which they were recorded."""
    story = Story().then(ReplacementRecorded, 1, response=NEXT, revision=1, needs_recovery=True)
    fixed = response(score=1)
    story.then(CorrectionRecorded, 2, response=fixed, revision=2, needs_recovery=False, people=("dana",))
    assert (story.issue.responses, story.issue.response) == ((fixed, NEXT), NEXT)
    assert (story.issue.needs_recovery, story.issue.people) == (True, ())
    again = response("r-2", 1, group="field")
    issue = story.then(CorrectionRecorded, 3, response=again, revision=2, needs_recovery=True, people=("ed",)).issue
    assert (issue.responses, issue.response, issue.people) == ((fixed, again), again, ("ed",))


def test_an_event_says_whether_a_person_did_it_and_what_note_it_carries() -> None:
    """The library's own acts are nobody's."""
    story = Story().then(NoteAdded, 1, note=note(1)).then(Followed, 1, follower="a")
    assert [event.is_human for event in story.events] == [False, True, True]
    assert [note_of(event) for event in story.events] == [None, note(1), None]
