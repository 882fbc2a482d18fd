"""When a unit of work is run again, and after how long; whoever runs it waits in its own way."""

from __future__ import annotations

import random

from sqlalchemy.exc import SQLAlchemyError

from resolutionkit import logs
from resolutionkit.ports import WriteConflict
from resolutionkit.storage.sql.failures import is_worth_repeating, translated

ATTEMPTS = 12
"""How often a unit of work is run before its conflict is reported."""
PAUSE = 0.005
"""Seconds; twice as long at most after each further attempt, and by chance less."""
LONGEST_PAUSE = 0.5
"""Seconds; MariaDB's deadlocks on small tables come in series, and go soon."""


class Retries:
    """The attempts of one unit of work."""

    def __init__(self) -> None:
        self._failed = 0

    @property
    def are_due(self) -> bool:
        """Say whether an attempt failed: those after it lock what they decide on, and wait their turn for it."""
        return self._failed > 0

    def pause_after(self, problem: WriteConflict | SQLAlchemyError) -> float:
        """Return how many seconds to wait before the next attempt.

        Raises:
            StorageError: There is no next attempt; the database's error is the cause.
        """
        self._failed += 1
        is_last = self._failed == ATTEMPTS
        if isinstance(problem, WriteConflict):
            if is_last:
                raise problem
        elif is_last or not is_worth_repeating(problem):
            raise translated(problem) from problem
        pause = random.uniform(0, min(PAUSE * 2**self._failed, LONGEST_PAUSE))  # noqa: S311  (jitter is no secret)
        logs.REPEATED.write(attempt=self._failed, error_type=type(problem).__name__, pause=pause)
        return pause
