"""Merging two issues of one customer (requirement B15): what stays, where the old id leads, what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    AccessDenied,
    Contact,
    Desk,
    Issue,
    IssueFilter,
    IssueNotFound,
    KeyReused,
    Merged,
    MergedInto,
    MergeProblem,
    MergeRefused,
    NoteAdded,
    Outcome,
    Phase,
    RecoveryFilter,
    StaleIssue,
    Status,
    TargetKind,
    Topic,
    Tracker,
    Why,
    replay,
)
from support import NOON, TurnableClock, response

SAME = Contact(name="J. Doe", email="JANE@customer.example")
ELSE = Contact(name="Max", email="max@other.example", company="Other")


@pytest.fixture
def other(tracker: Tracker, issue: Issue, clock: TurnableClock) -> Issue:
    """Return a younger issue of the same customer, in the field, which is Omar's."""
    clock.turn(hours=1)
    found = tracker.record(response("r-2", 2, group="field", contact=SAME, ticket="T-2")).issue
    assert found is not None
    clock.turn(minutes=5)
    return found


def test_the_older_issue_stays_with_what_both_had(desk: Desk, issue: Issue, other: Issue, clock: TurnableClock) -> None:
    """Status and assignee are its own; notes run in the order of time; responses and followers are united."""
    desk.set_status(issue.id, Status.IN_PROGRESS, note="First.")
    desk.add_note(other.id, "Second.", spoke=True)
    clock.turn(minutes=1)
    desk.add_note(issue.id, "Third.")
    desk.follow(issue.id, "nina")
    desk.follow(other.id, "lee@partner.example")
    desk.follow(other.id, "nina")
    done = desk.merge(other.id, into=issue.id, note="The same matter.")
    merged = done.issue
    assert (merged.id, merged.status, merged.assignee, merged.is_open) == (issue.id, "in_progress", "ed", True)
    assert [note.text for note in merged.notes] == ["First.", "Second.", "Third.", "The same matter."]
    assert [one.id for one in merged.responses] == ["r-1", "r-2"]
    assert merged.followers == ("nina", "lee@partner.example")
    assert merged.merged == (other.id,)
    assert [type(event) for event in done.events] == [Merged]
    assert done.events[0].merged == other.id


def test_whichever_is_named_first_the_older_one_stays(desk: Desk, issue: Issue, other: Issue) -> None:
    """Naming the younger one as where to is no refusal."""
    assert desk.merge(issue.id, into=other.id).issue.id == issue.id


