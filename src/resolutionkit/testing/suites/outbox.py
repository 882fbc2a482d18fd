"""Law L4: a committed change has exactly its messages in the outbox, and one that was rolled back has none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit.model.issue import Status
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.results import Change, Outcome, Recorded, ResponseChange
from resolutionkit.ports import Store
from resolutionkit.testing.accounts import fresh_account, picture
from resolutionkit.testing.clock import NOON, TurnableClock
from resolutionkit.testing.failing import Boom, FailingStore
from resolutionkit.testing.play import Player, Step
from resolutionkit.testing.samples import sample_company, sample_response
from resolutionkit.testing.strategies import histories, organisations, wishes
from resolutionkit.testing.suites.base import StoreSuite, for_all, player
from resolutionkit.testing.telling import told, told_of_response
from resolutionkit.tracker.preferring import missing_of
from resolutionkit.tracker.tracker import Tracker

TOPICS = (
    "escalated",
    "level_raised",
    "opened",
    "reopened",
    "assigned",
    "reminded",
    "check_asked",
    "replaced",
    "moved",
    "merged",
    "status_changed",
    "reassigned",
    "noted",
    "recorded",
    "quarantined",
)
"""Which topic a message has where there are several, the first first."""

SCENES: dict[str, Callable[[Tracker, str], object]] = {
    "opening": lambda t, _: t.record(sample_response("new", ticket="T-2", hierarchy=["nina", "ü@partner.example"])),
    "opening many": lambda t, _: t.record_many(
        [sample_response("a"), sample_response("b", 9), sample_response("c", ticket="T-1")]
    ),
    "replacing": lambda t, _: t.record(sample_response("later", 2, ticket="T-1", received_at=NOON, group="field")),
    "correcting": lambda t, _: t.record(
        sample_response(ticket="T-1", score=1, hierarchy=["ed", "b@x.example"]), replace=True
    ),
    "superseding": lambda t, _: t.record(sample_response("late", ticket="T-1", received_at=NOON - timedelta(days=2))),
    "moving": lambda t, i: t.as_user("dana").set_status(i, Status.RESOLVED, note="Done.", key="k"),
    "escalating": lambda t, i: t.as_user("bridget").escalate(i, reason="Risk.", note="Now."),
    "assigning": lambda t, i: t.as_user("dana").assign(i, "new@x.example", note="Yours.", follow=True),
    "following": lambda t, i: t.as_user("dana").follow(i, "new@x.example"),
    "leaving": lambda t, i: t.as_user("dana").unfollow(i, "lee@partner.example"),
    "flagging": lambda t, _: t.as_user("dana").flag("fine", note="Said so.", followers=["f@x.example"], key="k"),
    "merging": lambda t, i: t.as_user("bridget").merge(t.response("other").issue or "", i, note="One.", key="k"),
    "noting all": lambda t, i: t.as_user("dana").add_note_to_all([i, i, i], "Rang.", spoke=True, atomic=True),
}
"""Every kind of change, to a tracker and its issue of :func:`stage`."""


def stage(store: Store) -> tuple[Tracker, str]:
    """Return a tracker on an account with an issue that is worked, beside another one, and that issue's id."""
    tracker = Tracker(store, account=fresh_account(), directory=sample_company(), clock=TurnableClock())
    tracker.record(sample_response("fine", 9))
    issue = tracker.record(sample_response(ticket="T-1")).issue
    tracker.record(sample_response("other", hierarchy=["nina"]))
    assert issue is not None
    desk = tracker.as_user("dana")
    desk.follow(issue.id, "lee@partner.example")
    desk.set_status(issue.id, Status.IN_PROGRESS, note="On it.")
    return tracker, issue.id


