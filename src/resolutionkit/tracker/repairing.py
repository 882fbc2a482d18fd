"""What a tracker does about quarantine by itself: listing it, and letting out what the directory knows by now (A6)."""

from __future__ import annotations

from collections.abc import Iterator

from resolutionkit.decisions.quarantine import quarantine_of
from resolutionkit.errors import InvalidCommand
from resolutionkit.model.commands import Repair
from resolutionkit.model.conflicts import ResponseReplaced
from resolutionkit.model.events import Cause, CauseKind
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.query import ACCOUNT_WIDE, PAGE_LIMIT, Page, ResponseLine
from resolutionkit.model.response import Response
from resolutionkit.tracker.inbox import PAGE
from resolutionkit.tracker.intake import Intake
from resolutionkit.tracker.pipeline import Way
from resolutionkit.tracker.placements import QUARANTINED
from resolutionkit.tracker.snapshot import snapshot

_BY_ITSELF = Way(cause=Cause(CauseKind.TIMER, "repair_known"), scope=ACCOUNT_WIDE, check=lambda _unit: None)


class Repairing(Intake):
    """What a tracker does about quarantine."""

    def quarantined(self, *, limit: int = PAGE, after: str | None = None) -> Page[ResponseLine]:
        """Return a page of the responses that wait for repair, latest received first (requirement A6).

        ``line.record.quarantined_for`` says why. An administrator puts them right at the desk.

        Args:
            limit: At most how many, 1 to 1,000.
            after: The cursor of the page before, or None for the first page.

        Raises:
            InvalidFilter: The limit is none.
            InvalidCursor: The cursor is damaged, or belongs to another question.
        """
        return self.responses(QUARANTINED, limit=limit, after=after)

    def repair_known(self) -> int:
        """Put right what is in quarantine and whose codes the directory knows by now (requirement A6).

        Call it when groups or segments were added, or from time to time: it is safe late, twice, and by many at once.
        Each response is put right in a transaction of its own, with what follows as for ``desk.repair``.

        Returns:
            How many responses were put right.
        """
        return sum(map(self._is_repaired, self._known()))

    def _known(self) -> Iterator[str]:
        after = None
        while True:
            page = self.quarantined(limit=PAGE_LIMIT, after=after)
            yield from [line.id for line in page if self._is_right(line.record.response)]
            after = page.next
            if after is None:
                return

    def _is_right(self, response: Response) -> bool:
        settings = self._runner.settings
        people = settings.directory
        if not isinstance(people, StaticDirectory):
            people = snapshot(people, (), [response.group], [response.segment])
        return not quarantine_of(response, settings.policy, people)

    def _is_repaired(self, response_id: str) -> bool:
        try:
            self._runner.place_all([Repair(response=response_id)], way=_BY_ITSELF)
        except (InvalidCommand, ResponseReplaced):
            return False  # somebody else was quicker, or the customer was
        return True
