"""``performance``: a table at a terminal, lines elsewhere, and JSON for programs (requirement D6)."""

from __future__ import annotations

import re
from typing import Any

import pytest


def test_a_line_for_each_group_and_the_total(company: Any) -> None:
    """The numbers are those of the lists that the recovery filters give."""
    company.ok("note", "--response", "R-1048", "Rang her.", "--spoke")
    found = company.data("performance")
    assert found["total"]["needed"] == len(company.data("list", "responses", "--recovery", "r")["items"])
    assert found["total"]["with_notes"] == len(company.data("list", "responses", "--recovery", "w")["items"])
    assert found["total"]["spoken"] == len(company.data("list", "responses", "--recovery", "s")["items"]) > 0
    assert sum(line["needed"] for line in found["lines"]) == found["total"]["needed"]
    text = company.ok("performance")
    for line in found["lines"]:
        assert line["name"] in text
    assert "Recovery performance by group, all responses" in text
    assert "Total" in text
    assert "90th percentile" in text


def test_by_person_over_a_period(company: Any) -> None:
    """A date is a whole day, and an instant without an offset is in the account's zone."""
    whole = company.data("performance", "--by", "person")
    assert whole["by"] == "person"
    days = company.data("performance", "--by", "person", "--from", "2026-11-01", "--to", "2026-11-03")
    assert (days["start"], days["end"]) == ("2026-11-01T00:00:00Z", "2026-11-04T00:00:00Z")
    exact = company.data("performance", "--from", "2026-11-01T09:00", "--to", "2026-11-01T12:00+01:00")
    assert (exact["start"], exact["end"]) == ("2026-11-01T09:00:00Z", "2026-11-01T11:00:00Z")


def test_without_backfilled(company: Any) -> None:
    """What an import opened from old data can be left out."""
    whole, without = company.data("performance"), company.data("performance", "--without-backfilled")
    assert (whole["with_backfilled"], without["with_backfilled"]) == (True, False)
    assert without["total"]["needed"] == whole["total"]["needed"] - whole["total"]["backfilled"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--by", "planet"), 2),
        (("--from", "yesterday"), 2),
        (("--from", "2026-11-03", "--to", "2026-11-01"), 3),
    ],
)
def test_what_cannot_be_asked_is_one_line_of_error(company: Any, words: tuple[str, ...], code: int) -> None:
    """It names the option."""
    told = company.error(code, "performance", *words)
    assert words[0] in told or words[2] in told


def test_nothing_to_recover_says_so(shell: Any) -> None:
    """There is no empty table, and nothing to explain of it."""
    shell.ok("db", "upgrade")
    told = shell.ok("performance", "--from", "2026-11-01", "--to", "2026-11-01")
    assert told.splitlines() == [
        "Recovery performance by group, 1 November 2026 (UTC)",
        "Nothing needed recovery.",
    ]


@pytest.mark.parametrize("columns", [80, 200])
def test_it_fits_the_terminal(company: Any, columns: int) -> None:
    """No line is longer than the terminal; nothing is lost where it is narrow."""
    shown = company.at_terminal("performance", columns=columns, NO_COLOR="1")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(map(len, shown.replace("\r", "").split("\n"))) <= columns
    for word in ("First action", "Customer spoken to", "Closed", "Total"):
        assert word in shown
