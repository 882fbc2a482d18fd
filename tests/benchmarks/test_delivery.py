"""P8: every queue does each of its jobs once, and one that does not is not timed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest

from benchmarks import p8_delivery, postgresql
from benchmarks.lifecycles import NotTheWork
from benchmarks.postgresql import Database, asked
from benchmarks.queues import OursAsQueue, Queue
from benchmarks.report import Budget
from benchmarks.rivals.bare_queue import BareQueue
from support.servers import server

RIVALS = {"pgqueuer_worker": "PgQueuerQueue", "procrastinate_worker": "ProcrastinateQueue", "bare_queue": "BareQueue"}


@pytest.fixture(autouse=True)
def _use_the_server_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the tests' own server."""
    url = server("postgresql").set(drivername="postgresql").render_as_string(hide_password=False)
    monkeypatch.setattr(postgresql, "server", lambda: url)


@pytest.fixture
def url() -> Iterator[str]:
    """Return the URL of an empty database."""
    with closing(Database(lambda _url: None)) as database:
        yield database.url


HERE = [name for name in RIVALS if name == "bare_queue" or find_spec(name.removesuffix("_worker")) is not None]
"""The rivals that can be tried: two of them need packages of the dependency group ``bench``."""


@pytest.fixture(params=["ours", *HERE])
def kind(request: pytest.FixtureRequest) -> type[Queue]:
    """Return each kind of queue that is here."""
    if request.param == "ours":
        return OursAsQueue
    found: type[Queue] = getattr(import_module(f"benchmarks.rivals.{request.param}"), RIVALS[request.param])
    return found


def test_each_job_is_done_once(kind: type[Queue], url: str) -> None:
    """In a queue that is filled twice; what was done before stays done."""
    with closing(kind(url)) as queue:
        for jobs in (20, 50):
            queue.fill(jobs)
            assert asked(url, kind.waiting) == jobs
            queue.work()
        queue.check(70)


def test_what_is_delivered_stands_in_the_ledger(url: str) -> None:
    """A line that says it was sent, for each message, by which two of the outbox's are of one issue."""
    with closing(OursAsQueue(url)) as queue:
        queue.fill(6)
        queue.work()
    assert asked(url, "SELECT count(DISTINCT issue) FROM resolutionkit_deliveries WHERE fate = 'sent'") == 3
    assert asked(url, "SELECT count(DISTINCT recipient) FROM resolutionkit_deliveries") == 6


class Forgetful(BareQueue):
    """A queue that takes its jobs, and hands none over."""

    def work(self) -> None:
        """Take them."""
        super().work()
        self.called = 0


class Lazy(BareQueue):
    """A queue that says it did what it did not."""

    def work(self) -> None:
        """Count what is there."""
        self.called = asked(self.url, self.waiting)


@pytest.mark.parametrize("broken", [Forgetful, Lazy])
def test_a_queue_that_does_less_is_not_timed(broken: type[Queue], monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that were not handed over, or are still waiting, would be quick."""
    monkeypatch.setattr(p8_delivery, "WARM_UP", 0)
    with pytest.raises(NotTheWork, match="of 20 jobs"):
        p8_delivery.measured([broken], 20, rounds=1)


def test_each_rival_gets_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two under the budgets, and one for orientation, each with a rate for each round; who is slow gets its share."""
    filled: list[int] = []

    class Small(BareQueue):
        share = 4

        def fill(self, count: int) -> None:
            filled.append(count)
            super().fill(count)

    for module, name in RIVALS.items():
        stand_in: Any = ModuleType(module)
        setattr(stand_in, name, Small if module == "procrastinate_worker" else BareQueue)
        monkeypatch.setitem(sys.modules, f"benchmarks.rivals.{module}", stand_in)
    monkeypatch.setattr(p8_delivery, "WARM_UP", 8)
    result = p8_delivery.run(argparse.Namespace(messages=40, rounds=2))
    assert [line.budget for line in result.lines] == [Budget(2.0), Budget(20.0), None]
    assert {len(line.theirs.values) for line in result.lines} == {2}
    assert filled == [2, 10] * 2
    assert result.details[0].startswith("P8: PostgreSQL")
