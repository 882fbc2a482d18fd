"""Physical lines of a text file, counted, bounded and with their undecodable bytes found. Records are no concern here.

The file is decoded with ``surrogateescape``: a byte that is not of the encoding becomes a lone surrogate in its
line, so that it condemns one record and not the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from resolutionkit.errors import ImportFailed
from resolutionkit.importing.rows import RAW_MAX, RECORD_MAX

_FOREIGN = re.compile("[\udc80-\udcff]")
_END = re.compile("\r\n|\r|\n")


class Lines:
    """The lines of an open file, one at a time.

    Attributes:
        source: What the file is called in errors.
        number: The number of the line that was read last, counted from 1; 0 before the first.
    """

    def __init__(self, file: TextIO, source: str) -> None:
        """Start before the first line."""
        self._file = file
        self._in_line = False
        self.source = source
        self.number: int = 0

    def next(self, most: int = RECORD_MAX) -> str:
        """Return the next line with its end, at most ``most`` characters of it, or "" at the end of the file.

        What is left of a longer line comes with the next call, under the same number.

        Raises:
            ImportFailed: The file cannot be read further, or is not in its encoding from here on.
        """
        try:
            line = self._file.readline(most)
        except OSError as problem:
            raise ImportFailed(self.source, self.number + 1, f"cannot be read: {problem.strerror}") from problem
        except UnicodeError as problem:
            reason = f"is not {self._file.encoding} from here on; set [file] encoding in the mapping"
            raise ImportFailed(self.source, self.number + 1, reason) from problem
        if line and not self._in_line:
            self.number += 1
        # A piece may be cut between the two characters of a CRLF: then its line is not over yet.
        self._in_line = bool(line) and not line.endswith(("\n", "\r") if len(line) < most else "\n")
        return line

    @property
    def is_in_line(self) -> bool:
        """Say whether the last piece ended before its line did."""
        return self._in_line


@contextmanager
def opened(path: str | Path, encoding: str, newline: str) -> Iterator[Lines]:
    r"""Open a file for reading, and close it at the end.

    Args:
        path: The file.
        encoding: A codec's name; in UTF-8 a byte order mark is passed over.
        newline: What ends a line: ``"\n"``, or ``""`` for each of LF, CR and CRLF.

    Raises:
        ImportFailed: There is no such file, or it is none that can be read.
    """
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        file = Path(path).open(encoding=codec, errors="surrogateescape", newline=newline)  # noqa: SIM115 (closed below)
    except OSError as problem:
        raise ImportFailed(str(path), None, f"cannot be read: {problem.strerror}") from problem
    except ValueError as problem:
        raise ImportFailed(str(path), None, f"is no path of a file: {problem}") from problem
    with file:
        yield Lines(file, str(path))


def unreadable(text: str, first: int, encoding: str) -> str | None:
    """Return why the text of a record cannot be used: a foreign byte or a NUL; None where it can.

    Args:
        text: The record with its line ends.
        first: The number of its first line.
        encoding: The codec that decoded it.
    """
    at = text.find("\0")
    if at >= 0:
        return f"has a NUL character {_place(text, at, first, encoding)}"
    if text.isascii():
        return None
    found = _FOREIGN.search(text)
    if found is None:
        return None
    byte = ord(found.group()) - 0xDC00
    return f"is not {encoding}: byte 0x{byte:02X} {_place(text, found.start(), first, encoding)}"


def hint_on(text: str, encoding: str) -> str:
    """Return what to try with a text that is not in UTF-8, as the end of a sentence; else the empty string."""
    is_older = encoding == "utf-8" and _FOREIGN.search(text) is not None and "\0" not in text
    return '; if the file is older, set [file] encoding = "cp1252"' if is_older else ""


def _place(text: str, at: int, first: int, encoding: str) -> str:
    before = _END.split(text[:at])
    size = len(before[-1].encode(encoding, "surrogateescape"))
    return f"at byte {size + 1} of line {first + len(before) - 1}"


def kept(text: str) -> str:
    r"""Return a record's text as rejects keep it: cut, without its line end, foreign bytes as ``\xe9``."""
    cut = text[:RAW_MAX] + "…" if len(text) > RAW_MAX else text.rstrip("\r\n")
    return _FOREIGN.sub(lambda found: f"\\x{ord(found.group()) - 0xDC00:02x}", cut)
