"""Store rule: a string is exactly its code points; those that look alike are different (law L7)."""

from __future__ import annotations

import attrs
import pytest

from resolutionkit.model.events import NoteAdded
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter, IssueQuery, Order, Scope
from resolutionkit.testing.awkward import AWKWARD_CODES, AWKWARD_TEXTS
from resolutionkit.testing.changes import event_after, note, opening, remembered, stored, then
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite

FAMILIES: dict[str, tuple[str, ...]] = {
    "case": ("emea", "EMEA", "Emea"),
    "composed and decomposed": ("é", "e\u0301"),
    "sharp s": ("straße", "strasse", "STRASSE"),
    "patterns": ("a%b", "a_b", "axb", "a\\b"),
    "nothing and its name": ("None", "null", "0"),
    "width": ("1", "\uff11", "\u00b9"),
}
"""Strings that a database, a collation or a normal form may take for one another."""


class Strings(StoreSuite):
    """What databases do to strings when nobody looks."""

    @pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
    def test_ids_that_look_alike_are_different(self, save: Save, ask: Ask, family: tuple[str, ...]) -> None:
        """As ids of responses and issues, as tickets, surveys, keys, people and groups."""
        for one in family:
            first = opening(
                sample_response(one, survey=one, ticket=one, group=one), f"issue {one}", assignee=one, people=(one,)
            )
            save(attrs.evolve(first, remembered=remembered(first.issue, one, actor=one)))
        for one in family:
            assert ask("response", one).response.id == one
            assert ask("standing", one, one).id == one
            assert [event.response.id for event in ask("history", f"issue {one}")] == [one]
            assert ask("remembered", one, one).issue == f"issue {one}"
            conditions = [IssueFilter(survey=one), IssueFilter(groups=frozenset({one})), IssueFilter(assignee=one)]
            scopes = [Scope(person=one), Scope(groups=frozenset({one}))]
            asked = [(ACCOUNT_WIDE, condition) for condition in conditions]
            for scope, condition in [*asked, *((scope, IssueFilter()) for scope in scopes)]:
                query = IssueQuery(scope=scope, filter=condition, order=Order.NEWEST, limit=9)
                found = [line.id for line in ask("issues", query)]
                assert found == [f"issue {one}"], (scope, condition)

    def test_texts_come_back_to_the_last_blank(self, save: Save, ask: Ask) -> None:
        """Blanks at either end, control characters and every plane of Unicode, in comments and in notes."""
        for number, text in enumerate(AWKWARD_TEXTS):
            first = opening(sample_response(f"r-{number}", comment=text), f"issue-{number}")
            save(first, then(first.issue, event_after(first.issue, NoteAdded, note=note(f"{text} ."))))
        for number, text in enumerate(AWKWARD_TEXTS):
            opened, noted = ask("history", f"issue-{number}")
            assert opened.response.comment == text
            assert noted.note.text == f"{text} ."

    def test_a_standing_response_is_found_by_its_exact_ticket(self, save: Save, ask: Ask) -> None:
        """No survey counts as one of its own, and differs from every survey's name."""
        save(*(stored(sample_response(one, survey=None, ticket=one)) for one in AWKWARD_CODES))
        save(*(stored(sample_response(f"{number} with survey", survey="None", ticket=one))
               for number, one in enumerate(AWKWARD_CODES)))  # fmt: skip
        for number, one in enumerate(AWKWARD_CODES):
            assert ask("standing", None, one).id == one
            assert ask("standing", "None", one).id == f"{number} with survey"
            assert ask("standing", "none", one) is None
