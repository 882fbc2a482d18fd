"""What a desk does with whole issues: make one of two, and hand over those of somebody who leaves (B15, B6)."""

from __future__ import annotations

from abc import ABC
from datetime import datetime

from resolutionkit.model.commands import Command, HandOver, Merge
from resolutionkit.model.results import Change, ChangeOrRefusal
from resolutionkit.tracker.access import party_of
from resolutionkit.tracker.leaving import Leaver, held_by, leavers_in
from resolutionkit.tracker.many import ManyAtOnce


class Uniting(ManyAtOnce, ABC):
    """The commands that merge issues and hand them over, on top of those on one and on many."""

    def merge(
        self,
        issue_id: str,
        into: str,
        *,
        note: str | None = None,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        expected_version: int | None = None,
        expected_into_version: int | None = None,
        key: str | None = None,
    ) -> Change:
        """Make one issue of two open ones of the same customer; for administrators (requirement B15).

        The older one stays, whichever of the two is named first, with its status and assignee; notes, responses,
        followers and all others who see either are united, and its limits run on from the earliest opening. The id of
        the other one leads to it from then on.

        Args:
            issue_id: One of the issues.
            into: The other one.
            note: Why; not required.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with.
            expected_version: The version that the person saw of the first.
            expected_into_version: The version that the person saw of the other.
            key: A key under which the command happens once.

        Returns:
            The issue that stays, and the one event of it.

        Raises:
            AccessDenied: The person is no administrator.
            MergeRefused: They are one issue, one of them is closed, or they are of different customers.
            StaleIssue: Somebody else changed the status of one or reassigned it since, or merged it.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(
            Merge(
                issue=issue_id,
                into=into,
                note=note,
                spoke=spoke,
                happened_at=happened_at,
                author=author,
                expected_version=expected_version,
                expected_into_version=expected_into_version,
                key=key,
            )
        )

    def leavers(self) -> tuple[Leaver, ...]:
        """Return everybody who is not there any more and has open issues within one's access, the most issues first."""
        return leavers_in(self, self._reader.settings.directory)

    def hand_over(
        self, person: str, *, to: str | None = None, note: str | None = None, author: str | None = None
    ) -> tuple[ChangeOrRefusal, ...]:
        """Give all open issues of somebody to somebody else, of those within one's access (requirement B6).

        Each is a reassignment by itself: whoever gets it is told of each, and what cannot be done of one keeps no other
        from being done. Given again, it does what is left.

        Args:
            person: Whose issues: an id or email address, active or not, or gone from the directory.
            to: Who gets them: an id or email address; None to have each routed as if it opened now, without the person.
            note: Why; required unless the policy relaxes it.
            author: The name to sign the notes with.

        Returns:
            What happened to each issue, newest first, or why nothing did; nothing where there are none.
        """
        leaver = party_of(person, self._reader.settings.directory) or person

        def command(issue_id: str) -> Command:
            return HandOver(issue=issue_id, leaver=leaver, to=to, note=note, author=author)

        return self._do_all(held_by(leaver), command, atomic=False)
