"""CSV: every record with the line on which it starts, bad rows alone rejected, and memory bounded."""

import csv
import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit.errors import ImportFailed
from resolutionkit.importing.delimited import DelimitedRows, ends_open
from resolutionkit.importing.fileformat import FileFormat, Format
from resolutionkit.importing.lines import Lines
from resolutionkit.importing.readers import open_rows
from resolutionkit.importing.rows import RAW_MAX, RECORD_MAX, Record, RejectedRow

WriteFile = Callable[[str, bytes], Path]

AWKWARD = st.text(
    alphabet=st.one_of(st.sampled_from(',;"\r\n\t =+\u2028\x85\x0b\ufeff'), st.characters(exclude_categories=["Cs"])),
).filter(lambda text: "\0" not in text)


def rows_of(path: Path, file: FileFormat | None = None) -> list[Record | RejectedRow]:
    """Return all that a file holds."""
    with open_rows(path, file or FileFormat()) as rows:
        return list(rows)


def read(text: str) -> list[Record | RejectedRow]:
    """Return all that a text holds, which is split into lines as a file is."""
    return list(DelimitedRows(Lines(io.StringIO(text, newline=""), "test.csv"), ",", "utf-8"))


def test_a_row_comes_by_the_names_of_its_columns(write: WriteFile) -> None:
    """Each row knows the line on which it starts, and blank lines are no rows."""
    path = write("a.csv", b"id, score \nr-1,6\n\r\n\nr-2,9")
    assert rows_of(path) == [Record(2, {"id": "r-1", "score": "6"}), Record(5, {"id": "r-2", "score": "9"})]


def test_a_field_may_hold_delimiters_quotes_and_lines(write: WriteFile) -> None:
    """The record after it starts on its own line of the file."""
    path = write("a.csv", b'id,comment\r\n1,"He said: ""no, no"",\r\nand left.\n\n"\r\n2,plain 5" pipe\r\n')
    assert rows_of(path) == [
        Record(2, {"id": "1", "comment": 'He said: "no, no",\r\nand left.\n\n'}),
        Record(6, {"id": "2", "comment": 'plain 5" pipe'}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "file"),
    [
        ("a.csv", "id;score\n1;é\n".encode(), FileFormat(delimiter=";")),
        ("a.TSV", "id\tscore\n1\té\n".encode(), FileFormat()),
        ("a.txt", "id\tscore\n1\té\n".encode(), FileFormat(format=Format.TSV)),
        ("a.csv", "id,score\n1,é\n".encode("cp1252"), FileFormat(encoding="cp1252")),
        ("a.csv", "id,score\n1,é\n".encode("utf-16"), FileFormat(encoding="utf-16")),
        ("a.csv", "id,score\n1,é\n".encode("utf-8-sig"), FileFormat()),
        ("a.csv", "id,score\r1,é\r".encode(), FileFormat()),
    ],
    ids=["delimiter", "suffix", "format", "cp1252", "utf-16", "byte order mark", "CR alone"],
)
def test_delimiters_and_encodings_are_the_mapping_s_to_say(
    write: WriteFile, name: str, content: bytes, file: FileFormat
) -> None:
    """One row, however it was written down."""
    assert rows_of(write(name, content), file) == [Record(2, {"id": "1", "score": "é"})]


def test_a_row_of_the_wrong_width_is_rejected_alone(write: WriteFile) -> None:
    """The reason says how many fields there are and how many there should be."""
    first, second, third = rows_of(write("a.csv", b'a,b\n1\n1,"2\n3",4\n5,6\n'))
    assert first == RejectedRow(2, None, "has 1 field where the header has 2", "1")
    assert second == RejectedRow(3, None, "has 3 fields where the header has 2 (lines 3 to 4)", '1,"2\n3",4')
    assert third == Record(5, {"a": "5", "b": "6"})


def test_bytes_that_are_not_utf_8_reject_their_row_alone(write: WriteFile) -> None:
    """The reason says which byte of which line it is."""
    bad, good = rows_of(write("a.csv", 'a,b\n1,"é\né'.encode() + b'\xe9"\n2,x\n'))
    where = "byte 0xE9 at byte 3 of line 3 (lines 2 to 3)"
    reason = f'is not utf-8: {where}; if the file is older, set [file] encoding = "cp1252"'
    assert bad == RejectedRow(2, None, reason, '1,"é\né\\xe9"')
    assert good == Record(4, {"a": "2", "b": "x"})


