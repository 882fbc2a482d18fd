"""What kind of file is read: CSV, JSON lines or Parquet, with which delimiter, header and encoding."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from attrs import field, frozen

from resolutionkit.errors import ImportFailed, InvalidValue


class Format(StrEnum):
    """The kinds of file that can be read."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    PARQUET = "parquet"


_BY_SUFFIX = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".parquet": Format.PARQUET,
}


_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".numbers"})


def _delimiter(value: object) -> str | None:
    if value is None or (isinstance(value, str) and len(value) == 1 and value not in '"\r\n\0'):
        return value
    raise InvalidValue("delimiter", value, 'one character, such as ";", that is no quote and no line end')


def _encoding(value: object) -> str:
    try:
        # Encoding finds out, unlike a look-up, that "hex" and its like are no encodings of text.
        "".encode(str(value))
        name = codecs.lookup(str(value)).name
    except (LookupError, ValueError) as problem:
        raise InvalidValue("encoding", value, 'the name of a text encoding, such as "utf-8" or "cp1252"') from problem
    return "utf-8" if name == "utf-8-sig" else name


def _header_rows(value: int) -> int:
    if isinstance(value, bool) or value not in {1, 3}:
        expected = "1, or 3 where the names are followed by the questions and the import ids"
        raise InvalidValue("header_rows", value, expected)
    return value


def _keyed(value: Mapping[str, object]) -> dict[str, str]:
    texts = {path: key.strip() for path, key in value.items() if isinstance(key, str) and key.strip()}
    if len(texts) < len(value):
        raise InvalidValue("keyed", dict(value), 'the path of a name in the items, such as { answers = "field.ref" }')
    return texts


@frozen(kw_only=True)
class FileFormat:
    """The ``[file]`` table of a mapping.

    Attributes:
        format: The kind of file; None means that its suffix says so: .csv, .tsv, .jsonl, .ndjson or .parquet.
        delimiter: What stands between two fields; None means a tab in TSV, else a comma.
        encoding: A codec's name; in UTF-8 a byte order mark is passed over.
        header_rows: How many rows a CSV file has before its first response: 1 or 3. Of 3, the first has the names, the
            second the questions and the third the import ids, which may name the zone of the dates.
        keyed: The lists of JSON lines whose items have names of their own: the path of the list, and that of the name
            in each item. With ``{ answers = "field.ref" }`` the item that calls itself *nps* is ``answers.nps``.

    Raises:
        InvalidValue: The delimiter is not one character, the encoding is unknown, or the header has other rows.
    """

    format: Format | None = None
    delimiter: str | None = field(default=None, converter=_delimiter)
    encoding: str = field(default="utf-8", converter=_encoding)
    header_rows: int = field(default=1, converter=_header_rows)
    keyed: Mapping[str, str] = field(factory=dict, converter=_keyed)

    def format_of(self, path: str | Path) -> Format:
        """Return the kind of a file.

        Raises:
            ImportFailed: Neither the mapping nor the file's suffix says it.
        """
        found = self.format or _BY_SUFFIX.get(Path(path).suffix.lower())
        if found is None and Path(path).suffix.lower() in _WORKBOOKS:
            raise ImportFailed(str(path), None, "is a workbook; save its sheet as CSV UTF-8, and import that")
        if found is None:
            known = ", ".join(_BY_SUFFIX)
            raise ImportFailed(str(path), None, f'the suffix is none of {known}; set [file] format = "csv"')
        return found

    def delimiter_of(self, path: str | Path) -> str:
        """Return what stands between two fields of a CSV or TSV file."""
        return self.delimiter or ("\t" if self.format_of(path) is Format.TSV else ",")
