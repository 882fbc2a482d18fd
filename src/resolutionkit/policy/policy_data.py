"""A policy as plain data: what its TOML file would say, every default included, and its loader reads again.

It is fingerprinted, kept as a version, and shown. A field of ``Policy`` has its line in ``WRITERS``; what is None is as
if it were left out, in the data as in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import Enum
from typing import Any

import attrs

from resolutionkit.model.scale import Scale
from resolutionkit.policy.alerts import Alerts
from resolutionkit.policy.assignment import Assignment, AssignTo
from resolutionkit.policy.calendar import BusinessCalendar
from resolutionkit.policy.escalation import Accountable, ClosingCheck, EscalationLevel
from resolutionkit.policy.rules import Rule
from resolutionkit.policy.surveys import BUILT_IN_SCALES, SurveyRules
from resolutionkit.policy.targets import Target, TargetKind, Targets
from resolutionkit.policy.workflow import Move, StatusRule, Workflow

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def in_units(span: timedelta, unit: timedelta) -> int | float:
    """Return how many units a span has: a whole number where it has so many, else one that reads back exactly."""
    whole, rest = divmod(span, unit)
    return span / unit if rest else whole


def _days(span: timedelta | None) -> int | float | None:
    return None if span is None else in_units(span, _DAY)


def workflow_data(workflow: Workflow) -> dict[str, Any]:
    """Return a workflow as plain data, whatever it is called: one that ships may become another some day."""
    return _said(
        name=workflow.name,
        statuses=[_fields(StatusRule, one) for one in workflow.statuses],
        initial=workflow.initial,
        moves=[_fields(Move, one) for one in workflow.moves],
        escalation=workflow.escalation,
        reopen_to=list(workflow.reopen_to),
    )


def _fields(kind: type[attrs.AttrsInstance], value: object) -> dict[str, Any]:
    found = {one.name: getattr(value, one.name) for one in attrs.fields(kind)}
    return {name: _plain(one) for name, one in found.items()}


def _plain(value: object) -> object:
    if isinstance(value, Enum | str):
        return str(value)
    return [str(one) for one in value] if isinstance(value, tuple) else value


def _said(**facts: object) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _scale(scale: Scale) -> dict[str, Any]:
    found = _fields(Scale, scale)
    return {**found, "step": found["step"] or 0}  # which the file has for none


def _scales(scales: Iterable[Scale]) -> dict[str, Any]:
    return {one.name: {name: value for name, value in _scale(one).items() if name != "name"} for one in scales}


def _surveys(surveys: Mapping[str, SurveyRules]) -> dict[str, Any]:
    return {name: _survey(rules) for name, rules in surveys.items()}


def _survey(rules: SurveyRules) -> dict[str, Any]:
    # A scale of one survey alone stands whole: nothing else may have it under its name.
    is_known = rules.scale is not None and BUILT_IN_SCALES.get(rules.scale.name) == rules.scale
    scale = None if rules.scale is None else rules.scale.name if is_known else _scale(rules.scale)
    return _said(scale=scale, recovery_threshold=rules.recovery_threshold)


def _targets(targets: Targets) -> dict[str, Any]:
    limits = {kind.value: _limit(targets.of(kind)) for kind in TargetKind}
    return {**limits, **_reminder(targets.remind_before), "paused_in": list(targets.paused_in)}


def _reminder(before: timedelta | None) -> dict[str, Any]:
    return {"remind_before": False} if before is None else _span("remind_before", before, in_business=False)


def _span(name: str, span: timedelta, *, in_business: bool) -> dict[str, Any]:
    """Return a span under its name with a unit: whole days where days mean something, else hours."""
    is_in_days = not in_business and not span % _DAY
    unit, suffix = (_DAY, "days") if is_in_days else (_HOUR, "hours")
    return {f"{name}_{suffix}": in_units(span, unit)}


def _limit(target: Target | None) -> dict[str, Any] | bool:
    if target is None:
        return False
    return _within(target)


def _within(limit: Target | EscalationLevel) -> dict[str, Any]:
    return _span("within", limit.within, in_business=limit.business_time) | {"business_time": limit.business_time}


def _levels(levels: Iterable[EscalationLevel]) -> list[dict[str, Any]]:
    return [
        {
            "name": level.name,
            **_within(level),
            "accountable": [_accountable(one) for one in level.accountable],
            "outcomes": list(level.outcomes),
        }
        for level in levels
    ]


def _accountable(one: Accountable) -> object:
    return one.by.value if one.person is None else {one.by.value: one.person}


def _check(check: ClosingCheck | None) -> dict[str, Any] | None:
    if check is None:
        return None
    return _span("after", check.after, in_business=False) | {"statuses": list(check.statuses)}


def _calendar(calendar: BusinessCalendar | None) -> dict[str, Any] | None:
    if calendar is None:
        return None
    return _said(
        hours={day: list(spans) for day, spans in calendar.hours.items()},
        zone=calendar.zone,
        holidays={day.isoformat(): name for day, name in calendar.holidays.items()},
        special_hours={day.isoformat(): list(spans) for day, spans in calendar.special_hours.items()},
        country=calendar.country,
        subdivision=calendar.subdivision,
        language=calendar.language,
    )


def _rules(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    return [
        _said(
            name=rule.name,
            when=None if rule.when is None else str(rule.when),
            assign=_assignment(rule.assign),
            otherwise=_assignment(rule.otherwise),
            alert=list(rule.alert),
            tags=list(rule.tags),
            raise_priority=rule.raise_priority,
            escalate=rule.escalate,
            suppress_alerts=rule.suppress_alerts,
        )
        for rule in rules
    ]


def _assignment(assignment: Assignment | None) -> object:
    if assignment is None or not assignment.people:
        return None if assignment is None else assignment.to.value
    is_single = assignment.to in {AssignTo.PERSON, AssignTo.MANAGER_OF}
    return {assignment.to.value: assignment.people[0] if is_single else list(assignment.people)}


def _alerts(alerts: Alerts) -> dict[str, Any]:
    found = {one.name: getattr(alerts, one.name) for one in attrs.fields(Alerts)}
    lists = {name: _list(found[name]) for name in ("days_off", "text_channels", "report_channels")}
    return _said(**{**found, **lists, "time": alerts.time.isoformat(timespec="minutes")})


def _list(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(values)


def _as_it_is(value: Any) -> Any:
    return value


WRITERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "workflow": ("workflow", workflow_data),
    "recovery_threshold": ("recovery_threshold", dict),
    "surveys": ("surveys", _surveys),
    "scales": ("scales", _scales),
    "open_on_contact_request": ("open_on_contact_request", _as_it_is),
    "replace_within": ("replace_within_days", _days),
    "announce_within": ("announce_within_days", _days),
    "note_on_status_change": ("note_on_status_change", _as_it_is),
    "note_on_reassign": ("note_on_reassign", _as_it_is),
    "advised_note_length": ("advised_note_length", _as_it_is),
    "escalation_kinds": ("escalation_kinds", _list),
    "root_causes": ("root_causes", _list),
    "zone": ("zone", _as_it_is),
    "language": ("language", _as_it_is),
    "channels": ("channels", _list),
    "ticket_url": ("ticket_url", _as_it_is),
    "dimensions": ("dimensions", _list),
    "attributes": ("attributes", lambda value: None if value is None else dict(value)),
    "calendar": ("calendar", _calendar),
    "targets": ("targets", _targets),
    "rules": ("rules", _rules),
    "rules_apply": ("rules_apply", lambda value: value.value),
    "levels": ("levels", _levels),
    "closing_check": ("closing_check", _check),
    "alerts": ("alerts", _alerts),
    "require_group": ("require_group", _as_it_is),
    "require_segment": ("require_segment", _as_it_is),
}
"""For each field of a policy the key of the file that has it, and what stands there."""


def data_of(fields: Mapping[str, object]) -> dict[str, Any]:
    """Return a policy's fields as the data that its file's loader reads: texts, numbers, lists and tables alone.

    Raises:
        LookupError: A field has no line in ``WRITERS``.
    """
    written = ((WRITERS[name][0], WRITERS[name][1](value)) for name, value in fields.items())
    return {key: value for key, value in written if value is not None}
