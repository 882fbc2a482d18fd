"""Reading and keeping what people want to be told of (requirement C3): the one way to change it.

Preferences are no part of an issue: they leave no event. What follows from them is said in ``model.wishes``.
"""

from __future__ import annotations

from resolutionkit.errors import InvalidScore, InvalidValue, StorageError
from resolutionkit.model.people import resolve
from resolutionkit.model.preferences import USUAL, Preferences
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import Directory, KeepsPreferences, UnitOfWork
from resolutionkit.tracker.runner import Runner
from resolutionkit.tracker.snapshot import snapshot

ABILITY = tuple(name for name, value in vars(KeepsPreferences).items() if callable(value) and not name.startswith("_"))


class Keeper(KeepsPreferences, UnitOfWork):
    """A unit of work that keeps preferences."""


def missing_of(unit: UnitOfWork) -> list[str]:
    """Return the methods that a unit of work lacks in order to keep preferences."""
    return [name for name in ABILITY if not callable(getattr(unit, name, None))]


def keeper_of(unit: UnitOfWork) -> Keeper:
    """Return the unit of work, if it keeps preferences.

    Raises:
        StorageError: The store cannot.
    """
    missing = missing_of(unit)
    if missing:
        raise StorageError(
            f"this store keeps no preferences: its unit of work has no {', '.join(missing)}; "
            "see resolutionkit.ports.KeepsPreferences"
        )
    keeper: Keeper = unit  # type: ignore[assignment]
    return keeper


def party_named(who: object, directory: Directory) -> str:
    """Return whose preferences a string means: a person's, or those of a bare address.

    Raises:
        PersonNotFound: It names nobody who is there.
        InvalidValue: It is no text.
    """
    return resolve(who, snapshot(directory, [who] if isinstance(who, str) else (), ()))


def preferences_of(runner: Runner, party: str) -> Preferences:
    """Return what a party wants; who has said nothing wants what is usual."""
    found = runner.store.transact(runner.account, lambda unit: keeper_of(unit).preferences(party), write=False)
    return found or USUAL


def set_preferences(runner: Runner, party: str, preferences: object) -> None:
    """Keep what a party wants, in the place of what it wanted before.

    Raises:
        InvalidValue: They are no preferences, or a threshold is on no scale of the policy.
        StorageError: The store keeps none.
    """
    if not isinstance(preferences, Preferences):
        raise InvalidValue("preferences", preferences, "Preferences; a table is read with read_preferences(table)")
    _check_thresholds(preferences, runner.settings.policy)
    wanted = None if preferences == USUAL else preferences
    runner.store.transact(runner.account, lambda unit: keeper_of(unit).save_preferences(party, wanted), write=True)


def _check_thresholds(preferences: Preferences, policy: Policy) -> None:
    for name, threshold in preferences.threshold.items():
        scale = policy.known_scales.get(name)
        if scale is None:
            raise InvalidValue(f"threshold.{name}", name, f"one of the scales {', '.join(policy.known_scales)}")
        try:
            scale.check(threshold)
        except InvalidScore as problem:
            raise InvalidValue(f"threshold.{name}", threshold, problem.expected) from problem
