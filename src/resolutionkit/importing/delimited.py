"""CSV after RFC 4180, record by record in constant memory. What the columns mean is the mapping's business.

A record is found by following its quotes, then handed to :mod:`csv`. A quoted field may hold line ends, so a quote
that is never closed would make one record of the rest of the file. Such a record is held up to ``RECORD_MAX``
characters; past that its text is dropped while its end is still looked for. Found, the record alone is rejected.
Not found, the import fails and says where the quote was opened: what a customer typed into a comment is never
mistaken for rows, as it would be if reading went on at the next line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from resolutionkit.errors import ImportFailed
from resolutionkit.importing.headers import named, zones_in
from resolutionkit.importing.lines import Lines, hint_on, kept, unreadable
from resolutionkit.importing.rows import RECORD_MAX, Known, Record, RejectedRow


class DelimitedRows:
    """The rows of an open CSV file, read once, in order.

    Attributes:
        header: The names of the columns, without white space around them; a nameless one is called after its
            position, such as ``column 3``.
        known: What the header says beside the names.

    Raises:
        ImportFailed: The file is empty, its header cannot be read, or two columns have one name.
    """

    def __init__(self, lines: Lines, delimiter: str, encoding: str, header_rows: int = 1) -> None:
        """Read the header: one row, or three of which the last holds the import ids."""
        self._lines = lines
        self._delimiter = delimiter
        self._encoding = encoding
        self.header: tuple[str, ...] = self._header()
        self.known: Known = self._below_names() if header_rows == 3 else Known()

    def __iter__(self) -> Iterator[Record | RejectedRow]:
        """Yield each row after the header, rejected where it alone is bad.

        Raises:
            ImportFailed: A quote was opened and never closed, or the file cannot be read further.
        """
        while (found := self._next()) is not None:
            yield found

    def _header(self) -> tuple[str, ...]:
        fields = self._fields()
        if fields is None:
            raise ImportFailed(self._lines.source, None, "is empty; its first line must name the columns")
        if isinstance(fields, RejectedRow):
            raise ImportFailed(self._lines.source, fields.line, f"the header {fields.reason}{_hint(fields.raw)}")
        return named(fields[1], self._lines.source, fields[0])

    def _below_names(self) -> Known:
        questions, import_ids = self._next(), self._next()
        if isinstance(questions, Record) and isinstance(import_ids, Record):
            zones = zones_in({name: str(cell) for name, cell in import_ids.row.items()})
            if zones is not None:
                return Known(zones=zones)
        # Taken for what it is not, a row of answers would be lost without a word.
        reason = "the third row of the header should hold the import ids, each in JSON; export the file again with all"
        hint = "three rows, or set [file] header_rows = 1 in the mapping if the names have a row of their own"
        raise ImportFailed(self._lines.source, None, f"{reason} {hint}")

    def _next(self) -> Record | RejectedRow | None:
        found = self._fields()
        if found is None or isinstance(found, RejectedRow):
            return found
        line, fields, text = found
        if len(fields) == len(self.header):
            return Record(line, dict(zip(self.header, fields, strict=True)))
        reason = f"has {_count(len(fields))} where the header has {len(self.header)}{self._span(line)}"
        return RejectedRow(line, None, reason, kept(text))

    def _fields(self) -> tuple[int, list[str], str] | RejectedRow | None:
        text = self._lines.next()
        while text in {"\n", "\r\n", "\r"}:
            text = self._lines.next()
        if not text:
            return None
        first = self._lines.number
        record, is_whole = self._record(text, first)
        reason = unreadable(record, first, self._encoding)
        hint = "" if reason is None else hint_on(record, self._encoding)
        if not is_whole:
            reason, hint = f"is longer than {RECORD_MAX:,} characters", ""
        if reason is None:
            try:
                return first, next(csv.reader([record], delimiter=self._delimiter, strict=True)), record
            except csv.Error as problem:
                reason = f"is not well-formed CSV: {problem}"
        return RejectedRow(first, None, reason + self._span(first) + hint, kept(record))

    def _record(self, text: str, first: int) -> tuple[str, bool]:
        is_open = ends_open(text, self._delimiter, is_open=False)
        if not is_open and not self._lines.is_in_line:
            return text, True
        # A buffer, since adding line to line would copy a long record again and again.
        record, length = io.StringIO(), len(text)
        record.write(text)
        while is_open or self._lines.is_in_line:
            piece = self._lines.next()
            if not piece:
                self._check_closed(first, is_open=is_open)
                break
            length += len(piece)
            if length > RECORD_MAX:
                self._pass_over(piece, first, is_open=is_open)
                return record.getvalue(), False
            record.write(piece)
            is_open = ends_open(piece, self._delimiter, is_open=is_open)
        return record.getvalue(), True

    def _pass_over(self, piece: str, first: int, *, is_open: bool) -> None:
        # Inside quotes every quote is doubled but the last, so counting them finds the end wherever a piece is cut.
        while piece:
            is_open ^= piece.count('"') % 2 == 1
            if not is_open and not self._lines.is_in_line:
                return
            piece = self._lines.next()
        self._check_closed(first, is_open=is_open)

    def _check_closed(self, first: int, *, is_open: bool) -> None:
        if is_open:
            reason = "a quote was opened in the record that starts here, and never closed"
            raise ImportFailed(self._lines.source, first, reason)

    def _span(self, first: int) -> str:
        last = self._lines.number
        return "" if last == first else f" (lines {first} to {last})"


def ends_open(line: str, delimiter: str, *, is_open: bool) -> bool:
    """Say whether a quoted field is still open at the end of a line.

    A quote opens a field only as its first character; within an unquoted field it is a character like any other.

    Args:
        line: The line.
        delimiter: What stands between two fields.
        is_open: Whether a quoted field was open before the line.
    """
    opening, at = delimiter + '"', 0
    if not is_open and line.startswith('"'):
        at, is_open = 1, True
    while True:
        at = line.find('"' if is_open else opening, at)
        if at < 0:
            return is_open
        if not is_open:
            at, is_open = at + 2, True
        elif line.startswith('""', at):
            at += 2
        else:
            at, is_open = at + 1, False


def _count(fields: int) -> str:
    return f"{fields} field{'' if fields == 1 else 's'}"


def _hint(raw: object) -> str:
    is_binary = "\0" in str(raw)
    return "; is it UTF-16, or not a text file at all? Set [file] encoding in the mapping" if is_binary else ""
