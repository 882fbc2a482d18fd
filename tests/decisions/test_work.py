"""Notes, assignment and followers: work that leaves the status alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    Followed,
    InvalidCommand,
    NoteAdded,
    NoteRequired,
    PersonNotFound,
    Policy,
    Reassigned,
    Unfollowed,
)
from resolutionkit.model.commands import AddNote, Assign, Follow, SetStatus, Unfollow
from support import NOON


def kinds(decision: Any) -> list[type]:
    """Return the kinds of a decision's events."""
    return [type(event) for event in decision.events]


@pytest.mark.parametrize("note", [None, "", " \n", "\u200b", " \u200d\ufeff\n"], ids=ascii)
def test_a_blank_note_is_not_added(office: Any, note: str | None) -> None:
    """There is nothing to add, nor anything that a reader could see."""
    issue = office.opened()
    with pytest.raises(NoteRequired):
        office.decide(issue, AddNote(issue=issue.id, note=note))


def test_a_note_is_kept_without_the_white_space_around_it(office: Any) -> None:
    """Its own lines stay."""
    issue = office.opened()
    (event,) = office.decide(issue, AddNote(issue=issue.id, note=" Rang.\n Twice. \n", spoke=True)).events
    assert (event.note.text, event.note.spoke, event.note.at, event.note.happened_at) == (
        "Rang.\n Twice.",
        True,
        NOON,
        NOON,
    )


@pytest.mark.parametrize(
    ("actor", "author", "signed"),
    [
        ("bridget", None, "Bridget Shaw"),
        ("bridget", "  Ann from sales ", "Ann from sales"),
        ("bridget", " ", "Bridget Shaw"),
        ("lee@partner.example", None, "lee@partner.example"),
        ("system", None, "Ed Long"),
    ],
    ids=["signed-in", "any-name", "blank", "address", "group-lead"],
)
def test_a_note_is_signed_by_the_first_who_applies(office: Any, actor: str, author: str | None, signed: str) -> None:
    """A name that was typed, the signed-in user, whom the report was sent to, the group's lead; never empty."""
    issue = office.opened()
    (event,) = office.decide(issue, AddNote(issue=issue.id, note="N", author=author), actor).events
    assert (event.note.author, event.actor) == (signed, actor)


@pytest.mark.parametrize(
    ("group", "signed"), [("billing", "Gus Gone"), ("nowhere", "system"), (None, "system")], ids=ascii
)
def test_an_author_is_never_empty(office: Any, group: str | None, signed: str) -> None:
    """Where nobody is there the library signs."""
    issue = office.opened(group=group)
    (event,) = office.decide(issue, AddNote(issue=issue.id, note="N"), "system").events
    assert event.note.author == signed


@pytest.mark.parametrize(
    ("offset", "is_refused"),
    [
        (timedelta(hours=-1), False),
        (timedelta(hours=-1, microseconds=-1), True),
        (timedelta(0), False),
        (timedelta(microseconds=1), True),
    ],
    ids=["at-the-response", "before-it", "now", "future"],
)
def test_a_contact_took_place_between_the_response_and_now(office: Any, offset: timedelta, is_refused: bool) -> None:
    """Both ends included; every command with a note checks it."""
    issue = office.opened()
    said: dict[str, Any] = {"issue": issue.id, "note": "N", "happened_at": NOON + offset}
    for command in (AddNote(**said), Assign(assignee="nina", **said), SetStatus(status="in_progress", **said)):
        if is_refused:
            with pytest.raises(InvalidCommand) as refused:
                office.decide(issue, command)
            assert refused.value.field == "happened_at"
        else:
            assert office.decide(issue, command).events[0].note.happened_at == NOON + offset


@pytest.mark.parametrize(
    ("who", "assignee"),
    [("nina", "nina"), ("NINA@host.example", "nina"), ("Lee@PARTNER.example", "lee@partner.example")],
    ids=["id", "email", "address"],
)
def test_an_issue_is_given_to_a_person_or_an_address(office: Any, who: str, assignee: str) -> None:
    """One event with its note."""
    issue = office.opened()
    (event,) = office.decide(issue, Assign(issue=issue.id, assignee=who, note="Hers.")).events
    assert (type(event), event.assignee, event.note.text) == (Reassigned, assignee, "Hers.")


