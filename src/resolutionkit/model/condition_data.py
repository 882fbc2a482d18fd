"""Conditions from TOML and JSON: as text, or as tables within tables. What the text looks like: ``condition_text``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from resolutionkit.model.condition_fields import InvalidCondition
from resolutionkit.model.condition_operators import OPERATORS, Operator, Takes
from resolutionkit.model.condition_text import parse_condition
from resolutionkit.model.conditions import DEPTH_MAX, AllOf, AnyOf, Comparison, Condition, Not

_COMPARISON = frozenset({"field", "operator", "value"})
_EXAMPLE = '{field = "score", operator = "<=", value = 3}, or a table with all, any or not alone'
_SEVERAL: Mapping[str, Callable[[Sequence[Condition]], Condition]] = {"all": AllOf, "any": AnyOf}


def read_condition(given: object, place: str = "condition") -> Condition:
    """Return the condition that a text says, or a table of TOML or JSON.

    A table is ``{field = "score", operator = "<=", value = 3}``, whose value is a list behind ``in`` and absent behind
    ``is set``; or ``{all = [...]}``, ``{any = [...]}`` or ``{not = ...}`` of others. A text may stand for any table.

    Args:
        given: The text or table, or a condition, which is returned as it is.
        place: Where it stands, for the error.

    Raises:
        InvalidCondition: It is no condition; the error says where what was expected.
    """
    return _read(given, place, 1)


def _read(given: object, place: str, depth: int) -> Condition:
    if isinstance(given, Condition):
        return given
    if isinstance(given, str):
        return parse_condition(given, place)
    if depth > DEPTH_MAX:
        raise InvalidCondition(place, given, f"at most {DEPTH_MAX} conditions within each other")
    if not isinstance(given, Mapping):
        raise InvalidCondition(place, given, f"a condition as text, or {_EXAMPLE}")
    if len(given) == 1:
        ((key, inner),) = given.items()
        if key == "not":
            negated = _read(inner, f"{place}.not", depth + 1)
            return _placed(lambda: Not(negated), place)
        if key in _SEVERAL:
            return _several(key, inner, f"{place}.{key}", depth)
    return _comparison(given, place)


def _several(key: str, inner: object, place: str, depth: int) -> Condition:
    if not isinstance(inner, list | tuple) or not inner:
        raise InvalidCondition(place, inner, "a list of conditions, one at least")
    found = [_read(one, f"{place}[{index}]", depth + 1) for index, one in enumerate(inner)]
    return found[0] if len(found) == 1 else _placed(lambda: _SEVERAL[key](found), place)


def _comparison(given: Mapping[object, object], place: str) -> Condition:
    unknown = [key for key in given if key not in _COMPARISON]
    if unknown or "field" not in given or "operator" not in given:
        raise InvalidCondition(place, unknown[0] if unknown else dict(given), _EXAMPLE)
    field, operator = given["field"], given["operator"]
    if not isinstance(operator, str) or operator not in set(Operator):
        raise InvalidCondition(f"{place}.operator", operator, f"one of {', '.join(Operator)}")
    values = _values(given, OPERATORS[Operator(operator)].takes, f"{place}.value")
    return _placed(lambda: Comparison(field, operator, values), place)  # type: ignore[arg-type]  # it refuses others


def _values(given: Mapping[object, object], takes: Takes, place: str) -> Iterable[object]:
    if takes is Takes.SOME and isinstance(given.get("value"), list | tuple):
        return given["value"]  # type: ignore[return-value]
    if takes is Takes.ONE and "value" in given:
        return [given["value"]]
    if takes is Takes.NOTHING and "value" not in given:
        return []
    raise InvalidCondition(place, given.get("value"), f"{takes} there")


def _placed(make: Callable[[], Condition], place: str) -> Condition:
    """Return what a function makes, or say in which table it was refused."""
    try:
        return make()
    except InvalidCondition as problem:
        key = problem.field.removeprefix("condition").replace("values", "value")
        raise InvalidCondition(f"{place}{key}", problem.value, problem.expected) from problem
