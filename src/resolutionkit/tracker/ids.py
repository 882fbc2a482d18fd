"""Ids: UUIDs of version 7 (RFC 9562), which sort by the time at which they were made."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

_RANDOM_BITS = 74
_LOW_BITS = 62
_TAIL = (1 << _RANDOM_BITS) - 1
_LOW = (1 << _LOW_BITS) - 1
_POOL = 4096
"""How many random bytes are asked of the system at once: asking takes longer than all the rest."""


class Uuid7:
    """Makes ids that only ever grow, also within one millisecond and when the clock steps back."""

    def __init__(self) -> None:
        self._last = 0
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._strides = _strides()
        self._process = os.getpid()

    def __call__(self) -> str:
        """Return a new id of 36 characters."""
        if os.getpid() != self._process:
            self._begin()  # A fork goes on neither with its parent's random bytes nor with a lock that a thread held.
        now = time.time_ns() // 1_000_000
        with self._lock:
            if now > self._last >> _RANDOM_BITS:
                self._last = now << _RANDOM_BITS | int.from_bytes(os.urandom(10), "big") & _TAIL
            else:  # Within a millisecond, or after a step back, go on from the last one by a random stride.
                self._last += 1 + next(self._strides)
            value = self._last
        # 48 bits of time, the version, 12 random bits, the variant, 62 random bits.
        stamp, high, low = value >> _RANDOM_BITS, value >> _LOW_BITS & 0xFFF, value & _LOW
        digits = (stamp << 80 | 7 << 76 | high << 64 | 2 << _LOW_BITS | low).to_bytes(16, "big").hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _strides() -> Iterator[int]:
    """Yield random numbers of 32 bits for ever."""
    while True:
        yield from memoryview(os.urandom(_POOL)).cast("I")
