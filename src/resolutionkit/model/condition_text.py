"""Conditions as people write them: ``country = "BR" and score <= 3``. What they mean is said in ``conditions``.

``not`` binds most closely, then ``and``, then ``or``; brackets say otherwise. The words may be in capitals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from resolutionkit.model.condition_fields import ATTRIBUTES, WORDS, Field, InvalidCondition, field_named
from resolutionkit.model.condition_operators import OPERATORS, Operator, Takes
from resolutionkit.model.conditions import DEPTH_MAX, AllOf, AnyOf, Comparison, Condition, Not
from resolutionkit.model.values import AttributeValue

CONDITION_MAX = 10_000
"""The most characters of a condition as text."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
      | (?P<time>\d{4}-\d\d-\d\d(?:[Tt][\d:.]*(?:[+-][\d:]*|[Zz])?)?)
      | (?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d][\w-]*)
      | (?P<sign><=|>=|!=|[=<>(),.])
    )""",
    re.VERBOSE,
)
_SIGNS = {one.value for one in Operator if not one[0].isalpha()}
_AN_OPERATOR = f"an operator: {', '.join(Operator)}"
_A_VALUE = "a text in quotes, a number, true, false, a date or an instant with its offset"
_A_FIELD = "the name of a field or an attribute"


class _Token(NamedTuple):
    """A piece of the text.

    Attributes:
        kind: What it is: text, time, number, name, sign or end.
        text: Its characters.
        column: Where it begins, counted from 1.
    """

    kind: str
    text: str
    column: int

    @property
    def word(self) -> str:
        """Return the word or sign that it may be; texts in quotes are none."""
        return self.text.lower() if self.kind in {"name", "sign"} else ""


def parse_condition(text: str, place: str = "condition") -> Condition:
    """Return the condition that a text says.

    Args:
        text: The text, at most 10,000 characters.
        place: Where it stands, for the error.

    Raises:
        InvalidCondition: It is none; the error says in which column what was expected.
    """
    if len(text) > CONDITION_MAX:
        raise InvalidCondition(place, text, f"at most {CONDITION_MAX:,} characters, not {len(text):,}")
    return _Parser(list(_tokens(text, place)), place).whole()


def _tokens(text: str, place: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            rest = text[at:end].lstrip()
            raise _refusal(place, rest[:20], end - len(rest) + 1, _what_else(rest))
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind) + 1)
        at = match.end()
    yield _Token("end", "", end + 1)


def _what_else(rest: str) -> str:
    if rest[0] in "\"'":
        return "a text that ends with the same quote, on the same line"
    return "a name, a value, an operator or a bracket"


def _refusal(place: str, found: str, column: int, expected: str) -> InvalidCondition:
    return InvalidCondition(f"{place}, column {column}", found, expected, column)


class _Parser:
    """Reads tokens from left to right; each method takes what it is named after."""

    def __init__(self, tokens: Sequence[_Token], place: str) -> None:
        self._tokens = tokens
        self._place = place
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += token.kind != "end"
        return token

    def _takes(self, *words: str) -> bool:
        """Take these words or signs if they come next, and say whether they did."""
        coming = self._tokens[self._at : self._at + len(words)]
        if tuple(one.word for one in coming) != words:
            return False
        self._at += len(words)
        return True

    def _fault(self, expected: str, token: _Token | None = None) -> InvalidCondition:
        found = token or self._next
        return _refusal(self._place, found.text or "the end of the text", found.column, expected)

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise self._fault(f"{sign!r}")

    def whole(self) -> Condition:
        condition = self._any_of()
        if self._next.kind != "end":
            raise self._fault("'and', 'or', or the end of the text")
        return condition

    def _any_of(self) -> Condition:
        return self._joined("or", self._all_of, AnyOf)

    def _all_of(self) -> Condition:
        return self._joined("and", self._negation, AllOf)

    def _joined(
        self, word: str, part: Callable[[], Condition], whole: Callable[[Sequence[Condition]], Condition]
    ) -> Condition:
        found = [part()]
        while self._takes(word):
            found.append(part())
        return found[0] if len(found) == 1 else self._made(self._next, lambda: whole(found))

    def _negation(self) -> Condition:
        first = self._next
        if self._takes("not"):
            with_not = self._deeper(self._negation)
            return self._made(first, lambda: Not(with_not))
        if self._takes("("):
            condition = self._deeper(self._any_of)
            self._expect(")")
            return condition
        return self._comparison()

    def _deeper(self, part: Callable[[], Condition]) -> Condition:
        self._depth += 1
        if self._depth >= DEPTH_MAX:
            raise self._fault(f"at most {DEPTH_MAX} conditions within each other")
        condition = part()
        self._depth -= 1
        return condition

    def _comparison(self) -> Condition:
        first = self._next
        field = self._field()
        behind = self._next
        operator = self._operator()
        takes = OPERATORS[operator].takes
        start = self._next if takes is Takes.ONE else behind
        values = self._values(takes)
        return self._made(first if takes is Takes.NOTHING else start, lambda: Comparison(field, operator, values))

    def _made(self, token: _Token, make: Callable[[], Condition]) -> Condition:
        """Return what a function makes, or say where the text was that it refuses."""
        try:
            return make()
        except InvalidCondition as problem:
            raise _refusal(self._place, token.text, token.column, problem.expected) from problem

    def _field(self) -> Field:
        token = self._take()
        if token.word == ATTRIBUTES and self._takes("."):
            return self._attribute()
        if token.kind != "name" or token.word in WORDS:
            raise self._fault(_A_FIELD, token)
        return self._named(token, lambda: field_named(token.text))

    def _attribute(self) -> Field:
        token = self._take()
        if token.kind not in {"name", "text"}:
            raise self._fault("the name of an attribute, in quotes where it is not one word", token)
        name = token.text if token.kind == "name" else self._text(token)
        return self._named(token, lambda: Field(name, is_attribute=True))

    def _named(self, token: _Token, make: Callable[[], Field]) -> Field:
        try:
            return make()
        except InvalidCondition as problem:
            raise self._fault(problem.expected, token) from problem

    def _operator(self) -> Operator:
        token = self._next
        if token.text in _SIGNS and token.kind == "sign":
            return Operator(self._take().text)
        for operator in (Operator.NOT_SET, Operator.SET, Operator.NOT_IN, Operator.IN, Operator.CONTAINS):
            if self._takes(*operator.split()):
                return operator
        raise self._fault(_AN_OPERATOR)

    def _values(self, takes: Takes) -> tuple[AttributeValue, ...]:
        if takes is Takes.NOTHING:
            return ()
        if takes is Takes.ONE:
            return (self._value(),)
        self._expect("(")
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        if not self._takes(")"):
            raise self._fault("',' or ')'")
        return tuple(values)

    def _value(self) -> AttributeValue:
        token = self._take()
        if token.word in {"true", "false"}:
            return token.word == "true"
        read = _READERS.get(token.kind)
        if read is None:
            raise self._fault(_A_VALUE, token)
        return self._text(token) if token.kind == "text" else self._read(token, read)

    def _text(self, token: _Token) -> str:
        return str(self._read(token, _READERS["text"]))

    def _read(self, token: _Token, read: Callable[[str], AttributeValue]) -> AttributeValue:
        try:
            return read(token.text)
        except (ValueError, ArithmeticError) as problem:
            raise self._fault(_A_VALUE, token) from problem


def _unquoted(given: str) -> str:
    return given[1:-1] if given[0] == "'" else str(json.loads(given))


def _time(given: str) -> AttributeValue:
    return datetime.fromisoformat(given) if len(given) > 10 else date.fromisoformat(given)


def _figure(given: str) -> AttributeValue:
    return int(given) if given.lstrip("+-").isdecimal() and len(given) < 100 else Decimal(given)


_READERS: Mapping[str, Callable[[str], AttributeValue]] = {"text": _unquoted, "time": _time, "number": _figure}
