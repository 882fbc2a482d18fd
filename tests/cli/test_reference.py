"""The reference page of the command line, made from the program itself; run as a script, this file writes it anew."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
import click
import pytest

from resolutionkit import (
    Advice,
    Change,
    Counts,
    Delivery,
    Erased,
    Event,
    ImportReport,
    Issue,
    IssueLine,
    LegalMove,
    Message,
    Note,
    Pace,
    Performance,
    PerformanceLine,
    Policy,
    PolicyVersion,
    Response,
    ResponseLine,
    ResponseRecord,
    RoutingExplained,
    RuleTrial,
)
from resolutionkit.cli.app import program
from resolutionkit.cli.asjson import _BESIDE
from resolutionkit.cli.exits import MEANINGS
from resolutionkit.cli.settings import SETTINGS, SettingOption

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "command-line.md"
GUIDE = ROOT / "docs" / "how-to" / "command-line.md"

INTRODUCTION = """# Command line

<!-- Made from the program; `python tests/cli/test_reference.py` writes it anew. -->

`resolutionkit` comes with the extra `cli`: `pip install ".[cli,sql]"` in a checkout. How to use it day by day is
told in [the how-to](../how-to/command-line.md)."""

OUTPUT = """## Output

| where | what is written |
| --- | --- |
| standard output, at a terminal | text wrapped to its width; a table that is too wide stacks its lesser columns |
| standard output, elsewhere | the same words without colour; a row is one line of whatever length, and nothing is cut |
| standard output, with `--json` | one JSON document in ASCII |
| standard error | a line for an error or a warning; how to get the next page; the progress bar, at a terminal only |

At a terminal, lists cut a comment at 240 characters and mark it with `…`; `show` has all of it. Colours are the
terminal's own named ones, and say nothing that is not said in words; `NO_COLOR` turns them off. Instants are shown in
the policy's zone, which is named. Whatever people typed is made harmless first: control characters, escape sequences,
bidirectional overrides and invisible characters are shown as `\N{REPLACEMENT CHARACTER}`, and markup stands there as it
was typed. A stream whose encoding lacks a character shows it escaped."""

DOCUMENTS = {
    "`inbox`": "`section`, `counts`, `items` (issue lines), `next`",
    "`list issues`": "`items` (issue lines), `next`",
    "`list responses`": "`items` (response lines), `next`",
    "`show`": "`issue`, `record`, `events`, `moves` (null with `--as-of`); only `record` where there is no issue",
    "`status` without a status": "`issue` (the id), `status`, `version`, `moves`",
    "every command that works an issue": "a change",
    "`performance`": "a performance: `lines` and `total` are performance lines, and how quickly is a pace",
    "`import`": "a report",
    "`erase`": "an erasing",
    "`ledger`": "`items` (deliveries), `next`",
    "`export`": (
        "`person`, `responses`, `issues`, `roles`, `written`, `mentions`, `preferences`; see `Tracker.export_person`"
    ),
    "`policy check`": (
        "`sound`, `faults`, `warnings`, each with `file`, `severity`, `place`, `problem`, `right` (empty with a fault)"
    ),
    "`policy explain`": "a routing",
    "`policy try`": "`trials` (each a trial), `by_rule`, `by_assignee`, `opened`",
    "`policy versions`": "a list of versions; with a fingerprint, one version",
    "`policy schema`": "the schema, also without `--json`",
    "`policy show`": "a policy",
    "`plugins`": "`plugins` (each with `name`, `package`, `hooks`, `fault`), `hooks` (all that there are)",
    "`db check`": "`sound`, `differences`",
    "`db current`": "`version` (null where there are no tables), `newest`, `pending`, `is_ours`",
}
OBJECTS: dict[str, type[Any]] = {
    "issue line": IssueLine,
    "delivery": Delivery,
    "message": Message,
    "issue": Issue,
    "response": Response,
    "record": ResponseRecord,
    "response line": ResponseLine,
    "note": Note,
    "event": Event,
    "move": LegalMove,
    "advice": Advice,
    "change": Change,
    "counts": Counts,
    "performance": Performance,
    "performance line": PerformanceLine,
    "pace": Pace,
    "report": ImportReport,
    "erasing": Erased,
    "policy": Policy,
    "routing": RoutingExplained,
    "trial": RuleTrial,
    "version": PolicyVersion,
}
JSON = """## JSON

