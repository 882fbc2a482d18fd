"""``policy check`` and ``policy show``. What the first warns of stands in ``findings`` and the modules beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Cell, Column, Document, Element, Heading, Prose, Role, Styled, Table, facts
from resolutionkit.cli.escalation_findings import escalation_findings
from resolutionkit.cli.exits import Exit
from resolutionkit.cli.finding import Finding
from resolutionkit.cli.findings import directory_findings, policy_findings
from resolutionkit.cli.leaving import left_behind
from resolutionkit.cli.options import as_json
from resolutionkit.cli.rule_findings import attribute_findings, rule_findings
from resolutionkit.cli.settings import DIRECTORY, POLICY, HouseGroup, account, given, policy_in_force
from resolutionkit.cli.time_findings import time_findings
from resolutionkit.errors import Fault, FaultsFound
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.query import PAGE_LIMIT
from resolutionkit.model.scale import Scale
from resolutionkit.policy.alerts import Alerts
from resolutionkit.policy.calendar import BusinessCalendar
from resolutionkit.policy.directory_file import load_directory
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.rules import RulesApply
from resolutionkit.policy.targets import Target, TargetKind
from resolutionkit.policy.workflow import Move

T = TypeVar("T")


@click.group(cls=HouseGroup, short_help="Check, show, explain and try policies.")
def policy() -> None:
    """Check a policy and a directory, show what is in force and what was, explain rules and try others."""


@policy.command(short_help="Find what is wrong in a policy and a directory.")
@click.argument("file", required=False, type=click.Path())
@click.option("--strict", is_flag=True, help="Exit with 3 for warnings as well.")
@click.option("--responses", is_flag=True, help="Hold rules against the attributes of the account's latest responses.")
@as_json
def check(file: str | None, strict: bool, responses: bool, as_json: bool) -> None:
    """Tell everything that is wrong in a policy FILE (else: --policy), and in the --directory, each with its place.

    Faults make a file unusable, and the exit code 3. Warnings are what would go wrong later: a row of the workflow
    that another one hides, a rule that never acts or names somebody who is not there, a limit that is due before the
    one that comes first, a calendar that does not open, an escalation that reaches nobody, a group without a lead, a
    lead who is inactive, managers in a circle; with a --database, somebody who has left open issues behind. Each is
    told with what would be right.
    """
    path, people = file or given(POLICY), given(DIRECTORY)
    if path is None and people is None:
        raise click.UsageError("missing FILE, --policy FILE or --directory FILE", click.get_current_context())
    faults: list[tuple[str, Fault]] = []
    rules = Policy() if path is None else _loaded(Policy.load, path, faults)
    directory = None if people is None else _loaded(load_directory, people, faults)
    seen = attributes_seen() if responses else None
    found = list(_of_policy(rules, directory, seen)) if rules is not None and path is not None else []
    warnings = [(path or "", one) for one in found]
    if directory is not None and people is not None:
        found = [*directory_findings(directory, directory.groups or (), rules or Policy())]
        warnings += [(people, one) for one in (*found, *escalation_findings(rules or Policy(), directory))]
    if people is not None and not faults:
        warnings += left_behind(people)
    checked = [one for one in (path, people) if one is not None]
    _show_findings(checked, faults, warnings, as_json=as_json)
    if faults or (strict and warnings):
        click.get_current_context().exit(Exit.INVALID)


def _of_policy(rules: Policy, people: StaticDirectory | None, seen: Mapping[str, type] | None) -> Iterator[Finding]:
    yield from policy_findings(rules)
    yield from rule_findings(rules, people)
    yield from attribute_findings(rules, seen)
    yield from time_findings(rules, datetime.now(UTC))


def attributes_seen() -> Mapping[str, type]:
    """Return the types of the attributes that the account's latest responses have, by their names."""
    with account() as session:
        lines = session.tracker.responses(limit=PAGE_LIMIT)
        pairs = (pair for line in lines for pair in line.record.response.attributes.items())
        return {name: type(value) for name, value in pairs}


