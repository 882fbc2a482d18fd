"""``policy versions`` and ``policy schema``: what policies there were, and what editors are told of their files."""

from __future__ import annotations

import click

from resolutionkit.cli import asjson, plain, printing
from resolutionkit.cli.document import Cell, Column, Table
from resolutionkit.cli.options import as_json
from resolutionkit.cli.settings import HouseCommand, Session, account
from resolutionkit.cli.timeline import stamp
from resolutionkit.cli.toml_text import toml_text
from resolutionkit.errors import shown
from resolutionkit.policy.policy_schema import policy_schema
from resolutionkit.policy.versions import PolicyVersion


@click.command(cls=HouseCommand, short_help="Show under which versions of the policy things happened.")
@click.argument("fingerprint", required=False)
@as_json
def versions(fingerprint: str | None, as_json: bool) -> None:
    """Show every version of the account's policy under which anything happened; or the one with FINGERPRINT, as TOML.

    The timeline of an issue says under which version each thing happened. A few characters of the fingerprint do,
    where one version alone begins with them.
    """
    with account() as session:
        found = session.tracker.policies()
        if fingerprint is not None:
            _show_one(_only(found, fingerprint), as_json=as_json)
        elif as_json:
            printing.show_data([asjson.data(one) for one in found])
        else:
            printing.show([_table(found, session)])


def _show_one(version: PolicyVersion, *, as_json: bool) -> None:
    if as_json:
        printing.show_data(asjson.data(version))
    else:
        printing.write(plain.block(toml_text(version.data)))


def _only(found: tuple[PolicyVersion, ...], fingerprint: str) -> PolicyVersion:
    fitting = [one for one in found if one.fingerprint.startswith(fingerprint)]
    if len(fitting) != 1:
        known = ", ".join(one.fingerprint for one in found) or "none"
        problem = "several versions begin with" if fitting else "no version begins with"
        raise click.UsageError(f"{problem} {shown(fingerprint)}; there are {known}", click.get_current_context())
    return fitting[0]


def _table(found: tuple[PolicyVersion, ...], session: Session) -> Table:
    columns = (Column("Fingerprint"), Column("First used"), Column("Rules", is_number=True), Column(""))

    def row(one: PolicyVersion) -> tuple[Cell, ...]:
        return (
            one.fingerprint,
            stamp(one.first_used_at, session.zone),
            str(len(one.data.get("rules", ()))),
            "present" if one.is_present else "",
        )

    return Table(columns, tuple(map(row, found)), "Nothing happened yet.")


@click.command(cls=HouseCommand, short_help="Print the JSON Schema of policy files, for editors.")
def schema() -> None:
    """Print the JSON Schema (draft 7) of policy files; '#:schema FILE' at a file's top tells editors of it."""
    printing.show_data(policy_schema())
