"""The example plugins: found where they are installed, and sound by their own tests."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from resolutionkit import Tracker
from resolutionkit.tracker.plugins import plugin_manager
from support import response
from support.packages import install
from support.serving import EXAMPLES

KEYWORD = EXAMPLES / "keyword_recovery"


def test_the_keyword_plugin_is_found_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry point that its project file announces leads to it, and nothing has to be told to the tracker."""
    project = tomllib.loads((KEYWORD / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ((point, module),) = project["entry-points"]["resolutionkit"].items()
    install(tmp_path, module, (KEYWORD / f"{module}.py").read_text(encoding="utf-8"), point=point)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, module, raising=False)
    (found,) = (one for one in plugin_manager().listed() if one.name == point)
    assert (found.hooks, found.fault) == (("resolutionkit_needs_recovery",), None)
    with Tracker.open("memory:") as tracker:
        assert tracker.record(response("r-1", 10, comment="I want a refund.")).issue is not None


def test_the_keyword_plugin_passes_its_own_tests() -> None:
    """They need nothing but the kit."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    done = subprocess.run(command, cwd=KEYWORD, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "8 passed" in done.stdout
