"""The program around the commands: its entry point, its help, its version, and the bar that moves."""

from __future__ import annotations

import io
import runpy
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest

from resolutionkit import cli
from resolutionkit.cli import printing
from resolutionkit.cli.app import program
from resolutionkit.importing.fileformat import FileFormat
from resolutionkit.importing.readers import about_rows


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_the_entry_point_returns_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """With the words that are given, else those that the process was started with."""
    assert cli.main(["policy", "show", "--json"]) == 0
    assert '"fingerprint"' in capsys.readouterr().out
    assert cli.main(["frob"]) == 2
    assert capsys.readouterr().err == "error: no such command 'frob'; see 'resolutionkit --help'\n"


def test_the_entry_point_reads_the_process_s_own_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the installed script calls it."""
    monkeypatch.setattr(sys, "argv", ["resolutionkit", "--version"])
    assert cli.main() == 0
    assert capsys.readouterr().out == f"resolutionkit {version('resolutionkit')}\n"


def test_the_package_runs_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """For where the script is not on the path."""
    monkeypatch.setattr(sys, "argv", ["resolutionkit", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(Path(cli.__file__).with_name("__main__.py")), run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("resolutionkit ")


def test_an_interruption_before_any_command_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback, wherever Ctrl-C falls."""

    def interrupted(_words: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("resolutionkit.cli.app.run", interrupted)
    assert cli.main([]) == 130


def test_a_missing_dependency_is_told_before_anything_is_imported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the command that installs it."""
    monkeypatch.setattr(cli, "find_spec", lambda _name: None)
    assert cli.main([]) == 9
    assert capsys.readouterr().err.endswith('pip install "resolutionkit[cli]"\n')


def test_help_shows_the_settings_apart(shell: Any) -> None:
    """After the command's own options, and once at the program itself with their variables."""
    own, _, settings = shell.ok("list", "--help").partition("Settings, here or before the command:")
    assert "--recovery" in own
    assert "--database" not in own
    assert settings.split()[:2] == ["--database", "URL"]
    assert "RESOLUTIONKIT_DATABASE" in shell.ok("--help")


def test_no_words_at_all_show_the_help_as_a_wrong_command_line(shell: Any) -> None:
    """On the error stream: no output was asked for."""
    done = shell.run()
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: resolutionkit")


def test_every_command_and_option_says_what_it_does() -> None:
    """In the list of commands in full, without an ellipsis."""
    groups: list[Any] = [program, program.commands["policy"], program.commands["db"]]
    for command in (one for group in groups for one in group.commands.values()):
        assert command.help
        assert not command.get_short_help_str(limit=60).endswith("...")
        assert all(one.help for one in command.params if isinstance(one, click.Option))


def test_the_bar_moves_and_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts rows, more of them too than were expected; where nothing is to be shown it shows nothing."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    assert printing.is_watched()
    with printing.progress_bar(10) as moved:
        moved(4)
        moved(12)
    assert "12 of about 12 rows" in screen.getvalue()
    length = len(screen.getvalue())
    with printing.progress_bar(None) as moved:
        moved(4)
    assert len(screen.getvalue()) == length


def test_rows_are_counted_ahead_only_where_that_costs_nothing(tmp_path: Path) -> None:
    """A pipe can be read once; it is left alone."""
    file = tmp_path / "export.csv"
    file.write_bytes(b"id\n1\n2\n")
    assert about_rows(file, FileFormat()) == 3
    assert about_rows(tmp_path, FileFormat()) is None
