"""What goes on after a merge (requirement B15): mails and their links, erasing, exporting."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from resolutionkit import (
    Contact,
    Erased,
    Fate,
    Issue,
    LinkAction,
    LinkForm,
    LinkProblem,
    LinkRefused,
    StaleIssue,
    Status,
    Topic,
    Tracker,
    replay,
)
from resolutionkit.testing import RecordingNotifier, notices
from support import TurnableClock, response
from support.linking import claim_to

LEE = "lee@partner.example"
JANE = "jane@customer.example"


@pytest.fixture
def other(tracker: Tracker, issue: Issue, clock: TurnableClock) -> Issue:
    """Return a younger issue of the same customer in the field, which is Omar's."""
    clock.turn(hours=1)
    found = tracker.record(response("r-2", 2, group="field", comment="Again!")).issue
    assert found is not None
    return found


def merge(tracker: Tracker, *ids: str) -> Issue:
    """Merge two issues, as the administrator."""
    return tracker.as_user("bridget").merge(*ids).issue


# --- links ------------------------------------------------------------------------------------------------------------


def test_a_link_of_the_old_issue_acts_on_the_one_that_stays(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """For whoever may still see it: the page shows it, and a form sent twice acts once."""
    claim = claim_to(tracker, other.id, "dana", LinkAction.STATUS, status="in_progress")
    merge(tracker, issue.id, other.id)
    visit = tracker.by_link(claim)
    view = visit.look()
    assert view.issue == tracker.issue(issue.id)
    form = LinkForm(note="Rang.", version=view.issue.version, issue=view.issue.id, key="form-key-1")
    done, again = visit.act(form), visit.act(form)
    assert (done.is_repetition, again.is_repetition) == (False, True)
    assert tracker.issue(issue.id).status == Status.IN_PROGRESS
    assert [event.number for event in visit.look().done] == [done.change.issue.version]


def test_a_page_from_before_the_merge_is_stale(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """Its version is one of the old issue; shown anew it can be sent, whatever the two numbers are."""
    visit = tracker.by_link(claim_to(tracker, other.id, "dana", LinkAction.STATUS))
    for _ in range(5):
        tracker.as_user("dana").add_note(other.id, "Rang.")
    seen = visit.look().issue
    merge(tracker, issue.id, other.id)
    form = {"status": "in_progress", "note": "On it."}
    with pytest.raises(StaleIssue):
        visit.act(LinkForm(**form, version=seen.version, issue=seen.id))
    with pytest.raises(StaleIssue):  # as of a page that names no issue
        visit.act(LinkForm(**form, version=seen.version))
    now = visit.look().issue
    assert now.version < seen.version
    done = visit.act(LinkForm(**form, version=now.version, issue=now.id))
    assert done.change.issue.id == issue.id


def test_a_link_gives_nobody_more_than_they_see(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """Omar worked the old issue, and the one that stays is kept from him; a follower follows on (D2)."""
    desk = tracker.as_user("bridget")
    desk.follow(other.id, LEE)
    omars = tracker.by_link(claim_to(tracker, other.id, "omar", LinkAction.NOTE))
    lees = tracker.by_link(claim_to(tracker, other.id, LEE, LinkAction.UNFOLLOW))
    merge(tracker, issue.id, other.id)
    with pytest.raises(LinkRefused) as problem:
        omars.look()
    assert problem.value.problem in {LinkProblem.MOVED, LinkProblem.NOT_ALLOWED}
    assert lees.look().issue.id == issue.id
    lees.act()
    assert tracker.issue(issue.id).followers == ()


def test_a_link_whose_issue_was_closed_after_the_merge_says_so(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """As for any other issue."""
    claim = claim_to(tracker, other.id, "dana", LinkAction.STATUS, status="in_progress")
    merge(tracker, issue.id, other.id)
    tracker.as_user("bridget").set_status(issue.id, Status.RESOLVED, note="Done.")
    with pytest.raises(LinkRefused) as problem:
        tracker.by_link(claim).look()
    assert problem.value.problem is LinkProblem.CLOSED


# --- delivery ---------------------------------------------------------------------------------------------------------


def test_what_was_not_sent_yet_is_looked_at_again(open_tracker: Callable[..., Tracker], clock: TurnableClock) -> None:
    """Who has no part in the issue that stays is not told of the old one; who follows it is, with what it is now."""
    chat = RecordingNotifier("chat")
    tracker = open_tracker(notifiers=[chat])
    first = tracker.record(response()).issue
    clock.turn(hours=1)
    second = tracker.record(response("r-2", 2, group="field", hierarchy=["nina"])).issue
    assert first is not None
    assert second is not None
    tracker.as_user("dana").assign(second.id, "omar", note="Yours.")
    merge(tracker, first.id, second.id)
    tracker.deliver()
    told = {(one.recipient, one.message.topic, one.issue and one.issue.id, one.response.id) for one in chat.notices}
    assert ("nina", Topic.OPENED, first.id, "r-2") in told
    assert ("ed", Topic.MERGED, first.id, "r-1") in told
    assert not [one for one in told if one[0] == "omar"]
    fates = {one.message.topic: (one.fate, one.reason) for one in tracker.ledger(person="omar")}
    assert fates[Topic.ASSIGNED][0] is Fate.DROPPED
    assert fates[Topic.MERGED][0] is Fate.DENIED
    lines = [(one.message.id, one.message.issue) for one in tracker.ledger(second.id)]
    assert lines == [(one.message.id, one.message.issue) for one in tracker.ledger(first.id)]
    assert {issue for _, issue in lines} == {first.id, second.id}
    assert [one for one, _ in lines] == sorted(one for one, _ in lines)
    assert len(tracker.ledger(second.id, limit=2)) == 2


def test_what_is_to_be_told_has_the_events_of_its_own_issue(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """For hosts that look at the outbox: a message from before the merge tells of what happened then."""
    tracker.as_user("bridget").assign(other.id, "nina", note="Hers.")
    merge(tracker, issue.id, other.id)
    told = {(one.recipient, one.message.topic): one.events for one in notices(tracker, other.id)}
    assert [event.kind for event in told["nina", Topic.ASSIGNED]] == ["reassigned"]
    assert [event.kind for event in told["ed", Topic.MERGED]] == ["merged"]


# --- erasing ----------------------------------------------------------------------------------------------------------


def test_erasing_leaves_nothing_of_either_issue(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """Neither in the history of the one that stays, nor in that of the old one (law L11); figures stay."""
    desk = tracker.as_user("bridget")
    desk.add_note(other.id, "Her secret.", spoke=True)
    desk.escalate(other.id, reason="Her secret too.", note="Secret.")
    merged = merge(tracker, issue.id, other.id)
    desk.add_note(issue.id, "One more secret.")
    done = tracker.erase(JANE)
    assert (done.responses, done.issues) == (2, 1)
    after = tracker.issue(other.id)
    assert {note.text for note in after.notes} == {"(erased)"}
    assert after.episodes == tracker.as_of(issue.id, merged.changed_at).episodes
    assert after == replay(tracker.history(issue.id))
    gone = tracker._runner.store.transact("default", lambda unit: replay(unit.history(other.id)), write=False)
    everything = json.dumps(
        [str(attrs.asdict(one)) for one in (after, *tracker.history(issue.id))] + [str(attrs.asdict(gone))]
    )
    for word in ("secret", "Jane", "555-0101", JANE, "Again!"):
        assert word not in everything, word
    assert tracker.erase(JANE) == Erased()


def test_erasing_one_address_takes_it_out_of_both(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """What an outsider wrote goes, and the address with it; the rest stays."""
    desk = tracker.as_user("bridget")
    desk.follow(other.id, LEE)
    desk.add_note(other.id, f"Ask {LEE}.")
    desk.add_note(other.id, "Mine.", author=LEE)
    merge(tracker, issue.id, other.id)
    tracker.erase(LEE)
    after = tracker.issue(issue.id)
    assert after == replay(tracker.history(issue.id))
    assert LEE not in str([attrs.asdict(one) for one in tracker.history(issue.id)])
    assert [note.text == "(erased)" for note in after.notes] == [False, True]
    (follower,) = after.followers
    assert follower.endswith("@erased.invalid")


def test_an_export_has_the_words_of_both_once(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """The issue that stays is the person's, with all that was said on either."""
    tracker.as_user("bridget").add_note(other.id, f"Wrote to {JANE}.")
    merge(tracker, issue.id, other.id)
    held: Any = tracker.export_person(JANE)
    assert [one["id"] for one in held["issues"]] == [issue.id]
    assert f"Wrote to {JANE}." in json.dumps(held["issues"])
    assert held["mentions"] == held["written"] == []


def test_a_correction_of_the_old_response_goes_to_the_one_that_stays(
    tracker: Tracker, issue: Issue, other: Issue
) -> None:
    """It is judged afresh there (requirement A4)."""
    merge(tracker, issue.id, other.id)
    done = tracker.record(response("r-2", 9, group="field", contact=Contact(name="June")), replace=True)
    assert done.issue is not None
    assert (done.issue.id, done.issue.responses[1].score) == (issue.id, 9)
    assert tracker.as_user("bridget").issue(other.id) == done.issue


def test_why_an_issue_went_to_whom_is_told_as_it_opened(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """Of a response whose issue was merged, the opening of that one (requirement A9)."""
    merge(tracker, issue.id, other.id)
    told = [tracker.explain_routing(one).opened for one in ("r-1", "r-2")]
    assert [one and (one.issue, one.assignee) for one in told] == [(issue.id, "ed"), (other.id, "omar")]
