"""Statements as they go to the database, and whether each touches the rows of one account only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any
from unittest.mock import patch

from attrs import frozen
from sqlalchemy.engine.default import DefaultDialect

from resolutionkit.storage.sql.direct import DirectWire
from resolutionkit.storage.sql.tables import DEFAULT_PREFIX

_VALUE = re.compile(r"\?|%s|%\((\w+)\)s|\$\d+")
_PART = re.compile(r"\(\s*(?:SELECT|INSERT|UPDATE|DELETE)\b[^()]*\)")
_GROUP = re.compile(r"\(([^()]*)\)")
_TABLE = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE)[\s<]+({DEFAULT_PREFIX}\w+)(?: AS (\w+))?")
_SAME = re.compile(r"\b(\w+)\.account = (\w+)\.account\b")
_GIVEN = re.compile(r"\b(\w+)\.account = :p(\d+)\b")
_ADDED = re.compile(rf"INTO ({DEFAULT_PREFIX}\w+) <account, ")
_ROW = re.compile(r"<:p(\d+)(?:::\w+)?[,>]")


@frozen
class Sent:
    """One statement with its values."""

    text: str
    values: Sequence[Any] | Mapping[str, Any]


@contextmanager
def tapped(note: Callable[[str, Any], None]) -> Iterator[None]:
    """Call a function with each statement and its values, whichever way it takes to the driver, before it is sent.

    Nobody listens to an engine for that: an engine that is listened to takes its longest way.
    """
    run, done = DefaultDialect.do_execute, DirectWire._done

    def run_noted(dialect: Any, cursor: Any, text: str, values: Any, context: Any = None) -> None:
        note(text, values)
        run(dialect, cursor, text, values, context)

    def done_noted(wire: DirectWire, text: str, values: Any, take: Any) -> Any:
        note(text, values)
        return done(wire, text, values, take)

    with patch.object(DefaultDialect, "do_execute", run_noted), patch.object(DirectWire, "_done", done_noted):
        yield


@contextmanager
def sent_meanwhile() -> Iterator[list[Sent]]:
    """Yield what is sent to our tables from now on, whichever engine sends it."""
    found: list[Sent] = []

    def note(text: str, values: Any) -> None:
        if DEFAULT_PREFIX in text:
            found.append(Sent(text, values))

    with tapped(note):
        yield found


def accounts_of(sent: Sent) -> set[str]:
    """Return the accounts whose rows a statement touches.

    Raises:
        AssertionError: It touches a table without saying whose rows.
    """
    values: list[Any] = []
    numbers = count()

    def numbered(found: re.Match[str]) -> str:
        values.append(sent.values[found[1]] if isinstance(sent.values, Mapping) else sent.values[len(values)])
        return f":p{next(numbers)}"

    text = _VALUE.sub(numbered, sent.text.replace('"', "").replace("`", ""))
    return {str(values[one]) for part in _parts(text) for one in _named_in(part)}


def _parts(text: str) -> Iterator[str]:
    """Yield each part of a statement that has tables of its own: innermost first, unions one by one."""
    while True:
        found = _PART.search(text)
        if found is not None:
            yield from re.split(r"\bUNION\b", found[0][1:-1])
            text = f"{text[: found.start()]}{{}}{text[found.end() :]}"
            continue
        group = _GROUP.search(text)
        if group is None:
            break
        text = f"{text[: group.start()]}<{group[1]}>{text[group.end() :]}"
    yield from re.split(r"\bUNION\b", text)


def _named_in(part: str) -> list[int]:
    """Return the numbers of the values that are accounts, or fail where a table is bound to none."""
    tables = [alias or name for name, alias in _TABLE.findall(part)]
    given = {name: int(number) for name, number in _GIVEN.findall(part)}
    bound, added = set(given), _ADDED.search(part)
    found = list(map(int, (number for _, number in _GIVEN.findall(part))))
    if added is not None:
        bound.add(added[1])
        found += map(int, _ROW.findall(part))
    pairs = _SAME.findall(part)
    for _ in pairs:
        bound |= {name for pair in pairs if bound & set(pair) for name in pair}
    assert set(tables) <= bound, f"of no account: {sorted(set(tables) - bound)} in {part}"
    assert not tables or found, f"of no account: {part}"
    return found
