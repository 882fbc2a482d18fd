"""What the suite cannot know of a file: crashes, damage, other processes, a full disk."""

import errno
import multiprocessing
import os
import signal
from pathlib import Path
from unittest.mock import patch

import json_lines_store
import pytest
from json_lines_store import JsonLinesStore, files, log
from json_lines_store.turns import Turns

import resolutionkit as rk
from resolutionkit.testing import sample_response

SPAWN = multiprocessing.get_context("spawn")


def tracker(path, **options):
    return rk.Tracker(JsonLinesStore(Path(path), **options))


def record(path, *names):
    with tracker(path, patience=60) as opened:
        for name in names:
            opened.record(sample_response(name))


def ids(path):
    with tracker(path) as opened:
        return sorted(line.id for line in opened.responses(limit=1000))


def record_many(path, start, together):
    together.wait(60)
    record(path, *(f"r-{number}" for number in range(start, start + 20)))


def killed_in_the_middle(path):
    def half(file, data):
        file.write(data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    with patch.object(log, "write", half):
        record(path, "killed")


def killed_before_the_sync(path):
    with patch.object(files.os, "fsync", lambda _: os.kill(os.getpid(), signal.SIGKILL)):
        record(path, "killed")


def started(target, *given):
    process = SPAWN.Process(target=target, args=given)
    process.start()
    return process


@pytest.fixture
def path(tmp_path):
    """Return the path of a log with two responses."""
    path = tmp_path / "recovery.jsonl"
    record(path, "r-1", "r-2")
    return path


def test_the_url_names_the_file(tmp_path):
    """An absolute path stands behind three slashes, as it does behind file:."""
    path = tmp_path / "recovery.jsonl"
    url = path.as_uri().replace("file:", "jsonl:", 1)
    with rk.Tracker.open(url, plugins=[json_lines_store]) as opened:
        opened.record(sample_response("r-1"))
    assert ids(path) == ["r-1"]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("jsonl:///var/a.jsonl", "/var/a.jsonl"),
        ("jsonl:/var/a.jsonl", "/var/a.jsonl"),
        ("jsonl:a.jsonl", "a.jsonl"),
        ("jsonl:///C:/a b.jsonl", "C:/a b.jsonl"),
    ],
)
def test_urls_may_be_written_in_several_ways(url, path):
    """A relative path has no slash, and a drive none before it."""
    assert json_lines_store.path_of(url) == Path(path)


@pytest.mark.parametrize("left", [1, 20, 200, 5000])
def test_half_a_line_at_the_end_was_never_committed(path, left):
    """A crash left it; what is committed next takes its place."""
    whole = path.read_bytes()
    with tracker(path) as opened:
        opened.record(sample_response("r-3", comment="Words. " * 1000))
    line = path.read_bytes().removeprefix(whole)
    path.write_bytes(whole + line[:left])
    assert ids(path) == ["r-1", "r-2"]
    record(path, "r-4")
    assert ids(path) == ["r-1", "r-2", "r-4"]
    assert path.read_bytes().startswith(whole)
    assert path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize(
    "line", [b"", b"{", b"null", b'{"account":"default"}', b"\xff"], ids=range(5)
)
def test_a_damaged_line_is_named_and_nothing_is_guessed(path, line):
    """A line with an end was committed: the file is left, and no later line is read."""
    header, first, second, *rest = path.read_bytes().split(b"\n")
    damaged = b"\n".join([header, first, line, second, *rest])
    path.write_bytes(damaged)
    with pytest.raises(rk.StorageError, match=r"recovery\.jsonl, line 3 is damaged"):
        ids(path)
    assert path.read_bytes() == damaged


def test_a_store_that_met_damage_reads_all_again(path):
    """It is refused as long as the damage is there, and goes on once it is mended."""
    with tracker(path) as opened:
        record(path, "r-3")
        mended = path.read_bytes()
        path.write_bytes(mended + b"?\n")
        for _ in range(2):
            with pytest.raises(rk.StorageError, match="line 5 is damaged"):
                opened.responses()
        path.write_bytes(mended)
        assert [line.id for line in opened.responses()] == ["r-3", "r-2", "r-1"]


