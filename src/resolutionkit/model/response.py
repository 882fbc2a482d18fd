"""Survey responses as they arrive, and the record that is kept of them (requirement A3).

What a response does when it arrives is decided in ``decisions.intake``; its score is checked there, since the
scale may be the policy's. Types and instants are checked here, when it is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import attrs
from attrs import field, frozen

from resolutionkit.errors import InvalidResponse, InvalidValue, shown
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.scale import Category, Scale, Score, number
from resolutionkit.model.values import (
    LINE_MAX,
    NO_ATTRIBUTES,
    RESPONSE_TEXT_MAX,
    TEXT_MAX,
    Attributes,
    AttributeValue,
    Checked,
    code,
    collected,
    flag,
    optional_code,
    optional_text,
    text,
    utc,
)

V = TypeVar("V")


def _line(value: object, name: str, error: Checked) -> str:
    return text(value, name, error, LINE_MAX)


def _tags(value: Iterable[str]) -> tuple[str, ...]:
    return collected(value, "tags", InvalidResponse, _line)


def _hierarchy(value: Iterable[str]) -> tuple[str, ...]:
    return collected(value, "hierarchy", InvalidResponse, _line)


def _factors(value: Iterable[str]) -> tuple[str, ...]:
    return collected(value, "factors", InvalidResponse, _line)


def _optional_line(name: str) -> Any:
    # A blank cell of an export says nothing: it is the same as a missing one.
    def convert(value: str | None) -> str | None:
        checked = optional_text(value, name, InvalidResponse, LINE_MAX)
        return checked if checked and checked.strip() else None

    return field(default=None, converter=convert)


def _optional_code(name: str) -> Any:
    return field(default=None, converter=lambda value: optional_code(value, name, InvalidResponse))


def _optional_text(name: str) -> Any:
    return field(default=None, converter=lambda value: optional_text(value, name, InvalidResponse, TEXT_MAX))


def _id(value: str) -> str:
    return code(value, "id", InvalidResponse)


def _received_at(value: datetime) -> datetime:
    return utc(value, "received_at", InvalidResponse)


def _question(value: str) -> str:
    return text(value, "answers.question", InvalidResponse, TEXT_MAX)


def _wants_contact(value: bool) -> bool:
    return flag(value, "wants_contact", InvalidResponse)


@frozen(kw_only=True, weakref_slot=False)
class Contact:
    """Who answered the survey. Every field may be None, and all of it is personal data.

    Attributes:
        name: The name as the survey product knows it.
        email: The email address, kept as given and compared without regard to case.
        phone: The telephone number, as given.
        company: The company that the contact answered for.
    """

    name: str | None = _optional_line("contact.name")
    email: str | None = _optional_line("contact.email")
    phone: str | None = _optional_line("contact.phone")
    company: str | None = _optional_line("contact.company")


@frozen(weakref_slot=False)
class Answer:
    """One question of the survey with its answer.

    Attributes:
        question: The question as the customer saw it.
        answer: The answer in the customer's words; None or blank means that it was left unanswered, which is
            kept, and shown as such.
    """

    question: str = field(converter=_question)
    answer: str | None = _optional_text("answers.answer")

    @property
    def is_answered(self) -> bool:
        """Say whether the customer wrote anything."""
        return bool(self.answer and self.answer.strip())


def plain(value: V, kind: type[V]) -> V:
    """Return a value as the class itself: a host's subclass would not come back from a store as it went in."""
    if type(value) is kind:
        return value
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(kind)  # type: ignore[arg-type]
    return kind(**{one.name: getattr(value, one.name) for one in fields})


def _answers(value: Iterable[Answer]) -> tuple[Answer, ...]:
    return collected(value, "answers", InvalidResponse, _answer)


def _score(value: Score | Decimal) -> Score:
    # The scale may only be known to the policy; a float's range and NaN are refused when it is recorded.
    return value if isinstance(value, float) else number(value)


def _contact(value: Contact | None) -> Contact:
    if value is None:
        return NOBODY
    if isinstance(value, Contact):
        return plain(value, Contact)
    raise InvalidResponse("contact", value, "a Contact, such as Contact(name='Jane Doe')")


def _answer(value: object, name: str, error: Checked) -> Answer:
    if isinstance(value, Answer):
        return plain(value, Answer)
    raise error(name, value, "an Answer, such as Answer('Why?', 'Too slow.')")


def _attributes(value: Mapping[str, AttributeValue]) -> Attributes:
    if isinstance(value, Attributes):
        return value
    if not isinstance(value, Mapping):
        raise InvalidResponse("attributes", value, "a mapping of names to values")
    try:
        return Attributes(value) if value else NO_ATTRIBUTES
    except InvalidValue as problem:
        raise InvalidResponse(problem.field, problem.value, problem.expected) from problem


def _scale(value: Scale | None) -> Scale | None:
    if value is None or isinstance(value, Scale):
        return value and plain(value, Scale)
    raise InvalidResponse("scale", value, "a Scale, such as NPS or CSAT_5, or None")


NOBODY = Contact()
"""The contact of a response of which nobody knows who gave it."""


