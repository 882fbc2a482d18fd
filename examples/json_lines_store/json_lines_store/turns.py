"""One at a time: threads by a lock, processes by a locked file beside the log."""

import errno
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from json_lines_store.files import told
from resolutionkit import StorageBusy

if sys.platform == "win32":
    import msvcrt

    def lock(file: FileIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def unlock(file: FileIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def lock(file: FileIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def unlock(file: FileIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class Turns:
    """Turns at a log, among all threads and processes of one machine."""

    def __init__(self, path: Path, patience: float) -> None:
        self.path = path
        self.patience = patience
        self.threads = threading.RLock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and have it until the block ends."""
        # Opened each time: a process that forks would share the lock of an open file.
        with self.threads, self.opened() as file:
            self.wait_for(file)
            try:
                yield
            finally:
                unlock(file)

    def opened(self) -> FileIO:
        with told(self.path):
            return FileIO(self.path, "ab")

    def wait_for(self, file: FileIO) -> None:
        until = time.monotonic() + self.patience
        while self.is_taken(file):
            if time.monotonic() > until:
                raise StorageBusy(f"{self.path} was locked for {self.patience:g} seconds")
            time.sleep(0.001)

    def is_taken(self, file: FileIO) -> bool:
        """Lock the file, or say that somebody else has."""
        with told(self.path):
            try:
                lock(file)
            except OSError as problem:
                if problem.errno not in TAKEN:
                    raise
                return True
        return False
