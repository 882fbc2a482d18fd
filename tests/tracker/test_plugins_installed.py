"""Plugins that packages announce: found by their entry points; a faulty one is named, left out, and stops no other."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from resolutionkit import PluginError, Tracker
from resolutionkit.tracker.plugins import plugin_manager
from support import response
from support.packages import install

GOOD = """
from resolutionkit.hooks import hookimpl

@hookimpl
def resolutionkit_needs_recovery(classification):
    return "refund" in (classification.response.comment or "") or None
"""
FAULTS = {
    "raises on import": ('raise RuntimeError("the words of Jane")', r"cannot be used: RuntimeError at faulty\.py:1"),
    "needs another package": ("import nowhere_to_be_found", "cannot be used: ModuleNotFoundError for 'nowhere_to_be"),
    "is no Python": ("def", "cannot be used: SyntaxError"),
    "asks for too much": (
        GOOD.replace("classification)", "classification, weather)"),
        r"is not called with weather; write def resolutionkit_needs_recovery\(account, classification\)",
    ),
    "misspells a hook": (GOOD.replace("needs_recovery", "need_recovery"), "did you mean resolutionkit_needs_recovery?"),
    "knows another library": (
        GOOD.replace("resolutionkit_needs", "zzz"),
        "zzz_recovery is no hook; there are ",
    ),
    "exits on import": ("raise SystemExit(1)", "cannot be used: SystemExit at faulty_"),
    "marks nothing": (GOOD.replace("@hookimpl", ""), "implements no hook; mark its functions with hookimpl"),
    "yields": (GOOD.replace("    return", "    yield"), "without yield or a wrapper"),
    "wraps others": (
        GOOD.replace("@hookimpl", "@hookimpl(wrapper=True)").replace("    return", "    yield"),
        "without yield or a wrapper",
    ),
    "has a default": (
        GOOD.replace("(classification)", "(classification=None)"),
        "would never be given classification; write def",
    ),
    "takes names alone": (
        GOOD.replace("(classification)", "(*, classification)"),
        "would never be given classification; write def",
    ),
    "is async": (GOOD.replace("def res", "async def res"), "is not awaited; write def"),
}
"""What a package may do wrong before it is asked anything, and what is said."""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Return a function that installs a package of a name with a module's text."""
    monkeypatch.syspath_prepend(tmp_path)
    return lambda name, module: install(tmp_path, name, module)


def test_an_installed_plugin_is_asked(installed: Callable[[str, str], None]) -> None:
    """Nothing has to be told to the tracker; where it has no opinion the policy decides."""
    installed("keyword_plugin_a", GOOD)
    with Tracker.open("memory:") as tracker:
        assert tracker.record(response("r-1", 9, comment="I want a refund")).issue is not None
        assert tracker.record(response("r-2", 9)).issue is None
    (found,) = (one for one in plugin_manager().listed() if one.name == "keyword_plugin_a")
    assert (found.package, found.hooks, found.fault) == (
        "keyword_plugin_a 1.2",
        ("resolutionkit_needs_recovery",),
        None,
    )


@pytest.mark.parametrize("what", FAULTS)
def test_a_faulty_package_is_left_out(
    installed: Callable[[str, str], None], what: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named in the log and in the list, without what somebody typed; the next plugin works."""
    module, told = FAULTS[what]
    name = "faulty" if what == "raises on import" else f"faulty_{list(FAULTS).index(what)}"
    installed(name, module)
    installed(f"{name}_beside", GOOD)
    with caplog.at_level(logging.ERROR, "resolutionkit.plugins"), Tracker.open("memory:") as tracker:
        assert tracker.record(response("r-1", 9, comment="refund")).issue is not None
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert re.search(told, caplog.text)
    assert "Jane" not in caplog.text
    (fault,) = (one.fault for one in plugin_manager().listed() if one.fault)
    assert re.search(told, fault or "")


def test_whoever_looks_for_a_backend_is_told_which_plugin_is_faulty(installed: Callable[[str, str], None]) -> None:
    """The package that would have answered may be the one that cannot be used."""
    installed("cellar_plugin", "import nowhere_to_be_found")
    with pytest.raises(PluginError, match=r"answers to 'cellar'; .*; the plugin cellar_plugin cannot be used"):
        Tracker.open("cellar:")


def test_the_command_line_lists_what_is_plugged_in(
    installed: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """With its package and hooks; a fault is shown, and makes the exit code 3."""
    from resolutionkit.cli import main

    installed("keyword_plugin_b", GOOD)
    assert main(["plugins"]) == 0
    assert "keyword_plugin_b 1.2" in capsys.readouterr().out
    installed("keyword_plugin_c", "import nowhere_to_be_found")
    assert main(["plugins"]) == 3
    assert "keyword_plugin_c" in (shown := capsys.readouterr().out)
    assert "cannot be used: ModuleNotFoundError" in shown
