"""Laws L1 and L10: the history is the truth, and what was is never changed by what comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from resolutionkit.errors import ResolutionKitError
from resolutionkit.model.events import IssueOpened, Reopened, StatusChanged, note_of
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue, Phase
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.query import IssueFilter
from resolutionkit.model.results import Change, Recorded
from resolutionkit.ports import Store, UnitOfWork
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.play import Step
from resolutionkit.testing.samples import sample_company, sample_response
from resolutionkit.testing.strategies import histories, organisations
from resolutionkit.testing.suites.base import StoreSuite, for_all, player

SHARED = (
    "version", "status", "phase", "response", "assignee", "level", "needs_recovery", "backfilled", "is_urgent",
    "has_priority", "episode", "opened_at", "closed_at", "changed_at", "note_count", "has_spoken",
)  # fmt: skip
"""What a line of a list says of its issue."""


def kept_issue(store: Store, account: str, issue_id: str) -> Issue | None:
    """Return an issue as a store gives it that can (:class:`~resolutionkit.ports.KeepsIssues`), else None."""

    def ask(unit: UnitOfWork) -> Issue | None:
        ability: Callable[[str], Issue | None] | None = getattr(unit, "issue", None)
        return None if ability is None else ability(issue_id)

    return store.transact(account, ask, write=False)


class HistoryIsTheTruth(StoreSuite):
    """Laws L1 and L10, on a tracker over the store."""

    def test_replaying_a_history_gives_the_issue_exactly(self, store: Store) -> None:
        """After every command the issue that it answers with is the fold of the stored history, and lists agree."""

        def check(directory: StaticDirectory, steps: list[Step]) -> None:
            game = player(store, directory)
            for step in steps:
                done = game.do(step)
                if done is None or isinstance(done, ResolutionKitError) or done.issue is None:
                    continue
                history = game.tracker.history(done.issue.id)
                assert replay(history) == done.issue == game.tracker.issue(done.issue.id)
                assert kept_issue(store, game.tracker.account, done.issue.id) in {None, done.issue}
                assert not done.events or history[-len(done.events) :] == done.events
            lines = {line.id: line for line in game.tracker.issues(IssueFilter(), limit=1000)}
            assert set(lines) == set(game.issues)
            for issue in game.every_issue():
                said = {name: getattr(lines[issue.id], name) for name in SHARED}
                assert said == {name: getattr(issue, name) for name in SHARED}

        for_all(check, part=1 / 2, directory=organisations(), steps=histories())

    def test_events_are_gapless_ordered_and_never_changed(self, store: Store) -> None:
        """Numbers run from 1 without a gap, instants never fall though the clock does, and the past only grows."""

        def check(directory: StaticDirectory, steps: list[Step]) -> None:
            game = player(store, directory)
            known: dict[str, tuple[object, ...]] = {}
            for step in steps:
                game.do(step)
                for issue_id in game.issues:
                    history = game.tracker.history(issue_id)
                    before = known.get(issue_id, ())
                    assert history[: len(before)] == before
                    assert [event.number for event in history] == list(range(1, len(history) + 1))
                    assert all(one.at <= other.at for one, other in pairwise(history))
                    assert len({event.id for event in history}) == len(history)
                    assert type(game.tracker.issue(issue_id).status) is str
                    known[issue_id] = history

        for_all(check, part=1 / 2, directory=organisations(), steps=histories())

    def test_the_figures_of_earlier_episodes_never_change(self, store: Store) -> None:
        """Whatever follows a reopening, the rounds before it stay as they were, and as a count by hand says."""

        def check(directory: StaticDirectory, steps: list[Step]) -> None:
            game = player(store, directory)
            past: dict[str, tuple[Any, ...]] = {}
            for step in steps:
                done = game.do(step)
                if not isinstance(done, Recorded | Change) or done.issue is None:
                    continue
                issue = game.tracker.issue(done.issue.id)
                before = past.get(issue.id, ())
                assert issue.episodes[: len(before)] == before
                past[issue.id] = issue.episodes[:-1]
                check_episodes(issue, game.tracker.history(issue.id))

        for_all(check, part=1 / 2, directory=organisations(), steps=histories(max_size=40))

    def test_a_reopened_issue_keeps_the_figures_of_its_first_round(self, store: Store) -> None:
        """First action, contact and closing of the first round are the same before and after the second."""
        game = player(store, sample_company())
        issue = game.tracker.record(sample_response(ticket="T-1")).issue
        assert issue is not None
        desk = game.tracker.as_user("dana")
        for turn in range(3):
            game.clock.turn(hours=1)
            desk.add_note(issue.id, "Rang.", spoke=True)
            game.clock.turn(hours=1)
            desk.set_status(issue.id, "resolved", note="Done.")
            closed = game.tracker.issue(issue.id)
            game.clock.turn(hours=1)
            if turn == 1:
                again = sample_response(f"r-{turn}-again", ticket="T-1", received_at=NOON)
                game.tracker.record(again)
            else:
                desk.reopen(issue.id, note="Same fault again.")
            desk.add_note(issue.id, "Rang once more.")
            reopened = game.tracker.issue(issue.id)
            assert reopened.episodes[:-1] == closed.episodes
            check_episodes(reopened, game.tracker.history(issue.id))


def counted_episodes(events: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the rounds of a history, counted by hand: openings, closings, first actions and first contacts."""
    found: list[dict[str, Any]] = []
    for event in events:
        note = note_of(event)
        if isinstance(event, IssueOpened | Reopened):
            is_old = getattr(event, "backfilled", found[-1]["is_old"] if found else False)
            nothing = dict.fromkeys(("acted", "contacted", "closed", "as"))
            found.append({"opened": event.at, "is_old": is_old, **nothing})
        current = found[-1]
        if event.kind == "merged":
            unite(current, counted_episodes(event.history)[-1])
        if isinstance(event, IssueOpened | StatusChanged) and event.phase is Phase.CLOSED:
            current["closed"] = current["closed"] or event.at
            current["as"] = event.status
        is_action = isinstance(event, StatusChanged) or event.kind == "note_added"
        is_action = is_action or (event.kind in {"escalated", "level_raised"} and note is not None)
        if is_action and event.is_human and current["acted"] is None:
            current["acted"] = event.at
        if note is not None and note.spoke and current["contacted"] is None:
            current["contacted"] = note.at
    return found


def unite(current: dict[str, Any], other: dict[str, Any]) -> None:
    """Let a round go on as one with another issue's: what came first counts, from the opening that limits run from."""
    mine, theirs = (current["is_old"], current["opened"]), (other["is_old"], other["opened"])
    _, since = min(mine, theirs)
    for name in ("acted", "contacted"):
        known = [one[name] for one in (current, other) if one[name] is not None and one[name] >= since]
        current[name] = min(known, default=None)
    if current["is_old"] is other["is_old"]:
        current["opened"] = since
    current["is_old"] = current["is_old"] and other["is_old"]


def check_episodes(issue: Issue, history: Sequence[Any]) -> None:
    """Compare an issue's episodes with those counted by hand."""
    counted = counted_episodes(history)
    assert [one.number for one in issue.episodes] == list(range(1, len(counted) + 1))
    for episode, expected in zip(issue.episodes, counted, strict=True):
        assert episode.opened_at == expected["opened"]
        assert episode.first_action_at == expected["acted"]
        assert episode.contacted_at == expected["contacted"]
        assert (episode.closed_at, episode.closed_as) == (expected["closed"], expected["as"])
