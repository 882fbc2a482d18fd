"""A file's rows as responses, one at a time: the reader and the mapping put together. Recording them is the tracker's.

A bad row is told and passed over; it never stops the rows after it (requirement A10).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.importing.readers import open_rows
from resolutionkit.importing.rows import ImportedRow, Record, RejectedRow, RowRefused


def read_responses(path: str | Path, mapping: ImportMapping, key: bytes) -> Iterator[ImportedRow | RejectedRow]:
    """Yield every row of a file as a response, or as rejected with the reason, in the order of the file.

    One row is held at a time. The file is opened when the first row is asked for, and closed after the last one or
    with the generator. JSON lines have no header, so a column that no line has is blank there and is not told.

    Args:
        path: The file: CSV, TSV, JSON lines or Parquet, by its suffix or the mapping's ``[file]``.
        mapping: What becomes what.
        key: The account's secret key for ids that are built from the row's content, at least 16 bytes.

    Raises:
        ImportFailed: The file is missing, empty, has no usable header, or cannot be read further.
        MappingError: The file lacks columns that the mapping names.
        InvalidValue: The key is too short, and the mapping builds ids.
    """
    with open_rows(path, mapping.file) as rows:
        if rows.header is not None:
            mapping.check_columns(rows.header, rows.known.nested)
        fitted = mapping.fitted(rows.known)
        for found in rows:
            yield _mapped(found, fitted, key) if isinstance(found, Record) else found


def _mapped(record: Record, mapping: ImportMapping, key: bytes) -> ImportedRow | RejectedRow:
    try:
        return ImportedRow(record.line, mapping.response(record.row, key), record.row)
    except RowRefused as problem:
        return RejectedRow(record.line, problem.column, problem.reason, record.row)
