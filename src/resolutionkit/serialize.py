"""Values to plain data and back, through one cattrs converter. Which table holds what stands in ``storage``.

A store that keeps values whole has two functions, :func:`to_stored` and :func:`from_stored`: they are the public ones.
Tables split events: personal words and responses are kept apart from the payload, so that erasing is an update in few
places; :func:`event_from` puts them together again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar, cast

import attrs
from attrs import frozen
from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from resolutionkit.errors import StorageError, shown
from resolutionkit.model.events import EVENT_TYPES, Cause, CauseKind, Event, Merged
from resolutionkit.model.issue import Phase, RootCause
from resolutionkit.model.messages import Topic, Why
from resolutionkit.model.notes import Note
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.preferences_data import preferences_data, read_preferences
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.response import Answer, Contact, Response, Standing
from resolutionkit.model.results import Advice, AdviceCode
from resolutionkit.model.scale import Category, Scale
from resolutionkit.model.trusted import trusted
from resolutionkit.model.values import Attributes, AttributeValue, instant_of, micros

__all__ = ["from_stored", "to_stored"]

V = TypeVar("V")


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


_BASE = frozenset(attribute.name for attribute in attrs.fields(Event)) - {"advice"}
_APART = frozenset({*_BASE, "response", "history"})
"""What an event's payload leaves out: it is stored in columns and tables of its own."""


def _make_converter() -> Converter:
    converter = Converter(omit_if_default=True, unstruct_collection_overrides={tuple: list})
    converter.register_unstructure_hook(datetime, micros)
    converter.register_unstructure_hook(
        Attributes, lambda attributes: {name: _dump_attribute(value) for name, value in attributes.items()}
    )
    converter.register_unstructure_hook(Preferences, preferences_data)
    for number in (int | float, int | float | None):
        converter.register_structure_hook(number, lambda value, _: value)
        converter.register_unstructure_hook(number, lambda value: value)
    for kind in (Scale, Contact, Answer, Response, Note, RootCause, *EVENT_TYPES):
        attrs.resolve_types(kind)
        apart = _APART if issubclass(kind, Event) else ()
        omitted: dict[str, Any] = {name: override(omit=True) for name in apart}
        dump: Callable[[Any], dict[str, Any]] = make_dict_unstructure_fn(
            kind, converter, _cattrs_omit_if_default=True, **omitted
        )
        converter.register_unstructure_hook(kind, dump)
    return converter


CONVERTER = _make_converter()
"""The one converter; it knows every value of the model that is stored."""


def _reader(kind: type[V]) -> Callable[[dict[str, Any]], V]:
    """Return a function that builds a value of stored data, which was checked before it was stored."""
    make: Callable[..., V] = trusted(kind)
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(kind)  # type: ignore[arg-type]
    of_type = [(one.name, _READERS[one.type]) for one in fields if one.type in _READERS]

    def read(data: dict[str, Any]) -> V:
        facts = dict(data)
        for name, of_kind in of_type:
            if name in facts:
                facts[name] = of_kind(facts[name])
        return make(**facts)

    return read if of_type else lambda data: make(**data)


def _of_scale(data: dict[str, Any] | None) -> Scale | None:
    return None if data is None else CONVERTER.structure(data, Scale)


def _of_attributes(data: dict[str, Any]) -> Attributes:
    return Attributes({name: _load_attribute(value) for name, value in data.items()})


def _maybe(read: Callable[[Any], V]) -> Callable[[Any], V | None]:
    return lambda data: None if data is None else read(data)


_READERS: dict[Any, Callable[[Any], Any]] = {
    datetime: instant_of,
    Phase: Phase,
    tuple[str, ...]: tuple,
    Scale | None: _of_scale,
    Attributes: _of_attributes,
    tuple[QuarantineReason, ...]: lambda data: tuple(map(QuarantineReason, data)),
}
"""How each type is read that JSON does not have; each class of the model adds itself below, its parts before it."""

_READERS[Contact] = _reader(Contact)
_READERS[Answer] = _reader(Answer)
_READERS[tuple[Answer, ...]] = lambda data: tuple([_READERS[Answer](one) for one in data])
_READERS[RootCause] = _reader(RootCause)
_READERS[Note] = _reader(Note)
_READERS[Note | None] = _maybe(_READERS[Note])
_READ_RESPONSE = _reader(Response)
_READ_EVENT: Mapping[str, Callable[[dict[str, Any]], Event]] = {kind.kind: _reader(kind) for kind in EVENT_TYPES}


# json.dumps would make one each time.
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def to_json(data: object) -> str:
    """Return plain data as compact JSON text."""
    return _COMPACT.encode(data)


def response_to_json(response: Response) -> str:
    """Return a response as JSON text."""
    return to_json(CONVERTER.unstructure(response))


def response_from_json(body: str) -> Response:
    """Return the response that JSON text holds.

    Raises:
        StorageError: It is damaged.
    """
    try:
        return _READ_RESPONSE(json.loads(body))
    except (TypeError, ValueError, KeyError, AttributeError) as problem:
        raise StorageError(f"a stored response is damaged; restore it from a backup ({problem})") from problem


