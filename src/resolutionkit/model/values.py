"""Checks and small types that every fact shares: text, instants, attributes.

What passes here is the same on every backend: no NUL, no lone surrogate, every string within its maximum,
every instant aware and in UTC. The fields that use these checks stand with their facts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from resolutionkit.errors import InvalidValue

ACCOUNT_MAX = 64
"""The most characters that an account's name may have."""
CODE_MAX = 190
"""The most characters of an id, a code, a key or a survey's name: what every database can index."""
LINE_MAX = 500
"""The most characters of a name, an address, a tag, a question."""
TEXT_MAX = 50_000
"""The most characters of a comment, an answer, a note or a reason."""
RESPONSE_TEXT_MAX = 200_000
"""The most characters of all strings of one response together."""

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Checked: TypeAlias = type[InvalidValue]
"""The error class that a check raises: the fact's own."""


def micros(instant: datetime) -> int:
    """Return an aware instant as microseconds since 1970 in UTC, the form in which it is stored."""
    return (instant - EPOCH) // _MICROSECOND


def instant_of(microseconds: int) -> datetime:
    """Return the UTC instant of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=microseconds)


def utc(value: object, field: str, error: Checked) -> datetime:
    """Return an instant in UTC, or refuse what is no aware datetime."""
    if isinstance(value, datetime):
        if value.tzinfo is UTC and type(value) is datetime:
            return value
        try:
            if value.utcoffset() is not None:
                return _plain(value.astimezone(UTC))
        except (OverflowError, ValueError) as problem:
            raise error(field, value, "an instant between the years 1 and 9999 in UTC") from problem
    raise error(field, value, "a datetime with a time zone, such as fromisoformat('2026-11-20T09:30:00+00:00')")


def _plain(instant: datetime) -> datetime:
    """Return an instant as the type that everybody knows: pandas' timestamps are datetimes too."""
    at = instant
    return datetime(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, UTC)


def is_finite(value: float | Decimal) -> bool:
    """Say whether a number is finite; a signalling NaN is asked in its own way."""
    return value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)


def text(value: object, field: str, error: Checked, maximum: int) -> str:
    """Return a string that every backend stores alike, or refuse it."""
    if type(value) is str and len(value) <= maximum and value.isascii() and "\0" not in value:
        return value
    if not isinstance(value, str):
        raise error(field, value, f"a string of at most {maximum} characters")
    # A host's own string, such as a member of a (str, Enum), may print as something else than it is.
    plain = str.__str__(value)
    if len(plain) > maximum:
        raise error(field, plain, f"at most {maximum:,} characters, not {len(plain):,}")
    if "\0" in plain:
        raise error(field, plain, "text without NUL characters")
    if not plain.isascii() and any("\ud800" <= character <= "\udfff" for character in plain):
        raise error(field, plain, "text without lone surrogates")
    return plain


def optional_text(value: object, field: str, error: Checked, maximum: int) -> str | None:
    """Return a string as :func:`text` does, or None where there is none."""
    return None if value is None else text(value, field, error, maximum)


def code(value: object, field: str, error: Checked, maximum: int = CODE_MAX) -> str:
    """Return an id or code: a string that is not blank and has no white space around it."""
    checked = text(value, field, error, maximum)
    if not checked or checked != checked.strip():
        raise error(field, value, f"1 to {maximum} characters without white space at either end")
    return checked


def id_code(value: object, field: str, error: Checked, instead: str) -> str:
    """Return an id as :func:`code` does; whoever passes the thing itself is told what to pass instead."""
    if not isinstance(value, str):
        raise error(field, value, instead)
    return code(value, field, error)


def optional_code(value: object, field: str, error: Checked) -> str | None:
    """Return a code, or None where it is missing; a blank one counts as missing."""
    if value is None:
        return None
    if isinstance(value, str) and not value.strip():
        return None
    return code(value, field, error)


