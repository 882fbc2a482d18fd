"""Connections to mail servers that wait for an answer so long, and no longer, however it comes in.

A socket's timeout is for each piece that arrives, so that a server which says a character now and then is waited for
all day, and one that never ends its answer fills the memory. What is said to a server stands in ``smtp``.
"""

from __future__ import annotations

import smtplib
import socket
import time
from typing import Any

ANSWER_MAX = 64 * 1024
"""The most bytes of one answer; those of RFC 5321 have a few hundred."""
_PIECE = 4096


class Answers:
    """What a server says, line by line.

    Args:
        line: The connection.
    """

    def __init__(self, line: socket.socket) -> None:
        """Have read nothing yet."""
        self._line = line
        self._read = b""
        self._until = 0.0
        self._room = 0

    def begin(self, seconds: float) -> None:
        """Begin to wait for an answer, which has to end within so many seconds."""
        self._until = time.monotonic() + seconds
        self._room = ANSWER_MAX

    def readline(self, limit: int) -> bytes:
        """Return a line with its end, or as many bytes as are allowed, or what was said before it hung up.

        Raises:
            TimeoutError: The answer has not ended in time.
            ConnectionError: It is too long.
        """
        while b"\n" not in self._read and len(self._read) < limit:
            piece = self._received()
            if not piece:
                break
            self._read += piece
        end = self._read.find(b"\n") + 1 or len(self._read)
        line, self._read = self._read[: min(end, limit)], self._read[min(end, limit) :]
        self._room -= len(line)
        if self._room < 0:
            raise ConnectionError("the answer is too long")
        return line

    def _received(self) -> bytes:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the answer has not ended in time")
        self._line.settimeout(seconds)
        return self._line.recv(_PIECE)

    def close(self) -> None:
        """Do nothing: the connection is closed by whoever opened it."""


class Patient(smtplib.SMTP):
    """A connection whose ``timeout`` is for a whole answer."""

    file: Any

    def getreply(self) -> tuple[int, bytes]:
        """Return the code and the words of the server's next answer."""
        if not isinstance(self.file, Answers):
            assert self.sock is not None  # noqa: S101  (smtplib asks only where it is connected)
            self.file = Answers(self.sock)
        self.file.begin(self.timeout)
        try:
            return super().getreply()
        finally:
            if self.sock is not None:
                self.sock.settimeout(self.timeout)


class PatientFromTheBeginning(Patient, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""
