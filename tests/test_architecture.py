"""The laws of the house that hold for every file; who may use which floor is import-linter's to say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "resolutionkit"
SOURCE = ROOT / "src" / PACKAGE
CORE = {"attr", "attrs", "cattr", "cattrs", "pluggy", "typing_extensions", "tzdata", PACKAGE}
MOST_LINES = 400


def name_of(path: Path) -> str:
    """Return the dotted name of the module in a file."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(path): path for path in sorted(SOURCE.rglob("*.py"))}


@cache
def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def origin(name: str, node: ast.ImportFrom) -> str:
    """Return the absolute name of the module that a `from` import in module `name` names."""
    if not node.level:
        return node.module or ""
    package = name.split(".") if FILES[name].name == "__init__.py" else name.split(".")[:-1]
    return ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])


def named(name: str) -> Iterator[str]:
    """Yield what module `name` imports: at its top, in functions and for type checkers alike."""
    for node in ast.walk(parsed(FILES[name])):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = origin(name, node)
            for alias in node.names:
                submodule = f"{source}.{alias.name}"
                yield submodule if submodule in FILES else source


IMPORTS = {name: {imported for imported in named(name) if imported in FILES} for name in FILES}


def reachable(start: str) -> set[str]:
    """Return all modules of the package that a module leads to, directly or through others."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for name in IMPORTS[waiting.pop()] - seen:
            seen.add(name)
            waiting.append(name)
    return seen


def inside(name: str, room: str) -> bool:
    """Tell whether a module is a room of the package or lies in it."""
    return f"{name}.".startswith(f"{PACKAGE}.{room}.")


def cases_in(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the test functions and methods of a file."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def test_nothing_inside_imports_the_package_root() -> None:
    """A module imports the room that it needs, never the face of the house."""
    assert [name for name, imported in IMPORTS.items() if PACKAGE in imported] == []


def test_imports_form_no_circle() -> None:
    """No chain of imports leads back to its start, whether lazy or for type checkers only."""
    try:
        TopologicalSorter(IMPORTS).prepare()
    except CycleError as error:
        pytest.fail("imports go round: " + " -> ".join(reversed(error.args[1])))


def test_decisions_lead_to_no_port_and_no_storage() -> None:
    """What may happen is decided without any way to reach a database, directly or through others."""
    led_to = {
        f"{name} -> {end}"
        for name in FILES
        if inside(name, "decisions")
        for end in reachable(name)
        if inside(end, "ports") or inside(end, "storage")
    }
    assert led_to == set()


def test_the_kit_for_plugin_authors_imports_no_backend() -> None:
    """A conformance suite that knew a backend would favour it."""
    knows = {name: end for name in FILES if inside(name, "testing") for end in IMPORTS[name] if inside(end, "storage")}
    assert knows == {}


def test_importing_the_package_loads_no_optional_dependency() -> None:
    """All public names together load the standard library and the core dependencies only."""
    program = f"import sys; before = set(sys.modules)\nfrom {PACKAGE} import *\nprint(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert f"{PACKAGE}.tracker.tracker" in done.stdout
    installed = set(packages_distributions())
    assert (loaded & installed) - CORE == set()


def test_no_module_is_too_long() -> None:
    """A file that needs more than 400 lines holds two ideas."""
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in FILES.items()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_every_test_says_what_it_shows() -> None:
    """Each test, those of the shipped suites included, states its behaviour in a docstring."""
    files = [path for folder in (ROOT / "tests", SOURCE) for path in sorted(folder.rglob("*.py"))]
    silent = [
        f"{path.relative_to(ROOT)}:{test.lineno}"
        for path in files
        for test in cases_in(path)
        if not ast.get_docstring(test)
    ]
    assert silent == []


def test_every_rule_that_the_source_names_is_explained() -> None:
    """The ids of rules and laws in docstrings and comments stand in the docs, each with a sentence."""
    page = (ROOT / "docs" / "explanation" / "requirements.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| ([A-L]\d+) \|", page, re.MULTILINE))
    named = {
        found
        for path in sorted((ROOT / "src").rglob("*.py"))
        for found in re.findall(r"\b[A-FL]\d{1,2}\b", path.read_text(encoding="utf-8"))
    }
    assert named <= explained
