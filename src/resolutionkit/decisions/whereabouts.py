"""Where a response is that somebody looks for in a group: its revisions know (requirements A8, D4). Pure."""

from __future__ import annotations

from collections.abc import Iterable

from resolutionkit.model.conflicts import ResponseMoved
from resolutionkit.model.response import Response


def past_groups(revisions: Iterable[Response]) -> frozenset[str]:
    """Return the codes of the groups that a response was in and is not in any more.

    Args:
        revisions: All of its revisions, in order.
    """
    groups = [one.group for one in revisions]
    return frozenset(group for group in groups if group is not None and group != groups[-1])


def check_not_moved(revisions: Iterable[Response], group: str) -> None:
    """Refuse to look for a response in a group that it has left.

    Args:
        revisions: All of its revisions, in order.
        group: The code of the group in which it is looked for.

    Raises:
        ResponseMoved: It was there once, and is in another group by now; the error says in which.
    """
    known = list(revisions)
    if group in past_groups(known):
        raise ResponseMoved(known[-1].id, group, known[-1].group)
