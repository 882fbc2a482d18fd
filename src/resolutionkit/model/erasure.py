"""Erasing (law L11): what is left of a response, of an event's words, of an address. Pure.

What belongs to a person, and in which order it goes, is said in ``tracker.erasing``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

import attrs

from resolutionkit.errors import InvalidValue
from resolutionkit.model.conditions import with_values
from resolutionkit.model.events import (
    RESPONSE_EVENTS,
    Escalated,
    Event,
    LevelRaised,
    Merged,
    RootCauseRecorded,
    note_of,
)
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.response import NOBODY, Answer, Response, differences
from resolutionkit.model.trusted import changed
from resolutionkit.model.values import NO_ATTRIBUTES, Attributes, AttributeValue

V = TypeVar("V")
E = TypeVar("E", bound=Event)

Swap: TypeAlias = Callable[[str], str]
"""Gives what is to stand in the place of a text; the text itself where nothing has to."""

ERASED = "(erased)"
"""What stands in the place of what somebody wrote."""
_ERASED_ADDRESS = re.compile(r"erased-[0-9a-f-]{36}@erased\.invalid")


def erased_address(unique: str) -> str:
    """Return what stands in the place of an address: one too, at a domain that never is (RFC 2606).

    Args:
        unique: A random id, 36 characters: nothing of the address itself.
    """
    return f"erased-{unique}@erased.invalid"


def is_erased(who: str) -> bool:
    """Say whether it stands in the place of an address that was erased: there is nobody to tell any more."""
    return _ERASED_ADDRESS.fullmatch(who) is not None


def normal(address: str) -> str:
    """Return an address as addresses are compared: mail servers know no case."""
    return address.strip().lower()


def is_from(response: Response, address: str) -> bool:
    """Say whether a contact with this address, in its normal form, gave a response."""
    return response.contact.email is not None and normal(response.contact.email) == address


def tombstone(response: Response, dimensions: Collection[str]) -> Response:
    """Return what is left of a response: id, score, instant, codes, and the attributes that figures are cut by."""
    kept = {name: value for name, value in response.attributes.items() if name in dimensions}
    return changed(
        response,
        contact=NOBODY,
        answers=(),
        hierarchy=(),
        comment=None,
        attributes=Attributes(kept) if kept else NO_ATTRIBUTES,
    )


def everything(_text: str) -> str:
    """Swap any text for the sign that it was erased."""
    return ERASED


def mentions_of(address: str, instead: str) -> Swap:
    """Return a swap of an address, in its normal form, wherever it stands as a word of its own, in whatever case."""
    # A dot belongs to the address only where more of a domain follows it.
    pattern = re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)

    def swap(text: str) -> str:
        return instead if normal(text) == address else pattern.sub(lambda _: instead, text)

    return swap


def with_words(event: E, swap: Swap) -> E:
    """Return an event in which everything that somebody wrote is swapped; all else is as it was."""
    facts: dict[str, Any] = {}
    note = note_of(event)
    if note is not None:
        facts["note"] = changed(note, text=swap(note.text), author=swap(note.author))
    if isinstance(event, Escalated | LevelRaised) and event.reason is not None:
        facts["reason"] = swap(event.reason)
    if isinstance(event, RootCauseRecorded):
        cause = event.root_cause
        whys, actions = tuple(map(swap, cause.whys)), tuple(map(swap, cause.actions))
        facts["root_cause"] = changed(cause, whys=whys, actions=actions)
    return changed(event, **facts) if facts else event


def with_response(event: E, response_id: str, revisions: Mapping[int, Response]) -> E:
    """Return an event with the response that it carries rewritten, where it carries one of these revisions."""
    if isinstance(event, Merged):
        history = tuple(with_response(one, response_id, revisions) for one in event.history)
        return changed(event, history=history) if history != event.history else event
    if not isinstance(event, RESPONSE_EVENTS) or event.response.id != response_id:
        return event
    rewritten = revisions.get(event.revision)
    return event if rewritten is None else changed(event, response=rewritten)


def response_with(response: Response, swap: Swap) -> Response:
    """Return a response in which every text is swapped that is no code."""
    contact, comment = response.contact, response.comment
    facts = {name: _maybe(swap, getattr(contact, name)) for name in ("name", "email", "phone", "company")}
    attributes = {name: _value(swap, value) for name, value in response.attributes.items()}
    return changed(
        response,
        contact=changed(contact, **facts),
        answers=tuple(Answer(swap(one.question), _maybe(swap, one.answer)) for one in response.answers),
        hierarchy=tuple(map(swap, response.hierarchy)),
        comment=_maybe(swap, comment),
        attributes=Attributes(attributes) if attributes else NO_ATTRIBUTES,
    )


def preferences_with(preferences: Preferences, swap: Swap) -> Preferences:
    """Return preferences whose alerts compare with nothing that has to be swapped: such a text is erased whole.

    An alert that grows too long by it is dropped.
    """

    def value(known: AttributeValue) -> AttributeValue:
        return ERASED if isinstance(known, str) and swap(known) != known else known

    alerts = tuple(with_values(one, value) for one in preferences.alerts)
    if alerts == preferences.alerts:
        return preferences
    try:
        return attrs.evolve(preferences, alerts=alerts)
    except InvalidValue:
        same = [one for one, other in zip(preferences.alerts, alerts, strict=True) if one == other]
        return attrs.evolve(preferences, alerts=same)


def _maybe(swap: Swap, text: str | None) -> str | None:
    return None if text is None else swap(text)


def _value(swap: Swap, value: AttributeValue) -> AttributeValue:
    return swap(value) if isinstance(value, str) else value


def differing(stored: Response, given: Response) -> tuple[tuple[str, object, object], ...]:
    """Return the fields in which two responses differ, but for addresses that were erased from the stored one."""
    return tuple(one for one in differences(stored, given) if not _is_same(one[1], one[2]))


def _is_same(stored: Any, given: Any) -> bool:
    """Say whether two values are the same, or would be without erased addresses: such a one stands for any other."""
    if type(stored) is not type(given):
        return False
    if isinstance(stored, str):
        return _fits(_ERASED_ADDRESS.split(stored), given)
    if isinstance(stored, tuple):
        return len(stored) == len(given) and all(map(_is_same, stored, given))
    if isinstance(stored, Attributes):
        return list(stored) == list(given) and all(_is_same(stored[name], given[name]) for name in stored)
    if attrs.has(type(stored)):
        return all(_is_same(getattr(stored, one.name), getattr(given, one.name)) for one in attrs.fields(type(stored)))
    same: bool = stored == given
    return same


def _fits(parts: list[str], given: str) -> bool:
    """Say whether a text has these parts with a word between each two: one pass, whatever a respondent typed."""
    if len(parts) == 1:
        return given == parts[0]
    first, *between, last = parts
    end = len(given) - len(last)
    if not (given.startswith(first) and given.endswith(last)):
        return False
    at = len(first)
    for part in between:
        found = given.find(part, at + 1)
        if found < 0 or not _is_word(given[at:found]):
            return False
        at = found + len(part)
    return _is_word(given[at:end])


def _is_word(text: str) -> bool:
    return bool(text) and not any(map(str.isspace, text))


_PARTIES = (
    "actor",
    "assignee",
    "follower",
    "followers",
    "people",
    "alerted",
    "accountable",
    "to",
    "recipient",
    "escalated_to",
    "escalated_by",
)
"""Where issues, events, records, messages and remembered commands name people and addresses."""
_NESTED = ("history", "sides")
"""Where issues and events have values that do so as well."""


def parties_in(value: object) -> Iterable[str]:
    """Return the people and addresses that an issue, event, record, message or remembered command names."""
    for name in _PARTIES:
        named = getattr(value, name, None)
        if isinstance(named, str):
            yield named
        elif named is not None:
            yield from named
    for name in _NESTED:
        for one in getattr(value, name, ()):
            yield from parties_in(one)


def renamed(value: V, names: Mapping[str, str]) -> V:
    """Return an issue, event, record, message or remembered command that names people otherwise.

    Args:
        value: The value.
        names: The new name of each that has one; all others keep theirs.
    """
    facts: dict[str, Any] = {}
    for name in _PARTIES:
        named = getattr(value, name, None)
        if isinstance(named, str):
            facts[name] = names.get(named, named)
        elif named:
            facts[name] = tuple(names.get(one, one) for one in named)
    for name in _NESTED:
        nested = getattr(value, name, ())
        if nested:
            facts[name] = tuple(renamed(one, names) for one in nested)
    return changed(value, **facts) if facts else value
