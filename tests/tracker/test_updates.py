"""What another system says of an issue, carried out: all of it or nothing, once, as somebody (requirement C9)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import resolutionkit as rk
from resolutionkit import InboundUpdate, Tracker
from support import TurnableClock, organisation, response

BOT = rk.Person(id="crm-bot", name="The ticket desk", access=rk.Access.groups("emea"))


def with_bot(bot: rk.Person = BOT) -> rk.StaticDirectory:
    """Return the small company with somebody who stands for the other system."""
    known = organisation()
    people = [known.person(one) for one in ("dana", "bridget", "ed", "nina", "omar", "paula", "gone")]
    return rk.StaticDirectory([*people, bot], groups=[known.group("emea")], leader="dana")


@pytest.fixture
def directory() -> rk.StaticDirectory:
    """Return the company, so that every backend's tracker has the bot."""
    return with_bot()


def opened(tracker: Tracker, **facts: Any) -> str:
    """Return the id of a new issue of the group that the bot sees."""
    issue = tracker.record(response(**facts)).issue
    assert issue is not None
    return issue.id


def apply(tracker: Tracker, issue: str, *, key: str = "msg-1", acting_as: str = "crm-bot", **facts: Any) -> rk.Change:
    """Apply an update."""
    return tracker.apply_update(InboundUpdate(key=key, issue=issue, **facts), acting_as=acting_as)


def kinds(change: rk.Change) -> list[str]:
    """Return what happened."""
    return [event.kind for event in change.events]


def test_an_issue_is_closed_from_outside(tracker: Tracker) -> None:
    """By the person who stands for the other system, under a name of its own, and the history says by which way."""
    issue = opened(tracker)
    done = apply(tracker, issue, status="resolved", note="Refunded.", author="Tina, ticket desk", spoke=True)
    assert (done.issue.status, done.issue.is_open) == ("resolved", False)
    (event,) = done.events
    assert (event.actor, event.cause) == ("crm-bot", rk.Cause(rk.CauseKind.INBOUND, "msg-1"))
    (note,) = done.issue.notes
    assert (note.text, note.author, note.spoke) == ("Refunded.", "Tina, ticket desk", True)
    assert tracker.issue(issue) == rk.replay(tracker.history(issue))


def test_the_same_update_happens_once(tracker: Tracker) -> None:
    """However often it is delivered, it is answered alike; other words under its key are refused."""
    issue = opened(tracker)
    first = apply(tracker, issue, status="resolved", note="Refunded.")
    again = apply(tracker, issue, status="resolved", note="Refunded.")
    assert (again.events, again.issue) == (first.events, first.issue)
    assert again.is_repetition
    assert len(tracker.history(issue)) == 2
    with pytest.raises(rk.KeyReused):
        apply(tracker, issue, status="resolved", note="Something else.")


def test_a_late_repetition_does_not_undo_what_came_after(tracker: Tracker) -> None:
    """A desk has reopened it since."""
    issue = opened(tracker)
    apply(tracker, issue, status="resolved", note="Refunded.")
    tracker.as_user("bridget").reopen(issue, note="Not at all.")
    assert apply(tracker, issue, status="resolved", note="Refunded.").is_repetition
    assert tracker.issue(issue).is_open


def test_status_assignee_and_note_are_one_change(tracker: Tracker) -> None:
    """One note, with the status; two events of one cause; the new assignee is told."""
    issue = opened(tracker)
    done = apply(tracker, issue, status="in_progress", assignee="omar", note="Taken up over there.")
    assert kinds(done) == ["status_changed", "reassigned"]
    assert {event.cause for event in done.events} == {rk.Cause(rk.CauseKind.INBOUND, "msg-1")}
    assert (done.issue.status, done.issue.assignee, len(done.issue.notes)) == ("in_progress", "omar", 1)
    assert [one.topic.value for one in tracker.outbox(issue) if one.recipient == "omar"] == ["assigned"]
    assert [event.number for event in done.events] == [2, 3]
    assert len(done.advice) == len(set(done.advice))
    assert tracker.issue(issue) == rk.replay(tracker.history(issue))


