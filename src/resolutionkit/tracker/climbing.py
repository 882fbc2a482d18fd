"""What a person does about levels and checks: raising an issue by hand, and saying what came of it (B9, B16)."""

from __future__ import annotations

from datetime import datetime

from resolutionkit.model.commands import AnswerCheck, RaiseLevel
from resolutionkit.model.results import Change
from resolutionkit.tracker.many import ManyAtOnce


class Climbing(ManyAtOnce):
    """The commands of a desk on levels of the escalation matrix, and on the check after closing."""

    def raise_level(
        self,
        issue_id: str,
        level: str | int,
        *,
        reason: str,
        note: str | None = None,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        expected_version: int | None = None,
        key: str | None = None,
    ) -> Change:
        """Raise an issue to a level of the escalation matrix, whatever its limits; status and assignee stay (B9).

        Who answers for that level is told, and sees the issue from then on.

        Args:
            issue_id: The issue.
            level: The level's name, or its number counted from 0; any above the issue's own.
            reason: Why it cannot wait.
            note: What was done or said, or None.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with.
            expected_version: The version that the person saw.
            key: A key under which the command happens once.

        Raises:
            InvalidCommand: The issue is closed, or the policy has no such level above the issue's own.
            ReasonRequired: The reason is blank.
            StaleIssue: The issue rose since.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(
            RaiseLevel(
                issue=issue_id,
                level=level,
                reason=reason,
                note=note,
                spoke=spoke,
                happened_at=happened_at,
                author=author,
                expected_version=expected_version,
                key=key,
            )
        )

    def answer_check(
        self,
        issue_id: str,
        *,
        satisfied: bool,
        note: str | None = None,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        expected_version: int | None = None,
        key: str | None = None,
    ) -> Change:
        """Say whether the customer of a closed issue is satisfied; where not, it is reopened (requirement B16).

        It may be said before the policy's check asks for it, and then it does not ask.

        Args:
            issue_id: The issue, closed in a status that the policy checks.
            satisfied: Whether the customer is.
            note: What the customer said; required where they are not satisfied.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with.
            expected_version: The version that the person saw.
            key: A key under which the command happens once.

        Raises:
            InvalidCommand: The issue is not closed in such a status, or it was said already.
            NoteRequired: The customer is not satisfied, and the note is missing or blank.
            StaleIssue: The status changed since, or somebody else said it.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(
            AnswerCheck(
                issue=issue_id,
                satisfied=satisfied,
                note=note,
                spoke=spoke,
                happened_at=happened_at,
                author=author,
                expected_version=expected_version,
                key=key,
            )
        )
