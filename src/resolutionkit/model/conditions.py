"""Conditions over a response: ``country = "BR" and score <= 3``, as frozen values (requirement A9).

They know nothing of what follows where one holds. What can be asked about stands in ``condition_fields``; the text and
the tables that conditions are read from, in ``condition_text`` and ``condition_data``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import attrs
from attrs import frozen

from resolutionkit.errors import Fault, shown
from resolutionkit.model.condition_fields import (
    Field,
    InvalidCondition,
    Judged,
    Kind,
    field_named,
    kind_of,
    kind_of_type,
    literal,
    quoted,
)
from resolutionkit.model.condition_operators import OPERATORS, Operator, OperatorRule, Takes, Values, any_same
from resolutionkit.model.values import AttributeValue, collected

DEPTH_MAX = 32
"""How deep conditions may stand within each other."""
VALUES_MAX = 500
"""How many values one ``in`` may list."""


@frozen
class Condition:
    """What may hold of a response: a :class:`Comparison`, or :class:`AllOf`, :class:`AnyOf` and :class:`Not` of others.

    ``str`` gives the text from which :func:`~resolutionkit.read_condition` reads an equal condition.
    """

    @property
    def depth(self) -> int:
        """Return how deep conditions stand within each other here: 1 for a comparison."""
        return 1

    def holds(self, judged: Judged) -> bool:
        """Say whether it holds of a response.

        Args:
            judged: The response with what its score means: a ``Classification`` or a ``ResponseRecord``.
        """
        raise NotImplementedError

    def comparisons(self) -> Iterator[Comparison]:
        """Yield all comparisons in it, in order."""
        raise NotImplementedError


def _field(value: Field | str) -> Field:
    if isinstance(value, Field):
        return value
    if isinstance(value, str):
        return field_named(value)
    raise InvalidCondition("condition.field", value, "the name of a field or an attribute")


def _operator(value: Operator | str) -> Operator:
    try:
        return Operator(value)
    except ValueError as problem:
        raise InvalidCondition("condition.operator", value, f"one of {', '.join(Operator)}") from problem


def _values(value: Iterable[AttributeValue]) -> tuple[AttributeValue, ...]:
    return collected(value, "condition.values", InvalidCondition, lambda one, _place, _error: literal(one))


def _typed(values: Values) -> object:
    # Python takes True for 1, and they are two conditions.
    return tuple((kind_of(value), value) for value in values)


@frozen
class Comparison(Condition):
    """A field of a response compared with values.

    Attributes:
        field: What is compared; a bare name is that of a field, else of an attribute.
        operator: How.
        values: With what: nothing behind ``is set``, one value behind most operators, and several behind ``in``.

    Raises:
        InvalidCondition: It could never hold, or always would: the field has no values of that kind, or no order.
    """

    field: Field = attrs.field(converter=_field)
    operator: Operator = attrs.field(converter=_operator)
    values: tuple[AttributeValue, ...] = attrs.field(default=(), converter=_values, eq=_typed)

    def __attrs_post_init__(self) -> None:
        """Refuse what could never hold."""
        rule = OPERATORS[self.operator]
        count = {Takes.NOTHING: range(1), Takes.ONE: range(1, 2), Takes.SOME: range(1, VALUES_MAX + 1)}[rule.takes]
        if len(self.values) not in count:
            expected = f"{rule.takes} behind {self.operator}" + (
                f", at most {VALUES_MAX}" if rule.takes is Takes.SOME else ""
            )
            raise InvalidCondition("condition.values", self.values, expected)
        for value in self.values:
            self._check(value, rule)

    def _check(self, value: AttributeValue, rule: OperatorRule) -> None:
        known, kind = self.field.known, kind_of(value)
        fitting = [one for one in Kind if one in rule.kinds and (known is None or one is known.kind)]
        if kind not in fitting:
            told = f"behind {self.field} {self.operator}: {' or '.join(fitting)}"
            if not fitting and known is not None:
                told = f"another operator than {self.operator}, since {self.field} is a {known.kind}"
            raise InvalidCondition("condition.value", value, told)
        is_whole = self.operator is not Operator.CONTAINS
        if known is not None and known.known and is_whole and value not in known.known:
            raise InvalidCondition("condition.value", value, f"one of {', '.join(map(quoted, known.known))}")

    def holds(self, judged: Judged) -> bool:
        """Say whether it holds of a response."""
        values: Values = self.field.values(judged)
        others: Values = self.values
        known = self.field.known
        test = OPERATORS[self.operator].holds
        if known is not None and known.ignores_case:
            values, others = _lowered(values), _lowered(others)
        if known is not None and known.is_many and self.operator is Operator.CONTAINS:
            test = any_same
        return test(values, others)

    def comparisons(self) -> Iterator[Comparison]:
        """Yield it."""
        yield self

    def __str__(self) -> str:
        """Return it as text."""
        rule, values = OPERATORS[self.operator], ", ".join(map(_written, self.values))
        behind = {Takes.NOTHING: "", Takes.ONE: f" {values}", Takes.SOME: f" ({values})"}[rule.takes]
        return f"{self.field} {self.operator}{behind}"


def _lowered(values: Values) -> Values:
    return [value.lower() if isinstance(value, str) else value for value in values]


def _written(value: AttributeValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return quoted(value) if isinstance(value, str) else str(value)


def _conditions(value: Iterable[Condition]) -> tuple[Condition, ...]:
    return collected(value, "condition", InvalidCondition, lambda one, _place, _error: _condition(one))


def _condition(value: object) -> Condition:
    if isinstance(value, Condition):
        return value
    raise InvalidCondition("condition", value, "a condition; text is read with read_condition(text)")


@frozen
class _Several(Condition):
    """Two conditions or more."""

    conditions: tuple[Condition, ...] = attrs.field(converter=_conditions)

    def __attrs_post_init__(self) -> None:
        """Refuse fewer than two, and what stands too deep."""
        if len(self.conditions) < 2:
            raise InvalidCondition("condition", self.conditions, "two conditions or more")
        object.__setattr__(self, "depth", _within(self.conditions))

    def comparisons(self) -> Iterator[Comparison]:
        """Yield all comparisons in it, in order."""
        for one in self.conditions:
            yield from one.comparisons()


def _within(conditions: Iterable[Condition]) -> int:
    depth = 1 + max(one.depth for one in conditions)
    if depth > DEPTH_MAX:
        raise InvalidCondition("condition", depth, f"at most {DEPTH_MAX} conditions within each other")
    return depth


@frozen
class AllOf(_Several):
    """Two conditions or more, all of which must hold.

    Attributes:
        conditions: The conditions.
        depth: How deep conditions stand within each other here, this one included.
    """

    depth: int = attrs.field(init=False, eq=False, repr=False)

    def holds(self, judged: Judged) -> bool:
        """Say whether all hold of a response."""
        return all(one.holds(judged) for one in self.conditions)

    def __str__(self) -> str:
        """Return them as text."""
        return " and ".join(_in_brackets(one, (AllOf, AnyOf)) for one in self.conditions)


@frozen
class AnyOf(_Several):
    """Two conditions or more, one of which must hold.

    Attributes:
        conditions: The conditions.
        depth: How deep conditions stand within each other here, this one included.
    """

    depth: int = attrs.field(init=False, eq=False, repr=False)

    def holds(self, judged: Judged) -> bool:
        """Say whether one holds of a response."""
        return any(one.holds(judged) for one in self.conditions)

    def __str__(self) -> str:
        """Return them as text."""
        return " or ".join(_in_brackets(one, (AnyOf,)) for one in self.conditions)


@frozen
class Not(Condition):
    """A condition that must not hold.

    Attributes:
        condition: The condition.
        depth: How deep conditions stand within each other here, this one included.
    """

    condition: Condition = attrs.field(converter=_condition)
    depth: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what stands too deep."""
        object.__setattr__(self, "depth", _within([self.condition]))

    def holds(self, judged: Judged) -> bool:
        """Say whether the other does not hold of a response."""
        return not self.condition.holds(judged)

    def comparisons(self) -> Iterator[Comparison]:
        """Yield all comparisons in it, in order."""
        yield from self.condition.comparisons()

    def __str__(self) -> str:
        """Return it as text."""
        return f"not {_in_brackets(self.condition, (AllOf, AnyOf))}"


