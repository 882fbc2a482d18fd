"""Which names are public, and where each is defined. Pure: nothing here knows of Sphinx.

Public are the names of ``resolutionkit.__all__``, and those that the modules for authors of plugins define.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

FACE = "resolutionkit"
MODULES = (
    f"{FACE}.ports",
    f"{FACE}.hooks",
    f"{FACE}.bridge",
    f"{FACE}.serialize",
    f"{FACE}.testing",
    f"{FACE}.web",
    f"{FACE}.storage.sql.store",
    f"{FACE}.storage.sql.aio",
    f"{FACE}.storage.sql.migrating",
)
"""The public modules beside the face."""


def names_of(module: ModuleType) -> tuple[str, ...]:
    """Return a module's public names: its ``__all__``, else what it defines itself without an underscore."""
    if hasattr(module, "__all__"):
        return tuple(module.__all__)
    if not getattr(module, "__file__", None):
        return ()
    return tuple(name for name in _assigned(module.__name__) if not name.startswith("_"))


def _assigned(module: str) -> Iterator[str]:
    for node in _tree(module).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        yield from (target.id for target in _targets(node) if not _is_type_variable(node))


def _targets(node: ast.stmt) -> list[ast.Name]:
    found = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target for target in found if isinstance(target, ast.Name)]


def _is_type_variable(node: ast.stmt) -> bool:
    value = getattr(node, "value", None)
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar"


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


def public_names() -> dict[str, Any]:
    """Return every public name with its object: ``resolutionkit.Tracker``, ``resolutionkit.ports.Store``, ..."""
    found: dict[str, Any] = {}
    for name in (FACE, *MODULES):
        module = importlib.import_module(name)
        found |= {f"{name}.{one}": getattr(module, one) for one in names_of(module)}
    return found


def undocumented(public: Iterable[str], documented: Iterable[str]) -> list[str]:
    """Return the public names that no page describes, in order; a second path to a described thing needs no page."""
    known = set(documented)
    return sorted(path for path in public if path not in known and public_paths().get(path) not in known)


@cache
def public_paths() -> dict[str, str]:
    """Return, for every path of a public class or function, the one by which users know it: the face's comes first."""
    paths: dict[str, str] = {}
    for path, thing in public_names().items():
        # A type alias calls itself by the name of what it stands for, which is somebody else's.
        if inspect.isclass(thing) or inspect.isfunction(thing):
            paths[path] = paths.setdefault(f"{thing.__module__}.{thing.__qualname__}", path)
    return paths


def public_path(target: str) -> str | None:
    """Return the public path of what a deep path means, its members included; None where it is not public."""
    head, tail = target, ""
    while head:
        if head in public_paths():
            return public_paths()[head] + tail
        head, dot, last = head.rpartition(".")
        tail = f"{dot}{last}{tail}"
    return None


def home_of(path: str) -> tuple[str, str]:
    """Return the module that defines a public name, and its name there: what is re-exported is followed."""
    module, _, name = path.rpartition(".")
    while (imported := _import_of(module, name)) is not None:
        module, name = imported
    return module, name


def _import_of(module: str, name: str) -> tuple[str, str] | None:
    for node in _imports(module).body:
        for alias in node.names if isinstance(node, ast.ImportFrom) else ():
            if (alias.asname or alias.name) == name and isinstance(node, ast.ImportFrom) and node.module:
                is_module = f"{node.module}.{alias.name}" in _submodules(node.module)
                return None if is_module else (node.module, alias.name)
    return None


@cache
def _imports(module: str) -> ast.Module:
    """Return where a module's imports stand: in its stub where it has one, since then it imports lazily."""
    stub = Path(str(importlib.import_module(module).__file__)).with_suffix(".pyi")
    return ast.parse(stub.read_text(encoding="utf-8")) if stub.exists() else _tree(module)


@cache
def _submodules(package: str) -> frozenset[str]:
    paths = getattr(importlib.import_module(package), "__path__", ())
    return frozenset(f"{package}.{one.name}" for one in pkgutil.iter_modules(paths))


def value_doc(path: str) -> str:
    """Return the string that stands below the assignment of a public value, the empty string where none does."""
    module, name = home_of(path)
    body = _tree(module).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if name in [target.id for target in _targets(node)] and isinstance(after, ast.Expr):
            text = getattr(after.value, "value", "")
            return inspect.cleandoc(text) if isinstance(text, str) else ""
    return ""


_DIRECTIVE = re.compile(
    r"^\.\. public::(?P<names>[^\n]*(?:\n {4,}[^:\s][^\n]*)*)(?P<options>(?:\n +:[^\n]*)*)", re.MULTILINE
)


def named_on(page: str) -> Iterator[str]:
    """Yield the public names that a reference page asks to describe, from its source."""
    for match in _DIRECTIVE.finditer(page):
        options = dict(re.findall(r":(\w+): *(\S*)", match["options"]))
        module = options.get("module", FACE)
        names = names_of(importlib.import_module(module)) if "all" in options else match["names"].split()
        yield from (f"{module}.{name}" for name in names)
