"""What may stand at a key of a policy's file: in words for the reference, and as JSON Schema for editors.

A kind says what can be seen of a value by itself; what depends on other values is found when the file is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from attrs import frozen

from resolutionkit.model.hours import WEEKDAYS


@frozen
class Kind:
    """What may stand at a key.

    Attributes:
        words: What the reference says.
        schema: What JSON Schema says.
    """

    words: str
    schema: Mapping[str, Any]


_NOT_BLANK = {"type": "string", "pattern": r"\S"}
_SPANS = r"^\s*(\d{1,2}:\d\d\s*-\s*\d{1,2}:\d\d\s*(,\s*\d{1,2}:\d\d\s*-\s*\d{1,2}:\d\d\s*)*)?$"
_DAY = f"({'|'.join(''.join(f'[{one}{one.upper()}]' for one in day) for day in WEEKDAYS)})"
_DATE = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
_HOURS = {"anyOf": [{"type": "string", "pattern": _SPANS}, {"type": "array", "items": {"type": "string"}}]}

TEXT = Kind("text", _NOT_BLANK)
ANY_TEXT = Kind("text", {"type": "string"})
SOME_TEXT = Kind("text", {"type": "string", "minLength": 1})
SWITCH = Kind("true or false", {"type": "boolean"})
CLOCK = Kind("time, with or without quotes", {"type": "string", "pattern": r"^\d{1,2}:\d\d(:\d\d)?$"})
COUNT = Kind("whole number", {"type": "integer", "minimum": 0})
NUMBER = Kind("number", {"type": "number"})
STEP = Kind("number", {"type": "number", "minimum": 0})
LENGTH = Kind("number", {"type": "number", "exclusiveMinimum": 0})
SPAN = Kind("number", {"type": "number", "minimum": 0})
TEXTS = Kind("list of texts", {"type": "array", "items": _NOT_BLANK})
NAMES = Kind("list of texts", {"type": "array", "items": _NOT_BLANK, "uniqueItems": True})
SOME_TEXTS = Kind("list of texts", {"type": "array", "items": _NOT_BLANK, "minItems": 1})
NUMBERS = Kind(
    "number, or table of numbers", {"anyOf": [NUMBER.schema, {"type": "object", "additionalProperties": NUMBER.schema}]}
)
WEEK = Kind(
    "table of hours by weekday",
    {
        "type": "object",
        "minProperties": 1,
        "patternProperties": {rf"^\s*{_DAY}\s*(-\s*{_DAY}\s*)?$": _HOURS},
        "additionalProperties": False,
    },
)
HOLIDAYS = Kind(
    "table of names by date",
    {"type": "object", "patternProperties": {_DATE: _NOT_BLANK}, "additionalProperties": False},
)
DATED_HOURS = Kind(
    "table of hours by date", {"type": "object", "patternProperties": {_DATE: _HOURS}, "additionalProperties": False}
)


def one_of(values: Iterable[str], words: str = "") -> Kind:
    """Return the kind of a text that is one of a few."""
    known = [str(one) for one in values]
    return Kind(
        words or f"one of {', '.join(f'`{one!r}`'.replace(chr(39), chr(34)) for one in known)}", {"enum": known}
    )


def named(values: Iterable[str]) -> Kind:
    """Return the kind of a table whose keys are names of yours, and whose values are texts out of a few."""
    one = one_of(values)
    return Kind(f"table of texts, each {one.words}", {"type": "object", "additionalProperties": one.schema})


def reference(path: str) -> Mapping[str, Any]:
    """Return the schema of whatever a section has."""
    return {"$ref": f"#/definitions/{path}"}


def table(path: str) -> Kind:
    """Return the kind of a table that is a section of its own."""
    return Kind("table", reference(path))


def tables(path: str, at_most: int | None = None) -> Kind:
    """Return the kind of a list of tables, each such a section."""
    most = {} if at_most is None else {"maxItems": at_most}
    return Kind("tables", {"type": "array", "items": reference(path), **most})


def tables_by_name(path: str) -> Kind:
    """Return the kind of a table whose keys are names of yours, with such a section at each."""
    return Kind("table of tables", {"type": "object", "additionalProperties": reference(path)})


def either(words: str, *kinds: Kind) -> Kind:
    """Return the kind of what is one thing or another."""
    return Kind(words, {"anyOf": [one.schema for one in kinds]})


NEVER = Kind("false", {"const": False})
"""Where false says that there is none."""


class Shared(StrEnum):
    """The definitions that are no section: what several keys have in common."""

    CONDITION = "condition"
    ASSIGNMENT = "assignment"
