"""The schema of webhook payloads, made from the types of the code; run as a program, this writes it anew."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import attrs

import resolutionkit
from resolutionkit.model.events import EVENT_TYPES, Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.response import Response
from resolutionkit.model.values import Attributes
from resolutionkit.notify.payload import _FACTS, _RESPONSE_FACTS, PAYLOAD_SCHEMA

FILE = Path(resolutionkit.__file__).parent / "notify" / "webhook_payload.schema.json"
_SIMPLE: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    types.NoneType: {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    Attributes: {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
}


def schema() -> dict[str, Any]:
    """Return the schema as the code has it."""
    defs: dict[str, Any] = {}
    kinds = [_event(kind, defs) for kind in EVENT_TYPES]
    issue = {name: _of(_type(Issue, name), defs) for name in _FACTS}
    issue |= {"status_label": _SIMPLE[str], "assignee_email": _either([_SIMPLE[str], _SIMPLE[types.NoneType]])}
    issue |= {"response": _SIMPLE[str], "scale": _SIMPLE[str]}
    issue |= {name: _of(_type(Response, name), defs) for name in _RESPONSE_FACTS}
    data = {"account": _SIMPLE[str], "event": {"oneOf": kinds}, "issue": _either([_object(issue), {"type": "null"}])}
    names = [f"resolutionkit.issue.{kind.kind}" for kind in EVENT_TYPES]
    body = {
        "specversion": {"const": "1.0"},
        "id": _SIMPLE[str],
        "source": {"type": "string", "format": "uri-reference"},
        "type": {"enum": names},
        "subject": _SIMPLE[str],
        "time": _SIMPLE[datetime],
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"const": PAYLOAD_SCHEMA},
        "data": _object(data),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": PAYLOAD_SCHEMA,
        "title": "What resolutionkit sends of each event of an issue",
        "description": "Names may be added, and kinds of events: pass over what you do not know.",
        **_object(body),
        "$defs": dict(sorted(defs.items())),
    }


def closed(one: Any) -> Any:
    """Return a schema under which a name that it does not have is an error."""
    if isinstance(one, list):
        return [closed(item) for item in one]
    if not isinstance(one, dict):
        return one
    inner = {name: closed(value) for name, value in one.items()}
    return {"additionalProperties": False, **inner} if "properties" in one else inner


def _event(kind: type[Event], defs: dict[str, Any]) -> dict[str, Any]:
    fields = {"kind": {"const": kind.kind}, "format": {"const": kind.format}}
    defs[kind.__name__] = {"title": (kind.__doc__ or "").partition("\n")[0], **_object(fields | _fields(kind, defs))}
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _fields(kind: type, defs: dict[str, Any]) -> dict[str, Any]:
    return {name: _of(hint, defs) for name, hint in _types(kind).items()}


def _types(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in attrs.fields(kind)}


def _type(kind: type, name: str) -> Any:
    found = getattr(kind, name)
    return get_type_hints(found.fget)["return"] if isinstance(found, property) else _types(kind)[name]


def _of(hint: Any, defs: dict[str, Any]) -> dict[str, Any]:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if hint is Event:  # any of them, all of which are described by now or will be
        return {"oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in EVENT_TYPES]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _of(get_args(hint)[0], defs)}
    if isinstance(hint, types.UnionType) or get_args(hint):
        return _either([_of(one, defs) for one in get_args(hint)])
    if issubclass(hint, Enum):
        return {"enum": [one.value for one in hint]}
    defs.setdefault(hint.__name__, {}).update(_object(_fields(hint, defs)))
    return {"$ref": f"#/$defs/{hint.__name__}"}


def _either(ones: list[dict[str, Any]]) -> dict[str, Any]:
    if all(set(one) == {"type"} for one in ones):
        return {"type": [one["type"] for one in ones]}
    return {"anyOf": ones}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


if __name__ == "__main__":
    FILE.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
