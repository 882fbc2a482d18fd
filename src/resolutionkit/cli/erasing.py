"""``erase`` and ``export``: one person's data, for the account as a whole; a person who is named must be allowed to."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from resolutionkit.cli import asjson, plain, printing
from resolutionkit.cli.document import Heading, Prose, facts
from resolutionkit.cli.options import TextType, as_json, stdin_is_terminal
from resolutionkit.cli.settings import PERSON, HouseCommand, Session, account, given
from resolutionkit.errors import AccessDenied, shown
from resolutionkit.model.results import Erased

_SPAN = re.compile(r"(\d{1,5})([dwmy])")
_DAYS = {"d": 1, "w": 7}
_MONTHS = {"m": 1, "y": 12}


class Age(TextType):
    """How old something is: days, weeks, months or years."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the age, if it is one."""
        if not _SPAN.fullmatch(str(value)):
            return self.fail(f"{shown(value)} is no age such as 90d, 26w, 18m or 2y", param, ctx)
        return str(value)


def cut_off(age: str, now: datetime) -> datetime:
    """Return the instant that lies so long before now: by the calendar, where months or years are meant.

    Raises:
        click.UsageError: No calendar goes back so far.
    """
    count, unit = int(age[:-1]), age[-1]
    try:
        if unit in _DAYS:
            return now - timedelta(days=count * _DAYS[unit])
        year, month = divmod(now.year * 12 + now.month - 1 - count * _MONTHS[unit], 12)
        last = calendar.monthrange(year, month + 1)[1]
        return now.replace(year=year, month=month + 1, day=min(now.day, last))
    except (OverflowError, ValueError) as problem:
        raise click.UsageError(f"no calendar goes back {age}", click.get_current_context()) from problem


@contextmanager
def _as_administrator() -> Iterator[Session]:
    """Open the account: as the host itself, or as the person who is named, who must be an administrator.

    Raises:
        AccessDenied: The person is none.
    """
    with account() as session:
        who = given(PERSON)
        person = None if who is None else session.directory.person(who)
        if who is not None and not (person is not None and person.active and person.administrator):
            raise AccessDenied(who, "is no administrator of the directory; only they may erase and export")
        yield session


@click.command(cls=HouseCommand, short_help="Erase a person, a response, or what is old.")
@click.argument("email", required=False)
@click.option("--response", "response_id", metavar="ID", help="One response, whose contact need have no address.")
@click.option("--older-than", type=Age(), help="All responses older than 90d, 26w, 18m or 2y; not of open issues.")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody sits at a terminal.")
@as_json
def erase(*, email: str | None, response_id: str | None, older_than: str | None, yes: bool, as_json: bool) -> None:
    """Erase the data of EMAIL, of one response, or of all that are old. It cannot be undone.

    Scores, dates, codes and the attributes that the policy names as dimensions stay, so every figure stays as it was.
    An issue that is not closed keeps its data where only its age is against it. Whoever is named with --as must be an
    administrator.
    """
    given_ones = [one for one in (email, response_id, older_than) if one is not None]
    if len(given_ones) != 1:
        raise click.UsageError("give one of EMAIL, --response ID and --older-than AGE", click.get_current_context())
    with _as_administrator() as session:
        what = _what(email, response_id, older_than)
        _confirm(what, session, yes=yes)
        if older_than is not None:
            done = session.tracker.erase_older_than(cut_off(older_than, datetime.now(UTC)))
        else:
            done = session.tracker.erase(email, response_id=response_id)
        if as_json:
            printing.show_data(asjson.data(done))
        else:
            printing.show([Heading(f"Erased: {what}"), *_told(done)])


def _what(email: str | None, response_id: str | None, older_than: str | None) -> str:
    if email is not None:
        return email
    return f"response {response_id}" if response_id is not None else f"all older than {older_than}"


def _confirm(what: str, session: Session, *, yes: bool) -> None:
    if yes:
        return
    if not stdin_is_terminal():
        raise click.UsageError("erasing cannot be undone: add --yes", click.get_current_context())
    question = f"Erase {what} in account {session.tracker.account}? It cannot be undone."
    click.confirm(plain.line(question), abort=True, err=True)


def _told(done: Erased) -> list[Any]:
    if done == Erased():
        return [Prose("Nothing was found.")]
    return [
        facts(
            ("Responses", str(done.responses)),
            ("Issues", f"{done.issues} whose notes, reasons and root causes lost their words"),
            ("Mentions", f"{done.mentions} responses and issues of others"),
            ("Addresses", str(done.addresses)),
            ("Left", f"{done.left} open issues" if done.left else None),
        )
    ]


@click.command(cls=HouseCommand, short_help="Show all that is held about a person, as JSON.")
@click.argument("email")
def export(*, email: str) -> None:
    """Write all that is held about EMAIL to the standard output, as one JSON document.

    Whoever is named with --as must be an administrator.
    """
    with _as_administrator() as session:
        printing.show_data(session.tracker.export_person(email))
