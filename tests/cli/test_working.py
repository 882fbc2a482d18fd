"""Working an issue: every option reaches the library, notes come from where they are written, moves are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
import pytest

from resolutionkit import Desk
from resolutionkit.cli.app import program
from resolutionkit.cli.settings import SettingOption

ISSUE = ("--response", "R-1048")


def test_a_note_comes_from_the_standard_input(company: Any) -> None:
    """A dash reads it, for the command ``note`` and for every --note; several lines stay several."""
    company.ok("note", *ISSUE, "-", typed="Rang.\nNobody there.\n")
    company.ok("status", *ISSUE, "in_progress", "--note", "-", typed="\ufeffSent a mail — 10:30.")
    notes = company.data("show", *ISSUE)["issue"]["notes"]
    assert [note["text"] for note in notes] == ["Rang.\nNobody there.", "Sent a mail — 10:30."]
    assert "    Rang.\n    Nobody there.\n" in company.ok("show", *ISSUE)


def test_a_note_is_written_in_an_editor_on_a_terminal(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved there is the note; leaving without a word is a refusal."""
    monkeypatch.setattr("resolutionkit.cli.working.stdin_is_terminal", lambda: True)
    monkeypatch.setattr(click, "edit", lambda _text: "From the editor.\n")
    company.ok("note", *ISSUE)
    assert company.data("show", *ISSUE)["issue"]["notes"][0]["text"] == "From the editor."
    monkeypatch.setattr(click, "edit", lambda _text: None)
    assert "needs a note" in company.error(5, "note", *ISSUE)


def test_a_note_says_who_when_and_whether_they_spoke(company: Any, write: Callable[[str, str], str]) -> None:
    """An instant without an offset is in the account's zone."""
    policy = write("p.toml", 'zone = "America/New_York"')
    words = ("--author", "Front desk", "--spoke", "--happened-at", "2026-11-20T09:30", "--policy", policy)
    note = company.data("note", *ISSUE, "Rang.", *words)["issue"]["notes"][0]
    assert (note["author"], note["spoke"], note["happened_at"]) == ("Front desk", True, "2026-11-20T14:30:00Z")
    assert "contact of 2026-11-20 09:30 EST\n    Rang." in company.ok("show", *ISSUE, "--policy", policy)


def test_status_without_a_status_tells_the_moves_with_demands_and_advice(company: Any) -> None:
    """As commands to give; and where the issue is closed, how to reopen it."""
    told = company.ok("status", *ISSUE)
    assert "escalate" in told
    assert "note and reason" in told
    assert "'Resolved' straight from here is unusual" in told
    company.ok("status", *ISSUE, "resolved", "--note", "x")
    assert "reopen --status in_progress" in company.ok("status", *ISSUE)
    found = company.data("status", *ISSUE)
    assert (found["status"], found["version"]) == ("resolved", 2)
    assert {"command", "status", "demands", "advice", "guidance"} < set(found["moves"][0])


def test_a_change_tells_what_was_done_and_what_is_advised(company: Any) -> None:
    """In words, and in JSON as issue, events and advice."""
    told = company.ok("status", *ISSUE, "resolved", "--note", "x")
    assert "status Resolved, with a note (advised against: unusual_move)" in told
    assert "Advice    'Resolved' straight from here is unusual" in told
    assert "Unchanged  followed by nobody" in company.ok("unfollow", *ISSUE)
    told = company.ok("assign", *ISSUE, "nathan", "--note", "x")
    assert "Unchanged  assigned to Nathan Birch (nathan)\nDone       note\n" in told
    assert "Unchanged  status Resolved\nDone       note\n" in company.ok("status", *ISSUE, "resolved", "--note", "x")
    assert set(company.data("follow", *ISSUE)) == {"issue", "events", "advice", "is_repetition"}


def test_a_root_cause_is_recorded_and_shown(company: Any, write: Callable[[str, str], str]) -> None:
    """With its whys and actions, in order."""
    policy = ("--policy", write("p.toml", 'root_causes = ["price"]'))
    words = ("--root-cause", "price", "--why", "Too dear.", "--why", "Old list.", "--action", "New list.")
    company.ok("status", *ISSUE, "resolved", "--note", "x", *words, *policy)
    shown = company.ok("show", *ISSUE)
    assert "root cause: price; why: Too dear.; why: Old list.; action: New list." in shown
    assert company.data("show", *ISSUE)["issue"]["root_cause"]["whys"] == ["Too dear.", "Old list."]


def test_the_issue_s_own_id_serves_as_well(company: Any) -> None:
    """ISSUE stands first; with --response the other words move up."""
    issue = company.data("show", *ISSUE)["issue"]["id"]
    company.ok("assign", issue, "nathan@larkmoor.example", "--note", "x", "--follow", "--follower", "lee@x.example")
    company.ok("note", issue, "Rang.")
    found = company.data("show", issue)["issue"]
    assert found["followers"] == ["bridget", "lee@x.example"]
    assert "Followers  Bridget Calloway (bridget), lee@x.example" in company.ok("show", issue)


def test_a_response_is_flagged_by_either_spelling(company: Any) -> None:
    """As a word, or with the option that names a response in every other command."""
    assert company.data("flag", "--response", "R-1047", "--note", "x")["issue"]["response"]["id"] == "R-1047"
    assert company.data("flag", "R-1001", "--note", "x")["issue"]["response"]["id"] == "R-1001"


OWN = {
    "issue",
    "text",
    "response_id",
    "as_json",
    "help",
    "status",
    "level",
    "assignee",
    "who",
    "response",
    "whys",
    "actions",
}
LIBRARY = {
    "note": Desk.add_note,
    "status": Desk.set_status,
    "assign": Desk.assign,
    "follow": Desk.follow,
    "unfollow": Desk.unfollow,
    "flag": Desk.flag,
    "raise-level": Desk.raise_level,
    "answer-check": Desk.answer_check,
    "escalate": Desk.escalate,
    "reopen": Desk.reopen,
}


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_every_argument_of_the_library_s_command_has_an_option(name: str) -> None:
    """None is out of reach from the command line, and no option is made up."""
    code = LIBRARY[name].__code__
    arguments = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]) - {"self", "issue_id", "response_id"}
    command = program.commands[name]
    options = {one.name for one in command.params if not isinstance(one, SettingOption)}
    positional = {"note": {"text"}, "follow": {"who"}, "unfollow": {"who"}}.get(name, set())
    renamed = {"note"} if name == "note" else set()
    assert arguments - options == renamed
    assert options - arguments - OWN - positional == set()
