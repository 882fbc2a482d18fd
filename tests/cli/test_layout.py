"""Tables find their place: stacked only as far as needed, and nothing is ever left out."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from resolutionkit.cli.document import Column, Entries, Fields, Heading, Prose, Role, Styled, Table, facts
from resolutionkit.cli.printing import rendered

COLUMNS = (
    Column("Score", is_number=True),
    Column("Customer", wraps=True),
    Column("Group", stacked=1, prefix="in "),
    Column("Issue", stacked=2),
)
ROW = ("3", "Jane Doe, a company with quite a long name", "EMEA", "0123456789-0123456789")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def at(width: int, monkeypatch: pytest.MonkeyPatch, *elements: Any) -> str:
    """Return what a terminal of a width shows, without colours."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    return re.sub(r"\x1b\[[0-9;]*m", "", rendered(list(elements), Screen()))


def test_what_fits_stays_a_column_and_the_rest_goes_under_the_customer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last lines are stacked first; what is stacked says what it is."""
    table = Table(COLUMNS, (ROW,))
    assert at(120, monkeypatch, table).splitlines()[1].split("  ")[-1].strip() == ROW[3]
    assert at(70, monkeypatch, table).splitlines()[0].split() == ["Score", "Customer", "Group"]
    narrow = at(46, monkeypatch, table).splitlines()
    assert narrow[0].split() == ["Score", "Customer"]
    assert [line.strip() for line in narrow[-2:]] == ["in EMEA", ROW[3]]


def test_even_a_hopelessly_narrow_terminal_gets_every_character(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells are broken where they must be."""
    shown = at(16, monkeypatch, Table(COLUMNS, (ROW,)))
    assert max(map(len, shown.splitlines())) <= 16
    assert ROW[3] in "".join(shown.split())


def test_a_lesser_column_without_a_word_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A heading over nothing says nothing."""
    assert "Group" not in at(120, monkeypatch, Table(COLUMNS, ((*ROW[:2], "", ROW[3]),)))


def test_a_long_cell_is_cut_at_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is cut it says so; a pipe gets all of it."""
    table = Table((Column("Comment", wraps=True, cut=10),), (("a" * 30,),))
    assert "aaaaaaaaa…" in at(80, monkeypatch, table)
    assert "a" * 30 in rendered([table], io.StringIO())


def test_a_table_without_rows_says_so() -> None:
    """In its own words."""
    assert rendered([Table(COLUMNS, (), "No issues.")], io.StringIO()) == "No issues.\n"


def test_a_text_of_several_lines_cannot_pass_for_a_heading_or_a_field() -> None:
    """Its lines stay indented, under whatever they belong to."""
    text = "fine\nNotes\nStatus  Resolved"
    shown = rendered([Heading("Notes"), Entries((("head", text),)), Fields((("Comment", text),))], io.StringIO())
    assert shown.splitlines() == [
        "Notes",
        "head",
        "    fine",
        "    Notes",
        "    Status  Resolved",
        "",
        "Comment  fine",
        "         Notes",
        "         Status  Resolved",
    ]


def test_facts_leave_out_what_is_not_known() -> None:
    """None and the empty text; a role is kept."""
    alarm = Styled("x", Role.ALARM)
    assert facts(("a", None), ("b", ""), ("c", alarm)) == Fields((("c", alarm),))
    assert rendered([Prose(alarm)], io.StringIO()) == "x\n"
