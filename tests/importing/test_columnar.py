"""Parquet: every plain type as text, damage and nested types told, memory that does not grow, and the same as CSV."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from resolutionkit.errors import ImportFailed, MappingError, MissingExtra
from resolutionkit.importing.columnar import rows_in
from resolutionkit.importing.fileformat import FileFormat, Format
from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.importing.readers import about_rows, open_rows
from resolutionkit.importing.responses import read_responses
from resolutionkit.importing.rows import RECORD_MAX, ImportedRow, Record, RejectedRow
from resolutionkit.model.response import Response
from resolutionkit.model.results import Outcome
from resolutionkit.tracker.tracker import Tracker

WriteFile = Callable[[str, bytes], Path]
AT = datetime(2026, 6, 3, 14, 30)


def content(columns: dict[str, Any], **how: Any) -> bytes:
    """Return a Parquet file of some columns."""
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink, **how)
    return sink.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a Parquet file and returns its path."""

    def make(columns: dict[str, Any], **how: Any) -> Path:
        path = tmp_path / "a.parquet"
        path.write_bytes(content(columns, **how))
        return path

    return make


def rows_of(path: Path) -> list[Record | RejectedRow]:
    """Return all that a file holds."""
    with open_rows(path) as rows:
        return list(rows)


def cells_of(path: Path, column: str = "a") -> list[Any]:
    """Return the cells of one column."""
    return [one.row[column] for one in rows_of(path) if isinstance(one, Record)]


def responses_of(path: Path, data: dict[str, Any]) -> list[Response]:
    """Return the responses of a file, none of whose rows may be rejected."""
    rows = list(read_responses(path, ImportMapping.from_data(data), b""))
    assert [row.reason for row in rows if isinstance(row, RejectedRow)] == []
    return [row.response for row in rows if isinstance(row, ImportedRow)]


# --- types -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        (pa.array([1, None, -(2**63)], pa.int64()), ["1", "", str(-(2**63))]),
        (pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)]),
        (pa.array([6.0, 6.5, None, 1e22]), ["6", "6.5", "", "1e+22"]),
        (pa.array([0.1], pa.float32()), ["0.1"]),
        (pa.array([1.5], pa.float32()).cast(pa.float16()), ["1.5"]),
        (pa.array([Decimal("6.50"), None]), ["6.50", ""]),
        (pa.array([True, False, None]), ["true", "false", ""]),
        (pa.array([None, None]), ["", ""]),
        (pa.array(["ä\n ", "", None]), ["ä\n ", "", ""]),
        (pa.array(["x"], pa.large_string()), ["x"]),
        (pa.array(["b", None, "b"]).dictionary_encode(), ["b", "", "b"]),
        (pa.array([7, 8]).dictionary_encode(), ["7", "8"]),
        (pa.array([date(2026, 6, 3), None]), ["2026-06-03", ""]),
        (pa.array([date(2026, 6, 3)], pa.date64()), ["2026-06-03"]),
        (pa.array([time(14, 30)], pa.time32("ms")), ["14:30:00.000"]),
        (pa.array([AT], pa.timestamp("s")), ["2026-06-03 14:30:00.000"]),
        (pa.array([AT, None], pa.timestamp("us", "Europe/Berlin")), ["2026-06-03 14:30:00.000000+00:00", ""]),
        (pa.array([AT], pa.timestamp("ns", "+05:30")), ["2026-06-03 14:30:00.000000000+00:00"]),
    ],
    ids=lambda one: str(one.type) if isinstance(one, pa.Array) else "",
)
def test_a_plain_value_becomes_its_text(table: Callable[..., Path], values: pa.Array, cells: list[str]) -> None:
    """As it would stand in a plain CSV file; null is a blank cell."""
    assert cells_of(table({"a": values})) == cells


def test_rows_are_numbered_from_1(table: Callable[..., Path]) -> None:
    """Over batches and row groups."""
    found = rows_of(table({"a": list(range(2_500))}, row_group_size=700))
    assert [one.line for one in found] == list(range(1, 2_501))


