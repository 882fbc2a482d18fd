"""``db``: bring the tables to a version and back, or write the script for it; say how far they are; check them."""

from __future__ import annotations

from types import ModuleType

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Column, Prose, Role, Styled, Table, facts
from resolutionkit.cli.exits import Exit
from resolutionkit.cli.options import as_json, stdin_is_terminal
from resolutionkit.cli.settings import DATABASE, PREFIX, SCHEMA, HouseGroup, given, needed
from resolutionkit.errors import MissingExtra

_DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb", "dsql")


@click.group(cls=HouseGroup)
def db() -> None:
    """Make, upgrade and check the tables of a SQL database."""


@db.command(short_help="Make the tables, or bring them up to date.")
@click.option("--to", default="head", metavar="REVISION", show_default=True, help="How far; 'head' is the newest.")
def upgrade(to: str) -> None:
    """Make the tables where there are none, and bring older ones up to date.

    It is safe to run again, and from many processes at once. A SQLite file that is not there is made.
    """
    ran = _migrating().upgrade(needed(DATABASE), to=to, **_names())
    said = f"Upgraded: {', '.join(ran)}." if ran else "Nothing to do: the tables are up to date."
    printing.show([Prose(said)])


@db.command(short_help="Bring the tables back to an older revision.")
@click.option("--to", required=True, metavar="REVISION", help="How far back; 'base' drops all tables of resolutionkit.")
@click.option("--yes", is_flag=True, help="Do not ask whether what only the newer tables hold may be lost.")
def downgrade(to: str, yes: bool) -> None:
    """Bring the tables back to an older REVISION; what only the newer ones hold is lost.

    It asks first, at a terminal; elsewhere it wants --yes.
    """
    url = needed(DATABASE)
    if not yes:
        if not stdin_is_terminal():
            raise click.UsageError("missing --yes: data will be lost", click.get_current_context())
        click.confirm(f"Bring the tables back to {to}, and lose what only newer ones hold?", abort=True)
    ran = _migrating().downgrade(url, to=to, **_names())
    printing.show([Prose(f"Taken back: {', '.join(ran)}." if ran else "Nothing to do: there are no newer tables.")])


@db.command(short_help="Write the script that makes or changes the tables.")
@click.option("--dialect", type=click.Choice(_DIALECTS), help="For which database; else that of --database.")
@click.option("--from", "start", default="base", metavar="REVISION", show_default=True, help="What is there now.")
@click.option("--to", default="head", metavar="REVISION", show_default=True, help="Where to; it may lead down.")
def sql(dialect: str | None, start: str, to: str) -> None:
    """Write the SQL that leads from one revision to another, and connect to nothing.

    For Aurora DSQL each change of a table is a statement by itself, to be run outside of transactions.
    """
    database = dialect or needed(DATABASE).partition(":")[0].partition("+")[0]
    printing.write(_migrating().script(database, start=start, to=to, **_names()))


@db.command(short_help="Find how the tables differ from what they should be.")
@as_json
def check(as_json: bool) -> None:
    """Tell how the tables differ from what they should be: version, tables, columns, collations, indexes.

    The exit code is 3 where they do.
    """
    found = _migrating().check(needed(DATABASE), **_names())
    if as_json:
        printing.show_data({"sound": not found, "differences": list(found)})
    elif found:
        rows = tuple((Styled("fault", Role.ALARM), one) for one in found)
        printing.show([Table((Column("Kind"), Column("Problem", wraps=True)), rows)])
    else:
        printing.show([Prose("Sound: the tables are as they should be.")])
    if found:
        click.get_current_context().exit(Exit.INVALID)


@db.command(short_help="Show which version the tables have.")
@as_json
def current(as_json: bool) -> None:
    """Show which version the tables have, which is the newest, and who upgrades them."""
    state = _migrating().state(needed(DATABASE), **_names())
    if as_json:
        printing.show_data(asjson.data(state))
        return
    keeper = "'resolutionkit db upgrade'" if state.is_ours else "the host's own migrations"
    shown = facts(
        ("Version", state.version or "no tables yet"),
        ("Newest", state.newest),
        ("To be run", ", ".join(state.pending) or "nothing"),
        ("Upgraded by", keeper),
    )
    printing.show([shown])


def _names() -> dict[str, str]:
    """Return how the tables are named, where the settings say it."""
    told = {"prefix": given(PREFIX), "schema": given(SCHEMA)}
    return {name: value for name, value in told.items() if value is not None}


def _migrating() -> ModuleType:
    try:
        from resolutionkit.storage.sql import migrating
    except ModuleNotFoundError as problem:
        if (problem.name or "").partition(".")[0] != "sqlalchemy":
            raise
        raise MissingExtra("sql", "a SQL database") from problem
    return migrating
