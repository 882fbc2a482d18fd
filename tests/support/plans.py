"""Query plans of servers, read alike: which index each table is read by, and how many rows that read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Engine, event


@frozen
class Access:
    """How a statement read one table.

    Attributes:
        table: The table, without its prefix.
        index: The index that it was read by; empty where the table was read whole.
        rows: How many rows were read, those that a condition threw away included.
        bounds: What bounded the read within the index, as the server tells it.
    """

    table: str
    index: str
    rows: float
    bounds: str


@frozen
class Plan:
    """How a statement was carried out.

    Attributes:
        accesses: The tables that it read, each as often as it stands in the plan.
        sorted: How many rows the largest of its sorts took in; 0 where nothing was sorted.
    """

    accesses: tuple[Access, ...]
    sorted: float


@contextmanager
def captured() -> Iterator[list[tuple[str, Any]]]:
    """Capture every statement with its parameters."""
    found: list[tuple[str, Any]] = []

    def look(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        found.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def plan(connection: Connection, statement: str, parameters: Any) -> Plan:
    """Run a question, and return how it was carried out."""
    kind = connection.dialect.name
    told = connection.exec_driver_sql(_ANALYSE[kind] + statement, parameters).scalar()
    found = json.loads(told) if isinstance(told, str) else told
    return _READ[kind](found)


def _without_prefix(name: str) -> str:
    return name.removeprefix("resolutionkit_")


def _postgresql(told: Sequence[Mapping[str, Any]]) -> Plan:
    nodes = list(_nodes(told[0]["Plan"]))
    accesses = [
        Access(
            _without_prefix(node.get("Relation Name") or node["Index Name"]),
            _without_prefix(node.get("Index Name", "")),
            (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"],
            node.get("Index Cond", ""),
        )
        for node in nodes
        if "Scan" in node["Node Type"] and ("Relation Name" in node or "Index Name" in node)
    ]
    sorts = (node["Plans"][0]["Actual Rows"] for node in nodes if "Sort" in node["Node Type"])
    return Plan(tuple(accesses), max(sorts, default=0))


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


def _mariadb(told: Mapping[str, Any]) -> Plan:
    accesses, sorts = [], [0.0]
    for name, part in _parts("", told):
        if name == "table" and not part.get("table_name", "<").startswith("<"):
            # A full scan of an index in its order names the index too, and is bounded by nothing.
            index = "" if part["access_type"] == "ALL" else part.get("key", "")
            bounds = ", ".join(part.get("used_key_parts", ())) if part["access_type"] != "index" else ""
            rows = (part.get("r_rows") or 0) * (part.get("r_loops") or 0)
            accesses.append(Access(_without_prefix(part["table_name"]), _without_prefix(index), rows, bounds))
        elif name in {"filesort", "read_sorted_file"}:
            sorts.append(part.get("r_output_rows") or part.get("r_rows") or 0)
    return Plan(tuple(accesses), max(sorts))


def _parts(name: str, told: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(told, Mapping):
        yield name, told
        for key, part in told.items():
            yield from _parts(key, part)
    elif isinstance(told, list):
        for part in told:
            yield from _parts(name, part)


_ANALYSE = {"postgresql": "EXPLAIN (ANALYZE, FORMAT JSON) ", "mariadb": "ANALYZE FORMAT=JSON "}
_READ: Mapping[str, Any] = {"postgresql": _postgresql, "mariadb": _mariadb}
