"""Law L4 beyond the kit: failures at every SQL statement, and who does not hear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event as sql_event

from resolutionkit import Status
from resolutionkit.ports import Store
from resolutionkit.storage.sql.store import SqlStore
from resolutionkit.testing import Boom
from resolutionkit.testing.suites.outbox import SCENES, stage
from support import NOON, response
from support.stores import dump, fresh_store


@contextmanager
def statements(store: SqlStore, fail_at: int, *, after: bool) -> Iterator[list[str]]:
    """Let the n-th statement fail, before or after the database carried it out; a commit counts as one."""
    seen: list[str] = []

    def count(statement: str) -> None:
        seen.append(statement)
        if len(seen) == fail_at:
            raise Boom(statement)

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        count(statement)

    def on_commit(_connection: Any) -> None:
        count("COMMIT")

    name = "after_cursor_execute" if after else "before_cursor_execute"
    sql_event.listen(store.engine, name, on_statement)
    sql_event.listen(store.engine, "commit", on_commit)
    try:
        yield seen
    finally:
        sql_event.remove(store.engine, name, on_statement)
        sql_event.remove(store.engine, "commit", on_commit)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scene", SCENES)
def test_a_change_that_fails_at_any_statement_leaves_nothing(scene: str, after: bool) -> None:
    """Whichever statement of a change fails, the commit included, no row is left of it; repeated, it is whole."""
    store = fresh_store("sqlite")
    assert isinstance(store, SqlStore)
    tracker, issue_id = stage(store)
    before = dump(store)
    fail_at = 1
    while True:
        with statements(store, fail_at, after=after) as seen:
            try:
                SCENES[scene](tracker, issue_id)
            except Boom:
                pass
            else:
                break
        assert dump(store) == before, seen[-1]
        fail_at += 1
    assert fail_at > 5
    assert dump(store) != before
    store.close()


def test_nobody_hears_of_their_own_action(store: Store) -> None:
    """A follower who moves it, an assignee who takes it, a leader who escalates: the others hear, they do not."""
    tracker, issue_id = stage(store)
    desk = tracker.as_user("dana")
    desk.follow(issue_id)
    desk.follow(issue_id, "nina")
    known = len(tracker.outbox(issue_id))
    desk.assign(issue_id, "dana", note="Mine.")
    desk.escalate(issue_id, reason="Risk.", note="Now.")
    desk.set_status(issue_id, Status.RESOLVED, note="Done.")
    desk.reopen(issue_id, note="Again.")
    new = tracker.outbox(issue_id)[known:]
    assert Counter(message.recipient for message in new) == {"lee@partner.example": 4, "nina": 4}


def test_each_person_has_keys_of_their_own(store: Store) -> None:
    """What one person did under a key says nothing about another's command under the same one."""
    tracker, issue_id = stage(store)
    for who in ("dana", "bridget"):
        for _ in range(2):
            tracker.as_user(who).add_note(issue_id, f"{who} rang.", key="once")
    texts = [note.text for note in tracker.issue(issue_id).notes]
    assert texts == ["On it.", "dana rang.", "bridget rang."]


def test_a_response_that_moves_an_issue_tells_the_new_lead(store: Store) -> None:
    """Whatever the new score, the lead of the group that an issue comes to hears of it; the old one does not."""
    tracker, issue_id = stage(store)
    known = len(tracker.outbox(issue_id))
    tracker.record(response("later", 9, ticket="T-1", received_at=NOON, group="field"))
    assert [message.recipient for message in tracker.outbox(issue_id)[known:]] == ["omar"]
