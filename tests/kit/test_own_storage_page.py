"""The guide to a storage of one's own, tried as a newcomer would: it passes the suite, and its mistake does not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from resolutionkit.testing import StoreConformance
from support.serving import EXAMPLES

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "own-storage.md"
EXAMPLE = EXAMPLES / "json_lines_store"


@pytest.fixture(scope="module")
def page() -> str:
    """Return the guide."""
    return PAGE.read_text(encoding="utf-8")


def included(page: str) -> set[str]:
    """Return the files of the example that the guide shows."""
    return set(re.findall(r"^```\{literalinclude\} \.\./\.\./examples/json_lines_store/(\S+)$", page, re.MULTILINE))


@pytest.fixture
def built(page: str, tmp_path: Path) -> Path:
    """Return a folder that has what the guide shows, and nothing else of the example."""
    for name in included(page):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(EXAMPLE / name, tmp_path / name)
    return tmp_path


def outcome(folder: Path) -> tuple[set[str], str]:
    """Run the tests that the guide shows; return which failed, and what pytest said."""
    command = ["-m", "pytest", "-q", "-rfs", "--tb=no", "-W", "error", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    return set(re.findall(r"^FAILED \S+::(test_\w+)", done.stdout, re.MULTILINE)), done.stdout


def sums(text: str) -> list[str]:
    """Return the last lines of the runs in a text, without the time that they took."""
    return re.findall(r"^(\d+ \w+.*) in [\d.]+s", text, re.MULTILINE)


def with_mistake(page: str, folder: Path) -> None:
    """Change a file as the guide's diff says."""
    name, removed, added = re.findall(r"^```diff\n--- (\S+)\n((?:-.*\n)+)((?:\+.*\n)+)```", page, re.MULTILINE)[0]
    before, after = (re.sub(r"^[-+]", "", lines, flags=re.MULTILINE) for lines in (removed, added))
    text = (folder / name).read_text(encoding="utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after), encoding="utf-8")


def test_the_guide_shows_the_whole_package(page: str) -> None:
    """A reader who copies every file has the example, but for its further tests and how its lines are wrapped."""
    files = [path.relative_to(EXAMPLE) for path in EXAMPLE.rglob("*") if path.suffix in {".py", ".toml"}]
    assert {path.as_posix() for path in files} - included(page) == {"test_log.py", "ruff.toml"}


def test_what_the_guide_builds_passes(page: str, built: Path) -> None:
    """Nothing fails, and what is skipped asks for what the store has not."""
    failed, said = outcome(built)
    assert failed == set(), said
    assert sums(said) == sums(page)[:1]
    assert set(re.findall(r"for want of (\w+)", said)) == {
        "KeepsAlerts",
        "KeepsDeliveries",
        "KeepsPolicies",
        "KeepsPreferences",
        "KeepsTimers",
    }


def test_the_suite_catches_the_mistake_of_the_guide(page: str, built: Path) -> None:
    """Work that raises leaves something in the account that the store remembers; the named tests see it."""
    with_mistake(page, built)
    shown = set(re.findall(r"^FAILED \S+::(test_\w+)", page, re.MULTILINE))
    failed, said = outcome(built)
    assert shown
    assert shown <= failed, said
    # A random test may find the mistake or not: only the sum is the same.
    expected, found = ([int(one) for one in re.findall(r"\d+", text)] for text in (sums(page)[1], sums(said)[0]))
    assert sum(found) == sum(expected)


def test_the_tests_that_the_guide_names_exist(page: str) -> None:
    """Each name in its table is a test of the suite."""
    named = set(re.findall(r"`(test_\w+)`", page))
    assert len(named) > 14
    assert {name for name in named if not hasattr(StoreConformance, name)} == set()