def test_an_aware_instant_is_itself_and_a_naive_one_is_the_zones(
    table: Callable[..., Path], small: dict[str, Any]
) -> None:
    """Whatever formats the mapping has for texts: a date knows what it is. A day is its start in the zone."""
    mapping = small | {"dates": {"zone": "Europe/London", "formats": ["%d/%m/%Y"]}}
    for values, expected in (
        (pa.array([AT], pa.timestamp("us", "America/New_York")), datetime(2026, 6, 3, 14, 30, tzinfo=UTC)),
        (pa.array([AT], pa.timestamp("ms")), datetime(2026, 6, 3, 13, 30, tzinfo=UTC)),
        (pa.array([AT.date()]), datetime(2026, 6, 2, 23, tzinfo=UTC)),
        (pa.array(["03/06/2026"]), datetime(2026, 6, 2, 23, tzinfo=UTC)),
    ):
        path = table({"id": ["r"], "score": [6], "at": values})
        assert [one.received_at for one in responses_of(path, mapping)] == [expected]


def test_a_typed_number_has_a_point_whatever_the_mapping_says_of_texts(
    table: Callable[..., Path], small: dict[str, Any]
) -> None:
    """The decimal comma, and the words for yes and no, are how the mapping reads texts."""
    own = {"name": "Mean", "minimum": 0, "maximum": 10, "detractor_max": 6, "promoter_min": 9, "step": 0}
    mapping = small | {
        "scale": own,
        "numbers": {"decimal_comma": True},
        "wants_contact": {"column": "call", "yes": ["Ja"], "no": ["Nein"]},
        "attributes": {
            "revenue": {"column": "revenue", "type": "decimal"},
            "ratio": {"column": "ratio", "type": "float"},
            "since": {"column": "since", "type": "date"},
        },
    }
    path = table(
        {
            "id": [1], "score": [2.5], "at": pa.array([AT], pa.timestamp("us")), "call": [True],
            "revenue": [Decimal("1250.50")], "ratio": ["0,5"], "since": [AT.date()],
        }
    )  # fmt: skip
    (found,) = responses_of(path, mapping)
    assert (found.id, found.score, found.wants_contact) == ("1", 2.5, True)
    assert dict(found.attributes) == {"revenue": Decimal("1250.50"), "ratio": 0.5, "since": AT.date()}


@pytest.mark.parametrize("score", [float("nan"), float("inf"), 11.0, 6.5, None, True], ids=str)
def test_a_score_that_is_none_rejects_its_row_alone(
    table: Callable[..., Path], small: dict[str, Any], score: Any
) -> None:
    """The column and the row are told."""
    path = table({"id": ["a", "b"], "score": pa.array([score, score]), "at": ["2026-06-03"] * 2})
    rejected = list(read_responses(path, ImportMapping.from_data(small | {"scale": "NPS"}), b""))
    assert [(one.line, one.column) for one in rejected if isinstance(one, RejectedRow)] == [(1, "score"), (2, "score")]


def test_an_instant_beyond_the_calendar_rejects_its_row_alone(
    table: Callable[..., Path], small: dict[str, Any]
) -> None:
    """An integer that was taken for a date is no reason to lose the file."""
    at = pa.array([2**62, 0], pa.int64()).cast(pa.timestamp("us"))
    found = list(read_responses(table({"id": ["a", "b"], "score": [1, 2], "at": at}), _mapping(small), b""))
    assert [type(one) for one in found] == [RejectedRow, ImportedRow]


def test_bytes_that_are_no_text_reject_their_row_alone(table: Callable[..., Path], small: dict[str, Any]) -> None:
    """As in a text file; the reject keeps them escaped."""
    ids = pa.array([b"a\xff", b"b"], pa.binary()).view(pa.string())
    found = list(read_responses(table({"id": ids, "score": [1, 2], "at": ["2026-06-03"] * 2}), _mapping(small), b""))
    assert isinstance(found[0], RejectedRow)
    assert found[0].column == "id"
    assert isinstance(found[1], ImportedRow)