def _in_brackets(condition: Condition, kinds: tuple[type[Condition], ...]) -> str:
    return f"({condition})" if isinstance(condition, kinds) else str(condition)


def with_values(condition: Condition, change: Callable[[AttributeValue], AttributeValue]) -> Condition:
    """Return a condition that compares with other values.

    Args:
        condition: The condition.
        change: Gives what is to stand in the place of a value; the value itself where nothing has to.

    Raises:
        InvalidCondition: A value cannot stand there.
    """
    match condition:
        case Comparison():
            return attrs.evolve(condition, values=tuple(map(change, condition.values)))
        case AllOf() | AnyOf():
            return type(condition)(tuple(with_values(one, change) for one in condition.conditions))
        case Not():
            return Not(with_values(condition.condition, change))
        case _:
            return condition


def condition_faults(condition: Condition, attributes: Mapping[str, type], place: str = "condition") -> Iterator[Fault]:
    """Yield what can never be as a condition asks, where the attributes of responses and their types are known.

    Args:
        condition: The condition.
        attributes: The type of each attribute that responses have, by its name.
        place: Where the condition stands, for the faults.
    """
    for one in condition.comparisons():
        if not one.field.is_attribute:
            continue
        kind = kind_of_type(attributes[one.field.name]) if one.field.name in attributes else None
        if kind is None:
            known = ", ".join(map(shown, attributes)) or "none"
            yield Fault(place, f"no response has an attribute {shown(one.field.name)}; known are {known}")
            continue
        for value in one.values:
            if kind_of(value) is not kind:
                told = f"{shown(one.field.name)} is a {kind}, which {_written(value)} never is"
                yield Fault(place, told)