class ExactlyItsMessages(StoreSuite):
    """Law L4, on a tracker over the store."""

    def test_a_change_has_exactly_its_messages(self, store: Store) -> None:
        """After every step the outbox has grown by one message for each person whom it concerns, or who asks for it."""

        def check(directory: StaticDirectory, steps: list[Step], wishes: dict[str, Preferences]) -> None:
            game = player(store, directory)
            wanted = keep_wishes(game, wishes)
            outbox: dict[str, tuple[Any, ...]] = {}
            for step in steps:
                before = {issue.id: issue for issue in game.every_issue()}
                done = game.do(step)
                now = {issue_id: game.tracker.outbox(issue_id) for issue_id in game.issues}
                change = done if isinstance(done, Recorded | Change | ResponseChange) and done.events else None
                changed = None if change is None else change.issue
                for issue_id, messages in now.items():
                    known = outbox.get(issue_id, ())
                    if changed is not None and issue_id == changed.id:  # with what was told of those merged into it now
                        more = [one for other in set(before) & set(changed.merged) for one in outbox[other]]
                        known = tuple(sorted((*known, *more), key=lambda message: message.id))
                    assert messages[: len(known)] == known
                    new = messages[len(known) :]
                    if (
                        change is None
                        or changed is None
                        or issue_id != changed.id
                        or not is_announced(step, done, game)
                    ):
                        assert new == ()
                    else:
                        check_messages(
                            new, told(before.get(issue_id), changed, change.events, directory, wanted), change
                        )
                check_loose_messages(step, done, game, wanted)
                outbox = now
            ids = [message.id for messages in outbox.values() for message in messages]
            assert len(ids) == len(set(ids))

        for_all(check, directory=organisations(), steps=histories(max_size=25), wishes=wishes())

    def test_everybody_whom_a_change_concerns_is_told(self, store: Store) -> None:
        """An opening, an assignment and a closing, each told to several, are in the outbox one after the other."""
        tracker, issue_id = stage(store)
        desk = tracker.as_user("dana")
        opened = tracker.record(sample_response("new", hierarchy=["nina", "lee@partner.example"])).issue
        assert opened is not None
        heard = sorted(message.recipient for message in tracker.outbox(opened.id))
        assert heard == ["ed", "lee@partner.example", "nina"]
        desk.assign(issue_id, "omar", note="His.", followers=["paula"])
        desk.set_status(issue_id, Status.RESOLVED, note="Done.")
        told_by = [(message.first_event, message.recipient) for message in tracker.outbox(issue_id)]
        first_events = sorted({first for first, _ in told_by})
        by_change = [sorted(who for first, who in told_by if first == one) for one in first_events]
        followers = ["lee@partner.example", "paula"]
        assert by_change[0] == ["ed"]
        assert by_change[-1] == followers
        assert "omar" in by_change[-2]
        assert "lee@partner.example" in by_change[-2]

    @pytest.mark.parametrize("scene", SCENES)
    def test_a_change_that_fails_at_any_call_leaves_nothing(self, store: Store, abilities: object, scene: str) -> None:
        """Whichever call of the unit of work fails, before or after it, nothing is left; repeated, it is whole."""
        for after in (False, True):
            failing = FailingStore(store)
            tracker, issue_id = stage(failing)
            before = picture(store, tracker.account, abilities)
            outbox, fail_at = tracker.outbox(issue_id), 1
            while True:
                failing.arm(fail_at, after=after)
                try:
                    SCENES[scene](tracker, issue_id)
                except Boom:
                    failing.arm(None)
                    assert picture(store, tracker.account, abilities) == before
                    assert tracker.outbox(issue_id) == outbox
                    fail_at += 1
                else:
                    break
            assert fail_at > 1
            assert picture(store, tracker.account, abilities) != before

    def test_a_command_given_twice_tells_once(self, store: Store, abilities: object) -> None:
        """The same key again answers as before, and leaves neither an event nor a message (requirement B13)."""
        tracker, issue_id = stage(store)
        first = tracker.as_user("dana").assign(issue_id, "omar", note="His.", key="once")
        before = picture(store, tracker.account, abilities)
        again = tracker.as_user("dana").assign(issue_id, "omar", note="His.", key="once")
        assert (again.events, again.advice, again.issue) == (first.events, first.advice, first.issue)
        assert picture(store, tracker.account, abilities) == before


def is_announced(step: Step, done: object, game: Player) -> bool:
    """Say whether anybody is to hear of it: history rings no bells, nor does what no longer stands (A5, A11)."""
    if isinstance(done, ResponseChange):
        is_repair = any(event.kind == "response_repaired" for event in done.events)
        return not (is_repair and done.issue is not None and done.issue.backfilled)
    if not isinstance(done, Recorded):
        return True
    if done.outcome is Outcome.SUPERSEDED:
        return False
    if step.facts["announce"] is not None:
        return bool(step.facts["announce"])
    return bool(game.clock.now - (NOON - step.facts["age"]) <= timedelta(days=7))


def keep_wishes(game: Player, wishes: dict[str, Preferences]) -> dict[str, Preferences]:
    """Set what everybody wants, and return it; nobody wants anything where the store keeps no preferences."""
    tracker = game.tracker
    if game.tracker._runner.store.transact(tracker.account, missing_of, write=False):
        return {}
    for who, wanted in wishes.items():
        tracker.set_preferences(who, wanted)
    return wishes


def check_loose_messages(step: Step, done: object, game: Player, wanted: dict[str, Preferences]) -> None:
    """Compare the messages of a new response that no issue belongs to with who asks for it; of others there is none."""
    if not isinstance(done, Recorded) or done.outcome is Outcome.DUPLICATE:
        return
    record = game.tracker.response(game.responses[-1].id)
    if record.issue is not None or record.revision > 1:
        return
    loose = game.tracker.outbox_of_response(record.id)
    is_news = done.outcome is not Outcome.SUPERSEDED and is_announced(step, done, game)
    expected = told_of_response(record, directory_of(game), wanted) if is_news and not done.quarantined else set()
    assert {(one.recipient, one.topic, one.why, one.issue) for one in loose} == {
        (who, "recorded", ("preference",), None) for who in expected
    }
    assert len(loose) == len(expected)


def directory_of(game: Player) -> StaticDirectory:
    """Return the directory that a game is played in."""
    directory: StaticDirectory = game.tracker._runner.settings.directory  # type: ignore[assignment]
    return directory


def check_messages(new: tuple[Any, ...], expected: dict[str, set[tuple[str, str]]], done: Any) -> None:
    """Compare the messages of one change with whom it concerns, and why."""
    assert sorted(message.recipient for message in new) == sorted(expected)
    for message in new:
        topics = {topic for topic, _ in expected[message.recipient]}
        assert message.topic == min(topics, key=TOPICS.index)
        assert set(message.why) == {why for _, why in expected[message.recipient]}
        assert (message.first_event, message.last_event) == (done.events[0].number, done.events[-1].number)
        assert message.created_at == done.issue.changed_at
        assert message.is_urgent == ("escalated" in topics)
