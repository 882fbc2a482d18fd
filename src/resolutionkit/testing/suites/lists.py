"""Store rule: lists and counts have what the scope sees and the filter passes, and nothing else (requirement D2)."""

from __future__ import annotations

from itertools import product
from typing import Any

import attrs
import pytest

from resolutionkit.model.events import Event, NoteAdded, Reassigned, ReplacementRecorded, Unfollowed
from resolutionkit.model.issue import Issue, Phase, line_of
from resolutionkit.model.query import (
    ACCOUNT_WIDE,
    NOT_CLOSED,
    IssueFilter,
    IssueQuery,
    Order,
    RecoveryFilter,
    ResponseFilter,
    ResponseQuery,
    Scope,
)
from resolutionkit.model.response import Contact, RecordChange
from resolutionkit.ports import Write
from resolutionkit.testing.changes import event_after, note, opening, record_of, replaced, stored, then
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite
from resolutionkit.testing.suites.pages import nine_issues, turned

SCOPES = {
    "everything": Scope(everything=True, person="ann"),
    "nothing": Scope(person="nobody"),
    "nobody at all": Scope(),
    "own": Scope(person="ann"),
    "of the hierarchy": Scope(person="zoe@host.example"),
    "an address never used": Scope(person="new@x.example"),
    "in every role": Scope(person="ben"),
    "a group": Scope(groups=frozenset({"emea"}), person="nobody"),
    "groups and own": Scope(groups=frozenset({"emea", "field", "none"}), person="ben"),
    "groups without a person": Scope(groups=frozenset({"field"})),
    "another case": Scope(groups=frozenset({"EMEA"}), person="Ann"),
}
FILTERS = {
    "all": IssueFilter(),
    "open": IssueFilter(phases={Phase.OPEN}),
    "not closed": IssueFilter(phases=NOT_CLOSED),
    "no phase": IssueFilter(phases=set()),
    "assigned": IssueFilter(assignee="lee@partner.example"),
    "assigned to nobody known": IssueFilter(assignee="Lee@partner.example"),
    "followed": IssueFilter(follower="ben"),
    "assigned and followed": IssueFilter(assignee="ann", follower="ben", phases=NOT_CLOSED),
    "group": IssueFilter(groups=frozenset({"emea", "nowhere"})),
    "no group": IssueFilter(groups=frozenset()),
}


