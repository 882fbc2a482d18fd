"""The schema as it has to be: checked, or made where it is missing. What it consists of stands in ``tables``."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from resolutionkit.errors import SchemaMismatch
from resolutionkit.storage.sql import sqlite
from resolutionkit.storage.sql.dialects import spelling_of
from resolutionkit.storage.sql.engine import WRITES
from resolutionkit.storage.sql.tables import SCHEMA_VERSION, Tables
from resolutionkit.storage.sql.turns import alone
from resolutionkit.storage.sql.versions import ROW, another_version, version_of

_ATTEMPTS = 5


@frozen
class Creation:
    """Checks and makes the tables of one database."""

    engine: Engine
    tables: Tables
    is_guest: bool = False

    def prepare(self, *, create: bool | None) -> None:
        """Check the schema, or make it; see :meth:`resolutionkit.storage.sql.store.SqlStore.prepare`."""
        if self._needs_schema(create):
            self._make_schema()

    @property
    def _is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def _needs_schema(self, create: bool | None) -> bool:
        with self.engine.connect() as connection, connection.begin():
            names = set(inspect(connection).get_table_names(self.tables.metadata.schema))
            if self.tables.meta.name in names and self._is_versioned(connection, may_be_unfinished=create is True):
                return False
            if create is False or (create is None and (names or not self._is_sqlite)):
                raise SchemaMismatch(
                    f"the database has no tables of resolutionkit (and {len(names)} of others); "
                    "run `resolutionkit db upgrade`, or pass create=True to make them"
                )
            return True

    def _is_versioned(self, connection: Connection, *, may_be_unfinished: bool) -> bool:
        found = version_of(connection, self.tables)
        if found is None and may_be_unfinished and not self._is_sqlite:
            return False  # where making a table commits by itself, another process may be half way
        if found != SCHEMA_VERSION:
            raise another_version(found)
        return True

    def _make_schema(self) -> None:
        if self._is_sqlite and not self.is_guest and not sqlite.is_in_memory(self.engine.url):
            sqlite.use_write_ahead_log(self.engine)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._make_tables()
            except DBAPIError:
                # Somebody else is making them at this moment, or has just done it: what is there is left alone.
                if attempt == _ATTEMPTS or self._is_sqlite:
                    raise
            else:
                return

    def _make_tables(self) -> None:
        tables = self.tables
        with self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: True})
            with alone(connection, tables.prefix, tables.metadata.schema), connection.begin():
                there = inspect(connection).get_table_names(tables.metadata.schema)
                tables.metadata.create_all(connection)
                self._make_missing_indexes(connection, there)
                tables.alembic.create(connection, checkfirst=True)
                insert_new = spelling_of(connection.dialect).insert_new
                # As if the migrations had made them, so that those can take over from here.
                connection.execute(insert_new(tables.alembic), {"version_num": SCHEMA_VERSION})
                connection.execute(insert_new(tables.meta), {**ROW, "value": SCHEMA_VERSION})

    def _make_missing_indexes(self, connection: Connection, there: Collection[str]) -> None:
        """Make what is missing of tables that somebody made who was interrupted before their indexes."""
        for table in self.tables.metadata.sorted_tables:
            for index in table.indexes if table.name in there else ():
                index.create(connection, checkfirst=True)
