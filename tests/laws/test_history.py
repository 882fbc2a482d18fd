"""Laws L1 and L10: the history is the truth, and what was is never changed by what comes."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    Issue,
    IssueFilter,
    IssueNotFound,
    Phase,
    Recorded,
    Reopened,
    ResolutionKitError,
    StaticDirectory,
    Status,
    StatusChanged,
    Tracker,
    replay,
)
from resolutionkit.model.events import IssueOpened, note_of
from resolutionkit.ports import Store
from support import NOON, TurnableClock, organisation, response
from support.play import Player
from support.stores import fresh_account
from support.strategies import histories, organisations


def player(store: Store, directory: StaticDirectory) -> Player:
    """Return a player on an account that was never used."""
    clock = TurnableClock()
    return Player(Tracker(store, account=fresh_account(), directory=directory, clock=clock), clock)


@given(directory=organisations(), steps=histories())
def test_replaying_a_history_gives_the_issue_exactly(store: Store, directory: StaticDirectory, steps: Any) -> None:
    """After every command the issue that it answers with is the fold of the stored history, and lists agree."""
    game = player(store, directory)
    for actor, step in steps:
        done = game.do(actor, step)
        if done is None or isinstance(done, ResolutionKitError) or done.issue is None:
            continue
        history = game.tracker.history(done.issue.id)
        assert replay(history) == done.issue == game.tracker.issue(done.issue.id)
        assert not done.events or history[-len(done.events) :] == done.events
    lines = {line.id: line for line in game.tracker.issues(IssueFilter(), limit=1000)}
    assert set(lines) == set(game.issues)
    for issue in game.every_issue():
        line = lines[issue.id]
        for name in ("version", "status", "phase", "response", "assignee", "level", "needs_recovery", "backfilled"):
            assert getattr(line, name) == getattr(issue, name)
        for name in ("is_urgent", "episode", "opened_at", "closed_at", "changed_at", "note_count", "has_spoken"):
            assert getattr(line, name) == getattr(issue, name)


@given(directory=organisations(), steps=histories())
def test_events_are_gapless_ordered_and_never_changed(store: Store, directory: StaticDirectory, steps: Any) -> None:
    """Numbers run from 1 without a gap, instants never fall though the clock does, and the past only grows."""
    game = player(store, directory)
    known: dict[str, tuple[object, ...]] = {}
    for actor, step in steps:
        game.do(actor, step)
        for issue_id in game.issues:
            history = game.tracker.history(issue_id)
            before = known.get(issue_id, ())
            assert history[: len(before)] == before
            assert [event.number for event in history] == list(range(1, len(history) + 1))
            assert all(one.at <= other.at for one, other in pairwise(history))
            assert len({event.id for event in history}) == len(history)
            assert type(game.tracker.issue(issue_id).status) is str
            known[issue_id] = history


@given(directory=organisations(), steps=histories(), hours=st.integers(-60, 200))
def test_as_of_is_the_fold_of_what_had_happened(
    store: Store, directory: StaticDirectory, steps: Any, hours: int
) -> None:
    """An issue at an instant is the fold of the events up to and including it; before its opening there is none."""
    game = player(store, directory)
    game.play(steps)
    asked = game.clock.now + timedelta(hours=hours)
    for issue_id in game.issues:
        history = game.tracker.history(issue_id)
        for instant in {asked, *(event.at for event in history)}:
            until = [event for event in history if event.at <= instant]
            if until:
                assert game.tracker.as_of(issue_id, instant) == replay(until)
            else:
                with pytest.raises(IssueNotFound):
                    game.tracker.as_of(issue_id, instant)


def naive_episodes(events: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Return the rounds of a history, counted by hand: openings, closings, first actions and first contacts."""
    found: list[dict[str, Any]] = []
    for event in events:
        note = note_of(event)
        if isinstance(event, IssueOpened | Reopened):
            found.append({"opened": event.at, "acted": None, "contacted": None, "closed": None, "as": None})
        current = found[-1]
        if isinstance(event, IssueOpened | StatusChanged) and event.phase is Phase.CLOSED:
            current["closed"] = current["closed"] or event.at
            current["as"] = event.status
        is_action = isinstance(event, StatusChanged) or event.kind == "note_added"
        is_action = is_action or (event.kind == "escalated" and note is not None)
        if is_action and event.is_human and current["acted"] is None:
            current["acted"] = event.at
        if note is not None and note.spoke and current["contacted"] is None:
            current["contacted"] = note.at
    return found


