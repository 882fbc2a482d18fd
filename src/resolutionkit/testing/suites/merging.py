"""Store rule: of two issues that were merged one is left in every list, and its history tells of both (B15)."""

from __future__ import annotations

import attrs
import pytest

from resolutionkit.model.events import Merged, NoteAdded
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter, IssueQuery, Order, ResponseFilter, ResponseQuery, Scope
from resolutionkit.ports import Write, WriteConflict
from resolutionkit.testing.changes import event_after, merging, note, opening, then
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Look, Save, StoreSuite


def worked(response_id: str, group: str, who: str, words: str) -> list[Write]:
    """Return the writes of an issue of somebody's, with a note."""
    first = opening(sample_response(response_id, group=group), assignee=who, people=(f"{who}@x.example",))
    return [first, then(first.issue, event_after(first.issue, NoteAdded, note=note(words)))]


def issue_of(writes: list[Write]) -> Issue:
    """Return the issue after the last of its writes."""
    issue = writes[-1].issue
    assert issue is not None
    return issue


def merged_in(save: Save, ask: Ask, stays: list[Write], goes: list[Write]) -> list[Write]:
    """Save two issues and then the merge of them; return the writes of the latter."""
    save(*stays)
    save(*goes)
    gone = issue_of(goes)
    records = [ask("response", one.id) for one in gone.responses]
    found = merging(issue_of(stays), gone, ask("history", gone.id), *records, note=note("tail "))
    save(*found)
    return found


class Merging(StoreSuite):
    """What a store makes of two issues that were merged."""

    def test_a_merge_is_read_with_the_history_of_the_other_issue(self, save: Save, ask: Ask) -> None:
        """However deep: what was merged into that one before is there as well; and the other has its own end."""
        first, second, third = (worked(f"r-{one}", "emea", "ann", f"of {one}") for one in (1, 2, 3))
        ended = merged_in(save, ask, second, third)
        save(*first)
        gone, stays = issue_of(ended), issue_of(first)
        records = [ask("response", one.id) for one in gone.responses]
        last = merging(stays, gone, ask("history", gone.id), *records)
        save(*last)
        history = ask("history", stays.id)
        assert history == tuple(event for write in (*first, last[1]) for event in write.events)
        assert repr(history) == repr(tuple(event for write in (*first, last[1]) for event in write.events))
        assert replay(history) == last[1].issue
        inner = history[-1].history
        assert isinstance(inner[-1], Merged)
        assert inner[-1].history == tuple(event for write in third for event in write.events)
        assert replay(ask("history", gone.id)) == last[0].issue
        assert replay(ask("history", issue_of(third).id)).merged_into == gone.id

    def test_an_issue_that_was_merged_is_in_no_list(self, save: Save, ask: Ask) -> None:
        """Neither by its group, nor as anybody's own, nor among the closed ones, and it is not counted."""
        stays, goes = worked("r-1", "emea", "ann", "a"), worked("r-2", "field", "ben", "b")
        merged_in(save, ask, stays, goes)
        scopes = [Scope(groups=frozenset({"field"})), Scope(person="ben"), Scope(person="ben@x.example")]
        left = [issue_of(stays).id]
        expected: dict[Scope, list[str]] = {ACCOUNT_WIDE: left, scopes[0]: [], scopes[1]: [], scopes[2]: left}
        for scope, ids in expected.items():
            for order in Order:
                query = IssueQuery(scope=scope, filter=IssueFilter(), order=order, limit=9)
                assert [line.id for line in ask("issues", query)] == ids, f"{scope} in the order {order}"
            assert ask("count_issues", scope, IssueFilter(), None) == len(ids), f"{scope}"
        assert ask("count_issues", ACCOUNT_WIDE, IssueFilter(assignee="ben"), None) == 0

    def test_the_responses_of_both_belong_to_the_one_that_stays(self, save: Save, ask: Ask) -> None:
        """They are seen with it, by its people, and each shows the notes of both in the order of time."""
        stays, goes = worked("r-1", "emea", "ann", "a"), worked("r-2", "field", "ben", "b")
        merged_in(save, ask, stays, goes)
        seen = {
            Scope(person="ann"): ["r-2", "r-1"],
            Scope(groups=frozenset({"emea"})): ["r-2", "r-1"],
            Scope(person="ben@x.example"): ["r-2", "r-1"],
            Scope(person="ben"): [],
            Scope(groups=frozenset({"field"})): [],
        }
        for scope, ids in seen.items():
            found = ask("responses", ResponseQuery(scope=scope, filter=ResponseFilter(), limit=9))
            assert [line.id for line in found] == ids, f"{scope}"
            assert all(line.issue is not None and line.issue.id == issue_of(stays).id for line in found)
            assert all([one.text for one in line.notes] == ["a", "b", "tail "] for line in found), f"{scope}"

    @pytest.mark.parametrize("late", [0, 1])
    def test_a_merge_of_what_has_changed_since_is_a_conflict(self, save: Save, ask: Ask, look: Look, late: int) -> None:
        """Whichever of the two it is, nothing of the merge is left."""
        pair = [worked("r-1", "emea", "ann", "a"), worked("r-2", "field", "ben", "b")]
        for writes in pair:
            save(*writes)
        stays, goes = map(issue_of, pair)
        found = merging(stays, goes, ask("history", goes.id), ask("response", "r-2"))
        changed = (stays, goes)[late]
        save(then(changed, event_after(changed, NoteAdded, note=note("Meanwhile."))))
        before = look()
        with pytest.raises(WriteConflict):
            save(*found)
        assert look() == before

    def test_a_merged_issue_can_be_about_a_response_of_the_other(self, save: Save, ask: Ask) -> None:
        """Where the one that stays needs no recovery and the other does; lists and filters follow."""
        stays, goes = worked("r-1", "emea", "ann", "a"), worked("r-2", "field", "ben", "b")
        calm = opening(sample_response("r-1", 9, group="emea"), assignee="ann", needs_recovery=False)
        found = merged_in(save, ask, [calm], goes)
        query = IssueQuery(
            scope=Scope(groups=frozenset({"field"})),
            filter=IssueFilter(score_max=6, needs_recovery=True, email="jane@customer.example"),
            order=Order.NEWEST,
            limit=9,
        )
        (line,) = ask("issues", query)
        assert (line.id, line.response, line.needs_recovery) == (calm.issue.id, issue_of(goes).response, True)
        assert found[1].issue is not None
        assert attrs.evolve(line, due_at=None).response == found[1].issue.response
        assert issue_of(stays).needs_recovery
