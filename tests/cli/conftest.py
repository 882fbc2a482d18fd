"""A shell for the command line's tests: in the process, as a process, and at a terminal; and what is hostile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen
from click.testing import CliRunner, Result

from resolutionkit.cli.app import program

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"
HOSTILE = (
    "\x1b[31mred \x1b]8;;http://evil.example\x07link \x9b2J \u202eright \u2066isolated \u200bzero\u200d \ufeff "
    "a\rb\tc \x07bell \x7f [bold]markup[/bold] :smile: end"
)
FORBIDDEN = frozenset("\x1b\x07\x9b\x7f\r\t\u202e\u2066\u200b\u200d\ufeff\u2028\u3164")
"""What never reaches a terminal, among what respondents type."""


@pytest.fixture
def hostile() -> str:
    """Return a text with everything that a terminal might obey."""
    return HOSTILE


@pytest.fixture
def forbidden() -> frozenset[str]:
    """Return the characters that must not be shown."""
    return FORBIDDEN


@frozen
class Shell:
    """Runs commands with settings in the environment."""

    folder: Path
    env: dict[str, str] = field(factory=dict)

    def run(self, *words: str, typed: str | bytes | None = None) -> Result:
        """Run a command in this process, and return what it did."""
        env = {name: None for name in os.environ if name.startswith("RESOLUTIONKIT_")} | self.env
        return CliRunner().invoke(program, words, input=typed, env=env)

    def ok(self, *words: str, typed: str | bytes | None = None) -> str:
        """Run a command that succeeds, and return its output."""
        done = self.run(*words, typed=typed)
        assert done.exit_code == 0, done.output
        return done.stdout

    def data(self, *words: str) -> Any:
        """Run a command with --json, and return its data; the text is pure ASCII without a control character."""
        text = self.ok(*words, "--json")
        assert text.isascii()
        assert text.replace("\n", "").isprintable()
        return json.loads(text)

    def error(self, code: int, *words: str, typed: str | bytes | None = None) -> str:
        """Run a command that fails with an exit code, and return its one line of error."""
        done = self.run(*words, typed=typed)
        assert done.exit_code == code, done.output
        assert done.stderr.startswith("error: ")
        assert done.stderr.endswith("\n")
        assert done.stderr.count("\n") == 1
        assert "Traceback" not in done.output
        return done.stderr

    def process(self, *words: str, **settings: Any) -> subprocess.Popen[bytes]:
        """Start a command as a process of its own."""
        env = {**os.environ, "PYTHONIOENCODING": "utf-8", **self.env, **settings.pop("env", {})}
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | settings
        return subprocess.Popen([sys.executable, "-m", "resolutionkit.cli", *words], env=env, **streams)

    def at_terminal(self, *words: str, columns: int = 80, **env: str) -> str:
        """Run a command at a terminal of so many columns, and return all that it would show."""
        import fcntl  # Unix only, as the tests that come here
        import pty
        import struct
        import termios

        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        plain = {"TERM": "xterm-256color", "COLUMNS": str(columns), **env}
        process = self.process(*words, stdin=theirs, stdout=theirs, stderr=theirs, env=plain)
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        process.wait(timeout=60)
        return shown.decode("utf-8")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says EIO where the other end is closed
        return b""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return a shell at bridget's desk of the quickstart's company, with an empty database."""
    env = {
        "RESOLUTIONKIT_DATABASE": f"sqlite:///{tmp_path / 'recovery.db'}",
        "RESOLUTIONKIT_DIRECTORY": str(QUICKSTART / "organisation.toml"),
        "RESOLUTIONKIT_USER": "bridget",
        "COLUMNS": "80",
    }
    return Shell(tmp_path, env)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that holds the quickstart's responses."""
    path = tmp_path_factory.mktemp("quickstart") / "recovery.db"
    words = [str(QUICKSTART / "responses.csv"), "--mapping", str(QUICKSTART / "mapping.toml")]
    company = str(QUICKSTART / "organisation.toml")
    done = CliRunner().invoke(program, ["--database", f"sqlite:///{path}", "--directory", company, "import", *words])
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture
def company(shell: Shell, filled: Path) -> Shell:
    """Return the shell with a copy of the database that holds the quickstart's responses."""
    (shell.folder / "recovery.db").write_bytes(filled.read_bytes())
    return shell


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], str]:
    """Return a function that writes a file of the test's folder, and returns its path."""

    def make(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return make
