"""Responses: each field's refusal, what is left out, and that a response is a value."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import attrs
import pytest

from resolutionkit import NPS, Answer, Attributes, Contact, InvalidResponse, InvalidScore, Response
from resolutionkit.model.response import differences

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def response(**facts: Any) -> Response:
    """Return a response with the three required fields, and others where they are given."""
    return Response(**({"id": "r-1", "score": 6, "received_at": NOON} | facts))


FULL: dict[str, Any] = {
    "survey": "Quarterly",
    "scale": NPS,
    "contact": Contact(name="Jane", email="jane@customer.example", phone="555", company="ABC"),
    "answers": (Answer("Why?", "Slow."), Answer("What else?")),
    "tags": ("Portland", "Top 100"),
    "group": "emea",
    "segment": "large",
    "hierarchy": ("dana", "ed"),
    "ticket": "T-1",
    "agent": "Ann",
    "factors": ("speed",),
    "comment": "Too slow.",
    "wants_contact": True,
    "attributes": Attributes({"country": "BR", "since": NOON}),
}


def test_only_id_score_and_instant_are_required() -> None:
    """Everything else is missing unless it is given."""
    bare = attrs.asdict(response(), recurse=False)
    empty = dict.fromkeys(("survey", "scale", "group", "segment", "ticket", "agent", "comment"))
    lists: dict[str, Any] = dict.fromkeys(("answers", "tags", "hierarchy", "factors"), ())
    rest = {"contact": Contact(), "wants_contact": False, "attributes": Attributes()}
    assert bare == {"id": "r-1", "score": 6, "received_at": NOON} | empty | lists | rest


@pytest.mark.parametrize("missing", ["id", "score", "received_at"])
def test_a_required_field_has_no_default(missing: str) -> None:
    """Without id, score or instant there is no response."""
    facts: dict[str, Any] = {"id": "r-1", "score": 6, "received_at": NOON}
    del facts[missing]
    with pytest.raises(TypeError, match=missing):
        Response(**facts)


LONG_LINE, LONG_CODE, LONG_TEXT = "x" * 501, "x" * 191, "x" * 50_001
REFUSED: dict[str, tuple[str, Any, str]] = {
    "id blank": ("id", " ", "id"),
    "id number": ("id", 5, "id"),
    "id long": ("id", LONG_CODE, "id"),
    "id nul": ("id", "a\0b", "id"),
    "received naive": ("received_at", datetime(2026, 1, 1), "received_at"),
    "received text": ("received_at", "2026-01-01", "received_at"),
    "survey padded": ("survey", " q", "survey"),
    "survey number": ("survey", 1, "survey"),
    "scale name": ("scale", "NPS", "scale"),
    "contact dict": ("contact", {"name": "Jane"}, "contact"),
    "answers text": ("answers", "Why?", "answers"),
    "answers pair": ("answers", [("Why?", "Slow.")], "answers[0]"),
    "tags text": ("tags", "Portland", "tags"),
    "tags number": ("tags", ["ok", 3], "tags[1]"),
    "tags long": ("tags", [LONG_LINE], "tags[0]"),
    "group number": ("group", 7, "group"),
    "group long": ("group", LONG_CODE, "group"),
    "segment padded": ("segment", "a ", "segment"),
    "hierarchy text": ("hierarchy", "dana", "hierarchy"),
    "hierarchy none": ("hierarchy", None, "hierarchy"),
    "hierarchy surrogate": ("hierarchy", ["\ud800"], "hierarchy[0]"),
    "ticket number": ("ticket", 4711, "ticket"),
    "agent long": ("agent", LONG_LINE, "agent"),
    "factors item": ("factors", [None], "factors[0]"),
    "comment long": ("comment", LONG_TEXT, "comment"),
    "comment bytes": ("comment", b"slow", "comment"),
    "comment nul": ("comment", "slow\0", "comment"),
    "wants text": ("wants_contact", "yes", "wants_contact"),
    "wants number": ("wants_contact", 1, "wants_contact"),
    "attributes pairs": ("attributes", [("a", 1)], "attributes"),
    "attributes value": ("attributes", {"a": None}, "attributes['a']"),
    "attributes name": ("attributes", {"": 1}, "attributes"),
    "attributes naive": ("attributes", {"a": datetime(2026, 1, 1)}, "attributes['a']"),
}


@pytest.mark.parametrize(("name", "value", "field"), REFUSED.values(), ids=REFUSED)
def test_a_field_of_another_kind_is_refused_by_name(name: str, value: Any, field: str) -> None:
    """The refusal names the field and what would be right."""
    with pytest.raises(InvalidResponse) as refused:
        response(**{name: value})
    assert refused.value.field == field
    assert refused.value.expected in str(refused.value)


@pytest.mark.parametrize("name", ["name", "email", "phone", "company"])
@pytest.mark.parametrize("bad", [5, b"x", LONG_LINE, "a\0", "\ud800"], ids=lambda value: ascii(value)[:8])
def test_a_contact_s_fields_are_lines_of_text(name: str, bad: Any) -> None:
    """Each is text of at most 500 characters."""
    with pytest.raises(InvalidResponse) as refused:
        Contact(**{name: bad})
    assert refused.value.field == f"contact.{name}"


@pytest.mark.parametrize(
    ("question", "answer", "field"),
    [(None, "x", "answers.question"), ("Why?", 5, "answers.answer"), ("Why?", LONG_TEXT, "answers.answer")],
    ids=["no-question", "number", "long"],
)
def test_an_answer_has_a_question_and_text(question: Any, answer: Any, field: str) -> None:
    """An answer without a question, or of another type, is refused."""
    with pytest.raises(InvalidResponse) as refused:
        Answer(question, answer)
    assert refused.value.field == field


@pytest.mark.parametrize(("answer", "said"), [("Slow.", True), (" ", False), ("", False), (None, False)], ids=ascii)
def test_a_blank_answer_is_kept_and_is_unanswered(answer: str | None, said: bool) -> None:
    """An unanswered question is kept, and shown as such."""
    kept = response(answers=[Answer("Why?", answer)]).answers[0]
    assert (kept.answer, kept.is_answered) == (answer, said)


@pytest.mark.parametrize("bad", [True, "6", None, b"6", Decimal("NaN"), [6]], ids=ascii)
def test_a_score_that_is_no_number_is_refused_at_once(bad: Any) -> None:
    """Range and step are the scale's to judge; what is no number never is a score."""
    with pytest.raises(InvalidScore) as refused:
        response(score=bad)
    assert refused.value.field == "score"
    assert isinstance(refused.value, InvalidResponse)


