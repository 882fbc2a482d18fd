"""The notifiers that ship, as a plugin like any other."""

from __future__ import annotations

from collections.abc import Sequence

from resolutionkit.hooks import hookimpl
from resolutionkit.notify.log import LogNotifier
from resolutionkit.ports import Notifier


@hookimpl
def resolutionkit_notifiers() -> Sequence[Notifier]:
    """Offer the channel ``log``."""
    return (LogNotifier(),)