@pytest.fixture
def memory(clock: Any) -> Tracker:
    """Return a tracker in memory, for what is no matter of the store."""
    with Tracker.open("memory:", directory=with_bot(), clock=clock) as tracker:
        yield tracker


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"note": "Rang."}, ["note_added"]),
        ({"assignee": "omar", "note": "His."}, ["reassigned"]),
        ({"assignee": "OMAR@host.example", "note": "His."}, ["reassigned"]),
        ({"assignee": "lee@partner.example", "note": "Theirs."}, ["reassigned"]),
        ({"assignee": "ed", "note": "Still his."}, ["note_added"]),
        ({"status": "needs_attention"}, []),
        ({"status": "needs_attention", "note": "Still waiting."}, ["note_added"]),
        ({"status": "needs_attention", "assignee": "omar", "note": "His."}, ["note_added", "reassigned"]),
        ({"status": "resolved", "assignee": "ed", "note": "Done."}, ["status_changed"]),
        ({"status": "escalated", "reason": "Contract.", "note": "See."}, ["status_changed", "escalated"]),
        (
            {"status": "escalated", "reason": "Contract.", "assignee": "omar", "note": "See."},
            ["status_changed", "escalated", "reassigned"],
        ),
    ],
    ids=repr,
)
def test_each_part_is_what_the_command_would_be(memory: Tracker, facts: dict[str, Any], expected: list[str]) -> None:
    """What changes nothing is no event, and a note is kept once."""
    issue = opened(memory)
    done = apply(memory, issue, **facts)
    assert kinds(done) == expected
    assert len(done.issue.notes) == (1 if "note" in facts else 0)
    assert memory.issue(issue) == rk.replay(memory.history(issue))


@pytest.mark.parametrize("status", ["needs_attention", "in_progress"])
def test_a_ticket_that_is_opened_again_reopens_the_issue(memory: Tracker, status: str) -> None:
    """Where the workflow reopens to that status: another system has no second word for it."""
    issue = opened(memory)
    apply(memory, issue, status="resolved", note="Refunded.")
    done = apply(memory, issue, key="msg-2", status=status, assignee="omar", note="It is back.")
    assert kinds(done) == ["reopened", "reassigned"]
    assert (done.issue.episode, done.issue.status) == (2, status)


def test_a_closed_status_is_corrected_without_a_reopening(memory: Tracker) -> None:
    """As at a desk."""
    issue = opened(memory)
    apply(memory, issue, status="resolved", note="Refunded.")
    done = apply(memory, issue, key="msg-2", status="not_an_issue", note="A test.")
    assert (kinds(done), done.issue.episode) == (["status_changed"], 1)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"status": "solved", "note": "Done.", "assignee": "omar"}, rk.MoveRefused),
        ({"status": "resolved", "assignee": "omar"}, rk.NoteRequired),
        ({"assignee": "omar"}, rk.NoteRequired),
        ({"status": "resolved", "note": "Done.", "assignee": "gone"}, rk.PersonNotFound),
        ({"status": "escalated", "note": "See."}, rk.ReasonRequired),
        ({"status": "resolved", "note": "Done.", "reason": "Why?"}, rk.InvalidCommand),
        ({"status": "resolved", "note": "Done.", "expected_version": 9}, rk.StaleIssue),
    ],
    ids=repr,
)
def test_what_is_refused_changes_nothing(memory: Tracker, facts: dict[str, Any], error: type[Exception]) -> None:
    """Not even the part that could be done, and nobody is told (law L3); corrected, it happens under the same key."""
    issue = opened(memory)
    before = (memory.history(issue), memory.outbox(issue))
    with pytest.raises(error):
        apply(memory, issue, **facts)
    assert (memory.history(issue), memory.outbox(issue)) == before
    assert kinds(apply(memory, issue, note="Rang.")) == ["note_added"]


def test_reopening_takes_no_reason(memory: Tracker) -> None:
    """Only an escalation does."""
    issue = opened(memory)
    apply(memory, issue, status="resolved", note="Refunded.")
    with pytest.raises(rk.InvalidCommand, match="reason"):
        apply(memory, issue, key="msg-2", status="in_progress", reason="Why?", note="Back.")


@pytest.mark.parametrize(
    ("facts", "between", "is_stale"),
    [
        ({"status": "resolved"}, "status", True),
        ({"status": "resolved"}, "assignee", False),
        ({"assignee": "omar"}, "assignee", True),
        ({"assignee": "omar"}, "status", False),
        ({"status": "resolved", "assignee": "omar"}, "assignee", True),
        ({"status": "resolved", "assignee": "omar"}, "status", True),
        ({}, "status", False),
        ({"status": "resolved", "assignee": "omar"}, "note", False),
    ],
)
def test_a_version_that_is_old_conflicts_with_what_it_would_undo(
    memory: Tracker, facts: dict[str, Any], between: str, is_stale: bool
) -> None:
    """A part conflicts as its command does, a note with nothing (requirement B13)."""
    issue, desk = opened(memory), memory.as_user("bridget")
    {
        "status": lambda: desk.set_status(issue, "in_progress", note="Ringing."),
        "assignee": lambda: desk.assign(issue, "paula", note="Hers."),
        "note": lambda: desk.add_note(issue, "Rang."),
    }[between]()
    if is_stale:
        with pytest.raises(rk.StaleIssue):
            apply(memory, issue, note="Done.", expected_version=1, **facts)
    else:
        assert apply(memory, issue, note="Done.", expected_version=1, **facts).events


