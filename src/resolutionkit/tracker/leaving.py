"""People who leave: who has left open issues behind, and handing all of them over (requirement B6)."""

from __future__ import annotations

from collections import Counter

from attrs import frozen

from resolutionkit.errors import ResolutionKitError, StorageError
from resolutionkit.model.commands import HandOver
from resolutionkit.model.events import Cause, CauseKind
from resolutionkit.model.people import SYSTEM, is_address
from resolutionkit.model.query import ACCOUNT_WIDE, NOT_CLOSED, PAGE_LIMIT, IssueFilter
from resolutionkit.model.results import ChangeOrRefusal
from resolutionkit.ports import Directory
from resolutionkit.tracker.access import party_of
from resolutionkit.tracker.intake import Intake
from resolutionkit.tracker.pipeline import Way
from resolutionkit.tracker.views import Views


@frozen(kw_only=True)
class Leaver:
    """Somebody who is not there any more and has open issues still.

    Attributes:
        person: The id under which the issues are assigned.
        name: What they are called; the id where the directory does not know them any more.
        issues: How many open issues are theirs.
    """

    person: str
    name: str
    issues: int


def held_by(party: str) -> IssueFilter:
    """Return the filter for the open issues of somebody."""
    return IssueFilter(assignee=party, phases=NOT_CLOSED)


def leavers_in(views: Views, directory: Directory) -> tuple[Leaver, ...]:
    """Return everybody who is not there any more and has open issues among those that can be seen.

    Args:
        views: Whoever looks.
        directory: Who is there.
    """
    held: Counter[str] = Counter()
    after = None
    while True:
        page = views.issues(IssueFilter(phases=NOT_CLOSED), limit=PAGE_LIMIT, after=after)
        held.update(line.assignee for line in page if line.assignee is not None)
        if page.next is None:
            break
        after = page.next
    gone = {who: name for who in held if (name := _gone(who, directory)) is not None}
    found = (Leaver(person=who, name=name, issues=held[who]) for who, name in gone.items())
    return tuple(sorted(found, key=lambda one: (-one.issues, one.person)))


class Leaving(Intake):
    """What a tracker does for those who leave."""

    def leavers(self) -> tuple[Leaver, ...]:
        """Return everybody who is inactive or gone from the directory and has open issues, the most issues first.

        All open issues of the account are looked through. A bare address has no entry in the directory to lose, and is
        never among them.
        """
        return leavers_in(self, self._runner.settings.directory)

    def hand_over(
        self, person: str, *, to: str | None = None, note: str | None = None, author: str | None = None
    ) -> tuple[ChangeOrRefusal, ...]:
        """Give all open issues of somebody to somebody else, wherever they are: the host's own act (requirement B6).

        Each is a reassignment by itself: whoever gets it is told of each, and what cannot be done of one keeps no other
        from being done. Given again, it does what is left.

        Args:
            person: Whose issues: an id or email address, active or not, or gone from the directory.
            to: Who gets them: an id or email address; None to have each routed as if it opened now, without the person.
            note: Why; required unless the policy relaxes it.
            author: The name to sign the notes with; None for the name of the group's lead.

        Returns:
            What happened to each issue, newest first, or why nothing did; nothing where there are none.
        """
        leaver = party_of(person, self._runner.settings.directory) or person
        ids: list[str] = []
        after = None
        while True:
            page = self.issues(held_by(leaver), limit=PAGE_LIMIT, after=after)
            ids += [line.id for line in page]
            if page.next is None:
                break
            after = page.next
        return tuple(
            self._handed_over(HandOver(issue=one, leaver=leaver, to=to, note=note, author=author)) for one in ids
        )

    def _handed_over(self, command: HandOver) -> ChangeOrRefusal:
        way = Way(cause=Cause(CauseKind.COMMAND), scope=ACCOUNT_WIDE, check=lambda _unit: None)
        try:
            return ChangeOrRefusal(issue_id=command.issue, change=self._runner.change(command, SYSTEM, way))
        except StorageError:
            raise
        except ResolutionKitError as refusal:
            return ChangeOrRefusal(issue_id=command.issue, error=refusal)


def _gone(who: str, directory: Directory) -> str | None:
    """Return what somebody is called who is not there any more, or None for everybody else."""
    person = directory.person(who)
    if person is None:
        return None if is_address(who) else who
    return None if person.active else person.display_name