def _loaded(load: Callable[[str], T], path: str, faults: list[tuple[str, Fault]]) -> T | None:
    try:
        return load(path)
    except FaultsFound as problem:
        faults.extend((path, one) for one in problem.faults)
        return None


def _show_findings(
    checked: list[str], faults: list[tuple[str, Fault]], warnings: list[tuple[str, Finding]], *, as_json: bool
) -> None:
    found = [(path, "fault", one.place, one.problem, "") for path, one in faults]
    found += [(path, "warning", one.place, one.problem, one.right) for path, one in warnings]
    if as_json:
        names = ("file", "severity", "place", "problem", "right")
        told = [dict(zip(names, one, strict=True)) for one in found]
        kinds = {kind: [one for one in told if one["severity"] == kind] for kind in ("fault", "warning")}
        printing.show_data({"sound": not faults, "faults": kinds["fault"], "warnings": kinds["warning"]})
        return
    told_of = dict.fromkeys(path for path, *_ in found)
    sound = [path for path in checked if path not in told_of]
    if sound:
        printing.show([Prose(f"Sound: {', '.join(sound)}: no faults, no warnings.")])
    columns = (
        Column("Kind"),
        Column("Place"),
        Column("Problem", wraps=True),
        Column("Right", stacked=1, wraps=True, prefix="right: "),
    )
    for path in told_of:
        rows = [
            (Styled(kind, _SEVERITIES[kind]), place, problem, right)
            for where, kind, place, problem, right in found
            if where == path
        ]
        printing.show([Heading(path), Table(columns, tuple(rows))])


_SEVERITIES = {"fault": Role.ALARM, "warning": Role.ADVICE}


@policy.command(short_help="Show the policy in force, every default included.")
@as_json
def show(as_json: bool) -> None:
    """Show the policy in force: that of --policy, else the usual one, every default included."""
    rules = policy_in_force()
    if as_json:
        printing.show_data(asjson.data(rules))
    else:
        printing.show(_shown(rules))


def _shown(rules: Policy) -> Document:
    flow = rules.workflow
    return [
        Heading("Policy"),
        facts(
            ("Zone", rules.zone),
            ("Fingerprint", rules.fingerprint),
            ("Issue for whoever asks to be contacted", _yes(rules.open_on_contact_request)),
            ("A response replaces the one before", _span(rules.replace_within, "within", "however much later")),
            ("People are told of a response", _span(rules.announce_within, "not older than", "")),
            ("Daily alert", _alerted(rules.alerts)),
            ("Note on every status change", _yes(rules.note_on_status_change)),
            ("Note on every reassignment", _yes(rules.note_on_reassign)),
            ("Advised length of a note", f"{rules.advised_note_length} characters"),
            ("Kinds of escalation", ", ".join(rules.escalation_kinds) or "none"),
            ("Root causes", ", ".join(rules.root_causes) or "none"),
            ("Language of mail", rules.language),
            ("Channels", "every one that there is" if rules.channels is None else ", ".join(rules.channels) or "none"),
            ("Dimensions", ", ".join(rules.dimensions) or "none"),
            ("Attributes", _attributes(rules)),
        ),
        Heading("Targets"),
        facts(*((kind.value.replace("_", " ").capitalize(), _limit(rules.targets.of(kind))) for kind in TargetKind)),
        *((Heading("Calendar"), _calendar(rules.calendar)) if rules.calendar is not None else ()),
        Heading("Scales"),
        _scale_table(rules),
        *((Heading("Surveys"), _survey_table(rules)) if rules.surveys else ()),
        Heading(f"Workflow {flow.name}"),
        _status_table(rules),
        Heading("Moves"),
        Table(
            (Column("From", wraps=True), Column("To", wraps=True), Column("Note"), Column("Advised against")),
            tuple(_move_row(move) for move in flow.moves),
        ),
        Prose(f"Reopening leads to {', '.join(flow.reopen_to) or 'nowhere: the workflow has no reopening'}."),
        Prose("Where a move stands in two rows, the last holds."),
        *((Heading("Rules"), _rule_table(rules), Prose(_APPLY[rules.rules_apply])) if rules.rules else ()),
    ]


