"""Laws L1 and L10 beyond the kit: the past is the fold of a part, and each round has figures of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    IssueNotFound,
    StaticDirectory,
    Status,
    replay,
)
from resolutionkit.ports import Store
from resolutionkit.testing import histories, organisations
from resolutionkit.testing.suites.base import player
from resolutionkit.testing.suites.histories import check_episodes
from support import NOON, organisation, response


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
