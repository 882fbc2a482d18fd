"""Every error that carries no value of the model, and the root of all errors.

Errors that carry an issue, a response or an event stand in :mod:`resolutionkit.model.conflicts`. Each is a
:class:`ResolutionKitError` and the built-in that fits, has its facts as attributes, and says what is allowed instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar, NamedTuple


class ResolutionKitError(Exception):
    """The root of every error that resolutionkit raises on purpose.

    Attributes:
        http_status: What a host may answer: 401, 403, 404, 409, 410, 422, 503 where it may succeed later, or 500.
    """

    http_status: ClassVar[int] = 500

    def __init_subclass__(cls) -> None:
        """Take the status that fits the built-in error which this one is as well, unless it has one of its own."""
        fitting = {PermissionError: 403, LookupError: 404, ValueError: 422}
        if "http_status" not in vars(cls):
            cls.http_status = next((fitting[one] for one in cls.__bases__ if one in fitting), cls.http_status)


class InvalidValue(ResolutionKitError, ValueError):
    """A value that a caller passed is not acceptable.

    Attributes:
        field: The name of the argument or field at fault.
        value: The value as it was given.
        expected: What would be right instead.
    """

    def __init__(self, field: str, value: object, expected: str) -> None:
        """Say which field holds which value, and what would be right."""
        self.field = field
        self.value = value
        self.expected = expected
        super().__init__(f"{field}: {shown(value)} is not acceptable; expected {expected}")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling, so that a worker process can hand the error to its parent."""
        return (type(self), (self.field, self.value, self.expected))


class InvalidResponse(InvalidValue):
    """A survey response has a field that is not acceptable (requirement A3)."""


class InvalidScore(InvalidResponse):
    """A score is not a number, or not one of its scale's (requirement A1).

    Attributes:
        scale: The name of the scale that was in force, or None where none was known yet.
    """

    def __init__(self, field: str, value: object, expected: str, scale: str | None = None) -> None:
        """Say which score was refused on which scale."""
        self.scale = scale
        super().__init__(field, value, expected)

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.field, self.value, self.expected, self.scale))


class InvalidCommand(InvalidValue):
    """An argument of a command is not acceptable, whatever the state of the issue."""


class InvalidFilter(InvalidValue):
    """A filter or a page size asks for something that does not exist."""


class InvalidCursor(ResolutionKitError, ValueError):
    """A page cursor is damaged, or belongs to another account, person, filter or order.

    Attributes:
        reason: What is wrong with it.
    """

    def __init__(self, reason: str) -> None:
        """Say what is wrong with the cursor."""
        self.reason = reason
        super().__init__(f"this cursor cannot be used: {reason}; ask for the first page (after=None) instead")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.reason,))


class ResponseNotFound(ResolutionKitError, LookupError):
    """No response with this id exists, as far as the asking person may know (requirement D2).

    Attributes:
        response_id: The id that was asked for.
    """

    def __init__(self, response_id: str) -> None:
        """Name the response that was asked for."""
        self.response_id = response_id
        super().__init__(f"no response {shown(response_id)}; record it first, or check the id and the account")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.response_id,))


class IssueNotFound(ResolutionKitError, LookupError):
    """No issue with this id exists, as far as the asking person may know (requirement D2).

    Attributes:
        issue_id: The id that was asked for.
        then: The instant that was asked for, as text; the empty string where it was now.
    """

    def __init__(self, issue_id: str, then: str = "") -> None:
        """Name the issue that was asked for, and the instant where it was asked for the past."""
        self.issue_id = issue_id
        self.then = then
        instead = "the ids that can be used are those of inbox() and issues()"
        if then:
            instead = "ask for an instant from its opening on"
        super().__init__(f"no issue {shown(issue_id)}{then and ' at '}{then}; {instead}")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.issue_id, self.then))


class PersonNotFound(ResolutionKitError, LookupError):
    """A string names no active person of the directory, and is no email address either (requirement B6).

    Attributes:
        who: The string that names nobody.
        problem: What is wrong: unknown, or inactive.
    """

    http_status = 422

    def __init__(self, who: str, problem: str = "is unknown") -> None:
        """Name who was asked for, and what is wrong."""
        self.who = who
        self.problem = problem
        super().__init__(
            f"{shown(who)} {problem}; give the id or the email address of an active person, or any email address"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.who, self.problem))


class AccountNotFound(ResolutionKitError, LookupError):
    """No account of this name is known to the tracker.

    Attributes:
        account: The name that was asked for.
        instead: How it can be made known.
    """

    def __init__(self, account: str, instead: str) -> None:
        """Name the account, and how it can be made known."""
        self.account = account
        self.instead = instead
        super().__init__(f"no account {shown(account)}; {instead}")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.account, self.instead))


class AccessDenied(ResolutionKitError, PermissionError):
    """The person is unknown or inactive, or may not do this at all (requirement D2).

    Attributes:
        who: The id of the person.
        problem: Why they have no desk, or may not do this.
    """

    def __init__(self, who: str, problem: str) -> None:
        """Name the person and the problem."""
        self.who = who
        self.problem = problem
        super().__init__(f"{shown(who)} {problem}")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.who, self.problem))


