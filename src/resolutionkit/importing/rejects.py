"""The file of rejected rows: what was wrong with each, for somebody to put right in a spreadsheet.

What a respondent typed reaches a spreadsheet here, so every cell that one would run is defused (requirement C12).
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import IO, Any, Self

from resolutionkit.errors import ImportFailed
from resolutionkit.importing.rows import RejectedRow

HEADER = ("line", "column", "reason", "row")
"""The columns of the file; ``row`` is JSON: an object of the cells, or the text where it could not be read."""

_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n")


class RejectWriter:
    """Write rejected rows to a CSV file, as a context manager.

    The rows go to a hidden file beside it, which only its owner may read and which takes the file's place at the
    end, at once. Without a rejected row nothing is created, and a file that is already there stays as it is; so it
    does where the ``with`` block is left by an exception. Only an empty file or one of rejected rows is replaced.

    Attributes:
        path: The file.
        count: How many rows were written so far.
    """

    def __init__(self, path: str | Path) -> None:
        """Remember where to write; nothing is touched yet."""
        self.path: Path = Path(path)
        self.count: int = 0
        self._file: IO[str] | None = None
        self._rows: Any = None

    def __enter__(self) -> Self:
        """Start; the file is made with the first rejected row.

        Raises:
            ImportFailed: There is no such folder, the path is one, or a file is there that holds something else.
        """
        if self.path.is_dir() or not self.path.parent.is_dir():
            raise ImportFailed(str(self.path), None, "rejected rows go to a file in a folder that exists")
        if self.path.exists() and not self._may_be_replaced():
            # A slip of the keyboard must not cost a file.
            reason = "it is no file of rejected rows and stays as it is; name a new file, or one of an earlier import"
            raise ImportFailed(str(self.path), None, reason)
        return self

    def _may_be_replaced(self) -> bool:
        head = ",".join(HEADER).encode()
        if not self.path.is_file():
            return False
        with self.path.open("rb") as file:
            return file.readline(len(head) + 2).rstrip(b"\r\n") in {b"", head}

    def write(self, row: RejectedRow) -> None:
        """Add a rejected row.

        Raises:
            ImportFailed: The folder cannot be written to.
        """
        if self._file is None:
            self._start()
        raw = row.raw if isinstance(row.raw, str) else dict(row.raw)
        cells = (str(row.line), row.column or "", row.reason, json.dumps(raw, ensure_ascii=False))
        self._rows.writerow([defused(cell) for cell in cells])
        self.count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the finished file in its place, or drop it where an exception leaves the block."""
        if self._file is None:
            return
        file, self._file = self._file, None
        try:
            file.close()
            if kind is None:
                Path(file.name).replace(self.path)
        finally:
            Path(file.name).unlink(missing_ok=True)

    def _start(self) -> None:
        try:
            # Lone surrogates, which JSON lines may hold, have no UTF-8; their escape is the same JSON.
            self._file = NamedTemporaryFile(  # noqa: SIM115 (closed by __exit__)
                mode="w",
                encoding="utf-8",
                errors="backslashreplace",
                newline="",
                dir=self.path.parent,
                prefix=f".{self.path.name}.",
                delete=False,
            )
        except OSError as problem:
            reason = f"rejected rows cannot be written there: {problem.strerror}; name a file in a folder that exists"
            raise ImportFailed(str(self.path), None, reason) from problem
        self._rows = csv.writer(self._file)
        self._rows.writerow(HEADER)


def defused(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe before it where one would."""
    return f"'{cell}" if cell.startswith(_RUN_BY_SPREADSHEETS) else cell
