"""``hand-over``: who has left open issues behind, and giving all of somebody's to somebody else (requirement B6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Cell, Column, Heading, Prose, Role, Styled, Table
from resolutionkit.cli.exits import Exit
from resolutionkit.cli.finding import Finding
from resolutionkit.cli.options import WHO, as_json, note_option, read_note
from resolutionkit.cli.settings import DATABASE, HouseCommand, Session, account, at_desk, given, missing_file
from resolutionkit.errors import PluginError, StorageError
from resolutionkit.model.results import ChangeOrRefusal
from resolutionkit.tracker.leaving import Leaver


@click.command("hand-over", cls=HouseCommand, short_help="Hand over the open issues of somebody who leaves.")
@click.argument("leaver", required=False, type=WHO)
@click.option("--to", type=WHO, help="Who gets them; else each is routed as if it opened now.")
@note_option
@click.option("--author", metavar="NAME", help="Whose name the notes are signed with; else yours.")
@as_json
def hand_over(leaver: str | None, to: str | None, note: str | None, author: str | None, as_json: bool) -> None:
    """Give all open issues of LEAVER, of those that you see, to somebody else; without LEAVER, say who has left any.

    LEAVER is an id or email address, active or not, or gone from the directory. What cannot be done of one issue keeps
    no other from being done; the exit code is 10 then.
    """
    with at_desk() as session:
        if leaver is None:
            _show_leavers(session.desk.leavers(), as_json=as_json)
            return
        done = session.desk.hand_over(leaver, to=to, note=read_note(note), author=author)
        if as_json:
            printing.show_data([_data(one) for one in done])
        else:
            _show_done(done, session)
        if not all(one.is_done for one in done):
            click.get_current_context().exit(Exit.PARTLY)


def _show_leavers(found: Sequence[Leaver], *, as_json: bool) -> None:
    if as_json:
        printing.show_data(asjson.data(found))
    elif not found:
        printing.show([Prose("Nobody who is inactive or gone has open issues.")])
    else:
        columns = (Column("Person"), Column("Name", wraps=True), Column("Open issues", is_number=True))
        rows = tuple((one.person, one.name, str(one.issues)) for one in found)
        printing.show([Heading("Left behind"), Table(columns, rows)])


def _data(one: ChangeOrRefusal) -> dict[str, object]:
    change, error = one.change, one.error
    return {
        "issue": one.issue_id,
        "assignee": None if change is None else change.issue.assignee,
        "error": None if error is None else str(error),
    }


def _show_done(done: Sequence[ChangeOrRefusal], session: Session) -> None:
    if not done:
        printing.show([Prose("Nothing to hand over: no open issue that you see is theirs.")])
        return
    columns = (Column("Issue"), Column("Response"), Column("Now", wraps=True))
    rows: list[tuple[Cell, ...]] = []
    for one in done:
        if one.change is None:
            rows.append((one.issue_id, "", Styled(str(one.error), Role.ALARM)))
        else:
            issue = one.change.issue
            rows.append((one.issue_id, issue.response.id, session.name_of(issue.assignee)))
    printing.show([Heading("Handed over"), Table(columns, tuple(rows))])


def left_behind(directory: str) -> list[tuple[str, Finding]]:
    """Return the warnings of ``policy check`` on people who are not there any more and have open issues (B6).

    They need a database: where none is named, or there is none yet, nothing is said. One that cannot be used is a
    warning, and keeps nothing else from being checked.

    Args:
        directory: The file of the directory.

    Returns:
        Each warning with where it belongs: to the directory, or to the database.
    """
    url = given(DATABASE)
    if url is None or missing_file(url) is not None:
        return []
    try:
        with account() as session:
            return [(directory, one) for one in _warnings(session.tracker.leavers())]
    except (StorageError, PluginError) as problem:
        told = f"could not be looked through for people who have left: {problem}"
        return [(DATABASE.flag, Finding("issues", told, "name a database that can be read, or none"))]


def _warnings(leavers: Sequence[Leaver]) -> Iterator[Finding]:
    for one in leavers:
        count = f"{one.issues} open issue{'' if one.issues == 1 else 's'}"
        yield Finding(
            f"people.{one.person}",
            f"is not there any more and has {count}",
            f"give them to somebody: resolutionkit hand-over {one.person}",
        )
