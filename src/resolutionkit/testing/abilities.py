"""What some stores and channels can do beyond their port. Who can is put to more tests; the others' are skipped.

The suites ask the object of their fixture ``abilities``, which is the store or notifier itself unless overridden.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from resolutionkit.ports import Store


@runtime_checkable
class CanReopen(Protocol):
    """The store's data outlives it: a file, a server."""

    def reopen(self) -> Store:
        """Return a new store on the same data; the suite closed the first one, and closes this one."""


@runtime_checkable
class CanShare(Protocol):
    """Several stores may have the same data open at once, as several processes do."""

    def share(self) -> Store:
        """Return another store on the same data, while the first one is in use; the suite closes it."""


@runtime_checkable
class CanDump(Protocol):
    """Every row that is kept can be shown, so that the suite sees what the port does not show."""

    def dump(self, account: str | None, /) -> object:
        """Return all that is kept of one account, or of all where None is given: equal as long as it is the same."""


@runtime_checkable
class CanHear(Protocol):
    """What a notifier sends can be read at the other end: a mailbox, a recording server."""

    def heard(self) -> Sequence[str]:
        """Return everything that arrived, as it arrived, in order."""


@runtime_checkable
class CanCutOff(Protocol):
    """The other end of a notifier can be made unreachable."""

    def cut_off(self) -> AbstractContextManager[object]:
        """Return a context within which nothing can be delivered."""
