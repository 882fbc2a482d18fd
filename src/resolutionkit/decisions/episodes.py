"""Whose each episode of an issue was: the response that it was about, and who had it (requirements B10, D6).

What happened in an episode stands in ``model.issue``, and how its limits ran in ``decisions.rounds``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from resolutionkit.model.events import (
    Event,
    IssueOpened,
    Reassigned,
    Reopened,
    ReplacementRecorded,
    StatusChanged,
)
from resolutionkit.model.issue import Phase


class Worked(NamedTuple):
    """Whose an episode is: as it was when the episode was closed, or is now while it is not.

    Attributes:
        response: The id of the response that it was about.
        assignee: Who had it, or None.
    """

    response: str
    assignee: str | None


def worked(history: Iterable[Event]) -> list[Worked]:
    """Return whose each episode is, in order; what comes after its closing changes none of them (law L10).

    Args:
        history: The whole history of one issue.
    """
    found: list[Worked] = []
    closed: Worked | None = None
    response, assignee = "", None
    for event in history:
        match event:
            case IssueOpened():
                response, assignee = event.response.id, event.assignee
                closed = Worked(response, assignee) if event.phase is Phase.CLOSED else None
            case Reassigned():
                assignee = event.assignee
            case ReplacementRecorded():
                response = event.response.id
            case StatusChanged() if event.phase is Phase.CLOSED and closed is None:
                closed = Worked(response, assignee)
            case Reopened():
                found.append(closed or Worked(response, assignee))
                closed = None
            case _:
                continue
    return [*found, closed or Worked(response, assignee)]
