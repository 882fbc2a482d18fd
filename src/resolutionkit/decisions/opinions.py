"""What others may say to a decision: whether a response needs recovery, and whom its issue goes to. Plugins do."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from resolutionkit.model.response import Response
from resolutionkit.model.results import Classification


def _no_recovery_opinion(_judged: Classification, /) -> bool | None:
    return None


def _no_assignee(_response: Response, /) -> str | None:
    return None


@frozen(kw_only=True)
class Opinions:
    """Who is asked.

    Attributes:
        needs_recovery: Says whether a response needs recovery whatever its score says, or None for no opinion.
        assignee: Gives the id of the person whom a response's new issue goes to, or None for no opinion.
    """

    needs_recovery: Callable[[Classification], bool | None] = _no_recovery_opinion
    assignee: Callable[[Response], str | None] = _no_assignee


NO_OPINIONS = Opinions()
"""Nobody is asked."""
