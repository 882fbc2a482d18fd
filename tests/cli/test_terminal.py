"""At real terminals and pipes: width, colour, the progress bar, and readers that leave early."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"
IMPORT = ("import", str(QUICKSTART / "responses.csv"), "--mapping", str(QUICKSTART / "mapping.toml"))


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals and signals as Unix has them")


def bare(shown: str) -> str:
    """Return what a terminal showed without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", shown).replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [40, 80, 120, 160])
def test_a_list_fits_the_terminal_and_loses_nothing(company: Any, columns: int) -> None:
    """Every id and name is there, whole from 80 columns on, and no line is longer than the terminal is wide."""
    shown = bare(company.at_terminal("list", columns=columns))
    assert max(map(len, shown.splitlines())) <= columns
    for line in company.data("list")["items"]:
        for part in (line["id"], line["response"]["id"], line["response"]["group"], line["assignee"]):
            assert part in (shown if columns >= 80 else "".join(shown.split()))


def test_colours_are_named_ones_and_never_alone(company: Any) -> None:
    """Bold, underline, italic and red, whatever the theme made of them; and what they say is said in words."""
    company.ok("escalate", "--response", "R-1048", "--reason", "x", "--note", "x")
    shown = company.at_terminal("show", "--response", "R-1048")
    assert set(re.findall(r"\x1b\[([0-9;]*)m", shown)) <= {"0", "1", "1;4", "1;31", "3"}
    assert "\x1b[1;31mEscalated (urgent)" in shown


def test_no_color_is_respected(company: Any) -> None:
    """The variable takes the colours; bold and underline are none."""
    company.ok("escalate", "--response", "R-1048", "--reason", "x", "--note", "x")
    assert "\x1b[1;31m" not in company.at_terminal("list", NO_COLOR="1")
    assert "\x1b" not in company.at_terminal("list", TERM="dumb")


def test_a_pipe_gets_one_line_a_row_without_colour_or_cut(company: Any) -> None:
    """However long a comment is, and whatever the width of the terminal from which the pipe was started."""
    text = "long " * 200
    company.ok("note", "--response", "R-1048", text)
    process = company.process("list", "responses", env={"COLUMNS": "20"})
    out, _ = process.communicate(timeout=60)
    assert b"\x1b" not in out
    assert len(out.decode().splitlines()) == len(company.data("list", "responses")["items"]) + 1
    assert text.strip() in out.decode()


def test_a_reader_that_leaves_early_ends_it_quietly(company: Any) -> None:
    """As `head` does; the exit code is that of a program ended by a closed pipe."""
    for words in (("list", "responses", "--json", "--limit", "1000"), ("--help",)):
        process = company.process(*words, env={"PYTHONUNBUFFERED": ""})
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141
        process.stderr.close()


def test_closed_streams_and_a_full_disk_are_no_traceback(company: Any) -> None:
    """Without an output the work is done all the same; a full disk is an error in one line."""
    script = f'"{sys.executable}" -m resolutionkit.cli'
    env = {**os.environ, **company.env}
    closed = subprocess.run(f"{script} list >&-", shell=True, env=env, capture_output=True, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")
    silent = subprocess.run(f"{script} show nope 2>&-", shell=True, env=env, capture_output=True, check=False)
    assert (silent.returncode, silent.stdout) == (4, b"")
    if Path("/dev/full").exists():
        for unbuffered in ("", "1"):  # what a buffer still holds fails once more when Python ends
            given = {**env, "PYTHONUNBUFFERED": unbuffered}
            full = subprocess.run(f"{script} list >/dev/full", shell=True, env=given, capture_output=True, check=False)
            assert (full.returncode, full.stderr) == (8, b"error: the standard output: No space left on device\n")


def test_a_stream_that_knows_few_characters_shows_the_others_escaped(company: Any) -> None:
    """An ASCII locale is no reason to fail."""
    process = company.process("show", "--response", "R-1002", env={"PYTHONIOENCODING": "ascii"})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert b"Jos\\xe9" in out


def test_the_progress_bar_shows_on_a_terminal_only(shell: Any) -> None:
    """Where the error stream is a pipe it stays empty."""
    assert "rows" in bare(shell.at_terminal(*IMPORT)).partition("Imported")[0]
    _, err = shell.process(*IMPORT).communicate(timeout=60)
    assert err == b""


def test_interrupting_is_one_line_and_its_own_exit_code(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the line that closes the terminal's own ^C."""

    def interrupted(_text: str | None) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("resolutionkit.cli.working.read_note", interrupted)
    done = shell.run("note", "x", "-")
    assert done.exit_code == 130
    assert done.stderr.strip() == (
        "error: interrupted; what was committed stays, and the same command can be given again"
    )


def test_without_click_or_rich_one_line_says_what_to_install() -> None:
    """And the exit code says that something is missing."""
    for missing in ("click", "rich"):
        program = (
            "import importlib.util as u, sys\n"
            "find = u.find_spec\n"
            f"u.find_spec = lambda name, *rest: None if name == {missing!r} else find(name, *rest)\n"
            "from resolutionkit.cli import main\n"
            "sys.exit(main(['--help']))"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (9, "")
        assert done.stderr == (
            'error: the command line needs an optional dependency: pip install "resolutionkit[cli]"\n'
        )


def test_help_loads_neither_rich_nor_a_database() -> None:
    """What a command does not need is not imported for it."""
    program = (
        "import sys\nfrom resolutionkit.cli import main\ncode = main(['--help'])\n"
        "assert code == 0 and not {'rich.console', 'sqlalchemy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
