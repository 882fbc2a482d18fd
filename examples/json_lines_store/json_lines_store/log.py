"""The log: a line that says what it is, then a line for each transaction.

Only a line that has its end was committed. What stands behind the last end is what a
crash left.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from json_lines_store.files import opened, put_in_place, told, write
from resolutionkit import NotADatabase

MARK = b'{"resolutionkit-json-lines":1,'  # what it is, and the version of the format


class Log:
    """Reads on from where it was, and writes whole lines. Whoever calls has a turn."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rewind()

    def rewind(self) -> None:
        """Begin again: the next reading reads everything."""
        self.header: bytes | None = None
        self.end = self.number = 0

    def is_another(self) -> bool:
        """Say whether the file is not the one that was read; go to its beginning then."""
        with opened(self.path, "rb") as file:
            header = file.readline()
        if header == self.header:
            return False
        if not header.startswith(MARK):
            raise NotADatabase(f"{self.path} is no log that this version can read")
        self.header, self.end, self.number = header, len(header), 1
        return True

    def news(self) -> Iterator[bytes]:
        """Yield each line that was committed since the last reading."""
        with opened(self.path, "rb") as file:
            file.seek(self.end)
            *lines, _torn = file.read().split(b"\n")
        for line in lines:
            self.end += len(line) + 1
            self.number += 1
            yield line

    def append(self, line: bytes) -> None:
        """Commit a line: it is there when this returns, and is not when this raises."""
        with opened(self.path, "r+b") as file:
            file.truncate(self.end)  # what a crash left
            file.seek(self.end)
            try:
                write(file, line)
            except OSError:
                with suppress(OSError):  # the first problem is the one to tell
                    file.truncate(self.end)
                raise
        self.end += len(line)
        self.number += 1

    def replace(self, lines: Iterable[bytes]) -> None:
        """Put another log in the place of this one, in one step."""
        new = self.path.with_name(f"{self.path.name}.new")
        header = MARK + f'"id":"{uuid4()}"}}\n'.encode()
        with opened(new, "wb") as file:
            write(file, b"".join([header, *lines]))
        with told(self.path):
            put_in_place(new, self.path)
