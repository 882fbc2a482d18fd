"""The private way to build values: of facts that passed the border's checks, so that nothing is checked again.

Every value that a caller can build is checked by its class. Inside, an issue is built anew at each of its events, from
facts that were checked when they came in; checking and setting them one by one again was most of the library's work.

How: a frozen class pays for every field that it sets. Its *twin* has the same fields and none of the guards; a twin is
filled, and then becomes an instance of the class: equal to any other, frozen from then on. Import contracts keep this
module to the library itself, and nothing here is part of the public face.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import attrs

P = ParamSpec("P")
V = TypeVar("V")

_TWINS: dict[type, type] = {}
_COPIERS: dict[type, Callable[[Any], Any]] = {}


def trusted(kind: Callable[P, V]) -> Callable[P, V]:
    """Return a maker of values of a class, with the class's own signature and defaults, that checks nothing.

    Args:
        kind: An attrs class with slots, without a slot for weak references, whose defaults are values.
    """
    if not isinstance(kind, type) or any("__weakref__" in vars(one) for one in kind.__mro__):
        raise TypeError(f"{kind!r} is no attrs class with slots and without one for weak references")
    fields = [one for one in attrs.fields(kind) if one.init]
    defaults = {f"_{one.name}": one.default for one in fields if one.default is not attrs.NOTHING}
    arguments = ", ".join(f"{one.name}=_{one.name}" if f"_{one.name}" in defaults else one.name for one in fields)
    maker: Callable[P, V] = _written(kind, f"*, {arguments}", "{0}", "value.__class__ = kind", defaults)
    return maker


def changed(value: V, **facts: Any) -> V:
    """Return a value with some of its facts replaced, none of them checked."""
    kind = type(value)
    copier = _COPIERS.get(kind)
    if copier is None:
        copier = _COPIERS[kind] = _written(kind, "known", "known.{0}", "pass", {})
    other = copier(value)
    for name, fact in facts.items():
        setattr(other, name, fact)
    other.__class__ = kind
    made: V = other
    return made


def _twin(kind: type) -> type:
    """Return the class with the same fields and without guards: its layout has to be the same, to the last slot."""
    if kind not in _TWINS:
        # Setting and deleting share a slot of the type: both have to be plain for either to be quick.
        plain = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
        body = {"__slots__": kind.__slots__, **plain}  # type: ignore[attr-defined]
        _TWINS[kind] = type(f"_{kind.__name__}Twin", kind.__bases__, body)
    return _TWINS[kind]


def _written(kind: type, arguments: str, source: str, last: str, names: dict[str, Any]) -> Callable[..., Any]:
    """Return a function that fills a twin, written out field by field as attrs writes its own: a loop is slower."""
    fields = [one.name for one in attrs.fields(kind)]
    lines = [f"value.{name} = {source.format(name)}" for name in fields]
    body = "\n    ".join(["value = twin()", *lines, last, "return value"])
    scope: dict[str, Any] = {"twin": _twin(kind), "kind": kind, **names}
    exec(f"def fill({arguments}):\n    {body}", scope)  # noqa: S102  (of the class's own field names)
    filled: Callable[..., Any] = scope["fill"]
    return filled
