"""The face: every public name, where it lives, and when it is imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import resolutionkit

STUB = Path(resolutionkit.__file__).with_suffix(".pyi")
MODULES = {"bridge", "hooks", "ports", "serialize"}


def typed_homes() -> dict[str, str]:
    """Return where type checkers find each name."""
    imports = [node for node in ast.parse(STUB.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


def test_type_checkers_and_python_see_the_same_names() -> None:
    """The stub re-exports what ``__all__`` has, each from the module that Python imports it from."""
    typed = typed_homes()
    assert set(typed) - MODULES == set(resolutionkit.__all__)
    for name in resolutionkit.__all__:
        assert getattr(resolutionkit, name) is getattr(import_module(typed[name]), name)


def test_the_names_are_in_order_and_once_each() -> None:
    """A reader finds them by the alphabet."""
    assert list(resolutionkit.__all__) == sorted(set(resolutionkit.__all__))
    assert set(resolutionkit.__all__) | MODULES <= set(dir(resolutionkit))


@pytest.mark.parametrize("name", sorted(MODULES))
def test_public_modules_are_attributes(name: str) -> None:
    """What plugin authors need is there without another import."""
    assert getattr(resolutionkit, name) is import_module(f"resolutionkit.{name}")


def test_another_name_is_an_attribute_error() -> None:
    """As with any module, so that hasattr and star imports work."""
    with pytest.raises(AttributeError, match="no attribute 'Trackr'"):
        resolutionkit.Trackr  # noqa: B018


@pytest.mark.parametrize(
    ("statement", "not_loaded"),
    [
        ("import resolutionkit", "resolutionkit.model"),
        ("from resolutionkit import NPS", "resolutionkit.tracker"),
        ("import resolutionkit; resolutionkit.Tracker.open('memory:').close()", "cattrs"),
    ],
    ids=["the package", "a scale", "a tracker in memory"],
)
def test_a_name_brings_only_what_it_needs(statement: str, not_loaded: str) -> None:
    """Importing the package is quick, and a small part of it stays small."""
    program = f"import sys; {statement}; print({not_loaded!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_a_star_import_brings_every_name() -> None:
    """``from resolutionkit import *`` is for notebooks, and works."""
    found: dict[str, object] = {}
    exec("from resolutionkit import *", found)
    assert set(resolutionkit.__all__) <= set(found)
