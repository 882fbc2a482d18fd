"""One note or one status for many issues at once (requirement B12); each issue stands alone, or all together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from resolutionkit.errors import InvalidCommand, ResolutionKitError, StorageError
from resolutionkit.model.commands import AddNote, Command, SetStatus
from resolutionkit.model.fornotes import NotesSearch
from resolutionkit.model.query import PAGE_LIMIT, IssueFilter
from resolutionkit.model.results import Change, ChangeOrRefusal
from resolutionkit.model.values import names
from resolutionkit.tracker.views import Views

Which: TypeAlias = IssueFilter | NotesSearch | Iterable[str]
"""Which issues are meant: those that pass a filter, those of the responses that a search finds, or these."""


class ManyAtOnce(Views, ABC):
    """The commands on many issues, on top of those on one."""

    @abstractmethod
    def _do(self, command: Command) -> Change:
        """Carry out one command."""

    @abstractmethod
    def _issues_found(self, search: NotesSearch) -> list[str]:
        """Return the ids of the issues of the responses that a search finds."""

    @abstractmethod
    def _do_together(self, commands: Sequence[Command]) -> list[Change]:
        """Carry out commands in one transaction."""

    def add_note_to_all(
        self,
        which: Which,
        note: str,
        *,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        atomic: bool = False,
    ) -> tuple[ChangeOrRefusal, ...]:
        """Add one note to many issues (requirement B12).

        Args:
            which: A filter, or the ids of the issues, or a search whose responses they belong to: those of a report,
                of a group's day, or of a ticket.
            note: What was done or said.
            spoke: Whether the customers were spoken to.
            happened_at: When the contacts took place.
            author: The name to sign the notes with.
            atomic: True to do all or nothing: the first refusal is raised, and nothing is done.

        Returns:
            What happened to each issue, or why nothing did.
        """

        def command(issue_id: str) -> Command:
            return AddNote(issue=issue_id, note=note, spoke=spoke, happened_at=happened_at, author=author)

        return self._do_all(which, command, atomic=atomic)

    def set_status_of_all(
        self,
        which: Which,
        status: str,
        *,
        note: str | None = None,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        reason: str | None = None,
        reason_kind: str | None = None,
        atomic: bool = False,
    ) -> tuple[ChangeOrRefusal, ...]:
        """Move many issues to one status, with one note (requirement B12).

        The arguments are those of :meth:`set_status` and :meth:`add_note_to_all`.

        Returns:
            What happened to each issue, or why nothing did.
        """

        def command(issue_id: str) -> Command:
            return SetStatus(
                issue=issue_id,
                status=status,
                note=note,
                spoke=spoke,
                happened_at=happened_at,
                author=author,
                reason=reason,
                reason_kind=reason_kind,
            )

        return self._do_all(which, command, atomic=atomic)

    def _do_all(self, which: Which, command: Callable[[str], Command], *, atomic: bool) -> tuple[ChangeOrRefusal, ...]:
        ids = list(self._ids(which))
        if atomic:
            done = self._do_together([command(issue_id) for issue_id in ids])
            return tuple(
                ChangeOrRefusal(issue_id=issue_id, change=change) for issue_id, change in zip(ids, done, strict=True)
            )
        return tuple(self._done_or_refused(issue_id, command) for issue_id in ids)

    def _done_or_refused(self, issue_id: str, command: Callable[[str], Command]) -> ChangeOrRefusal:
        try:
            return ChangeOrRefusal(issue_id=issue_id, change=self._do(command(issue_id)))
        except StorageError:
            raise
        except ResolutionKitError as refusal:
            return ChangeOrRefusal(issue_id=issue_id, error=refusal)

    def _ids(self, which: Which) -> Iterable[str]:
        if isinstance(which, NotesSearch):
            yield from self._issues_found(which)
            return
        if not isinstance(which, IssueFilter):
            yield from dict.fromkeys(names(which, "which", InvalidCommand))
            return
        after = None
        while True:
            page = self.issues(which, limit=PAGE_LIMIT, after=after)
            yield from (line.id for line in page)
            if page.next is None:
                return
            after = page.next
