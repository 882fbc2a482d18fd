"""The statements that delivery runs for every batch, prepared once as those of commands are.

What changes many rows, each in its own way, is one statement where the database takes whole columns as values, which is
PostgreSQL alone; elsewhere it is one for each row. When which of them is run stands in ``queue``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    Update,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from resolutionkit.model.sortkeys import NEVER_DUE
from resolutionkit.storage.sql.dialects import Spelling
from resolutionkit.storage.sql.rows import BECAME
from resolutionkit.storage.sql.statements import Facts, Statement, history_query
from resolutionkit.storage.sql.tables import Tables

DISABLED = "disabled:"
"""What the names begin with under which ``meta`` keeps why a channel is disabled."""
_REASONS: ColumnElement[str] = literal_column(f"'{DISABLED}'")
_AFTER_REASONS: ColumnElement[str] = literal_column("'disabled;'")
_FREE: ColumnElement[str] = literal_column("''")
_NEVER: ColumnElement[int] = literal_column(str(NEVER_DUE))
_NONE: ColumnElement[int] = literal_column("0")
_NUMBERS = frozenset({"attempts", "due_at", "changed_at"})
_LINE = ("message", "channel", *BECAME)
"""What tells a line of the ledger, and the columns of it that change."""


@frozen(kw_only=True)
class InColumns:
    """Statements that take rows column by column, as :func:`in_columns` gives them.

    Attributes:
        histories: Asks for the histories of the issues ``ids``, in no order.
        plan: Takes messages (``told``) off the queue of what was not planned, adds lines (``line``), and answers with
            how many messages it met.
        finish: Changes lines (``line``) that are held under their lease, and answers with their places.
    """

    histories: Statement
    plan: Statement
    finish: Statement


@frozen(kw_only=True)
class LeaseStatements:
    """All of them, for one set of tables and one dialect; names are as in :class:`Statements`.

    Attributes:
        unplanned: Asks for messages that are due ``key_now``, at most ``key_limit``, and locks them.
        disabled: Asks why channels are disabled.
        becomes: Changes one line that is held under ``key_lease``.
        in_columns: Those that change many rows at once, or None where the database has none.
    """

    unplanned: Statement
    disabled: Statement
    becomes: Statement
    in_columns: InColumns | None


def prepare_leases(tables: Tables, spelling: Spelling) -> LeaseStatements:
    """Return the statements for tables, as a database wants them written."""
    meta = tables.meta
    is_reason = (meta.c.account == bindparam("key_account"), meta.c.name > _REASONS, meta.c.name < _AFTER_REASONS)
    return LeaseStatements(
        unplanned=Statement(spelling.skipping(_unplanned(tables)), spelling),
        disabled=Statement(select(meta.c.name, meta.c.value).where(*is_reason), spelling),
        becomes=Statement(spelling.by_key(_becomes(tables)), spelling),
        in_columns=_in_columns(tables, spelling) if spelling.has_arrays else None,
    )


def _unplanned(tables: Tables) -> Select[Any]:
    outbox = tables.outbox
    is_due = (outbox.c.account == bindparam("key_account"), outbox.c.due_at <= bindparam("key_now"))
    first = select(outbox).where(*is_due).order_by(outbox.c.due_at, outbox.c.id)
    return first.limit(bindparam("key_limit")).offset(_NONE)  # SQLite is given an offset in any case


def _becomes(tables: Tables) -> Update:
    lines = tables.deliveries
    keys = [lines.c[name] == bindparam(f"key_{name}") for name in ("account", "message", "channel", "lease")]
    return update(lines).where(*keys).values(lease=_FREE, **{name: bindparam(name) for name in BECAME})


def _in_columns(tables: Tables, spelling: Spelling) -> InColumns:
    events = tables.events
    histories = history_query(tables).where(events.c.account == bindparam("key_account"))
    return InColumns(
        histories=Statement(spelling.one_of(histories, events.c.issue, bindparam("ids", type_=ARRAY(Text))), spelling),
        plan=Statement(_plan(tables), spelling),
        finish=Statement(_finish(tables), spelling),
    )


def _given(name: str, columns: Sequence[str]) -> Any:
    """Return the rows that are given in columns, as a table; each has all by which its row is found.

    Told by itself what is the same for all of them, the account or the lease, PostgreSQL takes it for rare in a table
    that was never analysed, and reads all that has it.
    """
    values = [bindparam(f"{name}_{one}", type_=ARRAY(BigInteger if one in _NUMBERS else Text)) for one in columns]
    return func.unnest(*values).table_valued(*columns).render_derived(name=name)


def _plan(tables: Tables) -> Select[Any]:
    """Return the change of the queue; what a line repeats of its message is copied from there."""
    outbox, lines = tables.outbox, tables.deliveries
    told, line = _given("told", ("account", "id")), _given("line", (*_LINE, "lease"))
    is_told = (outbox.c.account == told.c.account, outbox.c.id == told.c.id, outbox.c.due_at < _NEVER)
    repeated = ("account", "issue", "first_event", "recipient")
    back = (outbox.c.id, *(outbox.c[name] for name in repeated))
    planned = update(outbox).values(due_at=_NEVER).where(*is_told).returning(*back).cte("planned")
    row = {name: planned.c[name] for name in repeated} | {name: line.c[name] for name in (*_LINE, "lease")}
    its = select(*row.values()).select_from(planned.join(line, line.c.message == planned.c.id))
    added = insert(lines).from_select(list(row), its).returning(lines.c.message).cte("added")
    return select(func.count().label("met")).select_from(planned).add_cte(added)


def _finish(tables: Tables) -> Any:
    lines, line = tables.deliveries, _given("line", ("account", "lease", *_LINE))
    is_its = [lines.c[name] == line.c[name] for name in ("account", "message", "channel", "lease")]
    became = {name: line.c[name] for name in BECAME}
    return update(lines).where(*is_its).values(lease=_FREE, **became).returning(lines.c.message, lines.c.channel)


def in_columns(name: str, rows: Sequence[Facts], **of_all: object) -> Facts:
    """Return the facts of rows, of which there are some, column by column.

    Args:
        name: What they are called in the statement.
        rows: The rows.
        of_all: What is the same for all of them.
    """
    same = {f"{name}_{one}": [value] * len(rows) for one, value in of_all.items()}
    return same | {f"{name}_{one}": [row[one] for row in rows] for one in rows[0]}
