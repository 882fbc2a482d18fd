"""Assertions about issues, notes and who was told: what passes, and what a failing one shows."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import Issue, Phase, Status, Tracker
from resolutionkit.testing import (
    NOON,
    OutboxRecorder,
    Recorder,
    RecordingNotifier,
    ReferenceStore,
    TurnableClock,
    assert_issue,
    assert_no_issue,
    assert_not_told,
    assert_note,
    assert_told,
    notices,
    sample_company,
    sample_response,
)


@pytest.fixture
def clock() -> TurnableClock:
    """Return a clock at noon."""
    return TurnableClock()


@pytest.fixture
def tracker(clock: TurnableClock) -> Tracker:
    """Return a tracker of the sample company."""
    return Tracker(ReferenceStore(), directory=sample_company(), clock=clock)


@pytest.fixture
def issue(tracker: Tracker, clock: TurnableClock) -> Issue:
    """Return an issue on which Ed worked, and which is Omar's now."""
    opened = tracker.record(sample_response("r-1", 2)).issue
    assert opened is not None
    clock.turn(hours=2)
    tracker.as_user("ed").set_status(opened.id, Status.IN_PROGRESS, note="Rang;\nwaiting.", spoke=True)
    return tracker.as_user("dana").assign(opened.id, "omar", note="His client.").issue


@pytest.fixture
def recorder(tracker: Tracker) -> OutboxRecorder:
    """Return a recorder that reads the tracker's outbox."""
    return OutboxRecorder(tracker, sample_company())


def test_an_issue_is_found_by_its_response_and_by_its_id(tracker: Tracker, issue: Issue) -> None:
    """Either way it is returned as it is now; statuses and phases may be text, tuples lists."""
    assert assert_issue(tracker, "r-1") == assert_issue(tracker, issue.id) == issue
    assert_issue(tracker, "r-1", status="in_progress", phase="active", followers=[], assignee="omar", is_open=True)
    assert_issue(tracker, "r-1", status=Status.IN_PROGRESS, phase=Phase.ACTIVE, closed_at=None, opened_at=NOON)


def test_a_desk_sees_what_is_within_the_access(tracker: Tracker, issue: Issue) -> None:
    """The same question at the desk of somebody who may not see the issue finds nothing, and lists nothing."""
    assert_issue(tracker.as_user("omar"), "r-1", assignee="omar")
    with pytest.raises(AssertionError, match="no response and no issue r-1; nothing was recorded"):
        assert_issue(tracker.as_user("nina"), "r-1")


def test_what_differs_is_named_and_the_log_shown(tracker: Tracker, issue: Issue) -> None:
    """The values that differ stand there, those that do not are left out, and every event with its note."""
    with pytest.raises(AssertionError) as failure:
        assert_issue(tracker, "r-1", status="resolved", phase="active", assignee="ed")
    shown = [line.strip() for line in str(failure.value).splitlines()]
    assert shown[:8] == [
        "the issue of r-1 differs in status and assignee",
        "now: in_progress (active), assigned to omar, round 1, level 0",
        "1  2026-11-20 12:00 UTC  system  opened in needs_attention, assigned to ed",
        "2  2026-11-20 14:00 UTC  ed      status in_progress, with a note",
        "Ed Long (Spoke? Yes): Rang;",
        "waiting.",
        "3  2026-11-20 14:00 UTC  dana    assigned to omar, with a note",
        "Dana Reyes (Spoke? No): His client.",
    ]
    assert "{'assignee': 'omar'} != {'assignee': 'ed'}" in str(failure.value)
    assert "'phase'" not in str(failure.value)


def test_the_log_obeys_nothing_that_was_typed(tracker: Tracker, issue: Issue) -> None:
    """A reason or a note cannot move the cursor, nor add a line that looks like an event."""
    tracker.as_user("omar").follow(issue.id)
    tracker.as_user("ed").escalate(issue.id, reason="Now!\n    9  \x1b[31mred", note="Bell\x07.")
    with pytest.raises(AssertionError) as failure:
        assert_issue(tracker, "r-1", status="resolved")
    shown = str(failure.value)
    assert "now: escalated (active), assigned to omar, followed by omar, round 1, level 0" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "Now! 9 \N{REPLACEMENT CHARACTER}[31mred" in shown


@pytest.mark.parametrize("name", ["asignee", "__class__"])
def test_an_attribute_that_issues_lack_is_told_at_once(name: str, tracker: Tracker, issue: Issue) -> None:
    """A misspelt name is a fault of the test, and says what was meant."""
    with pytest.raises(
        TypeError, match=f"an issue has no '{name}'; (did you mean 'assignee'|there are 'accountable', )"
    ):
        assert_issue(tracker, "r-1", **{name: "ed"})


def test_a_response_without_an_issue(tracker: Tracker, issue: Issue) -> None:
    """It has to be recorded, so that a misspelt id does not pass; the log of an issue that is there is shown."""
    tracker.record(sample_response("r-2", 9))
    assert_no_issue(tracker, "r-2")
    with pytest.raises(AssertionError, match="r-2 was recorded, and belongs to no issue"):
        assert_issue(tracker, "r-2")
    with pytest.raises(AssertionError, match=r"there is no response r-3; there are r-2, r-1"):
        assert_no_issue(tracker, "r-3")
    with pytest.raises(AssertionError, match=r"(?s)r-1 belongs to an issue\n.*assigned to ed\n"):
        assert_no_issue(tracker, "r-1")