`next` is the cursor for `--after`, or null at the end. Instants are in UTC after ISO 8601, such as
`2026-11-20T12:00:00Z`; spans are seconds; dates and decimals are strings. Keys are only ever added. What they mean is
told at the attributes of the same names in the Python reference; an event has those of its kind besides."""


def page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION, settings(), exits(), OUTPUT, JSON, table(("document", "keys"), DOCUMENTS.items())]
    parts += [table(("object", "keys"), [(name, keys_of(kind)) for name, kind in OBJECTS.items()]), "## Commands"]
    return "\n\n".join([*parts, *commands(program, "resolutionkit")]) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    lines = [tuple(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    lines.insert(1, ("---",) * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def keys_of(kind: type[Any]) -> str:
    """Return the keys of an object."""
    beside = [name for one, names in _BESIDE.items() if issubclass(kind, one) for name in names]
    own = [one.name for one in attrs.fields(kind) if not one.name.startswith("_")]
    more = ["recorded"] if kind is ImportReport else []
    return ", ".join(f"`{name}`" for name in (*beside, *own, *more))


def settings() -> str:
    """Return the settings with their variables."""
    rows = [(f"`{one.flag} {one.metavar}`", f"`{one.variable}`", one.help) for one in SETTINGS]
    rows.append(("", "`RESOLUTIONKIT_DEBUG`", "Where it is set, an unexpected error shows where it happened."))
    rows.append(("", "`_RESOLUTIONKIT_COMPLETE`", "Asked by the shell for completion; see the how-to."))
    text = "Options stand before or after the command; the last one holds, and an option outdoes its variable."
    return f"## Settings\n\n{text}\n\n{table(('option', 'variable', 'what it is'), rows)}"


def exits() -> str:
    """Return the exit codes with their meanings."""
    rows = [(str(int(code)), meaning) for code, meaning in MEANINGS.items()]
    return f"## Exit codes\n\n{table(('code', 'meaning'), rows)}"


def commands(group: click.Group, path: str) -> Iterator[str]:
    """Yield a section for each command of a group."""
    for name in group.list_commands(click.Context(group)):
        command = group.commands[name]
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield section(command, f"{path} {name}")


def section(command: click.Command, path: str) -> str:
    """Return what there is to say of a command."""
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    told = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    own = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    rows = [
        (f"`{record[0]}`", record[1])
        for one in own
        if not isinstance(one, SettingOption) and "--help" not in one.opts
        if (record := one.get_help_record(context)) is not None
    ]
    title = f"### {path.removeprefix('resolutionkit ')}"
    return "\n\n".join((title, f"```text\n{usage}\n```", told, table(("option", "what it does"), rows)))


def test_the_page_is_what_the_program_says() -> None:
    """An option, an exit code or a key that changes is written anew: `python tests/cli/test_reference.py`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_document_s_keys_are_those_that_are_written(company: Any) -> None:
    """The tables of the page against the real thing."""
    found = company.data("inbox", "--limit", "1")
    assert set(found) == {"section", "counts", "items", "next"}
    shown = company.data("show", "--response", "R-1048")
    responses = company.data("list", "responses", "--limit", "1")["items"]
    told = {
        "issue line": found["items"][0],
        "counts": found["counts"],
        "issue": shown["issue"],
        "record": shown["record"],
        "move": shown["moves"][0],
        "response": shown["record"]["response"],
        "response line": responses[0],
        "policy": company.data("policy", "show"),
        "performance": company.data("performance"),
        "performance line": company.data("performance")["total"],
        "pace": company.data("performance")["total"]["closed"],
        "change": company.data("note", "--response", "R-1048", "x"),
        "erasing": company.data("erase", "nobody@customer.example", "--yes"),
    }
    for name, data in told.items():
        assert ", ".join(f"`{key}`" for key in data) == keys_of(OBJECTS[name]), name
    exported = json.loads(company.ok("export", "nobody@customer.example"))
    assert ", ".join(f"`{key}`" for key in exported) in DOCUMENTS["`export`"]
    bad = json.loads(company.run("policy", "check", str(PAGE), "--json").stdout)
    assert f"each with {', '.join(f'`{key}`' for key in bad['faults'][0])}" in DOCUMENTS["`policy check`"]
    quickstart = str(ROOT / "examples" / "quickstart" / "policy.toml")
    tried = company.data("policy", "try", quickstart)
    for name, data in {
        "routing": company.data("policy", "explain", "R-1048"),
        "trial": tried["trials"][0],
        "version": company.data("policy", "versions")[0],
    }.items():
        assert ", ".join(f"`{key}`" for key in data) == keys_of(OBJECTS[name]), name
    assert ", ".join(f"`{key}`" for key in tried if key != "trials") in DOCUMENTS["`policy try`"]


def test_every_command_of_the_guide_exists() -> None:
    """Each line of its shell blocks that calls the program names a command and options that there are."""
    lines = list(calls())
    assert len(lines) > 20
    for line in lines:
        words = shlex.split(line)
        command: click.Command = program
        while isinstance(command, click.Group):
            names = [word for word in words if word in command.commands]
            assert names, line
            command = command.commands[names[0]]
        known = {flag for one in (*command.params, *program.params) for flag in (*one.opts, *one.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= known | {"--help"}, line


def test_the_guide_s_commands_do_what_they_say(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, in order, on the quickstart's data; the one with an old version is refused as the guide says."""
    (shell.folder / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(shell.folder)
    for line in calls():
        words = shlex.split(line)
        done = shell.run(*words, typed="Mended in 4711.")
        assert done.exit_code == (7 if "--expected-version" in words else 0), done.output


def calls() -> Iterator[str]:
    """Yield what stands behind the program's name in each line of the guide's shell blocks that calls it."""
    for block in re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            before, found, words = line.partition("resolutionkit ")
            if found and (not before or before.endswith("| ")):
                yield words.partition(" > ")[0]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
