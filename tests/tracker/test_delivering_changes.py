"""What is said of a change when something else has changed since: nothing to nobody, and only what still holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from resolutionkit import Contact, Delivered, Fate, Outcome, Policy, Preferences, Topic, Tracker, Why, read_condition
from resolutionkit.testing import NOON, RecordingNotifier, TurnableClock, sample_company, sample_response

LEE = "lee@partner.example"
Waiting = Callable[..., tuple[Tracker, RecordingNotifier, str]]


@pytest.fixture(params=["memory:", "sqlite"])
def waiting(request: Any, tmp_path: Any) -> Iterator[Waiting]:
    """Return a function that records an unhappy response, of which the mails do not get out at first."""
    opened: list[Tracker] = []
    url = "memory:" if request.param == "memory:" else f"sqlite:///{tmp_path}/d.db"

    def made(wanted: dict[str, Preferences] | None = None, **facts: Any) -> tuple[Tracker, RecordingNotifier, str]:
        clock, email = TurnableClock(), RecordingNotifier("email")
        tracker = Tracker.open(url, notifiers=[email], clock=clock, directory=sample_company())
        opened.append(tracker)
        for who, preferences in (wanted or {}).items():
            tracker.set_preferences(who, preferences)
        issue = tracker.record(sample_response(**facts)).issue
        assert issue is not None
        email.failure = OSError("down")
        tracker.deliver()
        email.failure = None
        clock.turn(minutes=1)
        return tracker, email, issue.id

    yield made
    for one in opened:
        one.close()


def lines(tracker: Tracker, who: str) -> list[tuple[Fate, str]]:
    """Return what became of what somebody was to be told."""
    return [(one.fate, one.reason) for one in tracker.ledger(person=who)]


# --- somebody was erased (law L11) -----------------------------------------------------------------------------------


def test_nothing_is_said_to_an_address_that_was_erased(waiting: Waiting) -> None:
    """What waits for it is not sent to the name that stands in its place, and nothing more is planned for that."""
    tracker, email, issue = waiting()
    desk = tracker.as_user("bridget")
    desk.follow(issue, LEE)
    desk.set_status(issue, "in_progress", note="Begun.")
    tracker.erase(LEE)
    (erased,) = tracker.issue(issue).followers
    desk.set_status(issue, "resolved", note="Done.")
    tracker.deliver()
    assert {notice.recipient for notice in email.notices} == {"ed"}
    assert lines(tracker, erased) == [(Fate.DENIED, "the recipient is not there any more")]


def test_where_the_assignee_was_erased_somebody_who_is_there_hears(waiting: Waiting) -> None:
    """As where a person has left: work is never hidden by who is not there."""
    tracker, email, issue = waiting(ticket="T-1")
    tracker.as_user("bridget").assign(issue, LEE, note="Theirs.")
    tracker.deliver()
    tracker.erase(LEE)
    email.notices.clear()
    later = tracker.record(sample_response("r-2", ticket="T-1", received_at=NOON))
    assert later.outcome is Outcome.REPLACED
    tracker.deliver()
    assert [notice.recipient for notice in email.notices] == ["ed"]


def test_what_was_to_be_told_of_a_response_is_not_told_once_it_is_erased(waiting: Waiting) -> None:
    """Nothing is left to tell; whatever happens to the issue later is told as ever."""
    tracker, email, issue = waiting()
    desk = tracker.as_user("bridget")
    desk.follow(issue, "dana")
    desk.set_status(issue, "in_progress", note="Begun.")
    tracker.erase("jane@customer.example")
    assert tracker.deliver() == Delivered(dropped=2)
    assert lines(tracker, "ed") == lines(tracker, "dana") == [(Fate.DROPPED, "the response was erased")]
    tracker._runner.clock.turn(minutes=1)  # type: ignore[attr-defined]
    desk.escalate(issue, reason="The contract is at risk all the same.", note="Rang.")
    tracker.deliver()
    assert [notice.message.topic for notice in email.notices] == [Topic.ESCALATED]


def test_a_response_that_came_without_a_person_is_told(waiting: Waiting) -> None:
    """It looks like one that was erased."""
    tracker, email, _ = waiting(contact=Contact())
    assert tracker.deliver() == Delivered(sent=1)
    assert [notice.recipient for notice in email.notices] == ["ed"]


def test_an_observer_hears_of_what_was_erased_too(tmp_path: Any) -> None:
    """Without the words: its copy of the history has no gaps."""
    observer = RecordingNotifier("crm")
    url = f"sqlite:///{tmp_path}/d.db"
    facts: dict[str, Any] = {"clock": TurnableClock(), "directory": sample_company(), "policy": Policy(channels=())}
    with Tracker.open(url, observers=[observer], **facts) as tracker:
        tracker.record(sample_response(comment="Words."))
        tracker.erase("jane@customer.example")
        tracker.deliver()
    (notice,) = observer.notices
    assert [event.number for event in notice.events] == [1]
    assert "Words." not in repr(notice)


# --- somebody is not any more what they were -------------------------------------------------------------------------

ASKS = Preferences(alerts=[read_condition("score <= 9")])


def test_only_the_reasons_that_still_hold_are_given(waiting: Waiting) -> None:
    """Ed led the group and had the issue; by now somebody else has it."""
    tracker, email, issue = waiting()
    (message,) = (one for one in tracker.outbox(issue) if one.recipient == "ed")
    assert message.why == (Why.ASSIGNEE, Why.GROUP_LEAD)
    tracker.as_user("bridget").assign(issue, "omar", note="His.")
    tracker.deliver()
    assert [notice.message.why for notice in email.to("ed")] == [(Why.GROUP_LEAD,)]


def test_who_has_the_issue_no_longer_can_do_without_the_mail_again(waiting: Waiting) -> None:
    """Of the assignment everybody is told, and of the new issue only who wants to be."""
    tracker, email, issue = waiting({"ed": Preferences(channels={"opened": []})})
    tracker.as_user("bridget").assign(issue, "omar", note="His.")
    tracker.deliver()
    assert email.to("ed") == []
    assert lines(tracker, "ed") == [(Fate.SUPPRESSED, "the recipient's preferences: topic")]


def test_who_asks_no_longer_is_not_told_though_they_want_what_is_usual(waiting: Waiting) -> None:
    """Preferences that say nothing are preferences too."""
    tracker, email, _ = waiting({"bridget": ASKS})
    tracker.set_preferences("bridget", Preferences())
    tracker.deliver()
    assert email.to("bridget") == []
    assert lines(tracker, "bridget") == [(Fate.SUPPRESSED, "the recipient's preferences: not_asked")]


def test_who_wants_no_notes_any_more_is_not_told_though_they_want_what_is_usual(waiting: Waiting) -> None:
    """Likewise."""
    tracker, email, issue = waiting({"dana": Preferences(notes=True)})
    tracker.as_user("dana").follow(issue)
    tracker.as_user("bridget").add_note(issue, "Rang.")
    tracker.set_preferences("dana", Preferences())
    tracker.deliver()
    assert email.to("dana") == []
    assert lines(tracker, "dana") == [(Fate.SUPPRESSED, "the recipient's preferences: notes")]


def test_who_neither_has_the_issue_nor_asks_for_it_is_not_told(waiting: Waiting) -> None:
    """Two reasons, and both are gone."""
    tracker, email, issue = waiting({"dana": ASKS}, group=None)
    (message,) = tracker.outbox(issue)
    assert message.why == (Why.ASSIGNEE, Why.PREFERENCE)
    tracker.as_user("bridget").assign(issue, "ed", note="His.")
    tracker.set_preferences("dana", Preferences())
    tracker.deliver()
    assert email.to("dana") == []
    assert lines(tracker, "dana") == [(Fate.DROPPED, "the recipient is no longer assignee or asking for it")]


# --- quiet hours, and a channel that asks for order ------------------------------------------------------------------


@pytest.mark.parametrize("in_order", [False, True])
def test_an_escalation_waits_for_nothing_that_quiet_hours_hold(tmp_path: Any, in_order: bool) -> None:
    """Requirement B8; the change of status before it comes when they are over."""
    email = RecordingNotifier("email")
    email.in_order = in_order  # type: ignore[attr-defined]
    url = f"sqlite:///{tmp_path}/d.db"
    with Tracker.open(url, notifiers=[email], clock=TurnableClock(), directory=sample_company()) as tracker:
        tracker.set_preferences("dana", Preferences(quiet_hours={"monday-sunday": "08:00-20:00"}))
        issue = tracker.record(sample_response()).issue
        assert issue is not None
        desk = tracker.as_user("bridget")
        desk.follow(issue.id, "dana")
        desk.set_status(issue.id, "in_progress", note="Begun.")
        assert tracker.deliver() == Delivered(sent=1, deferred=1)
        desk.escalate(issue.id, reason="Contract at risk.", note="Rang.")
        tracker.deliver()
        assert [notice.message.topic for notice in email.to("dana")] == [Topic.ESCALATED]
