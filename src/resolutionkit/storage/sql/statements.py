"""The statements that every command runs, prepared once: building and compiling one takes longer than running it.

Each is compiled by SQLAlchemy for the connection's dialect. Lists and counts, which differ with every filter, are
built as they are asked, in ``queries``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import frozen
from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Delete,
    FromClause,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    update,
)

from resolutionkit.storage.sql.dialects import Spelling
from resolutionkit.storage.sql.tables import Tables
from resolutionkit.storage.sql.wire import Given, OwnWire, Row, Wire

Facts: TypeAlias = Mapping[str, Any]
"""The parameters of a statement, by name."""


class Statement:
    """One statement, compiled: its text, and the order in which the driver takes its values.

    Attributes:
        table: The name of the table that it changes; empty where it only asks.
        adds: Whether it inserts rows.
        given_of: Returns the values of one row, in the order of the placeholders.
    """

    __slots__ = (
        "_after",
        "_before",
        "_changed",
        "_lock",
        "_spelling",
        "_texts",
        "_values",
        "adds",
        "given_of",
        "table",
        "text",
    )

    def __init__(self, clause: ClauseElement, spelling: Spelling, columns: Iterable[str] | None = None) -> None:
        """Compile a clause; an insert is given the columns that its rows have."""
        names = None if columns is None else list(columns)
        compiled: Any = clause.compile(dialect=spelling.dialect, column_keys=names)
        self._spelling = spelling
        self.text: str = str(compiled)
        self.adds: bool = names is not None
        self._changed = clause if isinstance(clause, Update) else None
        self._lock: Statement | None = None
        self.table: str = clause.table.description if isinstance(clause, Insert | Update | Delete) else ""
        self._before, self._values, self._after = _around_values(self.text) if self.adds else (self.text, "", "")
        self._texts = {1: spelling.written(self.text)}
        self.given_of: Callable[[Facts], Given] = _in_order(compiled.positiontup or ())

    def given(self, rows: Iterable[Facts]) -> list[Any]:
        """Return the values of its rows, in the order of the placeholders."""
        return [value for row in rows for value in self.given_of(row)]

    def text_for(self, count: int) -> str:
        """Return the text of an insert of so many rows, before the driver's own way to write placeholders."""
        return f"{self._before}{', '.join([self._values] * count)}{self._after}"

    @property
    def streaming(self) -> str:
        """Return what lets PostgreSQL take in rows that an insert would have."""
        into = self._before.removeprefix("INSERT INTO ").removesuffix(" VALUES ")
        return f"COPY {into} FROM STDIN"

    def run(self, wire: Wire, *rows: Facts) -> int:
        """Run it for all rows at once, and return how many rows of the table it met."""
        text = self._texts.get(len(rows))
        if text is None:
            text = self._texts[len(rows)] = self._spelling.written(self.text_for(len(rows)))
        return wire.run(text, self.given(rows))

    def ask(self, wire: Wire, facts: Facts) -> Sequence[Row]:
        """Run it, and return what it finds."""
        return wire.ask(self._texts[1], self.given_of(facts))

    def take(self, wire: OwnWire, facts: Facts) -> Sequence[Row]:
        """Run a question that locks or writes what it finds."""
        return wire.take(self._texts[1], self.given_of(facts))

    def lock(self, wire: Wire, facts: Facts) -> bool:
        """Lock the rows that it would change, until the transaction ends, and say whether there are any."""
        if self._lock is None:
            if self._changed is None:
                raise ValueError(f"no rows to lock: {self.text}")
            self._lock = Statement(self._spelling.locking(self._changed), self._spelling)
        lock = self._lock
        return lock.run(wire, facts) > 0 if lock.table else bool(lock.ask(wire, facts))


def _around_values(text: str) -> tuple[str, str, str]:
    """Return an insert in three parts: before its row of values, the row, and what follows it."""
    begin, end = text.index(" VALUES (") + len(" VALUES "), text.rindex(")") + 1
    return text[:begin], text[begin:end], text[end:]


def _in_order(names: Sequence[str]) -> Callable[[Facts], Given]:
    order = tuple(names)

    def given(facts: Facts) -> Given:
        return [facts[name] for name in order]

    return given


