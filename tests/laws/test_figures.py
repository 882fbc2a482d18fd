"""Law L10 of recovery performance: reopening begins a new episode, and the figures of those before it never change.

Random lives of one issue, on each backend: after every step, each episode that was closed is in the line, with the
time and the verdict, that it had when it was closed.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from resolutionkit import (
    Performance,
    PerformanceLine,
    ReplacementRecorded,
    ResolutionKitError,
    Status,
    Tracker,
)
from resolutionkit.decisions.episodes import worked
from resolutionkit.ports import Store
from support import TurnableClock, organisation, response

STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 30, 100, 400]),
        st.sampled_from(["note", "spoke", "work", "close", "close", "reopen", "fine", "bad", "moved", "ed", "nina"]),
    ),
    max_size=10,
)
_ACCOUNTS = count()


class Life:
    """One issue, and what may happen to it."""

    def __init__(self, store: Store) -> None:
        self.clock = TurnableClock()
        account = f"figures-{next(_ACCOUNTS)}"
        self.tracker = Tracker(store, account=account, clock=self.clock, directory=organisation())
        self.answers = count(1)
        self.answer(2)
        self.desk = self.tracker.as_user("bridget")

    def answer(self, score: int, **facts: Any) -> None:
        """Let the customer answer again."""
        number = next(self.answers)
        self.tracker.record(response(f"r-{number}", score, ticket="T-1", received_at=self.clock(), **facts))

    @property
    def issue(self) -> str:
        """Return the id of the issue."""
        (line,) = self.tracker.issues()
        return line.id

    def do(self, hours: int, step: str) -> None:
        """Let some time pass and one thing happen, where it can."""
        self.clock.turn(hours=hours)
        steps: dict[str, Any] = {
            "note": lambda: self.desk.add_note(self.issue, "Left voicemail."),
            "spoke": lambda: self.desk.add_note(self.issue, "Rang.", spoke=True),
            "work": lambda: self.desk.set_status(self.issue, Status.IN_PROGRESS, note="So it is."),
            "close": lambda: self.desk.set_status(self.issue, Status.RESOLVED, note="So it is."),
            "reopen": lambda: self.desk.reopen(self.issue, note="Same again."),
            "fine": lambda: self.answer(9),
            "bad": lambda: self.answer(2),
            "moved": lambda: self.answer(2, group="field"),
            "ed": lambda: self.desk.assign(self.issue, "ed", note="His."),
            "nina": lambda: self.desk.assign(self.issue, "nina", note="Hers."),
        }
        try:
            steps[step]()
        except ResolutionKitError:
            return

    def frozen(self) -> list[tuple[str, str | None, timedelta]]:
        """Return each episode that is closed: its response, who had it, and how long it took."""
        issue = self.tracker.issue(self.issue)
        pairs = zip(worked(self.tracker.history(issue.id))[1], issue.episodes, strict=True)
        return [(*whose, one.closed_at - one.opened_at) for whose, one in pairs if one.closed_at is not None]

    def figures(self, by: str) -> Performance:
        """Return the performance of all that there is."""
        return self.tracker.performance(by)


@settings(max_examples=25)
@given(steps=STEPS)
def check(store: Store, steps: list[tuple[int, str]]) -> None:
    """Play a life, and look at its figures after every step."""
    life = Life(store)
    before: list[tuple[str, str | None, timedelta]] = []
    for hours, step in steps:
        life.do(hours, step)
        closed = life.frozen()
        assert closed[: len(before)] == before, "what was closed is whose it was, and took as long"
        before = closed
        for by in ("group", "person"):
            check_lines(life, life.figures(by), closed, by)


def check_lines(life: Life, found: Performance, closed: list[tuple[str, str | None, timedelta]], by: str) -> None:
    """Compare the lines with the closed episodes of responses that needed recovery."""
    expected: dict[str | None, list[timedelta]] = {}
    for response_id, assignee, taken in closed:
        record = life.tracker.response(response_id)
        if record.needs_recovery:
            key = record.response.group if by == "group" else assignee
            expected.setdefault(key, []).append(taken)
    assert {line.key: line.closed.done for line in found if line.closed.done} == {
        key: len(spans) for key, spans in expected.items()
    }
    for line in found:
        check_extremes(line, expected.get(line.key, []))


def check_extremes(line: PerformanceLine, spans: list[timedelta]) -> None:
    """Hold the percentiles between the shortest and the longest time."""
    if not spans:
        assert line.closed.median is None
        return
    assert line.closed.median is not None
    assert line.closed.p90 is not None
    assert min(spans) <= line.closed.median <= line.closed.p90 <= max(spans)
    assert line.closed.met == sum(one <= timedelta(days=14) for one in spans)


def test_l10_figures_of_earlier_episodes_never_change(store: Store) -> None:
    """Whatever comes after an episode, on every backend."""
    check(store)


def test_an_episode_is_of_the_response_that_it_ended_with(store: Store) -> None:
    """A later answer that reopens the issue is the next one's."""
    life = Life(store)
    for step in ("close", "bad"):
        life.do(1, step)
    history = life.tracker.history(life.issue)
    assert any(isinstance(event, ReplacementRecorded) for event in history)
    assert [one.response for one in worked(history)[1]] == ["r-1", "r-2"]
