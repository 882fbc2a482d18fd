"""The notes dialog at a desk: find a response, save a note on it, go on to the next (requirement D4)."""

from __future__ import annotations

from datetime import date as day
from datetime import datetime

from resolutionkit.errors import InvalidCommand, InvalidValue
from resolutionkit.model.events import Cause, CauseKind
from resolutionkit.model.fornotes import ForNotes, NotesSaved, NotesSearch
from resolutionkit.model.query import Scope
from resolutionkit.model.values import id_code
from resolutionkit.ports import UnitOfWork
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.fornotes import STAY, Finder, Words, save, step_of
from resolutionkit.tracker.pipeline import Way
from resolutionkit.tracker.runner import Runner

RESPONSE_ID = "a response's id, as text, such as found.next"


class NotesDesk:
    """What a person does response by response, of a group's day or a report."""

    _runner: Runner
    person_id: str

    def find_for_notes(
        self,
        *,
        group: str | None = None,
        date: day | None = None,
        ticket: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        recipient: str | None = None,
        at: str | None = None,
    ) -> ForNotes:
        """Find a response to write a note on, by exactly two of group, date and ticket, or by a report (D4).

        With a ticket it is that response, whatever its score, and there are no others beside it; of several surveys'
        the one received last. With group and date, and with a report, it is one of those that need recovery, in the
        order in which they were received, with the one before and after it.

        Args:
            group: The code of the response's group.
            date: The day on which it was received, in the account's zone.
            ticket: The ticket that it is about.
            start: The first instant of a report's window, aware.
            end: The first instant after it, aware.
            recipient: The id of whose report it is; None for the person's own. What the person does not see is not in
                it.
            at: The id of the one that is meant; None for the first.

        Raises:
            InvalidFilter: It is another combination.
            ResponseNotFound: There is none within the person's access.
            ResponseReplaced: Another response stands in the place of what is meant; the error names it.
            ResponseMoved: What is meant is in another group by now; the error names it.
        """
        search = NotesSearch(group=group, date=date, ticket=ticket, start=start, end=end, recipient=recipient)
        meant = None if at is None else id_code(at, "at", InvalidValue, RESPONSE_ID)
        return self._runner.store.transact(
            self._runner.account, lambda unit: self._finder(unit, search).find(meant), write=False
        )

    def save_for_notes(
        self,
        found: ForNotes,
        note: str | None = None,
        *,
        spoke: bool = False,
        happened_at: datetime | None = None,
        author: str | None = None,
        key: str | None = None,
        go: str = STAY,
    ) -> NotesSaved:
        """Save a note on a response that was found, and stay there or go on (requirement D4).

        An empty note is not saved, and is no error. A note on a response that is no issue makes it one, as flagging
        it by hand does, since notes are an issue's (requirement A7).

        Args:
            found: What :meth:`find_for_notes` answered, or this method.
            note: What was done or said; None or blank for nothing.
            spoke: Whether the customer was spoken to.
            happened_at: When the contact took place.
            author: The name to sign the note with; None for the person's own.
            key: A key under which the note is saved once.
            go: Where to be after that: ``"stay"``, ``"previous"`` or ``"next"``; where there is none, one stays.

        Raises:
            InvalidCommand: An argument is not acceptable.
            ResponseReplaced: Another response stands in its place since it was found; nothing was saved.
            ResponseMoved: It came to another group since; nothing was saved.
            ResponseNotFound: The person does not see it any more; nothing was saved.
        """
        if not isinstance(found, ForNotes):
            raise InvalidCommand("found", type(found).__name__, "what find_for_notes answered")
        step = step_of(go)
        said = Words(note=note, spoke=spoke, happened_at=happened_at, author=author, key=key)
        way = Way(
            cause=Cause(CauseKind.COMMAND, key),
            scope=self._scope(),
            check=lambda unit: self._finder(unit, found.search).check_as_found(found),
        )
        change = save(found, said, lambda command: self._runner.change(command, self.person_id, way))
        after = self._runner.store.transact(
            self._runner.account, lambda unit: self._finder(unit, found.search).beside(found, step), write=False
        )
        return NotesSaved(change=change, found=after)

    def _issues_found(self, search: NotesSearch) -> list[str]:
        def found(unit: UnitOfWork) -> list[str]:
            return self._finder(unit, search).issues()

        return self._runner.store.transact(self._runner.account, found, write=False)

    def _scope(self) -> Scope:
        return scope_of(self.person_id, self._runner.settings.directory)

    def _finder(self, unit: UnitOfWork, search: NotesSearch) -> Finder:
        settings, scope = self._runner.settings, self._scope()
        person = settings.directory.person(self.person_id)
        author = self.person_id if person is None else person.display_name
        return Finder(unit=unit, scope=scope, settings=settings, search=search, author=author)
