"""How a field of a response can be compared: the table of operators. What is made of them stands in ``conditions``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

from attrs import frozen

from resolutionkit.model.condition_fields import ORDERED, Kind, comparable, kind_of
from resolutionkit.model.values import AttributeValue


class Operator(StrEnum):
    """How a field is compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    SET = "is set"
    NOT_SET = "is not set"


class Takes(StrEnum):
    """What stands behind an operator."""

    NOTHING = "nothing"
    ONE = "one value"
    SOME = "a list of values"


Values: TypeAlias = Sequence[AttributeValue]
"""The values of a field in a response, or those that they are compared with."""


def _is_same(value: AttributeValue, other: AttributeValue) -> bool:
    return kind_of(value) is kind_of(other) and comparable(value) == comparable(other)


def any_same(values: Values, others: Values) -> bool:
    """Say whether one of the values is the same as one of the others."""
    return any(_is_same(value, other) for value in values for other in others)


def _ordered(is_so: Callable[[int], bool]) -> Callable[[Values, Values], bool]:
    """Return a test of which of two values of one kind comes first, which is given as -1, 0 or 1."""

    def holds(values: Values, others: Values) -> bool:
        return any(is_so(_order(value, others[0])) for value in values if kind_of(value) is kind_of(others[0]))

    return holds


def _order(value: AttributeValue, other: AttributeValue) -> int:
    first, second = comparable(value), comparable(other)
    return (first > second) - (first < second)  # type: ignore[operator]  # they are of one kind


def _contains(values: Values, others: Values) -> bool:
    wanted = str(others[0]).casefold()
    return any(wanted in value.casefold() for value in values if isinstance(value, str))


def _is_set(values: Values, _others: Values) -> bool:
    return any(not isinstance(value, str) or value.strip() for value in values)


def _opposite(test: Callable[[Values, Values], bool]) -> Callable[[Values, Values], bool]:
    return lambda values, others: not test(values, others)


@frozen
class OperatorRule:
    """One line of the table of operators.

    Attributes:
        takes: What stands behind it.
        kinds: The kinds that this may be of.
        words: When it holds, as the reference says it.
        holds: Says whether it does, given the field's values and those that stand behind it.
    """

    takes: Takes
    kinds: frozenset[Kind]
    words: str
    holds: Callable[[Values, Values], bool]


_ALL, _TEXT = frozenset(Kind), frozenset({Kind.TEXT})
OPERATORS: Mapping[Operator, OperatorRule] = {
    Operator.EQUAL: OperatorRule(Takes.ONE, _ALL, "a value is the same", any_same),
    Operator.NOT_EQUAL: OperatorRule(Takes.ONE, _ALL, "`=` does not hold", _opposite(any_same)),
    Operator.LESS: OperatorRule(Takes.ONE, ORDERED, "a value is less", _ordered(lambda order: order < 0)),
    Operator.AT_MOST: OperatorRule(
        Takes.ONE, ORDERED, "a value is less or the same", _ordered(lambda order: order <= 0)
    ),
    Operator.GREATER: OperatorRule(Takes.ONE, ORDERED, "a value is greater", _ordered(lambda order: order > 0)),
    Operator.AT_LEAST: OperatorRule(
        Takes.ONE, ORDERED, "a value is greater or the same", _ordered(lambda order: order >= 0)
    ),
    Operator.IN: OperatorRule(Takes.SOME, _ALL, "a value is the same as one of the list", any_same),
    Operator.NOT_IN: OperatorRule(Takes.SOME, _ALL, "`in` does not hold", _opposite(any_same)),
    Operator.CONTAINS: OperatorRule(
        Takes.ONE,
        _TEXT,
        "of tags and factors: one is the same; of a text: it has this in it, whatever the case",
        _contains,
    ),
    Operator.SET: OperatorRule(Takes.NOTHING, frozenset(), "there is a value that is not blank", _is_set),
    Operator.NOT_SET: OperatorRule(Takes.NOTHING, frozenset(), "`is set` does not hold", _opposite(_is_set)),
}
"""All operators. Values of different kinds are never the same, and neither is less."""
