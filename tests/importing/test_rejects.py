"""The file of rejected rows: complete, harmless in a spreadsheet, and in its place all at once."""

import csv
import json
from pathlib import Path

import pytest

from resolutionkit.errors import ImportFailed
from resolutionkit.importing.rejects import HEADER, RejectWriter, defused
from resolutionkit.importing.rows import RejectedRow

ROW = RejectedRow(7, "score", "no score", {"id": "r-1", "tags": ("a", "b"), "comment": '=1+1, she said\n"so"'})


def table(path: Path) -> list[list[str]]:
    """Return what a spreadsheet would read."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


OLDER = ",".join(HEADER) + "\n9,,older,{}\n"
"""What an earlier import left."""


def test_a_rejected_row_has_its_line_column_reason_and_content(tmp_path: Path) -> None:
    """Everything that somebody needs to put the row right stands in one line of the file."""
    with RejectWriter(tmp_path / "rejects.csv") as writer:
        writer.write(ROW)
        writer.write(RejectedRow(9, None, "is not well-formed CSV", 'a,"b"c'))
    header, first, second = table(tmp_path / "rejects.csv")
    assert tuple(header) == HEADER
    assert first[:3] == ["7", "score", "no score"]
    assert json.loads(first[3]) == {"id": "r-1", "tags": ["a", "b"], "comment": '=1+1, she said\n"so"'}
    assert second == ["9", "", "is not well-formed CSV", '"a,\\"b\\"c"']
    assert writer.count == 2


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(start: str, tmp_path: Path) -> None:
    """A column may be called anything, and is shown as text."""
    cell = f"{start}HYPERLINK(1)"
    assert defused(cell) == f"'{cell}"
    with RejectWriter(tmp_path / "rejects.csv") as writer:
        writer.write(RejectedRow(1, cell, cell, {}))
    assert table(tmp_path / "rejects.csv")[1][1:3] == [f"'{cell}", f"'{cell}"]


def test_a_harmless_cell_stays_as_it_is() -> None:
    """Signs within a text run nothing."""
    assert [defused(cell) for cell in ("a=b", "", "5-1", "'x")] == ["a=b", "", "5-1", "'x"]


def test_without_a_rejected_row_there_is_no_file(tmp_path: Path) -> None:
    """A clean import leaves nothing behind."""
    with RejectWriter(tmp_path / "rejects.csv") as writer:
        pass
    assert writer.count == 0
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_is_replaced_only_at_the_end(tmp_path: Path) -> None:
    """Whoever reads during an import sees the older file whole."""
    path = tmp_path / "rejects.csv"
    path.write_text(OLDER)
    with RejectWriter(path) as writer:
        writer.write(ROW)
        assert path.read_text() == OLDER
    assert len(table(path)) == 2
    assert list(tmp_path.iterdir()) == [path]


def test_an_import_that_fails_keeps_the_older_file(tmp_path: Path) -> None:
    """Half a list of rejects would pass for a whole one."""
    path = tmp_path / "rejects.csv"
    path.write_text(OLDER)

    def fail_half_way() -> None:
        with RejectWriter(path) as writer:
            writer.write(ROW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert path.read_text() == OLDER
    assert list(tmp_path.iterdir()) == [path]


def test_text_that_has_no_utf_8_is_escaped(tmp_path: Path) -> None:
    """A lone surrogate, which JSON can carry, does not stop the file from being written."""
    with RejectWriter(tmp_path / "rejects.csv") as writer:
        writer.write(RejectedRow(1, "id", "lone surrogate", {"id": "\ud800"}))
    assert json.loads(table(tmp_path / "rejects.csv")[1][3]) == {"id": "\ud800"}


def test_another_file_is_not_replaced(tmp_path: Path) -> None:
    """A slip of the keyboard costs no file: what holds something else stays, and the import does not begin."""
    path = tmp_path / "customers.csv"
    path.write_text("name,email\nJane,jane@customer.example\n", encoding="utf-8")
    with pytest.raises(ImportFailed, match="no file of rejected rows"), RejectWriter(path) as writer:
        writer.write(RejectedRow(2, None, "reason", "row"))
    assert path.read_text(encoding="utf-8").startswith("name,email")


@pytest.mark.parametrize("before", ["", "line,column,reason,row\r\n9,,old,{}\r\n"], ids=["empty", "an earlier import"])
def test_an_earlier_file_of_rejected_rows_is_replaced(tmp_path: Path, before: str) -> None:
    """Importing again says what is wrong now."""
    path = tmp_path / "rejects.csv"
    path.write_text(before, encoding="utf-8", newline="")
    with RejectWriter(path) as writer:
        writer.write(RejectedRow(2, None, "reason", "row"))
    assert "old" not in path.read_text(encoding="utf-8")
    assert "reason" in path.read_text(encoding="utf-8")


def test_a_file_that_only_begins_alike_is_not_replaced(tmp_path: Path) -> None:
    """The whole first line says whose file it is."""
    path = tmp_path / "mine.csv"
    path.write_text("line,column,reason,rowing\nmy,own,data,here\n", encoding="utf-8")
    with pytest.raises(ImportFailed), RejectWriter(path):
        pass
