"""What an account is run with where the tracker is async: its directory may have to be awaited."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TypeVar

from attrs import field, frozen

from resolutionkit import bridge
from resolutionkit.model.people import Group, Person, StaticDirectory
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import AsyncDirectory, Directory
from resolutionkit.tracker.pipeline import AccountSettings, is_directory, is_policy

T = TypeVar("T")


@frozen(kw_only=True)
class AsyncAccountSettings:
    """What an account is run with by an async tracker.

    Attributes:
        policy: What the account wants.
        directory: Who works there; its answers may be awaited, or not.
    """

    policy: Policy = field(factory=Policy, validator=is_policy)
    directory: Directory | AsyncDirectory = field(factory=StaticDirectory, validator=is_directory)


def as_sync(settings: AccountSettings | AsyncAccountSettings | None) -> AccountSettings | None:
    """Return settings whose directory waits for its answers itself."""
    if settings is None:
        return None
    return AccountSettings(policy=settings.policy, directory=waiting(settings.directory))


def waiting(directory: Directory | AsyncDirectory) -> Directory:
    """Return a directory that waits for its answers itself, where they have to be awaited.

    One of our own never has; any other may answer either way, method by method.
    """
    return directory if isinstance(directory, StaticDirectory) else _Waiting(directory)


class _Waiting:
    """A directory that waits for what the host's answers."""

    def __init__(self, directory: Directory | AsyncDirectory) -> None:
        self._directory = directory

    def person(self, person_id: str, /) -> Person | None:
        return _answer(self._directory.person(person_id))

    def people_by_email(self, email: str, /) -> Sequence[Person]:
        return _answer(self._directory.people_by_email(email))

    def people_by_name(self, name: str, /) -> Sequence[Person]:
        return _answer(self._directory.people_by_name(name))

    def group(self, group_code: str, /) -> Group | None:
        return _answer(self._directory.group(group_code))

    def groups_of(self, person_id: str, /) -> Sequence[str]:
        return _answer(self._directory.groups_of(person_id))

    def leader(self) -> Person | None:
        return _answer(self._directory.leader())

    def knows_group(self, group_code: str, /) -> bool | None:
        asked = getattr(self._directory, "knows_group", None)
        return self.group(group_code) is not None if asked is None else _answer(asked(group_code))

    def knows_segment(self, segment_code: str, /) -> bool | None:
        asked = getattr(self._directory, "knows_segment", None)
        return None if asked is None else _answer(asked(segment_code))

    def administrators(self) -> Sequence[Person]:
        asked = getattr(self._directory, "administrators", None)
        return () if asked is None else _answer(asked())


def _answer(given: T | Awaitable[T]) -> T:
    return bridge.wait(given) if isinstance(given, Awaitable) else given
