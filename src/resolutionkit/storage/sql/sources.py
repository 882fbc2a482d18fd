"""Where a page of issues or responses comes from: one keyset read for each scope, merged, never an OR.

Each source is a select whose rows come in the page's order by an index; together they hold every line that the
person may see. A line that several sources hold is the same row in each, so that merging drops the copies.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen
from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, exists, or_, select
from sqlalchemy.sql.expression import ColumnCollection

from resolutionkit.model.issue import Phase
from resolutionkit.model.query import IssueFilter, Order, RecoveryFilter, ResponseFilter, Scope
from resolutionkit.model.response import Standing
from resolutionkit.model.scale import Score
from resolutionkit.model.values import micros
from resolutionkit.storage.sql.columns import NEWEST, ORDERS, URGENT
from resolutionkit.storage.sql.dialects import Spelling
from resolutionkit.storage.sql.rows import ASSIGNEE, FOLLOWER, ROLES, digest
from resolutionkit.storage.sql.tables import Tables

Condition = ColumnElement[bool]
Columns = ColumnCollection[str, Any]

KEYSETS: Mapping[Order, Sequence[str]] = {Order.NEWEST: NEWEST, Order.MOST_URGENT: URGENT}
"""The columns by which each order sorts; the newest run backwards."""


@frozen(kw_only=True)
class Source:
    """Rows of one table that somebody may see.

    Attributes:
        origin: The table, joined with what the conditions need.
        table: The table whose index gives the order.
        conditions: What must hold.
        phases: The phases to read, one at a time, each in order by the index.
    """

    origin: FromClause
    table: Table
    conditions: tuple[Condition, ...]
    phases: tuple[Phase, ...] = ()

    @property
    def columns(self) -> Columns:
        """Return the columns of the table whose index gives the order."""
        return self.table.c

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Return a read of some columns of all rows."""
        return select(*columns).select_from(self.origin).where(*self.conditions)


@frozen(kw_only=True)
class Asker:
    """Who asks, in the terms of the tables.

    Attributes:
        account: The account.
        scope: How far the person sees.
        person: The key of the person, or None for nobody.
        secret: The account's secret, by which contacts are found, or None where there is none yet.
    """

    account: str
    scope: Scope
    person: str | None
    secret: bytes | None


@frozen(kw_only=True)
class Named:
    """The keys of the people whom a filter names, None where it names nobody or somebody never seen here."""

    assignee: str | None = None
    follower: str | None = None


def issue_sources(
    tables: Tables, asker: Asker, condition: IssueFilter, named: Named, *, in_order: bool = True
) -> list[Source]:
    """Return where the issues of a filter come from.

    Args:
        tables: The tables.
        asker: Who asks.
        condition: The filter.
        named: The keys of the filter's assignee and follower.
        in_order: Whether each source has to come in order by an index, so that each group has one of its own. To
            count, one source for all of the groups will do.
    """
    assignee, follower = named.assignee, named.follower
    issues = tables.issues
    extra = _issue_conditions(issues.c, condition, asker.secret)
    # Where a read is bound to its groups already, asking for them again would only lengthen the statement.
    in_groups = _issue_conditions(issues.c, evolve(condition, groups=None), asker.secret)
    phases = tuple(phase for phase in Phase if condition.phases is None or phase in condition.phases)
    if not phases or (condition.assignee and not assignee) or (condition.follower and not follower):
        return []
    if assignee is not None:
        if follower is not None:
            extra.append(_has_party(tables, asker.account, follower, (FOLLOWER,)))
        return [_party_source(tables, asker, _Party(assignee, ASSIGNEE, phases), extra)]
    if follower is not None:
        return [_party_source(tables, asker, _Party(follower, FOLLOWER, phases), extra)]
    mine_by_account = issues.c.account == asker.account
    if asker.scope.everything:
        return [Source(origin=issues, table=issues, conditions=(mine_by_account, *extra), phases=phases)]
    groups = sorted(asker.scope.groups if condition.groups is None else asker.scope.groups & condition.groups)
    found = [
        Source(
            origin=issues,
            table=issues,
            conditions=(mine_by_account, issues.c.group_code.in_(some), *in_groups),
            phases=phases,
        )
        for some in ([[group] for group in groups] if in_order else [groups])
        if some
    ]
    if asker.person is not None:
        # A source for each role, to count as well: asked for all of them at once, SQLite reads every party there is.
        found += [_party_source(tables, asker, _Party(asker.person, role, phases), extra) for role in ROLES]
    return found


