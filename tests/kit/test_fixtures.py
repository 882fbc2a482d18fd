"""The fixtures that pytest finds by itself: what they give, what they cost, how a host overrides them."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys

import pytest

from resolutionkit import AsyncTracker, Policy, Response, Tracker
from resolutionkit.ports import Store
from resolutionkit.testing import NOON, Recorder, TurnableClock, assert_note, assert_told, sample_response
from support.aio import SlowDirectory

pytest_plugins = ["pytester", "resolutionkit.testing.fixtures"]

HOST = """
import resolutionkit as rk
from resolutionkit.testing import assert_issue, assert_no_issue, assert_not_told, assert_told, sample_response

def on_answer(tracker, response_id, score):
    tracker.record(sample_response(response_id, score))

def test_an_unhappy_customer(resolutionkit_tracker, resolutionkit_recorder):
    on_answer(resolutionkit_tracker, "r-1", 2)
    assert_issue(resolutionkit_tracker, "r-1", status="needs_attention", assignee="ed")
    assert_told(resolutionkit_recorder, "ed", about="r-1", topic="opened")

def test_a_happy_customer(resolutionkit_tracker, resolutionkit_recorder):
    on_answer(resolutionkit_tracker, "r-1", 10)
    assert_no_issue(resolutionkit_tracker, "r-1")
    assert resolutionkit_recorder.told == []

def test_that_fails(resolutionkit_tracker):
    on_answer(resolutionkit_tracker, "r-1", 2)
    assert_issue(resolutionkit_tracker, "r-1", assignee="omar")

def test_that_fails_too(resolutionkit_tracker, resolutionkit_recorder):
    on_answer(resolutionkit_tracker, "r-1", 2)
    assert_not_told(resolutionkit_recorder, "ed")
"""
OVERRIDING = """
import pytest
import resolutionkit as rk
from resolutionkit.testing import assert_issue, sample_response

@pytest.fixture
def resolutionkit_policy():
    return rk.Policy(workflow=rk.workflows.THREE_STATUS)

@pytest.fixture
def resolutionkit_directory():
    return rk.StaticDirectory(people=[rk.Person(id="ana")], groups=[rk.Group(code="emea", lead="ana")], leader="ana")

@pytest.fixture
def tracker(resolutionkit_tracker):
    return resolutionkit_tracker

def test_with_what_the_host_has(tracker):
    tracker.record(sample_response("r-1", 2))
    assert_issue(tracker, "r-1", assignee="ana", status=rk.workflows.THREE_STATUS.initial)
"""
WITHOUT_THE_EXTRA = """
import sys
sys.modules["hypothesis"] = None
"""
UNUSED = """
import sys

def test_something_else():
    loaded = {name for name in sys.modules if name.startswith(("resolutionkit.", "hypothesis.", "sqlalchemy."))}
    assert loaded == {
        "resolutionkit.errors",
        "resolutionkit.testing",
        "resolutionkit.testing._rewriting",
        "resolutionkit.testing.fixtures",
    }
"""


@pytest.fixture
def host(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return the folder of a host's tests, in which the fixtures are found once, however this one finds them."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\nfilterwarnings = error\naddopts = -p resolutionkit.testing.fixtures\n")
    return pytester


def test_a_hosts_tests_pass_and_fail(host: pytest.Pytester) -> None:
    """A failing assertion shows the host's own line, the log, and what differs; not the inside of the kit."""
    host.makepyfile(HOST)
    done = host.runpytest_subprocess()
    done.assert_outcomes(passed=2, failed=2)
    done.stdout.fnmatch_lines(
        [
            '>*assert_issue(resolutionkit_tracker, "r-1", assignee="omar")',
            "E*AssertionError: the issue of r-1 differs in assignee",
            "E*now: needs_attention (open), assigned to ed, round 1, level 0",
            "E*1  2026-11-20 12:00 UTC  system  opened in needs_attention, assigned to ed",
            "E*assert {'assignee': 'ed'} == {'assignee': 'omar'}",
            '>*assert_not_told(resolutionkit_recorder, "ed")',
            "E*AssertionError: ed was told",
            "E*2026-11-20 12:00 UTC  ed  opened  of r-1, as assignee, group_lead",
        ]
    )
    done.stdout.no_fnmatch_line("*raise AssertionError*")


def test_a_host_overrides_policy_and_directory(host: pytest.Pytester) -> None:
    """Two small fixtures of its own are enough, and a third to call the tracker what it likes."""
    host.makepyfile(OVERRIDING)
    host.runpytest_subprocess().assert_outcomes(passed=1)