@given(directory=organisations(), steps=histories(max_size=40))
def test_the_figures_of_earlier_episodes_never_change(store: Store, directory: StaticDirectory, steps: Any) -> None:
    """Whatever follows a reopening, the rounds before it stay as they were, and each is what a count by hand says."""
    game = player(store, directory)
    past: dict[str, tuple[Any, ...]] = {}
    for actor, step in steps:
        done = game.do(actor, step)
        if done is None or isinstance(done, ResolutionKitError) or done.issue is None:
            continue
        issue = done.issue
        before = past.get(issue.id, ())
        assert issue.episodes[: len(before)] == before
        past[issue.id] = issue.episodes[:-1]
        check_episodes(issue, game.tracker.history(issue.id))
        assert isinstance(done, Recorded) or issue.episode == 1 + sum(
            isinstance(event, Reopened) for event in game.tracker.history(issue.id)
        )


def check_episodes(issue: Issue, history: tuple[Any, ...]) -> None:
    """Compare an issue's episodes with those counted by hand."""
    counted = naive_episodes(history)
    assert [one.number for one in issue.episodes] == list(range(1, len(counted) + 1))
    for episode, expected in zip(issue.episodes, counted, strict=True):
        assert episode.opened_at == expected["opened"]
        assert episode.first_action_at == expected["acted"]
        assert episode.contacted_at == expected["contacted"]
        assert (episode.closed_at, episode.closed_as) == (expected["closed"], expected["as"])


CLOSINGS = [Status.RESOLVED, Status.CANT_RESOLVE, Status.NOT_AN_ISSUE]


@given(
    rounds=st.lists(
        st.tuples(
            st.lists(st.sampled_from(["note", "progress", "escalate", "assign", "voicemail"]), max_size=3),
            st.lists(
                st.sampled_from([Status.RESOLVED, Status.CANT_RESOLVE, Status.NOT_AN_ISSUE]), min_size=1, max_size=3
            ),
        ),
        min_size=2,
        max_size=4,
    )
)
def test_each_round_of_work_has_figures_of_its_own(store: Store, rounds: list[tuple[list[str], list[str]]]) -> None:
    """Worked, closed, corrected and reopened again and again, a round keeps its first action, contact and closing."""
    game = player(store, organisation())
    issue = game.tracker.record(response(ticket="T-1")).issue
    assert issue is not None
    desk = game.tracker.as_user("dana")
    acts: dict[str, Any] = {
        "note": lambda: desk.add_note(issue.id, "Rang.", spoke=True),
        "voicemail": lambda: desk.add_note(issue.id, "No answer."),
        "progress": lambda: desk.set_status(issue.id, Status.IN_PROGRESS, note="On it.", spoke=True),
        "escalate": lambda: desk.escalate(issue.id, reason="Risk.", note="Now."),
        "assign": lambda: desk.assign(issue.id, "nina", note="Hers.", spoke=True),
    }
    past: tuple[Any, ...] = ()
    for number, (work, closings) in enumerate(rounds):
        for name in work:
            game.clock.turn(hours=1)
            acts[name]()
        for status in closings:
            game.clock.turn(hours=1)
            desk.set_status(issue.id, status, note="Closed so.")
        closed = game.tracker.issue(issue.id)
        check_episodes(closed, game.tracker.history(issue.id))
        assert closed.episodes[:-1] == past
        assert closed.closed_at == game.clock.now - timedelta(hours=len(closings) - 1)
        past = closed.episodes
        game.clock.turn(hours=1)
        if number % 2:
            desk.reopen(issue.id, note="Same fault again.")
        else:
            received_at = NOON + timedelta(minutes=number)
            game.tracker.record(response(f"again-{number}", ticket="T-1", received_at=received_at))
        assert game.tracker.issue(issue.id).episodes[:-1] == past
