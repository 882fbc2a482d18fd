"""A policy's arguments from a TOML file; the keys are those of ``Policy``, spans in days.

``Policy.load`` is the way in for users; all the faults of a file are told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from resolutionkit.datafile import Entry, Table
from resolutionkit.errors import Fault
from resolutionkit.model.issue import Phase
from resolutionkit.model.scale import Scale
from resolutionkit.policy.alerts_file import alerts_in
from resolutionkit.policy.escalation_file import check_in, levels_in
from resolutionkit.policy.rules import RulesApply
from resolutionkit.policy.rules_file import rules_in
from resolutionkit.policy.surveys import BUILT_IN_SCALES, SurveyRules
from resolutionkit.policy.targets_file import calendar_in, targets_in
from resolutionkit.policy.workflow import Move, StatusRule, Workflow
from resolutionkit.policy.workflows import BY_NAME

_PLAIN: Mapping[str, type[Any]] = {
    "open_on_contact_request": bool,
    "note_on_status_change": bool,
    "note_on_reassign": bool,
    "advised_note_length": int,
    "zone": str,
    "language": str,
    "require_group": bool,
    "require_segment": bool,
    "ticket_url": str,
}
_LISTS = ("escalation_kinds", "root_causes", "dimensions", "channels")
_SPANS = ("replace_within", "announce_within")


def policy_arguments(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the arguments of the policy that a file describes, and all that is wrong with the file."""
    faults: list[Fault] = []
    top = Table(data, "", faults)
    scales = _scales(top)
    given: dict[str, Any] = {
        "scales": scales,
        "surveys": _surveys(top, {**BUILT_IN_SCALES, **{scale.name: scale for scale in scales}}),
        "recovery_threshold": _thresholds(top),
        "workflow": _workflow(top),
        "targets": targets_in(top),
        "attributes": _attributes(top),
    }
    given |= {name: top.take(name, kind) for name, kind in _PLAIN.items()}
    given |= {name: top.texts(name) for name in _LISTS if top.entry(name) is not None}
    given |= {name: _days(top, f"{name}_days") for name in _SPANS}
    given["calendar"] = calendar_in(top, given["zone"])
    given |= {"rules": rules_in(top), "rules_apply": _rules_apply(top)}
    given |= {"levels": levels_in(top), "closing_check": check_in(top)}
    given["alerts"] = alerts_in(top)
    top.done()
    return {name: value for name, value in given.items() if value is not None}, faults


def _days(table: Table, key: str) -> timedelta | None:
    days = table.number(key)
    if days is None:
        return None
    try:
        return timedelta(days=days)
    except (OverflowError, ValueError):
        table.fault(key, f"{days!r} is no number of days that a calendar has")
        return None


def _rules_apply(top: Table) -> RulesApply | None:
    name = top.take("rules_apply", str)
    if name is None or name in set(RulesApply):
        return None if name is None else RulesApply(name)
    top.fault("rules_apply", f"{name!r} should be one of {', '.join(RulesApply)}")
    return None


def _thresholds(top: Table) -> Mapping[str, Any] | float | None:
    entry = top.entry("recovery_threshold")
    if entry is None or not isinstance(entry.value, dict):
        return None if entry is None else entry.number()
    table = Table(entry.value, entry.place, entry.faults)
    return {name: limit for name in table.data if (limit := table.number(name)) is not None}


def _scales(top: Table) -> tuple[Scale, ...]:
    made = [_scale(name, table) for name, table in top.named_inners("scales").items()]
    return tuple(scale for scale in made if scale is not None)


def _scale(name: str, table: Table) -> Scale | None:
    limits = {key: table.number(key) for key in ("minimum", "maximum", "detractor_max", "promoter_min")}
    for key in limits:
        if table.entry(key) is None:
            table.fault(key, "is missing")
    step: Any = 1 if table.entry("step") is None else table.number("step")
    table.done()
    if None in limits.values():
        return None
    known: dict[str, Any] = {**limits, "step": step or None}  # a step of 0 means that averages are allowed
    return table.itself().judged(lambda: Scale(name=name, **known))


def _surveys(top: Table, scales: Mapping[str, Scale]) -> dict[str, SurveyRules]:
    surveys = {}
    for name, table in top.named_inners("surveys").items():
        scale = _scale_of_survey(table.entry("scale"), scales)
        surveys[name] = SurveyRules(scale=scale, recovery_threshold=table.number("recovery_threshold"))
        table.done()
    return surveys


def _scale_of_survey(entry: Entry | None, scales: Mapping[str, Scale]) -> Scale | None:
    """Return the scale of a survey: a name, or a table where the survey alone has it."""
    if entry is None:
        return None
    if isinstance(entry.value, dict):
        table = Table(entry.value, entry.place, entry.faults)
        return _scale(table.required("name"), table)
    name = entry.of(str)
    if name is not None and name not in scales:
        entry.fault(f"{name!r} is no scale; there are {', '.join(scales)}")
    return scales.get(name or "")


def _attributes(top: Table) -> Mapping[str, str] | None:
    table = top.inner("attributes")
    if table is None:
        return None
    kinds = {name: table.take(name, str) for name in table.data}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _workflow(top: Table) -> Workflow | None:
    entry = top.entry("workflow")
    if entry is None:
        return None
    if isinstance(entry.value, dict):
        return _own_workflow(Table(entry.value, entry.place, entry.faults))
    name = entry.of(str)
    if name is not None and name not in BY_NAME:
        entry.fault(f"{name!r} is no workflow that ships; there are {', '.join(BY_NAME)}, or a table of your own")
    return BY_NAME.get(name or "")


def _own_workflow(table: Table) -> Workflow | None:
    statuses = [_status(one) for one in table.inners("statuses")]
    moves = [_move(one) for one in table.inners("moves")]
    name, initial = table.required("name"), table.required("initial")
    escalation, reopen_to = table.take("escalation", str), table.texts("reopen_to")
    table.done()
    if not (name and initial and statuses):
        for key in ("name", "initial"):
            if table.data.get(key) == "":
                table.fault(key, "is empty")
        if not statuses:
            table.fault("statuses", "is missing; give the statuses as [[workflow.statuses]] tables")
        return None
    return table.itself().judged(
        lambda: Workflow(
            name=name,
            statuses=statuses,
            initial=initial,
            moves=moves,
            escalation=escalation,
            reopen_to=reopen_to,
        )
    )


def _status(table: Table) -> StatusRule:
    key, label, phase = table.required("key"), table.required("label"), table.required("phase")
    if phase and phase not in set(Phase):
        table.fault("phase", f"{phase!r} is no phase; there are {', '.join(Phase)}")
        phase = ""
    # A bad phase is a fault already; the rest of the workflow is judged all the same.
    rule: dict[str, Any] = {
        "key": key,
        "label": label,
        "action": table.value("action", str, label),
        "guidance": table.value("guidance", str, ""),
        "wants_history": table.value("wants_history", bool, False),
    }
    table.done()
    return StatusRule(phase=Phase(phase or Phase.OPEN), **rule)


def _move(table: Table) -> Move:
    found = {key: table.texts(key) for key in ("start", "to")}
    for key in found:
        if table.data.get(key) in (None, []):
            table.fault(key, "is missing; name the statuses")
    move = Move(
        start=found["start"],
        to=found["to"],
        is_unusual=table.value("is_unusual", bool, False),
        needs_note=table.value("needs_note", bool, True),
    )
    table.done()
    return move