def _attributes(rules: Policy) -> str:
    if rules.attributes is None:
        return "whatever responses have"
    return ", ".join(f"{name} ({kind})" for name, kind in rules.attributes.items()) or "none"


def _limit(target: Target | None) -> str:
    if target is None:
        return "no limit"
    return f"within {target.within}{' of business time' if target.business_time else ''}"


def _calendar(calendar: BusinessCalendar) -> Element:
    place = ", ".join(filter(None, (calendar.country, calendar.subdivision)))
    return facts(
        ("Zone", calendar.zone),
        *((day.capitalize(), ", ".join(spans)) for day, spans in calendar.hours.items()),
        ("Holidays of", place or None),
        ("Holidays by hand", ", ".join(f"{day} {name}" for day, name in calendar.holidays.items()) or None),
        ("Special hours", ", ".join(f"{day} {', '.join(own)}" for day, own in calendar.special_hours.items()) or None),
    )


def _alerted(alerts: Alerts) -> str:
    off = f"; no text message on {', '.join(alerts.days_off)}" if alerts.text and alerts.days_off else ""
    halves = [name for name, is_on in (("text message", alerts.text), ("report", alerts.report)) if is_on]
    return f"{' and '.join(halves)} at {alerts.time:%H:%M}{off}" if halves else "none"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _span(span: timedelta | None, before: str, otherwise: str) -> str:
    return otherwise if span is None else f"{before} {span / timedelta(days=1):g} days"


def _scale_table(rules: Policy) -> Table:
    def row(scale: Scale) -> tuple[Cell, ...]:
        limits = (scale.minimum, scale.maximum, scale.detractor_max, scale.promoter_min)
        threshold = rules.recovery_threshold.get(scale.name, scale.detractor_max)
        return (scale.name, *map(str, limits), str(threshold))

    titles = ("From", "To", "Detractors to", "Promoters from", "Recovery at or below")
    columns = (Column("Scale"), *(Column(title, is_number=True) for title in titles))
    return Table(columns, tuple(row(scale) for scale in rules.known_scales.values()))


def _survey_table(rules: Policy) -> Table:
    def row(name: str) -> tuple[Cell, ...]:
        scale = rules.scale_of(name)
        return (name, scale.name, str(rules.threshold_of(name, scale)))

    columns = (Column("Survey"), Column("Scale"), Column("Recovery at or below", is_number=True))
    return Table(columns, tuple(row(name) for name in rules.surveys))


def _status_table(rules: Policy) -> Table:
    flow = rules.workflow
    columns = (Column("Status"), Column("Guidance", wraps=True), Column("Label", stacked=1), Column("Phase", stacked=1))

    def marks(key: str) -> str:
        roles = [
            word for word, is_so in (("initial", key == flow.initial), ("escalation", key == flow.escalation)) if is_so
        ]
        return f" ({', '.join(roles)})" if roles else ""

    rows = [(rule.key, rule.guidance, rule.label, rule.phase + marks(rule.key)) for rule in flow.statuses]
    return Table(columns, tuple(rows))


_APPLY = {
    RulesApply.FIRST: "The first rule that holds acts, and it alone.",
    RulesApply.ALL: "Every rule that holds acts, in this order.",
}


def _rule_table(rules: Policy) -> Table:
    columns = (Column("Rule"), Column("When", wraps=True), Column("What it does", wraps=True))
    rows = [(rule.name, "always" if rule.when is None else str(rule.when), rule.effect) for rule in rules.rules]
    return Table(columns, tuple(rows))


def _move_row(move: Move) -> tuple[Cell, ...]:
    return (", ".join(move.start), ", ".join(move.to), _yes(move.needs_note), _yes(move.is_unusual))
