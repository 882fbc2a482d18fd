"""A TOML file read table by table: every fault is collected with its place. What the keys mean is no concern here.

Law: reading a value raises nothing. What is not as it should be is noted, and None or the default handed out.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from attrs import frozen

from resolutionkit.errors import Fault, FaultsFound, InvalidValue, ResolutionKitError, shown

T = TypeVar("T")

_NAMES = {str: "text in quotes", bool: "true or false", int: "a whole number", dict: "a table", list: "a list"}


_MOST = 10_000_000
"""How many bytes a file may have; a device that never ends must not fill the memory."""


def toml_data(path: str | Path, error: type[FaultsFound]) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises:
        FaultsFound: Of the type given: there is no such file, it is far too long, or it is not TOML in UTF-8.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST + 1)
        if len(content) > _MOST:
            raise error([Fault("file", f"is longer than {_MOST:,} bytes; name the file that was meant")], str(path))
        return tomllib.loads(content.decode("utf-8-sig"))  # some editors put a mark at the beginning
    except OSError as problem:
        raise error([Fault("file", f"cannot be read: {problem.strerror}")], str(path)) from problem
    except (ValueError, RecursionError) as problem:
        raise error([Fault("file", f"is not TOML in UTF-8: {problem}")], str(path)) from problem


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
        if isinstance(self.value, kind) and (kind is bool or not isinstance(self.value, bool)):
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

    def number(self) -> int | float | None:
        """Return the value if it is a number, else None."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return self.value
        self.fault(f"{shown(self.value)} should be a number")
        return None

    def judged(self, make: Callable[[], T]) -> T | None:
        """Return what a function makes of the value, or None where it refuses."""
        try:
            return make()
        except FaultsFound as problem:
            self.faults.extend(problem.faults)
        except InvalidValue as problem:
            self.fault(f"{shown(problem.value)} is not acceptable; expected {problem.expected}")
        except ResolutionKitError as problem:
            self.fault(str(problem))
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

    def value(self, key: str, kind: type[T], default: T) -> T:
        """Return the value of a key, or the default where it is missing or of another kind."""
        found = self.take(key, kind)
        return default if found is None else found

    def required(self, key: str) -> str:
        """Return a text that must be there; the empty string where it is not."""
        if self.entry(key) is None:
            self.fault(key, "is missing")
        return self.value(key, str, "")

    def number(self, key: str) -> int | float | None:
        """Return the number at a key, or None where it is missing or no number."""
        entry = self.entry(key)
        return None if entry is None else entry.number()

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts at a key, empty where it is missing or no such list."""
        values = self.value(key, list, [])
        if all(isinstance(value, str) for value in values):
            return tuple(values)
        self.fault(key, "should be a list of texts")
        return ()

    def inners(self, key: str) -> list[Table]:
        """Return the tables of a list, none where it is missing."""
        entries = [
            Entry(value, f"{self._at(key)}[{index}]", self._faults)
            for index, value in enumerate(self.value(key, list, []))
        ]
        return [table for entry in entries if (table := entry.table()) is not None]

    def named_inners(self, key: str) -> dict[str, Table]:
        """Return the tables within the table at a key by their names, none where it is missing."""
        table = self.inner(key)
        found = {} if table is None else {name: entry.table() for name, entry in table.entries().items()}
        return {name: one for name, one in found.items() if one is not None}

    def itself(self) -> Entry:
        """Return the table as the entry that it is."""
        return Entry(self.data, self._place, self._faults)

    def judged(self, make: Callable[[], T]) -> T | None:
        """Return what a function makes of the table, or None; a field that is refused is told at its key."""
        try:
            return make()
        except InvalidValue as problem:
            key = problem.field.rpartition(".")[2]
            self.fault(key, f"{shown(problem.value)} is not acceptable; expected {problem.expected}")
            return None

    def inner(self, key: str) -> Table | None:
        """Return the table at a key, or None where it is missing or no table."""
        entry = self.entry(key)
        return None if entry is None else entry.table()

    def done(self) -> None:
        """Note every key that nobody asked for, with the nearest that there is."""
        is_listed = False
        for key in self.data:
            if key not in self._asked:
                near = meant(key, self._asked)
                hint = "" if near is None and is_listed else nearest(key, self._asked)
                is_listed |= near is None  # once is enough
                self.fault(key, f"is not a key here{hint}")

    def _at(self, key: str) -> str:
        return f"{self._place}.{key_of(key)}" if self._place else key_of(key)


def key_of(name: str) -> str:
    """Return a key as a place shows it: in quotes where TOML wants them."""
    return name if name.replace("_", "").replace("-", "").isalnum() else shown(name)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: which known one was meant, or which there are."""
    names = sorted(known)
    near = meant(name, names)
    if near is not None:
        return f"; did you mean {shown(near)}?"
    return f"; there are {', '.join(shown(one) for one in names[:30])}"


def meant(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that an unknown one is most like, whatever its case, or None where none is like it."""
    folded = {one.strip().casefold(): one for one in known}
    near = difflib.get_close_matches(name.strip().casefold(), folded, 1)
    return folded[near[0]] if near else None
