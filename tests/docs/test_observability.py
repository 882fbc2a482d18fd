"""The reference of logs, spans and metrics: all that the code has is in its tables, and their words are explained."""

from __future__ import annotations

import re
from pathlib import Path

import tables

from resolutionkit.logs import LINES, ROOT
from resolutionkit.tracker.telemetry import ATTRIBUTES, INSTRUMENTS, SPANS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "observability.md").read_text(encoding="utf-8")
NUMBERS = {"events", "size", "sent", "refused", "rows", "rejected", "issues_opened", "is_dry_run", "http_status"}
NUMBERS |= {"responses", "issues", "mentions", "addresses", "left"}
OTHERS = {"plugin", "why", "problem", "cause"}
"""What is named by the one line that has it."""


def test_every_line_is_in_a_table() -> None:
    """A table for each logger, a row for each line, with its level and its extras."""
    rows = {(sheet.title, *row) for sheet in tables.log_lines() for row in sheet.rows}
    assert len(rows) == len(LINES)
    for line in LINES:
        assert any(title == f"`{ROOT}.{line.name}`" and row[1] == line.when for title, *row in rows)
    assert all(level in {"DEBUG", "INFO", "WARNING", "ERROR"} for _, level, *_ in rows)


def test_every_extra_is_explained_or_is_a_number() -> None:
    """The page says what an extra means; who adds one says so."""
    explained = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))))
    assert {name for line in LINES for name in line.extras} - explained == NUMBERS | OTHERS


def test_every_text_tells_facts_of_its_own_only() -> None:
    """A text that named another fact would fail where it is written, and only there."""
    for line in LINES:
        assert set(re.findall(r"%\((\w+)\)", line.text)) <= set(line.extras)


def test_every_span_and_every_metric_is_in_a_table() -> None:
    """With kind or unit, and the attributes by their whole names."""
    assert [row[0] for row in tables.spans().rows] == [f"`{one.name}`" for one in SPANS]
    assert [row[0] for row in tables.instruments().rows] == [f"`{one.name}`" for one in INSTRUMENTS]
    told = " ".join(cell for sheet in (tables.spans(), tables.instruments()) for row in sheet.rows for cell in row)
    used = {fact for one in (*SPANS, *INSTRUMENTS) for fact in one.facts}
    assert used == set(ATTRIBUTES)
    assert all(f"`{ATTRIBUTES[fact]}`" in told for fact in used)


def test_the_page_shows_the_tables() -> None:
    """All three are made from the code when the page is built."""
    assert re.findall(r"\.\. sheets:: (\w+)", PAGE) == ["log_lines", "spans", "instruments"]
