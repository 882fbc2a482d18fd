"""A clock for tests: it stands still until it is turned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""When a :class:`TurnableClock` begins: a Friday."""


class TurnableClock:
    """A clock that stands still until it is turned, forward or back.

    Give it to a tracker as ``clock=``. Assign to ``now`` to set it to an instant.

    Args:
        now: The instant at which it begins, aware of its zone; noon UTC of a fixed day unless given.

    Attributes:
        now: What it shows.
    """

    def __init__(self, now: datetime = NOON) -> None:
        """Begin at an instant."""
        self.now: datetime = now

    def __call__(self) -> datetime:
        """Return what it shows, as a tracker asks for it."""
        return self.now

    def __repr__(self) -> str:
        """Show what it shows."""
        return f"<TurnableClock at {self.now.isoformat()}>"

    def turn(self, **span: float) -> datetime:
        """Turn it by a span, and return the new instant.

        Args:
            span: The keywords of :class:`datetime.timedelta`, such as ``hours=2`` or ``days=-1``.
        """
        self.now += timedelta(**span)
        return self.now
