"""``import``: a file of responses goes in, with a progress bar on a terminal, and a report of what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Column, Document, Heading, Prose, Role, Styled, Table, facts
from resolutionkit.cli.exits import Exit, say
from resolutionkit.cli.options import as_json
from resolutionkit.cli.settings import DATABASE, HouseCommand, account, missing_file, needed
from resolutionkit.datafile import toml_data
from resolutionkit.errors import MappingError
from resolutionkit.importing import presets
from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.importing.readers import about_rows
from resolutionkit.model.results import Outcome
from resolutionkit.tracker.imports import ImportReport

_SHOWN = 10
"""How many rejected rows a person is shown; ``--rejects`` writes all, ``--json`` has a hundred."""


@click.command(name="import", cls=HouseCommand, short_help="Take in a file of responses: CSV, JSON lines, Parquet.")
@click.argument("file", type=click.Path())
@click.option("--mapping", type=click.Path(), help="Which column becomes what, in TOML.")
@click.option("--preset", type=click.Choice(presets.names()), help="The mapping of a well-known tool's files.")
@click.option(
    "--set", "own", metavar="KEY=TEXT", multiple=True, help="A key of the mapping, such as score=Q1; repeatable."
)
@click.option("--rejects", type=click.Path(), help="Where to write the rejected rows, each with its reason, as CSV.")
@click.option("--dry-run", is_flag=True, help="Write nothing, and say what would happen.")
@click.option("--replace", is_flag=True, help="Take what differs from what is known as a correction; else reject it.")
@click.option("--announce", is_flag=True, help="Tell people of the issues; else an import rings no bells.")
@click.option("--create", is_flag=True, help="Make the tables in a database that holds something else already.")
@as_json
def import_(
    *,
    file: str,
    mapping: str | None,
    preset: str | None,
    own: tuple[str, ...],
    rejects: str | None,
    dry_run: bool,
    replace: bool,
    announce: bool,
    create: bool,
    as_json: bool,
) -> None:
    """Take in FILE, which is CSV, JSON lines or Parquet, for the whole account.

    It is safe to interrupt, and to run again: what is known already is a duplicate. A database file that is not there
    is made. The exit code is 10 where rows were rejected.

    Columns are named by --mapping, by --preset, or by both: what the mapping says outdoes the preset, and --set either.
    """
    if file == "-":
        raise click.UsageError("import reads a file, not the standard input", click.get_current_context())
    columns = _mapping(mapping, preset, own)
    url = needed(DATABASE)
    if dry_run and missing_file(url) is not None:
        url = "memory:"  # what would happen in a new database, without leaving one
    with (
        account(url=url, may_be_new=True, create=create or None) as session,
        _progress(Path(file), columns) as progress,
    ):
        report = session.tracker.import_file(
            file,
            columns,
            rejects=rejects,
            dry_run=dry_run,
            replace=replace,
            announce=announce,
            progress=progress,
        )
    if as_json:
        printing.show_data({**asjson.data(report), "recorded": report.recorded})
    else:
        printing.show(_told(report, file))
    known = report.counts[Outcome.DUPLICATE]
    if announce and known:
        say(f"note: {known} of {report.rows} rows were known already, and nobody is told of those by --announce")
    if report.rejected:
        say(_about_rejects(report, rejects))
        click.get_current_context().exit(Exit.PARTLY)


def _mapping(path: str | None, preset: str | None, own: tuple[str, ...]) -> ImportMapping:
    if path is None and preset is None:
        raise click.UsageError("missing option '--mapping' (or '--preset')", click.get_current_context())
    data = {} if path is None else toml_data(path, MappingError)
    if preset is not None:
        data["preset"] = preset
    for one in own:
        key, mark, text = one.partition("=")
        if not (key.strip() and mark and text.strip()):
            raise click.BadParameter(f"{one!r} should be KEY=TEXT, such as score=Q1", param_hint="'--set'")
        _set(data, key.strip(), text)
    return ImportMapping.from_data(data, path or f"the preset {preset}")


def _set(data: dict[str, Any], key: str, text: str) -> None:
    table, dot, inner = key.partition(".")
    if not dot:
        data[key] = text
    elif isinstance(data.setdefault(table, {}), dict):
        data[table][inner] = text
    else:
        raise click.BadParameter(
            f"{table!r} is no table in the mapping, so {key!r} cannot be set", param_hint="'--set'"
        )


@contextmanager
def _progress(path: Path, mapping: ImportMapping) -> Iterator[Callable[[int], object]]:
    total = about_rows(path, mapping.file) if printing.is_watched() else None
    with printing.progress_bar(total) as moved:
        yield moved


def _told(report: ImportReport, file: str) -> Document:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in report.counts.items() if count)
    done: Document = [
        Heading(f"{'Dry run of' if report.dry_run else 'Imported'} {file}"),
        facts(
            ("Rows", str(report.rows)),
            ("Responses", counts or "none"),
            ("Issues opened", _opened(report)),
            ("Rejected", Styled(str(report.rejected), Role.ALARM if report.rejected else Role.DONE)),
        ),
    ]
    if report.dry_run:
        done.append(Prose("Nothing was written."))
    if report.rejects:
        done += [Heading("Rejected rows"), _reject_table(report)]
    return done


def _opened(report: ImportReport) -> str:
    if not report.issues_backfilled:
        return str(report.issues_opened)
    return f"{report.issues_opened}, of which {report.issues_backfilled} backfilled"


def _reject_table(report: ImportReport) -> Table:
    columns = (Column("Line", is_number=True), Column("Column"), Column("Reason", wraps=True))
    shown = report.rejects[:_SHOWN]
    return Table(columns, tuple((str(row.line), row.column or "(row)", row.reason) for row in shown))


def _about_rejects(report: ImportReport, rejects: str | None) -> str:
    where = f"all of them are in {rejects}" if rejects else "--rejects FILE writes them all, each with its reason"
    return f"{report.rejected} of {report.rows} rows were rejected; {where}"
