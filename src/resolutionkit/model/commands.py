"""What can be asked for, in the imperative, as frozen values that are checked when they are built.

Who asks, when, and what led to it stand in the decision's context; what a command does is decided in
``decisions``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs
from attrs import field, frozen

from resolutionkit.errors import InvalidCommand, shown
from resolutionkit.model.issue import RootCause
from resolutionkit.model.response import Response
from resolutionkit.model.values import (
    CODE_MAX,
    LINE_MAX,
    TEXT_MAX,
    Checked,
    code,
    collected,
    flag,
    id_code,
    optional_code,
    text,
    utc,
)

ISSUE_ID = "an issue's id, as text; pass issue.id"
RESPONSE_ID = "a response's id, as text; pass response.id"
"""What a caller is told who passes the thing where its id is expected."""
_WHO = "a person's id or an email address, as text; pass person.id"


def words(value: object, name: str, maximum: int = TEXT_MAX) -> str | None:
    """Return what somebody wrote, without white space around it; blank counts as nothing."""
    if value is None:
        return None
    said = text(value, name, InvalidCommand, maximum).strip()
    if said and said.isascii() and said.isprintable():
        return said
    # Zero-width characters alone are blank too: nobody reads them.
    return said if any(one.isprintable() and not one.isspace() for one in said) else None


def _words(name: str, maximum: int = TEXT_MAX) -> Any:
    return field(default=None, converter=lambda value: words(value, name, maximum))


def _issue(value: str) -> str:
    return id_code(value, "issue", InvalidCommand, ISSUE_ID)


def _response(value: str) -> str:
    return id_code(value, "response", InvalidCommand, RESPONSE_ID)


def _key(value: str) -> str:
    return code(value, "key", InvalidCommand)


def _status(value: str) -> str:
    return str(code(value, "status", InvalidCommand))


def _assignee(value: str) -> str:
    return _who(value, "assignee", InvalidCommand)


def _group(value: str) -> str:
    return code(value, "group", InvalidCommand)


def _optional_code(name: str) -> Any:
    return field(default=None, converter=lambda value: optional_code(value, name, InvalidCommand))


def _flag(name: str) -> Any:
    return field(default=False, converter=lambda value: flag(value, name, InvalidCommand))


def _who(value: object, name: str, error: Checked) -> str:
    if not isinstance(value, str):
        raise error(name, value, _WHO)
    return text(value, name, error, CODE_MAX)


def _optional_who(name: str) -> Any:
    return field(default=None, converter=lambda value: None if value is None else _who(value, name, InvalidCommand))


def _followers(value: Iterable[str]) -> tuple[str, ...]:
    return collected(value, "followers", InvalidCommand, _who)


def _instant(value: datetime | None) -> datetime | None:
    return None if value is None else utc(value, "happened_at", InvalidCommand)


def _version(value: int | None) -> int | None:
    if value is None:
        return None
    if type(value) is not int or value < 1:
        raise InvalidCommand("expected_version", value, "the version of an issue, from 1 up, or None")
    return value


def _root_cause(value: RootCause | None) -> RootCause | None:
    if value is None:
        return None
    if type(value) is not RootCause:
        raise InvalidCommand("root_cause", value, "a RootCause")
    return RootCause(
        category=code(value.category, "root_cause.category", InvalidCommand),
        whys=_written(value.whys, "root_cause.whys"),
        actions=_written(value.actions, "root_cause.actions"),
    )


def _written(value: object, name: str) -> tuple[str, ...]:
    lines = collected(value, name, InvalidCommand, lambda one, place, _error: words(one, place))
    return tuple(line for line in lines if line is not None)


@frozen(kw_only=True)
class Command:
    """What every command of a person has.

    Attributes:
        key: A key of the caller's; the same command with the same key happens once (requirement B13).
    """

    key: str | None = _optional_code("key")

    def fingerprint(self, secret: bytes) -> str:
        """Return a digest of all that the command says, to tell a repetition from another command.

        Under the account's secret nobody can guess from it what a short note said.
        """
        said = (type(self).__name__, attrs.astuple(self))
        return hmac.new(secret, repr(said).encode(), hashlib.sha256).hexdigest()


@frozen(kw_only=True)
class Noted(Command):
    """A command that may carry a note; blank counts as none.

    Attributes:
        note: What was done or said.
        spoke: Whether the customer was spoken to.
        happened_at: When the contact took place, or None for now.
        author: The name to sign with, or None for the actor's.
    """

    note: str | None = _words("note")
    spoke: bool = _flag("spoke")
    happened_at: datetime | None = field(default=None, converter=_instant)
    author: str | None = _words("author", LINE_MAX)


@frozen(kw_only=True)
class SetStatus(Noted):
    """Move the issue to a status."""

    issue: str = field(converter=_issue)
    status: str = field(converter=_status)
    reason: str | None = _words("reason")
    reason_kind: str | None = _optional_code("reason_kind")
    root_cause: RootCause | None = field(default=None, converter=_root_cause)
    expected_version: int | None = field(default=None, converter=_version)


@frozen(kw_only=True)
class AddNote(Noted):
    """Add a note to the issue's log."""

    issue: str = field(converter=_issue)


