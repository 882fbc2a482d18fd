"""A person's desk and inbox, awaited; see the sync ones, which do the work."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.aio.placements import AsyncPlacements
from resolutionkit.tracker.aio.reporting import AsyncDeskReports
from resolutionkit.tracker.aio.views import AsyncViews
from resolutionkit.tracker.desk import Desk
from resolutionkit.tracker.inbox import Inbox


class AsyncDesk(AsyncDeskReports, AsyncPlacements, AsyncViews):
    """What one person sees and does; made by ``tracker.as_user``. Everything but ``inbox`` is awaited.

    Commands that take a note also take ``spoke`` (whether the customer was spoken to), ``happened_at`` (when the
    contact took place; aware, not before the response nor in the future; None for now) and ``author`` (the name to
    sign with; None for the person's own). ``key`` makes a command happen once however often it is given;
    ``expected_version`` is the version that the person saw: something newer that conflicts is refused.
    """

    def __init__(self, sync: Desk) -> None:
        """Await what a sync desk does."""
        self._sync = sync
        self.person_id: str = sync.person_id

    def __repr__(self) -> str:
        """Show whose desk it is."""
        return f"<Async{repr(self._sync)[1:]}"

    def inbox(self) -> AsyncInbox:
        """Return the person's issues in their five sections."""
        return AsyncInbox(self._sync.inbox())

    @awaited(Desk.preferences)
    def preferences(self) -> None:
        """Return what the person wants to be told of; who has said nothing wants what is usual (requirement C3)."""

    @awaited(Desk.set_preferences)
    def set_preferences(self) -> None:
        """Keep what the person wants to be told of, in the place of what they wanted before."""

    @awaited(Desk.set_status)
    def set_status(self) -> None:
        """Move an issue to a status; the same status again only keeps the note."""

    @awaited(Desk.add_note)
    def add_note(self) -> None:
        """Add a note to an issue's log; it conflicts with nothing."""

    @awaited(Desk.assign)
    def assign(self) -> None:
        """Give an issue to a person, or to a bare email address."""

    @awaited(Desk.follow)
    def follow(self) -> None:
        """Let the person, or somebody else, hear of an issue's changes."""

    @awaited(Desk.unfollow)
    def unfollow(self) -> None:
        """Let the person, or somebody else, hear of an issue's changes no longer."""

    @awaited(Desk.escalate)
    def escalate(self) -> None:
        """Call for the highest in command; an escalated issue is escalated again, and leadership told again."""

    @awaited(Desk.reopen)
    def reopen(self) -> None:
        """Take a closed issue up again, in a new episode; the assignee stays."""

    @awaited(Desk.raise_level)
    def raise_level(self) -> None:
        """Raise an issue to a level of the escalation matrix, whatever its limits; status and assignee stay (B9)."""

    @awaited(Desk.answer_check)
    def answer_check(self) -> None:
        """Say whether the customer of a closed issue is satisfied; where not, it is reopened (requirement B16)."""

    @awaited(Desk.flag)
    def flag(self) -> None:
        """Make a response an issue by hand, whatever its score."""

    @awaited(Desk.merge)
    def merge(self) -> None:
        """Make one issue of two open ones of the same customer; for administrators (requirement B15)."""

    @awaited(Desk.leavers)
    def leavers(self) -> None:
        """Return everybody who is not there any more and has open issues within one's access, the most issues first."""

    @awaited(Desk.hand_over)
    def hand_over(self) -> None:
        """Give all open issues of somebody to somebody else, of those within one's access (requirement B6)."""

    @awaited(Desk.add_note_to_all)
    def add_note_to_all(self) -> None:
        """Add one note to many issues (requirement B12)."""

    @awaited(Desk.set_status_of_all)
    def set_status_of_all(self) -> None:
        """Move many issues to one status, with one note (requirement B12)."""

    @awaited(Desk.find_for_notes)
    def find_for_notes(self) -> None:
        """Find a response to write a note on, by exactly two of group, date and ticket, or by a report (D4)."""

    @awaited(Desk.save_for_notes)
    def save_for_notes(self) -> None:
        """Save a note on a response that was found, and stay there or go on (requirement D4)."""


class AsyncInbox:
    """One person's issues. Every section takes ``limit`` (1 to 1,000), ``after`` (a cursor) and ``order``.

    An issue that does not change while somebody turns the pages is seen exactly once.
    """

    def __init__(self, sync: Inbox) -> None:
        """Await what a sync inbox does."""
        self._sync = sync

    def __repr__(self) -> str:
        """Show whose inbox it is; reads nothing."""
        return f"<Async{repr(self._sync)[1:]}"

    @awaited(Inbox.flagged)
    def flagged(self) -> None:
        """Return a page of the issues in the open phase that the person may see."""

    @awaited(Inbox.working)
    def working(self) -> None:
        """Return a page of the active issues assigned to the person."""

    @awaited(Inbox.followed)
    def followed(self) -> None:
        """Return a page of the issues that the person follows and that are not closed."""

    @awaited(Inbox.open)
    def open(self) -> None:
        """Return a page of all issues that are not closed and that the person may see."""

    @awaited(Inbox.closed)
    def closed(self) -> None:
        """Return a page of all closed issues that the person may see."""

    @awaited(Inbox.counts)
    def counts(self) -> None:
        """Return how many issues each section has, and how many are the person's own, all at one instant."""
