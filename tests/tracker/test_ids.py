"""Ids: UUIDs of version 7 that only ever grow."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from resolutionkit.tracker.ids import Uuid7

NOON = 1_795_176_000_000
"""Some noon in milliseconds since 1970."""


class Watch:
    """A system clock that tells what it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.milliseconds = NOON
        monkeypatch.setattr(time, "time_ns", lambda: self.milliseconds * 1_000_000 + 999_999)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Return a watch in the place of the system's clock."""
    return Watch(monkeypatch)


def test_an_id_is_a_uuid_of_version_7(watch: Watch) -> None:
    """36 characters with the version, the variant and the millisecond where RFC 9562 has them."""
    made = Uuid7()()
    parsed = uuid.UUID(made)
    assert (len(made), str(parsed), parsed.variant) == (36, made, uuid.RFC_4122)
    assert (parsed.version, parsed.int >> 80) == (7, NOON)


def test_ids_of_one_millisecond_sort_as_they_were_made(watch: Watch) -> None:
    """Ten thousand of them, all different, all with their version bits."""
    ids = Uuid7()
    made = [ids() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in made} == {(7, uuid.RFC_4122)}


def test_ids_grow_when_the_clock_steps_back(watch: Watch) -> None:
    """Time may be set; order stays."""
    ids = Uuid7()
    first = ids()
    watch.milliseconds -= 3_600_000
    second = ids()
    watch.milliseconds += 3_600_001
    third = ids()
    assert first < second < third
    assert uuid.UUID(third).int >> 80 == NOON + 1


def test_ids_of_many_threads_are_all_different() -> None:
    """And each thread's own grow."""
    ids = Uuid7()
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [ids() for _ in range(2_000)], range(8)))
    assert len({one for batch in batches for one in batch}) == 16_000
    assert all(batch == sorted(batch) for batch in batches)


def test_two_makers_of_one_millisecond_do_not_collide(watch: Watch) -> None:
    """Another process has its own."""
    made = {maker() for maker in (Uuid7() for _ in range(1_000))}
    assert len(made) == 1_000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_goes_on_with_random_numbers_of_its_own() -> None:
    """Parent and child share the last id but no random bytes: from the same place on, their ids differ."""
    program = """
import os
from resolutionkit.tracker.ids import Uuid7

ids = Uuid7()
ids._last = (1 << 121) - 1  # a time far ahead, so that only the random stride makes the next id
ids()
reading, writing = os.pipe()
if os.fork() == 0:
    os.write(writing, ids().encode())
    os._exit(0)
os.wait()
print(os.read(reading, 36).decode() == ids())
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_does_not_wait_for_its_parent_s_threads() -> None:
    """A lock that another thread held when the process forked belongs to nobody in the child."""
    program = """
import os
from resolutionkit.tracker.ids import Uuid7

ids = Uuid7()
with ids._lock:
    child = os.fork()
    if child == 0:
        ids()
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "7"