def test_the_old_id_leads_to_the_one_that_stays_for_every_read(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """Its issue, history, moves, targets and outbox are those of the other; and each history is the issue (L1)."""
    desk = tracker.as_user("bridget")
    merged = desk.merge(issue.id, other.id).issue
    for face in (tracker, desk):
        assert face.issue(other.id) == merged == replay(face.history(other.id))
        assert face.history(other.id) == face.history(issue.id)
        assert face.moves(other.id) == face.moves(issue.id)
        assert face.targets(other.id) == face.targets(issue.id)
    assert tracker.outbox(other.id) == tracker.outbox(issue.id)
    assert {tracker.response(one).issue for one in ("r-1", "r-2")} == {issue.id}


def test_commands_by_the_old_id_are_done_on_the_one_that_stays(desk: Desk, issue: Issue, other: Issue) -> None:
    """Notes, followers, assignee, status, closing, reopening."""
    desk.merge(issue.id, other.id)
    desk.add_note(other.id, "By the old id.")
    desk.follow(other.id)
    desk.assign(other.id, "nina", note="Hers.")
    desk.set_status(other.id, Status.RESOLVED, note="Done.")
    done = desk.reopen(other.id, note="Again.")
    assert (done.issue.id, done.issue.assignee, done.issue.episode) == (issue.id, "nina", 2)
    assert done.issue == desk.issue(issue.id)


def test_what_was_before_the_merge_is_told_as_it_was(
    desk: Desk, issue: Issue, other: Issue, clock: TurnableClock
) -> None:
    """Until then there are two issues, each by its id; from that very instant on there is one by either."""
    desk.add_note(other.id, "Early.")
    before = desk.issue(other.id)
    clock.turn(hours=1)
    done = desk.merge(issue.id, other.id)
    at = done.events[0].at
    just_before = at - timedelta(microseconds=1)
    assert desk.as_of(other.id, just_before) == before
    assert desk.as_of(issue.id, just_before) == issue
    assert desk.as_of(other.id, at) == desk.as_of(issue.id, at) == done.issue


def test_lists_and_counts_show_one_issue(tracker: Tracker, desk: Desk, issue: Issue, other: Issue) -> None:
    """For everybody: under no filter, assignee, phase or recovery filter is the merged one left."""
    desk.add_note(other.id, "Spoke.", spoke=True)
    desk.set_status(other.id, Status.ESCALATED, note="Up.", reason="Risk.")
    desk.merge(issue.id, other.id)
    assert [line.id for line in tracker.issues()] == [issue.id]
    assert [line.id for line in tracker.issues(order="most_urgent")] == [issue.id]
    assert list(tracker.issues(IssueFilter(assignee="omar"))) == []
    assert list(tracker.issues(IssueFilter(phases={Phase.CLOSED, Phase.ACTIVE}))) == []
    counts = desk.inbox().counts()
    assert (counts.open, counts.flagged, counts.working, counts.closed) == (1, 1, 0, 0)
    assert tracker.as_user("omar").inbox().counts().mine == 0
    assert [line.id for line in tracker.responses(RecoveryFilter.SPOKEN)] == ["r-2", "r-1"]
    assert {len(line.notes) for line in tracker.responses()} == {2}


def test_whoever_saw_either_sees_the_one_that_stays(tracker: Tracker, desk: Desk, issue: Issue, other: Issue) -> None:
    """Followers, the people above either customer, and leadership; the group and the former assignee do not (D2)."""
    above = tracker.record(response("r-3", hierarchy=["paula"], group="field")).issue
    assert above is not None
    desk.follow(other.id, "nina")
    desk.merge(other.id, above.id)
    desk.merge(other.id, issue.id)
    assert tracker.as_user("nina").issue(other.id).id == issue.id
    assert tracker.as_user("paula").issue(above.id).id == issue.id
    for one in (issue.id, other.id, above.id):
        with pytest.raises(IssueNotFound):
            tracker.as_user("omar").issue(one)


def test_each_is_told_once(tracker: Tracker, desk: Desk, issue: Issue, other: Issue) -> None:
    """The assignee, the followers of both, and who worked the other one; not who merges."""
    desk.follow(issue.id, "lee@partner.example")
    desk.follow(other.id, "ed")
    desk.follow(other.id)
    done = desk.merge(issue.id, other.id)
    new = [one for one in tracker.outbox(issue.id) if one.topic is Topic.MERGED]
    assert {one.recipient: one.why for one in new} == {
        "ed": (Why.ASSIGNEE, Why.FOLLOWER),
        "lee@partner.example": (Why.FOLLOWER,),
        "omar": (Why.FORMER_ASSIGNEE,),
    }
    number = done.events[0].number
    assert {(one.issue, one.first_event, one.last_event) for one in new} == {(issue.id, number, number)}
    assert len(new) == 3


def test_limits_run_on_from_the_earliest_opening(desk: Desk, issue: Issue, other: Issue) -> None:
    """What was done on either counts, and the other's limits are neither met nor missed (requirement D7)."""
    before = {one.kind: one.due_at for one in desk.targets(issue.id)}
    noted = desk.add_note(other.id, "Rang.", spoke=True).issue
    merged = desk.merge(issue.id, other.id).issue
    after = {one.kind: one for one in desk.targets(issue.id)}
    assert {kind: one.due_at for kind, one in after.items()} == before
    assert after[TargetKind.FIRST_ACTION].met_at == noted.changed_at
    assert merged.episodes[-1].contacted_at == noted.changed_at
    assert merged.opened_at == issue.opened_at
    line = next(iter(desk.issues()))
    assert line.due_at == after[TargetKind.CLOSED].due_at


def test_a_reopened_issue_owes_the_customer_since_the_other_opened(
    desk: Desk, tracker: Tracker, issue: Issue, clock: TurnableClock
) -> None:
    """Of the rounds that are under way the earlier opening counts, and the earlier figures stay (D7, L10)."""
    desk.set_status(issue.id, Status.RESOLVED, note="Done.")
    clock.turn(days=1)
    other = tracker.record(response("r-2", 2)).issue
    assert other is not None
    clock.turn(days=1)
    reopened = desk.reopen(issue.id, note="Again.").issue
    merged = desk.merge(other.id, issue.id).issue
    assert merged.id == issue.id
    assert merged.episodes[0] == reopened.episodes[0]
    assert merged.episodes[1].opened_at == other.opened_at
    assert {one.starts_at for one in desk.targets(issue.id) if one.episode == 2} == {
        other.opened_at,
        NOON - timedelta(hours=1),
    }


def test_an_old_issue_takes_over_the_limits_of_a_fresh_one(desk: Desk, tracker: Tracker, clock: TurnableClock) -> None:
    """What was opened from old data has no limits of its own (requirement A11)."""
    old = tracker.record(response("old", received_at=NOON - timedelta(days=60))).issue
    clock.turn(hours=2)
    fresh = tracker.record(response("fresh", received_at=NOON)).issue
    assert old is not None
    assert fresh is not None
    expected = {one.kind: one.due_at for one in desk.targets(fresh.id)}
    assert desk.targets(old.id) == ()
    merged = desk.merge(old.id, fresh.id).issue
    assert (merged.id, merged.backfilled) == (old.id, False)
    assert {one.kind: one.due_at for one in desk.targets(old.id)} == expected
    assert next(iter(tracker.issues(IssueFilter(backfilled=False)))).due_at == min(filter(None, expected.values()))


def test_a_later_answer_to_either_ticket_goes_to_the_one_that_stays(
    tracker: Tracker, desk: Desk, issue: Issue, other: Issue
) -> None:
    """A happy one does not end what is owed for the other response; when both are happy, nothing is owed (A5)."""
    desk.merge(issue.id, other.id)
    happy = tracker.record(response("r-4", 9, received_at=NOON, ticket="T-2", contact=SAME, group="field"))
    assert happy.outcome is Outcome.REPLACED
    assert happy.issue is not None
    assert (happy.issue.id, happy.issue.response.id, happy.issue.needs_recovery) == (issue.id, "r-1", True)
    assert {one.state.value for one in desk.targets(other.id)} == {"running"}
    unhappy = tracker.record(response("r-5", 0, received_at=NOON + timedelta(hours=1), ticket="T-2", group="field"))
    assert unhappy.issue is not None
    assert (unhappy.issue.response.id, unhappy.issue.response.group) == ("r-5", "field")
    corrected = tracker.record(response("r-1", 10), replace=True)
    assert corrected.issue is not None
    assert corrected.issue.response.id == "r-5"
    last = tracker.record(response("r-6", 8, received_at=NOON + timedelta(hours=2), ticket="T-2", group="field"))
    assert last.issue is not None
    assert (last.issue.needs_recovery, last.issue.id) == (False, issue.id)
    assert {one.state.value for one in desk.targets(other.id)} == {"stopped"}
    assert desk.issue(issue.id) == replay(desk.history(issue.id)) == last.issue
    assert [line.response.id for line in desk.issues()] == [last.issue.response.id]


def test_a_later_answer_reopens_the_one_that_stays(tracker: Tracker, desk: Desk, issue: Issue, other: Issue) -> None:
    """A detractor returns it to work though it was closed (requirement A5)."""
    desk.merge(issue.id, other.id)
    desk.set_status(issue.id, Status.RESOLVED, note="Done.")
    again = tracker.record(response("r-4", 1, received_at=NOON, ticket="T-2", group="field"))
    assert (again.outcome, again.issue and again.issue.id) == (Outcome.REOPENED, issue.id)


# --- what is refused --------------------------------------------------------------------------------------------------


def test_only_administrators_merge(tracker: Tracker, issue: Issue, other: Issue) -> None:
    """Whatever else they see; and what they do not see is not there (requirements D2, L6)."""
    with pytest.raises(AccessDenied, match="only administrators merge issues"):
        tracker.as_user("dana").merge(issue.id, other.id)
    for who in ("ed", "omar"):
        with pytest.raises(IssueNotFound):
            tracker.as_user(who).merge(issue.id, other.id)
    assert tracker.issue(other.id) == other


def test_what_is_not_there_is_not_found(desk: Desk, issue: Issue) -> None:
    """Whichever of the two it is."""
    for pair in ((issue.id, "never"), ("never", issue.id)):
        with pytest.raises(IssueNotFound, match="never"):
            desk.merge(*pair)


def refused(desk: Desk, *pair: str) -> MergeRefused:
    """Return the refusal that a merge meets."""
    with pytest.raises(MergeRefused) as problem:
        desk.merge(*pair)
    return problem.value


def test_one_issue_is_not_merged_with_itself(desk: Desk, issue: Issue, other: Issue) -> None:
    """By one id or by two that lead to it."""
    assert refused(desk, issue.id, issue.id).problem is MergeProblem.SAME_ISSUE
    desk.merge(issue.id, other.id)
    assert refused(desk, issue.id, other.id).problem is MergeProblem.SAME_ISSUE
    assert desk.issue(issue.id).version == 2


def test_a_closed_issue_is_not_merged(desk: Desk, issue: Issue, other: Issue) -> None:
    """The refusal names it, and says to reopen it."""
    desk.set_status(other.id, Status.RESOLVED, note="Done.")
    error = refused(desk, issue.id, other.id)
    assert (error.problem, error.closed) == (MergeProblem.CLOSED, other.id)
    assert "reopen it first" in str(error)


def test_issues_of_different_customers_are_not_merged(tracker: Tracker, desk: Desk, issue: Issue) -> None:
    """A customer is an address, whatever its case, or a company; who has neither is nobody's twin."""
    strangers = [ELSE, Contact(name="Jane Doe"), Contact(email=" ", company=" ")]
    for number, contact in enumerate(strangers):
        found = tracker.record(response(f"s-{number}", contact=contact)).issue
        assert found is not None
        assert refused(desk, issue.id, found.id).problem is MergeProblem.OTHER_CUSTOMER
    for number, contact in enumerate([SAME, Contact(email="boss@customer.example", company="ABC Ltd")]):
        found = tracker.record(response(f"t-{number}", contact=contact)).issue
        assert found is not None
        assert desk.merge(issue.id, found.id).issue.id == issue.id


# --- at once, and again -----------------------------------------------------------------------------------------------


def test_a_merge_with_a_key_happens_once(desk: Desk, issue: Issue, other: Issue) -> None:
    """Given again it is answered as it was, and another command under the key is refused."""
    first = desk.merge(issue.id, other.id, note="One.", key="k")
    desk.add_note(issue.id, "Later.")
    again = desk.merge(issue.id, other.id, note="One.", key="k")
    assert (again, again.is_repetition) == (first, True)
    with pytest.raises(KeyReused):
        desk.merge(other.id, issue.id, note="One.", key="k")


def test_what_was_done_under_a_key_before_the_merge_is_answered_as_it_was(
    desk: Desk, issue: Issue, other: Issue
) -> None:
    """On the issue that it was done on, as that was then."""
    first = desk.add_note(other.id, "Rang.", key="k")
    desk.merge(issue.id, other.id)
    assert desk.add_note(other.id, "Rang.", key="k") == first


STALE: dict[str, dict[str, Any]] = {
    "set_status": {"status": Status.RESOLVED, "note": "Done."},
    "assign": {"assignee": "nina", "note": "Hers."},
    "escalate": {"reason": "Risk.", "note": "Up."},
}


@pytest.mark.parametrize("command", STALE)
@pytest.mark.parametrize("by", ["old", "new"])
def test_everything_but_notes_and_followers_conflicts_with_a_merge(
    desk: Desk, issue: Issue, other: Issue, command: str, by: str
) -> None:
    """Whoever saw an issue before the merge is shown the one that it leads to (requirement B13)."""
    seen = {"old": other, "new": issue}[by]
    merged = desk.merge(issue.id, other.id).issue
    with pytest.raises(StaleIssue) as problem:
        getattr(desk, command)(seen.id, expected_version=seen.version, **STALE[command])
    assert problem.value.issue == merged
    assert isinstance(problem.value.events[-1], {"old": MergedInto, "new": Merged}[by])
    assert issue.id in str(problem.value)
    done = getattr(desk, command)(issue.id, expected_version=merged.version, **STALE[command])
    assert done.issue.id == issue.id


def test_a_merge_conflicts_with_what_was_not_seen(desk: Desk, issue: Issue, other: Issue) -> None:
    """A status or an assignee that changed meanwhile, on either; a note does not."""
    desk.add_note(issue.id, "Meanwhile.")
    desk.set_status(other.id, Status.IN_PROGRESS, note="On it.")
    with pytest.raises(StaleIssue):
        desk.merge(issue.id, other.id, expected_version=1, expected_into_version=1)
    done = desk.merge(issue.id, other.id, expected_version=1, expected_into_version=2)
    assert isinstance(done.events[0], Merged)


def test_issues_can_be_merged_again_and_again(tracker: Tracker, desk: Desk, issue: Issue, other: Issue) -> None:
    """Every id leads to the oldest, and its history tells of all."""
    third = tracker.record(response("r-3")).issue
    assert third is not None
    desk.add_note(third.id, "Third.")
    desk.merge(third.id, other.id)
    merged = desk.merge(third.id, issue.id).issue
    assert (merged.id, merged.merged) == (issue.id, (other.id, third.id))
    for one in (issue.id, other.id, third.id):
        assert desk.issue(one) == merged == replay(desk.history(one))
    assert [note.text for note in merged.notes] == ["Third."]
    (inner,) = [event for event in desk.history(issue.id)[-1].history if isinstance(event, Merged)]
    assert isinstance(inner.history[-1], NoteAdded)
