"""A receiver on disk that several processes tell, and what a process that tells it does; it can be killed anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from resolutionkit import Delivered, Policy, Tracker
from resolutionkit.ports import Notice
from support import NOON, killing, organisation

CHANNELS = ("email", "crm")


class Mailbox:
    """A channel that appends a line for each message; an operating system appends a short line whole, or not."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path

    def notify(self, notice: Notice, /) -> None:
        """Append the message's id; a process may be killed before it and after it."""
        killing.point()
        with self._path.open("ab", buffering=0) as box:
            box.write(f"{self.name} {notice.message.id}\n".encode())
        killing.point()


def arrived(path: Path) -> Counter[str]:
    """Return how often each message came to each channel."""
    return Counter(path.read_text(encoding="utf-8").splitlines() if path.exists() else ())


def telling(tracker: Tracker, path: Path, clock: Callable[[], datetime]) -> Tracker:
    """Return a tracker on the same account, whose channels are mailboxes."""
    email, crm = (Mailbox(name, path) for name in CHANNELS)
    return Tracker(
        tracker._runner.store,
        account=tracker.account,
        directory=organisation(),
        clock=clock,
        policy=Policy(channels=("email",)),
        notifiers=[email],
        observers=[crm],
    )


def deliver(tracker: Tracker, path: Path) -> Delivered:
    """Deliver what is due to the mailboxes; the clock stands at noon."""
    return telling(tracker, path, lambda: NOON).deliver()


def deliver_at_once(tracker: Tracker, number: int, *, path: Path) -> Delivered:
    """Deliver, as a process of a crew."""
    return deliver(tracker, path)
