"""The kit as a package: what it needs, what it costs, what an author sees of it."""

from __future__ import annotations

import ast
import inspect
import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from resolutionkit import testing
from resolutionkit.testing.suites.base import for_all

BROKEN = """
import pytest
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.testing import NotifierConformance, StoreConformance, StoreRules

class LosesAll(MemoryStore):
    def transact(self, account, work, /, *, write):
        return MemoryStore().transact(account, work, write=write)

class TestLosesAll(StoreConformance):
    @pytest.fixture
    def store(self):
        return LosesAll()

class TestMemory(StoreConformance):
    @pytest.fixture
    def store(self):
        return MemoryStore()

class TestForgotten(StoreRules):
    pass

class TestForgottenToo(NotifierConformance):
    pass
"""


def python(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, without what this run of pytest has set."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "CI"))}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def author(tmp_path: Path) -> Path:
    """Return the folder of an author's tests."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (tmp_path / "test_stores.py").write_text(BROKEN)
    return tmp_path


@pytest.mark.parametrize(
    ("missing", "statement", "what"),
    [
        ("pytest", "import resolutionkit.testing", "resolutionkit.testing"),
        ("hypothesis", "from resolutionkit.testing import StoreRules", "resolutionkit.testing.StoreRules"),
    ],
    ids=["pytest", "hypothesis"],
)
def test_without_its_libraries_the_kit_names_the_extra(missing: str, statement: str, what: str, tmp_path: Path) -> None:
    """Importing what needs them is an ImportError that says what to install."""
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from resolutionkit.errors import MissingExtra\n"
        f"try:\n    {statement}\n"
        "except MissingExtra as problem:\n    print(problem.extra, problem)\n"
    )
    done = python("-W", "error", "-c", program, folder=tmp_path)
    assert done.stderr == ""
    assert done.stdout.startswith(f"testing {what} needs")
    assert "pip install 'resolutionkit[testing]'" in done.stdout


@pytest.mark.parametrize(
    ("library", "statement"),
    [("pytest", "import resolutionkit.testing"), ("hypothesis", "from resolutionkit.testing import StoreRules")],
)
def test_a_fault_inside_its_libraries_is_not_hidden(library: str, statement: str, tmp_path: Path) -> None:
    """A module that pytest or hypothesis itself lacks is reported as what it is."""
    (tmp_path / f"{library}.py").write_text("import no_such_module\n")
    done = python("-c", f"import sys; sys.path.insert(0, '.'); {statement}", folder=tmp_path)
    assert "No module named 'no_such_module'" in done.stderr.splitlines()[-1]


def test_doubles_do_not_wait_for_hypothesis(tmp_path: Path) -> None:
    """Who asks for a clock and a sample gets no suites and no random data."""
    program = (
        "import sys; from resolutionkit.testing import TurnableClock, sample_company, assert_issue\n"
        "print([name for name in sys.modules if name in ('hypothesis', 'resolutionkit.testing.suites')])"
    )
    assert python("-c", program, folder=tmp_path).stdout == "[]\n"


def test_the_library_does_not_load_the_kit(tmp_path: Path) -> None:
    """Whoever imports resolutionkit pays for neither the kit nor its libraries."""
    program = "import sys, resolutionkit; print([name for name in sys.modules if name in %r])"
    done = python("-c", program % ["resolutionkit.testing", "pytest", "hypothesis"], folder=tmp_path)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "mode", [["--import-mode=prepend"], ["--import-mode=importlib", "-n", "1"]], ids=["prepend", "importlib, xdist"]
)
def test_a_failing_assertion_shows_its_values(author: Path, mode: list[str]) -> None:
    """Assertions of the suite are rewritten for its users, whatever the import mode, and without a warning."""
    selected = ["-k", "TestLosesAll and (secret or reads_its_own)"]
    done = python("-m", "pytest", "-p", "no:cacheprovider", *mode, *selected, folder=author)
    assert "assert None == b" in done.stdout, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout
    assert "warning" not in done.stdout


def test_what_is_skipped_says_what_to_provide(author: Path) -> None:
    """A store that cannot be reopened, shared or dumped is told how those tests would run."""
    done = python("-m", "pytest", "-p", "no:cacheprovider", "-rs", "-k", "TestMemory and (open or row)", folder=author)
    assert "for want of CanReopen: a method reopen() that opens the same data again" in done.stdout
    assert "for want of CanShare: a method share()" in done.stdout
    assert "for want of CanDump: a method dump(account)" in done.stdout
    assert "fixture `abilities`" in done.stdout


def test_a_suite_without_its_fixture_says_which_to_override(author: Path) -> None:
    """Both suites name the one fixture."""
    done = python("-m", "pytest", "-p", "no:cacheprovider", "-k", "Forgotten and (name or never_saved)", folder=author)
    assert "override the fixture `store`" in done.stdout
    assert "override the fixture `notifier`" in done.stdout


def counting(seen: list[int]) -> Callable[..., None]:
    """Return a check that keeps what it was given."""

    def check(number: int) -> None:
        seen.append(number)

    return check


def test_properties_follow_the_authors_profile() -> None:
    """The number of examples is the loaded profile's, or the part of it that is enough; at least five."""
    counts: list[int] = []
    seen: list[int] = []
    before = settings.get_current_profile_name()
    settings.register_profile("twenty", max_examples=20, database=None)
    try:
        settings.load_profile("twenty")
        for part in (1, 1 / 2, 1 / 100):
            seen.clear()
            for_all(counting(seen), part=part, number=st.integers())
            counts.append(len(seen))
    finally:
        settings.load_profile(before)
    assert counts == [20, 10, 5]


def test_every_public_name_is_documented() -> None:
    """What the kit offers has a docstring, and stands in ``__all__`` once, in order."""
    assert list(testing.__all__) == sorted(set(testing.__all__))
    assert set(testing.__all__) <= set(dir(testing))
    for name in testing.__all__:
        value = getattr(testing, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), name


def test_type_checkers_and_python_see_the_same_names() -> None:
    """The stub re-exports what ``__all__`` has, each from the module that Python imports it from."""
    stub = Path(testing.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    imports = [node for node in ast.parse(stub).body if isinstance(node, ast.ImportFrom)]
    homes = {alias.name: str(node.module) for node in imports for alias in node.names}
    assert set(homes) == set(testing.__all__)
    for name, home in homes.items():
        assert getattr(testing, name) is getattr(import_module(home), name)


def test_no_module_is_called_like_a_public_name() -> None:
    """It would take the name's place as soon as anybody imports it."""
    assert {module.name for module in pkgutil.iter_modules(testing.__path__)} & set(testing.__all__) == set()


def test_another_name_is_an_attribute_error() -> None:
    """As with any module, so that hasattr works."""
    assert not hasattr(testing, "TurnableCloc")
