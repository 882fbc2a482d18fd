"""Exit codes, and errors as one line: a table of both. What is not in it is a fault of this package."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import IntEnum
from typing import Any

import click

from resolutionkit import errors
from resolutionkit.cli import plain
from resolutionkit.errors import shown
from resolutionkit.model import conflicts


class Exit(IntEnum):
    """What the program's exit code says; the docstrings of the members are in :data:`MEANINGS`."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    NOT_FOUND = 4
    REFUSED = 5
    DENIED = 6
    CONFLICT = 7
    STORAGE = 8
    MISSING = 9
    PARTLY = 10
    INTERRUPTED = 130
    PIPE = 141


class NoIssue(click.ClickException):
    """A response belongs to no issue."""

    def __init__(self, response_id: str) -> None:
        """Name the response."""
        super().__init__(f"response {shown(response_id)} belongs to no issue; 'resolutionkit flag' makes it one")


class Refused(click.ClickException):
    """An error of the library, and what the command that met it calls the arguments of the library.

    Attributes:
        problem: The error.
        names: How the command writes its options and words, by their names in the program.
    """

    def __init__(self, problem: errors.ResolutionKitError, names: Mapping[str, str]) -> None:
        """Keep both."""
        super().__init__(str(problem))
        self.problem = problem
        self.names = names


MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: "Done.",
    Exit.FAILED: "A fault of the program itself; please report it.",
    Exit.USAGE: "The command line is wrong, or a setting is missing.",
    Exit.INVALID: "A value or a file is not acceptable; `policy check` or `db check` found faults.",
    Exit.NOT_FOUND: "There is no such issue, response or person, as far as you may see.",
    Exit.REFUSED: "The workflow or the policy refuses it; the line says what is allowed instead.",
    Exit.DENIED: "You are not in the directory, no longer active, or may not do this.",
    Exit.CONFLICT: "Somebody else changed it since, or the key belongs to another command.",
    Exit.STORAGE: "The database, or a file that had to be written, cannot be used.",
    Exit.MISSING: "A dependency is not installed, or a plugin is faulty.",
    Exit.PARTLY: "Done for some: `import` rejected rows, or `hand-over` left issues where they are.",
    Exit.INTERRUPTED: "Interrupted from the keyboard.",
    Exit.PIPE: "Whoever read the output closed it, as `head` does; nothing is said.",
}
"""Every exit code with its meaning; the reference page is made from it."""

_CODES: Mapping[type[BaseException], Exit] = {
    errors.InvalidValue: Exit.INVALID,
    errors.InvalidCursor: Exit.INVALID,
    errors.FaultsFound: Exit.INVALID,
    errors.ImportFailed: Exit.INVALID,
    errors.ResponseNotFound: Exit.NOT_FOUND,
    errors.IssueNotFound: Exit.NOT_FOUND,
    errors.PersonNotFound: Exit.NOT_FOUND,
    errors.AccountNotFound: Exit.NOT_FOUND,
    errors.AccessDenied: Exit.DENIED,
    errors.KeyReused: Exit.CONFLICT,
    conflicts.StaleIssue: Exit.CONFLICT,
    conflicts.MergeRefused: Exit.REFUSED,
    conflicts.ResponseConflict: Exit.CONFLICT,
    errors.StorageError: Exit.STORAGE,
    errors.PluginError: Exit.MISSING,
    errors.ResolutionKitError: Exit.REFUSED,
    NoIssue: Exit.NOT_FOUND,
    click.UsageError: Exit.USAGE,
    click.ClickException: Exit.INVALID,
    click.Abort: Exit.INTERRUPTED,
    UnicodeError: Exit.INVALID,
    OSError: Exit.STORAGE,
}


_ALIASES = {"note": "text", "response": "response_id", "person_id": "person"}
"""What the library calls otherwise than the program does; for a note, TEXT where a command has no --note."""


def _written(field: str, names: Mapping[str, str]) -> str:
    """Return how a command writes an argument of the library; one that it does not have stays as it is."""
    whole = field.partition("[")[0]  # of "root_cause.whys[1]"
    parts = (whole, whole.rpartition(".")[2], whole.partition(".")[0])
    known = (names.get(one) or names.get(_ALIASES.get(one, "")) for one in parts)
    return next(filter(None, known), field)


def _invalid(problem: errors.InvalidValue, names: Mapping[str, str]) -> str:
    expected = re.sub(r"\b([a-z_]+)=", lambda found: _written(found[1], names), problem.expected)
    said = f"{shown(problem.value)} is not acceptable; expected {expected.removesuffix(', or None')}"
    return f"{_written(problem.field, names)}: {said}"


