"""A bare ``transitions`` machine for each issue: it changes state, and does nothing else.

Each issue is a model with a machine of its own, of the standard workflow's six statuses and the two moves that a
lifecycle takes. The triggers that ``transitions`` would make for every pair of states are switched off: a leaner
machine is the harder rival. No note, no event, no message, no rule; and a case is let go once it is resolved, since
thousands of machines that are kept cost the collector of garbage more than all their moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from transitions import Machine

from benchmarks.lifecycles import Lifecycles
from resolutionkit import Status

_STATES = [str(status) for status in Status]
_MOVES = [
    {"trigger": "begin", "source": "needs_attention", "dest": "in_progress"},
    {"trigger": "resolve", "source": "in_progress", "dest": "resolved"},
]


class _Case:
    """The model: what the machine puts its state on."""


class TransitionsMachine(Lifecycles):
    """A machine for each issue, and two moves."""

    name = "a bare transitions machine per issue"
    package: ClassVar[str | None] = "transitions"
    leaves: ClassVar[Mapping[str, int]] = {"resolved": 1}

    def __init__(self, folder: Path) -> None:
        """Begin with no case."""
        self._resolved = 0

    def lifecycle(self, number: int) -> None:
        """Make a model with its machine, and move it twice."""
        case = _Case()
        Machine(case, states=_STATES, transitions=_MOVES, initial="needs_attention", auto_transitions=False)
        case.begin()
        case.resolve()
        self._resolved += case.state == "resolved"

    def left(self) -> Mapping[str, int]:
        """Count the cases that came to their end."""
        return {"resolved": self._resolved}
