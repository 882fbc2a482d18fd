"""Reading a TOML table key by key, collecting every fault with its place instead of stopping at the first.

What the keys mean stands with what they make: ``policy.policy`` and ``policy.directory``.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from resolutionkit.errors import Fault, FaultsFound, InvalidValue, shown

T = TypeVar("T")

_NAMES = {str: "text", bool: "true or false", int: "a whole number", dict: "a table", list: "a list"}


def toml_table(path: str | Path, error: type[FaultsFound]) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises:
        FaultsFound: Of the type given: there is no such file, or it is not TOML in UTF-8.
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as problem:
        raise error([Fault("file", f"cannot be read: {problem.strerror}")], str(path)) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise error([Fault("file", f"is not TOML in UTF-8: {problem}")], str(path)) from problem


class Reader:
    """One table of a file: hands out values by key, and notes what is wrong with them.

    Args:
        table: The table.
        place: Its path in the file, the empty string at the top.
        faults: Where faults are noted, shared by all readers of a file.
    """

    def __init__(self, table: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
        """Start reading."""
        self._table = table
        self._place = place
        self._asked: set[str] = set()
        self.faults = faults

    def at(self, key: str) -> str:
        """Return the path of a key."""
        return f"{self._place}.{key}" if self._place else key

    def fault(self, key: str, problem: str) -> None:
        """Note what is wrong at a key."""
        self.faults.append(Fault(self.at(key), problem))

    def has(self, key: str) -> bool:
        """Say whether the key stands in the table."""
        self._asked.add(key)
        return key in self._table

    def is_a(self, key: str, kind: type[Any]) -> bool:
        """Say whether the value of a key is of a kind."""
        return self.has(key) and isinstance(self._table[key], kind)

    def value(self, key: str, kind: type[T], default: T) -> T:
        """Return the value of a key, or the default where it is missing or of another kind."""
        if not self.has(key):
            return default
        value = self._table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(key, f"{shown(value)} should be {_NAMES.get(kind, kind.__name__)}")
            return default
        return value

    def number(self, key: str) -> int | float | None:
        """Return a number, or None where it is missing or no number."""
        if not self.has(key):
            return None
        value = self._table[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(key, f"{shown(value)} should be a number")
            return None
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where it is missing or of another kind."""
        values = self.value(key, list, [])
        if all(isinstance(value, str) for value in values):
            return tuple(values)
        self.fault(key, "should be a list of texts")
        return ()

    def table(self, key: str) -> Reader | None:
        """Return a reader of the table at a key, or None where it is missing."""
        if not self.has(key):
            return None
        return Reader(self.value(key, dict, {}), self.at(key), self.faults)

    def tables(self, key: str) -> list[Reader]:
        """Return a reader for each table of a list."""
        entries = self.value(key, list, [])
        if not all(isinstance(entry, dict) for entry in entries):
            self.fault(key, "should be a list of tables")
            return []
        return [Reader(entry, f"{self.at(key)}[{index}]", self.faults) for index, entry in enumerate(entries)]

    def items(self) -> list[tuple[str, Reader]]:
        """Return a reader for each table in this one, by its key."""
        return [(key, reader) for key in self._table if (reader := self.table(key)) is not None]

    def names(self) -> tuple[str, ...]:
        """Return the keys that stand in the table."""
        return tuple(self._table)

    def required(self, key: str) -> str:
        """Return a text that must be there, or the empty string and a fault."""
        if not self.has(key):
            self.fault(key, "is missing")
            return ""
        return self.value(key, str, "")

    def built(self, make: Callable[[], T]) -> T | None:
        """Return what a constructor makes, or None after noting why it refused."""
        try:
            return make()
        except FaultsFound as problem:
            self.faults += problem.faults
        except InvalidValue as problem:
            self.fault(problem.field, f"{shown(problem.value)} is not acceptable; expected {problem.expected}")
        return None

    def done(self) -> None:
        """Note every key that nobody asked for, with the nearest one that exists."""
        for key in self._table:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, 1)
                meant = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(sorted(self._asked))}"
                self.fault(key, f"is not a key here{meant}")
