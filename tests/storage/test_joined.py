"""A tracker in a host's transaction: what is done stands or falls with the host's own rows (requirement F2, law L4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from resolutionkit import (
    ImportMapping,
    InvalidScore,
    InvalidValue,
    IssueNotFound,
    MoveRefused,
    NoteRequired,
    Outcome,
    ResponseConflict,
    StaleIssue,
    Status,
    StorageError,
    Tracker,
    replay,
)
from resolutionkit.policy.policy import Policy
from resolutionkit.tracker.pipeline import AccountSettings
from support import NOON, TurnableClock, organisation, response
from support.hosts import Host
from support.listening import listening, of_hosts_only
from support.stores import dump

MAPPING = ImportMapping.from_data({"id": "ID", "score": "Score", "received_at": "Answered"})


class Gone(Exception):
    """What a host raises to roll back."""


def rows(tracker: Tracker) -> Any:
    """Return every row of ours that others see."""
    return dump(tracker._runner.store)


def work_in(t: Tracker, ticket: str = "T") -> str:
    """Do something of everything within a transaction, and return the issue's id."""
    issue_id = t.record(response("r-1", 3, ticket=ticket)).issue.id
    desk = t.as_user("dana")
    desk.add_note(issue_id, "Rang.", key="form-1")
    desk.follow(issue_id, "lee@partner.example")
    t.record(response("r-2", 9, ticket=ticket, received_at=NOON, group="field"))
    desk.set_status(issue_id, Status.RESOLVED, note="Call agreed.")
    desk.add_note(issue_id, "Rang.", key="form-1")
    return issue_id


def check_whole(tracker: Tracker, issue_id: str) -> None:
    """Check that what :func:`work_in` did is there: the issue, its list, and exactly its messages."""
    history = tracker.history(issue_id)
    assert [event.number for event in history] == list(range(1, len(history) + 1))
    issue = replay(history)
    assert [note.text for note in issue.notes] == ["Rang.", "Call agreed."]
    assert [one.id for one in issue.responses] == ["r-1", "r-2"]
    assert [line.id for line in tracker.issues()] == [issue_id]
    alone = Tracker.open("memory:", directory=organisation(), clock=TurnableClock())
    same = work_in(alone)
    told = [(message.recipient, message.topic, message.why) for message in alone.outbox(same)]
    assert [(message.recipient, message.topic, message.why) for message in tracker.outbox(issue_id)] == told


def test_what_is_done_is_committed_with_the_hosts_rows(host: Host, outside: Tracker) -> None:
    """The host writes before and after; once it commits, all of it is there, with exactly its messages (L4)."""
    with host.transaction() as work:
        work.order("before")
        with outside.joined(work.connection) as t:
            issue_id = work_in(t)
            assert t.issue(issue_id).status == Status.RESOLVED
        work.order("after")
    assert host.orders() == ["after", "before"]
    check_whole(outside, issue_id)


def test_what_is_done_is_rolled_back_with_the_hosts_rows(host: Host, outside: Tracker) -> None:
    """The host rolls back, after the block or within it: no row of ours and no message is left (L4)."""
    before = rows(outside)
    with host.rolled_back() as work:
        work.order("before")
        with outside.joined(work.connection) as t:
            work_in(t)
        work.order("after")
    assert host.orders() == []
    assert rows(outside) == before


def test_an_error_of_the_hosts_within_the_block_undoes_all(host: Host, outside: Tracker) -> None:
    """The host raises while the tracker is joined: the error arrives as it is, and no row of ours is left (L4)."""
    before = rows(outside)
    with pytest.raises(Gone, match="of the host's"):
        fail_within(host, outside)
    assert host.orders() == []
    assert rows(outside) == before


def fail_within(host: Host, outside: Tracker) -> None:
    """Do something of everything, and raise."""
    with host.transaction() as work, outside.joined(work.connection) as t:
        work.order("before")
        work_in(t)
        raise Gone("of the host's")


def test_others_see_nothing_until_the_host_commits(host: Host, outside: Tracker, kind: str) -> None:
    """Within the block the tracker sees what it did; outside, nobody does."""
    with host.transaction() as work, outside.joined(work.connection) as t:
        issue_id = t.record(response("r-1", 3)).issue.id
        assert t.as_user("dana").inbox().counts().open == 1
        with pytest.raises(IssueNotFound):
            outside.issue(issue_id)
    assert outside.issue(issue_id).version == 1


def test_a_joined_tracker_issues_nothing_that_is_the_hosts(new_host: Callable[[], Host], outside: Tracker) -> None:
    """No BEGIN, COMMIT, ROLLBACK, SAVEPOINT or setting reaches the database, from the first use on."""
    for host in (new_host(), new_host()):  # the second time nothing is prepared any more
        with host.rolled_back() as work:
            work.order("before")
            with listening(work.driver_s()) as heard:
                with outside.joined(work.connection) as t:
                    work_in(t, ticket="U")
                    t.as_user("dana").inbox().open()
                    with pytest.raises(NoteRequired):
                        t.as_user("dana").reopen(t.issues().items[0].id, note=" ")
                work.order("after")
        assert of_hosts_only(heard) == []
        assert len(heard) > 30


