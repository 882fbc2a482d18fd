"""What somebody knew who gives a command: whether anything has happened since that conflicts with it (B13).

What conflicts with what is a table in ``decisions.concurrency``.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define, field

from resolutionkit.decisions.concurrency import check_not_stale
from resolutionkit.model.commands import Command
from resolutionkit.model.issue import Issue
from resolutionkit.ports import UnitOfWork


@define
class Attempts:
    """What the first run of a unit of work saw, for those after it: a later one must not decide on news unseen.

    Attributes:
        seen: The issues that it saw, and their versions, by the ids that were asked for.
    """

    seen: dict[str, tuple[str, int]] = field(factory=dict[str, tuple[str, int]])

    def versions(self, asked: str) -> Mapping[str, int]:
        """Return the version of the issue that an id led to at first, by that issue's id; nothing in the first run."""
        return dict([self.seen[asked]]) if asked in self.seen else {}


def check_versions(unit: UnitOfWork, command: Command, issue: Issue, known: Mapping[str, int]) -> None:
    """Refuse a command whose author has not seen what conflicts with it.

    Args:
        unit: The unit of work.
        command: The command.
        issue: The issue as it is now.
        known: The version that the author knew, by the id of the issue; or of one that was merged into it since.

    Raises:
        StaleIssue: Something in between conflicts.
    """
    for one, version in known.items():
        if (one, version) != (issue.id, issue.version):
            check_not_stale(command, issue, unit.history(one), version)
