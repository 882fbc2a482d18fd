"""The conformance suites over all that is broken; `test_broken` runs it in a process of its own."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

from kit import broken_answers, broken_erasing, broken_preferring, broken_queue, broken_saves
from kit import broken_notifiers as silent
from kit.broken_base import Broken, Intact
from kit.broken_notifiers import Hearing
from resolutionkit.testing import NotifierConformance, StoreConformance, StoreLaws, StoreRules

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
    modules = (broken_answers, broken_erasing, broken_preferring, broken_queue, broken_saves)
    found = [value for module in modules for value in vars(module).values()]
    stores = [one for one in found if isinstance(one, type) and issubclass(one, Broken) and one is not Broken]
    return [Intact, *stores]


def broken_notifiers() -> list[type[Hearing]]:
    """Return every broken notifier, and the intact one."""
    return [one for one in vars(silent).values() if isinstance(one, type) and issubclass(one, Hearing)]


def suite_of(kind: type[Broken]) -> type:
    """Return the suite of one store; the laws take their time, and are tried on what they are meant to catch."""
    is_lawless = kind is Intact or hasattr(StoreLaws, kind.caught_by.partition("[")[0])
    whole: type = StoreConformance if is_lawless else StoreRules

    class Suite(whole):
        @pytest.fixture
        def store(self) -> Broken:
            return kind()

    return Suite


def notifier_suite_of(kind: type[Hearing]) -> type:
    """Return the suite of one notifier."""

    class Suite(NotifierConformance):
        @pytest.fixture
        def notifier(self) -> Hearing:
            return kind()

    return Suite


for one in broken_stores():
    globals()[f"Test{one.__name__}"] = suite_of(one)
for other in broken_notifiers():
    globals()[f"Test{other.__name__}"] = notifier_suite_of(other)
