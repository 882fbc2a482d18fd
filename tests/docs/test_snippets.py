"""Every snippet of the docs runs: Python with the output that is shown, files through their loaders, commands."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from unittest.mock import patch

import pytest

from docs.snippets import commands_in, run_page, same
from resolutionkit import ImportMapping

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ALONE = {"how-to/joining.md", "how-to/observing.md"}
"""The pages that run in a process of their own: Django and OpenTelemetry take their settings once in each."""
NEEDS = {
    "how-to/business-time.md": "holidays",
    "how-to/daily-alerts.md": "css_inline",
    "how-to/email.md": "css_inline",
    "how-to/observing.md": "opentelemetry.sdk",
    "how-to/performance.md": "matplotlib",
    "how-to/service-recovery-report.md": "typst",
}
"""The pages that need a package of an extra; where the project is checked, all of them are there."""
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_the_snippets_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's snippets run in order in one namespace, in a folder that has the examples."""
    name = page.relative_to(DOCS).as_posix()
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason=f"{NEEDS[name]} is not installed")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    if name in ALONE:
        program = f"from pathlib import Path; from docs.snippets import run_page; run_page(Path({str(page)!r}))"
        path = os.pathsep.join([str(ROOT / "tests"), *sys.path])
        given = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": path}, "text": True}
        done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, check=False, **given)
        assert done.returncode == 0, done.stderr
        return
    with patch.dict(os.environ):
        run_page(page)


def test_a_wrong_output_fails(tmp_path: Path) -> None:
    """A page that shows another output than its snippet prints does not pass."""
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(6 * 7)\n```\n\n```text\n41\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="this is printed"):
        run_page(page)


def test_a_broken_file_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that shows a policy with an unknown key does not pass."""
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text('```toml\n# policy.toml\nzoen = "UTC"\n```\n', encoding="utf-8")
    with pytest.raises(ValueError, match="did you mean 'zone'"):
        run_page(page)


def test_a_command_that_does_not_exist_fails(tmp_path: Path) -> None:
    """A page that shows a command or an option which the program lacks does not pass."""
    page = tmp_path / "page.md"
    page.write_text("```sh\nresolutionkit inbox --colour\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="exits with 2"):
        run_page(page)


def test_output_is_compared_but_for_ids_and_instants() -> None:
    """Ids and instants change with each run; a line of dots stands for any lines; all else has to be equal."""
    assert same("at 2026-11-24 09:30\n…\nlast", "at 2027-01-02 03:04\nanything\nat all\nlast\n")
    assert not same("two lines\nhere", "two lines\nthere")


def test_a_command_may_go_over_several_lines() -> None:
    """A console block gives each command with what stands below it."""
    assert list(commands_in("$ one \\\n  more\nout\n$ two\n")) == [("one    more", "out\n"), ("two", "")]


def test_the_mapping_in_a_docstring_is_one() -> None:
    """The example in the docstring of a mapping can be loaded."""
    shown = inspect.cleandoc(str(ImportMapping.__doc__)).partition("is::\n")[2].partition("\nAttributes:")[0]
    mapping = ImportMapping.from_data(tomllib.loads(inspect.cleandoc(shown)))
    assert mapping.columns() == ("Response ID", "Rating", "Answered")