def test_the_latest_note_that_fits_is_returned(tracker: Tracker, issue: Issue) -> None:
    """By words, by who wrote it, by whether the customer was spoken to."""
    assert assert_note(tracker, "r-1").text == "His client."
    assert assert_note(tracker, issue.id, "waiting", by="ed", spoke=True).text == "Rang;\nwaiting."
    assert assert_note(tracker, "r-1", by="Dana Reyes", spoke=False).text == "His client."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"containing": "sorry"}, "has no note containing 'sorry'\n"),
        ({"by": "ed", "spoke": False}, "has no note by ed without a conversation\n"),
        ({"by": "dana", "spoke": True}, "has no note by dana of a conversation\n"),
    ],
)
def test_a_note_that_nobody_wrote(asked: dict[str, str], said: str, tracker: Tracker, issue: Issue) -> None:
    """What was asked is repeated, and the log shown."""
    with pytest.raises(AssertionError) as failure:
        assert_note(tracker, "r-1", **asked)
    assert said in str(failure.value)
    assert "Ed Long (Spoke? Yes): Rang;" in str(failure.value)


def test_who_was_told(recorder: Recorder, issue: Issue) -> None:
    """About an issue, its id or its response's; with the topic and the reason; by whichever recorder."""
    notice = assert_told(recorder, "omar", about=issue, topic="assigned", why="assignee")
    assert notice.person is not None
    assert notice.person.name == "Omar Haddad"
    assert assert_told(recorder, "ed", about="r-1") == assert_told(recorder, "ed", about=issue.id)
    assert [one.message.topic for one in recorder.to("ed")] == ["opened"]
    assert_not_told(recorder, "dana")
    assert_not_told(recorder, "ed", topic="assigned")
    assert_not_told(recorder, "ed", about="r-2")


def test_a_notifier_that_recorded_is_asked_alike(tracker: Tracker, issue: Issue) -> None:
    """Each message counts once, however often the channel got it."""
    channel = RecordingNotifier()
    for notice in [*notices(tracker, issue.id), *notices(tracker, issue.id)]:
        channel.notify(notice)
    assert len(channel.to("omar")) == 1
    assert_told(channel, "omar", about="r-1")
    assert_not_told(channel, "nina")


def test_who_was_not_told(recorder: Recorder, issue: Issue) -> None:
    """What was asked is repeated, and all that was told to anybody shown."""
    with pytest.raises(AssertionError) as failure:
        assert_told(recorder, "dana", about=issue, topic="assigned", why="follower")
    assert str(failure.value).splitlines() == [
        "dana was not told of r-1: assigned as follower",
        "  2026-11-20 12:00 UTC  ed    opened    of r-1, as assignee, group_lead",
        "  2026-11-20 14:00 UTC  omar  assigned  of r-1, as assignee",
    ]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"topic": "oppened"}, "there is no topic 'oppened'; did you mean 'opened'"),
        ({"topic": ["opened"]}, "there is no topic"),
        ({"about": 5}, "nobody is told of 5; pass an issue"),
    ],
    ids=str,
)
def test_what_nobody_is_ever_told_is_no_silence(recorder: Recorder, asked: Any, told: str) -> None:
    """A slip of the pen is an error, whichever way is asserted."""
    for assertion in (assert_told, assert_not_told):
        with pytest.raises(TypeError, match=re.escape(told)):
            assertion(recorder, "ed", **asked)


def test_a_person_is_told_by_an_id(recorder: Recorder) -> None:
    """The person itself would never have been told; and a reason is one of those that there are."""
    with pytest.raises(TypeError, match="pass a person's id"):
        assert_not_told(recorder, sample_company().person("ed"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="there is no reason 'asignee'; did you mean 'assignee'"):
        assert_told(recorder, "ed", why="asignee")


def test_who_was_told_and_should_not_have_been(recorder: Recorder, issue: Issue) -> None:
    """What the person was told is shown."""
    with pytest.raises(AssertionError) as failure:
        assert_not_told(recorder, "omar", about="r-1")
    assert str(failure.value).splitlines() == [
        "omar was told of r-1",
        "  2026-11-20 14:00 UTC  omar  assigned  of r-1, as assignee",
    ]


def test_nobody_was_told(recorder: Recorder) -> None:
    """Where nothing is in the outbox, the failure says that."""
    with pytest.raises(AssertionError, match="ed was not told\n  nobody was told anything"):
        assert_told(recorder, "ed")


def test_a_recorder_of_the_outbox_keeps_up_and_forgets(
    tracker: Tracker, recorder: OutboxRecorder, clock: TurnableClock
) -> None:
    """It has what was committed at any moment, over all issues, in order; cleared, only what comes later."""
    assert recorder.told == []
    assert repr(recorder) == "<OutboxRecorder of account 'default'>"
    first = tracker.record(sample_response("r-1")).issue
    clock.turn(minutes=1)
    tracker.record(sample_response("r-2", group="field"))
    clock.turn(minutes=1)
    assert first is not None
    tracker.as_user("dana").assign(first.id, "nina", note="Hers.")
    assert recorder.told == [("ed", "opened"), ("omar", "opened"), ("nina", "assigned")]
    recorder.clear()
    assert recorder.told == []
    clock.turn(minutes=1)
    tracker.as_user("dana").assign(first.id, "bridget", note="Hers.")
    assert recorder.told == [("bridget", "assigned")]
    assert recorder.notices[0].message.created_at == NOON + timedelta(minutes=3)


def test_a_recorder_reads_every_page_of_issues(tracker: Tracker, recorder: OutboxRecorder) -> None:
    """More than a thousand issues are as good as one."""
    tracker.record_many(sample_response(f"r-{number}", 1) for number in range(1001))
    assert len(recorder.to("ed")) == 1001


def test_a_recorder_of_ones_own_says_what_it_has() -> None:
    """Without that there is nothing to ask."""
    with pytest.raises(NotImplementedError):
        assert_told(Recorder(), "ed")
    with pytest.raises(NotImplementedError):
        Recorder().clear()
