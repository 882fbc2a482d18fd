"""The work that P5 times: very many responses at once, every fifth of them a detractor's; ours, and what it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve
from sqlalchemy import create_engine, func, select

import resolutionkit as rk
from benchmarks import scene
from benchmarks.lifecycles import NotTheWork
from benchmarks.rivals.rows_by_hand import COLUMNS, driver_url
from resolutionkit.storage.sql.tables import make_tables

UNHAPPY = 5
"""One of how many responses is a detractor's."""
TABLES = {name: getattr(make_tables(), name) for name in COLUMNS}


def responses(count: int) -> list[rk.Response]:
    """Build the responses, as a product has them before it hands them over."""
    return [_response(number) for number in range(count)]


def _response(number: int) -> rk.Response:
    unhappy = scene.response(number)
    contact = evolve(unhappy.contact, email=f"jane.{number}@customer.example")
    return evolve(unhappy, contact=contact, score=unhappy.score if number % UNHAPPY == 0 else 9 + number % 2)


def record(url: str, given: Sequence[rk.Response]) -> None:
    """Take them in with the library, into a database that has its tables."""
    with rk.Tracker.open(url, directory=scene.directory()) as tracker:
        done = tracker.record_many(given)
    if (done.recorded, done.issues_opened) != (len(given), -(-len(given) // UNHAPPY)):
        raise NotTheWork(f"of {len(given)} responses {done.recorded} were recorded, and {done.issues_opened} opened")


def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table that was written, in the order in which most of them were."""
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        found = {name: [tuple(row) for row in connection.execute(select(table))] for name, table in TABLES.items()}
    engine.dispose()
    return found


def counts(url: str) -> Mapping[str, int]:
    """Count the rows of every table."""
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        queries = {name: select(func.count()).select_from(table) for name, table in TABLES.items()}
        found = {name: connection.execute(query).scalar_one() for name, query in queries.items()}
    engine.dispose()
    return found
