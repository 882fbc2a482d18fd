"""What resolutionkit asks of the outside: a store, a directory, notifiers, a clock. For authors of plugins.

A port says what a thing does, in which order and with which errors; nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar, runtime_checkable

from resolutionkit.errors import StorageError
from resolutionkit.model.erasure import parties_in, renamed
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue, IssueLine, line_of
from resolutionkit.model.messages import Message
from resolutionkit.model.notes import NO_NOTES
from resolutionkit.model.notices import Notice
from resolutionkit.model.people import Group, Person
from resolutionkit.model.query import (
    IssueFilter,
    IssueQuery,
    ResponseLine,
    ResponseQuery,
    Scope,
    newest_key,
    response_key,
    urgency_key,
)
from resolutionkit.model.response import HeadChange, RecordChange, Response, ResponseRecord
from resolutionkit.model.writes import Remembered, Rewrite, Write

__all__ = [
    "NO_NOTES",
    "AsyncCanJoin",
    "AsyncDirectory",
    "AsyncStore",
    "CanJoin",
    "Clock",
    "Directory",
    "ErasesPeople",
    "Foresees",
    "HeadChange",
    "IssueQuery",
    "KeepsIssues",
    "Notice",
    "Notifier",
    "RecordChange",
    "Remembered",
    "ResponseQuery",
    "Rewrite",
    "Scope",
    "Store",
    "UnitOfWork",
    "Write",
    "WriteConflict",
    "line_of",
    "newest_key",
    "parties_in",
    "renamed",
    "response_key",
    "urgency_key",
]

T = TypeVar("T")

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present instant, aware of its time zone."""


class Directory(Protocol):
    """Who works here, as the host knows it. Asked while a command is loaded, before anything is written.

    A command asks for each person and group that it may concern, within its transaction, and again where the
    transaction has to be repeated: answers should come quickly, from a cache where the source is slow. Every method
    may be asked for what does not exist, and answers with None or nothing then.
    """

    def person(self, person_id: str, /) -> Person | None:
        """Return the person with this id, active or not."""

    def people_by_email(self, email: str, /) -> Sequence[Person]:
        """Return the people with this email address, whatever its case."""

    def people_by_name(self, name: str, /) -> Sequence[Person]:
        """Return the people with exactly this name."""

    def group(self, group_code: str, /) -> Group | None:
        """Return the group with this code."""

    def groups_of(self, person_id: str, /) -> Sequence[str]:
        """Return the codes of the groups that a person leads or is also alerted for."""

    def leader(self) -> Person | None:
        """Return the highest in command, or None where nobody was named."""


class AsyncDirectory(Protocol):
    """A :class:`Directory` whose answers are awaited, for an async tracker: the same six methods.

    It is asked within the transaction as well, which goes on meanwhile, on a connection that nobody else can have.
    """

    async def person(self, person_id: str, /) -> Person | None:
        """Return the person with this id, active or not."""

    async def people_by_email(self, email: str, /) -> Sequence[Person]:
        """Return the people with this email address, whatever its case."""

    async def people_by_name(self, name: str, /) -> Sequence[Person]:
        """Return the people with exactly this name."""

    async def group(self, group_code: str, /) -> Group | None:
        """Return the group with this code."""

    async def groups_of(self, person_id: str, /) -> Sequence[str]:
        """Return the codes of the groups that a person leads or is also alerted for."""

    async def leader(self) -> Person | None:
        """Return the highest in command, or None where nobody was named."""


class WriteConflict(StorageError):
    """What was about to be written no longer fits what is stored: the work has to be run again.

    A store does so by itself, in transactions of its own. In a transaction of the host's only the host can.
    """

    http_status = 409


class UnitOfWork(Protocol):
    """Nine questions and two ways to write, within one transaction on one account. It knows no rule.

    What ``save`` wrote is seen by later questions of the same unit of work, and by others once it has ended.
    """

    def response(self, response_id: str, /) -> ResponseRecord | None:
        """Return the record of a response."""

    def standing(self, survey: str | None, ticket: str, /) -> ResponseRecord | None:
        """Return the response that stands for a survey (None counts as one) and a ticket."""

    def history(self, issue_id: str, /) -> tuple[Event, ...]:
        """Return the whole history of an issue in order, empty where there is none."""

    def issues(self, query: IssueQuery, /) -> Sequence[IssueLine]:
        """Return one page of issues within the scope, in the query's order, each at most once."""

    def count_issues(self, scope: Scope, condition: IssueFilter, at_most: int | None, /) -> int:
        """Return how many issues are within the scope and pass, never more than ``at_most``; None counts all."""

    def responses(self, query: ResponseQuery, /) -> Sequence[ResponseLine]:
        """Return one page of responses within the scope: latest received first, then by id, greatest first."""

    def messages(self, issue_id: str, /) -> Sequence[Message]:
        """Return the outbox's messages about an issue, in the order of their ids, which is that of time."""

    def remembered(self, actor: str, key: str, /) -> Remembered | None:
        """Return what somebody did under a key."""

    def secret(self) -> bytes | None:
        """Return the account's secret, or None where there is none yet."""

    def make_secret(self) -> bytes:
        """Return the account's secret of 32 random bytes, made now where there is none yet."""

    def save(self, writes: Sequence[Write], /) -> None:
        """Save changes, in order.

        Raises:
            WriteConflict: A new id exists already, or a record, head or issue is not what it was before.
        """


