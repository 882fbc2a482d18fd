"""Options that several commands share, and how their values are read and completed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

import click
from click.shell_completion import CompletionItem

from resolutionkit.cli import plain
from resolutionkit.cli.settings import DIRECTORY, given, policy_in_force
from resolutionkit.errors import ResolutionKitError, shown
from resolutionkit.model.people import Person
from resolutionkit.model.query import PAGE_LIMIT
from resolutionkit.policy.directory_file import load_directory
from resolutionkit.policy.policy import Policy
from resolutionkit.tracker.inbox import PAGE

if TYPE_CHECKING:
    TextType = click.ParamType[str]
    InstantType = click.ParamType[datetime]
else:  # older releases of click have no such parameters
    TextType = InstantType = click.ParamType

Pairs: TypeAlias = Iterable[tuple[str, str]]


class Known(TextType):
    """A text for which the shell is offered what the policy or the directory knows; any text is taken."""

    def __init__(self, name: str, offer: Callable[[], Pairs]) -> None:
        """Name what stands there, and say where what is offered comes from."""
        self.name = name
        self._offer = offer

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return what begins like the incomplete word; nothing where a file cannot be read."""
        try:
            with ctx.scope(cleanup=False):
                pairs = list(self._offer())
        except (ResolutionKitError, OSError):
            return []
        return [
            CompletionItem(key, help=plain.line(told) or None)
            for key, told in pairs
            if key.startswith(incomplete) and plain.line(key) == key
        ]


class Word(click.Argument):
    """A word of a command on an issue: where --response names the issue, each word stands one place further left."""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return what can stand at this place of the line."""
        words = [one for one in ctx.command.params if isinstance(one, click.Argument)]
        place = words.index(self) + (ctx.params.get("response_id") is not None)
        return words[place].type.shell_complete(ctx, self, incomplete) if place < len(words) else []


def word(name: str, type: click.ParamType[Any] | None = None) -> Decorator:  # noqa: A002  (as click calls it)
    """Return the decorator for a word of a command on an issue."""
    return click.argument(name, required=False, cls=Word, type=type)


def _statuses() -> Pairs:
    return [(rule.key, rule.label) for rule in policy_in_force().workflow.statuses]


def _reopenings() -> Pairs:
    workflow = policy_in_force().workflow
    return [(rule.key, rule.label) for rule in workflow.statuses if rule.key in workflow.reopen_to]


def _of_policy(name: str) -> Callable[[], Pairs]:
    return lambda: [(value, "") for value in getattr(policy_in_force(), name)]


def _surveys() -> Pairs:
    return [(name, "") for name in policy_in_force().surveys]


def _people() -> Pairs:
    path = given(DIRECTORY)
    people: Iterable[Person] = () if path is None else load_directory(path)
    return [(person.id, person.name or "") for person in people if person.active]


def _groups() -> Pairs:
    path = given(DIRECTORY)
    groups = None if path is None else load_directory(path).groups
    return [(group.code, group.name or "") for group in groups or ()]


STATUS = Known("status", _statuses)
REOPEN_STATUS = Known("status", _reopenings)
REASON_KIND = Known("kind", _of_policy("escalation_kinds"))
ROOT_CAUSE = Known("category", _of_policy("root_causes"))
SURVEY = Known("survey", _surveys)
WHO = Known("who", _people)
GROUP = Known("code", _groups)


class Instant(InstantType):
    """A date or an instant after ISO 8601; one without an offset is in the account's zone."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the instant, without a zone where it says none; a date is its first moment."""
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            example = "2026-11-20 or 2026-11-20T09:30+01:00"
            return self.fail(f"{shown(value)} is no date or instant such as {example}", param, ctx)


INSTANT = Instant()


def placed(instant: datetime | None, policy: Policy) -> datetime | None:
    """Return an instant with the account's zone where it says none."""
    if instant is None or instant.tzinfo is not None:
        return instant
    return instant.replace(tzinfo=ZoneInfo(policy.zone))


Decorator: TypeAlias = Callable[[Any], Any]
"""What adds options to the function of a command."""


def with_all(*options: Decorator) -> Decorator:
    """Return a decorator that adds several options, shown in the order given."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


as_json: Decorator = click.option("--json", "as_json", is_flag=True, help="One JSON document, for programs.")
paging: Decorator = with_all(
    click.option(
        "--limit", type=click.IntRange(1, PAGE_LIMIT), default=PAGE, show_default=True, help="Lines of a page."
    ),
    click.option("--after", metavar="CURSOR", help="The page after this cursor, which the page before gave."),
)
key_option: Decorator = click.option("--key", metavar="KEY", help="The same command with the same key happens once.")
version_option: Decorator = click.option(
    "--expected-version", type=int, metavar="N", help="Refuse if somebody changed what this changes since version N."
)
reason_kind_option: Decorator = click.option(
    "--reason-kind", type=REASON_KIND, help="The kind of reason, of the policy's list."
)
signing: Decorator = with_all(
    click.option("--spoke", is_flag=True, help="The customer was spoken to; a voicemail is not."),
    click.option("--happened-at", type=INSTANT, help="When the contact took place; else now."),
    click.option("--author", metavar="NAME", help="Whose name the note is signed with; else yours."),
)
note_option: Decorator = click.option(
    "--note", metavar="TEXT", help="What was done or said; '-' reads the standard input."
)
noted: Decorator = with_all(note_option, signing)
response_option: Decorator = click.option(
    "--response", "response_id", metavar="ID", help="The issue of this response, in place of ISSUE."
)

flagged_option: Decorator = click.option("--response", "response_id", metavar="ID", help="The same as RESPONSE.")


def read_note(text: str | None) -> str | None:
    """Return a note as it was given, or from the standard input where it is a dash."""
    if text != "-":
        return text
    return "" if sys.stdin is None else sys.stdin.buffer.read().decode("utf-8-sig")


def stdin_is_terminal() -> bool:
    """Say whether a person could type or be shown an editor."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()
