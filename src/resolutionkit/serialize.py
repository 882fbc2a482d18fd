"""Values to plain data and back, through one cattrs converter. Which table holds what stands in ``storage``.

Events are split for storage: personal words and responses are kept apart from the payload, so that erasing is
an update in few places; :func:`event_from` puts them together again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs
from attrs import frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_unstructure_fn

from resolutionkit.errors import StorageError, shown
from resolutionkit.model.events import EVENT_TYPES, Cause, CauseKind, Event
from resolutionkit.model.issue import RootCause
from resolutionkit.model.notes import Note
from resolutionkit.model.response import Answer, Contact, Response
from resolutionkit.model.scale import Scale
from resolutionkit.model.values import Attributes, AttributeValue, instant_of, micros


def _dump_attribute(value: AttributeValue) -> object:
    if isinstance(value, datetime):
        return {"instant": micros(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return value


_TAGGED: Mapping[str, Callable[[Any], AttributeValue]] = {
    "instant": instant_of,
    "date": date.fromisoformat,
    "decimal": Decimal,
}


def _load_attribute(value: Any) -> AttributeValue:
    if isinstance(value, dict):
        ((tag, inner),) = value.items()
        return _TAGGED[tag](inner)
    plain: AttributeValue = value
    return plain


def _make_converter() -> Converter:
    converter = Converter(omit_if_default=True, unstruct_collection_overrides={tuple: list})
    converter.register_unstructure_hook(datetime, micros)
    converter.register_structure_hook(datetime, lambda value, _: instant_of(value))
    converter.register_unstructure_hook(
        Attributes, lambda attributes: {name: _dump_attribute(value) for name, value in attributes.items()}
    )
    converter.register_structure_hook(
        Attributes, lambda values, _: Attributes({name: _load_attribute(value) for name, value in values.items()})
    )
    for number in (int | float, int | float | None):
        converter.register_structure_hook(number, lambda value, _: value)
        converter.register_unstructure_hook(number, lambda value: value)
    for kind in (Scale, Contact, Answer, Response, Note, RootCause, *EVENT_TYPES):
        attrs.resolve_types(kind)
        omitting: Callable[[Any], dict[str, Any]] = make_dict_unstructure_fn(
            kind, converter, _cattrs_omit_if_default=True
        )
        converter.register_unstructure_hook(kind, omitting)
    return converter


CONVERTER = _make_converter()
"""The one converter; it knows every value of the model that is stored."""


def to_json(data: object) -> str:
    """Return plain data as compact JSON text."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def response_to_json(response: Response) -> str:
    """Return a response as JSON text."""
    return to_json(CONVERTER.unstructure(response))


def response_from_json(body: str) -> Response:
    """Return the response that JSON text holds."""
    return CONVERTER.structure(json.loads(body), Response)


@frozen(kw_only=True)
class StoredEvent:
    """An event as it is stored: plain data, its personal words and its response apart.

    Attributes:
        id: Its id.
        number: Its number.
        at: Its instant, in microseconds.
        actor: Who did it.
        cause: What led to it, as (kind, reference).
        policy: The policy's fingerprint.
        kind: Its kind.
        format: The format of its payload.
        payload: All that is not personal; people stand in the keys of :data:`PARTY_KEYS`.
        words: What people wrote, or None.
        response: The id of the response that it carries, or None.
        revision: The revision of that response, or None.
    """

    id: str
    number: int
    at: int
    actor: str
    cause: tuple[str, str | None]
    policy: str
    kind: str
    format: int
    payload: dict[str, Any]
    words: dict[str, Any] | None = None
    response: str | None = None
    revision: int | None = None


PARTY_KEYS = ("assignee", "follower", "to", "followers", "people")
"""The keys of a payload that hold a person or address, or a list of them."""

_BASE = frozenset(attribute.name for attribute in attrs.fields(Event)) - {"advice"}
_KINDS: Mapping[str, type[Event]] = {kind.kind: kind for kind in EVENT_TYPES}
_WORDS: Mapping[str, tuple[str, ...]] = {"note": ("text", "author"), "root_cause": ("whys", "actions")}
"""Which parts of a nested value are personal words; a bare ``reason`` is one too."""


def event_to_stored(event: Event) -> StoredEvent:
    """Return an event as it is stored."""
    data: dict[str, Any] = CONVERTER.unstructure(event)
    payload = {name: value for name, value in data.items() if name not in _BASE}
    response = getattr(event, "response", None)
    payload.pop("response", None)
    words: dict[str, Any] = {}
    if "reason" in payload:
        words["reason"] = payload.pop("reason")
    for name, personal in _WORDS.items():
        nested = payload.get(name)
        if nested is not None:
            words[name] = {key: nested.pop(key) for key in personal if key in nested}
    return StoredEvent(
        id=event.id,
        number=event.number,
        at=data["at"],
        actor=event.actor,
        cause=(event.cause.kind.value, event.cause.ref),
        policy=event.policy,
        kind=event.kind,
        format=event.format,
        payload=payload,
        words=words or None,
        response=None if response is None else response.id,
        revision=payload.pop("revision", None),
    )


def event_from(stored: StoredEvent, response: Response | None) -> Event:
    """Return the event that was stored.

    Args:
        stored: The stored event.
        response: The response that it names, in the revision that it names.

    Raises:
        StorageError: Its kind or format is not known here, since a newer version wrote it, or it is damaged.
    """
    kind = _KINDS.get(stored.kind)
    if kind is None or stored.format != kind.format:
        raise StorageError(
            f"event {stored.id} is a {shown(stored.kind)} of format {stored.format}, which this version does not know; "
            "read it with the version of resolutionkit that wrote it, or a newer one"
        )
    try:
        return _built(kind, stored, _whole(stored, response))
    except (BaseValidationError, TypeError, ValueError, KeyError) as problem:
        raise StorageError(f"event {stored.id} is damaged; restore it from a backup ({problem})") from problem


def _whole(stored: StoredEvent, response: Response | None) -> dict[str, Any]:
    """Return the payload with the words and the response where they belong."""
    data: dict[str, Any] = {name: value for name, value in stored.payload.items() if name not in _WORDS}
    words = stored.words or {}
    for name in _WORDS:
        if name in stored.payload:
            data[name] = {**stored.payload[name], **words.get(name, {})}
    if "reason" in words:
        data["reason"] = words["reason"]
    if response is not None:
        data["response"], data["revision"] = response, stored.revision
    return data


def _built(kind: type[Event], stored: StoredEvent, data: dict[str, Any]) -> Event:
    facts = {
        attribute.name: _structured(data[attribute.name], attribute.type)
        for attribute in attrs.fields(kind)
        if attribute.name in data
    }
    return kind(
        id=stored.id,
        number=stored.number,
        at=instant_of(stored.at),
        actor=stored.actor,
        cause=Cause(CauseKind(stored.cause[0]), stored.cause[1]),
        policy=stored.policy,
        **facts,
    )


def _structured(value: Any, declared: Any) -> Any:
    return value if isinstance(value, Response) else CONVERTER.structure(value, declared)