@frozen
class _Party:
    """A person in a role, whose issues in some phases are read."""

    person: str
    role: str
    phases: tuple[Phase, ...]


def _party_source(tables: Tables, asker: Asker, party: _Party, extra: Sequence[Condition]) -> Source:
    parties, issues = tables.parties, tables.issues
    whose = (parties.c.account == asker.account, parties.c.person == party.person, parties.c.role == party.role)
    conditions = [*whose, *extra]
    if not asker.scope.everything and party.person != asker.person:
        conditions.append(_is_visible(tables, asker))
    origin: FromClause = parties
    if len(conditions) > len(whose):
        origin = parties.join(issues, and_(issues.c.account == parties.c.account, issues.c.id == parties.c.id))
    return Source(origin=origin, table=parties, conditions=tuple(conditions), phases=party.phases)


def _is_visible(tables: Tables, asker: Asker) -> Condition:
    in_group = tables.issues.c.group_code.in_(sorted(asker.scope.groups))
    if asker.person is None:
        return in_group
    return or_(in_group, _has_party(tables, asker.account, asker.person, ROLES))


def _has_party(tables: Tables, account: str, person: str, roles: Iterable[str]) -> Condition:
    parties = tables.parties.alias()
    return exists(
        select(parties.c.id).where(
            parties.c.account == account,
            parties.c.person == person,
            parties.c.role.in_(tuple(roles)),
            parties.c.id == tables.issues.c.id,
        )
    )


def _issue_conditions(columns: Columns, condition: IssueFilter, secret: bytes | None) -> list[Condition]:
    found = _shared_conditions(columns, condition, secret)
    if condition.statuses is not None:
        found.append(columns.status.in_(sorted(condition.statuses)))
    if condition.score_min is not None:
        found.append(columns.score >= _as_float(condition.score_min))
    if condition.score_max is not None:
        found.append(columns.score <= _as_float(condition.score_max))
    if condition.needs_recovery is not None:
        found.append(columns.needs_recovery == int(condition.needs_recovery))
    if condition.backfilled is not None:
        found.append(columns.backfilled == int(condition.backfilled))
    return [*found, *_recovery_conditions(columns, columns, condition.recovery)]


def _as_float(score: Score) -> float:
    """Return a score that somebody asks for; beyond every scale it may be beyond every float too."""
    return float(max(-sys.float_info.max, min(score, sys.float_info.max)))


def _shared_conditions(
    columns: Columns, condition: IssueFilter | ResponseFilter, secret: bytes | None
) -> list[Condition]:
    found: list[Condition] = []
    if condition.groups is not None:
        found.append(columns.group_code.in_(sorted(condition.groups)))
    for name in ("survey", "segment", "ticket"):
        value = getattr(condition, name)
        if value is not None:
            found.append(columns[name] == value)
    if condition.email is not None:
        found.append(columns.email_hash == digest(secret or b"", f"email:{condition.email.lower()}"))
    if condition.company is not None:
        found.append(columns.company_hash == digest(secret or b"", f"company:{condition.company}"))
    if condition.received_from is not None:
        found.append(columns.received_at >= micros(condition.received_from))
    if condition.received_before is not None:
        found.append(columns.received_at < micros(condition.received_before))
    return found


def _recovery_conditions(response: Columns, issue: Columns, recovery: RecoveryFilter) -> list[Condition]:
    needs, noted = response.needs_recovery == 1, issue.note_count > 0
    match recovery:
        case RecoveryFilter.NEEDING_RECOVERY:
            return [needs]
        case RecoveryFilter.WITHOUT_NOTES:
            return [needs, or_(issue.note_count.is_(None), issue.note_count == 0)]
        case RecoveryFilter.WITH_NOTES:
            return [noted]
        case RecoveryFilter.NEVER_SPOKEN:
            return [noted, issue.has_spoken == 0]
        case RecoveryFilter.SPOKEN:
            return [issue.has_spoken == 1]
        case _:
            return []


