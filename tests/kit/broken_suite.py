"""The conformance suites over all that is broken; `test_broken` runs it in a process of its own."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

from kit import (
    broken_alerts,
    broken_answers,
    broken_erasing,
    broken_policies,
    broken_preferring,
    broken_quarantine,
    broken_queue,
    broken_saves,
    broken_timers,
)
from kit import broken_notifiers as silent
from kit.broken_base import Broken, Intact
from kit.broken_notifiers import Hearing
from resolutionkit.testing import NotifierConformance, StoreConformance

settings.register_profile(
    "quick",
    max_examples=8,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("quick")


def broken_stores() -> list[type[Broken]]:
    """Return every broken store, and the intact one."""
    modules = (
        broken_alerts,
        broken_answers,
        broken_erasing,
        broken_policies,
        broken_preferring,
        broken_quarantine,
        broken_queue,
        broken_saves,
        broken_timers,
    )
    found = [value for module in modules for value in vars(module).values()]
    stores = [one for one in found if isinstance(one, type) and issubclass(one, Broken) and one is not Broken]
    return [Intact, *stores]


def broken_notifiers() -> list[type[Hearing]]:
    """Return every broken notifier, and the intact one."""
    return [one for one in vars(silent).values() if isinstance(one, type) and issubclass(one, Hearing)]


def suite_of(kind: type[Broken]) -> type:
    """Return the suite of one store: the whole for the intact one, the one test that is meant for a broken one."""

    class Suite(StoreConformance):
        @pytest.fixture
        def store(self) -> Broken:
            return kind()

    _leave_only(Suite, kind.caught_by)
    return Suite


def notifier_suite_of(kind: type[Hearing]) -> type:
    """Return the suite of one notifier, likewise."""

    class Suite(NotifierConformance):
        @pytest.fixture
        def notifier(self) -> Hearing:
            return kind()

    _leave_only(Suite, kind.caught_by)
    return Suite


def _leave_only(suite: type, caught_by: str) -> None:
    """Hide every other test: a thousand tests of ninety stores are hours, and say no more."""
    wanted = caught_by.partition("[")[0]
    for name in dir(suite):
        if wanted and name.startswith("test_") and name != wanted:
            setattr(suite, name, None)


for one in broken_stores():
    globals()[f"Test{one.__name__}"] = suite_of(one)
for other in broken_notifiers():
    globals()[f"Test{other.__name__}"] = notifier_suite_of(other)
