"""The conformance suites catch what is broken, each mistake by the test that is meant for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree as ET

from resolutionkit.testing import NotifierConformance, StoreConformance, StoreLaws, StoreRules

TESTS = Path(__file__).parents[1]
LAWS = {"L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L10", "L11"}
"""The laws that stand, and that a store can break."""


def run_suites(folder: Path) -> dict[str, set[str]]:
    """Run every suite over everything broken in a process of its own, and return the failed tests by class."""
    report = folder / "report.xml"
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-c", str(folder / "pytest.ini"), "-p", "no:cacheprovider"]
    command += ["-q", "--tb=no", f"--junitxml={report}", str(TESTS / "kit" / "broken_suite.py")]
    paths = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment["PYTHONPATH"] = paths
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    failed: dict[str, set[str]] = defaultdict(set)
    for case in ET.parse(report).iter("testcase"):
        name = (case.get("classname") or "").rpartition(".")[2].removeprefix("Test")
        test = case.get("name") or ""
        has_failed = case.find("failure") is not None or case.find("error") is not None
        failed[name] |= {test, function(test)} if has_failed else set()
    return failed


def function(test: str) -> str:
    """Return the name of a test without its parameters."""
    return test.partition("[")[0]


def test_every_mistake_is_caught_by_the_test_meant_for_it(tmp_path: Path) -> None:
    """The intact store and notifier pass everything; each broken one fails the test that it names."""
    from kit.broken_suite import broken_notifiers, broken_stores

    failed = run_suites(tmp_path)
    everything = [*broken_stores(), *broken_notifiers()]
    for one in everything:
        print(f"{one.__name__:24} {', '.join(sorted(set(map(function, failed[one.__name__]))))}")  # noqa: T201  (`pytest -s` shows the table)
    assert set(failed) == {one.__name__ for one in everything}
    intact = [one for one in everything if not one.caught_by]
    assert [failed[one.__name__] for one in intact] == [set(), set()]
    missed = {
        one.__name__: one.caught_by
        for one in everything
        if one not in intact and one.caught_by not in failed[one.__name__]
    }
    assert missed == {}


def test_every_law_and_every_group_of_rules_has_something_that_breaks_it() -> None:
    """No part of the suite is without a store that fails it, and no law either."""
    from kit.broken_suite import broken_notifiers, broken_stores

    stores = broken_stores()
    broken = {law for one in stores for law in re.findall(r"Law (L\d+)", one.__doc__ or "")}
    assert broken == LAWS
    caught_by = {function(one.caught_by) for one in stores}
    parts = [*StoreRules.__bases__, *StoreLaws.__bases__]
    assert [part.__name__ for part in parts if not caught_by & set(vars(part))] == []
    assert all(hasattr(StoreConformance, name) for name in caught_by if name)
    tests = {name for name in vars(NotifierConformance) if name.startswith("test_")}
    assert {one.caught_by for one in broken_notifiers() if one.caught_by} == tests