def is_zone(name: str) -> bool:
    """Say whether a name is that of an IANA time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def flag(value: object, field: str, error: Checked) -> bool:
    """Return a bool, or refuse what only looks like one."""
    if value is True or value is False:
        return value
    raise error(field, value, "True or False")


def collected(value: object, field: str, error: Checked, item: Callable[[object, str, Checked], T]) -> tuple[T, ...]:
    """Return an iterable as a tuple whose items were checked one by one; a bare string is refused."""
    if type(value) is tuple and not value:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise error(field, value, "a list or tuple, not a single value")
    return tuple(item(entry, f"{field}[{index}]", error) for index, entry in enumerate(value))


K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(Mapping[K, V]):
    """An immutable mapping that can be hashed by its names, pickled and copied."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V]) -> None:
        """Keep a copy of the items, in their order."""
        self._items = dict(items)

    def __getitem__(self, name: K) -> V:
        """Return the value of a name."""
        return self._items[name]

    def __iter__(self) -> Iterator[K]:
        """Iterate over the names."""
        return iter(self._items)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._items)

    def __hash__(self) -> int:
        """Hash the names; the values need have no hash."""
        return hash(frozenset(self._items))

    def __repr__(self) -> str:
        """Show the items."""
        return repr(self._items)

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling and copying."""
        return (type(self), (self._items,))


def names(value: object, field: str, error: Checked) -> tuple[str, ...]:
    """Return an iterable of short strings as a tuple; a bare string is refused, not split into letters."""
    return collected(value, field, error, lambda one, place, kind: text(one, place, kind, LINE_MAX))


AttributeValue: TypeAlias = str | int | float | bool | Decimal | date | datetime
"""What an attribute may be; a datetime is aware and becomes UTC, an int fits 64 bits, numbers are finite."""


class Attributes(Mapping[str, AttributeValue]):
    """An immutable, hashable mapping of names to typed values, in the order of the names.

    Two are equal only where the types are equal too: 1, 1.0 and True are three different values here,
    because they are three different answers to an analyst.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, AttributeValue] | Iterable[tuple[str, AttributeValue]] = ()) -> None:
        """Check and keep the items.

        Raises:
            InvalidValue: A name is no code, or a value is of another type, not finite, or naive.
        """
        pairs = dict(items).items()
        self._items: dict[str, AttributeValue] = {
            code(name, "attributes", InvalidValue): _attribute(value, f"attributes[{name!r}]")
            for name, value in sorted(pairs, key=lambda pair: str(pair[0]))
        }

    def __getitem__(self, name: str) -> AttributeValue:
        """Return the value of a name."""
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names in order."""
        return iter(self._items)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._items)

    def _typed(self) -> tuple[tuple[str, type, AttributeValue], ...]:
        return tuple((name, type(value), value) for name, value in self._items.items())

    def __eq__(self, other: object) -> bool:
        """Compare names, types and values."""
        if isinstance(other, Attributes):
            return self._typed() == other._typed()
        return NotImplemented

    def __hash__(self) -> int:
        """Hash names, types and values."""
        return hash(self._typed())

    def __repr__(self) -> str:
        """Show the items."""
        return f"Attributes({self._items!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling and copying."""
        return (type(self), (self._items,))


NO_ATTRIBUTES = Attributes()


def _attribute(value: object, field: str) -> AttributeValue:
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        return text(value, field, InvalidValue, TEXT_MAX)
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise InvalidValue(field, value, "an integer of 64 bits; longer ones as text")
        return int(value)
    if isinstance(value, float | Decimal):
        if not is_finite(value):
            raise InvalidValue(field, value, "a finite number")
        return Decimal(value) if isinstance(value, Decimal) else float(value)
    if isinstance(value, datetime):
        return utc(value, field, InvalidValue)
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    raise InvalidValue(field, value, "a str, int, float, bool, Decimal, date or aware datetime")


ENGLISH = "en"
"""The language of those who asked for no other."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""What a BCP 47 tag looks like; which languages there are is not for us to say."""


def is_language(tag: str) -> bool:
    """Say whether a string looks like a language's BCP 47 tag."""
    return len(tag) <= 35 and _LANGUAGE.fullmatch(tag) is not None


_IN_NO_URL = frozenset(' "<>\\^`{|}')


def is_web_address(url: object) -> bool:
    """Say whether something is an absolute http or https URL, or the beginning of one, that any program can follow."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or _IN_NO_URL.intersection(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
