"""A person's desk: what one person sees and does. Every method is bounded by that person's access (D2).

An issue outside it is :class:`~resolutionkit.errors.IssueNotFound`, exactly like one that never was; an unknown or
inactive person meets :class:`~resolutionkit.errors.AccessDenied` at the first use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from resolutionkit.model.commands import (
    AddNote,
    Assign,
    Command,
    Escalate,
    Flag,
    Follow,
    Reopen,
    SetStatus,
    Unfollow,
)
from resolutionkit.model.issue import RootCause
from resolutionkit.model.results import Change, ResponseChange
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.climbing import Climbing
from resolutionkit.tracker.inbox import Inbox
from resolutionkit.tracker.noting import NotesDesk
from resolutionkit.tracker.own_preferences import OwnPreferences
from resolutionkit.tracker.placements import Placements
from resolutionkit.tracker.placing import OnResponse, check_administrator
from resolutionkit.tracker.reporting import DeskReports
from resolutionkit.tracker.runner import Runner
from resolutionkit.tracker.uniting import Uniting


class Desk(DeskReports, Placements, Climbing, NotesDesk, OwnPreferences, Uniting):
    """What one person sees and does; made by ``tracker.as_user``.

    Commands that take a note also take ``spoke`` (whether the customer was spoken to), ``happened_at`` (when the
    contact took place; aware, not before the response nor in the future; None for now) and ``author`` (the name to
    sign with; None for the person's own). ``key`` makes a command happen once however often it is given;
    ``expected_version`` is the version that the person saw: something newer that conflicts is refused.
    """

    def __init__(self, runner: Runner, person_id: str) -> None:
        """Sit down a person at the account's desk; access is resolved on use."""
        super().__init__(runner.reader(person_id))
        self._runner = runner
        self.person_id = person_id

    def __repr__(self) -> str:
        """Show whose desk it is."""
        return f"<Desk of {self.person_id!r} in account {self._runner.account!r}>"

    def _do(self, command: Command) -> Change:
        return self._runner.change(command, self.person_id)

    def _do_together(self, commands: Sequence[Command]) -> list[Change]:
        return self._runner.change_all(commands, self.person_id)

    def _place(self, commands: Sequence[OnResponse]) -> list[ResponseChange]:
        return self._runner.place_all(commands, self.person_id)

    def _check_administrator(self) -> None:
        directory = self._runner.settings.directory
        scope_of(self.person_id, directory)  # unknown or inactive people meet their own refusal
        check_administrator(self.person_id, directory)

    def inbox(self) -> Inbox:
        """Return the person's issues in their five sections."""
        return Inbox(self._reader)

    def set_status(
        self,
        issue_id: str,
        status: str,
        *,
        note: str | None = None,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        reason: str | None = None,
        reason_kind: str | None = None,
        root_cause: RootCause | None = None,
        expected_version: int | None = None,
        key: str | None = None,
    ) -> Change:
        """Move an issue to a status; the same status again only keeps the note.

        Args:
            issue_id: The issue.
            status: The key of the status.
            note: What was done or said; required unless the policy relaxes it.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with.
            reason: Why leadership has to step in; required for the escalated status, refused for others.
            reason_kind: One of the policy's kinds of reason.
            root_cause: Why it came to this, when closing; its category is one of the policy's.
            expected_version: The version that the person saw.
            key: A key under which the command happens once.

        Raises:
            MoveRefused: The workflow has no such move; the error says what is allowed.
            NoteRequired: The note is missing or blank.
            ReasonRequired: The reason is missing or blank.
            StaleIssue: Somebody else changed the status since.
            InvalidCommand: An argument is not acceptable.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(
            SetStatus(
                issue=issue_id,
                status=status,
                note=note,
                spoke=spoke,
                happened_at=happened_at,
                author=author,
                reason=reason,
                reason_kind=reason_kind,
                root_cause=root_cause,
                expected_version=expected_version,
                key=key,
            )
        )

    def add_note(
        self,
        issue_id: str,
        note: str,
        *,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        key: str | None = None,
    ) -> Change:
        """Add a note to an issue's log; it conflicts with nothing.

        Args:
            issue_id: The issue.
            note: What was done or said.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with.
            key: A key under which the command happens once.

        Raises:
            NoteRequired: The note is blank.
            InvalidCommand: An argument is not acceptable.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(
            AddNote(issue=issue_id, note=note, spoke=spoke, happened_at=happened_at, author=author, key=key)
        )

    def assign(
        self,
        issue_id: str,
        assignee: str,
        *,
        note: str | None = None,
        follow: bool = False,
        followers: Iterable[str] = (),
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        expected_version: int | None = None,
        key: str | None = None,
    ) -> Change:
        """Give an issue to a person, or to a bare email address.

        Args:
            issue_id: The issue.
            assignee: A person's id, else a person's email address, else any email address.
            note: Why; required unless the policy relaxes it.
            follow: Whether the person who assigns follows the issue on.
            followers: Others who follow it from now on.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with.
            expected_version: The version that the person saw.
            key: A key under which the command happens once.

        Raises:
            PersonNotFound: Somebody is unknown or inactive.
            NoteRequired: The note is missing or blank.
            StaleIssue: Somebody else reassigned it since.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(
            Assign(
                issue=issue_id,
                assignee=assignee,
                note=note,
                follow=follow,
                followers=followers,
                spoke=spoke,
                happened_at=happened_at,
                author=author,
                expected_version=expected_version,
                key=key,
            )
        )

    def follow(self, issue_id: str, who: str | None = None, *, key: str | None = None) -> Change:
        """Let the person, or somebody else, hear of an issue's changes.

        Args:
            issue_id: The issue.
            who: Who follows it: a person's id or email address, or any email address; None for the person.
            key: A key under which the command happens once.

        Raises:
            PersonNotFound: ``who`` is unknown or inactive.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(Follow(issue=issue_id, who=who, key=key))

    def unfollow(self, issue_id: str, who: str | None = None, *, key: str | None = None) -> Change:
        """Let the person, or somebody else, hear of an issue's changes no longer.

        Args:
            issue_id: The issue.
            who: Who no longer does: a person's id or email address, or a bare address; None for the person.
            key: A key under which the command happens once.

        Raises:
            PersonNotFound: ``who`` is unknown and does not follow it.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(Unfollow(issue=issue_id, who=who, key=key))

    def escalate(
        self,
        issue_id: str,
        *,
        reason: str,
        note: str | None = None,
        reason_kind: str | None = None,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        expected_version: int | None = None,
        key: str | None = None,
    ) -> Change:
        """Call for the highest in command; an escalated issue is escalated again, and leadership told again.

        Args:
            issue_id: The issue.
            reason: Why leadership has to step in.
            note: What was done or said; required where the status changes, unless the policy relaxes it.
            reason_kind: One of the policy's kinds of reason.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with.
            expected_version: The version that the person saw.
            key: A key under which the command happens once.

        Raises:
            ReasonRequired: The reason is blank.
            NoteRequired: The note is missing or blank.
            MoveRefused: The workflow has no such status, or no move leads there.
            StaleIssue: Somebody else changed the status since.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(
            Escalate(
                issue=issue_id,
                reason=reason,
                note=note,
                reason_kind=reason_kind,
                spoke=spoke,
                happened_at=happened_at,
                author=author,
                expected_version=expected_version,
                key=key,
            )
        )

    def reopen(
        self,
        issue_id: str,
        *,
        note: str | None = None,
        status: str | None = None,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        expected_version: int | None = None,
        key: str | None = None,
    ) -> Change:
        """Take a closed issue up again, in a new episode; the assignee stays.

        Args:
            issue_id: The issue.
            note: Why; required unless the policy relaxes it.
            status: Where to; None for the initial status, or the workflow's first where that is not among them.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with.
            expected_version: The version that the person saw.
            key: A key under which the command happens once.

        Raises:
            MoveRefused: The issue is not closed, or the workflow does not reopen to that status.
            NoteRequired: The note is missing or blank.
            StaleIssue: Somebody else changed the status since.
            IssueNotFound: There is no such issue within the person's access.
        """
        return self._do(
            Reopen(
                issue=issue_id,
                note=note,
                status=status,
                spoke=spoke,
                happened_at=happened_at,
                author=author,
                expected_version=expected_version,
                key=key,
            )
        )

    def flag(
        self,
        response_id: str,
        *,
        note: str,
        status: str | None = None,
        assignee: str | None = None,
        followers: Iterable[str] = (),
        reason: str | None = None,
        reason_kind: str | None = None,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        key: str | None = None,
    ) -> Change:
        """Make a response an issue by hand, whatever its score.

        Args:
            response_id: The response.
            note: Why; always required.
            status: The status to open it in; None for the initial one.
            assignee: Who works it; None for whom intake would have chosen.
            followers: Who follows it.
            reason: Why leadership has to step in, where it opens escalated.
            reason_kind: One of the policy's kinds of reason.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with.
            key: A key under which the command happens once.

        Raises:
            ResponseHasIssue: The response is an issue already; the error names it.
            ResponseReplaced: Another response stands in its place.
            ResponseNotFound: There is no such response within the person's access.
            NoteRequired: The note is blank.
            PersonNotFound: Somebody is unknown or inactive.
            MoveRefused: The status cannot be reached from the initial one.
        """
        return self._do(
            Flag(
                response=response_id,
                note=note,
                status=status,
                assignee=assignee,
                followers=followers,
                reason=reason,
                reason_kind=reason_kind,
                spoke=spoke,
                happened_at=happened_at,
                author=author,
                key=key,
            )
        )
