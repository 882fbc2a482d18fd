"""Law L4: a committed change has exactly its messages in the outbox, and one that was rolled back has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import event as sql_event

from resolutionkit import Change, Outcome, Recorded, StaticDirectory, Status, Tracker
from resolutionkit.ports import Store
from resolutionkit.storage.sql.store import SqlStore
from support import NOON, TurnableClock, organisation, response
from support.play import Player
from support.stores import Boom, FailingStore, dump, fresh_account, fresh_store
from support.strategies import histories, organisations
from support.telling import told

TOPICS = ("escalated", "opened", "reopened", "assigned", "replaced", "status_changed", "reassigned")


def is_announced(step: Any, done: Recorded | Change, game: Player) -> bool:
    """Say whether anybody is to hear of it: history rings no bells, nor does what no longer stands (A5, A11)."""
    if not isinstance(done, Recorded):
        return True
    if done.outcome is Outcome.SUPERSEDED:
        return False
    kind, facts = step
    if kind == "record" and facts["announce"] is not None:
        return bool(facts["announce"])
    assert kind == "record"
    return bool(game.clock.now - (NOON - facts["age"]) <= timedelta(days=7))


@given(directory=organisations(), steps=histories(max_size=25))
def test_a_change_has_exactly_its_messages(store: Store, directory: StaticDirectory, steps: Any) -> None:
    """After every step the outbox has grown by one message for each person whom the change concerns, and no other."""
    clock = TurnableClock()
    game = Player(Tracker(store, account=fresh_account(), directory=directory, clock=clock), clock)
    outbox: dict[str, tuple[Any, ...]] = {}
    for actor, step in steps:
        before = {issue.id: issue for issue in game.every_issue()}
        done = game.do(actor, step)
        now = {issue_id: game.tracker.outbox(issue_id) for issue_id in game.issues}
        changed = done.issue if isinstance(done, Recorded | Change) and done.events else None
        for issue_id, messages in now.items():
            known = outbox.get(issue_id, ())
            assert messages[: len(known)] == known
            new = messages[len(known) :]
            if changed is None or issue_id != changed.id or not is_announced(step, done, game):
                assert new == ()
                continue
            expected = told(before.get(issue_id), changed, done.events, directory)
            assert sorted(message.recipient for message in new) == sorted(expected)
            for message in new:
                topics = {topic for topic, _ in expected[message.recipient]}
                assert message.topic == min(topics, key=TOPICS.index)
                assert set(message.why) == {why for _, why in expected[message.recipient]}
                assert (message.first_event, message.last_event) == (done.events[0].number, done.events[-1].number)
                assert message.created_at == changed.changed_at
                assert message.is_urgent == ("escalated" in topics)
        outbox = now
    ids = [message.id for messages in outbox.values() for message in messages]
    assert len(ids) == len(set(ids))


SCENES: dict[str, Callable[[Tracker, str], object]] = {
    "opening": lambda t, i: t.record(response("new", ticket="T-2", hierarchy=["nina", "ü@partner.example"])),
    "opening many": lambda t, i: t.record_many([response("a"), response("b", 9), response("c", ticket="T-1")]),
    "replacing": lambda t, i: t.record(response("later", 2, ticket="T-1", received_at=NOON, group="field")),
    "correcting": lambda t, i: t.record(response(ticket="T-1", score=1, hierarchy=["ed", "b@x.example"]), replace=True),
    "superseding": lambda t, i: t.record(response("late", ticket="T-1", received_at=NOON - timedelta(days=2))),
    "moving": lambda t, i: t.as_user("dana").set_status(i, Status.RESOLVED, note="Done.", key="k"),
    "escalating": lambda t, i: t.as_user("bridget").escalate(i, reason="Risk.", note="Now."),
    "assigning": lambda t, i: t.as_user("dana").assign(i, "new@x.example", note="Yours.", follow=True),
    "following": lambda t, i: t.as_user("dana").follow(i, "new@x.example"),
    "leaving": lambda t, i: t.as_user("dana").unfollow(i, "lee@partner.example"),
    "flagging": lambda t, i: t.as_user("dana").flag("fine", note="Said so.", followers=["f@x.example"], key="k"),
    "noting all": lambda t, i: t.as_user("dana").add_note_to_all([i, i, i], "Rang.", spoke=True, atomic=True),
}


def stage(store: Store) -> tuple[Tracker, str]:
    """Return a tracker on an account with one issue that is worked, and that issue."""
    tracker = Tracker(store, account=fresh_account(), directory=organisation(), clock=TurnableClock())
    tracker.record(response("fine", 9))
    issue = tracker.record(response(ticket="T-1")).issue
    assert issue is not None
    desk = tracker.as_user("dana")
    desk.follow(issue.id, "lee@partner.example")
    desk.set_status(issue.id, Status.IN_PROGRESS, note="On it.")
    return tracker, issue.id


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
    sql_event.listen(store._engine, name, on_statement)
    sql_event.listen(store._engine, "commit", on_commit)
    try:
        yield seen
    finally:
        sql_event.remove(store._engine, name, on_statement)
        sql_event.remove(store._engine, "commit", on_commit)


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


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scene", SCENES)
def test_a_change_that_fails_at_any_call_leaves_nothing(store: Store, scene: str, after: bool) -> None:
    """Whichever call of the unit of work fails, nothing is left, in memory as on disk; repeated, it is whole."""
    failing = FailingStore(store)
    tracker, issue_id = stage(failing)
    before = dump(store)
    fail_at = 1
    while True:
        failing.arm(fail_at, after=after)
        try:
            SCENES[scene](tracker, issue_id)
        except Boom:
            assert dump(store) == before
            fail_at += 1
        else:
            break
    assert fail_at > 1
    assert dump(store) != before


def test_a_command_given_twice_tells_once(store: Store) -> None:
    """The same key again answers as before, and leaves neither an event nor a message."""
    tracker, issue_id = stage(store)
    first = tracker.as_user("dana").assign(issue_id, "omar", note="His.", key="once")
    before = dump(store)
    again = tracker.as_user("dana").assign(issue_id, "omar", note="His.", key="once")
    assert (again.events, again.advice, again.issue) == (first.events, first.advice, first.issue)
    assert dump(store) == before


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