@pytest.mark.parametrize("field", ["survey", "group", "segment", "ticket"])
@pytest.mark.parametrize("blank", ["", "  "], ids=ascii)
def test_a_blank_code_is_a_missing_one(field: str, blank: str) -> None:
    """A blank ticket is none, so that two of them are no duplicates."""
    assert getattr(response(**{field: blank}), field) is None


def test_the_strings_of_a_response_fit_one_row_together() -> None:
    """200,000 characters in all are accepted, one more is not; each string counts as one longer than it is."""
    answers = [Answer("Q", "x" * 49_997)] * 3 + [Answer("Q", "x" * 49_996)]
    assert response(answers=answers)
    with pytest.raises(InvalidResponse, match=r"200,000 characters in all, not 200,001"):
        response(answers=answers, comment="x")


def test_an_instant_of_any_zone_becomes_utc() -> None:
    """14:00 two hours ahead is 12:00."""
    ahead = timezone(timedelta(hours=2))
    assert response(received_at=datetime(2026, 11, 20, 14, tzinfo=ahead)) == response()


def test_a_response_cannot_be_changed() -> None:
    """Responses, contacts and answers are facts."""
    given = response(**FULL)
    for value, name in ((given, "score"), (given.contact, "name"), (given.answers[0], "answer")):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, name, None)


def test_a_response_does_not_follow_the_lists_that_it_was_made_of() -> None:
    """The caller's lists are the caller's."""
    tags = ["a"]
    given = response(tags=tags)
    tags.append("b")
    assert given.tags == ("a",)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))], ids=["copy", "pickle"])
def test_a_response_is_a_value(again: Any) -> None:
    """Built again, copied or pickled it is equal and hashes alike."""
    given = response(**FULL)
    assert again(given) == given == response(**FULL)
    assert hash(again(given)) == hash(given)


@pytest.mark.parametrize("name", FULL, ids=str)
def test_each_field_makes_a_difference(name: str) -> None:
    """Two responses that differ in one field differ in that field."""
    stored, other = response(**FULL), response(**{one: value for one, value in FULL.items() if one != name})
    assert stored != other
    assert [field for field, _, _ in differences(stored, other)] == [name]


def test_equal_responses_have_no_difference() -> None:
    """The stored and the given value stand beside each other, where they differ."""
    assert differences(response(**FULL), response(**FULL)) == ()
    assert differences(response(), response(score=5)) == (("score", 6, 5),)
