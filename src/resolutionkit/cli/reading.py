"""The commands that read: ``inbox``, ``list`` and ``show``. What they show stands in ``tables`` and ``cards``."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.cards import issue_card, response_card
from resolutionkit.cli.document import Document, Heading, Prose, Table
from resolutionkit.cli.exits import say
from resolutionkit.cli.filters import filter_of, filtering
from resolutionkit.cli.known import warn_of_unknown
from resolutionkit.cli.options import INSTANT, Decorator, as_json, paging, placed, response_option, word
from resolutionkit.cli.settings import HouseCommand, Session, at_desk
from resolutionkit.cli.tables import count_line, issue_table, response_table
from resolutionkit.cli.which import issue_of, named
from resolutionkit.errors import shown
from resolutionkit.model.query import IssueFilter, Order, Page, ResponseFilter
from resolutionkit.model.response import ResponseRecord
from resolutionkit.tracker.inbox import Inbox

_ORDERS = {order.value.replace("_", "-"): order for order in Order}
_SECTIONS: Mapping[str, Callable[..., Page[Any]]] = {
    "flagged": Inbox.flagged,
    "working": Inbox.working,
    "followed": Inbox.followed,
    "open": Inbox.open,
    "closed": Inbox.closed,
}
ordering: Decorator = click.option(
    "--order",
    type=click.Choice(list(_ORDERS)),
    default="newest",
    show_default=True,
    help="Newest first, or most urgent first.",
)


@click.command(cls=HouseCommand, short_help="Show your issues, and how many there are of each kind.")
@click.argument("section", type=click.Choice(list(_SECTIONS)), default="open", metavar="[SECTION]")
@ordering
@paging
@as_json
def inbox(*, section: str, order: str, limit: int, after: str | None, as_json: bool) -> None:
    """Show your issues: how many there are of each kind, and those of SECTION (else: open).

    flagged: nobody works on them yet. working: active and yours. followed: you follow them. open: all that are not
    closed. closed: all that are.
    """
    with at_desk() as session:
        mine = session.desk.inbox()
        found = _SECTIONS[section](mine, order=_ORDERS[order], limit=limit, after=after)
        counts = mine.counts()
        if as_json:
            printing.show_data({"section": section, "counts": asjson.data(counts), **asjson.page(found)})
        else:
            printing.show([Heading(section.capitalize()), Prose(count_line(counts)), issue_table(found, session)])
            tell_next(found)


@click.command(name="list", cls=HouseCommand, short_help="List issues or responses, by every filter.")
@click.argument("what", type=click.Choice(["issues", "responses"]), default="issues", metavar="[WHAT]")
@filtering
@click.option("--order", type=click.Choice(list(_ORDERS)), help="Newest first (the default), or most urgent first.")
@paging
@as_json
def list_(*, what: str, order: str | None, limit: int, after: str | None, as_json: bool, **conditions: Any) -> None:
    """List the issues, or the responses, that pass every filter; WHAT is 'issues' (the default) or 'responses'.

    Dates and instants without an offset are in the account's zone. Responses come newest first.
    """
    if what == "responses" and order is not None:
        raise click.UsageError("--order does not go with 'responses'", click.get_current_context())
    with at_desk() as session:
        found, table = _issues if what == "issues" else _responses, issue_table if what == "issues" else response_table
        page = found(session, conditions, order or "newest", limit, after)
        warn_of_unknown(conditions, session.policy, session.directory)
        _show_page(page, table(page, session), as_json=as_json)


def _issues(session: Session, conditions: Mapping[str, Any], order: str, limit: int, after: str | None) -> Page[Any]:
    condition = filter_of(IssueFilter, conditions, session.policy)
    return session.desk.issues(condition, order=_ORDERS[order], limit=limit, after=after)


def _responses(
    session: Session, conditions: Mapping[str, Any], _order: str, limit: int, after: str | None
) -> Page[Any]:
    condition = filter_of(ResponseFilter, conditions, session.policy)
    return session.desk.responses(condition, limit=limit, after=after)


def _show_page(page: Page[Any], table: Table, *, as_json: bool) -> None:
    if as_json:
        printing.show_data(asjson.page(page))
    else:
        printing.show([table])
        tell_next(page)


def tell_next(page: Page[Any]) -> None:
    """Say on the standard error stream, where it spoils no pipe, how to get the next page."""
    if page.next is not None:
        given: tuple[str, ...] = click.get_current_context().find_root().obj or ()
        say(f"more: resolutionkit {shlex.join([*_without_after(given), '--after', page.next])}")


def _without_after(given: tuple[str, ...]) -> list[str]:
    kept: list[str] = []
    skips = False
    for one in given:
        if skips or one == "--after" or one.startswith("--after="):
            skips = one == "--after" and not skips
        else:
            kept.append(one)
    return kept


@click.command(cls=HouseCommand, short_help="Show one issue with all that is known of it.")
@word("issue")
@response_option
@click.option("--as-of", type=INSTANT, help="The issue as it was at this instant.")
@as_json
def show(*, issue: str | None, response_id: str | None, as_of: datetime | None, as_json: bool) -> None:
    """Show one issue: its state, the response with every question and answer, notes, timeline, what can be done.

    With --response a response that belongs to no issue is shown as well.
    """
    which = named(issue, response_id)
    with at_desk() as session:
        if which.response is not None and session.desk.response(which.response).issue is None:
            _show_response(session, which.response, as_json=as_json)
        else:
            _show_issue(session, issue_of(session, which), placed(as_of, session.policy), as_json=as_json)


def _show_response(session: Session, response_id: str, *, as_json: bool) -> None:
    record = session.desk.response(response_id)
    if as_json:
        printing.show_data({"record": asjson.data(record)})
    else:
        printing.show([Prose(_no_issue(record)), *response_card(record.response, record, session)])


def _no_issue(record: ResponseRecord) -> str:
    if record.replaced_by is not None:
        return f"No issue: {shown(record.replaced_by)} stands in its place."
    need = "it needs recovery, but opened none" if record.needs_recovery else "it needs no recovery"
    return f"No issue: {need}; 'resolutionkit {shlex.join(['flag', record.id])} --note TEXT' makes it one."


def _show_issue(session: Session, issue_id: str, as_of: datetime | None, *, as_json: bool) -> None:
    desk = session.desk
    found = desk.issue(issue_id) if as_of is None else desk.as_of(issue_id, as_of)
    events = [event for event in desk.history(issue_id) if event.number <= found.version]
    moves = desk.moves(issue_id) if as_of is None else None
    record = desk.response(found.response.id)
    if as_json:
        parts = {"issue": found, "record": record, "events": events, "moves": moves}
        printing.show_data({name: asjson.data(part) for name, part in parts.items()})
    else:
        card: Document = issue_card(found, record, events, moves, session)
        printing.show(card)
