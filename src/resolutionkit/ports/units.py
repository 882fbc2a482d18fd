"""One transaction on one account: its questions, its ways to write, and what some units can do beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from resolutionkit.errors import StorageError
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue, IssueLine
from resolutionkit.model.messages import Message
from resolutionkit.model.query import (
    IssueFilter,
    IssueQuery,
    ResponseLine,
    ResponseQuery,
    Scope,
)
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.model.writes import Remembered, Rewrite, Write


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
        """Return the whole history of an issue in order, empty where there is none.

        A merge in it has the history of the other issue, as far as it counts. What was merged into another issue has
        a history of its own still.
        """

    def issues(self, query: IssueQuery, /) -> Sequence[IssueLine]:
        """Return one page of issues within the scope, in the query's order, each at most once.

        Issues that were merged into others are in no list, and are not counted.
        """

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