def test_a_nul_byte_rejects_its_row_alone(write: WriteFile) -> None:
    """No database keeps NUL, and a file that has it is damaged there."""
    bad, good = rows_of(write("a.csv", b"a,b\n1,x\x00y\n2,x\n"))
    assert isinstance(bad, RejectedRow)
    assert bad.reason == "has a NUL character at byte 4 of line 2"
    assert good == Record(3, {"a": "2", "b": "x"})


def test_a_quote_out_of_place_rejects_its_row_alone(write: WriteFile) -> None:
    """Text after a closing quote is no CSV."""
    bad, good = rows_of(write("a.csv", b'a,b\n1,"x"y\n2,x\n'))
    assert isinstance(bad, RejectedRow)
    assert bad.reason.startswith("is not well-formed CSV")
    assert good == Record(3, {"a": "2", "b": "x"})


def test_a_field_beyond_the_limit_of_csv_rejects_its_row_alone(write: WriteFile) -> None:
    """The csv module's own limit is no crash, and is not changed for the host."""
    before = csv.field_size_limit()
    bad, good = rows_of(write("a.csv", b"a,b\n1," + b"x" * (before + 1) + b"\n2,x\n"))
    assert isinstance(bad, RejectedRow)
    assert "field larger than field limit" in bad.reason
    assert isinstance(bad.raw, str)
    assert len(bad.raw) == RAW_MAX + 1
    assert good == Record(3, {"a": "2", "b": "x"})
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    "field",
    [b"x" * (RECORD_MAX + 5), b'"' + b'x,""\n' * (RECORD_MAX // 4) + b'"', b'"' + b'""' * RECORD_MAX + b'"'],
    ids=["one line", "many lines", "quotes only"],
)
def test_a_record_that_is_too_long_is_rejected_and_passed_over(write: WriteFile, field: bytes) -> None:
    """What stands in a giant field is never taken for rows; the row after it is read."""
    bad, good = rows_of(write("a.csv", b"a,b\n1," + field + b"\n2,x\n"))
    assert isinstance(bad, RejectedRow)
    assert bad.line == 2
    assert bad.reason.startswith(f"is longer than {RECORD_MAX:,} characters")
    assert isinstance(good, Record)
    assert good == Record(3 + field.count(b"\n"), {"a": "2", "b": "x"})


def test_a_quote_that_is_never_closed_fails_with_the_line_of_its_record(write: WriteFile) -> None:
    """The rows before it came through; nothing after it is trusted, nor held in memory."""
    path = write("a.csv", b'a,b\n1,x\n2,"open\n' + (b"3," + b"y" * 97 + b"\n") * (RECORD_MAX // 4))
    found = []
    tracemalloc.start()
    with open_rows(path) as rows, pytest.raises(ImportFailed) as failed:
        found.extend(rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [Record(2, {"a": "1", "b": "x"})]
    assert failed.value.line == 3
    assert "a quote was opened" in failed.value.reason
    assert peak < path.stat().st_size / 2


def test_a_quote_closed_by_a_later_row_s_quote_rejects_the_rows_between(write: WriteFile) -> None:
    """The reason gives the span of lines, so that nobody misses the rows that went with it."""
    bad, good = rows_of(write("a.csv", b'a,b\n1,"open\n2,x\n3,"y"\n4,z\n'))
    assert isinstance(bad, RejectedRow)
    assert bad.line == 2
    assert bad.reason.endswith("(lines 2 to 4)")
    assert good == Record(5, {"a": "4", "b": "z"})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty; its first line must name the columns"),
        (b"\n\n", "is empty"),
        (b"a,b,a\n1,2,3\n", "more than one column is called 'a'"),
        (b"a,\xff\n1,2\n", "the header is not utf-8: byte 0xFF at byte 3 of line 1"),
        ("a,b\n".encode("utf-16"), r"is it UTF-16, or not a text file at all\? Set \[file\] encoding"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08", "not a text file at all"),
        ("Größe,b\n".encode("cp1252"), r"the header is not utf-8: .*; if the file is older, set \[file\] en"),
        (b'a,"b\n1,2\n', "a quote was opened"),
    ],
    ids=["empty", "blank lines", "one name twice", "bytes", "utf-16", "workbook", "cp1252", "open quote"],
)
def test_a_file_without_a_usable_header_fails(write: WriteFile, content: bytes, reason: str) -> None:
    """No row of it can be understood, so none is given out."""
    with pytest.raises(ImportFailed, match=reason):
        rows_of(write("a.csv", content))


def test_a_nameless_column_is_called_after_its_position(write: WriteFile) -> None:
    """Spreadsheets export empty columns; they are there, and disturb nobody."""
    assert rows_of(write("a.csv", b"a,,\n1,2,3\n")) == [Record(2, {"a": "1", "column 2": "2", "column 3": "3"})]


def test_a_header_alone_is_a_file_without_rows(write: WriteFile) -> None:
    """Nothing was answered yet, which is no error."""
    assert rows_of(write("a.csv", b"a,b\n")) == []


def test_a_path_that_is_no_file_fails(tmp_path: Path) -> None:
    """A missing file, a folder and an unknown suffix each say what they are."""
    (tmp_path / "folder.csv").mkdir()
    for path, reason in (
        (tmp_path / "missing.csv", "No such file"),
        (tmp_path / "folder.csv", "is a folder"),
        (tmp_path, "is a folder"),
        (tmp_path / "a.data", r"set \[file\] format"),
        (tmp_path / "a.XLSX", "is a workbook; save its sheet as CSV UTF-8"),
        (tmp_path / "a\0.csv", "is no path"),
    ):
        with pytest.raises(ImportFailed, match=reason) as failed:
            rows_of(path)
        assert failed.value.source == str(path)


def test_a_file_that_leaves_its_encoding_fails_with_its_line(write: WriteFile) -> None:
    """Half a UTF-16 character cannot be passed over: the file is cut."""
    path = write("a.csv", "a,b\n1,2\n".encode("utf-16") + b"\x00")
    with pytest.raises(ImportFailed, match="is not utf-16 from here on"):
        rows_of(path, FileFormat(encoding="utf-16"))


class Endless(io.StringIO):
    """A text without an end that counts how much of it was read."""

    def __init__(self) -> None:
        """Start before the first line."""
        super().__init__()
        self.given = 0

    def readline(self, size: int | None = -1, /) -> str:
        """Return the header, then rows for ever."""
        self.given += 1
        return "a,b\n" if self.given == 1 else f'{self.given},"x"\n'


def test_rows_are_read_only_as_they_are_asked_for() -> None:
    """A file of any size costs one record at a time."""
    file = Endless()
    rows: Iterator[Record | RejectedRow] = iter(DelimitedRows(Lines(file, "endless"), ",", "utf-8"))
    assert file.given == 1
    assert [next(rows).line for _ in range(1000)] == list(range(2, 1002))
    assert file.given == 1001


@given(st.lists(st.lists(AWKWARD, min_size=2, max_size=2).filter(any), max_size=8))
def test_whatever_csv_writes_comes_back(fields: list[list[str]]) -> None:
    """Every text survives, and each row starts where the file says."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["a", "b"])
    starts = []
    for row in fields:
        starts.append(len(out.getvalue().replace("\r\n", "\n").replace("\r", "\n").split("\n")))
        writer.writerow(row)
    found = read(out.getvalue())
    assert found == [Record(line, {"a": a, "b": b}) for line, (a, b) in zip(starts, fields, strict=True)]


@given(st.text(alphabet='ab,"\n\r', max_size=60))
def test_no_text_stops_the_rows_after_it(noise: str) -> None:
    """After anything that closes its quotes, a good row is read as it stands."""
    is_open = False
    for line in io.StringIO(noise, newline=""):
        is_open = ends_open(line, ",", is_open=is_open)
    if not is_open:
        assert read(f"a,b\n{noise}\n1,2\n")[-1] == Record(read_lines(noise) + 2, {"a": "1", "b": "2"})


def read_lines(text: str) -> int:
    """Return how many line ends there are in a text that another line end follows."""
    return len(list(io.StringIO(f"{text}\n", newline="")))
