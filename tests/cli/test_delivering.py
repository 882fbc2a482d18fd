"""``work``, ``ledger`` and ``send-again``: delivery from a terminal, and what became of it."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from resolutionkit import Tracker
from resolutionkit.cli.app import program
from resolutionkit.testing import sample_response

APP = """
    import resolutionkit as rk
    from resolutionkit.notify.log import LogNotifier
    from resolutionkit.testing import sample_company

    class Closed:
        name = "email"
        def notify(self, notice):
            raise rk.NotDelivered("no such mailbox", is_final=True)

    def tracker():
        return rk.Tracker.open({url!r}, directory=sample_company(), notifiers=[LogNotifier(), Closed()])

    def nothing():
        return None
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return a database with an issue of which two people are to be told, beside a host's module."""
    found = f"sqlite:///{tmp_path}/w.db"
    with Tracker.open(found) as tracker:
        tracker.record(sample_response(hierarchy=["a@x.example", "b@x.example"]), announce=True)
    (tmp_path / "app.py").write_text(textwrap.dedent(APP.format(url=found)), encoding="utf-8")
    return found


def run(folder: Path, url: str, *words: str) -> Any:
    """Run the program in a folder, in this process."""
    before = list(sys.path)
    with contextlib.chdir(folder):
        try:
            return CliRunner().invoke(program, ["--database", url, *words], env={"COLUMNS": "200"})
        finally:
            sys.path[:] = before
            sys.modules.pop("app", None)


def test_what_is_due_is_delivered_once(tmp_path: Path, url: str) -> None:
    """Through the host's own tracker; the ledger says what became of it, and a dead letter can be sent again."""
    done = run(tmp_path, url, "work", "--once", "--tracker", "app:tracker")
    assert (done.exit_code, done.stderr) == (0, "2 sent, 2 dead\n")
    done = run(tmp_path, url, "work", "--once", "--tracker", "app:tracker")
    assert done.stderr == "nothing was due\n"
    found = run(tmp_path, url, "ledger", "--fate", "dead", "--json")
    assert found.stdout.count("no such mailbox") == 2
    with Tracker.open(url) as tracker:
        message = tracker.dead_letters().items[0].message.id
    assert run(tmp_path, url, "send-again", message, "email").exit_code == 0
    again = run(tmp_path, url, "send-again", message, "email")
    assert again.exit_code == 3
    assert "no dead letter" in again.stderr
    assert run(tmp_path, url, "work", "--once", "--tracker", "app:tracker").stderr == "1 dead\n"


def test_the_ledger_is_a_table(tmp_path: Path, url: str) -> None:
    """What was not looked at yet is waiting; addresses are shown as they are."""
    shown = run(tmp_path, url, "ledger")
    assert shown.exit_code == 0
    assert shown.stdout.count("waiting") == 2
    assert "a@x.example" in shown.stdout
    assert run(tmp_path, url, "ledger", "--to", "nobody").stdout == "Nobody was to be told anything.\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_when_it_is_asked_to(tmp_path: Path, url: str, number: signal.Signals) -> None:
    """It tells what it did, and the exit code is 0."""
    command = [sys.executable, "-m", "resolutionkit.cli", "work", "--tracker", "app:tracker", "--every", "0.1"]
    worker = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    with Tracker.open(url) as tracker:
        deadline = time.monotonic() + 60
        while not tracker.ledger(fate="sent") and time.monotonic() < deadline:
            time.sleep(0.05)
    worker.send_signal(number)
    _, said = worker.communicate(timeout=60)
    assert (worker.returncode, said) == (0, "2 sent, 2 dead\n")


@pytest.mark.parametrize(
    ("maker", "told"),
    [("app", "gives no Tracker"), ("app:nothing", "gives no Tracker"), ("app:lost", "lost"), ("lost:x", "lost")],
)
def test_a_tracker_that_is_none_is_a_mistake_of_the_line(tmp_path: Path, url: str, maker: str, told: str) -> None:
    """It is told which, with exit code 2."""
    done = run(tmp_path, url, "work", "--tracker", maker)
    assert done.exit_code == 2
    assert told in done.stderr


def test_nobody_to_tell_through_is_said(tmp_path: Path, url: str) -> None:
    """Rather than losing what is due."""
    done = run(tmp_path, url, "work", "--once")
    assert done.exit_code != 0
    assert "--tracker MODULE:FUNCTION" in done.stderr
    assert "channels = []" in done.stderr