@pytest.mark.parametrize(
    ("acting_as", "bot", "error"),
    [
        ("nobody", BOT, rk.AccessDenied),
        ("system", BOT, rk.AccessDenied),
        ("crm-bot", attrs.evolve(BOT, active=False), rk.AccessDenied),
        ("crm-bot", attrs.evolve(BOT, access=rk.Access.OWN), rk.IssueNotFound),
        ("crm-bot", attrs.evolve(BOT, access=rk.Access.groups("APAC")), rk.IssueNotFound),
    ],
)
def test_it_acts_within_the_access_of_somebody(acting_as: str, bot: rk.Person, error: type[Exception]) -> None:
    """A secret that leaks reaches no further than the person whom it stands for (requirement D2)."""
    with Tracker.open("memory:", directory=with_bot(bot)) as tracker:
        issue = opened(tracker)
        with pytest.raises(error):
            apply(tracker, issue, acting_as=acting_as, note="Rang.")
        assert len(tracker.history(issue)) == 1


def test_an_issue_that_never_was_is_not_found(memory: Tracker) -> None:
    """Just like one outside the person's access."""
    with pytest.raises(rk.IssueNotFound):
        apply(memory, "0197-nothing", note="Rang.")


@pytest.mark.parametrize("update", [None, {"issue": "x", "note": "y"}, "resolved"])
def test_what_is_no_update_is_refused(memory: Tracker, update: Any) -> None:
    """A body goes through read_update, which proves who sent it."""
    with pytest.raises(rk.InvalidValue, match="read_update"):
        memory.apply_update(update, acting_as="crm-bot")
    with pytest.raises(rk.InvalidValue, match="acting_as"):
        memory.apply_update(InboundUpdate(key="k", issue="i", note="n"), acting_as=None)  # type: ignore[arg-type]


def test_a_workflow_without_reopening_decides_by_its_moves(clock: Any) -> None:
    """With three statuses that move freely, closed leads back to open by a move."""
    policy = rk.Policy(workflow=rk.workflows.THREE_STATUS)
    with Tracker.open("memory:", directory=with_bot(), clock=clock, policy=policy) as tracker:
        issue = opened(tracker)
        assert not apply(tracker, issue, status="closed", note="Done.").issue.is_open
        done = apply(tracker, issue, key="msg-2", status="open", note="Back.")
        assert (done.issue.is_open, done.issue.episode) == (True, 2)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "status": st.sampled_from([None, *(one.value for one in rk.Status), "solved"]),
                "assignee": st.sampled_from([None, "omar", "ed", "lee@partner.example", "gone"]),
                "note": st.sampled_from([None, "Rang.", " "]),
                "reason": st.sampled_from([None, "Contract."]),
                "expected_version": st.sampled_from([None, None, 1, 3]),
            }
        ),
        max_size=8,
    )
)
def test_whatever_comes_is_done_whole_or_not_at_all(updates: list[dict[str, Any]]) -> None:
    """The history folds to the issue, numbers have no gap, a note is kept once, a refusal changes nothing (L1, L3)."""
    with Tracker.open("memory:", directory=with_bot(), clock=TurnableClock()) as tracker:
        issue = opened(tracker)
        for number, facts in enumerate(updates):
            before = tracker.issue(issue)
            try:
                done = apply(tracker, issue, key=f"msg-{number}", **facts).issue
            except rk.ResolutionKitError:
                assert tracker.issue(issue) == before
                continue
            history = tracker.history(issue)
            assert tracker.issue(issue) == done == rk.replay(history)
            assert [event.number for event in history] == list(range(1, len(history) + 1))
            assert done.note_count - before.note_count == (1 if (facts["note"] or "").strip() else 0)
            assert facts["status"] in {None, done.status}
            assert facts["assignee"] in {None, done.assignee}


def test_its_repr_shows_nothing_that_somebody_wrote() -> None:
    """It ends in logs."""
    update = InboundUpdate(key="msg-1", issue="i-1", note="Personal.", author="Tina", assignee="lee@partner.example")
    assert repr(update) == "<InboundUpdate 'msg-1' of issue 'i-1'>"


def test_it_is_awaited_as_well(clock: Any) -> None:
    """The async tracker does the same."""

    async def run() -> tuple[list[str], bool]:
        async with rk.AsyncTracker.open("memory:", directory=with_bot(), clock=clock) as tracker:
            issue = (await tracker.record(response())).issue.id
            update = InboundUpdate(key="msg-1", issue=issue, status="resolved", note="Refunded.")
            first = await tracker.apply_update(update, acting_as="crm-bot")
            again = await tracker.apply_update(update, acting_as="crm-bot")
            return kinds(first), again.is_repetition

    assert asyncio.run(run()) == (["status_changed"], True)


def test_two_deliveries_at_once_happen_once(open_tracker: Callable[..., Tracker]) -> None:
    """The other system tried again before the first answer came."""
    from resolutionkit.testing.suites.base import in_threads

    tracker = open_tracker()
    issue = opened(tracker)
    assert in_threads([lambda: apply(tracker, issue, status="resolved", note="Refunded.")] * 2) == []
    assert len(tracker.history(issue)) == 2
