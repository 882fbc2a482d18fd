"""What a condition can ask about: the fields of a response, its attributes, and the kinds of their values.

How conditions compare stands in ``conditions``, how they are written in ``condition_text``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from resolutionkit.errors import InvalidValue
from resolutionkit.model.response import Response
from resolutionkit.model.scale import Category
from resolutionkit.model.values import AttributeValue, code, is_finite, text, utc

TEXT_IN_CONDITION_MAX = 500
"""The most characters of a text that something is compared with."""
_DIGITS_MAX = 30
"""How many digits a number may have before or behind its point."""


class InvalidCondition(InvalidValue):
    """A condition cannot be read, or could never hold.

    Attributes:
        column: Where in the text the fault begins, counted from 1; None where it was not read from text.
    """

    def __init__(self, field: str, value: object, expected: str, column: int | None = None) -> None:
        """Say what was found where, and what would be right."""
        self.column = column
        super().__init__(field, value, expected)

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.field, self.value, self.expected, self.column))


class Kind(StrEnum):
    """The kinds of values; values of different kinds are never equal, and none is less than the other."""

    TEXT = "text"
    NUMBER = "number"
    BOOL = "true or false"
    DATE = "date"
    INSTANT = "instant"


ORDERED = frozenset({Kind.NUMBER, Kind.DATE, Kind.INSTANT})
"""The kinds of which one value can be less than another."""
_KINDS: Sequence[tuple[type, Kind]] = (
    (bool, Kind.BOOL),
    (str, Kind.TEXT),
    (int, Kind.NUMBER),
    (float, Kind.NUMBER),
    (Decimal, Kind.NUMBER),
    (datetime, Kind.INSTANT),
    (date, Kind.DATE),
)
"""The first that fits: a bool is an int, and a datetime a date, for Python only."""


def kind_of(value: object) -> Kind | None:
    """Return the kind of a value, or None where it has none."""
    return next((kind for one, kind in _KINDS if isinstance(value, one)), None)


def kind_of_type(kind: type) -> Kind | None:
    """Return the kind of the values of a Python type, or None where they have none."""
    return next((found for one, found in _KINDS if issubclass(kind, one)), None)


def comparable(value: AttributeValue) -> AttributeValue:
    """Return a value as it is compared: a float as the number that it shows, so that 0.1 is 0.1 in every type."""
    return Decimal(str(value)) if isinstance(value, float) else value


def literal(value: object) -> AttributeValue:
    """Return a value as a condition keeps it: one number has one form, and an instant is in UTC.

    Raises:
        InvalidCondition: A response can have no such value, or it is too long.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return utc(value, "condition.value", InvalidCondition)
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if isinstance(value, str):
        return text(value, "condition.value", InvalidCondition, TEXT_IN_CONDITION_MAX)
    raise InvalidCondition("condition.value", value, "a text, a number, true or false, a date or an instant")


def _number(value: float | Decimal) -> int | Decimal:
    told = f"a finite number with at most {_DIGITS_MAX} digits before its point and behind it"
    if isinstance(value, int):
        if abs(value) >= 10**_DIGITS_MAX:
            raise InvalidCondition("condition.value", value, told)
        return int(value)
    exact = Decimal(str(value)) if isinstance(value, float) else value
    if not is_finite(exact) or exact.adjusted() >= _DIGITS_MAX or _behind_point(exact) > _DIGITS_MAX:
        raise InvalidCondition("condition.value", value, told)
    return int(exact) if exact == exact.to_integral_value() else Decimal(f"{exact:f}".rstrip("0"))


