"""Django models on the library's own tables: load, then save, in three transactions, as a product with Django does it.

The models have the tables' composite keys, and leave the rows that the library leaves; :mod:`benchmarks.same_rows`
compares them one by one. Two rows of a kind go by ``bulk_create``, an update names its fields, and an issue is loaded
without its history. The connection stays open, and speaks to the server as Django's defaults have it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import django
from django.conf import settings
from django.db import connections, models, transaction
from sqlalchemy import BigInteger, Column, Float, Integer, SmallInteger, Table

from benchmarks import scene
from benchmarks.on_postgresql import OnPostgresql
from benchmarks.postgresql import parts
from benchmarks.rivals.rows_by_hand import ACCOUNT, COLUMNS, MOVES, changed, new_id, recorded
from resolutionkit.storage.sql.tables import make_tables

ALIAS = "benchmarks"
"""What Django knows our database by; another one may be its default, where this runs among others."""

if not settings.configured:
    settings.configure(DATABASES={}, USE_TZ=True)
    django.setup()
connections.settings[ALIAS] = {"ENGINE": "django.db.backends.postgresql", "NAME": "", "CONN_MAX_AGE": None}
connections.settings = connections.configure_settings(connections.settings)

_FIELDS = (
    (SmallInteger, models.SmallIntegerField),
    (BigInteger, models.BigIntegerField),
    (Integer, models.IntegerField),
    (Float, models.FloatField),
)


def _field(column: Column[Any]) -> models.Field[Any, Any]:
    for kind, field in _FIELDS:
        if isinstance(column.type, kind):
            return field(null=column.nullable)
    length = getattr(column.type, "length", None)
    return models.CharField(max_length=length, null=column.nullable) if length else models.TextField()


def _model(table: Table) -> Any:
    """Return the model of a table."""
    meta = type("Meta", (), {"db_table": table.name, "managed": False, "app_label": "benchmarks"})
    keys = [column.name for column in table.primary_key]
    fields = {column.name: _field(column) for column in table.columns}
    extra = {"Meta": meta, "__module__": __name__, "pk": models.CompositePrimaryKey(*keys)}
    return type(table.name, (models.Model,), fields | extra)


_TABLES = make_tables()
MODELS = {name: _model(getattr(_TABLES, name)) for name in COLUMNS}
"""The models of the tables that a lifecycle writes, by the tables' names without their prefix."""
_CHANGED = ["version", "status", "phase", "closed_at", "changed_at", "due_at", "wake_at", "note_count", "has_spoken"]


class DjangoModels(OnPostgresql):
    """Ten instances for a response, then twice a load, two updates and two instances."""

    name = "Django models, load, then save"
    package: ClassVar[str | None] = "Django"
    leaves: ClassVar[Mapping[str, int]] = {"closed issues": 1, "events": 3, "notes": 2, "messages": 2}

    def __init__(self, folder: Path, clock: Callable[[], int] = scene.micros_now, *, url: str | None = None) -> None:
        """Point Django's connection to the database."""
        super().__init__(folder, url=url)
        self._clock = clock
        self._connection = connections[ALIAS]
        named = {name.upper(): value for name, value in parts(self.database.url).items()}
        self._connection.settings_dict.update({"NAME": named.pop("DBNAME"), **named})

    def lifecycle(self, number: int) -> None:
        """Record a response, and change its issue's status twice."""
        issue = new_id()
        with transaction.atomic(using=ALIAS):
            self._record(number, issue)
        for move in MOVES:
            with transaction.atomic(using=ALIAS):
                self._change(number, issue, move)

    def _record(self, number: int, issue: str) -> None:
        rows = recorded(number, issue, self._clock())
        if MODELS["responses"].objects.using(ALIAS).filter(pk=rows.responses[:2]).first() is not None:
            raise LookupError(rows.responses[1])
        for name in ("responses", "response_revisions", "response_people", "issues", "events", "alerts"):
            MODELS[name](*getattr(rows, name)).save(using=ALIAS, force_insert=True)
        for name in ("parties", "outbox"):
            MODELS[name].objects.using(ALIAS).bulk_create(MODELS[name](*row) for row in getattr(rows, name))

    def _change(self, number: int, issue: str, move: tuple[str, str, str, bool]) -> None:
        kept = MODELS["issues"].objects.using(ALIAS).select_for_update().get(pk=(ACCOUNT, issue))
        rows = changed(number, issue, kept.version, self._clock(), move)
        kept.version, kept.status, kept.phase, kept.closed_at, kept.changed_at = rows.issue[:5]
        kept.due_at, kept.wake_at, has_spoken = rows.issue[5:8]
        kept.note_count, kept.has_spoken = kept.note_count + 1, max(kept.has_spoken, has_spoken)
        kept.save(using=ALIAS, update_fields=_CHANGED)
        phase, due_at = rows.parties[:2]
        MODELS["parties"].objects.using(ALIAS).filter(account=ACCOUNT, id=issue).update(phase=phase, due_at=due_at)
        MODELS["events"](*rows.events).save(using=ALIAS, force_insert=True)
        MODELS["texts"](*rows.texts).save(using=ALIAS, force_insert=True)

    def left(self) -> Mapping[str, int]:
        """Count the instances."""
        closed = MODELS["issues"].objects.using(ALIAS).filter(phase="closed", status="resolved", note_count=2)
        found = {"events": "events", "notes": "texts", "messages": "outbox"}
        return {"closed issues": closed.count()} | {
            name: MODELS[kept].objects.using(ALIAS).count() for name, kept in found.items()
        }

    def close(self) -> None:
        """Close the connection, and drop the database."""
        self._connection.close()
        super().close()