@frozen(kw_only=True)
class Assign(Noted):
    """Give the issue to somebody."""

    issue: str = field(converter=_issue)
    assignee: str = field(converter=_assignee)
    follow: bool = _flag("follow")
    followers: tuple[str, ...] = field(default=(), converter=_followers)
    expected_version: int | None = field(default=None, converter=_version)


@frozen(kw_only=True)
class Follow(Command):
    """Let somebody follow the issue; None means whoever asks."""

    issue: str = field(converter=_issue)
    who: str | None = _optional_who("who")


@frozen(kw_only=True)
class Unfollow(Command):
    """Let somebody follow the issue no longer; None means whoever asks."""

    issue: str = field(converter=_issue)
    who: str | None = _optional_who("who")


@frozen(kw_only=True)
class Escalate(Noted):
    """Call for the highest in command."""

    issue: str = field(converter=_issue)
    reason: str | None = _words("reason")
    reason_kind: str | None = _optional_code("reason_kind")
    expected_version: int | None = field(default=None, converter=_version)


@frozen(kw_only=True)
class Reopen(Noted):
    """Take a closed issue up again; a status of None means the initial one."""

    issue: str = field(converter=_issue)
    status: str | None = _optional_code("status")
    expected_version: int | None = field(default=None, converter=_version)


def _level(value: str | int) -> str | int:
    if isinstance(value, str):
        return code(value, "level", InvalidCommand)
    if type(value) is not int or value < 0:
        raise InvalidCommand("level", value, "a level's name, or its number, counted from 0")
    return value


def _satisfied(value: bool) -> bool:
    return flag(value, "satisfied", InvalidCommand)


@frozen(kw_only=True)
class RaiseLevel(Noted):
    """Raise the issue to a level of the escalation matrix, by its name or number."""

    issue: str = field(converter=_issue)
    level: str | int = field(converter=_level)
    reason: str | None = _words("reason")
    expected_version: int | None = field(default=None, converter=_version)


@frozen(kw_only=True)
class AnswerCheck(Noted):
    """Say, some time after the closing, whether the customer is satisfied; where not, the issue is taken up again."""

    issue: str = field(converter=_issue)
    satisfied: bool = field(converter=_satisfied)
    expected_version: int | None = field(default=None, converter=_version)


@frozen(kw_only=True)
class RunTimers(Command):
    """Do what time has brought the issue to; nobody gives this command but the library itself."""

    issue: str = field(converter=_issue)


def _leaver(value: str) -> str:
    return _who(value, "leaver", InvalidCommand)


def _into(value: str) -> str:
    return id_code(value, "into", InvalidCommand, ISSUE_ID)


