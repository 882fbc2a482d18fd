"""Random conditions as plain tables, and what each comes to: an oracle that knows dictionaries and types only."""

from __future__ import annotations

import operator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

Table = dict[str, Any]

TEXTS = (
    "BR",
    "br",
    "vip",
    "press",
    "",
    " ",
    'a"b\\c',
    "line\nbreak",
    "ß",
    "SS",
    "\U0001f600\u2028",
    "nps",
    "refund",
    "Refund!",
)
NUMBERS = (0, 1, 3, -2, 2**63 - 1, 0.1, 2.5, 1e-7, 3.0, Decimal("0.1"), Decimal("2.50"), Decimal("1E+2"), 100)
TIMES = (
    date(2026, 11, 20),
    date(2026, 11, 21),
    datetime(2026, 11, 20, tzinfo=UTC),
    datetime(2026, 11, 20, 12, 30, 15, 250, tzinfo=UTC),
)
VALUES = st.sampled_from((*TEXTS, *NUMBERS, *TIMES, True, False))
TEXT_FIELDS = ("survey", "group", "segment", "ticket", "agent", "company", "email_domain", "comment", "scale")
MANY = ("tags", "factors")
ATTRIBUTES = ("plan", "country", "attributes.score", "attributes.and", "attributes.two words", "ключ", "attributes.x.y")
"""Names of attributes, in full where a field or a word has the same one."""
_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def _table(name: str, sign: str, value: Any = None) -> Table:
    return (
        {"field": name, "operator": sign}
        if sign.startswith("is")
        else {"field": name, "operator": sign, "value": value}
    )


def _of(names: tuple[str, ...], values: st.SearchStrategy[Any], ordered: st.SearchStrategy[Any] | None = None) -> Any:
    fields = st.sampled_from(names)
    found = [
        st.builds(_table, fields, st.sampled_from(["=", "!="]), values),
        st.builds(_table, fields, st.sampled_from(["in", "not in"]), st.lists(values, min_size=1, max_size=3)),
        st.builds(_table, fields, st.sampled_from(["is set", "is not set"])),
    ]
    if ordered is not None:
        found.append(st.builds(_table, fields, st.sampled_from(list(_ORDERS)), ordered))
    return st.one_of(found)


_TEXTS, _NUMBERS = st.sampled_from(TEXTS), st.sampled_from(NUMBERS)
_COMPARISONS = st.one_of(
    _of(ATTRIBUTES, VALUES, st.sampled_from((*NUMBERS, *TIMES))),
    _of((*TEXT_FIELDS, *MANY, "tag", "factor"), _TEXTS),
    _of(("score",), _NUMBERS, _NUMBERS),
    _of(("category",), st.sampled_from(["detractor", "passive", "promoter"])),
    _of(("wants_contact",), st.booleans()),
    _of(("received_at",), st.sampled_from(TIMES[2:]), st.sampled_from(TIMES[2:])),
    st.builds(_table, st.sampled_from((*TEXT_FIELDS, *MANY, *ATTRIBUTES)), st.just("contains"), _TEXTS),
)


def tables() -> st.SearchStrategy[Table]:
    """Return a strategy for conditions, as tables."""
    return st.recursive(
        _COMPARISONS,
        lambda inner: st.one_of(
            st.builds(lambda found: {"all": found}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda found: {"any": found}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda found: {"not": found}, inner),
        ),
        max_leaves=8,
    )


@st.composite
def facts(draw: st.DrawFn) -> Table:
    """Draw what is known of a response, by the names that conditions use."""
    found: Table = {name: draw(st.none() | _TEXTS) for name in TEXT_FIELDS if name != "scale"}
    found |= {name: draw(st.lists(_TEXTS, max_size=2)) for name in MANY}
    found |= {"score": draw(st.integers(0, 10)), "wants_contact": draw(st.booleans()), "scale": "NPS"}
    found |= {"received_at": draw(st.sampled_from(TIMES[2:]))}
    band = "detractor" if found["score"] <= 6 else "promoter" if found["score"] >= 9 else "passive"
    return found | {"category": band, "attributes": draw(st.dictionaries(st.sampled_from(_BARE), VALUES))}


def _bare(name: str) -> str:
    return name.removeprefix("attributes.")


_BARE = tuple(map(_bare, ATTRIBUTES))


def truth(table: Table, known: Table) -> bool:
    """Return what a condition comes to."""
    match table:
        case {"all": inner}:
            return all(truth(one, known) for one in inner)
        case {"any": inner}:
            return any(truth(one, known) for one in inner)
        case {"not": inner}:
            return not truth(inner, known)
        case _:
            return _compared(table["field"], table["operator"], table.get("value"), known)


def _compared(name: str, sign: str, value: Any, known: Table) -> bool:
    name = {"tag": "tags", "factor": "factors"}.get(name, name)
    if name in ATTRIBUTES:
        found = [known["attributes"][_bare(name)]] if _bare(name) in known["attributes"] else []
    else:
        found = known[name] if name in MANY else [] if known[name] is None else [known[name]]
    if name == "email_domain":
        found = [one.lower() for one in found]
        value = [one.lower() for one in value] if isinstance(value, list) else value and value.lower()
    if sign == "is set":
        return any(one.strip() if isinstance(one, str) else True for one in found)
    if sign == "contains" and name not in MANY:
        return any(isinstance(one, str) and value.casefold() in one.casefold() for one in found)
    if sign in _ORDERS:
        return any(_sort(one) == _sort(value) and _ORDERS[sign](_exact(one), _exact(value)) for one in found)
    if sign in {"is not set", "!=", "not in"}:
        return not _compared(name, {"is not set": "is set", "!=": "=", "not in": "in"}[sign], value, known)
    others = value if sign == "in" else [value]
    return any(_sort(one) == _sort(other) and _exact(one) == _exact(other) for one in found for other in others)


def _sort(value: Any) -> str:
    return "number" if type(value) in {int, float, Decimal} else type(value).__name__


def _exact(value: Any) -> Any:
    return Fraction(repr(value)) if type(value) is float else Fraction(value) if _sort(value) == "number" else value
