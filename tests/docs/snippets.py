"""How the snippets of the docs are run: what each kind of block does, and what counts as the same output."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine
from sybil import Example, Sybil
from sybil.parsers.myst import CodeBlockParser

from resolutionkit import ImportMapping, Policy, Tracker, load_directory
from support.packages import install_project

LOADERS = {"policy": Policy.load, "directory": load_directory, "mapping": ImportMapping.load}
"""Who reads a TOML block, by what the name in its first line ends with."""

FAULT, USAGE = 1, 2
"""The exit codes that no command of a page may have: a fault of the program, and a wrong command line."""

COLUMNS = "80"
"""How wide the terminal is whose output a page shows."""

_CHANGING = (
    (re.compile(r"--after \S+"), "--after CURSOR"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "ID"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?"), "INSTANT"),
    (re.compile(r"\bin \d+\.\d\ds$", re.MULTILINE), "in TIME"),
    (re.compile(r'"duration": [\d.e-]+'), '"duration": TIME'),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)
"""What differs from run to run, and what stands for it in both outputs."""


def same(shown: str, printed: str) -> bool:
    """Say whether what a page shows is what was printed; a line of ``…`` stands for any lines."""
    pattern = "\n".join(".*" if line.strip() == "…" else re.escape(line) for line in _plain(shown).splitlines())
    return re.fullmatch(pattern, _plain(printed).rstrip("\n"), re.DOTALL) is not None


def _plain(text: str) -> str:
    for pattern, word in _CHANGING:
        text = pattern.sub(word, text)
    return text


def run_python(example: Example) -> None:
    """Run a block in its page's namespace, and keep what it prints for the output block below it.

    A block whose first line names a Python file is written there too, and later blocks may import it.
    """
    write_module(example.parsed, Path())
    code = compile("\n" * (example.line + example.parsed.line_offset) + example.parsed, example.path, "exec")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, example.namespace)
    example.namespace["_printed"] = printed.getvalue()
    example.namespace["_ends"] = example.region.end


def write_module(block: str, folder: Path) -> None:
    """Write a block to the file that its first line names, if it names one: at its end where it is continued."""
    named = re.match(r"# (\w+)\.py(, continued)?\n", block)
    if named is None:
        return
    path = folder / f"{named[1]}.py"
    known = path.read_text(encoding="utf-8") + "\n\n" if named[2] else ""
    path.write_text(known + block, encoding="utf-8")
    sys.modules.pop(named[1], None)  # what was imported from it before knew less
    importlib.invalidate_caches()


def compare_output(example: Example) -> None:
    """Compare a text block that directly follows a python block with what that block printed."""
    between = example.document.text[example.namespace.get("_ends", 0) : example.region.start]
    if "_ends" not in example.namespace or between.strip():
        return
    printed = example.namespace["_printed"]
    assert same(example.parsed, printed), f"the page shows\n{example.parsed}\nbut this is printed\n{printed}"


def load_toml(example: Example) -> None:
    """Write a block whose first line names its file, and load it; one without a name is parsed only."""
    named = re.match(r"# (\S+\.toml)\n", example.parsed)
    if named is None:
        tomllib.loads(example.parsed)
        return
    path = Path(named[1])
    path.write_text(example.parsed, encoding="utf-8")
    loader = next(load for kind, load in LOADERS.items() if path.stem.endswith(kind))
    loader(path)


def run_console(example: Example) -> None:
    """Run the lines ``$ resolutionkit …`` and ``$ pytest …`` of a block, and compare what stands below each of them.

    ``$ pip install ./examples/…`` puts an example's package where the page's later blocks find it.
    """
    for command, shown in commands_in(example.parsed):
        words = shlex.split(command)
        if words[:2] == ["pip", "install"] and words[2].startswith("./examples/"):
            install_project(Path(words[2]), Path())
            importlib.invalidate_caches()
        if words[0] in ("resolutionkit", "pytest"):
            printed = run_program(words[1:], Terminal())[1] if words[0] == "resolutionkit" else run_pytest(words[1:])
            assert not shown.strip() or same(shown, printed), f"$ {command}\nshows\n{shown}\nprints\n{printed}"


def run_shell(example: Example) -> None:
    """Run the lines of a block that call our program, with the variables that were exported; others are passed over.

    A page may show what is refused, so a refusal passes; a command line that is wrong does not.
    """
    for line in example.parsed.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["export"]:
            os.environ.update([words[1].split("=", 1)])
        elif words[:1] == ["resolutionkit"]:
            code, printed = run_program(words[1 : words.index(">") if ">" in words else None])
            assert code not in (FAULT, USAGE), f"{line}\nexits with {code}\n{printed}"


class Terminal(io.StringIO):
    """A stream that says it is a terminal; one without colours, where ``TERM`` says so."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def run_program(words: list[str], output: io.StringIO | None = None) -> tuple[int, str]:
    """Run our command line in this process, and return its exit code and all that it prints."""
    from resolutionkit.cli import main

    terminal = patch.dict(os.environ, {"TERM": "dumb", "COLUMNS": COLUMNS})
    out, err = output or io.StringIO(), io.StringIO()
    with terminal, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    return code, out.getvalue() + err.getvalue()


def run_pytest(words: list[str]) -> str:
    """Run pytest on the files that a page wrote, as where nothing but our fixtures is installed."""
    ours = ("-p", "resolutionkit.testing.fixtures", "-p", "no:cacheprovider")
    given = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": COLUMNS}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "CI"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *ours, *words],
        env=environment | given,
        stdout=subprocess.PIPE,
        check=False,
        encoding="utf-8",
    )
    return done.stdout


def commands_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with the output that is shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        joined = part.replace("\\\n", " ")
        command, _, shown = joined.partition("\n")
        yield command, shown


SNIPPETS = Sybil(
    parsers=[
        CodeBlockParser(language="python", evaluator=run_python),
        CodeBlockParser(language="text", evaluator=compare_output),
        CodeBlockParser(language="toml", evaluator=load_toml),
        CodeBlockParser(language="console", evaluator=run_console),
        CodeBlockParser(language="sh", evaluator=run_shell),
    ]
)


def close_all(objects: Iterable[object]) -> None:
    """Close what a reader's session would close at its end."""
    for one in objects:
        if isinstance(one, Tracker | sqlite3.Connection):
            one.close()
        elif isinstance(one, Engine):
            one.dispose()


def run_page(page: Path) -> int:
    """Run all snippets of a page in order, in the present folder, and return how many there are."""
    document, known = SNIPPETS.parse(page), set(sys.modules)
    try:
        with patch.object(sys, "path", [str(Path.cwd()), *sys.path]):
            examples = list(document.examples())
            for example in examples:
                example.evaluate()
    finally:
        close_all([*document.namespace.values()])
        written = {*(path.stem for path in Path().glob("*.py"))}
        written |= {path.parent.name for path in Path().glob("*/__init__.py")}
        for name in [one for one in sys.modules if one.partition(".")[0] in written and one not in known]:
            del sys.modules[name]
    return len(examples)
