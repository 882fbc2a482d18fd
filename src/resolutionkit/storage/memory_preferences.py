"""Preferences in memory. What a unit of work in memory is beside them stands in ``memory``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from typing import Any

from resolutionkit.model.preferences import Preferences


class MemoryPreferences(ABC):
    """What each person of an account wants: :class:`~resolutionkit.ports.KeepsPreferences`, but for messages."""

    _wanted: dict[str, Preferences]

    @abstractmethod
    def _check_may_write(self) -> None:
        """Refuse a unit of work for reading."""

    @abstractmethod
    def _put(self, table: MutableMapping[Any, Any], key: object, value: object) -> None:
        """Put a value in a table so that it can be undone."""

    @abstractmethod
    def _take(self, table: MutableMapping[Any, Any], key: object) -> None:
        """Take a value out of a table so that it can be undone."""

    def preferences(self, party: str, /) -> Preferences | None:
        """Return what a party wants."""
        return self._wanted.get(party)

    def preferences_of(self, parties: Collection[str], /) -> Mapping[str, Preferences]:
        """Return what each of these parties wants."""
        return {party: self._wanted[party] for party in parties if party in self._wanted}

    def watchers(self) -> Sequence[tuple[str, Preferences]]:
        """Return every party that watches."""
        known = self._wanted
        return [(party, known[party]) for party in sorted(known) if known[party].watches] if known else ()

    def save_preferences(self, party: str, preferences: Preferences | None, /) -> None:
        """Keep what a party wants."""
        self._check_may_write()
        if preferences is not None:
            self._put(self._wanted, party, preferences)
        elif party in self._wanted:
            self._take(self._wanted, party)