@frozen(kw_only=True)
class Statements:
    """All of them, for one set of tables and one dialect.

    Those that are called latest see what others have committed meanwhile, and hold on to what decides.

    Which rows are meant is said under names that begin with ``key_``, ``key_account`` always among them; what a row
    becomes, under the names of its columns.
    """

    record: Statement
    secret_and_record: Statement
    standing: Statement
    history: Statement
    latest_record: Statement
    latest_standing: Statement
    latest_history: Statement
    lock_issue: Statement
    remembered: Statement
    latest_remembered: Statement
    preferences: Statement
    latest_preferences: Statement
    watchers: Statement
    meta: Statement
    latest_meta: Statement

    new_meta: Statement
    new_address: Statement
    new_record: Statement
    new_revision: Statement
    new_own_response: Statement
    new_head: Statement
    new_quarantined: Statement
    new_issue: Statement
    new_party: Statement
    new_event: Statement
    new_text: Statement
    new_message: Statement
    new_delivery: Statement
    new_remembered: Statement
    new_preferences: Statement
    new_policy: Statement
    new_alert: Statement
    new_digest: Statement

    record_becomes: Statement
    scope_becomes: Statement
    head_becomes: Statement
    issue_becomes: Statement
    issue_becomes_with_response: Statement
    parties_become: Statement
    party_goes: Statement
    own_response_goes: Statement
    quarantine_ends: Statement
    preferences_become: Statement
    preferences_go: Statement

    revision_is_rewritten: Statement
    text_is_rewritten: Statement
    record_is_erased: Statement
    issue_is_rewritten: Statement
    address_becomes: Statement
    policy_is_rewritten: Statement


def prepare(tables: Tables, spelling: Spelling) -> Statements:
    """Return the statements for tables, as a database wants them written."""
    asked = {name: Statement(query, spelling) for name, query in _questions(tables, spelling).items()}
    return Statements(**asked, **_inserts(tables, spelling), **_changes(tables, spelling))


def record_query(tables: Tables) -> Select[Any]:
    """Return the question for responses, each with its present revision; which ones is to be added."""
    responses, revisions = tables.responses, tables.response_revisions
    return select(responses, revisions.c.body).join_from(responses, revisions, _its_revision(tables))


def _its_revision(tables: Tables) -> ColumnElement[bool]:
    responses, revisions = tables.responses, tables.response_revisions
    return and_(
        revisions.c.account == responses.c.account,
        revisions.c.response == responses.c.id,
        revisions.c.revision == responses.c.revision,
    )


def _secret_and_record(tables: Tables) -> Select[Any]:
    """Return the question for the secret, a response, and whether anybody watches: a row where there is a secret."""
    meta, responses, revisions = tables.meta, tables.responses, tables.response_revisions
    its_record = and_(responses.c.account == meta.c.account, responses.c.id == bindparam("key_id"))
    watching = select(literal_column("1")).where(_watching(tables)).exists().label("watched")
    query = select(meta.c.value.label("secret"), responses, revisions.c.body, watching)
    query = query.select_from(meta.outerjoin(responses, its_record).outerjoin(revisions, _its_revision(tables)))
    return query.where(_is(meta, "name"))


def _watching(tables: Tables) -> ColumnElement[bool]:
    preferences = tables.preferences
    return and_(preferences.c.account == bindparam("key_account"), preferences.c.watches == literal_column("1"))


def history_query(tables: Tables) -> Select[Any]:
    """Return the question for histories, in one read but for addresses; whose they are is to be added."""
    events, texts, revisions = tables.events, tables.texts, tables.response_revisions
    its_words = and_(
        texts.c.account == events.c.account, texts.c.issue == events.c.issue, texts.c.number == events.c.number
    )
    its_response = and_(
        revisions.c.account == events.c.account,
        revisions.c.response == events.c.response,
        revisions.c.revision == events.c.revision,
    )
    query = select(events, texts.c.body.label("words"), revisions.c.body)
    return query.select_from(events.outerjoin(texts, its_words).outerjoin(revisions, its_response))


def _questions(tables: Tables, spelling: Spelling) -> dict[str, Select[Any]]:
    heads, issues, meta, remembered = tables.heads, tables.issues, tables.meta, tables.remembered
    record = record_query(tables).where(_is(tables.responses, "id"))
    standing = select(heads.c.response).where(_is(heads, "survey", "ticket"))
    history = history_query(tables).where(_is(tables.events, "issue")).order_by(tables.events.c.number)
    known_key = select(remembered).where(_is(remembered, "actor", "key"))
    wanted = select(tables.preferences.c.body).where(_is(tables.preferences, "person"))
    named = select(meta.c.value).where(_is(meta, "name"))
    return {
        "record": record,
        "secret_and_record": _secret_and_record(tables),
        "standing": standing,
        "history": history,
        "latest_record": spelling.locked(record, tables.responses),
        "latest_standing": spelling.locked(standing, heads),
        "latest_history": spelling.latest(history),
        "lock_issue": spelling.locked(select(issues.c.version).where(_is(issues, "id")), issues),
        "remembered": known_key,
        "latest_remembered": spelling.latest(known_key),
        "preferences": wanted,
        "latest_preferences": spelling.locked(wanted, tables.preferences),
        "watchers": select(tables.preferences.c.person, tables.preferences.c.body).where(_watching(tables)),
        "meta": named,
        "latest_meta": spelling.latest(named),
    }


