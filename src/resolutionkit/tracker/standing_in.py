"""Standing in for a lead who is not there: whoever is told in their place may follow the links of what they are told.

That is for the responses of the group, and by those links; a desk shows them nothing more (requirements C4, C6, D2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from resolutionkit.decisions.alerting import hearers_of
from resolutionkit.model.alerts import Digest
from resolutionkit.model.query import Scope
from resolutionkit.ports import Directory, UnitOfWork
from resolutionkit.tracker.digests import people_of


def heard_by(who: str, groups: Iterable[str], directory: Directory) -> frozenset[str]:
    """Return those of some groups whose daily alerts somebody gets now, in the place of their lead perhaps."""
    codes = frozenset(groups)
    people = people_of(directory, codes)
    return frozenset(code for code in codes if any(one == who for one, _ in hearers_of(code, people)))


def scope_with(scope: Scope, groups: Iterable[str | None], directory: Directory) -> Scope:
    """Return how far somebody sees who follows a link, with those of the groups whose daily alerts they get now.

    Args:
        scope: How far they see at their desk.
        groups: The codes of the groups that the link is about.
        directory: Who is there.
    """
    codes = {one for one in groups if one is not None} - scope.groups
    if scope.everything or scope.person is None or not codes:
        return scope
    return Scope(groups=scope.groups | heard_by(scope.person, codes, directory), person=scope.person)


def digest_of(unit: UnitOfWork, who: str | None, start: datetime, end: datetime) -> Digest | None:
    """Return what somebody was told of a window by a daily alert; None where it was nothing, or nothing is kept."""
    ask: Callable[[str, datetime], Digest | None] | None = getattr(unit, "digest", None)
    found = None if ask is None or who is None else ask(who, end)
    return found if found is not None and found.start == start else None
