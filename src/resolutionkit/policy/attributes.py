"""Which attributes an account's responses have, where its policy says so: names and the types of their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from resolutionkit.datafile import key_of, nearest
from resolutionkit.errors import Fault, InvalidValue, shown
from resolutionkit.model.values import FrozenMap, code

ATTRIBUTE_TYPES: Mapping[str, type] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "decimal": Decimal,
    "date": date,
    "datetime": datetime,
}
"""The types by the names that the mapping of an import has for them."""


def attributes_of(value: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Return attributes with the names of their types as a policy keeps them; a name of no type stays, to be told."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise InvalidValue("attributes", value, "a mapping of names to types, such as {'country': 'str'}, or None")
    named = {code(name, "attributes", InvalidValue): kind for name, kind in value.items()}
    return FrozenMap({name: code(kind, f"attributes.{name}", InvalidValue) for name, kind in named.items()})


def attribute_faults(attributes: Mapping[str, str] | None, dimensions: tuple[str, ...]) -> Iterator[Fault]:
    """Yield types that do not exist, and dimensions that no response has."""
    for name, kind in (attributes or {}).items():
        if kind not in ATTRIBUTE_TYPES:
            yield Fault(f"attributes.{key_of(name)}", f"{shown(kind)} is no type{nearest(kind, ATTRIBUTE_TYPES)}")
    for index, name in enumerate(dimensions if attributes is not None else ()):
        if name not in (attributes or {}):
            yield Fault(
                f"dimensions[{index}]", f"{shown(name)} is none of the attributes{nearest(name, attributes or {})}"
            )


def types_of(attributes: Mapping[str, str]) -> dict[str, type]:
    """Return the type of each attribute whose type exists."""
    return {name: ATTRIBUTE_TYPES[kind] for name, kind in attributes.items() if kind in ATTRIBUTE_TYPES}
