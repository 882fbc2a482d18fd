"""Where a response is that is looked for in a group, by its revisions (A8, D4)."""

from __future__ import annotations

import pytest

from resolutionkit import ResponseMoved
from resolutionkit.decisions.whereabouts import check_not_moved, past_groups
from support import response

REVISIONS = [response(group=group) for group in ("emea", None, "field", "apac", "field")]


def test_groups_that_were_left_are_known() -> None:
    """All of them, but for the one that it is in now; having had no group is nothing to have left."""
    assert past_groups(REVISIONS) == {"emea", "apac"}
    assert past_groups(REVISIONS[:1]) == frozenset()


def test_looking_in_a_group_that_was_left_says_where_it_is_now() -> None:
    """And not where it never was, or is."""
    for group in ("field", "elsewhere"):
        check_not_moved(REVISIONS, group)
    with pytest.raises(ResponseMoved) as refused:
        check_not_moved(REVISIONS, "emea")
    assert (refused.value.response_id, refused.value.group, refused.value.moved_to) == ("r-1", "emea", "field")
    with pytest.raises(ResponseMoved, match="no group"):
        check_not_moved(REVISIONS[:2], "emea")
