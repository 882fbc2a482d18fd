"""How a mapping writes where a value comes from: ``"Column"``, ``{ column = "…" }``, ``{ constant = … }`` and the like.

A text is always a column; a constant always says that it is one. Which fields there are stands in ``grammar``.
"""

from __future__ import annotations

from typing import Any, cast

from attrs import frozen

from resolutionkit.datafile import Entry, Table
from resolutionkit.errors import shown
from resolutionkit.importing.sources import Column, Constant, Joined, Source


@frozen
class Given:
    """A constant of any TOML type, which its field has yet to judge.

    Attributes:
        value: The constant.
    """

    value: Any


def origin(entry: Entry, *, may_split: bool = False) -> Column | Given | None:
    """Return a column or a constant, or None after noting why it is neither.

    Args:
        entry: What the mapping says.
        may_split: Whether a column may have a ``separator``.
    """
    if isinstance(entry.value, str):
        return _column(entry, entry.value)
    if not isinstance(entry.value, dict):
        entry.fault(f'{shown(entry.value)} should be the name of a column in quotes, or {{ constant = "…" }}')
        return None
    table = Table(entry.value, entry.place, entry.faults)
    name, constant = table.take("column", str), table.entry("constant")
    separator = table.take("separator", str) if may_split else None
    is_optional = table.take("optional", bool) is True
    table.done()
    if ("column" in table.data) == (constant is not None):
        entry.fault("needs either a column or a constant, and not both")
        return None
    return _column(entry, name, separator, is_optional=is_optional) if constant is None else Given(constant.value)


def column(entry: Entry | None) -> Column | None:
    """Return a column, or None after noting that it is none; a constant is refused."""
    found = None if entry is None else origin(entry)
    if isinstance(found, Given):
        cast("Entry", entry).fault("cannot be the same for every row; name a column")
        return None
    return found


def source(entry: Entry | None, *, may_split: bool = False) -> Source | None:
    """Return a column, several joined, or a constant text; None after noting why it is none of them."""
    if entry is not None and isinstance(entry.value, dict) and "columns" in entry.value:
        return _joined(entry)
    found = None if entry is None else origin(entry, may_split=may_split)
    if entry is None or not isinstance(found, Given):
        return cast("Column | None", found)
    if isinstance(found.value, str) and found.value.strip():
        return Constant(found.value.strip())
    entry.fault(f"the constant {shown(found.value)} should be text that is not blank")
    return None


def sources(entry: Entry | None) -> tuple[Source, ...]:
    """Return one source or a list of them, without those that are none, which are noted."""
    if entry is None:
        return ()
    entries = [entry]
    if isinstance(entry.value, list):
        entries = [Entry(value, f"{entry.place}[{at}]", entry.faults) for at, value in enumerate(entry.value)]
    found = [source(one, may_split=True) for one in entries]
    return tuple(one for one in found if one is not None)


def _joined(entry: Entry) -> Joined | None:
    table = Table(entry.value, entry.place, entry.faults)
    names, is_optional = table.entry("columns"), table.take("optional", bool) is True
    table.done()
    found = None if names is None else names.texts()
    return None if found is None else Joined(tuple(Column(name, is_optional=is_optional) for name in found))


def _column(
    entry: Entry, name: str | None, separator: str | None = None, *, is_optional: bool = False
) -> Column | None:
    if name is None:
        return None
    if name.strip() and separator != "":
        return Column(name.strip(), separator, is_optional=is_optional)
    entry.fault("the name of a column and its separator may not be blank")
    return None
