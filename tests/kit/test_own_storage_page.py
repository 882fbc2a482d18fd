"""The guide to a storage of one's own, tried as a newcomer would: its toy fails the suite first, and then passes it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.snippets import write_module
from resolutionkit.testing import StoreConformance

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "own-storage.md"
PROFILE = """
from hypothesis import settings
settings.register_profile("author", max_examples=10, derandomize=True, database=None)
settings.load_profile("author")
"""


@pytest.fixture(scope="module")
def page() -> str:
    """Return the guide."""
    return PAGE.read_text(encoding="utf-8")


def outcome(page: str, folder: Path, tests: str) -> tuple[set[str], str]:
    """Run the guide as a reader has it after a class of tests; return which tests failed, and what pytest said."""
    for block in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        write_module(block, folder)
        if f"class {tests}(" in block:
            break
    (folder / "conftest.py").write_text(PROFILE)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    command = ["-m", "pytest", "-q", "-rfs", "--tb=no", "-p", "no:cacheprovider"]
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    return set(re.findall(r"^FAILED \S+::(test_\w+)", done.stdout, re.MULTILINE)), done.stdout


def sums(text: str) -> list[str]:
    """Return the last lines of the runs in a text, without the time that they took."""
    return re.findall(r"^(\d+ \w+, .*) in [\d.]+s", text, re.MULTILINE)


def test_the_first_store_fails_where_the_guide_says(page: str, tmp_path: Path) -> None:
    """Work that raises leaves something in the account that the store remembers; the named tests see it."""
    shown = set(re.findall(r"^FAILED \S+::(test_\w+)", page, re.MULTILINE))
    failed, said = outcome(page, tmp_path, "TestFileStore")
    assert shown
    assert shown <= failed, said
    # A random test may find the mistake or not: the sum is the same, and so is what is skipped.
    expected, found = ([int(one) for one in re.findall(r"\d+", sums(text)[0])] for text in (page, said))
    assert (sum(found), found[-1]) == (sum(expected), expected[-1])


def test_the_second_store_passes(page: str, tmp_path: Path) -> None:
    """Nothing fails, and what is skipped is what the guide shows."""
    failed, said = outcome(page, tmp_path, "TestCarefulFileStore")
    assert failed == set(), said
    assert sums(page)[1] in said
    for ability in ("CanShare", "CanDump", "ErasesPeople"):
        assert f"for want of {ability}" in said
        assert f"for want of {ability}" in page
    assert "for want of CanReopen" not in said


def test_the_third_store_can_erase(page: str, tmp_path: Path) -> None:
    """With the methods that the guide adds nothing fails, and nothing of erasing is skipped."""
    failed, said = outcome(page, tmp_path, "TestForgettingFileStore")
    assert failed == set(), said
    assert "4 skipped" in said
    assert "for want of ErasesPeople" not in said


def test_the_tests_that_the_guide_names_exist(page: str) -> None:
    """Each name in its table is a test of the suite."""
    named = set(re.findall(r"`(test_\w+)`", page))
    assert len(named) > 14
    assert {name for name in named if not hasattr(StoreConformance, name)} == set()
