"""What a person at a desk wants to be told of (requirement C3)."""

from __future__ import annotations

from resolutionkit.model.preferences import Preferences
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.preferring import preferences_of, set_preferences
from resolutionkit.tracker.runner import Runner


class OwnPreferences:
    """The half of a desk that keeps what its person wants to be told of."""

    _runner: Runner
    person_id: str

    def preferences(self) -> Preferences:
        """Return what the person wants to be told of; who has said nothing wants what is usual (requirement C3).

        Raises:
            StorageError: The store keeps no preferences.
        """
        return preferences_of(self._runner, self._party())

    def set_preferences(self, preferences: Preferences) -> None:
        """Keep what the person wants to be told of, in the place of what they wanted before.

        Of two who do so at once, the last one is heard.

        Args:
            preferences: What they want.

        Raises:
            InvalidValue: They are no preferences, or a threshold is on no scale of the account.
            StorageError: The store keeps no preferences.
        """
        set_preferences(self._runner, self._party(), preferences)

    def _party(self) -> str:
        return scope_of(self.person_id, self._runner.settings.directory).person or self.person_id
