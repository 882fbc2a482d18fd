"""What every unit of work on one database shares: the tables, and the statements on them."""

from __future__ import annotations

from attrs import frozen
from sqlalchemy import Dialect

from resolutionkit.storage.sql.dialects import Spelling, spelling_of
from resolutionkit.storage.sql.statements import Statements, prepare
from resolutionkit.storage.sql.steps import Ending
from resolutionkit.storage.sql.tables import Tables


@frozen(kw_only=True)
class Schema:
    """The tables with their prepared statements.

    Attributes:
        tables: The tables.
        spelling: How the database wants statements to be written.
        statements: The statements that every command runs.
        ending: Carries out a change that is the whole transaction.
    """

    tables: Tables
    spelling: Spelling
    statements: Statements
    ending: Ending


def schema_for(tables: Tables, dialect: Dialect) -> Schema:
    """Return the tables with their statements on a dialect."""
    return schema_of(tables, spelling_of(dialect))


def schema_of(tables: Tables, spelling: Spelling) -> Schema:
    """Return the tables with their statements in a spelling."""
    return Schema(tables=tables, spelling=spelling, statements=prepare(tables, spelling), ending=Ending(spelling))