def test_fixtures_and_assertions_need_no_hypothesis(host: pytest.Pytester) -> None:
    """Where pytest comes from elsewhere and the extra is not installed, they work all the same."""
    host.makeconftest(WITHOUT_THE_EXTRA)
    host.makepyfile(HOST)
    host.runpytest_subprocess("-k", "customer").assert_outcomes(passed=2, deselected=2)


def test_a_host_without_use_for_them_does_not_pay(host: pytest.Pytester) -> None:
    """Neither the library nor Hypothesis nor SQLAlchemy is imported before a fixture is asked for."""
    host.makepyfile(UNUSED)
    host.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_program_may_import_the_package_before_it_runs_pytest(host: pytest.Pytester) -> None:
    """Pytest marks the packages of all plugins for rewriting, and finds nothing to warn of in this one."""
    host.makeconftest('import pytest, resolutionkit\n\npytest.register_assert_rewrite("resolutionkit")\n')
    host.makepyfile(HOST)
    host.runpytest_subprocess("-k", "customer").assert_outcomes(passed=2, deselected=2)


def test_the_module_imports_nothing_beyond_pytest() -> None:
    """What it brings beside the package's own few modules was there already."""
    program = (
        "import sys, pytest; before = set(sys.modules); import resolutionkit.testing.fixtures\n"
        "print(*sorted(name.partition('.')[0] for name in set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert set(done.stdout.split()) == {"resolutionkit"}


def test_every_fixture_has_the_prefix_and_says_what_it_gives(host: pytest.Pytester) -> None:
    """None can stand in for a fixture of a host's, and ``pytest --fixtures`` tells what each is."""
    listed = host.runpytest_subprocess("--fixtures").stdout.str().partition("resolutionkit.testing.fixtures ---")[2]
    found = re.findall(r"^(\w+) -- .*\n {4}Return (?:a|an|the) ", listed.partition("\n---")[0], re.MULTILINE)
    assert len(found) == 8
    assert {name for name in found if not name.startswith("resolutionkit_")} == set()


def test_each_test_begins_anew(
    resolutionkit_tracker: Tracker, resolutionkit_clock: TurnableClock, resolutionkit_policy: Policy
) -> None:
    """At noon, with the usual policy, and with nothing recorded."""
    assert resolutionkit_clock() == NOON
    assert resolutionkit_tracker.policy == resolutionkit_policy == Policy()
    assert list(resolutionkit_tracker.responses()) == []


@pytest.fixture
def after_the_test() -> object:
    """Look, once the test has ended, whether its store was closed; set up before it, so torn down after it."""
    kept: list[Store] = []
    yield kept
    with pytest.raises(Exception, match="closed"):
        kept[0].transact("default", lambda unit: unit.secret(), write=False)


def test_the_store_is_closed_at_the_end(after_the_test: list[Store], resolutionkit_store: Store) -> None:
    """Nothing is left of it when the next test begins."""
    after_the_test.append(resolutionkit_store)


async def _works(tracker: AsyncTracker, response: Response) -> None:
    recorded = await tracker.record(response)
    assert recorded.issue is not None
    desk = tracker.as_user("ed")
    await asyncio.gather(*(desk.add_note(recorded.issue.id, f"Rang {time} times.") for time in range(3)))
    await tracker.aclose()


def test_async_code_is_looked_at_from_outside(
    resolutionkit_async_tracker: AsyncTracker, resolutionkit_tracker: Tracker, resolutionkit_recorder: Recorder
) -> None:
    """The async tracker works on the same store: what it did is asserted without a loop, even after it was closed."""
    asyncio.run(_works(resolutionkit_async_tracker, sample_response("r-1", 1)))
    assert_note(resolutionkit_tracker, "r-1", "Rang 2 times.", by="ed")
    assert_told(resolutionkit_recorder, "ed", about="r-1")


class TestWithADirectoryThatIsAwaited:
    """A host whose people stand in a database that is awaited overrides one more fixture."""

    @pytest.fixture
    def resolutionkit_async_directory(self) -> SlowDirectory:
        """Return the sample company, awaited."""
        return SlowDirectory()

    def test_it_is_asked_by_the_async_tracker(
        self,
        resolutionkit_async_directory: SlowDirectory,
        resolutionkit_async_tracker: AsyncTracker,
        resolutionkit_tracker: Tracker,
        resolutionkit_recorder: Recorder,
    ) -> None:
        """The sync one keeps a directory that is not, and is there to look."""
        asyncio.run(_works(resolutionkit_async_tracker, sample_response("r-1", 1)))
        assert resolutionkit_async_directory.asked
        assert_told(resolutionkit_recorder, "ed", about="r-1")
        assert_note(resolutionkit_tracker, "r-1", "Rang", by="ed")
