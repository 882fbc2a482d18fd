"""An administrator's commands on responses: moving them, and putting right what is in quarantine (A6, A8)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence

from resolutionkit.errors import InvalidCommand, ResolutionKitError, StorageError
from resolutionkit.model.commands import Move, Repair
from resolutionkit.model.query import PAGE_LIMIT, Page, ResponseFilter, ResponseLine
from resolutionkit.model.results import ResponseChange, ResponseChangeOrRefusal
from resolutionkit.model.values import names
from resolutionkit.tracker.inbox import PAGE
from resolutionkit.tracker.placing import OnResponse
from resolutionkit.tracker.views import Views

QUARANTINED = ResponseFilter(quarantined=True)


class Placements(Views, ABC):
    """What administrators do with responses. Whoever is none meets ``AccessDenied``, whatever they name."""

    @abstractmethod
    def _place(self, commands: Sequence[OnResponse]) -> list[ResponseChange]:
        """Carry out commands on responses in one transaction."""

    @abstractmethod
    def _check_administrator(self) -> None:
        """Refuse whoever is no administrator."""

    def quarantined(self, *, limit: int = PAGE, after: str | None = None) -> Page[ResponseLine]:
        """Return a page of the responses that wait for repair, latest received first (requirement A6).

        ``line.record.quarantined_for`` says why.

        Args:
            limit: At most how many, 1 to 1,000.
            after: The cursor of the page before, or None for the first page.

        Raises:
            AccessDenied: The person is no administrator.
            InvalidFilter: The limit is none.
            InvalidCursor: The cursor is damaged, or belongs to another question.
        """
        self._check_administrator()
        return self.responses(QUARANTINED, limit=limit, after=after)

    def repair(
        self,
        response_id: str,
        *,
        group: str | None = None,
        segment: str | None = None,
        note: str | None = None,
        author: str | None = None,
        key: str | None = None,
    ) -> ResponseChange:
        """Put a response in quarantine right (requirement A6).

        Its issue goes to whom it would have gone, unless somebody else was given it meanwhile, and they are told. Its
        people are told as if it had always been right, where it is repaired before the alert of the day after it was
        received, or the policy alerts late repairs.

        Args:
            response_id: The response.
            group: The code of its group; None leaves the one that it has.
            segment: The code of its segment; None leaves the one that it has.
            note: Why, for the issue's note log.
            author: The name to sign the note with.
            key: A key under which the command happens once.

        Raises:
            AccessDenied: The person is no administrator.
            ResponseNotFound: There is no such response within the person's access.
            ResponseReplaced: Another response stands in its place.
            InvalidCommand: It is not in quarantine, or would stay there: a code is unknown, or missing.
        """
        command = Repair(response=response_id, group=group, segment=segment, note=note, author=author, key=key)
        return self._place([command])[0]

    def move(
        self,
        response_id: str,
        *,
        group: str,
        note: str | None = None,
        author: str | None = None,
        key: str | None = None,
    ) -> ResponseChange:
        """Move a response to another group, with its issue, its notes and its limits (requirement A8).

        The group's lead is told; whoever works the issue goes on. Who saw it by the old group alone sees it no more. A
        response in quarantine is put right by it.

        Args:
            response_id: The response.
            group: The code of the group.
            note: Why, for the issue's note log.
            author: The name to sign the note with.
            key: A key under which the command happens once.

        Raises:
            AccessDenied: The person is no administrator.
            ResponseNotFound: There is no such response within the person's access.
            ResponseReplaced: Another response stands in its place.
            InvalidCommand: The directory lists groups, and not this one; or the response would stay in quarantine.
        """
        command = Move(response=response_id, group=group, note=note, author=author, key=key)
        return self._place([command])[0]

    def move_all(
        self,
        which: ResponseFilter | Iterable[str],
        *,
        group: str,
        note: str | None = None,
        author: str | None = None,
        atomic: bool = False,
    ) -> tuple[ResponseChangeOrRefusal, ...]:
        """Move many responses to one group (requirements A8, B12); the arguments are those of :meth:`move`.

        Args:
            which: A filter, or the ids of the responses.
            group: The code of the group.
            note: Why, for the note log of each issue.
            author: The name to sign the notes with.
            atomic: True to do all or nothing: the first refusal is raised, and nothing is done.

        Returns:
            What happened to each response, or why nothing did.

        Raises:
            AccessDenied: The person is no administrator.
        """
        self._check_administrator()

        def command(response_id: str) -> Move:
            return Move(response=response_id, group=group, note=note, author=author)

        ids = list(self._response_ids(which))
        if atomic:
            done = self._place([command(one) for one in ids])
            pairs = zip(ids, done, strict=True)
            return tuple(ResponseChangeOrRefusal(response_id=one, change=change) for one, change in pairs)
        return tuple(self._placed_or_refused(one, command) for one in ids)

    def _placed_or_refused(self, response_id: str, command: Callable[[str], Move]) -> ResponseChangeOrRefusal:
        try:
            return ResponseChangeOrRefusal(response_id=response_id, change=self._place([command(response_id)])[0])
        except StorageError:
            raise
        except ResolutionKitError as refusal:
            return ResponseChangeOrRefusal(response_id=response_id, error=refusal)

    def _response_ids(self, which: ResponseFilter | Iterable[str]) -> Iterator[str]:
        if not isinstance(which, ResponseFilter):
            yield from dict.fromkeys(names(which, "which", InvalidCommand))
            return
        after = None
        while True:
            page = self.responses(which, limit=PAGE_LIMIT, after=after)
            yield from (line.id for line in page)
            if page.next is None:
                return
            after = page.next