@frozen(kw_only=True)
class Merge(Noted):
    """Make one issue of two of the same customer; which of the two is named first is of no account (B15)."""

    issue: str = field(converter=_issue)
    into: str = field(converter=_into)
    expected_version: int | None = field(default=None, converter=_version)
    expected_into_version: int | None = field(default=None, converter=_version)


@frozen(kw_only=True)
class HandOver(Noted):
    """Give an issue of somebody's to somebody else; to None has it routed as if it opened now (requirement B6).

    Attributes:
        issue: The issue.
        leaver: Whose it is: a person's id, or a bare address. Where it is theirs no more, nothing is done.
        to: Who gets it: a person's id, an email address, or None for whoever routing finds, but the leaver.
    """

    issue: str = field(converter=_issue)
    leaver: str = field(converter=_leaver)
    to: str | None = _optional_who("to")


@frozen(kw_only=True)
class Flag(Noted):
    """Make a response an issue by hand, whatever its score."""

    response: str = field(converter=_response)
    status: str | None = _optional_code("status")
    assignee: str | None = _optional_who("assignee")
    followers: tuple[str, ...] = field(default=(), converter=_followers)
    reason: str | None = _words("reason")
    reason_kind: str | None = _optional_code("reason_kind")


@frozen(kw_only=True)
class Move(Noted):
    """Move a response, and its issue, to another group (requirement A8)."""

    response: str = field(converter=_response)
    group: str = field(converter=_group)


@frozen(kw_only=True)
class Repair(Noted):
    """Put a response in quarantine right (requirement A6); a code of None stays as it is."""

    response: str = field(converter=_response)
    group: str | None = _optional_code("group")
    segment: str | None = _optional_code("segment")


@frozen(kw_only=True)
class InboundUpdate(Noted):
    """What another system says of an issue: a status, an assignee, a note; all of it happens, or nothing (C9).

    ``tracker.apply_update`` carries it out; :func:`read_update` makes one of a signed request.

    Attributes:
        key: The sender's id of it: the same update with the same key happens once (requirement B13).
        issue: The issue's id.
        status: The key of the status that it is to have, or None to leave it; a closed issue is reopened where the
            workflow reopens to that status.
        assignee: Who is to work it, or None to leave that: a person's id, an email address.
        note: What was done or said, or None.
        spoke: Whether the customer was spoken to.
        happened_at: When the contact took place, or None for now.
        author: The name to sign the note with, or None for that of whoever it is applied as.
        reason: Why leadership has to step in, where the status is the escalated one.
        reason_kind: One of the policy's kinds of reason, or None.
        expected_version: The version that the sender knew, or None: something newer that conflicts is then refused.

    Raises:
        InvalidCommand: A value is not acceptable, or there is nothing to be done.
    """

    key: str = field(converter=_key)
    issue: str = field(converter=_issue)
    status: str | None = _optional_code("status")
    assignee: str | None = _optional_who("assignee")
    reason: str | None = _words("reason")
    reason_kind: str | None = _optional_code("reason_kind")
    expected_version: int | None = field(default=None, converter=_version)

    def __attrs_post_init__(self) -> None:
        """Refuse an update that says nothing."""
        if self.status is None and self.assignee is None and self.note is None:
            raise InvalidCommand("update", None, "at least one of status, assignee and note")

    def __repr__(self) -> str:
        """Show what is not personal: a repr ends in logs."""
        return f"<InboundUpdate {shown(self.key)} of issue {shown(self.issue)}>"


@frozen(kw_only=True)
class Record:
    """Take in a survey response.

    Attributes:
        response: The response.
        replace: Whether other content under a known id is a correction rather than an error.
        announce: True to tell people however old it is, False to tell nobody, None to go by its age.
    """

    response: Response
    replace: bool = False
    announce: bool | None = None


def issue_of(command: Command) -> str | None:
    """Return the id of the issue that a command is about, or None for one about a response."""
    found: str | None = getattr(command, "issue", None)
    return found
