"""What can be read, by a person's desk and by the account-wide tracker alike; the reader bounds it all (D2)."""

from __future__ import annotations

from datetime import date, datetime

from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue, IssueLine
from resolutionkit.model.query import IssueFilter, Order, Page, RecoveryFilter, ResponseFilter, ResponseLine
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.results import LegalMove
from resolutionkit.policy.deadline import Deadline
from resolutionkit.reports.performance import Performance
from resolutionkit.reports.performance_lines import PerformanceBy
from resolutionkit.tracker.inbox import PAGE
from resolutionkit.tracker.reading import Reader, response_filter


class Views:
    """The reading half of a face. What lies outside the access of whoever asks is not found."""

    def __init__(self, reader: Reader) -> None:
        """Read through a reader."""
        self._reader = reader

    def issues(
        self,
        condition: IssueFilter | None = None,
        /,
        *,
        order: Order | str = Order.NEWEST,
        limit: int = PAGE,
        after: str | None = None,
    ) -> Page[IssueLine]:
        """Return a page of the issues that pass a filter.

        Args:
            condition: The filter; None for all.
            order: Newest first, or most urgent first.
            limit: At most how many, 1 to 1,000.
            after: The cursor of the page before, or None for the first page.

        Raises:
            InvalidFilter: The filter, order or limit does not exist.
            InvalidCursor: The cursor is damaged, or belongs to another person, filter or order.
        """
        return self._reader.issues(condition or IssueFilter(), order, limit, after)

    def issue(self, issue_id: str) -> Issue:
        """Return an issue.

        Raises:
            IssueNotFound: There is none within the person's access.
        """
        return self._reader.issue(issue_id)

    def history(self, issue_id: str) -> tuple[Event, ...]:
        """Return everything that ever happened to an issue, in order.

        Raises:
            IssueNotFound: There is none within the person's access.
        """
        return self._reader.history(issue_id)

    def as_of(self, issue_id: str, instant: datetime) -> Issue:
        """Return an issue as it was at an instant, the events of that very instant included.

        Args:
            issue_id: The issue.
            instant: The instant, aware.

        Raises:
            IssueNotFound: There was none then within the person's access.
            InvalidCommand: The instant is naive.
        """
        return self._reader.as_of(issue_id, instant)

    def moves(self, issue_id: str) -> tuple[LegalMove, ...]:
        """Return what can be done to an issue's status now, with demands and advice.

        Raises:
            IssueNotFound: There is none within the person's access.
        """
        return self._reader.moves(issue_id)

    def targets(self, issue_id: str) -> tuple[Deadline, ...]:
        """Return how each target stands on an issue now: due when, met when, how late, and why (requirement D7).

        They come episode by episode, in the order of :class:`~resolutionkit.TargetKind`; a backfilled issue has none.

        Raises:
            IssueNotFound: There is none within the person's access.
        """
        return self._reader.targets(issue_id)

    def responses(
        self,
        condition: ResponseFilter | RecoveryFilter | str | None = None,
        /,
        *,
        limit: int = PAGE,
        after: str | None = None,
    ) -> Page[ResponseLine]:
        """Return a page of responses with their notes, latest received first (requirements D3, D5).

        Args:
            condition: A filter, a recovery filter or its letter; None for all.
            limit: At most how many, 1 to 1,000.
            after: The cursor of the page before, or None for the first page.

        Raises:
            InvalidFilter: The filter or limit does not exist.
            InvalidCursor: The cursor is damaged, or belongs to another person or filter.
        """
        return self._reader.responses(response_filter(condition), limit, after)

    def response(self, response_id: str) -> ResponseRecord:
        """Return a response with what was decided about it.

        Raises:
            ResponseNotFound: There is none within the person's access.
        """
        return self._reader.response(response_id)

    def performance(
        self,
        by: PerformanceBy | str = PerformanceBy.GROUP,
        *,
        start: date | datetime | None = None,
        end: date | datetime | None = None,
        with_backfilled: bool = True,
    ) -> Performance:
        """Return who was recovered and how quickly, by group or by person, as it stands now (requirement D6).

        It is counted from what is stored, of what the person may see, each time that it is asked for.

        Args:
            by: By ``"group"`` or by ``"person"``, the assignee.
            start: Responses received from then on: a date for the beginning of that day in the account's zone, or an
                aware instant; None for all that came before as well.
            end: Responses received before then: a date for the end of that day, so that it counts whole, or an aware
                instant; None for all that came after as well.
            with_backfilled: Whether issues that were opened from old data count (requirement A11).

        Raises:
            InvalidFilter: There is no such grouping, or nothing lies between start and end.
        """
        return self._reader.performance(by, start, end, with_backfilled)
