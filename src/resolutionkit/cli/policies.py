"""``policy check`` and ``policy show``. What the first warns of stands in ``findings``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Cell, Column, Document, Heading, Prose, Role, Styled, Table, facts
from resolutionkit.cli.exits import Exit
from resolutionkit.cli.findings import directory_findings, policy_findings
from resolutionkit.cli.options import as_json
from resolutionkit.cli.rule_findings import rule_findings
from resolutionkit.cli.settings import DIRECTORY, POLICY, HouseGroup, given, policy_in_force
from resolutionkit.errors import Fault, FaultsFound
from resolutionkit.model.scale import Scale
from resolutionkit.policy.alerts import Alerts
from resolutionkit.policy.directory_file import load_directory
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.rules import RulesApply
from resolutionkit.policy.workflow import Move

T = TypeVar("T")


@click.group(cls=HouseGroup)
def policy() -> None:
    """Check a policy and a directory, or show the policy in force."""


@policy.command(short_help="Find what is wrong in a policy and a directory.")
@click.argument("file", required=False, type=click.Path())
@click.option("--strict", is_flag=True, help="Exit with 3 for warnings as well.")
@as_json
def check(file: str | None, strict: bool, as_json: bool) -> None:
    """Tell everything that is wrong in a policy FILE (else: --policy), and in the --directory, each with its place.

    Faults make a file unusable, and the exit code 3. Warnings are what would go wrong later: a row of the workflow
    that another one hides, a rule that never acts or names somebody who is not there, a group without a lead, a lead
    who is inactive, managers in a circle.
    """
    path, people = file or given(POLICY), given(DIRECTORY)
    if path is None and people is None:
        raise click.UsageError("missing FILE, --policy FILE or --directory FILE", click.get_current_context())
    faults: list[tuple[str, Fault]] = []
    rules = Policy() if path is None else _loaded(Policy.load, path, faults)
    directory = None if people is None else _loaded(load_directory, people, faults)
    warnings = [(path, one) for one in policy_findings(rules)] if rules is not None and path is not None else []
    if rules is not None and path is not None:
        warnings += [(path, one) for one in rule_findings(rules, directory)]
    if directory is not None and people is not None:
        found = directory_findings(directory, directory.groups or (), rules or Policy())
        warnings += [(people, one) for one in found]
    checked = [one for one in (path, people) if one is not None]
    _show_findings(checked, faults, warnings, as_json=as_json)
    if faults or (strict and warnings):
        click.get_current_context().exit(Exit.INVALID)


def _loaded(load: Callable[[str], T], path: str, faults: list[tuple[str, Fault]]) -> T | None:
    try:
        return load(path)
    except FaultsFound as problem:
        faults.extend((path, one) for one in problem.faults)
        return None


def _show_findings(
    checked: list[str], faults: list[tuple[str, Fault]], warnings: list[tuple[str, Fault]], *, as_json: bool
) -> None:
    if as_json:
        kinds = {"faults": faults, "warnings": warnings}
        told = {
            kind: [{"file": path, "place": one.place, "problem": one.problem} for path, one in found]
            for kind, found in kinds.items()
        }
        printing.show_data({"sound": not faults, **told})
        return
    told_of = dict.fromkeys(path for path, _ in (*faults, *warnings))
    sound = [path for path in checked if path not in told_of]
    if sound:
        printing.show([Prose(f"Sound: {', '.join(sound)}: no faults, no warnings.")])
    for path in told_of:
        rows = [(Styled("fault", Role.ALARM), one.place, one.problem) for where, one in faults if where == path]
        rows += [(Styled("warning", Role.ADVICE), one.place, one.problem) for where, one in warnings if where == path]
        columns = (Column("Kind"), Column("Place"), Column("Problem", wraps=True))
        printing.show([Heading(path), Table(columns, tuple(rows))])


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
        ),
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
