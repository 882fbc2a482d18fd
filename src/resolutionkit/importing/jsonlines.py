"""JSON lines: one object a line, in constant memory. What the names mean is the mapping's business.

Nested objects and lists of objects are addressed with dots, lists from 0: ``contact.email``, ``answers.0.text``.
Numbers keep the text that the file has, so that no digit is lost; ``true`` and ``false`` are those words, and
``null`` is a blank cell. A file of JSON lines has no header: a column that a line lacks is blank there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from resolutionkit.errors import ImportFailed, shown
from resolutionkit.importing.lines import Lines, hint_on, kept, unreadable
from resolutionkit.importing.rows import RECORD_MAX, Cell, Known, Record, RejectedRow

NAME_MAX = 1_000
"""The most characters of a dotted name."""
NO_KEYS: Mapping[str, str] = {}
"""No list has items with names."""


class JsonRows:
    """The rows of an open JSON lines file, read once, in order.

    Attributes:
        header: None, since each line names its own columns.
        known: Nothing: texts are texts.
    """

    header = None
    known: Known = Known()

    def __init__(self, lines: Lines, encoding: str, keyed: Mapping[str, str] = NO_KEYS) -> None:
        """Start before the first line; ``keyed`` has the lists whose items have names."""
        self._keyed = keyed
        self._lines = lines
        self._encoding = encoding

    def __iter__(self) -> Iterator[Record | RejectedRow]:
        """Yield each line's row, rejected where it alone is bad; blank lines are passed over.

        Raises:
            ImportFailed: The file has no line at all, or cannot be read further.
        """
        while line := self._lines.next():
            is_whole = not self._pass_over()
            if line.strip():
                yield self._record(line, is_whole=is_whole)
        if not self._lines.number:
            raise ImportFailed(self._lines.source, None, "is empty; each line must be a JSON object")

    def _pass_over(self) -> bool:
        is_longer = False
        while self._lines.is_in_line and self._lines.next():
            is_longer = True
        return is_longer

    def _record(self, line: str, *, is_whole: bool) -> Record | RejectedRow:
        number = self._lines.number
        reason = unreadable(line, number, self._encoding)
        if not is_whole:
            reason = f"is longer than {RECORD_MAX:,} characters"
        if reason is None:
            try:
                return Record(number, cells(line, self._keyed))
            except ValueError as problem:
                reason = str(problem)
        hint = hint_on(line, self._encoding) if is_whole else ""
        return RejectedRow(number, None, reason + hint, kept(line))


def cells(line: str, keyed: Mapping[str, str] = NO_KEYS) -> dict[str, Cell]:
    """Return the cells of one line by their dotted names.

    Args:
        line: The line.
        keyed: The lists whose items have names: the path of the list, and that of the name in each item.

    Raises:
        ValueError: The line is no JSON, no object, has a name twice or one that is far too long, or holds NaN or
            Infinity.
    """
    try:
        value = _DECODER.decode(line)
        if not isinstance(value, dict):
            raise ValueError(f"is not a JSON object: {shown(line.strip())}")
        return unique(_flat(value, None, keyed))
    except json.JSONDecodeError as problem:
        raise ValueError(f"is not valid JSON: {problem.msg}, at character {problem.pos + 1}") from problem
    except RecursionError as problem:
        raise ValueError("is nested too deeply") from problem


def unique(pairs: Iterator[tuple[str, Any]] | list[tuple[str, Any]]) -> dict[str, Any]:
    """Return names and values as a dict; a name that comes twice is a ValueError."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"has the name {shown(name)} twice")
        found[name] = value
    return found


def no_number(name: str) -> NoReturn:
    """Refuse what JSON does not have, though Python's reader would take it."""
    raise ValueError(f"holds {name}, which is no number")


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=no_number, object_pairs_hook=unique)


def _flat(value: Any, name: str | None, keyed: Mapping[str, str]) -> Iterator[tuple[str, Cell]]:
    if isinstance(value, dict):
        yield from (pair for key, inner in value.items() for pair in _flat(inner, _dotted(name, key), keyed))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        items = [(_key_of(inner, keyed.get(name or "")) or str(at), inner) for at, inner in enumerate(value)]
        yield from (pair for key, inner in items for pair in _flat(inner, _dotted(name, key), keyed))
    elif isinstance(value, list):
        yield name or "", tuple(_text(item) for item in value)
    else:
        yield name or "", _text(value)


def _key_of(item: Any, path: str | None) -> str | None:
    """Return the name that an item of a list has, where the list is one of those whose items have names."""
    if path is None:
        return None
    for part in path.split("."):
        item = item.get(part) if isinstance(item, dict) else None
    return item if isinstance(item, str) else None


def _dotted(name: str | None, key: str) -> str:
    dotted = key if name is None else f"{name}.{key}"
    if len(dotted) > NAME_MAX:
        # Ten thousand values below one name of a hundred thousand characters would fill the memory.
        raise ValueError(f"has a name of more than {NAME_MAX} characters")
    return dotted


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
