"""Whose each episode of an issue was: the response that it was about, and who had it (requirements B10, D6).

What happened in an episode stands in ``model.issue``, and how its limits ran in ``decisions.rounds``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resolutionkit.model.events import Event
from resolutionkit.model.history import apply
from resolutionkit.model.issue import Issue


class Worked(NamedTuple):
    """Whose an episode is: as it was when the episode was closed, or is now while it is not.

    Attributes:
        response: The id of the response that it was about.
        assignee: Who had it, or None.
    """

    response: str
    assignee: str | None


def worked(history: Sequence[Event]) -> tuple[Issue, list[Worked]]:
    """Return an issue, and whose each of its episodes is; what comes after a closing changes none of them (law L10).

    Args:
        history: The whole history of one issue, which has an event at least.
    """
    issue = apply(None, history[0])
    found, is_settled = {issue.episode: _as_it_is(issue)}, not issue.is_open
    for event in history[1:]:
        before, issue = issue.episode, apply(issue, event)
        if issue.episode != before:
            is_settled = False
        if not is_settled:
            found[issue.episode] = _as_it_is(issue)
            is_settled = not issue.is_open
    return issue, [found[number] for number in range(1, issue.episode + 1)]


def _as_it_is(issue: Issue) -> Worked:
    return Worked(issue.response.id, issue.assignee)