class Lists(StoreSuite):
    """Scopes and filters, each with all the others."""

    @pytest.fixture
    def some(self, save: Save) -> list[Issue]:
        """Return the nine issues of ``nine_issues``, saved."""
        return nine_issues(save)

    @pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
    def test_lists_and_counts_are_bounded_by_scope_and_filter(self, some: list[Issue], ask: Ask, scope: Scope) -> None:
        """A page has, and a count counts, exactly the issues that the scope sees and the filter passes, each once."""
        for condition, order in product(FILTERS.values(), Order):
            expected = {
                issue.id
                for issue in some
                if scope.sees_issue(issue)
                and (condition.phases is None or issue.phase in condition.phases)
                and (condition.assignee is None or issue.assignee == condition.assignee)
                and (condition.follower is None or condition.follower in issue.followers)
                and (condition.groups is None or issue.response.group in condition.groups)
            }
            found = [line.id for page in turned(ask, scope, condition, order, 2) for line in page]
            assert len(found) == len(set(found)), f"an issue stands in the list twice: {found}"
            assert set(found) == expected, (condition, order)
            for at_most in (None, 1, 3, 100):
                count = ask("count_issues", scope, condition, at_most)
                most = len(expected) if at_most is None else min(len(expected), at_most)
                assert count == most, f"count_issues with at_most={at_most}, where the list has {len(expected)}"

    def test_a_scope_may_have_very_many_groups(self, some: list[Issue], ask: Ask) -> None:
        """Somebody who sees a thousand groups has lists and counts as somebody who sees two."""
        scope = Scope(groups=frozenset({"emea", "field", *(f"group-{number}" for number in range(1000))}), person="ben")
        expected = {issue.id for issue in some if scope.sees_issue(issue)}
        query = IssueQuery(scope=scope, filter=IssueFilter(), order=Order.NEWEST, limit=100)
        assert {line.id for line in ask("issues", query)} == expected
        responses = ask("responses", ResponseQuery(scope=scope, filter=ResponseFilter(), limit=100))
        assert len(responses) == len(expected), "responses that are seen"
        assert ask("count_issues", scope, IssueFilter(), None) == len(expected), "issues that are counted"

    def test_a_change_moves_an_issue_between_lists(self, save: Save, ask: Ask) -> None:
        """Whose own an issue is, and where it sorts, follows each change at once."""
        first = opening(
            sample_response(), assignee="ann", followers=("ben",), people=("zoe@host.example",), alerted=("éva",)
        )
        save(first)
        other = sample_response("r-2", group="field", received_at=NOON)
        new = RecordChange(record=attrs.evolve(record_of(other), issue=first.issue.id))
        steps: list[tuple[tuple[type[Event], dict[str, Any]], tuple[RecordChange, ...]]] = [
            ((Reassigned, {"assignee": "lee@partner.example"}), ()),
            ((Unfollowed, {"follower": "ben"}), ()),
            ((ReplacementRecorded, {"response": other, "revision": 1, "needs_recovery": True}), (new,)),
            ((NoteAdded, {"note": note()}), ()),
        ]  # fmt: skip
        issue = first.issue
        parties = ("ann", "ben", "zoe@host.example", "lee@partner.example")
        scopes = [Scope(person=who) for who in parties] + [Scope(groups=frozenset({one})) for one in ("emea", "field")]
        for (kind, facts), records in steps:
            write = then(issue, event_after(issue, kind, **facts), records=records)
            save(write)
            issue = write.issue
            for scope in scopes:
                expected = [line_of(issue)] if scope.sees_issue(issue) else []
                query = IssueQuery(scope=scope, filter=IssueFilter(), order=Order.MOST_URGENT, limit=5)
                assert list(ask("issues", query)) == expected
                count = ask("count_issues", scope, IssueFilter(), None)
                assert count == len(expected), f"issues that {scope} counts after a {kind.__name__}"
                asked = ResponseQuery(scope=scope, filter=ResponseFilter(with_replaced=True), limit=5)
                found = ask("responses", asked)
                assert {line.id for line in found} == ({one.id for one in issue.responses} if expected else set())
                assert all(line.notes == issue.notes and line.issue == line_of(issue) for line in found)

    def test_a_response_without_issue_is_seen_by_group_and_people(self, save: Save, ask: Ask) -> None:
        """Its group's people and its hierarchy see it; whoever merely shares an address with nobody does not."""
        record = record_of(sample_response(group="emea"), people=("ann", "lee@partner.example"))
        save(stored(record.response, people=record.people))
        for scope, is_seen in [
            (ACCOUNT_WIDE, True),
            (Scope(groups=frozenset({"emea"})), True),
            (Scope(groups=frozenset({"field"}), person="ben"), False),
            (Scope(person="ann"), True),
            (Scope(person="lee@partner.example"), True),
            (Scope(), False),
        ]:
            query = ResponseQuery(scope=scope, filter=ResponseFilter(), limit=5)
            assert [line.record for line in ask("responses", query)] == [record] * is_seen

    @pytest.mark.parametrize(
        ("facts", "condition"),
        [
            ({"email": "JANE@Customer.example"}, {"email": "jane@customer.EXAMPLE"}),
            ({"email": "STRAẞE@x.example"}, {"email": "straße@X.example"}),
            ({"company": "ABC "}, {"company": "ABC "}),
        ],
        ids=["case", "sharp s", "trailing space"],
    )
    def test_a_contact_is_found(self, save: Save, ask: Ask, facts: dict[str, Any], condition: dict[str, Any]) -> None:
        """A contact is found by email address whatever its case, and by company exactly."""
        save(
            opening(sample_response(contact=Contact(**facts))),
            opening(sample_response("r-2", contact=Contact(name="Other"))),
        )
        query = IssueQuery(scope=ACCOUNT_WIDE, filter=IssueFilter(**condition), order=Order.NEWEST, limit=5)
        assert [line.response.id for line in ask("issues", query)] == ["r-1"]
        asked = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(**condition), limit=5)
        assert [line.id for line in ask("responses", asked)] == ["r-1"]

    def test_what_was_replaced_is_listed_only_when_asked_for(self, save: Save, ask: Ask) -> None:
        """A responses table leaves out those in whose place another stands, unless the filter wants them too."""
        record = record_of(sample_response())
        save(stored(record.response), Write(records=(replaced(record, "r-2"),)), stored(sample_response("r-2", 9)))
        for with_replaced, expected in ((False, ["r-2"]), (True, ["r-2", "r-1"])):
            condition = ResponseFilter(with_replaced=with_replaced)
            query = ResponseQuery(scope=ACCOUNT_WIDE, filter=condition, limit=5)
            assert [line.id for line in ask("responses", query)] == expected

    @pytest.mark.parametrize("letter", list(RecoveryFilter))
    def test_recovery_filters_ask_for_notes_and_words_spoken(
        self, save: Save, ask: Ask, letter: RecoveryFilter
    ) -> None:
        """Each letter of requirement D3 admits what it says, of issues and of responses, and only one hides notes."""
        facts = {"fine": (False, ()), "new": (True, ()), "voicemail": (True, (False,)), "rang": (False, (False, True))}
        for name, (needs_recovery, spoken) in facts.items():
            write = opening(sample_response(name), name, needs_recovery=needs_recovery)
            save(write)
            for spoke in spoken:
                write = then(write.issue, event_after(write.issue, NoteAdded, note=note(spoke=spoke)))
                save(write)
        expected = {
            name
            for name, (needs_recovery, spoken) in facts.items()
            if letter.admits(needs_recovery=needs_recovery, note_count=len(spoken), has_spoken=any(spoken))
        }
        query = IssueQuery(scope=ACCOUNT_WIDE, filter=IssueFilter(recovery=letter), order=Order.NEWEST, limit=9)
        assert {line.id for line in ask("issues", query)} == expected
        count = ask("count_issues", ACCOUNT_WIDE, query.filter, None)
        assert count == len(expected), f"issues that are counted under {letter!r}"
        asked = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(recovery=letter), limit=9)
        found = {line.id: len(line.notes) for line in ask("responses", asked)}
        assert found == {name: len(facts[name][1]) if letter.shows_notes else 0 for name in expected}

    def test_a_score_beyond_every_scale_may_be_asked_for(self, some: list[Issue], ask: Ask) -> None:
        """A bound that no float holds is greater than every score, as any number that is."""
        bounds = [
            IssueFilter(score_max=10**400),
            IssueFilter(score_min=-(10**400)),
            IssueFilter(score_min=10**400),
        ]
        counts = [ask("count_issues", ACCOUNT_WIDE, condition, None) for condition in bounds]
        assert counts == [len(some), len(some), 0], "issues at most, at least and again at least at such a score"