@pytest.mark.parametrize("who", ["nobody", "gone", "gus@host.example", "Nina Okafor", "system"])
def test_an_issue_is_not_given_to_whoever_is_not_there(office: Any, who: str) -> None:
    """Neither by assigning nor by adding followers."""
    issue = office.opened()
    for command in (
        Assign(issue=issue.id, assignee=who, note="N"),
        Assign(issue=issue.id, assignee="nina", note="N", followers=[who]),
        Follow(issue=issue.id, who=who),
        Unfollow(issue=issue.id, who=who),
    ):
        with pytest.raises(PersonNotFound):
            office.decide(issue, command)


def test_a_reassignment_needs_a_note_unless_the_policy_relaxes_it(office: Any) -> None:
    """The note on reassigning has a switch of its own."""
    issue = office.opened()
    office.policy = Policy(note_on_status_change=False)
    with pytest.raises(NoteRequired):
        office.decide(issue, Assign(issue=issue.id, assignee="nina", note=" "))
    office.policy = Policy(note_on_reassign=False)
    assert office.done(issue, Assign(issue=issue.id, assignee="nina")).assignee == "nina"


@pytest.mark.parametrize(("note", "expected"), [("N", [NoteAdded]), (None, [])], ids=["note", "nothing"])
def test_the_same_assignee_again_is_no_reassignment(office: Any, note: str | None, expected: list[type]) -> None:
    """A note is kept; without one nothing happens, and nothing is demanded."""
    issue = office.opened()
    assert kinds(office.decide(issue, Assign(issue=issue.id, assignee="ED@host.example", note=note))) == expected


def test_whoever_reassigns_may_follow_on_and_add_others(office: Any) -> None:
    """Each once, and who follows already is not added again."""
    issue = office.opened()
    issue = office.done(issue, Follow(issue=issue.id, who="omar"))
    followers = ["omar", "Bridget@host.example", "lee@partner.example", "LEE@partner.example"]
    after = office.done(issue, Assign(issue=issue.id, assignee="nina", note="N", follow=True, followers=followers))
    assert after.followers == ("omar", "bridget", "lee@partner.example")


def test_anyone_may_follow_and_unfollow_themself_or_others(office: Any) -> None:
    """Twice is once, and what was so already is no event."""
    issue = office.opened()
    followed = office.done(issue, Follow(issue=issue.id))
    assert followed.followers == ("bridget",)
    assert kinds(office.decide(followed, Follow(issue=issue.id, who="bridget"))) == []
    assert kinds(office.decide(followed, Unfollow(issue=issue.id))) == [Unfollowed]
    assert kinds(office.decide(followed, Unfollow(issue=issue.id, who="nina"))) == []
    assert kinds(office.decide(followed, Follow(issue=issue.id, who="NINA@host.example"))) == [Followed]


def test_a_follower_who_left_can_be_taken_off(office: Any) -> None:
    """Being inactive does not make one follow for ever."""
    issue = office.done(office.opened(), Follow(issue="x", who="lee@partner.example"))
    assert office.done(issue, Unfollow(issue=issue.id, who="lee@partner.example")).followers == ()
    left = attrs.evolve(issue, followers=("gone",))
    assert kinds(office.decide(left, Unfollow(issue=issue.id, who="gone"))) == [Unfollowed]


def test_the_library_itself_follows_nothing(office: Any) -> None:
    """It has to be said who does."""
    issue = office.opened()
    for command in (Follow(issue=issue.id), Unfollow(issue=issue.id)):
        with pytest.raises(InvalidCommand) as refused:
            office.decide(issue, command, "system")
        assert refused.value.field == "who"


def test_a_clock_that_steps_back_does_not_take_history_with_it(office: Any) -> None:
    """An event is never before its predecessor, nor is its note."""
    issue = office.opened()
    office.now -= timedelta(minutes=30)
    (event,) = office.decide(issue, AddNote(issue=issue.id, note="N")).events
    assert (event.at, event.note.at) == (NOON, NOON)