def test_a_giant_row_is_rejected_alone(table: Callable[..., Path]) -> None:
    """No more of it is kept than of a giant line."""
    giant, small = rows_of(table({"a": ["x" * (RECORD_MAX + 1), "y"], "b": ["", ""]}))
    assert isinstance(giant, RejectedRow)
    assert giant.reason == f"is longer than {RECORD_MAX:,} characters"
    assert len(str(giant.raw)) < 11_000
    assert isinstance(small, Record)


def _mapping(small: dict[str, Any]) -> ImportMapping:
    return ImportMapping.from_data(small)


# --- bad files -------------------------------------------------------------------------------------------------------


def test_other_columns_are_told_before_a_row_is_read(table: Callable[..., Path], small: dict[str, Any]) -> None:
    """All that are missing, each with the nearest."""
    path = table({"ID": [1], "Score": [6], "when": ["2026-06-03"]})
    with pytest.raises(MappingError) as refused:
        next(read_responses(path, _mapping(small), b""))
    assert [tuple(fault) for fault in refused.value.faults] == [
        ("id", "the file has no column 'id'; did you mean 'ID'?"),
        ("score", "the file has no column 'score'; did you mean 'Score'?"),
        ("received_at", "the file has no column 'at'; there are 'ID', 'Score', 'when'"),
    ]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pa.array([["x"]]), "list<element: string>"),
        (pa.array([{"mail": "a@b"}]), "struct<mail: string>"),
        (pa.array([[("k", "v")]], pa.map_(pa.string(), pa.string())), "map<string, string"),
        (pa.array([b"x"]), "binary"),
        (pa.array([timedelta(seconds=1)]), "duration[us]"),
    ],
    ids=lambda one: "" if isinstance(one, pa.Array) else one,
)
def test_a_nested_column_is_refused_where_it_is_needed(
    table: Callable[..., Path], small: dict[str, Any], values: pa.Array, kind: str
) -> None:
    """With its place in the mapping, its type, and what to do; one that nobody needs is passed over."""
    path = table({"id": ["r"], "score": [6], "at": ["2026-06-03"], "who": values})
    assert len(responses_of(path, small)) == 1
    for more, place in (({"contact": {"email": "who"}}, "contact.email"), ({"id": {"whole_row": True}}, "id")):
        with pytest.raises(MappingError) as refused:
            next(read_responses(path, ImportMapping.from_data(small | more), b"k" * 16))
        ((found, problem),) = refused.value.faults
        assert found == place
        assert problem.startswith("the column 'who' is of the type ")
        assert kind in problem
        assert problem.endswith("fits no cell; write what is needed of it as columns of text, numbers or dates")


def test_a_column_beside_a_struct_with_its_dotted_name_is_read(table: Callable[..., Path]) -> None:
    """A name with a dot means that column and no part of another."""
    path = table({"who": [{"mail": "inner"}], "who.mail": ["outer"], "a": ["x"]})
    assert [one.row for one in rows_of(path) if isinstance(one, Record)] == [{"who.mail": "outer", "a": "x"}]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({}, "has no columns"),
        ({"a ": [1], "a": [2]}, "more than one column is called 'a'"),
    ],
    ids=["none", "twice"],
)
def test_columns_that_cannot_be_told_apart_fail(
    table: Callable[..., Path], columns: dict[str, Any], reason: str
) -> None:
    """As in CSV, white space around a name does not count."""
    with pytest.raises(ImportFailed, match=reason):
        rows_of(table(columns))


def test_a_file_that_is_cut_off_fails_at_every_length(write: WriteFile) -> None:
    """Never a row too few in silence, and never an error of another kind."""
    whole = content({"a": [f"text {at}" for at in range(50)], "b": list(range(50))})
    for length in range(len(whole)):
        with pytest.raises(ImportFailed, match="is no Parquet file, or was cut off; export it again"):
            rows_of(write("a.parquet", whole[:length]))


