"""The build itself, on a small project: what it refuses. It needs Sphinx, and runs in the session `docs`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).parents[2] / "docs" / "_ext"
CONF = f"""
import sys
sys.path.insert(0, {str(EXTENSIONS)!r})
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "site_build"]
nitpicky = True
"""


PAGE = "Title\n=====\n\n.. public:: Fault NPS\n\n.. public:: line_of\n"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what a build of one page says that has to fail, with warnings as errors."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "index.rst").write_text(PAGE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", str(folder), str(folder / "html")],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode != 0
    return done.stderr


def test_the_build_names_what_no_page_describes(said: str) -> None:
    """A public name without a page fails the build; one with a page is not complained of."""
    assert "the public name resolutionkit.Tracker is on no page" in said
    assert "resolutionkit.Fault is on no page" not in said
    assert "resolutionkit.NPS is on no page" not in said


def test_the_build_refuses_names_that_are_not_public(said: str) -> None:
    """A page cannot describe what is not public."""
    assert "resolutionkit.line_of is no public name" in said
