"""Open a file as rows, whatever its format. The formats stand in ``delimited``, ``jsonlines`` and ``columnar``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from resolutionkit.errors import ImportFailed
from resolutionkit.importing.columnar import ParquetRows, opened_parquet, rows_in
from resolutionkit.importing.delimited import DelimitedRows
from resolutionkit.importing.fileformat import FileFormat, Format
from resolutionkit.importing.jsonlines import JsonRows
from resolutionkit.importing.lines import opened

Rows: TypeAlias = DelimitedRows | JsonRows | ParquetRows
"""The rows of an open file, of any format."""

_SUFFIX_DECIDES = FileFormat()
_CHUNK = 1 << 20


@contextmanager
def open_rows(path: str | Path, file: FileFormat = _SUFFIX_DECIDES) -> Iterator[Rows]:
    """Open a file and read its header; the rows are read while they are iterated over, one at a time.

    Args:
        path: The file.
        file: Its format, delimiter and encoding.

    Returns:
        A context manager of the rows: ``.header`` is a tuple of names, or None where there is none, ``.known`` what
        else the file says of its columns; iterating yields a :class:`~resolutionkit.importing.rows.Record` or a
        ``RejectedRow`` each.

    Raises:
        ImportFailed: The file is missing, a directory, empty, of an unknown format, or has no usable header.
        MissingExtra: The file is Parquet, and pyarrow is not installed.
    """
    if Path(path).is_dir():
        raise ImportFailed(str(path), None, "is a folder; name a file")
    kind = file.format_of(path)
    if kind is Format.PARQUET:
        with opened_parquet(path) as table:
            yield table
    elif kind is Format.JSONL:
        with opened(path, file.encoding, newline="\n") as lines:
            yield JsonRows(lines, file.encoding, file.keyed)
    else:
        with opened(path, file.encoding, newline="") as lines:
            yield DelimitedRows(lines, file.delimiter_of(path), file.encoding, file.header_rows)


def about_rows(path: Path, file: FileFormat) -> int | None:
    """Return about how many rows a file has: by its line ends, or as a Parquet file says itself.

    Returns:
        None for what can be read only once, such as a pipe.

    Raises:
        ImportFailed: The format is unknown, or the file is no Parquet though it should be.
        MissingExtra: The file is Parquet, and pyarrow is not installed.
    """
    if not path.is_file():
        return None
    if file.format_of(path) is Format.PARQUET:
        return rows_in(path)
    with path.open("rb") as lines:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: lines.read(_CHUNK), b""))
