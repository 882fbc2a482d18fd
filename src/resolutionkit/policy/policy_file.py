"""A policy's arguments from a TOML file; the keys are those of ``Policy``, spans in days.

``Policy.load`` is the way in for users; all the faults of a file are told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from resolutionkit.errors import Fault
from resolutionkit.model.issue import Phase
from resolutionkit.model.scale import Scale
from resolutionkit.policy.reading import Reader
from resolutionkit.policy.surveys import BUILT_IN_SCALES, SurveyRules
from resolutionkit.policy.workflow import Move, StatusRule, Workflow
from resolutionkit.policy.workflows import BY_NAME


def policy_arguments(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the arguments of the policy that plain data describes, and all that is wrong with the data."""
    faults: list[Fault] = []
    reader = Reader(table, "", faults)
    given: dict[str, Any] = {"scales": tuple(_scales(reader)), "recovery_threshold": _thresholds(reader)}
    scales = {**BUILT_IN_SCALES, **{scale.name: scale for scale in given["scales"]}}
    given["surveys"] = _surveys(reader, scales)
    workflow = _workflow(reader)
    if workflow is not None:
        given["workflow"] = workflow
    for name, kind in _PLAIN.items():
        if reader.has(name):
            given[name] = reader.value(name, kind, kind())
    for name in ("escalation_kinds", "root_causes"):
        if reader.has(name):
            given[name] = reader.texts(name)
    given |= _spans(reader)
    reader.done()
    return given, faults


_PLAIN: Mapping[str, type[Any]] = {
    "open_on_contact_request": bool,
    "note_on_status_change": bool,
    "note_on_reassign": bool,
    "advised_note_length": int,
    "zone": str,
}


def _spans(reader: Reader) -> dict[str, timedelta]:
    spans = {}
    for name in ("replace_within", "announce_within"):
        days = reader.number(f"{name}_days")
        if days is not None:
            spans[name] = timedelta(days=days)
    return spans


def _thresholds(reader: Reader) -> Mapping[str, Any] | float:
    if not reader.has("recovery_threshold"):
        return {}
    if not reader.is_a("recovery_threshold", dict):
        return reader.number("recovery_threshold") or 0
    table = Reader(reader.value("recovery_threshold", dict, {}), "recovery_threshold", reader.faults)
    return {name: limit for name in table.names() if (limit := table.number(name)) is not None}


def _scales(reader: Reader) -> list[Scale]:
    tables = reader.table("scales")
    made = [_scale(name, table) for name, table in (tables.items() if tables is not None else ())]
    return [scale for scale in made if scale is not None]


def _scale(name: str, table: Reader) -> Scale | None:
    limits = {key: table.number(key) for key in ("minimum", "maximum", "detractor_max", "promoter_min")}
    for key in limits:
        if not table.has(key):
            table.fault(key, "is missing")
    step: Any = table.number("step") if table.has("step") else 1
    table.done()
    if None in limits.values():
        return None
    known: dict[str, Any] = {**limits, "step": step or None}  # a step of 0 means that averages are allowed
    return table.built(lambda: Scale(name=name, **known))


def _surveys(reader: Reader, scales: Mapping[str, Scale]) -> dict[str, SurveyRules]:
    surveys, tables = {}, reader.table("surveys")
    for name, table in tables.items() if tables is not None else ():
        scale = table.value("scale", str, "")
        if scale and scale not in scales:
            table.fault("scale", f"{scale!r} is no scale; there are {', '.join(scales)}")
        surveys[name] = SurveyRules(scale=scales.get(scale), recovery_threshold=table.number("recovery_threshold"))
        table.done()
    return surveys


def _workflow(reader: Reader) -> Workflow | None:
    if not reader.has("workflow"):
        return None
    if not reader.is_a("workflow", dict):
        name = reader.value("workflow", str, "")
        if name not in BY_NAME:
            reader.fault("workflow", f"{name!r} is no workflow that ships; there are {', '.join(BY_NAME)}, or a table")
        return BY_NAME.get(name)
    return _own_workflow(Reader(reader.value("workflow", dict, {}), "workflow", reader.faults))


def _own_workflow(table: Reader) -> Workflow | None:
    found_before = len(table.faults)
    statuses = [_status(one) for one in table.tables("statuses")]
    moves = [_move(one) for one in table.tables("moves")]
    name, initial = table.required("name"), table.required("initial")
    escalation, reopen_to = table.value("escalation", str, ""), table.texts("reopen_to")
    table.done()
    if len(table.faults) > found_before:
        return None
    return table.built(
        lambda: Workflow(
            name=name,
            statuses=[one for one in statuses if one is not None],
            initial=initial,
            moves=moves,
            escalation=escalation or None,
            reopen_to=reopen_to,
        )
    )


def _status(table: Reader) -> StatusRule | None:
    key, label, phase = table.required("key"), table.required("label"), table.required("phase")
    if phase and phase not in set(Phase):
        table.fault("phase", f"{phase!r} is no phase; there are {', '.join(Phase)}")
        phase = ""
    rule: dict[str, Any] = {
        "key": key,
        "label": label,
        "action": table.value("action", str, label),
        "guidance": table.value("guidance", str, ""),
        "wants_history": table.value("wants_history", bool, False),
    }
    table.done()
    return StatusRule(phase=Phase(phase), **rule) if phase else None


def _move(table: Reader) -> Move:
    move = Move(
        start=table.texts("start"),
        to=table.texts("to"),
        is_unusual=table.value("is_unusual", bool, False),
        needs_note=table.value("needs_note", bool, True),
    )
    table.done()
    return move