def _inserts(tables: Tables, spelling: Spelling) -> dict[str, Statement]:
    """Return the inserts: those of rows that another transaction may have made leave such a row alone."""
    contested = {
        "new_meta": tables.meta,
        "new_address": tables.addresses,
        "new_record": tables.responses,
        "new_head": tables.heads,
        "new_issue": tables.issues,
        "new_remembered": tables.remembered,
        "new_preferences": tables.preferences,
        "new_policy": tables.policies,
        "new_digest": tables.digests,
    }
    own = {
        "new_revision": tables.response_revisions,
        "new_own_response": tables.response_people,
        "new_quarantined": tables.quarantine,
        "new_party": tables.parties,
        "new_event": tables.events,
        "new_text": tables.texts,
        "new_message": tables.outbox,
        "new_delivery": tables.deliveries,
        "new_alert": tables.alerts,
    }
    inserts = {name: spelling.insert_new(table) for name, table in contested.items()}
    inserts |= {name: insert(table) for name, table in own.items()}
    return {name: Statement(one, spelling, _names(one.table)) for name, one in inserts.items()}


_FOR_EVER = frozenset({"account", "id", "recorded_at", "opened_at"})
"""What a row has from its first day; a column that is not set costs its indexes nothing."""
_OF_RESPONSE = frozenset(
    {
        "response",
        "revision",
        "received_at",
        "score",
        "survey",
        "ticket",
        "group_code",
        "segment",
        "email_hash",
        "company_hash",
        "needs_recovery",
    }
)
"""The columns of an issue that change with its response only."""
_PARTY_FACTS = ("phase", "group_code", "urgency", "due_at", "received_at")


def _changes(tables: Tables, spelling: Spelling) -> dict[str, Statement]:
    responses, issues, heads, parties = tables.responses, tables.issues, tables.heads, tables.parties
    revisions, texts, addresses = tables.response_revisions, tables.texts, tables.addresses
    columns = [name for name in _names(issues) if name not in _FOR_EVER]
    of_issue = [name for name in columns if name not in _OF_RESPONSE]
    of_response = [name for name in _names(responses) if name not in _FOR_EVER]
    record_as_read, issue_as_read = ("id", "revision", "standing", "issue", "erased_at"), ("id", "version")
    hashes = ("email_hash", "company_hash")
    by_key = {
        "record_becomes": (responses, of_response, record_as_read),
        "head_becomes": (heads, ["response"], ("survey", "ticket", "response")),
        "issue_becomes": (issues, of_issue, issue_as_read),
        "issue_becomes_with_response": (issues, columns, issue_as_read),
        "parties_become": (parties, _PARTY_FACTS, ("id",)),
        "revision_is_rewritten": (revisions, ["body"], ("response", "revision")),
        "text_is_rewritten": (texts, ["body"], ("issue", "number")),
        "preferences_become": (tables.preferences, ["body", "watches"], ("person",)),
        "policy_is_rewritten": (tables.policies, ["body"], ("fingerprint",)),
        "record_is_erased": (responses, ["erased_at", *hashes], record_as_read),
        "issue_is_rewritten": (issues, hashes, issue_as_read),
    }
    changes: dict[str, Update | Delete] = {
        "scope_becomes": _set(responses, ["scope_group"], ("issue",)),
        "address_becomes": _set(addresses, ["address"], ("address",)),
        "party_goes": delete(parties).where(_is(parties, "id", "person", "role")),
        "preferences_go": delete(tables.preferences).where(_is(tables.preferences, "person")),
        "quarantine_ends": delete(tables.quarantine).where(_is(tables.quarantine, "id")),
        "own_response_goes": delete(tables.response_people).where(_is(tables.response_people, "person", "id")),
    }
    changes |= {name: spelling.by_key(_set(*change)) for name, change in by_key.items()}
    return {name: Statement(change, spelling) for name, change in changes.items()}


def _names(table: FromClause) -> list[str]:
    return [column.name for column in table.columns]


def _is(table: Table, *names: str) -> ColumnElement[bool]:
    """Return the condition for the rows of the account with these keys."""
    keys = (table.c[name] == bindparam(f"key_{name}") for name in names)
    return and_(table.c.account == bindparam("key_account"), *keys)


def _set(table: Table, names: Iterable[str], keys: Iterable[str]) -> Update:
    """Return the change of some columns in the rows of the account with these keys."""
    return update(table).values({name: bindparam(name) for name in names}).where(_is(table, *keys))