def test_damage_inside_is_told_with_the_row(write: WriteFile) -> None:
    """What was read before it stands; the rest cannot be trusted."""
    columns = {"a": [f"text {at}" for at in range(3_000)]}
    whole = bytearray(content(columns, row_group_size=1_000, use_dictionary=False, compression="zstd"))
    with parquet.ParquetFile(io.BytesIO(bytes(whole))) as file:
        start = file.metadata.row_group(2).column(0).data_page_offset
    whole[start : start + 400] = b"\xee" * 400
    with pytest.raises(ImportFailed, match="damaged from here on; export it again") as refused:
        rows_of(write("a.parquet", bytes(whole)))
    assert refused.value.line == 2_001


@given(at=st.integers(min_value=0), byte=st.integers(0, 255))
def test_any_wrong_byte_is_harmless(at: int, byte: int) -> None:
    """The rows come, or an error of ours does."""
    whole = bytearray(content({"a": ["x", "y", None], "b": [1, 2, 3]}))
    whole[at % len(whole)] = byte
    with patch.object(Path, "open", lambda *_, **__: io.BytesIO(bytes(whole))):
        try:
            rows_of(Path("a.parquet"))
        except ImportFailed as problem:
            assert problem.source == "a.parquet"  # noqa: PT017 (no error is as good)


def test_a_file_of_another_kind_or_none_at_all_fails(write: WriteFile, tmp_path: Path) -> None:
    """CSV by the name of Parquet, a missing file, and no path."""
    for path, reason in (
        (write("b.parquet", b"id,score,at\n"), "is no Parquet file"),
        (tmp_path / "none.parquet", "No such file"),
        (Path("a\0.parquet"), "is no path"),
    ):
        with pytest.raises(ImportFailed, match=reason):
            rows_of(path)


@pytest.mark.parametrize("key", ["delimiter", "encoding"])
def test_parquet_has_neither_delimiter_nor_encoding(small: dict[str, Any], key: str) -> None:
    """A setting that would do nothing is refused."""
    value = {"delimiter": ";", "encoding": "cp1252"}[key]
    with pytest.raises(MappingError, match=f"file.{key}: files of the format parquet have none; leave it out"):
        ImportMapping.from_data(small | {"file": {"format": "parquet", key: value}})


# --- memory, extras, counts ------------------------------------------------------------------------------------------


def test_memory_does_not_grow_with_the_row_group(tmp_path: Path) -> None:
    """Twenty times the rows in one row group need about the same memory, pyarrow's own included."""
    program = (
        "import sys, tracemalloc; import pyarrow; from pathlib import Path\n"
        "from resolutionkit.importing.readers import open_rows\n"
        "tracemalloc.start()\n"
        "with open_rows(Path(sys.argv[1])) as rows: count = sum(1 for _ in rows)\n"
        "print(count, tracemalloc.get_traced_memory()[1] + pyarrow.default_memory_pool().max_memory())"
    )

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.parquet"
        texts = pa.array([f"{at:08d} and some words that nobody needs to read" for at in range(rows)])
        columns = pa.table({"a": texts, "b": texts})
        parquet.write_table(columns, path, row_group_size=rows, compression="none", use_dictionary=False)
        done = subprocess.run([sys.executable, "-c", program, path], check=True, capture_output=True, text=True)
        count, size = map(int, done.stdout.split())
        assert count == rows
        return size

    assert peak(100_000) < peak(5_000) + 5_000_000


def test_without_pyarrow_the_extra_is_named(table: Callable[..., Path]) -> None:
    """Whoever has no Parquet files needs no pyarrow."""
    path = table({"a": [1]})
    with patch.dict(sys.modules, {"pyarrow": None}), pytest.raises(MissingExtra, match=r"resolutionkit\[parquet\]"):
        rows_of(path)


def test_the_number_of_rows_is_known_beforehand(table: Callable[..., Path]) -> None:
    """The progress bar needs it, and line ends in Parquet mean nothing."""
    path = table({"a": ["\n"] * 7})
    assert rows_in(path) == about_rows(path, FileFormat()) == 7
    renamed = path.rename(path.with_suffix(".bin"))
    assert about_rows(renamed, FileFormat(format=Format.PARQUET)) == 7


