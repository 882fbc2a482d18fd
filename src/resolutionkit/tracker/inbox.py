"""My Issues: one person's issues in five sections that overlap, and their counts (requirement D1)."""

from __future__ import annotations

from resolutionkit.errors import ResolutionKitError
from resolutionkit.model.issue import IssueLine, Phase
from resolutionkit.model.query import NOT_CLOSED, Counts, IssueFilter, Order, Page
from resolutionkit.tracker.reading import Reader

PAGE = 50
"""How many lines a page has unless somebody says otherwise."""


class Inbox:
    """One person's issues. Every section takes ``limit`` (1 to 1,000), ``after`` (a cursor) and ``order``.

    An issue that does not change while somebody turns the pages is seen exactly once.
    """

    def __init__(self, reader: Reader) -> None:
        """Open the inbox of the reader's person."""
        self._reader = reader

    def _section(self, condition: IssueFilter, order: Order | str, limit: int, after: str | None) -> Page[IssueLine]:
        return self._reader.issues(condition, order, limit, after)

    def flagged(
        self, *, limit: int = PAGE, after: str | None = None, order: Order | str = Order.NEWEST
    ) -> Page[IssueLine]:
        """Return a page of the issues in the open phase that the person may see."""
        return self._section(IssueFilter(phases={Phase.OPEN}), order, limit, after)

    def working(
        self, *, limit: int = PAGE, after: str | None = None, order: Order | str = Order.NEWEST
    ) -> Page[IssueLine]:
        """Return a page of the active issues assigned to the person."""
        return self._section(IssueFilter(phases={Phase.ACTIVE}, assignee=self._reader.actor), order, limit, after)

    def followed(
        self, *, limit: int = PAGE, after: str | None = None, order: Order | str = Order.NEWEST
    ) -> Page[IssueLine]:
        """Return a page of the issues that the person follows and that are not closed."""
        return self._section(IssueFilter(phases=NOT_CLOSED, follower=self._reader.actor), order, limit, after)

    def open(
        self, *, limit: int = PAGE, after: str | None = None, order: Order | str = Order.NEWEST
    ) -> Page[IssueLine]:
        """Return a page of all issues that are not closed and that the person may see."""
        return self._section(IssueFilter(phases=NOT_CLOSED), order, limit, after)

    def closed(
        self, *, limit: int = PAGE, after: str | None = None, order: Order | str = Order.NEWEST
    ) -> Page[IssueLine]:
        """Return a page of all closed issues that the person may see."""
        return self._section(IssueFilter(phases={Phase.CLOSED}), order, limit, after)

    def counts(self) -> Counts:
        """Return how many issues each section has, and how many are the person's own, all at one instant."""
        return self._reader.counts()

    def __repr__(self) -> str:
        """Show whose inbox it is; reads nothing."""
        return f"<Inbox of {self._reader.actor!r} in account {self._reader.account!r}>"

    def _repr_html_(self) -> str:
        """Read and show the inbox in a notebook; where it cannot be read, say why instead of raising."""
        from resolutionkit.tracker.inbox_view import TOP, inbox_view, unread_view

        name = f"Inbox of {self._reader.actor}"
        try:
            flagged, working = (part(limit=TOP, order=Order.MOST_URGENT) for part in (self.flagged, self.working))
            return inbox_view(name, self.counts(), flagged, working)
        except ResolutionKitError as problem:
            return unread_view(name, problem)