def _behind_point(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


class Judged(Protocol):
    """A response with what its score means: a ``Classification`` or a ``ResponseRecord``."""

    @property
    def response(self) -> Response:
        """Return the response."""

    @property
    def scale(self) -> str:
        """Return the name of the scale in force."""

    @property
    def category(self) -> Category:
        """Return the band of its score."""


@frozen(kw_only=True)
class KnownField:
    """One field of a response that conditions can ask about.

    Attributes:
        kind: The kind of its values.
        words: What it is, as the reference says it.
        find: Gives its values: none where it is missing.
        is_many: Whether there may be several.
        ignores_case: Whether it is compared without regard to case.
        known: The values that there are, where they are known.
    """

    kind: Kind
    words: str
    find: Callable[[Judged], Sequence[AttributeValue | None]]
    is_many: bool = False
    ignores_case: bool = False
    known: tuple[str, ...] = ()


def _domain(judged: Judged) -> str | None:
    address = judged.response.contact.email
    return address.rpartition("@")[2].strip().lower() if address and "@" in address else None


FIELDS: Mapping[str, KnownField] = {
    "score": KnownField(kind=Kind.NUMBER, words="the score", find=lambda one: (one.response.score,)),
    "category": KnownField(
        kind=Kind.TEXT,
        words="the band of the score",
        find=lambda one: (one.category.value,),
        known=tuple(one.value for one in Category),
    ),
    "scale": KnownField(kind=Kind.TEXT, words="the name of the score's scale", find=lambda one: (one.scale,)),
    "survey": KnownField(kind=Kind.TEXT, words="the survey", find=lambda one: (one.response.survey,)),
    "group": KnownField(kind=Kind.TEXT, words="the group's code", find=lambda one: (one.response.group,)),
    "segment": KnownField(kind=Kind.TEXT, words="the segment's code", find=lambda one: (one.response.segment,)),
    "ticket": KnownField(kind=Kind.TEXT, words="the ticket", find=lambda one: (one.response.ticket,)),
    "agent": KnownField(kind=Kind.TEXT, words="who resolved the ticket", find=lambda one: (one.response.agent,)),
    "company": KnownField(
        kind=Kind.TEXT, words="the contact's company", find=lambda one: (one.response.contact.company,)
    ),
    "email_domain": KnownField(
        kind=Kind.TEXT,
        words="what follows the @ of the contact's email address",
        find=lambda one: (_domain(one),),
        ignores_case=True,
    ),
    "comment": KnownField(kind=Kind.TEXT, words="the customer's comment", find=lambda one: (one.response.comment,)),
    "wants_contact": KnownField(
        kind=Kind.BOOL,
        words="whether the customer asked to be contacted",
        find=lambda one: (one.response.wants_contact,),
    ),
    "received_at": KnownField(
        kind=Kind.INSTANT, words="when the customer answered", find=lambda one: (one.response.received_at,)
    ),
    "tags": KnownField(kind=Kind.TEXT, words="the tags", find=lambda one: one.response.tags, is_many=True),
    "factors": KnownField(
        kind=Kind.TEXT, words="the experience factors", find=lambda one: one.response.factors, is_many=True
    ),
}
"""Every field that a condition knows by name; all other names are those of attributes."""
ALIASES: Mapping[str, str] = {"tag": "tags", "factor": "factors"}
"""Other names of fields, which read better before ``in``."""
ATTRIBUTES = "attributes"
"""What an attribute's name may begin with, and must where a field has the same name."""
WORDS = frozenset({"and", "or", "not", "in", "is", "set", "contains", "true", "false", ATTRIBUTES})
"""The words that conditions are written with; an attribute with such a name is written in full."""
PLAIN_NAME = re.compile(r"[^\W\d][\w-]*")
"""What a name looks like that needs no quotes."""
_TAKEN = frozenset({*WORDS, *FIELDS, *ALIASES})
"""The names that an attribute can have in full only."""


@frozen
class Field:
    """What a condition asks about: a field of the response, or one of its attributes.

    Attributes:
        name: The field's name, or the attribute's.
        is_attribute: Whether it is an attribute.
    """

    name: str
    is_attribute: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse a field that there is not."""
        code(self.name, "condition.field", InvalidCondition)
        if not self.is_attribute and self.name not in FIELDS:
            raise InvalidCondition("condition.field", self.name, f"one of {', '.join(FIELDS)}, or an attribute")

    @property
    def known(self) -> KnownField | None:
        """Return what is known of the field; None of an attribute."""
        return None if self.is_attribute else FIELDS[self.name]

    def values(self, judged: Judged) -> Sequence[AttributeValue]:
        """Return the field's values in a response: none where it is missing, several where there are several."""
        if self.is_attribute:
            value = judged.response.attributes.get(self.name)
            return () if value is None else (value,)
        return [value for value in FIELDS[self.name].find(judged) if value is not None]

    def __str__(self) -> str:
        """Return the name as conditions are written."""
        if not self.is_attribute:
            return self.name
        if PLAIN_NAME.fullmatch(self.name) and self.name.lower() not in _TAKEN:
            return self.name
        return f"{ATTRIBUTES}.{self.name if PLAIN_NAME.fullmatch(self.name) else quoted(self.name)}"


def field_named(name: str) -> Field:
    """Return the field or attribute that a name means; ``attributes.NAME`` is always an attribute.

    Raises:
        InvalidCondition: It cannot be the name of any, or is a field's but for its case.
    """
    if name.startswith(f"{ATTRIBUTES}."):
        return Field(name.removeprefix(f"{ATTRIBUTES}."), is_attribute=True)
    known = ALIASES.get(name, name)
    if known not in FIELDS and name.lower() in _TAKEN:
        as_field = ALIASES.get(name.lower(), name.lower())
        instead = f"{f'{as_field}, or ' if as_field in FIELDS else ''}{ATTRIBUTES}.{name} for the attribute"
        raise InvalidCondition("condition.field", name, instead)
    return Field(known, is_attribute=known not in FIELDS)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(value: str) -> str:
    """Return a text in quotes, as conditions are written: what could end a line or hide is escaped."""
    return f'"{"".join(_ESCAPES.get(one) or (one if one.isprintable() else _escaped(one)) for one in value)}"'


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