def test_a_file_is_imported_whole_with_its_rejects_and_again(table: Callable[..., Path], small: dict[str, Any]) -> None:
    """As a file of any other format: over several batches, rejected rows kept, and safe to run again."""
    scores = [number % 12 for number in range(2_400)]
    path = table({"id": [f"r-{number}" for number in range(2_400)], "score": scores, "at": [AT] * 2_400})
    rejects = path.with_name("rejects.csv")
    with Tracker.open("memory:") as tracker:
        first = tracker.import_file(path, _mapping(small), rejects=rejects)
        again = tracker.import_file(path, _mapping(small))
    assert (first.rows, first.rejected, first.issues_opened) == (2_400, 200, 1_400)
    assert (first.rejects[0].line, first.rejects[0].column) == (12, "score")
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 201
    assert (again.counts[Outcome.DUPLICATE], again.issues_opened) == (2_200, 0)


# --- the same as CSV -------------------------------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1))
"""Some fall into an hour that a clock change passes over, and are rejected by both."""
ROW = st.fixed_dictionaries(
    {
        "id": st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=5),
        "score": st.none() | st.integers(-1, 11) | st.floats(0, 10),
        "naive": st.none() | instants,
        "aware": st.none() | instants,
        "day": st.none() | st.dates(date(1990, 1, 1), date(2026, 1, 1)),
        "comment": st.none() | texts,
        "tag": st.none() | st.sampled_from(["a", "b;c", " "]),
        "sum": st.none() | st.decimals(-9_999, 9_999, places=2),
        "call": st.none() | st.booleans(),
        "seats": st.none() | st.integers(-(2**63), 2**63 - 1),
    }
)
TYPES: dict[str, pa.DataType] = {
    "id": pa.string(),
    "score": pa.float64(),
    "naive": pa.timestamp("us"),
    "aware": pa.timestamp("us", "Asia/Tokyo"),
    "day": pa.date32(),
    "comment": pa.string(),
    "tag": pa.dictionary(pa.int8(), pa.string()),
    "sum": pa.decimal128(10, 2),
    "call": pa.bool_(),
    "seats": pa.int64(),
}
MAPPING = {
    "id": "id",
    "score": "score",
    "comment": "comment",
    "tags": {"column": "tag", "separator": ";"},
    "wants_contact": "call",
    "dates": {"zone": "Europe/London"},
    "attributes": {
        "sum": {"column": "sum", "type": "decimal"},
        "seats": {"column": "seats", "type": "int"},
        "naive": {"column": "naive", "type": "datetime"},
        "day": {"column": "day", "type": "date"},
    },
}


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    """Return rows as Python writes them."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([list(TYPES), *[[_csv(name, row[name]) for name in TYPES] for row in rows]])
    return out.getvalue().encode()


def _csv(name: str, value: Any) -> Any:
    is_aware = name == "aware" and value is not None
    return value.replace(tzinfo=UTC).astimezone(ZoneInfo("Asia/Tokyo")).isoformat() if is_aware else value


@given(rows=st.lists(ROW, max_size=6), at=st.sampled_from(["naive", "aware", "day"]))
def test_what_goes_in_as_csv_and_as_parquet_gives_the_same_responses(rows: list[dict[str, Any]], at: str) -> None:
    """Every type, nulls and rejected rows alike; only a whole number's ``6.0`` may be written ``6``."""
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()}
    mapping = ImportMapping.from_data(MAPPING | {"received_at": at})
    found = []
    for name, file in (("a.csv", as_csv(rows)), ("a.parquet", content(columns))):
        with patch.object(Path, "open", lambda *_, file=file, **how: _opened(file, how)):
            found.append([_outcome(one) for one in read_responses(name, mapping, b"")])
    assert found[0] == found[1]


def _opened(file: bytes, how: dict[str, Any]) -> Any:
    return io.TextIOWrapper(io.BytesIO(file), **how) if how else io.BytesIO(file)


def _outcome(one: ImportedRow | RejectedRow) -> Any:
    return one.response if isinstance(one, ImportedRow) else one.column
