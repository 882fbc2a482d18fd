"""The HTML report in a real browser: as wide as its window, readable in light and dark, by anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from resolutionkit import Category, as_html
from support.browsers import opened
from support.reports import entry, note, report

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Yield a browser for all tests here."""
    with opened() as browser:
        yield browser


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return where a report stands that has everything, and words longer than a narrow window."""
    link = "https://app.example/recovery/x"
    facts = {"comment": LONG, "ticket": "T-1042", "agent": LONG, "factors": [LONG], "notes": [note(LONG, spoke=True)]}
    one = entry("r-1", link=link, ticket_link="https://desk.example/T-1042", is_late=True, **facts)
    two = entry("r-2", group="field", group_name=LONG, category=Category.PASSIVE, link=link)
    three = entry("r-3", category=Category.PROMOTER, comment="שלום, השירות היה איטי")
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(as_html(report(one, two, three, link=link)), encoding="utf-8")
    return Path(path).as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_keeps_nobody_out(chromium: Any, url: str, scheme: str) -> None:
    """Axe finds nothing: headings, landmarks, tables, links with names of their own, and colours that stand out."""
    page = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme).new_page()
    page.goto(url)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 1024])
def test_the_report_is_as_wide_as_its_window(chromium: Any, url: str, width: int) -> None:
    """Nothing has to be scrolled sideways but the table, which scrolls by itself."""
    page = chromium.new_context(viewport={"width": width, "height": 640}).new_page()
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_quote_runs_in_its_own_direction(chromium: Any, url: str) -> None:
    """Hebrew from right to left, whatever stands around it."""
    page = chromium.new_page()
    page.goto(url)
    directions = page.evaluate("[...document.querySelectorAll('blockquote')].map(q => getComputedStyle(q).direction)")
    assert directions == ["ltr", "rtl"]
