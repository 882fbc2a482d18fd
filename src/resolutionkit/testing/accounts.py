"""A fresh account, and everything that one shows through the port in one value to compare: before and after."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter, IssueQuery, Order, ResponseFilter, ResponseQuery
from resolutionkit.ports import Store, UnitOfWork
from resolutionkit.testing.abilities import CanDump
from resolutionkit.tracker.preferring import keeper_of, missing_of

EVERY_ISSUE = IssueQuery(scope=ACCOUNT_WIDE, filter=IssueFilter(), order=Order.NEWEST, limit=1000)
EVERY_RESPONSE = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(with_replaced=True), limit=1000)


def fresh_account() -> str:
    """Return the name of an account that was never used: a place of its own in a shared store."""
    return f"account-{uuid4().hex}"


def picture(store: Store, account: str, abilities: object = None) -> object:
    """Return all that an account holds: its raw rows where they can be dumped, else what the port shows.

    Args:
        store: The store.
        account: The account.
        abilities: What the store can do; see :class:`~resolutionkit.testing.CanDump`.
    """
    if isinstance(abilities, CanDump):
        return abilities.dump(account)
    return store.transact(account, _seen, write=False)


def _seen(unit: UnitOfWork) -> dict[str, Any]:
    lines = tuple(unit.issues(EVERY_ISSUE))
    responses = tuple(unit.responses(EVERY_RESPONSE))
    histories = {line.id: tuple(unit.history(line.id)) for line in lines}
    tickets = {(line.record.response.survey, line.record.response.ticket) for line in responses}
    keys = {(event.actor, event.cause.ref) for history in histories.values() for event in history}
    return {
        **_wanted(unit, [line.id for line in responses]),
        "issues": lines,
        "responses": responses,
        "histories": histories,
        "messages": {line.id: tuple(unit.messages(line.id)) for line in lines},
        "heads": {(survey, ticket): unit.standing(survey, ticket) for survey, ticket in tickets if ticket is not None},
        "remembered": {(actor, key): unit.remembered(actor, key) for actor, key in keys if key is not None},
        "secret": unit.secret(),
    }


def _wanted(unit: UnitOfWork, response_ids: list[str]) -> dict[str, Any]:
    """Return who asks for other responses, and what is to be told of those without an issue, where that is kept."""
    if missing_of(unit):
        return {}
    keeper = keeper_of(unit)
    return {
        "watchers": tuple(keeper.watchers()),
        "loose_messages": {one: tuple(keeper.loose_messages(one)) for one in response_ids},
    }
