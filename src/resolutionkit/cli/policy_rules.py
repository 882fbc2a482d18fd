"""``policy explain`` and ``policy try``: why an issue goes to whom it goes to, and what other rules would have done.

Both are for the account's operators: they look at the account as a whole, and change nothing.
"""

from __future__ import annotations

from datetime import datetime

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Cell, Column, Document, Heading, Prose, Role, Styled, Table
from resolutionkit.cli.options import INSTANT, as_json, placed
from resolutionkit.cli.settings import HouseCommand, Session, account
from resolutionkit.decisions.explaining import RoutingExplained, RuleExplained
from resolutionkit.model.query import ResponseFilter
from resolutionkit.policy.policy import Policy
from resolutionkit.tracker.explaining import TRIED_MAX, RulesTried, RuleTrial

_SHOWN = 50
"""How many responses that would go elsewhere are shown on a terminal; ``--json`` has all of them."""


@click.command(cls=HouseCommand, short_help="Say why the issue of a response goes to whom it goes to.")
@click.argument("response")
@as_json
def explain(response: str, as_json: bool) -> None:
    """Say what each rule comes to for RESPONSE, by its id, as rules and people are now, and how its issue did open."""
    with account() as session:
        found = session.tracker.explain_routing(response)
        if as_json:
            printing.show_data(asjson.data(found))
        else:
            printing.show(_explained(found, session))


def _explained(found: RoutingExplained, session: Session) -> Document:
    columns = (Column("Rule"), Column("Acts"), Column("Why", wraps=True))
    rows = tuple(_rule_row(one) for one in found.rules)
    return [
        Heading(f"Response {found.response}"),
        Table(columns, rows, "There are no rules."),
        *(Prose(line) for line in found.conclusions(session.name_of)),
    ]


def _rule_row(one: RuleExplained) -> tuple[Cell, ...]:
    acts = Styled("yes", Role.DONE) if one.acts else Styled("no", Role.PLAIN)
    return (one.rule.name, acts, "; ".join(one.said()))


@click.command(
    cls=HouseCommand, name="try", short_help="Say what other rules would make of past responses, without effect."
)
@click.argument("file", type=click.Path())
@click.option("--since", type=INSTANT, help="Only responses received at this instant or later.")
@click.option("--until", type=INSTANT, help="Only responses received before this instant.")
@click.option("--survey", metavar="NAME", help="Only responses of this survey.")
@click.option(
    "--limit",
    type=click.IntRange(1, TRIED_MAX),
    default=1000,
    show_default=True,
    help="At most how many responses, the latest first.",
)
@as_json
def try_(
    *, file: str, since: datetime | None, until: datetime | None, survey: str | None, limit: int, as_json: bool
) -> None:
    """Try the policy FILE on responses of the past: which rules act, and who would get what. Nothing is changed."""
    with account() as session:
        other = Policy.load(file)
        condition = ResponseFilter(
            received_from=placed(since, session.policy), received_before=placed(until, session.policy), survey=survey
        )
        tried = session.tracker.try_rules(other, condition, limit=limit)
        if as_json:
            printing.show_data({**asjson.data(tried), "opened": tried.opened})
        else:
            printing.show(_tried(tried, session))


def _tried(tried: RulesTried, session: Session) -> Document:
    counts = f"{tried.opened:,} of {len(tried.trials):,} responses open an issue"
    rules = (Column("Rule"), Column("Acts on", is_number=True))
    people = (Column("Goes to"), Column("Issues", is_number=True), Column("Has of these now", is_number=True))
    opening = [one for one in tried.trials if one.routing.opens_issue]
    now = [one.assignee_now for one in opening]
    everybody = dict.fromkeys([*tried.by_assignee, *now])
    return [
        Prose(f"{counts}. Nothing was changed."),
        Heading("Rules"),
        Table(rules, tuple((name, f"{count:,}") for name, count in tried.by_rule.items()), "There are no rules."),
        Heading("People"),
        Table(
            people,
            tuple(
                (session.name_of(who), f"{tried.by_assignee.get(who, 0):,}", f"{now.count(who):,}") for who in everybody
            ),
            "Nobody would get an issue.",
        ),
        *_elsewhere([one for one in opening if one.routing.assignee != one.assignee_now], session),
    ]


def _elsewhere(trials: list[RuleTrial], session: Session) -> Document:
    if not trials:
        return []
    columns = (Column("Response"), Column("Has now"), Column("Would go to"), Column("By", wraps=True))
    rows = tuple(
        (
            one.response,
            session.name_of(one.assignee_now),
            session.name_of(one.routing.assignee),
            one.routing.ruling.assigned_by or one.routing.routed_by.value.replace("_", " "),
        )
        for one in trials[-_SHOWN:]
    )
    more = len(trials) - len(rows)
    told = [Prose(f"And {more:,} earlier ones; --json has all.")] if more else []
    return [Heading("Would go elsewhere"), Table(columns, rows), *told]
