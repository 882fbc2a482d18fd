"""The commands that tell people: ``work`` delivers what is due, ``ledger`` says what became of it, ``send-again``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from threading import Event
from types import FrameType

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Cell, Column, Role, Styled, Table
from resolutionkit.cli.exits import Exit, say
from resolutionkit.cli.options import as_json, paging
from resolutionkit.cli.reading import tell_next
from resolutionkit.cli.settings import HouseCommand, Session, account
from resolutionkit.errors import InvalidValue, shown
from resolutionkit.model.alerts import AlertsRun
from resolutionkit.model.deliveries import Delivered, Delivery, Fate
from resolutionkit.model.timers import AccountTimers, TimersRun
from resolutionkit.tracker.tracker import Tracker

_NOBODY = (
    "there is no notifier to tell people through: give --tracker MODULE:FUNCTION, a function of yours that opens the "
    "tracker with its notifiers, or install a plugin that brings one; where nobody is to be told, channels = [] in the "
    "policy says so"
)
_ROLES = {Fate.SENT: Role.DONE, Fate.DEAD: Role.ALARM, Fate.WAITING: Role.ADVICE, Fate.DEFERRED: Role.ADVICE}


@click.command(cls=HouseCommand, short_help="Tell people what is due, again and again, until it is stopped.")
@click.option(
    "--tracker",
    "maker",
    metavar="MODULE:FUNCTION",
    help="A function of yours that opens the tracker, with its notifiers, observers and accounts.",
)
@click.option(
    "--every",
    type=click.FloatRange(min=0),
    default=5,
    show_default=True,
    metavar="SECONDS",
    help="How long to rest once nothing is due.",
)
@click.option("--once", is_flag=True, help="End once nothing is due.")
@click.option("--reschedule", is_flag=True, help="Look at the timers of all the account's issues first.")
def work(*, maker: str | None, every: float, once: bool, reschedule: bool) -> None:
    """Run timers and daily alerts and deliver what is due, over all accounts, until SIGTERM or SIGINT comes.

    Run as many of these as you like. Issues rise by the escalation matrix, assignees are reminded of limits, and it is
    asked after closing whether customers are satisfied. After a change of the policy's limits, --reschedule lets it
    show at once rather than within a day.

    Without --tracker, people are told through the notifiers that installed plugins bring.
    """
    stop = Event()
    with _tracker(maker) as tracker, _stopped_by_signals(stop):
        if reschedule:
            tracker.reschedule()
        timers = tracker.run_timers() if once else None
        alerts = tracker.run_alerts() if once else None
        done = tracker.deliver() if once else tracker.work(stop, every=timedelta(seconds=every))
    say(_in_words(done, timers, alerts))


@contextmanager
def _tracker(maker: str | None) -> Iterator[Tracker]:
    try:
        if maker is None:
            with account() as session:
                yield session.tracker
            return
        with _made(maker) as tracker:
            yield tracker
    except InvalidValue as problem:
        if problem.field != "notifiers":
            raise
        raise click.UsageError(_NOBODY) from problem


def _made(maker: str) -> Tracker:
    """Return what a function of the host's opens."""
    module, colon, name = maker.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")  # as `python -m` has it: the host's code stands where the command is given
    try:
        opened = getattr(import_module(module), name)() if colon else None
    except (ImportError, AttributeError) as problem:
        raise click.UsageError(f"--tracker {shown(maker)} cannot be found: {problem}") from problem
    if not isinstance(opened, Tracker):
        raise click.UsageError(f"--tracker {shown(maker)} gives no Tracker; name a function that returns one")
    return opened


@contextmanager
def _stopped_by_signals(stop: Event) -> Iterator[None]:
    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_words(done: Delivered, timers: TimersRun | None, alerts: AlertsRun | None) -> str:
    counts = {} if timers is None else _counts(timers.total)
    counts |= {} if alerts is None else {"alerted": alerts.digests}
    counts |= asjson.data(done)
    said = [f"{count:,} {name}" for name, count in counts.items() if count]
    return ", ".join(said) or "nothing was due"


def _counts(done: AccountTimers) -> dict[str, int]:
    counts = {"climbed": done.climbed, "reminded": done.reminded, "asked": done.asked}
    return {**counts, "not looked at": len(done.failed)}


@click.command(cls=HouseCommand, short_help="Show who was told what, through which channel, and why not.")
@click.argument("issue", required=False)
@click.option("--to", "person", metavar="WHO", help="What one person, address or observer was to be told.")
@click.option("--fate", type=click.Choice([fate.value for fate in Fate]), help="Only what came to this.")
@paging
@as_json
def ledger(
    *, issue: str | None, person: str | None, fate: str | None, limit: int, after: str | None, as_json: bool
) -> None:
    """Show what became of each message on each channel, of ISSUE or of all: it is for the account's operators.

    A message that was not looked at yet is waiting, on no channel.
    """
    with account() as session:
        page = session.tracker.ledger(issue, person=person, fate=fate, limit=limit, after=after)
        if as_json:
            printing.show_data(asjson.page(page))
        else:
            printing.show([_ledger_table(page.items, session)])
            tell_next(page)


def _ledger_table(lines: tuple[Delivery, ...], session: Session) -> Table:
    columns = (
        Column("At"),
        Column("Told"),
        Column("Of"),
        Column("Channel"),
        Column("Fate"),
        Column("Tries", is_number=True),
        Column("Next", stacked=1, prefix="next: "),
        Column("Why", stacked=1, wraps=True),
        Column("Issue", stacked=2),
        Column("Message", stacked=2),
    )

    def row(line: Delivery) -> tuple[Cell, ...]:
        message = line.message
        return (
            f"{line.changed_at.astimezone(session.zone):%Y-%m-%d %H:%M}",
            message.recipient,
            message.topic.value,
            line.channel,
            Styled(line.fate.value, _ROLES.get(line.fate, Role.PLAIN)),
            str(line.attempts),
            "" if line.due_at is None else f"{line.due_at.astimezone(session.zone):%Y-%m-%d %H:%M}",
            line.reason,
            message.issue or "",
            message.id,
        )

    return Table(columns, tuple(map(row, lines)), "Nobody was to be told anything.")


@click.command(name="send-again", cls=HouseCommand, short_help="Let a dead letter be delivered once more.")
@click.argument("message")
@click.argument("channel")
def send_again(*, message: str, channel: str) -> None:
    """Let MESSAGE be tried on CHANNEL again, as if it had not been; 'ledger --fate dead' lists both."""
    with account() as session:
        if not session.tracker.send_again(message, channel):
            say(f"there is no dead letter {shown(message)} on the channel {shown(channel)}")
            click.get_current_context().exit(Exit.INVALID)
