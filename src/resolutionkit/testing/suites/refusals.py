"""Law L3: a refused command changes nothing and tells nobody."""

from __future__ import annotations

import pytest

from resolutionkit.errors import IssueNotFound, ResolutionKitError
from resolutionkit.model.conflicts import MoveRefused, StaleIssue
from resolutionkit.model.issue import Status
from resolutionkit.model.people import StaticDirectory
from resolutionkit.ports import Store, UnitOfWork
from resolutionkit.testing.accounts import picture
from resolutionkit.testing.changes import opening
from resolutionkit.testing.play import Step
from resolutionkit.testing.samples import sample_company, sample_response
from resolutionkit.testing.strategies import histories, organisations
from resolutionkit.testing.suites.base import Look, StoreSuite, for_all, player


class RefusalsChangeNothing(StoreSuite):
    """Law L3, on a tracker over the store."""

    def test_a_refused_command_changes_nothing(self, store: Store, abilities: object) -> None:
        """One that is stale, and two over many issues at once of which the last cannot be."""
        game = player(store, sample_company())
        tracker, desk = game.tracker, game.tracker.as_user("dana")
        found = [tracker.record(sample_response(f"r-{number}")).issue for number in range(3)]
        ids = [issue.id for issue in found if issue is not None]
        desk.set_status(ids[-1], Status.RESOLVED, note="Done.")
        before = picture(store, tracker.account, abilities)
        with pytest.raises(StaleIssue):
            desk.set_status(ids[-1], Status.NOT_AN_ISSUE, note="Late.", expected_version=1)
        with pytest.raises(MoveRefused):
            desk.set_status_of_all(ids, Status.IN_PROGRESS, note="All.", atomic=True)
        with pytest.raises(IssueNotFound):
            desk.add_note_to_all([*ids, "no such"], "All.", atomic=True)
        assert picture(store, tracker.account, abilities) == before

    def test_what_was_saved_before_a_refusal_is_taken_back(self, store: Store, account: str, look: Look) -> None:
        """The library refuses before it saves, which no store may rest on: a refusal is an error like any other."""
        before = look()

        def work(unit: UnitOfWork) -> None:
            unit.save([opening(sample_response())])
            raise MoveRefused("resolved", "in_progress", ())

        with pytest.raises(MoveRefused):
            store.transact(account, work, write=True)
        assert look() == before

    def test_any_refusal_of_any_history_changes_nothing(self, store: Store, abilities: object) -> None:
        """Wherever a random history is refused something, everything is what it was before."""

        def check(directory: StaticDirectory, steps: list[Step]) -> None:
            game = player(store, directory)
            before = picture(store, game.tracker.account, abilities)
            for step in steps:
                done = game.do(step)
                after = picture(store, game.tracker.account, abilities)
                assert not isinstance(done, ResolutionKitError) or after == before, done
                before = after

        for_all(check, part=1 / 2, directory=organisations(), steps=histories(max_size=25))
