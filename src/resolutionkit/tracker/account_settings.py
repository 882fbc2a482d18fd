"""What an account is run with: its policy, and who works there."""

from __future__ import annotations

from inspect import iscoroutinefunction

from attrs import field, frozen

from resolutionkit.errors import InvalidValue
from resolutionkit.model.people import StaticDirectory
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import Directory

_DIRECTORY = ("person", "people_by_email", "people_by_name", "group", "groups_of", "leader")


def is_policy(_settings: object, _attribute: object, value: object) -> None:
    """Refuse what is no policy."""
    if not isinstance(value, Policy):
        raise InvalidValue("policy", value, "a Policy; a file is read with Policy.load(path)")


def is_directory(_settings: object, _attribute: object, value: object) -> None:
    """Refuse what has not all of a directory's methods."""
    missing = [name for name in _DIRECTORY if not callable(getattr(value, name, None))]
    if missing:
        methods = f"an object with the methods {', '.join(_DIRECTORY)}"
        raise InvalidValue("directory", value, f"{methods}; a file is read with load_directory(path)")


def _is_not_awaited(_settings: object, _attribute: object, value: object) -> None:
    if any(iscoroutinefunction(getattr(value, name)) for name in _DIRECTORY):
        raise InvalidValue("directory", value, "methods that are not async; an AsyncTracker takes those that are")


@frozen(kw_only=True)
class AccountSettings:
    """What an account is run with.

    Attributes:
        policy: What the account wants.
        directory: Who works there.
    """

    policy: Policy = field(factory=Policy, validator=is_policy)
    directory: Directory = field(factory=StaticDirectory, validator=[is_directory, _is_not_awaited])
