"""A mapping's tables, read value by value: faults are collected with their places. What the keys mean is no concern.

Law: nothing here raises. A value that is not what it should be is noted and handed out as None.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from attrs import frozen

from resolutionkit.errors import Fault, InvalidValue, shown
from resolutionkit.importing.rows import RowRefused

T = TypeVar("T")

_NAMES = {str: "text in quotes", bool: "true or false", dict: "a table", list: "a list"}


@frozen
class Entry:
    """A value of a mapping with the place where it stands.

    Attributes:
        value: The value, of any type that TOML has.
        place: The path of its key.
        faults: Where faults are noted, shared by all entries of a mapping.
    """

    value: Any
    place: str
    faults: list[Fault]

    def fault(self, problem: str) -> None:
        """Note what is wrong with the value."""
        self.faults.append(Fault(self.place, problem))

    def of(self, kind: type[T]) -> T | None:
        """Return the value if it is of a kind, else None."""
        if isinstance(self.value, kind):
            return self.value
        self.fault(f"{shown(self.value)} should be {_NAMES[kind]}")
        return None

    def texts(self) -> tuple[str, ...] | None:
        """Return the value if it is a list of texts, at least one and none of them blank, else None."""
        values = self.of(list)
        if values and all(isinstance(value, str) and value.strip() for value in values):
            return tuple(value.strip() for value in values)
        if values is not None:
            self.fault("should be a list of texts, at least one and none of them blank")
        return None

    def table(self) -> Table | None:
        """Return the value as a table to be read, or None where it is none."""
        data = self.of(dict)
        return None if data is None else Table(data, self.place, self.faults)

    def without(self, *keys: str) -> Entry:
        """Return a table's entry without some of its keys, and every other one as it is."""
        if not isinstance(self.value, dict):
            return self
        rest = {key: value for key, value in self.value.items() if key not in keys}
        return Entry(rest, self.place, self.faults)

    def judged(self, make: Callable[[], T]) -> T | None:
        """Return what a function makes of the value, or None where it refuses."""
        try:
            return make()
        except RowRefused as problem:
            self.fault(problem.reason)
        except InvalidValue as problem:
            self.fault(f"{shown(problem.value)} is not acceptable; expected {problem.expected}")
        return None


class Table:
    """A TOML table that is being read.

    Args:
        data: What stands in it.
        place: Its path in the mapping, the empty string at the top.
        faults: Where faults are noted.
    """

    def __init__(self, data: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
        """Start reading."""
        self.data = data
        self._place = place
        self._faults = faults
        self._asked: set[str] = set()

    def fault(self, key: str, problem: str) -> None:
        """Note what is wrong at a key that may be missing."""
        self._faults.append(Fault(self._at(key), problem))

    def entry(self, key: str) -> Entry | None:
        """Return what stands at a key, or None where it is missing."""
        self._asked.add(key)
        return Entry(self.data[key], self._at(key), self._faults) if key in self.data else None

    def entries(self) -> dict[str, Entry]:
        """Return all that stands in the table, in its order."""
        return {key: Entry(value, self._at(key), self._faults) for key, value in self.data.items()}

    def take(self, key: str, kind: type[T]) -> T | None:
        """Return the value of a key, or None where it is missing or of another kind."""
        entry = self.entry(key)
        return None if entry is None else entry.of(kind)

    def inner(self, key: str) -> Table | None:
        """Return the table at a key, or None where it is missing or no table."""
        entry = self.entry(key)
        return None if entry is None else entry.table()

    def done(self) -> None:
        """Note every key that nobody asked for, with the nearest that there is."""
        for key in self.data:
            if key not in self._asked:
                self.fault(key, f"is not a key here{nearest(key, self._asked)}")

    def _at(self, key: str) -> str:
        return f"{self._place}.{key_of(key)}" if self._place else key_of(key)


def key_of(name: str) -> str:
    """Return a key as a place shows it: in quotes where TOML wants them."""
    return name if name.replace("_", "").replace("-", "").isalnum() else shown(name)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: which known one was meant, or which there are."""
    names = sorted(known)
    folded = {one.strip().casefold(): one for one in names}
    near = difflib.get_close_matches(name.strip().casefold(), folded, 1)
    if near:
        return f"; did you mean {shown(folded[near[0]])}?"
    return f"; there are {', '.join(shown(one) for one in names[:30])}"
