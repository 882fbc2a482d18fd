"""Whatever somebody typed, wherever it is shown, nothing of it is obeyed by a terminal (requirement C12, law L12)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from resolutionkit import Answer, Contact, Policy, Response, Tracker, load_directory

COMMANDS = [
    ("inbox",),
    ("inbox", "followed", "--order", "most-urgent"),
    ("list",),
    ("list", "responses", "--with-replaced"),
    ("list", "responses", "--limit", "1", "--company", "HOSTILE"),
    ("show", "--response", "RESPONSE"),
    ("show", "--response", "FINE"),
    ("status", "--response", "RESPONSE"),
    ("policy", "show"),
    ("policy", "check"),
    ("note", "--response", "RESPONSE", "HOSTILE"),
    ("assign", "--response", "RESPONSE", "hostile", "--note", "HOSTILE", "--author", "HOSTILE"),
    ("escalate", "--response", "RESPONSE", "--reason", "HOSTILE", "--note", "HOSTILE"),
    ("status", "--response", "RESPONSE", "shut", "--note", "HOSTILE", "--root-cause", "HOSTILE", "--why", "HOSTILE"),
    ("flag", "FINE", "--note", "HOSTILE"),
]
WRONG = [
    ("HOSTILE",),
    ("list", "--HOSTILE"),
    ("list", "HOSTILE"),
    ("list", "--limit", "HOSTILE"),
    ("list", "--recovery", "HOSTILE"),
    ("list", "--after", "HOSTILE"),
    ("list", "--received-from", "HOSTILE"),
    ("list", "--company", " "),
    ("list", "--database", "HOSTILE"),
    ("list", "--database", "sqlite:///HOSTILE"),
    ("list", "--directory", "HOSTILE"),
    ("list", "--policy", "HOSTILE"),
    ("list", "--account", "HOSTILE" * 9),
    ("list", "--as", "HOSTILE"),
    ("show", "HOSTILE"),
    ("show", "--response", "HOSTILE"),
    ("status", "--response", "RESPONSE", "HOSTILE", "--note", "x"),
    ("assign", "--response", "RESPONSE", "HOSTILE", "--note", "x"),
    ("flag", "HOSTILE", "--note", "x"),
    ("note", "--response", "FINE", "x"),
    ("import", "HOSTILE", "--mapping", "HOSTILE"),
]


def toml(text: str) -> str:
    """Return a text as TOML writes it, everything odd escaped."""
    return json.dumps(text).replace("\x7f", "\\u007f")


@pytest.fixture
def infested(shell: Any, hostile: str, write: Callable[[str, str], str]) -> Any:
    """Return a shell whose company, policy and responses are hostile in every text."""
    said = toml(hostile)
    shell.env["RESOLUTIONKIT_DIRECTORY"] = write(
        "company.toml",
        f"""leader = "hostile"
        [[people]]
        id = "hostile"
        name = {said}
        email = "h@host.example"
        title = {said}
        access = "everything"
        [[people]]
        id = {said}
        name = {said}
        access = [{said}]
        [[groups]]
        code = {said}
        name = {said}""",
    )
    shell.env["RESOLUTIONKIT_POLICY"] = write(
        "policy.toml",
        f"""root_causes = [{said}]
        escalation_kinds = [{said}]
        [surveys.{said}]
        recovery_threshold = 6
        [workflow]
        name = {said}
        initial = "new"
        escalation = {said}
        reopen_to = ["new"]
        statuses = [
            {{ key = "new", phase = "open", label = {said}, action = {said} }},
            {{ key = {said}, phase = "active", label = {said}, guidance = {said} }},
            {{ key = "shut", phase = "closed", label = {said}, guidance = {said}, wants_history = true }},
        ]
        moves = [{{ start = ["new", {said}], to = [{said}, "shut"], is_unusual = true }}]""",
    )
    shell.env["RESOLUTIONKIT_USER"] = "hostile"
    record(shell, hostile)
    return shell


def record(shell: Any, hostile: str) -> None:
    """Record a hostile response, one that is fine but for its words, and one that the first replaces."""
    now = datetime.now(UTC) - timedelta(hours=1)
    facts: dict[str, Any] = {
        "contact": Contact(name=hostile, email=hostile, phone=hostile, company=hostile),
        "answers": (Answer(hostile, hostile), Answer(hostile, None)),
        "tags": (hostile,),
        "factors": (hostile,),
        "hierarchy": (hostile,),
        "group": hostile,
        "segment": hostile,
        "agent": hostile,
        "comment": f"{hostile}\nNotes\n{hostile}",
        "attributes": {hostile: hostile},
        "survey": hostile,
    }
    with Tracker.open(
        shell.env["RESOLUTIONKIT_DATABASE"],
        policy=Policy.load(shell.env["RESOLUTIONKIT_POLICY"]),
        directory=load_directory(shell.env["RESOLUTIONKIT_DIRECTORY"]),
    ) as tracker:
        tracker.record(Response(id=f"old {hostile}", score=2, received_at=now, ticket=hostile, **facts))
        later = now + timedelta(minutes=1)
        issue = tracker.record(Response(id=f"r {hostile}", score=1, received_at=later, ticket=hostile, **facts)).issue
        tracker.record(Response(id="fine", score=10, received_at=now, **facts))
        assert issue is not None
        desk = tracker.as_user("hostile")
        desk.add_note(issue.id, f"{hostile}\n{hostile}", author=hostile)
        desk.escalate(issue.id, reason=hostile, reason_kind=hostile, note=hostile)
        desk.follow(issue.id)


def words_of(words: tuple[str, ...], hostile: str) -> list[str]:
    """Return the words of a command with what is hostile in them."""
    named = {"RESPONSE": f"r {hostile}", "FINE": "fine"}
    return [named.get(word, word.replace("HOSTILE", hostile)) for word in words]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_shows_it_raw_in_a_pipe(
    words: tuple[str, ...], infested: Any, hostile: str, forbidden: frozenset[str]
) -> None:
    """Everything but line ends is visible, and markup stands there as it was typed."""
    done = infested.run(*words_of(words, hostile))
    assert done.exit_code == 0, done.output
    assert not set(done.output) & forbidden
    assert done.output.replace("\n", "").isprintable()
    assert "[bold]markup[/bold] :smile: end" in done.output


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_shows_it_raw_in_json(words: tuple[str, ...], infested: Any, hostile: str) -> None:
    """It is escaped in the text, and whole in the data."""
    data = infested.data(*words_of(words, hostile))
    assert "[bold]markup[/bold] :smile: end" in str_values(data)
    assert words == ("policy", "check") or hostile in str_values(data)


def str_values(data: Any) -> str:
    """Return all texts of JSON data, one after the other."""
    if isinstance(data, dict):
        return "\n".join(f"{name}\n{str_values(value)}" for name, value in data.items())
    if isinstance(data, list):
        return "\n".join(map(str_values, data))
    return str(data)


@pytest.mark.parametrize("words", [("show", "--response", "RESPONSE"), ("list", "responses")], ids=" ".join)
@pytest.mark.skipif(sys.platform == "win32", reason="terminals as Unix has them")
@pytest.mark.parametrize("columns", [40, 80, 160])
def test_no_command_shows_it_raw_at_a_terminal(
    words: tuple[str, ...], columns: int, infested: Any, hostile: str, forbidden: frozenset[str]
) -> None:
    """All that is obeyed there is our own: bold, underline, a named colour, and their end."""
    shown = infested.at_terminal(*words_of(words, hostile), columns=columns).replace("\r\n", "\n")
    own = re.sub(r"\x1b\[(0|1|1;4|1;31|3)m", "", shown)
    assert own != shown
    assert not set(own) & forbidden


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_no_error_shows_it_raw(words: tuple[str, ...], infested: Any, hostile: str, forbidden: frozenset[str]) -> None:
    """A command line that is echoed in an error is one harmless line."""
    done = infested.run(*words_of(words, hostile.replace("/", "")))
    assert done.exit_code > 1, done.output
    assert done.stderr.startswith("error: ")
    assert done.stderr.removesuffix("\n").isprintable()
    assert not set(done.output) & forbidden


@pytest.mark.skipif(sys.platform == "win32", reason="such names of files exist on Unix only")
def test_no_rejected_row_shows_it_raw(shell: Any, hostile: str, forbidden: frozenset[str]) -> None:
    """Neither the report nor the error line, and the JSON is escaped."""
    bad = hostile.replace("\r", "")
    cell = '"' + bad + '"'
    (shell.folder / f"{bad.replace('/', '')}.csv").write_text(f"id,score,at\n{cell},{cell},{cell}\n{cell}\n")
    (shell.folder / "m.toml").write_text('id = "id"\nscore = "score"\nreceived_at = "at"\n[dates]\nzone = "UTC"\n')
    words = ["import", str(shell.folder / f"{bad.replace('/', '')}.csv"), "--mapping", str(shell.folder / "m.toml")]
    done = shell.run(*words)
    assert done.exit_code == 10
    assert "2 of 2 rows were rejected" in done.stderr
    assert not set(done.output) & forbidden
    assert not set(shell.run(*words, "--json").output) & forbidden
