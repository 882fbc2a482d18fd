"""What may stand where a condition, an assignment, or who answers for a level is said: the same under several keys.

As JSON Schema for editors; what the keys of a file are stands in ``policy.policy_keys``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resolutionkit.model.condition_operators import OPERATORS, Operator, Takes
from resolutionkit.policy.assignment import PEOPLE_MAX, ROLES, SEVERAL, AssignTo
from resolutionkit.policy.escalation import ACCOUNTABLE_MAX, NAMING
from resolutionkit.policy.key_kinds import TEXT, Kind, Shared, reference


def _alone(**facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a table for each key, which it has alone."""
    return [
        {"type": "object", "properties": {name: what}, "required": [name], "additionalProperties": False}
        for name, what in facts.items()
    ]


CONDITION = Kind("text, or table", reference(Shared.CONDITION))
ASSIGNMENT = Kind("text, or table", reference(Shared.ASSIGNMENT))
ACCOUNTABLE = Kind(
    "list of texts and tables",
    {
        "type": "array",
        "maxItems": ACCOUNTABLE_MAX,
        "items": {"anyOf": [TEXT.schema, *_alone(**{one.value: TEXT.schema for one in NAMING})]},
    },
)


def _comparison(takes: Takes) -> dict[str, Any]:
    value = {"type": ["string", "number", "boolean"]}
    values = {Takes.ONE: value, Takes.SOME: {"type": "array", "items": value, "minItems": 1}}
    facts: dict[str, Any] = {
        "field": TEXT.schema,
        "operator": {"enum": [one.value for one in Operator if OPERATORS[one].takes is takes]},
    }
    facts |= {"value": values[takes]} if takes in values else {}
    return {"type": "object", "properties": facts, "required": list(facts), "additionalProperties": False}


_CONDITIONS = {"type": "array", "items": reference(Shared.CONDITION), "minItems": 1}
_PEOPLE = {"type": "array", "items": TEXT.schema, "minItems": 1, "maxItems": PEOPLE_MAX}
SHARED: Mapping[str, Mapping[str, Any]] = {
    Shared.CONDITION.value: {
        "description": 'A condition as text, such as `country = "BR" and score <= 3`, or as tables within tables.',
        "anyOf": [
            TEXT.schema,
            *map(_comparison, Takes),
            *_alone(**{"all": _CONDITIONS, "any": _CONDITIONS, "not": reference(Shared.CONDITION)}),
        ],
    },
    Shared.ASSIGNMENT.value: {
        "description": f"A person's id or address, {', '.join(ROLES)}, or a table such as `{{ round_robin = [...] }}`.",
        "anyOf": [
            TEXT.schema,
            *_alone(**{one.value: TEXT.schema for one in (AssignTo.PERSON, AssignTo.MANAGER_OF)}),
            *_alone(**{one.value: _PEOPLE for one in SEVERAL}),
        ],
    },
}
"""What several keys have in common, as JSON Schema."""
