"""How the program ends: the exit code of each kind of error, and one line that says what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from resolutionkit import errors
from resolutionkit.cli.exits import MEANINGS, Exit, exit_of, message_of, report
from resolutionkit.model import conflicts


def every_error(kind: type[Any]) -> list[type[Any]]:
    """Return a class of errors with all that descend from it in the library."""
    below = [one for child in kind.__subclasses__() for one in every_error(child)]
    return [kind, *below] if kind.__module__.startswith("resolutionkit.") else below


@pytest.mark.parametrize("kind", every_error(errors.ResolutionKitError), ids=lambda kind: kind.__name__)
def test_every_error_of_the_library_has_an_exit_code(kind: type[BaseException]) -> None:
    """None of them is an unexpected one."""
    assert exit_of(kind.__new__(kind)) not in {Exit.DONE, Exit.FAILED, Exit.USAGE}


def test_every_exit_code_has_a_meaning() -> None:
    """The reference page is made from them."""
    assert list(MEANINGS) == list(Exit)


STATUS = ("status", "--response", "R-1048")
ESCALATE = ("escalate", "--response", "R-1048", "--note", "x", "--reason", "x")
RESOLVED = ("status", "--response", "R-1048", "resolved", "--note", "x")
REFUSALS = [
    (5, "say in --note what", ("status", "--response", "R-1048", "resolved")),
    (5, "say in TEXT what", ("note", "--response", "R-1048", "")),
    (5, "say in --note what", ("flag", "R-1047")),
    (5, "did you mean 'resolved'?", ("status", "--response", "R-1048", "Resolvd", "--note", "x")),
    (5, "(did you mean 'in_progress'?)", (*STATUS, "Resolution in progress", "--note", "x")),
    (5, "add --reason TEXT", ("escalate", "--response", "R-1048", "--note", "x")),
    (5, "no such status; allowed now: status in_progress, ", ("status", "--response", "R-1048", "frob", "--note", "x")),
    (5, "it is not closed", ("reopen", "--response", "R-1048", "--note", "x")),
    (5, "needs a note", ("flag", "R-1047")),
    (
        3,
        "the policy lists no root causes",
        (*RESOLVED, "--root-cause", "q"),
    ),
    (2, "go with --root-cause", ("status", "--response", "R-1048", "resolved", "--why", "q")),
    (4, "'resolutionkit list' shows", ("show", "nope")),
    (4, "no response 'nope'", ("show", "--response", "nope")),
    (4, "'resolutionkit flag' makes it one", ("note", "--response", "R-1047", "x")),
    (4, "'zoe' is unknown", ("assign", "--response", "R-1048", "zoe", "--note", "x")),
    (4, "is unknown; did you mean 'nathan'?", ("assign", "--response", "R-1048", "nathn", "--note", "x")),
    (4, "is unknown; did you mean 'nathan'?", ("assign", "--response", "R-1048", "Nathan Birch", "--note", "x")),
    (6, "is not in the directory", ("inbox", "--as", "zoe")),
    (6, "have a desk; did you mean 'bridget'?", ("inbox", "--as", "bridgt")),
    (
        7,
        "--expected-version 1",
        (*RESOLVED, "--expected-version", "9"),
    ),
    (3, "leave out --after", ("list", "--after", "x")),
    (3, "a number", ("list", "--score-min", "nan")),
    (2, "missing ISSUE, or --response ID", ("show",)),
    (2, "not both", ("show", "x", "--response", "R-1048")),
    (2, "not both", ("assign", "x", "nathan", "--response", "R-1048")),
    (2, "import reads a file, not the standard input", ("import", "-", "--mapping", "m.toml")),
    (2, "missing RESPONSE", ("flag", "--note", "x")),
    (2, "give RESPONSE or --response ID, not both", ("flag", "R-1047", "--response", "R-1047", "--note", "x")),
    (2, "missing ASSIGNEE", ("assign", "--response", "R-1048")),
    (2, "missing TEXT, or '-'", ("note", "--response", "R-1048")),
    (2, "--order does not go with 'responses'", ("list", "responses", "--order", "newest")),
    (2, "no such command 'frob'", ("frob",)),
    (2, "see 'resolutionkit list --help'", ("list", "--frob")),
    (2, "'f.db' is no URL; a file of that name is sqlite:///f.db", ("list", "--database", "f.db")),
    (9, "no storage backend answers to 'x'", ("list", "--database", "x:")),
]


@pytest.mark.parametrize(("code", "said", "words"), REFUSALS)
def test_a_refusal_says_what_to_do_instead(code: int, said: str, words: tuple[str, ...], company: Any) -> None:
    """In the words of the command line, and with the exit code of its kind; nothing else is written."""
    assert said in company.error(code, *words)


WHAT_NOTE = "expected none: only an escalation takes one; say it in --note\n"
LATE = "2030-01-01T00:00:00+00:00 is not acceptable; expected an instant that is not in the future of 20"
ARGUMENTS = [
    ("--reason: 'q' is not acceptable; " + WHAT_NOTE, (*RESOLVED, "--reason", "q")),
    ("--reason-kind: 'q' is not acceptable; expected one of attempts_failed, ", (*ESCALATE, "--reason-kind", "q")),
    ("reputation_at_risk, other\n", (*ESCALATE, "--reason-kind", "q")),
    (f"--happened-at: {LATE}", (*RESOLVED, "--happened-at", "2030-01-01")),
    ("--expected-version: 0 is not acceptable; expected the version of", (*RESOLVED, "--expected-version", "0")),
    ("from 1 up\n", (*RESOLVED, "--expected-version", "0")),
    ("--why: ", (*RESOLVED, "--root-cause", "q", "--why", "x" * 50_001)),
    ("--root-cause: 'q'", (*RESOLVED, "--root-cause", "q")),
    ("--score-min: nan is not acceptable; expected a number\n", ("list", "--score-min", "nan")),
    ("--follower: ", ("assign", "--response", "R-1048", "ines", "--note", "x", "--follower", "x" * 200)),
    ("ASSIGNEE: ", ("assign", "--response", "R-1048", "x" * 200, "--note", "x")),
    ("TEXT: ", ("note", "--response", "R-1048", "x" * 50_001)),
    ("RESPONSE: ' '", ("flag", " ", "--note", "x")),
    ("--response: ' '", ("show", "--response", " ")),
    ("ISSUE: ' '", ("show", " ")),
    ("--as: ' '", ("list", "--as", " ")),
    ("--account: ' '", ("list", "--account", " ")),
]


@pytest.mark.parametrize(("said", "words"), ARGUMENTS)
def test_an_argument_is_called_what_the_command_calls_it(said: str, words: tuple[str, ...], company: Any) -> None:
    """No name of the Python interface, none of its words, and instants as people write them."""
    told = company.error(3, *words)
    assert said in told
    assert "None" not in told


def test_a_stale_command_says_what_happened_since(company: Any) -> None:
    """The line has the version to repeat the command with."""
    company.ok("status", "--response", "R-1048", "in_progress", "--note", "x")
    words = ("status", "--response", "R-1048", "resolved", "--note", "y", "--expected-version", "1")
    told = company.error(7, *words)
    assert "2 status_changed by bridget" in told
    assert "--expected-version 2" in told


def test_a_key_makes_a_command_happen_once_and_belongs_to_it(company: Any) -> None:
    """Repeating it changes nothing; another command under it is a conflict."""
    first = company.data("note", "--response", "R-1048", "Rang.", "--key", "k")
    again = company.data("note", "--response", "R-1048", "Rang.", "--key", "k")
    assert (first.pop("is_repetition"), again.pop("is_repetition")) == (False, True)
    assert again == first
    assert "Already   under this key: note\n" in company.ok("note", "--response", "R-1048", "Rang.", "--key", "k")
    company.error(7, "note", "--response", "R-1048", "Other.", "--key", "k")


@pytest.mark.parametrize("setting", ["--database URL", "--directory FILE", "--as PERSON"])
def test_a_missing_setting_is_told_with_its_option_and_its_variable(setting: str, company: Any) -> None:
    """Nobody has to look up either."""
    names = {"--database URL": "DATABASE", "--directory FILE": "DIRECTORY", "--as PERSON": "USER"}
    variable = f"RESOLUTIONKIT_{names[setting]}"
    company.env.pop(variable)
    assert f"missing {setting} (or the variable {variable})" in company.error(2, "list")


def test_settings_stand_before_or_after_the_command_and_outdo_the_environment(company: Any) -> None:
    """The one nearest to the end of the line holds."""
    url = company.env.pop("RESOLUTIONKIT_DATABASE")
    assert company.ok("--database", url, "list") == company.ok("list", "--database", url)
    company.env["RESOLUTIONKIT_DATABASE"] = "wrong:"
    assert company.ok("--database", "wrong:", "list", "--database", url) == company.ok("list", "--database", url)
    assert "Sound" in company.ok("policy", "check", "--directory", company.env["RESOLUTIONKIT_DIRECTORY"])


def test_accounts_are_apart(company: Any) -> None:
    """What one account holds another does not see."""
    assert company.data("list", "--account", "other")["items"] == []


@pytest.mark.parametrize("option", ["--policy", "--directory"])
@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"zone = [", b"[[people]]\nid = 3", "folder"])
def test_a_bad_file_is_one_line_with_its_name(option: str, content: bytes | str | None, company: Any) -> None:
    """Missing, binary, not TOML, of another shape, a directory."""
    path = company.folder / "bad.toml"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    assert "bad.toml: " in company.error(3, "inbox", option, str(path))


def test_a_file_that_is_no_database_is_a_storage_error(company: Any) -> None:
    """Text, a folder, and a name that was mistyped, which makes no file."""
    for name, content in (("text.db", b"no database at all, but some text"), ("folder", None), ("typo.db", b"")):
        path = company.folder / name
        if content is None:
            path.mkdir()
        elif content:
            path.write_bytes(content)
        company.error(8, "list", "--database", f"sqlite:///{path}")
    assert not (company.folder / "typo.db").exists()


def test_a_foreign_database_needs_leave_to_be_used(company: Any, write: Callable[[str, str], str]) -> None:
    """The line names the option, and the option makes the tables beside the others."""
    path = company.folder / "foreign.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table theirs (id integer)")
    connection.close()
    url = f"sqlite:///{path}"
    assert "'resolutionkit import --create' makes them" in company.error(8, "list", "--database", url)
    export, mapping = (
        write("e.csv", "id,n,at\n"),
        write("m.toml", 'id = "id"\nscore = "n"\nreceived_at = "at"\n[dates]\nzone = "UTC"'),
    )
    company.ok("import", export, "--mapping", mapping, "--database", url, "--create")
    assert company.data("list", "--database", url)["items"] == []


def test_the_system_s_errors_name_the_file() -> None:
    """And interrupting says that nothing is half done."""
    assert message_of(OSError(errno.ENOSPC, "No space left", "out")) == "out: No space left"
    assert exit_of(OSError()) is Exit.STORAGE
    assert "same command can be given again" in message_of(click.Abort())
    assert exit_of(click.Abort()) is Exit.INTERRUPTED


def test_a_note_that_is_not_utf_8_is_refused(company: Any) -> None:
    """What comes through the standard input is text, or an error."""
    assert "not utf-8" in company.error(3, "note", "--response", "R-1048", "-", typed=b"\xff\xfe")


def test_an_unexpected_error_shows_no_traceback_unless_asked(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program is one line too; the variable makes it say where, harmlessly."""

    def fail(*_: object) -> None:
        raise RuntimeError("boom \x1b[31m")

    monkeypatch.setattr("resolutionkit.cli.reading.issue_table", fail)
    assert "unexpected RuntimeError: boom" in company.error(1, "list")
    company.env["RESOLUTIONKIT_DEBUG"] = "1"
    told = company.run("list").stderr
    assert "Traceback" in told
    assert "\x1b" not in told


def test_conflicts_are_told_apart_from_refusals() -> None:
    """A response under a known id with other content is a conflict."""
    assert exit_of(conflicts.ResponseConflict("r", [])) is Exit.CONFLICT
    assert message_of(errors.PolicyError([errors.Fault("zone", "a\nb")], str(Path("p.toml")))) == "p.toml: zone: a b"


class Broken:
    """An error stream that takes nothing."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def write(self, _text: str) -> int:
        raise self.problem

    def flush(self) -> None:
        raise self.problem


@pytest.mark.parametrize(
    "problem", [BrokenPipeError(), OSError(28, "No space left"), ValueError("closed")], ids=["pipe", "full", "closed"]
)
def test_an_error_stream_that_takes_nothing_leaves_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    """What the line says is lost, what happened is not."""
    monkeypatch.setattr("sys.stderr", Broken(problem))
    assert report(errors.IssueNotFound("nope")) == Exit.NOT_FOUND