@lru_cache(maxsize=1024)
def preferences_from_json(body: str) -> Preferences:
    """Return the preferences that JSON text holds; the same text is read once.

    Raises:
        StorageError: It is damaged.
    """
    try:
        data = json.loads(body)
    except ValueError as problem:
        raise StorageError(f"a stored Preferences is damaged; restore it from a backup ({problem})") from problem
    return from_stored(Preferences, data)


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


PARTY_KEYS = ("assignee", "follower", "to", "followers", "people", "alerted", "accountable")
"""The keys of a payload that hold a person or address, or a list of them."""

_KINDS: Mapping[str, type[Event]] = {kind.kind: kind for kind in EVENT_TYPES}
_WORDS: Mapping[str, tuple[str, ...]] = {"note": ("text", "author"), "root_cause": ("whys", "actions")}
"""Which parts of a nested value are personal words; a bare ``reason`` is one too."""


def event_to_stored(event: Event) -> StoredEvent:
    """Return an event as it is stored."""
    payload: dict[str, Any] = CONVERTER.unstructure(event)
    response: Response | None = getattr(event, "response", None)
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
        at=micros(event.at),
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
    """Return the event that was stored; a merge without the other issue's history, which is elsewhere.

    Args:
        stored: The stored event.
        response: The response that it names, in the revision that it names.

    Raises:
        StorageError: Its kind or format is not known here, since a newer version wrote it, or it is damaged.
    """
    _check_known(stored.id, stored.kind, stored.format)
    base = {"id": stored.id, "number": stored.number, "at": stored.at, "actor": stored.actor, "policy": stored.policy}
    try:
        data = {**_whole(stored, response), **base, "cause": Cause(CauseKind(stored.cause[0]), stored.cause[1])}
        return _READ_EVENT[stored.kind](data)
    except (TypeError, ValueError, KeyError, AttributeError) as problem:
        raise StorageError(f"event {stored.id} is damaged; restore it from a backup ({problem})") from problem


def _check_known(event_id: object, kind: object, stored_format: object) -> None:
    known = _KINDS.get(str(kind))
    if known is None or stored_format != known.format:
        raise StorageError(
            f"event {event_id} is a {shown(kind)} of format {stored_format}, which this version does not know; "
            "read it with the version of resolutionkit that wrote it, or a newer one"
        )


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
    if stored.kind == Merged.kind:
        data["history"] = ()
    return data


# --- values that are kept whole ---------------------------------------------------------------------------------------

_READERS |= {
    Response: _READ_RESPONSE,  # only here: the readers of events above are given theirs, which a table keeps apart
    Category: Category,
    Standing: Standing,
    Topic: Topic,
    tuple[Why, ...]: lambda data: tuple(map(Why, data)),
    datetime | None: _maybe(instant_of),
    tuple[Advice, ...]: lambda data: tuple(Advice(AdviceCode(one["code"]), one["message"]) for one in data),
}


def to_stored(value: object) -> dict[str, Any]:
    """Return a value as plain data: dictionaries, lists, strings and numbers, as JSON has them.

    Args:
        value: A response or its record, an event, a message, a remembered command, or preferences.

    Returns:
        The value's fields by their names, without those that have their default; of an event, its kind and format too.
    """
    data: dict[str, Any] = CONVERTER.unstructure(value)
    if not isinstance(value, Event):
        return data
    apart = {name: CONVERTER.unstructure(getattr(value, name)) for name in sorted(_APART) if hasattr(value, name)}
    if isinstance(value, Merged):
        apart["history"] = [to_stored(one) for one in value.history]
    return {"kind": value.kind, "format": value.format, **apart, **data}


def from_stored(kind: type[V], data: Mapping[str, Any]) -> V:
    """Return the value that plain data was made of, equal to the last bit.

    What an earlier version made is read as well.

    Args:
        kind: The value's class; ``Event`` for an event of any kind.
        data: What :func:`to_stored` returned, or what JSON makes of it.

    Raises:
        StorageError: The data is damaged, or is an event which a newer version made.
    """
    read = cast(Callable[[Mapping[str, Any]], V], _event_of if kind is Event else _reader_of(kind))
    try:
        return read(data)
    except (TypeError, ValueError, KeyError, AttributeError) as problem:
        raise StorageError(
            f"a stored {kind.__name__} is damaged; restore it from a backup ({type(problem).__name__}: {problem})"
        ) from problem


_WHOLE: dict[type, Callable[[Any], Any]] = {Preferences: read_preferences}
"""The readers of :func:`from_stored`, the others made when they are first needed."""


def _reader_of(kind: type[Any]) -> Callable[[Any], Any]:
    if kind not in _WHOLE:
        attrs.resolve_types(kind)
        _WHOLE[kind] = _reader(kind)
    return _WHOLE[kind]


def _event_of(data: Mapping[str, Any]) -> Event:
    facts = dict(data)
    kind, stored_format, cause = facts.pop("kind"), facts.pop("format"), facts["cause"]
    _check_known(facts["id"], kind, stored_format)
    facts["cause"] = Cause(CauseKind(cause["kind"]), cause.get("ref"))
    if "response" in facts:
        facts["response"] = _READ_RESPONSE(facts["response"])
    if kind == Merged.kind:
        facts["history"] = tuple(_event_of(one) for one in facts["history"])
    return _READ_EVENT[kind](facts)
