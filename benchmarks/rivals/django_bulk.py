"""Django's ``bulk_create`` of rows that are there already: so many instances a call, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections, transaction
from sqlalchemy import make_url

from benchmarks.postgresql import parts
from benchmarks.rivals.django_models import MODELS

AT_ONCE = 500
"""How many instances one call makes and keeps, as the library takes in so many responses at once."""
_ALIAS = "benchmarks-bulk"
_SQLITE = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"


def write(url: str, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
    """Write rows into a database that has the tables, a transaction for all."""
    connections.settings[_ALIAS] = _settings(url)
    connections.settings = connections.configure_settings(connections.settings)
    try:
        with transaction.atomic(using=_ALIAS):
            for name, found in rows.items():
                _write(MODELS[name], found)
    finally:
        connections[_ALIAS].close()
        del connections[_ALIAS]


def _write(model: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        model.objects.using(_ALIAS).bulk_create([model(*row) for row in rows[start : start + AT_ONCE]])


def _settings(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        options = {"init_command": _SQLITE}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": make_url(url).database, "OPTIONS": options}
    named = {name.upper(): value for name, value in parts(url).items()}
    return {"ENGINE": "django.db.backends.postgresql", "NAME": named.pop("DBNAME"), **named}
