"""Counting what became of many responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from resolutionkit.model.results import Outcome, Recorded, RecordedMany, Rejection
from resolutionkit.tracker.bulk import RecordedOrRefused


class Tally:
    """Adds up the results of batches."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._counts: Counter[Outcome] = Counter()
        self._rejected: list[Rejection] = []
        self._opened = self._backfilled = 0
        self.read: int = 0

    def add(self, ids: Sequence[str | None], results: Sequence[RecordedOrRefused]) -> None:
        """Add what became of a batch."""
        for response_id, result in zip(ids, results, strict=True):
            if isinstance(result, Recorded):
                self.count(result)
            else:
                self._rejected.append(Rejection(index=self.read, response_id=response_id, error=result))
            self.read += 1

    def count(self, recorded: Recorded) -> None:
        """Add one response that was taken in."""
        self._counts[recorded.outcome] += 1
        if recorded.outcome is Outcome.OPENED and recorded.issue is not None:
            self._opened += 1
            self._backfilled += recorded.issue.backfilled

    def result(self) -> RecordedMany:
        """Return the sums."""
        return RecordedMany(
            counts={outcome: self._counts[outcome] for outcome in Outcome},
            rejected=tuple(self._rejected),
            issues_opened=self._opened,
            issues_backfilled=self._backfilled,
        )
