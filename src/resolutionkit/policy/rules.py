"""Alert and routing rules: an ordered list of conditions, each with what follows where it holds (requirement A9).

They are data and do nothing: what they come to for a response is decided in ``decisions.ruling``. How the policy's file
writes them stands in ``policy.rules_file``, what conditions are in the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from attrs import field, frozen

from resolutionkit.errors import Fault, InvalidValue
from resolutionkit.model.condition_data import read_condition
from resolutionkit.model.conditions import Condition, condition_faults
from resolutionkit.model.values import TEXT_MAX, code, collected, flag, text
from resolutionkit.policy.assignment import PEOPLE_MAX, Assignment, AssignTo, party, read_assignment
from resolutionkit.policy.workflow import Workflow

RULES_MAX = 500
"""How many rules a policy may have: each response is held against them."""


class RulesApply(StrEnum):
    """Which of the rules act whose conditions hold."""

    FIRST = "first"
    """The first alone, as in most mail programs."""
    ALL = "all"
    """Every one of them, in order."""


def _name(value: object) -> str:
    return code(value, "rule.name", InvalidValue)


def _when(value: object) -> Condition | None:
    return None if value is None else read_condition(value, "rule.when")


def _suppress(value: object) -> bool:
    return flag(value, "rule.suppress_alerts", InvalidValue)


def _raise(value: object) -> bool:
    return flag(value, "rule.raise_priority", InvalidValue)


def _assign(value: object) -> Assignment | None:
    return None if value is None else read_assignment(value, "rule.assign")


def _otherwise(value: object) -> Assignment | None:
    return None if value is None else read_assignment(value, "rule.otherwise")


def _alert(value: Iterable[str]) -> tuple[str, ...]:
    return _listed(value, "rule.alert")


def _tags(value: Iterable[str]) -> tuple[str, ...]:
    return _listed(value, "rule.tags")


def _listed(value: Iterable[str], name: str) -> tuple[str, ...]:
    found = collected(value, name, InvalidValue, party)
    if len(found) > PEOPLE_MAX:
        raise InvalidValue(name, len(found), f"at most {PEOPLE_MAX}")
    return tuple(dict.fromkeys(found))


def _reason(value: object) -> str | None:
    if value is None:
        return None
    words = text(value, "rule.escalate", InvalidValue, TEXT_MAX).strip()
    if not words:
        raise InvalidValue("rule.escalate", value, "the reason in words")
    return words


@frozen(kw_only=True)
class Rule:
    """What is to happen where an issue opens and a condition holds of its response.

    Attributes:
        name: What the history and explanations call it.
        when: The condition, or the text or table that says it; None always holds.
        assign: Whom the issue goes to, as an :class:`Assignment`, a text or a table; None for the usual.
        otherwise: Whom it goes to where nobody whom ``assign`` means is there; None for the usual.
        alert: Who is told of the issue, by id or address, and sees it from then on.
        tags: What the issue is marked with.
        raise_priority: Whether the issue comes before those without among the most urgent, behind what was escalated.
        escalate: The reason, in words, to open the issue in the escalated status; None not to.
        suppress_alerts: Whether nobody but the assignee is told of the issue; escalations are told all the same.

    Raises:
        InvalidValue: A value is not acceptable, or two of them contradict each other.
    """

    name: str = field(converter=_name)
    when: Condition | None = field(default=None, converter=_when)
    assign: Assignment | None = field(default=None, converter=_assign)
    otherwise: Assignment | None = field(default=None, converter=_otherwise)
    alert: tuple[str, ...] = field(default=(), converter=_alert)
    tags: tuple[str, ...] = field(default=(), converter=_tags)
    raise_priority: bool = field(default=False, converter=_raise)
    escalate: str | None = field(default=None, converter=_reason)
    suppress_alerts: bool = field(default=False, converter=_suppress)

    def __attrs_post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.otherwise is not None and self.assign is None:
            raise InvalidValue("rule.otherwise", str(self.otherwise), "assign beside it, whose fallback it is")
        if self.suppress_alerts and self.alert:
            raise InvalidValue("rule.alert", self.alert, "nobody, since suppress_alerts keeps the issue quiet")

    @property
    def effect(self) -> str:
        """Return what it does, in words; nothing where it only keeps later rules from acting."""
        said = (
            self.assign is not None and f"assigns to {self.assign}",
            self.otherwise is not None and f"otherwise to {self.otherwise}",
            bool(self.alert) and f"alerts {', '.join(self.alert)}",
            bool(self.tags) and f"marks with {', '.join(self.tags)}",
            self.raise_priority and "raises the priority",
            self.escalate is not None and f"escalates: {self.escalate}",
            self.suppress_alerts and "keeps all but the assignee from being told",
        )
        return "; ".join(one for one in said if one) or "nothing"

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """Return whom it assigns to, and whom otherwise."""
        return tuple(one for one in (self.assign, self.otherwise) if one is not None)

    @property
    def people(self) -> tuple[str, ...]:
        """Return everybody whom it names, by whatever they are named, each once."""
        return tuple(dict.fromkeys([who for one in self.assignments for who in one.people] + list(self.alert)))

    @property
    def counted(self) -> tuple[str, ...]:
        """Return whose issues have to be counted for it to assign."""
        chosen = (one for one in self.assignments if one.to is AssignTo.LEAST_LOADED)
        return tuple(dict.fromkeys(who for one in chosen for who in one.people))


def rules_of(value: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules as a policy keeps them."""

    def rule(one: object, place: str, error: type[InvalidValue]) -> Rule:
        if isinstance(one, Rule):
            return one
        raise error(place, one, "a Rule")

    return collected(value, "rules", InvalidValue, rule)


def apply_of(value: RulesApply | str) -> RulesApply:
    """Return which rules act, said by its name."""
    try:
        return RulesApply(value)
    except ValueError as problem:
        raise InvalidValue("rules_apply", value, f"one of {', '.join(RulesApply)}") from problem


def rules_faults(rules: Sequence[Rule], workflow: Workflow) -> Iterator[Fault]:
    """Yield what makes a policy's rules unusable."""
    if len(rules) > RULES_MAX:
        yield Fault("rules", f"there are {len(rules)}; at most {RULES_MAX} can be held against every response")
    seen = set[str]()
    for index, rule in enumerate(rules):
        if rule.name in seen:
            yield Fault(f"rules[{index}].name", f"{rule.name!r} stands here twice; give each rule its own name")
        seen.add(rule.name)
        if rule.escalate is not None and not _can_escalate(workflow):
            told = f"an issue of the workflow {workflow.name!r} cannot be escalated right from its opening"
            yield Fault(f"rules[{index}].escalate", told)


def _can_escalate(workflow: Workflow) -> bool:
    to = workflow.escalation
    return to is not None and (to == workflow.initial or workflow.move(workflow.initial, to) is not None)


def rule_faults(rules: Iterable[Rule], attributes: Mapping[str, type]) -> Iterator[Fault]:
    """Yield what no response can be as rules ask, where the attributes of responses and their types are known.

    Args:
        rules: The rules.
        attributes: The type of each attribute that responses have, by its name.
    """
    for index, rule in enumerate(rules):
        if rule.when is not None:
            yield from condition_faults(rule.when, attributes, f"rules[{index}].when")
