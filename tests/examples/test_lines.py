"""What resolutionkit asks of a host fits on one screen, and the guides tell how much it is."""

from __future__ import annotations

import re

import pytest

from support.counting import lines_in, parts_of
from support.serving import EXAMPLES

GUIDES = EXAMPLES.parent / "docs" / "how-to"
SCREEN = 40
"""How many lines a screen has."""
COLUMN = 92
"""How many characters of a line a page shows at once, with a few to spare."""
HOSTS = ("django", "fastapi", "flask")


@pytest.mark.parametrize("host", HOSTS)
def test_our_lines_fit_on_one_screen(host: str) -> None:
    """Where they do not, the library has to change, not the example."""
    assert sum(lines_in(part) for part in parts_of(EXAMPLES / f"{host}_host").values()) <= SCREEN


@pytest.mark.parametrize("host", HOSTS)
def test_our_lines_can_be_read_on_a_page(host: str) -> None:
    """No line of what a guide shows is cut off."""
    lines = [line for part in parts_of(EXAMPLES / f"{host}_host").values() for line in part.splitlines()]
    assert [line for line in lines if len(line) > COLUMN] == []


@pytest.mark.parametrize("host", HOSTS)
def test_the_guide_shows_each_part_and_says_how_many_lines_it_has(host: str) -> None:
    """The table of a guide has the parts with their lengths, and the sum."""
    parts = parts_of(EXAMPLES / f"{host}_host")
    page = (GUIDES / f"{host}.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^:start-after: \"begin resolutionkit: (\w+)\"$", page, re.MULTILINE)) == set(parts)
    told = {name: int(count) for name, count in re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", page, re.MULTILINE)}
    counts = {name: lines_in(part) for name, part in parts.items()}
    assert told == counts
    assert f"{sum(counts.values())} lines" in page


def test_signatures_decorators_and_blank_lines_are_not_counted() -> None:
    """They are the framework's, and the formatter's."""
    part = '@app.get("/")\n@other\ndef view(\n    one: int,\n):\n    return call(\n        one,\n    )\n\n\nvalue = 1\n'
    assert lines_in(part) == 4
    assert lines_in("    async with one as two:\n        yield\n") == 2
