"""Who hears of more than what concerns them: by an own threshold, an alert, or as a follower who wants notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    Access,
    Contact,
    LookupDirectory,
    Message,
    Person,
    Preferences,
    Topic,
    Tracker,
    Why,
    read_condition,
)
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.testing import OutboxRecorder
from support import NOON, TurnableClock, organisation, response

EIGHT = Preferences(threshold=8)
VIP = Preferences(alerts=[read_condition('tag in ("vip", "press")')])
LEE = "lee@partner.example"


def heard(messages: Sequence[Message]) -> dict[str, tuple[Topic, tuple[Why, ...]]]:
    """Return who is told of what, and why."""
    assert len({one.recipient for one in messages}) == len(messages)
    return {one.recipient: (one.topic, one.why) for one in messages}


def test_a_threshold_above_the_accounts_means_a_message_and_no_issue(tracker: Tracker) -> None:
    """Dana, who sees everything, is told of a passive; the message has no issue and no events (requirement C3)."""
    tracker.set_preferences("dana", EIGHT)
    recorded = tracker.record(response("r-1", 8))
    assert recorded.issue is None
    (message,) = tracker.outbox_of_response("r-1")
    assert (message.recipient, message.topic, message.why) == ("dana", "recorded", ("preference",))
    assert (message.issue, message.first_event, message.last_event, message.is_urgent) == (None, 0, 0, False)
    tracker.record(response("r-2", 9))
    assert tracker.outbox_of_response("r-2") == ()


@pytest.mark.parametrize("threshold", [6, 5])
def test_a_threshold_at_or_below_the_accounts_asks_for_nothing(tracker: Tracker, threshold: int) -> None:
    """It mutes, and makes nobody hear of what does not concern them."""
    tracker.set_preferences("bridget", Preferences(threshold=threshold))
    recorded = tracker.record(response("r-1", 2))
    assert "bridget" not in heard(tracker.outbox(recorded.issue.id))


def test_where_an_issue_opens_it_is_told_once(tracker: Tracker) -> None:
    """With the preference among the reasons of those who hear of it anyway."""
    tracker.set_preferences("dana", EIGHT)
    tracker.set_preferences("ed", EIGHT)
    recorded = tracker.record(response("r-1", 2))
    found = heard(tracker.outbox(recorded.issue.id))
    assert found["dana"] == (Topic.OPENED, (Why.PREFERENCE,))
    assert found["ed"] == (Topic.OPENED, (Why.ASSIGNEE, Why.GROUP_LEAD, Why.PREFERENCE))
    assert tracker.outbox_of_response("r-1") == tracker.outbox(recorded.issue.id)


def test_who_is_muted_has_a_message_all_the_same(tracker: Tracker) -> None:
    """It is suppressed when it is sent, so that the ledger can say why."""
    tracker.set_preferences("ed", Preferences(threshold=1))
    recorded = tracker.record(response("r-1", 5))
    assert "ed" in heard(tracker.outbox(recorded.issue.id))


def test_an_alert_is_a_condition(tracker: Tracker) -> None:
    """Whatever the score."""
    tracker.set_preferences("dana", VIP)
    tracker.record(response("r-1", 10, tags=["vip"]))
    tracker.record(response("r-2", 10, tags=["new"]))
    assert list(heard(tracker.outbox_of_response("r-1"))) == ["dana"]
    assert tracker.outbox_of_response("r-2") == ()


def test_nobody_is_told_of_what_they_may_not_see(tracker: Tracker) -> None:
    """Ed sees his group, Nina her own, an address what it has a part in; who left sees nothing (requirement D2)."""
    for who in ("ed", "nina", LEE):
        tracker.set_preferences(who, EIGHT)
    assert set(heard(told_of(tracker, "r-1"))) == {"ed"}
    assert set(heard(told_of(tracker, "r-2", group="field"))) == set()
    assert set(heard(told_of(tracker, "r-3", group="field", hierarchy=["nina", LEE]))) == {"nina", LEE}


def told_of(tracker: Tracker, response_id: str, **about: Any) -> Sequence[Message]:
    """Return who is told of a passive response."""
    tracker.record(response(response_id, 8, **about))
    return tracker.outbox_of_response(response_id)


def test_who_left_is_not_told() -> None:
    """Somebody who set preferences and became inactive, or is gone; the directory is asked as it is now."""
    people = {"dana": Person(id="dana", access=Access.EVERYTHING)}

    def found(**named: str) -> list[Person]:
        return [one for one in people.values() if named.get("id") == one.id]

    with Tracker(MemoryStore(), directory=LookupDirectory(found), clock=TurnableClock()) as tracker:
        tracker.set_preferences("dana", EIGHT)
        assert set(heard(told_of(tracker, "r-1"))) == {"dana"}
        people["dana"] = Person(id="dana", access=Access.EVERYTHING, active=False)
        assert told_of(tracker, "r-2") == ()
        del people["dana"]
        assert told_of(tracker, "r-3") == ()


def test_history_asks_nobody(tracker: Tracker) -> None:
    """What was received long ago is told to nobody, with an issue or without (requirement A11)."""
    tracker.set_preferences("dana", EIGHT)
    assert told_of(tracker, "r-1", received_at=NOON - timedelta(days=30)) == ()
    tracker.record(response("r-2", 8), announce=False)
    assert tracker.outbox_of_response("r-2") == ()
    tracker.record(response("r-3", 8, received_at=NOON - timedelta(days=30)), announce=True)
    assert len(tracker.outbox_of_response("r-3")) == 1


def test_a_response_is_news_once(tracker: Tracker) -> None:
    """Delivered again or corrected it is none; a correction that opens an issue is."""
    tracker.set_preferences("dana", EIGHT)
    assert len(told_of(tracker, "r-1", comment="Fine.")) == 1
    assert len(told_of(tracker, "r-1", comment="Fine.")) == 1
    tracker.record(response("r-1", 7, comment="Fine."), replace=True)
    assert len(tracker.outbox_of_response("r-1")) == 1
    opened = tracker.record(response("r-1", 1, comment="Fine."), replace=True).issue
    assert heard(tracker.outbox(opened.id))["dana"] == (Topic.OPENED, (Why.PREFERENCE,))
    assert [one.topic for one in tracker.outbox_of_response("r-1") if one.recipient == "dana"] == ["recorded", "opened"]


def test_a_replacing_response_is_news(tracker: Tracker) -> None:
    """With the issue that it follows, or without any; a late one that changes nothing is none."""
    tracker.set_preferences("dana", EIGHT)
    tracker.record(response("r-1", 10, ticket="T-1"))
    later = tracker.record(response("r-2", 7, ticket="T-1", received_at=NOON))
    assert (later.issue, heard(tracker.outbox_of_response("r-2"))) == (
        None,
        {"dana": (Topic.RECORDED, (Why.PREFERENCE,))},
    )
    tracker.record(response("r-0", 7, ticket="T-1", received_at=NOON - timedelta(days=2)))
    assert tracker.outbox_of_response("r-0") == ()
    tracker.record(response("r-3", 2, ticket="T-2"))
    tracker.record(response("r-4", 3, ticket="T-2", received_at=NOON))
    assert heard(tracker.outbox_of_response("r-4"))["dana"] == (Topic.REPLACED, (Why.PREFERENCE,))


def test_a_flagged_response_is_told_to_those_whom_it_concerns(tracker: Tracker) -> None:
    """A preference asks for new responses, and this is none."""
    tracker.set_preferences("bridget", EIGHT)
    tracker.record(response("r-1", 8))
    flagged = tracker.as_user("dana").flag("r-1", note="Said so.").issue
    assert "bridget" not in heard(tracker.outbox(flagged.id))


def test_many_at_once_ask_as_one_does(tracker: Tracker) -> None:
    """Each of them is looked at, and those in one batch leave the messages that they leave one by one."""
    tracker.set_preferences("dana", VIP)
    tracker.record_many([response(f"r-{one}", one, tags=["vip"] if one % 2 else []) for one in range(11)])
    told = [one for one in range(11) if "dana" in heard(tracker.outbox_of_response(f"r-{one}"))]
    assert told == [1, 3, 5, 7, 9]


def test_followers_hear_of_notes_if_they_want_that(tracker: Tracker) -> None:
    """Only those who said so, and nobody of their own note (requirement B7)."""
    issue = tracker.record(response("r-1", 2)).issue
    desk = tracker.as_user("dana")
    for who in ("nina", "omar", LEE, "dana"):
        desk.follow(issue.id, who)
    for who in ("nina", LEE, "dana", "bridget"):
        tracker.set_preferences(who, Preferences(notes=True))
    known = len(tracker.outbox(issue.id))
    desk.add_note(issue.id, "Rang.")
    noted = (Topic.NOTED, (Why.FOLLOWER,))
    assert heard(tracker.outbox(issue.id)[known:]) == {"nina": noted, LEE: noted}


def test_a_recorder_has_what_is_told_of_responses_without_issues(tracker: Tracker) -> None:
    """A host's tests see all that anybody will ever be told."""
    tracker.set_preferences("dana", EIGHT)
    tracker.record(response("r-1", 8, contact=Contact(name="Jane Doe")))
    recorder = OutboxRecorder(tracker, organisation())
    (notice,) = recorder.notices
    assert (notice.recipient, notice.issue, notice.events, notice.response.id) == ("dana", None, (), "r-1")
