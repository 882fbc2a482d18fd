"""Where names of the standard library and of our dependencies are documented. Pure, and without the network.

A link is made from the name alone: a table says which page each built-in stands on, and which site a package has.
"""

from __future__ import annotations

import builtins
import sys
from importlib.util import find_spec

PYTHON = "https://docs.python.org/3"

_BUILT_IN_PAGES = {
    "stdtypes": ("bytes", "dict", "frozenset", "list", "range", "set", "str", "tuple"),
    "functions": ("bool", "float", "int", "object", "property", "type"),
    "constants": ("None", "NotImplemented", "True", "False"),
}
_BUILT_INS = {name: page for page, names in _BUILT_IN_PAGES.items() for name in names}

_SITES = {
    "attr": "https://www.attrs.org/en/stable/api.html",
    "attrs": "https://www.attrs.org/en/stable/api.html",
    "hypothesis": "https://hypothesis.readthedocs.io/en/latest/reference/index.html",
    "pluggy": "https://pluggy.readthedocs.io/en/stable/api_reference.html",
    "sqlalchemy": "https://docs.sqlalchemy.org/en/20/",
    "pytest": "https://docs.pytest.org/en/stable/reference/reference.html",
    "_pytest": "https://docs.pytest.org/en/stable/reference/reference.html",
}
"""The page of each dependency that public signatures mention."""

_HOMES = {
    "datetime": "datetime.datetime",
    "date": "datetime.date",
    "timedelta": "datetime.timedelta",
    "tzinfo": "datetime.tzinfo",
    "Path": "pathlib.Path",
    "Any": "typing.Any",
    "Callable": "collections.abc.Callable",
    "Iterable": "collections.abc.Iterable",
    "Mapping": "collections.abc.Mapping",
    "Sequence": "collections.abc.Sequence",
    "TracebackType": "types.TracebackType",
    "Decimal": "decimal.Decimal",
    "ZoneInfo": "zoneinfo.ZoneInfo",
}
"""The full names of what signatures mention without its module."""


def address_of(target: str) -> str | None:
    """Return where a name is documented, or None where it belongs to nobody outside that we know."""
    name = _HOMES.get(target, target).removeprefix("builtins.")
    root, _, rest = name.partition(".")
    if not rest:
        return _built_in(root)
    if root in _SITES:
        return _SITES[root]
    if root not in sys.stdlib_module_names:
        return None
    # Newer Pythons define some things in a private module, and document them in the public one.
    known = ".".join(part for part in name.split(".") if not part.startswith("_"))
    return f"{PYTHON}/library/{_module_of(known)}.html#{known}"


def _module_of(name: str) -> str:
    """Return the part of a dotted name that is a module; the rest is a class, or a method of one."""
    module = name.partition(".")[0]
    for part in name.split(".")[1:]:
        try:
            if find_spec(f"{module}.{part}") is None:
                return module
        except ModuleNotFoundError:
            return module
        module = f"{module}.{part}"
    return module


def _built_in(name: str) -> str | None:
    if name in _BUILT_INS:
        return f"{PYTHON}/library/{_BUILT_INS[name]}.html#{name}"
    thing = getattr(builtins, name, None)
    if isinstance(thing, type) and issubclass(thing, BaseException):
        return f"{PYTHON}/library/exceptions.html#{name}"
    return None
