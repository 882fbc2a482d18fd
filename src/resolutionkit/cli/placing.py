"""``move`` and ``repair``: what administrators do with responses (requirements A6, A8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Cell, Column, Document, Heading, Role, Styled, Table, facts
from resolutionkit.cli.exits import Exit, message_of
from resolutionkit.cli.filters import filter_of, filtering
from resolutionkit.cli.options import GROUP, as_json, key_option, paging, read_note, stdin_is_terminal, with_all
from resolutionkit.cli.reading import tell_next
from resolutionkit.cli.settings import PERSON, HouseCommand, Session, account, at_desk, given
from resolutionkit.cli.tables import who_answered
from resolutionkit.cli.timeline import said, stamp
from resolutionkit.model.query import Page, ResponseFilter, ResponseLine
from resolutionkit.model.results import ResponseChange, ResponseChangeOrRefusal
from resolutionkit.tracker.placing import check_administrator

_WHY = with_all(
    click.option("--note", metavar="TEXT", help="Why, for the issue's note log; '-' reads the standard input."),
    click.option("--author", metavar="NAME", help="Whose name the note is signed with; else yours."),
)


def _told(change: ResponseChange, session: Session) -> Document:
    response, issue = change.response, change.issue
    word = "Already" if change.is_repetition else "Done"
    done = [(word, said(event, session)) for event in change.events]
    return [
        Heading(f"Response {response.id} ({who_answered(response.contact)})"),
        facts(
            *done,
            ("Group", response.group or "none"),
            ("Segment", response.segment or "none"),
            ("Issue", "none" if issue is None else issue.id),
            ("Assignee", None if issue is None else session.name_of(issue.assignee)),
            *(("Advice", Styled(one.message, Role.ADVICE)) for one in change.advice),
        ),
    ]


def _show(change: ResponseChange, session: Session, *, as_json: bool) -> None:
    if as_json:
        printing.show_data(asjson.data(change))
    else:
        printing.show(_told(change, session))


@click.command(cls=HouseCommand, short_help="Move responses to another group.")
@click.argument("response", required=False)
@click.option("--to", type=GROUP, required=True, help="The code of the group.")
@click.option("--all", "moves_all", is_flag=True, help="All responses that pass the filters, in place of RESPONSE.")
@click.option("--yes", is_flag=True, help="Do not ask, with --all; needed where nobody sits at a terminal.")
@_WHY
@filtering
@key_option
@as_json
def move(
    *,
    response: str | None,
    to: str,
    moves_all: bool,
    yes: bool,
    note: str | None,
    author: str | None,
    key: str | None,
    as_json: bool,
    **conditions: Any,
) -> None:
    """Move RESPONSE, with its issue, notes and limits, to another group; or with --all those that pass every filter.

    You must be an administrator.
    """
    if moves_all is (response is not None):
        raise click.UsageError("give RESPONSE, or --all with filters", click.get_current_context())
    note = read_note(note)
    with at_desk() as session:
        condition = filter_of(ResponseFilter, conditions, session.policy)
        if response is not None:
            if condition != ResponseFilter():
                raise click.UsageError("filters go with --all", click.get_current_context())
            _show(session.desk.move(response, group=to, key=key, note=note, author=author), session, as_json=as_json)
            return
        if key is not None:
            raise click.UsageError("--key goes with RESPONSE", click.get_current_context())
        _confirm(to, yes=yes)
        _show_all(session.desk.move_all(condition, group=to, note=note, author=author), as_json=as_json)


def _confirm(to: str, *, yes: bool) -> None:
    if yes:
        return
    if not stdin_is_terminal():
        raise click.UsageError("moving many: add --yes", click.get_current_context())
    click.confirm(f"Move all that pass the filters to {to!r}?", abort=True, err=True)


def _show_all(done: Iterable[ResponseChangeOrRefusal], *, as_json: bool) -> None:
    results = list(done)
    refused = [one for one in results if not one.is_done]
    if as_json:
        parts = {"moved": [one.response_id for one in results if one.is_done]}
        told = [{"response": one.response_id, "error": str(one.error)} for one in refused]
        printing.show_data({**parts, "refused": told})
    else:
        columns = (Column("Response"), Column("What", wraps=True))
        rows = [(one.response_id, "moved" if one.error is None else message_of(one.error)) for one in results]
        printing.show([Table(columns, tuple(rows))])
    if refused:
        raise click.exceptions.Exit(Exit.PARTLY)


@click.command(cls=HouseCommand, short_help="List the responses in quarantine, or put one right.")
@click.argument("response", required=False)
@click.option("--group", type=GROUP, help="The code of its group; else it stays.")
@click.option("--segment", metavar="CODE", help="The code of its segment; else it stays.")
@click.option("--known", is_flag=True, help="Put right all whose codes the directory knows by now; without --as too.")
@_WHY
@key_option
@paging
@as_json
def repair(
    *,
    response: str | None,
    known: bool,
    limit: int,
    after: str | None,
    as_json: bool,
    **codes: Any,
) -> None:
    """Put RESPONSE right, which waits in quarantine; without RESPONSE, list all that do, with the reasons.

    You must be an administrator.
    """
    if known:
        if response is not None:
            raise click.UsageError("give RESPONSE or --known, not both", click.get_current_context())
        _repair_known(as_json=as_json)
        return
    with at_desk() as session:
        if response is None:
            _show_waiting(session.desk.quarantined(limit=limit, after=after), session, as_json=as_json)
            return
        codes["note"] = read_note(codes["note"])
        _show(session.desk.repair(response, **codes), session, as_json=as_json)


def _repair_known(*, as_json: bool) -> None:
    with account() as session:
        who = given(PERSON)
        if who is not None:
            check_administrator(who, session.directory)
        count = session.tracker.repair_known()
        if as_json:
            printing.show_data({"repaired": count})
        else:
            printing.show([facts(("Repaired", str(count)))])


_COLUMNS = (
    Column("Response"),
    Column("Received"),
    Column("Group"),
    Column("Segment"),
    Column("Why", wraps=True),
    Column("Issue"),
)


def _show_waiting(page: Page[ResponseLine], session: Session, *, as_json: bool) -> None:
    if as_json:
        printing.show_data(asjson.page(page))
        return

    def row(line: ResponseLine) -> tuple[Cell, ...]:
        response, record = line.record.response, line.record
        why = ", ".join(one.replace("_", " ") for one in record.quarantined_for)
        received = stamp(response.received_at, session.zone)
        return (line.id, received, response.group or "", response.segment or "", why, record.issue or "")

    printing.show([Table(_COLUMNS, tuple(map(row, page)))])
    tell_next(page)