def response_sources(tables: Tables, asker: Asker, condition: ResponseFilter) -> list[Source]:
    """Return where the responses of a filter come from."""
    responses, issues, people = tables.responses, tables.issues, tables.response_people
    its_issue = and_(issues.c.account == responses.c.account, issues.c.id == responses.c.issue)
    origin = responses.outerjoin(issues, its_issue)
    extra = [responses.c.account == asker.account, *_shared_conditions(responses.c, condition, asker.secret)]
    extra += _recovery_conditions(responses.c, issues.c, condition.recovery)
    if not condition.with_replaced:
        extra.append(responses.c.standing == Standing.CURRENT.value)

    if condition.quarantined is not None:
        extra.append(responses.c.quarantined_for != "" if condition.quarantined else responses.c.quarantined_for == "")
    if condition.quarantined:
        return _quarantined_sources(tables, asker, its_issue, extra)
    if asker.scope.everything:
        return [Source(origin=origin, table=responses, conditions=tuple(extra))]
    found = [
        Source(origin=origin, table=responses, conditions=(*extra, responses.c.scope_group == group))
        for group in sorted(asker.scope.groups)
    ]
    if asker.person is not None:
        same = and_(responses.c.account == people.c.account, responses.c.id == people.c.id)
        whose = (people.c.account == asker.account, people.c.person == asker.person)
        mine = people.join(responses, same).outerjoin(issues, its_issue)
        found.append(Source(origin=mine, table=people, conditions=(*whose, *extra)))
    return found


def _quarantined_sources(
    tables: Tables, asker: Asker, its_issue: Condition, extra: Sequence[Condition]
) -> list[Source]:
    """Return where the responses in quarantine come from: a list that is as short as they are few."""
    responses, waiting, people = tables.responses, tables.quarantine, tables.response_people
    its_response = and_(waiting.c.account == responses.c.account, waiting.c.id == responses.c.id)
    listed = waiting.join(responses, its_response).outerjoin(tables.issues, its_issue)
    mine = (waiting.c.account == asker.account, *extra)
    if asker.scope.everything:
        return [Source(origin=listed, table=waiting, conditions=mine)]
    found = [
        Source(origin=listed, table=waiting, conditions=(*mine, responses.c.scope_group == group))
        for group in sorted(asker.scope.groups)
    ]
    if asker.person is not None:
        same = and_(people.c.account == waiting.c.account, people.c.id == waiting.c.id)
        is_own = people.c.person == asker.person
        found.append(Source(origin=listed.join(people, same), table=waiting, conditions=(*mine, is_own)))
    return found


def page_reads(
    source: Source,
    keyset: Sequence[str],
    after: tuple[int | str, ...] | None,
    limit: int,
    *,
    backwards: bool,
    spelling: Spelling,
) -> list[Select[Any]]:
    """Return the reads of one page from a source: for each phase the first rows after a key, in order."""
    columns = [source.columns[name] for name in keyset]
    read = source.select(*columns).limit(limit)
    read = spelling.without(source.table, read, _in_other_orders(source.table, keyset))
    read = read.order_by(*(column.desc() if backwards else column for column in columns))
    if after is not None:
        read = read.where(spelling.beyond(columns, after, backwards=backwards))
    return [read.where(source.columns.phase == phase.value) for phase in source.phases] or [read]


def counting_read(source: Source, at_most: int | None, spelling: Spelling) -> Select[Any]:
    """Return the ids of a source, at most so many, to count them."""
    read = spelling.without(source.table, source.select(source.columns.id), ["PRIMARY"])
    if source.phases:
        read = read.where(source.columns.phase.in_([phase.value for phase in source.phases]))
    return read if at_most is None else read.limit(at_most)


def _in_other_orders(table: Table, keyset: Sequence[str]) -> list[str]:
    """Return the names of a table's indexes that serve another order than a keyset's."""
    others = tuple(f"_{name}" for name, columns in ORDERS.items() if columns != keyset)
    return [str(index.name) for index in table.indexes if str(index.name).endswith(others)]
