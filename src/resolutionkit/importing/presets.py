"""The mappings for well-known tools that ship with the library, and how a mapping of one's own completes one.

Each preset is a TOML file beside this one, in ``shipped``, in the grammar of every other mapping. Which question is the
score differs from survey to survey, so a preset names none where the tool has no fixed name for it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from resolutionkit.datafile import Entry, nearest
from resolutionkit.errors import shown

_TABLES = ("file", "dates", "numbers", "contact", "answers", "attributes", "leave_out")
"""The tables that a mapping and its preset fill together; anything else is one's or the other's."""
_SUFFIX = ".toml"


def names() -> tuple[str, ...]:
    """Return the names of all presets, in order."""
    found = (file.name for file in files(__package__).joinpath("shipped").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def with_preset(preset: Entry, own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a mapping with all that its preset has and it does not say otherwise.

    Args:
        preset: The entry that names the preset; a fault is noted there where there is none of that name.
        own: The mapping.
    """
    rest = {key: value for key, value in own.items() if key != "preset"}
    name = preset.of(str)
    if name is None:
        return rest
    if name not in names():
        preset.fault(f"there is no preset {shown(name)}{nearest(name, names())}")
        return rest
    return _merged(_shipped(name), rest)


def _shipped(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("shipped", name + _SUFFIX).read_text(encoding="utf-8"))


def _merged(shipped: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    both = {key: shipped[key] | own[key] for key in _TABLES if _has_table(shipped, key) and _has_table(own, key)}
    return shipped | own | both


def _has_table(data: dict[str, Any], key: str) -> bool:
    return isinstance(data.get(key), dict)
