"""Which rules never act since an earlier one always does: what can be seen of it without trying every response."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from resolutionkit.model.condition_operators import OPERATORS, Operator
from resolutionkit.model.conditions import AllOf, AnyOf, Comparison, Condition
from resolutionkit.policy.rules import Rule

_EXACT = frozenset({Operator.EQUAL, Operator.IN})
_UPPER = frozenset({Operator.LESS, Operator.AT_MOST})
_LOWER = frozenset({Operator.GREATER, Operator.AT_LEAST})


def hiding(rules: Sequence[Rule]) -> Iterator[tuple[int, int]]:
    """Yield which rules never act where only the first does: the place of each, and of the one that hides it.

    What is told is so; a rule that is hidden in a more roundabout way is not found.
    """
    for index, rule in enumerate(rules):
        hider = next((place for place in range(index) if follows(rule.when, rules[place].when)), None)
        if hider is not None:
            yield index, hider


def follows(condition: Condition | None, other: Condition | None) -> bool:
    """Say whether it can be seen that a condition never holds without another.

    Args:
        condition: The one that holds; None always does.
        other: The one that then holds as well; None always does.
    """
    if other is None or condition == other:
        return True
    if condition is None:
        return False
    if isinstance(other, AllOf):
        return all(follows(condition, one) for one in other.conditions)
    if isinstance(condition, AnyOf):
        return all(follows(one, other) for one in condition.conditions)
    is_part = isinstance(other, AnyOf) and any(follows(condition, one) for one in other.conditions)
    if is_part or (isinstance(condition, AllOf) and any(follows(one, other) for one in condition.conditions)):
        return True
    return isinstance(condition, Comparison) and isinstance(other, Comparison) and _compared(condition, other)


def _compared(one: Comparison, other: Comparison) -> bool:
    known = one.field.known
    if one.field != other.field or (known is not None and known.ignores_case):
        return False
    test = OPERATORS[other.operator].holds
    if one.operator in _EXACT and other.operator in _EXACT | _UPPER | _LOWER:
        # Some value is one of these, and each of these is enough for the other.
        return all(test([value], other.values) for value in one.values)
    for bounds, strict in ((_UPPER, Operator.LESS), (_LOWER, Operator.GREATER)):
        if {one.operator, other.operator} <= bounds:
            # At the same bound, only what must stay clear of it does not follow from what may touch it.
            touches = other.operator is strict and one.operator is not strict
            weaker = Operator.LESS if bounds is _UPPER else Operator.GREATER
            beyond = OPERATORS[weaker].holds(one.values, other.values)
            return beyond or (not touches and OPERATORS[Operator.EQUAL].holds(one.values, other.values))
    return False