@pytest.mark.parametrize(
    "text", ["id,score\n", "\n", '{"resolutionkit-json-lines":2,"id":"x"}\n', '{"a":1}\n']
)
def test_another_file_is_refused_and_left(tmp_path, text):
    """Nothing is written to a file that is no log, or one of a later version."""
    path = tmp_path / "other"
    path.write_text(text)
    with pytest.raises(rk.NotADatabase):
        JsonLinesStore(path)
    assert path.read_text() == text


def test_an_empty_file_becomes_a_log(tmp_path):
    """It may have been made to have the rights that it needs."""
    path = tmp_path / "recovery.jsonl"
    path.touch()
    with pytest.raises(rk.NotADatabase):
        JsonLinesStore(path, create=False)
    record(path, "r-1")
    assert ids(path) == ["r-1"]


def test_what_cannot_be_opened_is_told_as_of_a_storage(tmp_path):
    """There is no such folder; or no file, and none is to be made."""
    with pytest.raises(rk.StorageError, match="nowhere"):
        JsonLinesStore(tmp_path / "nowhere" / "a.jsonl")
    with pytest.raises(rk.StorageError, match=r"a\.jsonl"):
        JsonLinesStore(tmp_path / "a.jsonl", create=False)


def test_a_line_that_cannot_be_written_leaves_nothing(path):
    """The disk is full: the caller hears of it, and can go on."""
    before = path.read_bytes()
    full = OSError(errno.ENOSPC, "No space left on device")
    with tracker(path) as opened:
        failing = patch.object(files.os, "fsync", side_effect=full)
        with failing, pytest.raises(rk.StorageError, match="No space left"):
            opened.record(sample_response("r-3"))
        assert path.read_bytes() == before
        assert [line.id for line in opened.responses()] == ["r-2", "r-1"]
        opened.record(sample_response("r-3"))
    assert ids(path) == ["r-1", "r-2", "r-3"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    ("target", "left"),
    [(killed_in_the_middle, []), (killed_before_the_sync, ["killed"])],
    ids=["middle", "end"],
)
def test_a_process_that_is_killed_leaves_a_whole_transaction_or_none(path, target, left):
    """In the middle of the line nothing of it is there; behind its end all of it is."""
    process = started(target, path)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert ids(path) == [*left, "r-1", "r-2"]
    record(path, "r-3")
    assert ids(path) == [*left, "r-1", "r-2", "r-3"]


def test_processes_take_turns(path):
    """Each has the file open and writes to it at the same time as the others."""
    together = SPAWN.Barrier(4)
    with tracker(path) as opened:
        jobs = [started(record_many, path, 100 * turn, together) for turn in range(1, 4)]
        record_many(path, 1000, together)
        for job in jobs:
            job.join()
        assert [job.exitcode for job in jobs] == [0, 0, 0]
        assert len(opened.responses(limit=1000).items) == 2 + 4 * 20


def test_waiting_for_others_has_an_end(path):
    """After the store's patience somebody is told, and nothing was written."""
    before, turns = path.read_bytes(), Turns(path.with_name("recovery.jsonl.lock"), 1)
    with (
        tracker(path, patience=0.05) as opened,
        turns.turn(),
        pytest.raises(rk.StorageBusy, match=r"locked for 0\.05 seconds"),
    ):
        opened.record(sample_response("r-3"))
    assert path.read_bytes() == before


def test_a_transaction_within_a_transaction_is_refused(path):
    """The outer one would not see what the inner one commits."""
    store = JsonLinesStore(path, patience=0.05)

    def work(_unit):
        return store.transact("default", lambda unit: unit.secret(), write=False)

    with pytest.raises(rk.StorageBusy):
        store.transact("default", work, write=True)


def test_erasing_leaves_one_line_an_account(path):
    """No earlier line is left, and another store that has the file open reads anew."""
    with tracker(path) as other, tracker(path) as opened:
        assert len(other.responses().items) == 2
        contact = rk.Contact(email="j@x.y")
        opened.record(sample_response("r-3", comment="Words.", contact=contact))
        assert b"Words." in path.read_bytes()
        opened.erase("j@x.y")
        assert b"Words." not in path.read_bytes()
        assert len(path.read_bytes().splitlines()) == 2
        assert other.response("r-3").erased_at is not None
        other.record(sample_response("r-4"))
        assert opened.response("r-4").issue is not None
