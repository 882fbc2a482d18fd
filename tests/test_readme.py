"""The README's promises: its main job runs, and its Python goes on with what the main job left."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run_main_job(folder: Path) -> str:
    """Run the example as the first command does, in a folder, and return what it prints."""
    job = ROOT / "examples" / "quickstart" / "main_job.py"
    done = subprocess.run(
        [sys.executable, "-W", "error", str(job)],
        cwd=folder,
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    return done.stdout


def test_the_first_two_shell_blocks_are_the_main_job_and_the_checks() -> None:
    """The README's commands call the example that is tested here, and nox."""
    shell = [text for language, text in BLOCKS if language == "sh"]
    assert "examples/quickstart/main_job.py" in shell[0]
    assert shell[1].rstrip().endswith("nox")


def test_the_main_job_shows_what_it_promises(tmp_path: Path) -> None:
    """It imports, shows the inbox, resolves, escalates and reopens, and prints timeline and note log."""
    printed = run_main_job(tmp_path)
    assert "48 rows: 19 opened, 1 replaced, 28 stored" in printed
    assert "flagged 19 · working 0 · followed 0 · open 19 · closed 0 · mine 0" in printed
    assert "status_changed → resolved" in printed
    assert "to be told: helena (escalated)" in printed
    assert "reopened → needs_attention" in printed
    assert "Nathan Birch (Spoke? No): Asked for a call with Helena this week." in printed
    assert (tmp_path / "recovery.db").exists()


def test_the_main_job_is_safe_to_run_again(tmp_path: Path) -> None:
    """A second run finds duplicates only, and its commands happen once."""
    run_main_job(tmp_path)
    printed = run_main_job(tmp_path)
    assert "48 rows: 48 duplicate" in printed
    assert printed.count("Asked for a call with Helena this week.") == 1


def test_the_commands_of_the_readme_go_on_with_the_database(tmp_path: Path) -> None:
    """Each of the console lines works as printed, one after the other, on the database that the main job left."""
    run_main_job(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (console,) = (text for language, text in BLOCKS if language == "console")
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    printed = ""
    for line in console.splitlines():
        words = shlex.split(line.removeprefix("$ "))
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            environment[name] = value
            continue
        assert words[0] == ".venv/bin/resolutionkit"
        command = [sys.executable, "-W", "error", "-m", "resolutionkit.cli", *words[1:]]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, encoding="utf-8", env=environment)
        printed += done.stdout
    assert "flagged 17" in printed
    assert "Resolution in Progress" in printed
    assert "Amy rings back on Monday." in printed


def test_the_python_of_the_readme_goes_on_with_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Python blocks run in order on the database that the main job left."""
    run_main_job(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    script = tmp_path / "readme.py"
    script.write_text("\n".join(text for language, text in BLOCKS if language == "python"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(script))
    assert "opened nathan" in capsys.readouterr().out