class NoteRequired(ResolutionKitError, ValueError):
    """The step needs a note and the note was missing or blank (requirement B3).

    Attributes:
        step: What needs the note, in words.
    """

    def __init__(self, step: str) -> None:
        """Name the step that needs the note."""
        self.step = step
        super().__init__(f"{step} needs a note: pass note= with what was done or said")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.step,))


class ReasonRequired(ResolutionKitError, ValueError):
    """An escalation needs its reason in words, and it was missing or blank (requirement B8).

    Attributes:
        step: What needs the reason, in words.
    """

    def __init__(self, step: str) -> None:
        """Name the step that needs the reason."""
        self.step = step
        super().__init__(f"{step} needs a reason: pass reason= with why leadership has to step in")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.step,))


class KeyReused(ResolutionKitError, ValueError):
    """A command key was used before, for another command (requirement B13).

    Attributes:
        key: The key.
    """

    def __init__(self, key: str) -> None:
        """Name the key."""
        self.key = key
        super().__init__(
            f"the key {shown(key)} belongs to another command; use a new key for each new command, "
            "and the same one only to repeat the same command"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.key,))


class Fault(NamedTuple):
    """One thing that is wrong in a policy, a directory or a mapping, and where it stands.

    Attributes:
        place: The path to the value, such as ``workflow.statuses[2].key``.
        problem: What is wrong and what would be right.
    """

    place: str
    problem: str


class FaultsFound(ResolutionKitError, ValueError):
    """Some data has faults; all of them are listed, each with its place.

    Attributes:
        faults: Every fault, in the order of the data.
        source: The file that they stand in, or None.
    """

    what = "data"

    def __init__(self, faults: Iterable[Fault], source: str | None = None) -> None:
        """Collect the faults, and the file they stand in where there is one."""
        self.faults: Sequence[Fault] = tuple(faults)
        self.source = source
        count = len(self.faults)
        head = f"{source or 'the ' + self.what}: {count} fault{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  {fault.place}: {fault.problem}" for fault in self.faults)]))

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.faults, self.source))


class PolicyError(FaultsFound):
    """A policy or a workflow is unsound; ``faults`` has every fault with its place (requirement B2)."""

    what = "policy"


class DirectoryError(FaultsFound):
    """A directory of people and groups is unsound; ``faults`` has every fault with its place."""

    what = "directory"


class MappingError(FaultsFound):
    """An import mapping is unsound, or does not fit the file; ``faults`` has every fault (requirement A10)."""

    what = "mapping"


class ImportFailed(ResolutionKitError, ValueError):
    """A file cannot be read as what it should be, so that no later row of it can be trusted.

    Attributes:
        source: The file.
        line: The line, counted from 1, or None where the whole file is meant.
        reason: What is wrong and what would be right.
    """

    def __init__(self, source: str, line: int | None, reason: str) -> None:
        """Say which file, which line, and why."""
        self.source = source
        self.line = line
        self.reason = reason
        super().__init__(f"{source}{'' if line is None else f', line {line}'}: {reason}")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.source, self.line, self.reason))


class PluginError(ResolutionKitError, RuntimeError):
    """A plugin is faulty, or none answers for what was asked."""


class MissingExtra(PluginError, ImportError):
    """An optional dependency is not installed.

    Attributes:
        extra: The extra of this package that brings it.
        what: What needs it.
    """

    def __init__(self, extra: str, what: str) -> None:
        """Name the extra to install, and what needs it."""
        self.extra = extra
        self.what = what
        super().__init__(f"{what} needs an optional dependency: pip install 'resolutionkit[{extra}]'")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.extra, self.what))


class StorageError(ResolutionKitError, RuntimeError):
    """A storage backend failed; the original error is the cause."""

    http_status = 503


class StorageBusy(StorageError):
    """Another process holds the database for longer than the timeout; nothing was written."""


class StorageUnavailable(StorageError):
    """The database server cannot be reached, or the connection to it was lost; nothing was written."""


class CommitUnknown(StorageUnavailable):
    """The connection was lost while a transaction was committed: all of it was written, or nothing.

    Recording the response again, or repeating the command under its ``key``, is safe and tells which.
    """

    def __init__(self) -> None:
        """Say what is not known, and how to find out."""
        super().__init__(
            "the connection to the database was lost while it committed: all of the change was written, or nothing; "
            "record the response again, or repeat the command under its key, to know"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), ())


class StorageReadOnly(StorageError):
    """The database accepts no writes; nothing was written."""


class NotADatabase(StorageError):
    """The file or the server is not a database that can be used."""


class SchemaMismatch(StorageError):
    """The tables are missing, or were written by another version of resolutionkit."""


def shown(value: object, limit: int = 80) -> str:
    """Return a value as a message shows it: escaped and cut, since a respondent may have typed it (C12)."""
    if isinstance(value, date):
        return value.isoformat()
    try:
        text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, or lists within lists without end
        text = f"a {type(value).__name__} that is too long to show"
    return text if len(text) <= limit else text[:limit] + "…"
