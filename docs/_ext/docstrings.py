"""What docstrings in Google style say of each attribute or argument. Pure: nothing here knows of Sphinx."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence

_ENTRY = re.compile(r"^ {4}(\*{0,2}\w+)( \([^)]*\))?: +(.*)$")


def section(doc: str | None, title: str) -> dict[str, str]:
    """Return the entries of a section, such as *Attributes*, each with its text on one line."""
    found: dict[str, str] = {}
    name = ""
    for line in _lines_of(inspect.cleandoc(doc or "").splitlines(), title):
        entry = _ENTRY.match(line)
        if entry is not None:
            name = entry[1]
            found[name] = entry[3]
        elif name and line.strip():
            found[name] += f" {line.strip()}"
    return found


def _lines_of(lines: Sequence[str], title: str) -> Iterator[str]:
    inside = False
    for line in lines:
        if line and not line.startswith(" "):
            inside = line == f"{title}:"
        elif inside:
            yield line


def first_sentence(doc: str | None) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join(inspect.cleandoc(doc or "").split("\n\n")[0].split())


def with_attribute_entries(lines: Sequence[str], type_of: Callable[[str], str]) -> list[str]:
    """Return a docstring whose *Attributes* section became one directive for each, with its type in its signature.

    Args:
        lines: The docstring's lines, without common indentation.
        type_of: Gives the type of an attribute as text; the empty string where it is not known.
    """
    entries = section("\n".join(lines), "Attributes")
    if not entries:
        return list(lines)
    made: list[str] = []
    for name, text in entries.items():
        kind = type_of(name)
        made += ["", f".. py:attribute:: {name}", *([f"   :type: {kind}"] if kind else []), "", f"   {text}", ""]
    # "Raises:" and its like are about building the value: they come before the list of what it has.
    return [*_without(lines, "Attributes"), "", *made]


def _without(lines: Sequence[str], title: str) -> Iterator[str]:
    inside = False
    for line in lines:
        if line and not line.startswith(" "):
            inside = line == f"{title}:"
        if not inside:
            yield line
