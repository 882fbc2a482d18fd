"""The file system: what is written is on the disk, and problems are told as a storage's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from resolutionkit import StorageError


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Tell problems with a file as every storage does."""
    try:
        yield
    except OSError as problem:
        raise StorageError(f"cannot use {path}: {problem}") from problem


@contextmanager
def opened(path: Path, mode: str) -> Iterator[FileIO]:
    """Open a file without a buffer, which closing would write even after an error."""
    with told(path), FileIO(path, mode) as file:
        yield file


def write(file: FileIO, data: bytes) -> None:
    """Write all of it, and return when it is on the disk."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
    os.fsync(file.fileno())


def put_in_place(new: Path, path: Path) -> None:
    """Give a file the name of another, in one step, and have the disk know it."""
    new.replace(path)
    if os.name != "nt":  # Windows writes its folders by itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
