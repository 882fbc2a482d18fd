"""``report``: a person's service recovery report, as a PDF, as HTML or as plain text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import click

from resolutionkit.cli import plain, printing
from resolutionkit.cli.exits import say
from resolutionkit.cli.known import hint_at
from resolutionkit.cli.options import INSTANT, WHO, placed
from resolutionkit.cli.settings import DIRECTORY, PERSON, HouseCommand, Session, account, given, needed
from resolutionkit.errors import AccessDenied, shown
from resolutionkit.model.recovery_report import RecoveryReport
from resolutionkit.notify.links import Links
from resolutionkit.reports.html import as_html
from resolutionkit.reports.pdf import as_pdf
from resolutionkit.reports.plaintext import as_text

_AS_TEXT: Mapping[str, Callable[[RecoveryReport], str]] = {".html": as_html, ".htm": as_html, ".txt": as_text}
_NAMES = (".pdf", *_AS_TEXT)


def _output(_context: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() not in _NAMES:
        what = f"--output {shown(str(value))} should end in one of {', '.join(_NAMES)}"
        raise click.UsageError(what, click.get_current_context())
    return value


@click.command(cls=HouseCommand, short_help="Make a person's service recovery report, as PDF, HTML or text.")
@click.option("--person", "who", type=WHO, help="Whose report; else yours. Another's is for administrators.")
@click.option(
    "--from", "start", type=INSTANT, required=True, help="Received at this instant, or on this day, or later."
)
@click.option("--to", "end", type=INSTANT, help="Received before this instant, or before this day; else until now.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_output,
    metavar="FILE",
    help="Where to: a name that ends in .pdf, .html or .txt; else text on the standard output.",
)
@click.option(
    "--links",
    "maker",
    metavar="MODULE:NAME",
    help="Your Links, or a function of yours that returns them; else the report has no links to add notes.",
)
@click.option(
    "--fonts",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    metavar="FOLDER",
    help="A folder of further fonts for a PDF; may be given several times.",
)
def report(
    *,
    who: str | None,
    start: datetime,
    end: datetime | None,
    output: Path | None,
    maker: str | None,
    fonts: tuple[str, ...],
) -> None:
    """Make the service recovery report of a person over a window: what needs recovery in the groups they lead.

    Dates and instants without an offset are in the account's zone, as are those in the report. Where nothing needs
    recovery there is no report, and no file is written.
    """
    links = None if maker is None else _links(maker)
    needed(DIRECTORY)
    with account() as session:
        person = _allowed(session, who)
        first, last = placed(start, session.policy), placed(end, session.policy) or datetime.now(UTC)
        made = session.tracker.report(person, first or start, last, links=links)
    if made is None:
        say(f"nothing in the groups of {shown(person)} needs recovery in that window: there is no report")
    elif output is None:
        printing.write(plain.block(as_text(made)) + "\n")
    elif output.suffix.lower() == ".pdf":
        _write_pdf(made, output, fonts)
    else:
        output.write_text(_AS_TEXT[output.suffix.lower()](made), encoding="utf-8", newline="\n")


def _allowed(session: Session, who: str | None) -> str:
    """Return whose report it is: one's own, or anybody's for an administrator and for the host itself.

    Raises:
        AccessDenied: The person is not there, or whoever asks is no administrator.
    """
    person = needed(PERSON) if who is None else who
    if session.directory.person(person) is None:
        raise AccessDenied(person, f"is not in the directory{hint_at(person, session.directory)}")
    asking = given(PERSON)
    if asking is not None and asking != person and not _is_administrator(asking, session):
        raise AccessDenied(asking, "is no administrator of the directory; only they may make the reports of others")
    return person


def _is_administrator(who: str, session: Session) -> bool:
    person = session.directory.person(who)
    return person is not None and person.active and person.administrator


def _write_pdf(made: RecoveryReport, output: Path, fonts: tuple[str, ...]) -> None:
    pdf = as_pdf(made, fonts=fonts)
    output.write_bytes(pdf)
    if pdf.missing:
        listed = ", ".join(f"U+{ord(one):04X}" for one in pdf.missing[:20])
        more = f" and {len(pdf.missing) - 20} more" if len(pdf.missing) > 20 else ""
        say(f"warning: no font was found for {listed}{more}; --fonts names folders of others")


def _links(maker: str) -> Links:
    """Return the host's links, or what its function gives."""
    module, colon, name = maker.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")  # as `python -m` has it: the host's code stands where the command is given
    try:
        found = getattr(import_module(module), name) if colon else None
    except (ImportError, AttributeError) as problem:
        raise click.UsageError(f"--links {shown(maker)} cannot be found: {problem}") from problem
    links = found() if callable(found) else found
    if not isinstance(links, Links):
        raise click.UsageError(f"--links {shown(maker)} gives no Links; name yours, or a function that returns them")
    return links