@frozen(kw_only=True, weakref_slot=False)
class Response:
    """One customer's answer to one survey, as the survey product delivers it.

    Only ``id``, ``score`` and ``received_at`` are required. Strings have documented maxima (``model.values``);
    NUL characters and lone surrogates are refused everywhere.

    Attributes:
        id: The survey product's id of the response, unique in the account; 1 to 190 characters.
        score: The rating on the scale; a bool, text and everything that is no number is refused.
        received_at: When the customer answered; aware, becomes UTC.
        survey: The survey's name or code, or None.
        scale: The scale of the score; None means the survey's in the policy, else NPS.
        contact: Who answered.
        answers: The questions with their answers, in the survey's order.
        tags: Labels, in the order given.
        group: The code of the team that the response belongs to, or None.
        segment: The code of the customer's segment, or None.
        hierarchy: The people above the contact from top to bottom, such as director, account manager: ids,
            email addresses or exact names.
        ticket: The ticket that the response is about, or None; a later response of the same survey and ticket
            replaces this one (requirement A5).
        agent: Who resolved that ticket, or None.
        factors: The experience factors that the customer chose.
        comment: The customer's own words, or None.
        wants_contact: Whether the customer asked to be contacted.
        attributes: Further facts as typed values: country, plan, revenue and so on.

    Raises:
        InvalidResponse: A field is of another type, too long, naive, or not storable everywhere alike.
        InvalidScore: The score is not a number.
    """

    id: str = field(converter=_id)
    score: Score = field(converter=_score)
    received_at: datetime = field(converter=_received_at)
    survey: str | None = _optional_code("survey")
    scale: Scale | None = field(default=None, converter=_scale)
    contact: Contact = field(default=NOBODY, converter=_contact)
    answers: tuple[Answer, ...] = field(default=(), converter=_answers)
    tags: tuple[str, ...] = field(default=(), converter=_tags)
    group: str | None = _optional_code("group")
    segment: str | None = _optional_code("segment")
    hierarchy: tuple[str, ...] = field(default=(), converter=_hierarchy)
    ticket: str | None = _optional_code("ticket")
    agent: str | None = _optional_line("agent")
    factors: tuple[str, ...] = field(default=(), converter=_factors)
    comment: str | None = _optional_text("comment")
    wants_contact: bool = field(default=False, converter=_wants_contact)
    attributes: Attributes = field(default=NO_ATTRIBUTES, converter=_attributes)

    def __repr__(self) -> str:
        """Show what is not personal: a repr ends in logs."""
        return f"<Response {shown(self.id)}: {self.score} at {self.received_at.isoformat()}>"

    def __attrs_post_init__(self) -> None:
        """Refuse a response whose strings are too long together for one row."""
        strings = _strings(self)
        total = sum(map(len, strings)) + len(strings)
        if total > RESPONSE_TEXT_MAX:
            raise InvalidResponse(
                "response", self.id, f"at most {RESPONSE_TEXT_MAX:,} characters in all, not {total:,}"
            )


def _strings(response: Response) -> list[str]:
    found = [*response.tags, *response.hierarchy, *response.factors, response.comment or ""]
    for answer in response.answers:
        found += (answer.question, answer.answer or "")
    if response.attributes:
        found += [part for pair in response.attributes.items() for part in pair if isinstance(part, str)]
    return found


class Standing(StrEnum):
    """Whether a response speaks for its survey and ticket (requirement A5)."""

    CURRENT = "current"
    REPLACED = "replaced"
    SUPERSEDED = "superseded"


@frozen(kw_only=True, weakref_slot=False)
class ResponseRecord:
    """A response as it is kept: with what was decided about it on the day it was recorded.

    Attributes:
        response: The response in its latest revision, its score as the scale has it.
        revision: How often it was corrected or moved, counted from 1.
        recorded_at: When it was recorded first.
        scale: The name of the scale in force.
        category: The band of its score.
        threshold: The recovery threshold in force that day; a later policy is not applied backwards.
        needs_recovery: Whether the score is at or below that threshold.
        standing: Whether another response stands in its place.
        replaced_by: The id of the response that stands in its place, or None.
        issue: The id of the issue that it belongs to, or None.
        people: The people above it that were found when it was recorded, from top to bottom: ids or addresses.
        erased_at: When it was erased, or None. An erased one cannot be corrected, and delivering it again is a
            duplicate (law L11).
        quarantined_for: Why it waits for repair; empty where it does not (requirement A6).
        quarantined_since: Since when it does, or from when it did; None where it never did.
        repaired_at: When it was put right last, or None.
    """

    response: Response
    revision: int
    recorded_at: datetime
    scale: str
    category: Category
    threshold: Score
    needs_recovery: bool
    standing: Standing = Standing.CURRENT
    replaced_by: str | None = None
    issue: str | None = None
    people: tuple[str, ...] = ()
    erased_at: datetime | None = None
    quarantined_for: tuple[QuarantineReason, ...] = ()
    quarantined_since: datetime | None = None
    repaired_at: datetime | None = None

    @property
    def id(self) -> str:
        """Return the response's id."""
        return self.response.id

    @property
    def is_quarantined(self) -> bool:
        """Say whether it waits for repair."""
        return bool(self.quarantined_for)


@frozen(kw_only=True, weakref_slot=False)
class RecordChange:
    """One record that a decision makes or changes.

    Attributes:
        record: The record as it is to be kept.
        before: The record as it was when the decision was made, or None for a new one.
    """

    record: ResponseRecord
    before: ResponseRecord | None = None

    @property
    def has_new_revision(self) -> bool:
        """Say whether the response itself is new or corrected, rather than only marked."""
        return self.before is None or self.before.revision != self.record.revision


@frozen(kw_only=True)
class HeadChange:
    """A response begins to stand for its survey and ticket (requirement A5).

    Attributes:
        record: The response that does.
        before: The one that did until now, or None.
    """

    record: ResponseRecord
    before: ResponseRecord | None = None


def differences(stored: Response, given: Response) -> tuple[tuple[str, object, object], ...]:
    """Return the fields in which two responses differ, as (name, stored value, given value)."""
    return tuple(
        (attribute.name, getattr(stored, attribute.name), getattr(given, attribute.name))
        for attribute in attrs.fields(Response)
        if getattr(stored, attribute.name) != getattr(given, attribute.name)
    )