class KeepsIssues(Protocol):
    """An optional ability of a unit of work: it has issues as they are now, so that no history needs folding."""

    def issue(self, issue_id: str, /) -> Issue | None:
        """Return the issue that its whole history folds to (law L1), or None where there is none."""


class Foresees(Protocol):
    """An optional ability of a unit of work: told which responses will be asked for, it finds all at once."""

    def foresee(self, responses: Sequence[Response], /) -> None:
        """Be told that each of these will be asked for by its id, and by its survey and ticket where it has one.

        What is answered afterwards is the same as without it.
        """


class ErasesPeople(Protocol):
    """An optional ability of a unit of work: what people wrote and are called can be found, and taken out (F7).

    Without it, ``erase`` and ``export_person`` say that the store cannot.
    """

    def revisions(self, response_id: str, /) -> Sequence[Response]:
        """Return every revision of a response, in order; empty where there is none."""

    def responses_holding(self, address: str, after: str, limit: int, /) -> Sequence[str]:
        """Return the ids of responses that hold an address in any revision, in whatever case.

        More may be given than hold it, but none may be missing: the caller looks again. They are ordered, and each
        is greater than ``after``.
        """

    def issues_holding(self, address: str, after: str, limit: int, /) -> Sequence[str]:
        """Return the ids of issues that hold an address in any words, or have an event of which it is the actor.

        As for responses, more may be given than do.
        """

    def responses_before(
        self, instant: datetime, after: tuple[int | str, ...] | None, limit: int, /
    ) -> Sequence[ResponseRecord]:
        """Return responses that were received before an instant and never erased, in the order of ``response_key``.

        Args:
            instant: The instant.
            after: The ``response_key`` of the last one of the page before, or None.
            limit: At most how many.
        """

    def spellings(self, address: str, /) -> Sequence[str]:
        """Return every party that is this address in whatever case, in order, as it is kept."""

    def rename(self, names: Mapping[str, str], /) -> None:
        """Give parties other names, in every place that names them: responses, issues, events, messages, keys."""

    def rewrite(self, rewrite: Rewrite, /) -> None:
        """Put words in the place of others, so that none of the old ones is left, in any revision or row.

        A contact that is no longer there is not found by email address or company either.

        Raises:
            WriteConflict: The record or the issue is not what it was before.
        """


class Store(Protocol):
    """A storage backend. All backends give the same answers, in the same order (law L7).

    Strings are ordered by their code points, instants by microseconds.
    """

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in one transaction and return what it returns.

        The transaction is committed when the work returns and rolled back when it raises. Work that meets a
        :class:`WriteConflict`, a deadlock or its kin is run again as a whole, so it must have no other effects.

        Args:
            account: The account; its data is all that the work can see.
            work: What to do.
            write: Whether the work may save; without it nothing is locked.

        Raises:
            StorageError: The database failed; nothing was written.
        """

    def close(self) -> None:
        """Let go of every connection; using the store afterwards is an error."""


class AsyncStore(Protocol):
    """A :class:`Store` that is awaited, of one event loop. It gives the same answers and keeps the same promises.

    A task that is cancelled within :meth:`transact` leaves a whole transaction or none, and no connection in use.
    """

    async def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in one transaction and return what it returns; see :meth:`Store.transact`.

        The work is not async, and neither is the unit of work: run it with :func:`resolutionkit.bridge.run`, so that
        the unit's questions, and a directory's, can wait for what is.

        Args:
            account: The account; its data is all that the work can see.
            work: What to do.
            write: Whether the work may save; without it nothing is locked.

        Raises:
            StorageError: The database failed; nothing was written.
        """

    async def aclose(self) -> None:
        """Let go of every connection; using the store afterwards is an error."""


@runtime_checkable
class CanJoin(Protocol):
    """An optional ability of a store: it works in a transaction that the host begins and ends (requirement F2)."""

    def joined(self, connection: object, /) -> AbstractContextManager[Store]:
        """Return a context whose store works in the transaction of a host's connection.

        The store begins, commits, rolls back and sets nothing. Work that is refused has written nothing, and a
        conflict that comes once something was written is the host's to repeat. Within the work of one call there is
        one :meth:`UnitOfWork.save`. After the block the store refuses use.

        Args:
            connection: The host's connection, with a transaction under way.

        Raises:
            InvalidValue: It cannot be joined; the error says what to pass instead.
        """


@runtime_checkable
class AsyncCanJoin(Protocol):
    """The same ability of an async store: :class:`CanJoin`, for a host's transaction that is awaited."""

    def joined(self, connection: object, /) -> AbstractAsyncContextManager[AsyncStore]:
        """Return a context whose store works in the transaction of a host's async connection.

        Args:
            connection: The host's connection, with a transaction under way.

        Raises:
            InvalidValue: It cannot be joined; the error says what to pass instead.
        """


@runtime_checkable
class Notifier(Protocol):
    """A channel that tells people: email, chat, a log.

    A notifier may be called again with the same ``message.id`` after a crash, and should then let the receiver
    recognise the repetition. Whatever it raises means that the message was not delivered.
    """

    name: str
    """The channel's name, as preferences and the ledger use it."""

    def notify(self, notice: Notice, /) -> None:
        """Tell one person one thing."""