def _usage(problem: click.UsageError) -> str:
    path = problem.ctx.command_path if problem.ctx is not None else "resolutionkit"
    said = problem.format_message().rstrip(".")
    return f"{said[:1].lower()}{said[1:]}; see '{path} --help'"


def _refused_move(problem: conflicts.MoveRefused) -> str:
    instead = [f"status {key}" for key in problem.allowed] + [f"reopen --status {key}" for key in problem.reopen_to]
    why = f": {problem.problem}" if problem.problem else ""
    head = f"an issue in {problem.status} cannot be moved to {shown(problem.wanted)}{why}"
    return f"{head}; allowed now: {', '.join(instead) or 'nothing'}"


def _stale(problem: conflicts.StaleIssue) -> str:
    happened = ", ".join(f"{one.number} {one.kind} by {one.actor}" for one in problem.events)
    now = problem.issue
    since = f"since then: {happened}" if happened else f"version {problem.expected_version} does not exist yet"
    return (
        f"issue {now.id} is at version {now.version}, in {now.status}; {since}; "
        f"look at it again and repeat the command with --expected-version {now.version}"
    )


def _faults(problem: errors.FaultsFound) -> str:
    return f"{problem.source or problem.what}: " + "; ".join(f"{one.place}: {one.problem}" for one in problem.faults)


def _system(problem: OSError) -> str:
    where = "" if problem.filename is None else f"{problem.filename}: "
    return f"{where}{problem.strerror or type(problem).__name__}"


_NAMING: Mapping[type[BaseException], Callable[[Any, Mapping[str, str]], str]] = {
    errors.InvalidValue: _invalid,
    errors.NoteRequired: lambda problem, names: (
        f"{problem.step} needs a note; say in {_written('note', names)} what was done or said"
    ),
}
"""The errors that speak of an argument, which each command writes in its own way."""
_WORDS: Mapping[type[BaseException], Callable[[Any], str]] = {
    errors.ReasonRequired: lambda problem: (
        f"{problem.step} needs a reason; add --reason TEXT with why leadership has to step in"
    ),
    errors.InvalidCursor: lambda problem: (
        f"this cursor cannot be used: {problem.reason}; leave out --after for the first page"
    ),
    errors.IssueNotFound: lambda problem: (
        f"no issue {shown(problem.issue_id)}{problem.then and ' at '}{problem.then}; "
        "'resolutionkit list' shows those within your reach, and --response takes a response's id"
    ),
    errors.ResponseNotFound: lambda problem: (
        f"no response {shown(problem.response_id)}; 'resolutionkit list responses' shows those within your reach"
    ),
    errors.SchemaMismatch: lambda problem: str(problem).replace(
        "pass create=True to make them", "'resolutionkit import --create' makes them"
    ),
    errors.FaultsFound: _faults,
    conflicts.MoveRefused: _refused_move,
    conflicts.StaleIssue: _stale,
    errors.ResolutionKitError: str,
    click.UsageError: _usage,
    click.ClickException: lambda problem: problem.format_message(),
    click.Abort: lambda _problem: "interrupted; what was committed stays, and the same command can be given again",
    UnicodeError: lambda problem: f"the text is not {problem.encoding}: {problem.reason}",
    OSError: _system,
}


def exit_of(problem: BaseException) -> Exit:
    """Return the exit code of an error: that of the nearest class in the table."""
    if isinstance(problem, Refused):
        problem = problem.problem
    return next((_CODES[kind] for kind in type(problem).__mro__ if kind in _CODES), Exit.FAILED)


def message_of(problem: BaseException) -> str:
    """Return an error as one harmless line, in the words of the command line."""
    told = _told(problem.problem, problem.names) if isinstance(problem, Refused) else _told(problem, {})
    if told is None and exit_of(problem) is Exit.FAILED:
        told = f"unexpected {type(problem).__name__}: {problem}; please report it (RESOLUTIONKIT_DEBUG=1 says where)"
    return plain.line(str(problem) if told is None else told)


def _told(problem: BaseException, names: Mapping[str, str]) -> str | None:
    for kind in type(problem).__mro__:
        if kind in _NAMING:
            return _NAMING[kind](problem, names)
        if kind in _WORDS:
            return _WORDS[kind](problem)
    return None


def report(problem: BaseException) -> Exit:
    """Write an error to the standard error stream, and return its exit code."""
    say(f"error: {message_of(problem)}")
    return exit_of(problem)


def say(text: str) -> None:
    """Write one harmless line to the standard error stream, if there is one that takes it.

    Where there is none the line is lost, and the exit code still says what happened.
    """
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(plain.line(text) + "\n")
            sys.stderr.flush()
