"""How many lines of an example host resolutionkit asks for: those between its marks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_PART = re.compile(r"^ *# begin resolutionkit: (\w+)\n(.*?)^ *# end resolutionkit\n", re.MULTILINE | re.DOTALL)


def parts_of(host: Path) -> dict[str, str]:
    """Return the marked parts of a host, by their names."""
    found: dict[str, str] = {}
    for path in sorted(host.rglob("*.py")):
        for name, text in _PART.findall(path.read_text(encoding="utf-8")):
            assert name not in found, f"{host.name} has two parts named {name}"
            found[name] = text
    return found


def lines_in(part: str) -> int:
    """Count the lines of a part, without blank ones, decorators and signatures: those are the framework's."""
    unindented = "\n".join(line.removeprefix(_indent(part)) for line in part.splitlines())
    counted = {number for number, line in enumerate(unindented.splitlines(), 1) if line.strip()}
    return len(counted - set(_signatures(ast.parse(unindented))))


def _indent(part: str) -> str:
    first = next(line for line in part.splitlines() if line.strip())
    return first[: len(first) - len(first.lstrip())]


def _signatures(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield from range(first, node.body[0].lineno)
