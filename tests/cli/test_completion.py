"""Completion: through a real bash, and through click for the other shells."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.shell_completion import ShellComplete

from resolutionkit.cli.app import program

HAS_BASH = sys.platform == "linux" and shutil.which("bash") is not None


def offered(shell: Any, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """Return what completion offers for the last word."""
    for name, value in shell.env.items():
        monkeypatch.setenv(name, value)
    complete = ShellComplete(program, {}, "resolutionkit", "_RESOLUTIONKIT_COMPLETE")
    return [item.value for item in complete.get_completions(list(words[:-1]), words[-1])]


CASES = [
    (("sh",), ["show"]),
    (("policy", ""), ["check", "explain", "schema", "show", "try", "versions"]),
    (("status", "x", ""), ["needs_attention", "in_progress", "escalated", "cant_resolve", "not_an_issue", "resolved"]),
    (("status", "--response", "R-1", "res"), ["resolved"]),
    (("status", "res", "--response", "R-1", ""), []),
    (("status", "res"), []),
    (("assign", "--response", "R-1", "na"), ["nathan"]),
    (("follow", "--response=R-1", "br"), ["bridget"]),
    (("show", "--response", "R-1", ""), []),
    (("reopen", "x", "--status", ""), ["needs_attention", "in_progress"]),
    (("list", "--status", "res"), ["resolved"]),
    (("assign", "x", "na"), ["nathan"]),
    (("list", "--assignee", "br"), ["bridget"]),
    (("list", "--group", "F"), ["FIELD"]),
    (("escalate", "x", "--reason-kind", "rep"), ["reputation_at_risk"]),
    (("list", "--recovery", "w"), ["w", "without-notes", "with-notes"]),
    (("inbox", "fl"), ["flagged"]),
]


@pytest.mark.parametrize(("words", "expected"), CASES)
def test_a_word_is_completed(
    words: tuple[str, ...], expected: list[str], shell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands, statuses, people, groups, filters."""
    assert offered(shell, monkeypatch, *words) == expected


def test_completion_reads_the_policy_that_was_named_and_bears_a_bad_one(
    shell: Any, write: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that cannot be read offers nothing, and breaks nothing."""
    own = write("p.toml", 'workflow = "three-status"\nroot_causes = ["price", "delivery"]')
    assert offered(shell, monkeypatch, "--policy", own, "status", "x", "c") == ["closed"]
    assert offered(shell, monkeypatch, "status", "x", "--policy", own, "--root-cause", "p") == ["price"]
    assert offered(shell, monkeypatch, "--policy", write("bad.toml", "zone = ["), "status", "x", "") == []


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: Any, name: str) -> None:
    """It is printed where the variable asks for it."""
    if name == "bash" and not HAS_BASH:
        pytest.skip("no bash of today here")
    process = shell.process(env={"_RESOLUTIONKIT_COMPLETE": f"{name}_source"})
    out, _ = process.communicate(timeout=60)
    assert b"_RESOLUTIONKIT_COMPLETE" in out
    assert process.returncode == 0


@pytest.mark.skipif(not HAS_BASH, reason="no bash of today here")
def test_a_real_bash_completes(shell: Any) -> None:
    """The script is sourced, and its function asked as the Tab key does."""
    command = shell.folder / "resolutionkit"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m resolutionkit.cli "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    script = (
        'eval "$(_RESOLUTIONKIT_COMPLETE=bash_source resolutionkit)"\n'
        "COMP_WORDS=(resolutionkit status some-issue in) COMP_CWORD=3\n"
        '_resolutionkit_completion resolutionkit\necho "${COMPREPLY[@]}"'
    )
    env = {**os.environ, **shell.env, "PATH": f"{shell.folder}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["in_progress"]
