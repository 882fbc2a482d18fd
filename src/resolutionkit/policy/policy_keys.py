"""Every key of a policy's file: a table for each section, from which the reference and the schema for editors are made.

The files are read elsewhere (``policy.policy_file`` and its neighbours); a test holds what is read and these tables
equal. What a key means stands in the docstring of the class whose field it fills, unless ``meaning`` says it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from attrs import field, frozen

from resolutionkit.model.issue import Phase
from resolutionkit.model.scale import Scale
from resolutionkit.policy.alerts import Alerts
from resolutionkit.policy.attributes import ATTRIBUTE_TYPES
from resolutionkit.policy.calendar import BusinessCalendar
from resolutionkit.policy.escalation import LEVELS_MAX, ClosingCheck, EscalationLevel
from resolutionkit.policy.key_kinds import (
    ANY_TEXT,
    CLOCK,
    COUNT,
    DATED_HOURS,
    HOLIDAYS,
    LENGTH,
    NAMES,
    NEVER,
    NUMBER,
    NUMBERS,
    SOME_TEXT,
    SOME_TEXTS,
    SPAN,
    STEP,
    SWITCH,
    TEXT,
    TEXTS,
    WEEK,
    Kind,
    either,
    named,
    one_of,
    table,
    tables,
    tables_by_name,
)
from resolutionkit.policy.key_shapes import ACCOUNTABLE, ASSIGNMENT, CONDITION
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.rules import RULES_MAX, Rule, RulesApply
from resolutionkit.policy.surveys import SurveyRules
from resolutionkit.policy.targets import Target, TargetKind, Targets
from resolutionkit.policy.workflow import Move, StatusRule, Workflow
from resolutionkit.policy.workflows import BY_NAME


@frozen(kw_only=True)
class Key:
    """One key of a section.

    Attributes:
        name: The key.
        kind: What may stand there.
        requirement: The id of the behaviour that it decides.
        unit: The unit of a number, or the empty string.
        is_required: Whether it must be there.
        field: The field of the section's class that it fills; None for its name without a unit.
        meaning: What it means; the empty string where that field's docstring tells.
    """

    name: str
    kind: Kind
    requirement: str
    unit: str = ""
    is_required: bool = False
    field: str | None = None
    meaning: str = ""

    @property
    def fills(self) -> str:
        """Return the name of the field that it fills."""
        return self.field or self.name.removesuffix("_days")


@frozen(kw_only=True)
class Section:
    """One table of the file.

    Attributes:
        path: Where it stands: ``targets.closed``; ``rules[]`` for each of a list; ``scales.NAME`` under any name.
        owner: The class that it fills.
        keys: Its keys.
        more: What JSON Schema says of several keys together.
    """

    path: str
    owner: type
    keys: tuple[Key, ...]
    more: Mapping[str, Any] = field(factory=dict[str, Any])


_LIMIT = "table, or false for none"


def _span_keys(name: str, meaning: str, requirement: str, *, in_business: bool = False) -> tuple[Key, Key]:
    """Return the two keys of a span, of which one stands there."""
    in_days = f"{meaning}, in days{'; not in business time' if in_business else ''}."
    return (
        Key(name=f"{name}_days", kind=LENGTH, requirement=requirement, unit="days", field=name, meaning=in_days),
        Key(
            name=f"{name}_hours",
            kind=LENGTH,
            requirement=requirement,
            unit="hours",
            field=name,
            meaning=f"{meaning}, in hours, instead.",
        ),
    )


def _one_of_units(name: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [f"{name}_days"]}, {"required": [f"{name}_hours"]}]}


_PAIRS = [
    {"required": list(pair)} for pair in combinations(("remind_before", "remind_before_days", "remind_before_hours"), 2)
]
"""Of which none may stand there together."""

TOP = Section(
    path="",
    owner=Policy,
    keys=(
        Key(name="zone", kind=TEXT, requirement="D7"),
        Key(name="language", kind=TEXT, requirement="C1"),
        Key(
            name="workflow",
            kind=either("text, or table", one_of(BY_NAME), table("workflow")),
            requirement="B2",
            meaning='The name of one that ships, such as `"three-status"`, or a table of your own.',
        ),
        Key(name="recovery_threshold", kind=NUMBERS, requirement="A2"),
        Key(
            name="scales",
            kind=tables_by_name("scales.NAME"),
            requirement="A1",
            meaning="Scales of the account's own, each under its name.",
        ),
        Key(
            name="surveys",
            kind=tables_by_name("surveys.NAME"),
            requirement="A2",
            meaning="What is different for a survey, each under its name.",
        ),
        Key(name="open_on_contact_request", kind=SWITCH, requirement="A2"),
        Key(name="replace_within_days", kind=LENGTH, requirement="A5", unit="days"),
        Key(name="announce_within_days", kind=SPAN, requirement="A11", unit="days"),
        Key(name="note_on_status_change", kind=SWITCH, requirement="B4"),
        Key(name="note_on_reassign", kind=SWITCH, requirement="B4"),
        Key(name="advised_note_length", kind=COUNT, requirement="B3", unit="characters"),
        Key(name="escalation_kinds", kind=NAMES, requirement="B8"),
        Key(name="root_causes", kind=NAMES, requirement="B11"),
        Key(name="channels", kind=NAMES, requirement="C10"),
        Key(name="ticket_url", kind=TEXT, requirement="C6"),
        Key(name="dimensions", kind=NAMES, requirement="F7"),
        Key(name="attributes", kind=named(ATTRIBUTE_TYPES), requirement="A9"),
        Key(name="targets", kind=table("targets"), requirement="D7"),
        Key(name="calendar", kind=table("calendar"), requirement="D7"),
        Key(name="rules", kind=tables("rules[]", RULES_MAX), requirement="A9"),
        Key(name="rules_apply", kind=one_of(RulesApply), requirement="A9"),
        Key(name="levels", kind=tables("levels[]", LEVELS_MAX), requirement="B9"),
        Key(name="closing_check", kind=table("closing_check"), requirement="B16"),
        Key(name="alerts", kind=table("alerts"), requirement="C4"),
        Key(name="require_group", kind=SWITCH, requirement="A6"),
        Key(name="require_segment", kind=SWITCH, requirement="A6"),
    ),
)

_BANDS = tuple(
    Key(name=name, kind=NUMBER, requirement="A1", is_required=True)
    for name in ("minimum", "maximum", "detractor_max", "promoter_min")
)
_STEP = Key(
    name="step",
    kind=STEP,
    requirement="A1",
    meaning="The distance between scores, counted from the minimum; 0 where averages are allowed.",
)
SCALE = Section(path="scales.NAME", owner=Scale, keys=(*_BANDS, _STEP))
SURVEY = Section(
    path="surveys.NAME",
    owner=SurveyRules,
    keys=(
        Key(
            name="scale",
            kind=either("text, or table", TEXT, table("surveys.NAME.scale")),
            requirement="A1",
            meaning="The name of the scale of its scores where a response names none, else NPS; or a table with one.",
        ),
        Key(name="recovery_threshold", kind=NUMBER, requirement="A2"),
    ),
)
SURVEY_SCALE = Section(
    path="surveys.NAME.scale",
    owner=Scale,
    keys=(Key(name="name", kind=TEXT, requirement="A1", is_required=True), *_BANDS, _STEP),
)

WORKFLOW = Section(
    path="workflow",
    owner=Workflow,
    keys=(
        Key(name="name", kind=SOME_TEXT, requirement="B2", is_required=True),
        Key(name="initial", kind=TEXT, requirement="B2", is_required=True),
        Key(name="statuses", kind=tables("workflow.statuses[]"), requirement="B2", is_required=True),
        Key(name="moves", kind=tables("workflow.moves[]"), requirement="B2", is_required=True),
        Key(name="escalation", kind=TEXT, requirement="B8"),
        Key(name="reopen_to", kind=TEXTS, requirement="B10"),
    ),
)
STATUS = Section(
    path="workflow.statuses[]",
    owner=StatusRule,
    keys=(
        Key(name="key", kind=TEXT, requirement="B1", is_required=True),
        Key(name="label", kind=ANY_TEXT, requirement="B1", is_required=True),
        Key(name="phase", kind=one_of(Phase), requirement="B1", is_required=True),
        Key(name="action", kind=ANY_TEXT, requirement="B1"),
        Key(name="guidance", kind=ANY_TEXT, requirement="B1"),
        Key(name="wants_history", kind=SWITCH, requirement="B3"),
    ),
)
MOVE = Section(
    path="workflow.moves[]",
    owner=Move,
    keys=(
        Key(name="start", kind=SOME_TEXTS, requirement="B2", is_required=True),
        Key(name="to", kind=SOME_TEXTS, requirement="B2", is_required=True),
        Key(name="is_unusual", kind=SWITCH, requirement="B3"),
        Key(name="needs_note", kind=SWITCH, requirement="B4"),
    ),
)

TARGETS = Section(
    path="targets",
    owner=Targets,
    keys=(
        *(
            Key(name=kind.value, kind=either(_LIMIT, table(f"targets.{kind}"), NEVER), requirement="D7")
            for kind in TargetKind
        ),
        Key(name="paused_in", kind=NAMES, requirement="D7"),
        Key(
            name="remind_before",
            kind=NEVER,
            requirement="C7",
            meaning="Where it is false, nobody is reminded.",
        ),
        *_span_keys("remind_before", "How long before a limit the assignee is reminded", "C7"),
    ),
    more={"not": {"anyOf": _PAIRS}},
)
_IN_HOURS = {"properties": {"business_time": {"const": True}}, "required": ["business_time"]}
LIMITS = tuple(
    Section(
        path=f"targets.{kind}",
        owner=Target,
        keys=(
            *_span_keys("within", "How soon", "D7", in_business=True),
            Key(name="business_time", kind=SWITCH, requirement="D7"),
        ),
        more={**_one_of_units("within"), "if": _IN_HOURS, "then": {"required": ["within_hours"]}},
    )
    for kind in TargetKind
)

CALENDAR = Section(
    path="calendar",
    owner=BusinessCalendar,
    keys=(
        Key(name="hours", kind=WEEK, requirement="D7", is_required=True),
        Key(
            name="zone",
            kind=TEXT,
            requirement="D7",
            meaning="The IANA zone of the clock on the wall; left out, the account's.",
        ),
        Key(name="holidays", kind=HOLIDAYS, requirement="D7"),
        Key(name="special_hours", kind=DATED_HOURS, requirement="D7"),
        Key(name="country", kind=TEXT, requirement="D7"),
        Key(name="subdivision", kind=TEXT, requirement="D7"),
        Key(name="language", kind=TEXT, requirement="D7"),
    ),
    more={"dependencies": {"subdivision": ["country"], "language": ["country"]}},
)

RULE = Section(
    path="rules[]",
    owner=Rule,
    keys=(
        Key(name="name", kind=TEXT, requirement="A9", is_required=True),
        Key(name="when", kind=CONDITION, requirement="A9"),
        Key(name="assign", kind=ASSIGNMENT, requirement="A9"),
        Key(name="otherwise", kind=ASSIGNMENT, requirement="A9"),
        Key(name="alert", kind=TEXTS, requirement="A9"),
        Key(name="tags", kind=TEXTS, requirement="A9"),
        Key(name="raise_priority", kind=SWITCH, requirement="A9"),
        Key(name="escalate", kind=TEXT, requirement="A9"),
        Key(name="suppress_alerts", kind=SWITCH, requirement="A9"),
    ),
    more={
        "dependencies": {"otherwise": ["assign"]},
        "not": {
            "properties": {"suppress_alerts": {"const": True}, "alert": {"minItems": 1}},
            "required": ["suppress_alerts", "alert"],
        },
    },
)

LEVEL = Section(
    path="levels[]",
    owner=EscalationLevel,
    keys=(
        Key(name="name", kind=TEXT, requirement="B9", is_required=True),
        *_span_keys("within", "How long an issue may stay on it before it rises", "B9", in_business=True),
        Key(name="business_time", kind=SWITCH, requirement="B9"),
        Key(name="accountable", kind=ACCOUNTABLE, requirement="B9"),
        Key(name="outcomes", kind=NAMES, requirement="B9"),
    ),
    more={**_one_of_units("within"), "if": _IN_HOURS, "then": {"required": ["within_hours"]}},
)
CHECK = Section(
    path="closing_check",
    owner=ClosingCheck,
    keys=(
        *_span_keys("after", "How long after the closing the assignee is asked", "B16"),
        Key(name="statuses", kind=NAMES, requirement="B16"),
    ),
    more=_one_of_units("after"),
)

ALERTS = Section(
    path="alerts",
    owner=Alerts,
    keys=(
        Key(name="time", kind=CLOCK, requirement="C4"),
        Key(name="days_off", kind=NAMES, requirement="C5"),
        Key(name="text", kind=SWITCH, requirement="C4"),
        Key(name="report", kind=SWITCH, requirement="C6"),
        Key(name="repaired_late", kind=SWITCH, requirement="A6"),
        Key(name="text_channels", kind=NAMES, requirement="C4"),
        Key(name="report_channels", kind=NAMES, requirement="C6"),
    ),
)

SECTIONS = (
    TOP,
    SCALE,
    SURVEY,
    SURVEY_SCALE,
    WORKFLOW,
    STATUS,
    MOVE,
    TARGETS,
    *LIMITS,
    CALENDAR,
    RULE,
    LEVEL,
    CHECK,
    ALERTS,
)
"""Every table of the file, in the order in which the reference has them."""