def test_a_listener_hears_what_only_hosts_may_say(host: Host) -> None:
    """What the test before relies on: a savepoint and its rollback are heard on each database."""
    with host.transaction() as work:
        work.order("before")
        with listening(work.driver_s()) as heard:
            work.run("SAVEPOINT here")
            work.order("gone")
            work.run("ROLLBACK TO SAVEPOINT here")
    assert {statement.split()[0] for statement in of_hosts_only(heard)} == {"SAVEPOINT", "ROLLBACK"}


REFUSED: dict[str, tuple[type[Exception], Callable[[Tracker, str], object]]] = {
    "a note is missing": (NoteRequired, lambda t, one: t.as_user("dana").set_status(one, Status.RESOLVED)),
    "no such issue": (IssueNotFound, lambda t, one: t.as_user("dana").add_note("i-0", "Rang.", key="k")),
    "outside one's access": (IssueNotFound, lambda t, one: t.as_user("paula").add_note(one, "Rang.")),
    "a stale version": (
        StaleIssue,
        lambda t, one: t.as_user("dana").set_status(one, Status.RESOLVED, note="Done.", expected_version=1),
    ),
    "no such move": (MoveRefused, lambda t, one: t.as_user("dana").reopen(one, note="Again.")),
    "other content": (ResponseConflict, lambda t, one: t.record(response("r-1", 4))),
    "a score beyond the scale": (InvalidScore, lambda t, one: t.record(response("r-9", 11))),
    "one of many": (
        NoteRequired,
        lambda t, one: t.as_user("dana").set_status_of_all([one, "i-0"], Status.RESOLVED, note=" ", atomic=True),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_after_a_refusal_the_host_goes_on(host: Host, outside: Tracker, what: str) -> None:
    """A refused command has written nothing (L3): the host's transaction is sound, and commits all else."""
    error, refused = REFUSED[what]
    issue_id = outside.record(response("r-1", 3)).issue.id
    outside.as_user("bridget").set_status(issue_id, Status.IN_PROGRESS, note="On it.")
    before = rows(outside)
    with host.transaction() as work:
        work.order("before")
        with outside.joined(work.connection) as t:
            with pytest.raises(error):
                refused(t, issue_id)
            work.order("between")
    assert rows(outside) == before
    with host.transaction() as work, outside.joined(work.connection) as t:
        with pytest.raises(error):
            refused(t, issue_id)
        t.as_user("dana").add_note(issue_id, "Went on.")
    assert host.orders() == ["before", "between"]
    assert outside.issue(issue_id).version == 3


def test_all_or_nothing_is_kept_without_a_rollback(host: Host, outside: Tracker) -> None:
    """Of many commands at once, all are decided before any is saved; the host may go on after the refusal."""
    first, second = (outside.record(response(f"r-{n}", 3)).issue.id for n in (1, 2))
    outside.as_user("dana").set_status(second, Status.RESOLVED, note="Done.")
    with host.transaction() as work, outside.joined(work.connection) as t:
        desk = t.as_user("dana")
        with pytest.raises(MoveRefused):
            desk.set_status_of_all([first, second], Status.IN_PROGRESS, note="All.", atomic=True)
        assert t.issue(first).status == Status.NEEDS_ATTENTION
        done = desk.add_note_to_all([first, second], "To both.", atomic=True)
    assert [one.change.issue.notes[-1].text for one in done] == ["To both."] * 2
    assert [outside.issue(one).notes[-1].text for one in (first, second)] == ["To both."] * 2


def test_many_responses_are_taken_in(host: Host, outside: Tracker) -> None:
    """Several hundred go into the host's transaction, those that are refused with their reasons."""
    given = [response(f"r-{n}", n % 11) for n in range(230)] + [response("bad", 12), response("r-1", 1)]
    with host.transaction() as work, outside.joined(work.connection) as t:
        done = t.record_many(given)
    assert done.counts[Outcome.OPENED] == sum(one.score <= 6 for one in given[:230])
    assert done.counts[Outcome.DUPLICATE] == 1
    assert [type(one.error) for one in done.rejected] == [InvalidScore]
    assert len(outside.issues(limit=1000).items) == done.counts[Outcome.OPENED]


def test_after_the_block_nothing_made_from_the_tracker_is_of_use(host: Host, outside: Tracker) -> None:
    """The tracker, a desk, an inbox and another account's tracker refuse; the host's transaction goes on."""
    with host.transaction() as work:
        with outside.joined(work.connection) as t:
            issue_id = t.record(response("r-1", 3)).issue.id
            desk = t.as_user("dana")
            inbox = desk.inbox()
        for use in (
            lambda: t.record(response("r-2", 3)),
            lambda: t.issue(issue_id),
            lambda: desk.add_note(issue_id, "Late."),
            inbox.counts,
        ):
            with pytest.raises(StorageError, match="the block has ended"):
                use()
        with outside.joined(work.connection) as again:
            again.as_user("dana").add_note(issue_id, "In time.")
    assert outside.issue(issue_id).version == 2


def test_the_block_ends_when_it_raises(host: Host, outside: Tracker) -> None:
    """A tracker from a block that raised refuses use as well."""
    with host.transaction() as work:
        with pytest.raises(Gone), outside.joined(work.connection) as t:
            raise Gone
        with pytest.raises(StorageError, match="the block has ended"):
            t.record(response("r-1", 3))


def test_the_accounts_of_a_joined_tracker_are_joined_too(host: Host, place: str) -> None:
    """``for_account`` within the block works in the same transaction, with the other account's settings."""
    settings = {"default": AccountSettings(), "other": AccountSettings(policy=Policy(), directory=organisation())}
    with Tracker.open(place, accounts=settings.get, clock=TurnableClock()) as tracker:
        with host.rolled_back() as work, tracker.joined(work.connection) as t:
            issue_id = t.for_account("other").record(response("r-1", 3)).issue.id
            assert t.for_account("other").as_user("dana").issue(issue_id).version == 1
        with pytest.raises(StorageError, match="the block has ended"):
            t.for_account("other").issue(issue_id)
        with pytest.raises(IssueNotFound):
            tracker.for_account("other").issue(issue_id)


def test_a_dry_run_is_refused(host: Host, outside: Tracker, tmp_path: Any) -> None:
    """Trying out an import means rolling back, which only the host may: it is refused before the file is read."""
    files = {"path": tmp_path / "none.csv", "rejects": tmp_path / "rejects.csv"}
    with host.transaction() as work, outside.joined(work.connection) as t:
        with pytest.raises(InvalidValue, match="run it on the tracker itself"):
            t.import_file(mapping=MAPPING, dry_run=True, **files)
        work.order("after")
    assert list(tmp_path.glob("rejects*")) == []
    assert host.orders() == ["after"]


def test_a_file_is_imported_in_the_hosts_transaction(host: Host, outside: Tracker, tmp_path: Any) -> None:
    """Importing goes with the host's transaction, the bad rows aside."""
    path = tmp_path / "export.csv"
    path.write_text(
        "ID,Score,Answered\na,3,2026-11-20T10:00:00Z\nb,12,2026-11-20T10:00:00Z\nc,9,2026-11-20T10:00:00Z\n"
    )
    before = rows(outside)
    with host.rolled_back() as work, outside.joined(work.connection) as t:
        assert (t.import_file(path, MAPPING).recorded, t.import_file(path, MAPPING).rejected) == (2, 1)
    assert rows(outside) == before
    with host.transaction() as work, outside.joined(work.connection) as t:
        assert t.import_file(path, MAPPING).issues_opened == 1
    assert outside.response("c").response.score == 9


def test_a_person_is_erased_in_the_hosts_transaction(host: Host, outside: Tracker) -> None:
    """Rolled back, all that is held is there still; committed, none of it."""
    issue_id = outside.record(response("r-1", 3)).issue.id
    outside.as_user("dana").add_note(issue_id, "Rang jane@customer.example.")
    before = rows(outside)
    with host.rolled_back() as work, outside.joined(work.connection) as t:
        assert t.erase("jane@customer.example").responses == 1
        assert t.response("r-1").response.contact.name is None
    assert rows(outside) == before
    with host.transaction() as work, outside.joined(work.connection) as t:
        t.erase("jane@customer.example")
    assert "jane" not in str(rows(outside)).lower()


def test_closing_a_joined_tracker_leaves_the_host_alone(host: Host, outside: Tracker) -> None:
    """``close`` ends the joined tracker only; the host commits, and the tracker outside goes on."""
    with host.transaction() as work:
        with outside.joined(work.connection) as t:
            issue_id = t.record(response("r-1", 3)).issue.id
            t.close()
        work.order("after")
    assert outside.issue(issue_id).version == 1
    assert host.orders() == ["after"]


def test_savepoints_of_the_hosts_undo_what_was_done_since(host: Host, outside: Tracker) -> None:
    """The host rolls back to a savepoint of its own: what came before stands, and the tracker goes on in the block."""
    with host.transaction() as work, outside.joined(work.connection) as t:
        issue_id = t.record(response("r-1", 3)).issue.id
        work.run("SAVEPOINT here")
        t.as_user("dana").follow(issue_id, "lee@partner.example")
        t.record(response("r-2", 3, ticket="T"))
        work.run("ROLLBACK TO SAVEPOINT here")
        t.as_user("dana").follow(issue_id, "kim@partner.example")
    followers = outside.issue(issue_id).followers
    assert "kim@partner.example" in followers
    assert "lee@partner.example" not in followers
    assert [line.id for line in outside.issues()] == [issue_id]
