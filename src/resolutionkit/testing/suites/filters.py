"""Store rule: a filter admits what it asks for and not its nearest neighbour, in lists and in counts alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from resolutionkit.model.issue import Phase
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter, IssueQuery, Order, ResponseFilter, ResponseQuery
from resolutionkit.model.response import Contact
from resolutionkit.testing.changes import opening
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite

Facts = dict[str, Any]

_INSTANT = timedelta(microseconds=1)
_EDGE = NOON + timedelta(microseconds=999_999)

OF_RESPONSES: dict[str, tuple[Facts, Facts, Facts]] = {
    "survey": ({"survey": "a"}, {"survey": "A"}, {"survey": "a"}),
    "segment": ({"segment": "a"}, {"segment": "A"}, {"segment": "a"}),
    "ticket": ({"ticket": "T-1"}, {"ticket": "t-1"}, {"ticket": "T-1"}),
    "company": ({"contact": Contact(company="Acme")}, {"contact": Contact(company="ACME")}, {"company": "Acme"}),
    "email": ({"contact": Contact(email="A@x.example")}, {"contact": Contact(email="b@x.example")},
              {"email": "a@X.example"}),
    "received from": ({"received_at": _EDGE}, {"received_at": _EDGE - _INSTANT}, {"received_from": _EDGE}),
    "received before": ({"received_at": _EDGE - _INSTANT}, {"received_at": _EDGE}, {"received_before": _EDGE}),
    "the last of many groups": ({"group": "zz"}, {"group": "zy"},
                                {"groups": {"zz", *(f"g-{number}" for number in range(1000))}}),
}  # fmt: skip
"""Facts of a response that passes, those of one that barely does not, and what is asked for."""
OF_ISSUES: dict[str, tuple[Facts, Facts, Facts]] = {
    "least score": ({"score": 4.5}, {"score": 4.25}, {"score_min": 4.5}),
    "highest score": ({"score": 4.25}, {"score": 4.5}, {"score_max": 4.25}),
}
"""The same, for what only issues can be asked for."""
OF_THE_ISSUE_ITSELF: dict[str, tuple[Facts, Facts, Facts]] = {
    "status": ({"status": "in_progress", "phase": Phase.ACTIVE}, {"status": "In_Progress", "phase": Phase.ACTIVE},
               {"statuses": {"in_progress"}}),
    "follower": ({"followers": ("ann",)}, {"followers": ("Ann",)}, {"follower": "ann"}),
    "backfilled": ({"backfilled": True}, {"backfilled": False}, {"backfilled": True}),
    "not backfilled": ({"backfilled": False}, {"backfilled": True}, {"backfilled": False}),
    "needing recovery": ({"needs_recovery": True}, {"needs_recovery": False}, {"needs_recovery": True}),
    "not needing it": ({"needs_recovery": False}, {"needs_recovery": True}, {"needs_recovery": False}),
    "the last of many statuses": ({"status": "zz"}, {"status": "zy"},
                                  {"statuses": {"zz", *(f"s-{number}" for number in range(1000))}}),
}  # fmt: skip
"""The same, by facts of the issue rather than of its response."""


class Filters(StoreSuite):
    """Case, the edges of spans, and how many values a filter may name."""

    @pytest.mark.parametrize("name", [*OF_RESPONSES, *OF_ISSUES])
    def test_a_filter_tells_neighbours_apart(self, save: Save, ask: Ask, name: str) -> None:
        """In both orders of a list, in the count, and among responses where they can be asked so."""
        inside, outside, asked = (OF_RESPONSES | OF_ISSUES)[name]
        save(*(opening(sample_response(one, **facts), one) for one, facts in (("in", inside), ("out", outside))))
        assert found(ask, asked) == [["in"], ["in"], 1], f"newest, most urgent and count under {asked}"
        if name in OF_RESPONSES:
            query = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(**asked), limit=9)
            assert [line.id for line in ask("responses", query)] == ["in"]

    @pytest.mark.parametrize("name", OF_THE_ISSUE_ITSELF)
    def test_a_filter_tells_neighbouring_issues_apart(self, save: Save, ask: Ask, name: str) -> None:
        """The same for statuses, followers and marks."""
        inside, outside, asked = OF_THE_ISSUE_ITSELF[name]
        save(*(opening(sample_response(one), one, **facts) for one, facts in (("in", inside), ("out", outside))))
        assert found(ask, asked) == [["in"], ["in"], 1], f"newest, most urgent and count under {asked}"

    @pytest.mark.parametrize("field", ["groups", "statuses", "phases"])
    def test_none_of_anything_is_not_all_of_it(self, save: Save, ask: Ask, field: str) -> None:
        """An empty set of groups, statuses or phases admits nothing."""
        save(opening(sample_response()))
        assert found(ask, {field: set()}) == [[], [], 0]
        if field == "groups":
            query = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(groups=frozenset()), limit=9)
            assert list(ask("responses", query)) == []


def found(ask: Ask, asked: Facts) -> list[object]:
    """Return the ids of the issues that pass, in both orders, and how many the store counts."""
    condition = IssueFilter(**asked)
    queries = [IssueQuery(scope=ACCOUNT_WIDE, filter=condition, order=order, limit=9) for order in Order]
    return [
        *([line.id for line in ask("issues", query)] for query in queries),
        ask("count_issues", ACCOUNT_WIDE, condition, None),
    ]
