"""Open a file as rows, whatever its format. The formats stand in ``delimited`` and ``jsonlines``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resolutionkit.errors import ImportFailed
from resolutionkit.importing.delimited import DelimitedRows
from resolutionkit.importing.fileformat import FileFormat, Format
from resolutionkit.importing.jsonlines import JsonRows
from resolutionkit.importing.lines import opened

_SUFFIX_DECIDES = FileFormat()


@contextmanager
def open_rows(path: str | Path, file: FileFormat = _SUFFIX_DECIDES) -> Iterator[DelimitedRows | JsonRows]:
    """Open a file and read its header; the rows are read while they are iterated over, one at a time.

    Args:
        path: The file.
        file: Its format, delimiter and encoding.

    Returns:
        A context manager of the rows: ``.header`` is a tuple of names, or None where there is none, and
        iterating yields a :class:`~resolutionkit.importing.rows.Record` or a ``RejectedRow`` each.

    Raises:
        ImportFailed: The file is missing, a directory, empty, of an unknown format, or has no usable header.
    """
    if Path(path).is_dir():
        raise ImportFailed(str(path), None, "is a folder; name a file")
    if file.format_of(path) is Format.JSONL:
        with opened(path, file.encoding, newline="\n") as lines:
            yield JsonRows(lines, file.encoding)
    else:
        with opened(path, file.encoding, newline="") as lines:
            yield DelimitedRows(lines, file.delimiter_of(path), file.encoding)
