"""JSON lines: nested names, exact numbers, and bad lines alone rejected."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit.errors import ImportFailed
from resolutionkit.importing.fileformat import FileFormat, Format
from resolutionkit.importing.jsonlines import cells
from resolutionkit.importing.readers import open_rows
from resolutionkit.importing.rows import RECORD_MAX, Record, RejectedRow

WriteFile = Callable[[str, bytes], Path]


def rows_of(path: Path) -> list[Record | RejectedRow]:
    """Return all that a file holds."""
    with open_rows(path, FileFormat(format=Format.JSONL)) as rows:
        assert rows.header is None
        return list(rows)


def test_nested_names_are_joined_with_dots() -> None:
    """Lists of texts stay lists; lists of objects are counted from 0."""
    line = '{"id": "r", "who": {"mail": "a@b"}, "tags": ["x", 2, null], "qa": [{"q": 1}, {"q": [true]}], "no": []}'
    assert cells(line) == {
        "id": "r", "who.mail": "a@b", "tags": ("x", "2", ""), "qa.0.q": "1", "qa.1.q": ("true",), "no": (),
    }  # fmt: skip


def test_a_number_keeps_the_text_of_the_file() -> None:
    """10.0 is not 10, and no digit of a long one is lost."""
    line = '{"a": 10.0, "b": 10, "c": 1e400, "d": 12345678901234567890.123456789, "e": false, "f": null}'
    assert list(cells(line).values()) == ["10.0", "10", "1e400", "12345678901234567890.123456789", "false", ""]


def test_items_with_names_are_found_by_them() -> None:
    """In the lists that are named; an item without its name, or none of text, keeps its place."""
    line = '{"a": [{"f": {"r": "x"}, "n": 1}, {"n": 2}, {"f": {"r": true}}, [4]], "b": [{"f": {"r": "x"}}]}'
    assert cells(line, {"a": "f.r"}) == {
        "a.x.f.r": "x", "a.x.n": "1", "a.1.n": "2", "a.2.f.r": "true", "a.3": ("4",), "b.0.f.r": "x",
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"has the name 'a\.x\.r' twice"):
        cells('{"a": [{"r": "x", "n": 1}, {"r": "x", "n": 2}]}', {"a": "r"})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not valid JSON: Expecting property name"),
        ('{"a": 1} x', "is not valid JSON: Extra data, at character 10"),
        ("[1]", r"is not a JSON object: '\[1\]'"),
        ("null", "is not a JSON object"),
        ('{"a": NaN}', "holds NaN, which is no number"),
        ('{"a": -Infinity}', "holds -Infinity"),
        ('{"a": 1, "a": 2}', "has the name 'a' twice"),
        ('{"a": {"b": 1, "b": 2}}', "has the name 'b' twice"),
        ('{"a.b": 1, "a": {"b": 2}}', "has the name 'a.b' twice"),
        ('{"' + "a" * 900 + '": {"' + "b" * 100 + '": 1}}', "has a name of more than 1000 characters"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "is nested too deeply"),
    ],
    ids=lambda text: text[:24],
)
def test_what_is_no_row_says_why(line: str, reason: str) -> None:
    """Broken JSON, other values, numbers that are none, and names that stand there twice."""
    with pytest.raises(ValueError, match=reason):
        cells(line)


def test_a_bad_line_is_rejected_alone(write: WriteFile) -> None:
    """Broken JSON, foreign bytes, NUL and a giant line do not stop the lines after them."""
    giant = b'{"a": "' + b"x" * RECORD_MAX + b'"}'
    path = write("a.jsonl", b'\xef\xbb\xbf{"a": 1}\n{\n\n{"a": "\xff"}\r\n{"a": "\x00"}\n' + giant + b'\n{"a": 2}')
    found = rows_of(path)
    assert [one.line for one in found] == [1, 2, 4, 5, 6, 7]
    assert found[2].reason.endswith('if the file is older, set [file] encoding = "cp1252"')
    assert [one.row for one in found if isinstance(one, Record)] == [{"a": "1"}, {"a": "2"}]
    assert [one.reason.partition(":")[0] for one in found if isinstance(one, RejectedRow)] == [
        "is not valid JSON",
        "is not utf-8",
        "has a NUL character at byte 8 of line 5",
        f"is longer than {RECORD_MAX:,} characters",
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.NDJSON"])
def test_the_suffix_says_that_it_is_json(write: WriteFile, name: str) -> None:
    """Nothing has to be set for a file that is called what it is."""
    with open_rows(write(name, b'{"a": 1}\n')) as rows:
        assert list(rows) == [Record(1, {"a": "1"})]


def test_an_empty_file_fails(write: WriteFile) -> None:
    """A file without a line is more likely a broken export than a survey without answers."""
    with pytest.raises(ImportFailed, match="is empty"):
        rows_of(write("a.jsonl", b""))


@given(st.dictionaries(st.text(alphabet=st.characters(exclude_characters="."), min_size=1), st.text()))
def test_every_text_comes_back(row: dict[str, str]) -> None:
    """Names and values survive as they are, lone surrogates and line ends included."""
    assert cells(json.dumps(row)) == row
