"""``report`` at the command line: whose, of when, into which file, and whom it obeys."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest

WINDOW = ("--from", "2026-11-01", "--to", "2026-12-01")
LINKS = """
from resolutionkit import Links

links = Links("https://app.example/recovery", ["a key of these tests, and no other"])
other = 7

def made():
    return links
"""


@pytest.fixture
def as_marcus(company: Any) -> Any:
    """Return a shell at the desk of Marcus, who leads groups and is no administrator."""
    company.env["RESOLUTIONKIT_USER"] = "marcus"
    return company


def test_one_s_own_report_is_shown_as_text(as_marcus: Any) -> None:
    """Dates in the account's zone; the same customers as a list of what needs recovery has."""
    shown = as_marcus.ok("report", *WINDOW)
    assert shown.startswith("Service recovery report\n=======================\n\nFor Marcus Adeyemi\n")
    assert "Sun 1 Nov 2026, 00:00 to Tue 1 Dec 2026, 00:00 (UTC)" in shown
    assert shown.endswith("\n")
    assert not shown.endswith("\n\n")


@pytest.mark.parametrize("name", ["report.pdf", "report.PDF"])
def test_it_is_written_as_a_pdf(as_marcus: Any, name: str) -> None:
    """The file's name says so; nothing is shown."""
    path = as_marcus.folder / name
    assert as_marcus.ok("report", *WINDOW, "--output", str(path)) == ""
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages)
    assert "For Marcus Adeyemi" in " ".join(text.split())


@pytest.mark.parametrize(("name", "begins"), [("r.html", "<!doctype html>"), ("r.txt", "Service recovery report\n")])
def test_it_is_written_as_html_or_text(as_marcus: Any, name: str, begins: str) -> None:
    """Likewise."""
    path = as_marcus.folder / name
    assert as_marcus.ok("report", *WINDOW, "--output", str(path)) == ""
    assert path.read_text(encoding="utf-8").startswith(begins)


def test_dates_are_the_account_s(as_marcus: Any, write: Callable[[str, str], str]) -> None:
    """A day without a zone begins when it does there."""
    policy = write("policy.toml", 'zone = "Asia/Tokyo"')
    assert "Sun 1 Nov 2026, 00:00 to Tue 1 Dec 2026, 00:00 (Asia/Tokyo)" in as_marcus.ok(
        "report", *WINDOW, "--policy", policy
    )


def test_where_nothing_needs_recovery_no_file_is_written(as_marcus: Any) -> None:
    """It is said, and is no error."""
    path = as_marcus.folder / "report.pdf"
    done = as_marcus.run("report", "--from", "2020-01-01", "--to", "2020-01-02", "--output", str(path))
    assert (done.exit_code, done.stdout) == (0, "")
    assert "needs recovery in that window: there is no report" in done.stderr
    assert not path.exists()


def test_an_administrator_makes_the_report_of_anybody(company: Any, as_marcus: Any) -> None:
    """Others only their own; the host itself, who is nobody, that of anybody as well."""
    own = as_marcus.ok("report", *WINDOW)
    assert as_marcus.ok("report", *WINDOW, "--person", "marcus") == own
    denied = as_marcus.error(6, "report", *WINDOW, "--person", "sofia")
    assert "is no administrator of the directory; only they may make the reports of others" in denied
    assert company.ok("report", *WINDOW, "--person", "marcus", "--as", "bridget") == own
    del company.env["RESOLUTIONKIT_USER"]
    assert company.ok("report", *WINDOW, "--person", "marcus") == own
    assert "missing --as PERSON" in company.error(2, "report", *WINDOW)
    assert "did you mean 'marcus'?" in company.error(6, "report", *WINDOW, "--person", "markus")


@pytest.mark.parametrize("name", ["links", "made"])
def test_links_are_those_of_the_host(
    as_marcus: Any, write: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """An object of theirs, or a function that returns one."""
    monkeypatch.syspath_prepend(str(Path(write(f"host_{name}.py", LINKS)).parent))
    shown = as_marcus.ok("report", *WINDOW, "--links", f"host_{name}:{name}")
    assert (
        "Add notes to the responses of this report, one after the other:\nhttps://app.example/recovery/report/" in shown
    )
    assert "Add a note to this response:\nhttps://app.example/recovery/" in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--to", "2026-12-01"), "missing option '--from'"),
        (("--from", "2026-11-02", "--to", "2026-11-01"), "--to"),
        (("--from", "yesterday"), "is no date or instant"),
        ((*WINDOW, "--output", "report.docx"), "should end in one of .pdf, .html, .htm, .txt"),
        ((*WINDOW, "--links", "nowhere:links"), "cannot be found"),
        ((*WINDOW, "--links", "hosts_of_links"), "gives no Links"),
        ((*WINDOW, "--links", "hosts_of_links:other"), "gives no Links"),
    ],
)
def test_what_is_wrong_is_said(
    as_marcus: Any,
    write: Callable[[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    says: str,
) -> None:
    """In one line, before anything is made."""
    monkeypatch.syspath_prepend(str(Path(write("hosts_of_links.py", LINKS)).parent))
    code = 3 if "2026-11-02" in words else 2
    assert says in as_marcus.error(code, "report", *words)


def test_characters_without_a_font_are_named(as_marcus: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is there all the same."""
    import resolutionkit.reports.pdf as made

    class Unable(made.Pdf):
        missing = tuple(chr(0x4E00 + number) for number in range(21))

    monkeypatch.setattr("resolutionkit.cli.reporting.as_pdf", lambda _report, fonts: Unable(b"%PDF"))
    path = as_marcus.folder / "report.pdf"
    done = as_marcus.run("report", *WINDOW, "--output", str(path), "--fonts", str(as_marcus.folder))
    assert done.exit_code == 0
    assert path.read_bytes() == b"%PDF"
    assert "warning: no font was found for U+4E00, U+4E01" in done.stderr
    assert "U+4E13 and 1 more; --fonts names folders of others" in done.stderr


def test_a_file_that_cannot_be_written_is_said(as_marcus: Any) -> None:
    """As for every file."""
    assert "No such file or directory" in as_marcus.error(8, "report", *WINDOW, "--output", "/nowhere/report.html")
