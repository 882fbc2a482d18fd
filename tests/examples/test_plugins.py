"""The example plugins: found where they are installed, and sound by their own tests."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from resolutionkit import Tracker
from resolutionkit.tracker.plugins import Plugin, plugin_manager
from support import response
from support.packages import install_project
from support.serving import EXAMPLES

KEYWORD, JSON_LINES, PAGER = "keyword_recovery", "json_lines_store", "pager_notifier"
EVERY = (KEYWORD, JSON_LINES, PAGER)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install the plugins by what their project files say, and nothing has to be told to a tracker."""
    for name in EVERY:
        install_project(EXAMPLES / name, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [one for one in sys.modules if one.partition(".")[0] in EVERY]:
        del sys.modules[name]


def found(point: str) -> Plugin:
    """Return the plugin of an entry point."""
    (plugin,) = (one for one in plugin_manager().listed() if one.name == point)
    return plugin


@pytest.mark.usefixtures("installed")
def test_the_keyword_plugin_is_found_by_its_entry_point() -> None:
    """Where it is installed a customer's word opens an issue."""
    assert (found(KEYWORD).hooks, found(KEYWORD).fault) == (("resolutionkit_needs_recovery",), None)
    with Tracker.open("memory:") as tracker:
        assert tracker.record(response("r-1", 10, comment="I want a refund.")).issue is not None


def test_the_storage_plugin_is_found_by_its_entry_point(installed: Path) -> None:
    """Where it is installed the scheme of a URL leads to it, and what it keeps is there when it is opened again."""
    assert (found(JSON_LINES).hooks, found(JSON_LINES).fault) == (("resolutionkit_stores",), None)
    url = f"jsonl:{installed / 'recovery.jsonl'}"
    with Tracker.open(url) as tracker:
        tracker.record(response("r-1", 2))
    with Tracker.open(url) as tracker:
        assert [line.response.id for line in tracker.issues()] == ["r-1"]


@pytest.mark.usefixtures("installed")
def test_the_notifier_plugin_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is installed and the environment names a pager, there is one more channel."""
    assert (found(PAGER).hooks, found(PAGER).fault) == (("resolutionkit_notifiers",), None)
    monkeypatch.setenv("PAGER_URL", "http://127.0.0.1:9/pages")
    offered = [one.name for _, ones in plugin_manager().answers("resolutionkit_notifiers") for one in ones]
    assert "pager" in offered


@pytest.mark.parametrize(("plugin", "tests"), [(KEYWORD, 8), (JSON_LINES, 225), (PAGER, 28)])
def test_a_plugin_passes_its_own_tests(plugin: str, tests: int) -> None:
    """They need nothing but the kit; a storage's and a notifier's are the whole suite, and what is its own."""
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    done = subprocess.run(command, cwd=EXAMPLES / plugin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert sum(map(int, re.findall(r"(\d+) (?:passed|skipped)", done.stdout))) >= tests, done.stdout
