"""Parquet, a batch of rows at a time in constant memory. What the columns mean is the mapping's business.

Every value becomes the text that a plain CSV would have: numbers with a decimal point, dates in ISO 8601, ``true`` and
``false``, and nothing for null. The columns of numbers, dates and truth values are told as *typed*, since a mapping's
decimal comma, date formats and words say nothing of them. A batch is read page by page, so that the size of a row group
is no matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from resolutionkit.errors import ImportFailed, MissingExtra
from resolutionkit.importing.headers import named
from resolutionkit.importing.lines import kept
from resolutionkit.importing.rows import RAW_MAX, RECORD_MAX, Known, Record, RejectedRow

BATCH = 1_000
"""How many rows are held at a time."""
_BUFFER = 1 << 16

_Texts: TypeAlias = Sequence[str | None]


@contextmanager
def opened_parquet(path: str | Path) -> Iterator[ParquetRows]:
    """Open a Parquet file for reading, and close it at the end.

    Raises:
        MissingExtra: pyarrow is not installed.
        ImportFailed: There is no such file, it is no Parquet or was cut off, or its columns cannot be told apart.
    """
    arrow, parquet = _arrow()
    try:
        file = Path(path).open("rb")  # noqa: SIM115 (closed below)
    except OSError as problem:
        raise ImportFailed(str(path), None, f"cannot be read: {problem.strerror}") from problem
    except ValueError as problem:
        raise ImportFailed(str(path), None, f"is no path of a file: {problem}") from problem
    with file:
        try:
            # Without pre-buffering a row group is read page by page, and never held whole.
            table = parquet.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)
            fields = [(field.name, field.type) for field in table.schema_arrow]
        except _damage(arrow) as problem:
            reason = f"is no Parquet file, or was cut off; export it again ({_first_line(problem)})"
            raise ImportFailed(str(path), None, reason) from problem
        yield ParquetRows(table, fields, str(path), arrow)


def rows_in(path: str | Path) -> int:
    """Return how many rows a Parquet file says it has.

    Raises:
        MissingExtra: pyarrow is not installed.
        ImportFailed: It cannot be opened as one.
    """
    with opened_parquet(path) as rows:
        return rows.count


class ParquetRows:
    """The rows of an open Parquet file, read once, in order.

    Attributes:
        header: The names of the columns, those of nested ones included.
        known: Which columns are typed, and which are nested and so have no cells.
        count: How many rows the file says it has.
    """

    def __init__(self, table: Any, fields: Sequence[tuple[str, Any]], source: str, arrow: Any) -> None:
        """Look at the columns; no row is read yet."""
        self._table = table
        self._source = source
        self._arrow = arrow
        self.header: tuple[str, ...] = named((name for name, _ in fields), source, None)
        kinds = {name: _value_type(kind, arrow) for name, (_, kind) in zip(self.header, fields, strict=True)}
        writers = {name: _writer(kind, arrow) for name, kind in kinds.items()}
        self.known: Known = Known(
            typed=frozenset(name for name, kind in kinds.items() if _is_typed(kind, arrow)),
            nested={name: str(kinds[name]) for name, writer in writers.items() if writer is None},
        )
        self.count: int = table.metadata.num_rows
        self._columns = {
            name: (in_file, writer)
            for (name, writer), (in_file, _) in zip(writers.items(), fields, strict=True)
            if writer is not None
        }

    def __iter__(self) -> Iterator[Record | RejectedRow]:
        """Yield each row, numbered from 1; one that is far too long is rejected.

        Raises:
            ImportFailed: The file is damaged from here on.
        """
        number = 0
        for columns in self._batches():
            for cells in zip(*columns, strict=True):
                number += 1
                yield self._row(number, [cell or "" for cell in cells])

    def _batches(self) -> Iterator[list[_Texts]]:
        read = 0
        try:
            batches = self._table.iter_batches(BATCH, columns=[name for name, _ in self._columns.values()])
            for batch in batches:
                yield [_texts(batch.column(name), write, self._arrow) for name, write in self._columns.values()]
                read += batch.num_rows
        except _damage(self._arrow) as problem:
            reason = f"the file is damaged from here on; export it again ({_first_line(problem)})"
            raise ImportFailed(self._source, read + 1, reason) from problem

    def _row(self, number: int, cells: list[str]) -> Record | RejectedRow:
        if sum(map(len, cells)) > RECORD_MAX:
            text = ",".join(cell[:RAW_MAX] for cell in cells)
            return RejectedRow(number, None, f"is longer than {RECORD_MAX:,} characters", kept(text))
        return Record(number, dict(zip(self._columns, cells, strict=True)))


_Write: TypeAlias = Callable[[Any, Any], _Texts]


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError as problem:
        raise MissingExtra("parquet", "a Parquet file") from problem
    return pa, parquet


def _damage(arrow: Any) -> tuple[type[Exception], ...]:
    # A name or a message of the file that is no text comes as an error of its own.
    return (arrow.ArrowException, OSError, UnicodeDecodeError)


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0][:200]


# --- types -----------------------------------------------------------------------------------------------------------


def _value_type(kind: Any, arrow: Any) -> Any:
    return kind.value_type if arrow.types.is_dictionary(kind) else kind


_TYPED = ("is_boolean", "is_integer", "is_floating", "is_decimal", "is_timestamp", "is_date")
"""The questions about a type to which a typed column says yes."""


def _is_typed(kind: Any, arrow: Any) -> bool:
    return any(getattr(arrow.types, name)(kind) for name in _TYPED)


def _writer(kind: Any, arrow: Any) -> _Write | None:
    """Return what writes a column of a type as texts, None for a type that no cell can hold."""
    return next((write for name, write in _WRITERS.items() if getattr(arrow.types, name)(kind)), None)


def _plain(column: Any, arrow: Any) -> _Texts:
    texts: _Texts = column.cast(arrow.string()).to_pylist()
    return texts


def _strings(column: Any, arrow: Any) -> _Texts:
    try:
        return _plain(column, arrow)
    except (UnicodeDecodeError, arrow.ArrowInvalid):
        # A byte that is not UTF-8 becomes a lone surrogate, which condemns its row and no other.
        values = column.cast(arrow.large_binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", "surrogateescape") for value in values]


def _instants(column: Any, arrow: Any) -> _Texts:
    if column.type.tz is None:
        return _plain(column, arrow)
    texts = _plain(column.view(arrow.timestamp(column.type.unit)), arrow)  # the instant is kept in UTC
    return [None if text is None else f"{text}+00:00" for text in texts]


def _days(column: Any, arrow: Any) -> _Texts:
    return _plain(column.cast(arrow.date32()), arrow)


def _halves(column: Any, arrow: Any) -> _Texts:
    return _plain(column.cast(arrow.float32()), arrow)


_WRITERS: dict[str, _Write] = {
    "is_null": _plain,
    "is_boolean": _plain,
    "is_integer": _plain,
    "is_float16": _halves,
    "is_floating": _plain,
    "is_decimal": _plain,
    "is_string": _strings,
    "is_large_string": _strings,
    "is_string_view": _strings,
    "is_timestamp": _instants,
    "is_date": _days,
    "is_time": _plain,
}
"""What writes a column, by the first question about its type that pyarrow says yes to."""


def _texts(column: Any, write: _Write, arrow: Any) -> _Texts:
    plain = column.dictionary_decode() if arrow.types.is_dictionary(column.type) else column
    return write(plain, arrow)
