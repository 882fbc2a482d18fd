"""The JSON Schema of a policy's file, for editors, made from the tables of ``policy.policy_keys``.

It is of draft 7, which the editors' extensions for TOML read. The file that ships beside this one has the same.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from importlib.resources import files
from typing import Any

import attrs

from resolutionkit.policy.key_shapes import SHARED
from resolutionkit.policy.policy_data import in_units
from resolutionkit.policy.policy_keys import SECTIONS, TOP, Key, Section
from resolutionkit.policy.workflow import Workflow

SCHEMA_ID = "urn:resolutionkit:policy:1"
"""Which description of the file this is."""
SCHEMA_FILE = "policy.schema.json"
"""The name of the file that ships in this package."""
_ENTRY = re.compile(r"^ {4}(\w+): +(.*)$")


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of the TOML file of a policy: every key, with what may stand there.

    A file that it refuses is no policy; one that it takes may still have faults that only loading finds.
    """
    text = files("resolutionkit.policy").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def made_schema() -> dict[str, Any]:
    """Return the schema as the tables have it; what ships is a copy of it."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": SCHEMA_ID,
        "title": "A policy of resolutionkit",
        **_section(TOP),
        "definitions": {one.path: _section(one) for one in SECTIONS if one.path}
        | {name: dict(shared) for name, shared in SHARED.items()},
    }


def _section(section: Section) -> dict[str, Any]:
    required = [key.name for key in section.keys if key.is_required]
    return {
        "type": "object",
        "properties": {key.name: _key(section, key) for key in section.keys},
        **({"required": required} if required else {}),
        "additionalProperties": False,
        **section.more,
    }


def _key(section: Section, key: Key) -> dict[str, Any]:
    meaning = meaning_of(section, key)
    told = meaning if key.requirement in meaning else f"{meaning} ({key.requirement})"
    # Beside a reference draft 7 looks at nothing else.
    kind = {"allOf": [dict(key.kind.schema)]} if "$ref" in key.kind.schema else dict(key.kind.schema)
    default = default_of(section, key)
    return {**kind, "description": told, **({} if default is None else {"default": default})}


def meaning_of(section: Section, key: Key) -> str:
    """Return what a key means, in plain words.

    Raises:
        LookupError: Nobody has said it.
    """
    meaning = key.meaning or entries_of(section.owner.__doc__).get(key.fills, "")
    if not meaning:
        raise LookupError(
            f"the key {section.path}.{key.name} has no meaning; say it in the docstring or in policy_keys"
        )
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", meaning).replace("``", "`")


def entries_of(doc: str | None) -> Mapping[str, str]:
    """Return what the *Attributes* of a docstring say, each on one line."""
    found: dict[str, str] = {}
    name, inside = "", False
    for line in inspect.cleandoc(doc or "").splitlines():
        if line and not line.startswith(" "):
            inside = line == "Attributes:"
            continue
        entry = _ENTRY.match(line) if inside else None
        if entry is not None:
            name = entry[1]
            found[name] = entry[2]
        elif inside and name and line.strip():
            found[name] += f" {line.strip()}"
    return found


def default_of(section: Section, key: Key) -> Any:
    """Return what holds where a key is missing, as the file would say it; None where that is nothing in particular."""
    fields = {one.name: one.default for one in attrs.fields(section.owner)}
    default = fields.get(key.fills)
    if isinstance(default, Workflow):
        return default.name
    if isinstance(default, timedelta):
        return in_units(default, timedelta(days=1))
    if isinstance(default, Enum):
        return default.value
    if isinstance(default, tuple):
        return list(default) if key.kind.schema.get("type") == "array" else None
    return default if isinstance(default, bool | int | float | str) else None
