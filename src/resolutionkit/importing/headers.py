"""The names of a file's columns, whatever its format, and the row of import ids that some tools write below them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from resolutionkit.errors import ImportFailed, shown

_ID = "ImportId"
_ZONE = "timeZone"


def named(names: Iterable[str], source: str, line: int | None) -> tuple[str, ...]:
    """Return the names without white space around them; a nameless column is called after its position.

    Args:
        names: The names as they stand in the file.
        source: What the file is called in errors.
        line: The line that they stand on, or None where lines mean nothing.

    Raises:
        ImportFailed: There is no column, or two columns have one name.
    """
    found = tuple(name.strip() or f"column {at}" for at, name in enumerate(names, 1))
    if not found:
        raise ImportFailed(source, line, "has no columns; a file of responses has at least an id, a score and a date")
    twice = [shown(name) for name, count in Counter(found).items() if count > 1]
    if twice:
        reason = f"more than one column is called {', '.join(twice)}; give each its own name"
        raise ImportFailed(source, line, reason)
    return found


def zones_in(import_ids: Mapping[str, str]) -> dict[str, str] | None:
    """Return the zones of the columns whose import id names one; None where the row holds no import ids.

    Args:
        import_ids: The cells of the row by column; each is a JSON object with an ``ImportId``.
    """
    read = {column: _object(cell) for column, cell in import_ids.items()}
    if not all(_ID in value for value in read.values()):
        return None
    return {column: str(value[_ZONE]) for column, value in read.items() if _ZONE in value}


def _object(cell: str) -> dict[str, Any]:
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
