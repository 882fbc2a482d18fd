"""The filters of ``list``: one table, from which the options and the library's filters are made (requirement D3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click
from attrs import frozen
from click.shell_completion import CompletionItem

from resolutionkit.cli.options import GROUP, INSTANT, STATUS, SURVEY, WHO, Decorator, placed, with_all
from resolutionkit.errors import InvalidFilter
from resolutionkit.model.issue import Phase
from resolutionkit.model.query import IssueFilter, RecoveryFilter, ResponseFilter
from resolutionkit.policy.policy import Policy

if TYPE_CHECKING:
    RecoveryType = click.ParamType[RecoveryFilter]
else:  # older releases of click have no such parameters
    RecoveryType = click.ParamType

C = TypeVar("C", IssueFilter, ResponseFilter)


class Recovery(RecoveryType):
    """A recovery filter, by its letter or its name."""

    name = "filter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> RecoveryFilter:
        """Return the filter."""
        named = {_name_of(one): one for one in RecoveryFilter}
        try:
            return named[value] if value in named else RecoveryFilter(value)
        except InvalidFilter as problem:
            return self.fail(str(problem), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names, and the letters with the names as help."""
        letters = [CompletionItem(one.value, help=_name_of(one)) for one in RecoveryFilter]
        return [
            item
            for item in (*letters, *(CompletionItem(_name_of(one)) for one in RecoveryFilter))
            if item.value.startswith(incomplete)
        ]


def _name_of(recovery: RecoveryFilter) -> str:
    return recovery.name.lower().replace("_", "-")


RECOVERY = Recovery()
_LETTERS = ", ".join(f"{one.value} ({_name_of(one)})" for one in RecoveryFilter)


@frozen
class FilterOption:
    """A condition and its option; without a type it is a switch.

    Attributes:
        name: The attribute of the library's filter.
        flags: How the option is written.
        kind: What click reads it as; None for a switch.
        help: What it asks.
        many: Whether it may be given several times.
    """

    name: str
    flags: str
    kind: Any
    help: str
    many: bool = False


OPTIONS = (
    FilterOption("recovery", "--recovery", RECOVERY, f"A recovery filter, by letter or name: {_LETTERS}."),
    FilterOption(
        "phases",
        "--phase",
        click.Choice([phase.value for phase in Phase]),
        "In this phase; may be repeated.",
        many=True,
    ),
    FilterOption("statuses", "--status", STATUS, "In this status; may be repeated.", many=True),
    FilterOption("assignee", "--assignee", WHO, "Assigned to this person or address."),
    FilterOption("follower", "--follower", WHO, "Followed by this person or address."),
    FilterOption("groups", "--group", GROUP, "The response's group; may be repeated.", many=True),
    FilterOption("survey", "--survey", SURVEY, "The response's survey."),
    FilterOption("segment", "--segment", str, "The response's segment."),
    FilterOption("ticket", "--ticket", str, "The response's ticket."),
    FilterOption("email", "--email", str, "The contact's email address, whatever its case."),
    FilterOption("company", "--company", str, "The contact's company, exactly."),
    FilterOption("score_min", "--score-min", float, "The score is at least this."),
    FilterOption("score_max", "--score-max", float, "The score is at most this."),
    FilterOption("received_from", "--received-from", INSTANT, "Received at this instant or later."),
    FilterOption("received_before", "--received-before", INSTANT, "Received before this instant."),
    FilterOption("needs_recovery", "--needs-recovery/--no-recovery-needed", None, "Whether it needs recovery now."),
    FilterOption("backfilled", "--backfilled/--not-backfilled", None, "Whether it was opened from old data."),
    FilterOption("quarantined", "--quarantined/--not-quarantined", None, "Whether it waits for repair."),
    FilterOption("with_replaced", "--with-replaced", None, "Responses in whose place another stands, too."),
)
"""Every condition of both filters; a test holds it equal to their attributes."""

_WHOSE: Mapping[type[Any], str] = {IssueFilter: "issues", ResponseFilter: "responses"}


def _only(name: str) -> str:
    of = [what for kind, what in _WHOSE.items() if name in attrs.fields_dict(kind)]
    return "" if len(of) == len(_WHOSE) else f" Only for {of[0]}."


def _option(one: FilterOption) -> Decorator:
    given: dict[str, Any] = {"default": None, "help": one.help + _only(one.name)}
    if one.kind is None:
        return click.option(one.flags, one.name, is_flag=True, **given)
    return click.option(one.flags, one.name, type=one.kind, multiple=one.many, **given)


filtering: Decorator = with_all(*map(_option, OPTIONS))


def filter_of(kind: type[C], values: Mapping[str, Any], policy: Policy) -> C:
    """Return the library's filter for the options that were given.

    Raises:
        click.UsageError: An option asks what this kind of list does not have.
        InvalidFilter: A value is not acceptable.
    """
    asked = {name: value for name, value in values.items() if value is not None and value != ()}
    for one in OPTIONS:
        if one.name in asked and one.name not in attrs.fields_dict(kind):
            what = f"{one.flags.partition('/')[0]} does not go with '{_WHOSE[kind]}'.{_only(one.name)}"
            raise click.UsageError(what, click.get_current_context())
    conditions: dict[str, Any] = {
        name: placed(value, policy) if isinstance(value, datetime) else value for name, value in asked.items()
    }
    return kind(**conditions)
