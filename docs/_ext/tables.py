"""The tables of the reference, row by row, from the code. Pure: cells are sentences, see ``inline``."""

from __future__ import annotations

import ast
import inspect
import logging
import re
import textwrap
import tomllib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from arrows import label_of
from attrs import frozen
from docstrings import first_sentence
from keyfiles import FILES, Key, keys_of
from publicnames import FACE, public_names
from schemapicture import REFERENCES, all_tables
from sqlalchemy import BigInteger, Float, Integer, SmallInteger, Table

from resolutionkit import Event, Phase, Policy, ResolutionKitError, Workflow
from resolutionkit.decisions.audience import AUDIENCE
from resolutionkit.logs import LINES
from resolutionkit.model.condition_fields import ALIASES, FIELDS, Kind, KnownField
from resolutionkit.model.condition_operators import OPERATORS
from resolutionkit.model.events import EVENT_TYPES
from resolutionkit.model.wishes import WISHES
from resolutionkit.policy.policy_file import policy_arguments
from resolutionkit.storage.sql.column_types import Body, CodePoints
from resolutionkit.tracker.telemetry import ATTRIBUTES, INSTRUMENTS, SPANS

_KINDS = {
    Body: "text, at most 200,000 characters",
    SmallInteger: "integer of 16 bits",
    BigInteger: "integer of 64 bits",
    Integer: "integer of 32 bits",
    Float: "number",
}
"""How columns are told; the kinds of integers are kinds of integer, so they come first."""


@frozen(kw_only=True)
class Sheet:
    """A table.

    Attributes:
        title: What stands above it, or the empty string.
        head: The names of its columns.
        rows: Its rows, each with a cell for each column.
    """

    title: str = ""
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def keys(file: str) -> list[Sheet]:
    """Return the tables of a kind of file, one for each of its TOML tables."""
    found = keys_of(FILES[file])
    has_requirements = any(key.requirement for key in found)
    return [
        Sheet(
            title=_header(table),
            head=("key", "what stands there", "default", "meaning", *(("decides",) if has_requirements else ())),
            rows=tuple(_key_row(key, has_requirements) for key in found if key.table == table),
        )
        for table in dict.fromkeys(key.table for key in found)
    ]


def _key_row(key: Key, has_requirements: bool) -> tuple[str, ...]:
    kind = f"{key.kind} ({key.unit})" if key.unit else key.kind
    decides = (f"requirement {key.requirement}",) if has_requirements else ()
    return (f"`{key.name}`", kind, key.default, key.meaning, *decides)


def _header(table: str) -> str:
    if not table:
        return "At the top of the file"
    return f"`[[{table.removesuffix('[]')}]]`" if table.endswith("[]") else f"`[{table}]`"


def events() -> Sheet:
    """Return the table of all kinds of events."""
    return Sheet(
        head=("kind", "format", "class", "what happened"),
        rows=tuple(
            (f"`{kind.kind}`", str(kind.format), _link(kind), first_sentence(kind.__doc__)) for kind in EVENT_TYPES
        ),
    )


def audience() -> Sheet:
    """Return the table of who is told of what."""
    return Sheet(
        head=("event", "who is told", "only if", "topic"),
        rows=tuple(
            (_link(kind), rule.role.words, "" if rule.only is None else rule.only.words, f"`{rule.topic.value}`")
            for kind, rules in AUDIENCE.items()
            for rule in rules
        ),
    )


def condition_fields() -> Sheet:
    """Return the table of the fields that conditions know."""
    also = {name: alias for alias, name in ALIASES.items()}
    return Sheet(
        head=("field", "what it is", "its values"),
        rows=tuple(
            (f"`{name}`{f', `{also[name]}`' if name in also else ''}", one.words, _kind_of(one))
            for name, one in FIELDS.items()
        ),
    )


def _kind_of(known: KnownField) -> str:
    which = f": {', '.join(f'`{one}`' for one in known.known)}" if known.known else ""
    many, case = "any number of " if known.is_many else "", ", in any case" if known.ignores_case else ""
    return f"{many}{known.kind}{which}{case}"


def condition_operators() -> Sheet:
    """Return the table of the operators of conditions."""
    return Sheet(
        head=("operator", "what stands behind it", "kinds", "it holds where"),
        rows=tuple(
            (f"`{name}`", rule.takes.value, ", ".join(one for one in Kind if one in rule.kinds), rule.words)
            for name, rule in OPERATORS.items()
        ),
    )


def wishes() -> Sheet:
    """Return the table of what somebody is told of, as their preferences say."""
    return Sheet(
        head=("", "what is due is", "the person is told", "reason"),
        rows=tuple(
            (
                str(number),
                rule.words,
                "yes" if rule.suppressed is None else "no",
                "" if rule.suppressed is None else f"`{rule.suppressed.value}`",
            )
            for number, rule in enumerate(WISHES, 1)
        ),
    )


def log_lines() -> list[Sheet]:
    """Return the lines of the log, a table for each logger."""
    return [
        Sheet(
            title=f"`{logger}`",
            head=("level", "when", "extras"),
            rows=tuple(
                (logging.getLevelName(line.level), line.when, ", ".join(f"`{one}`" for one in line.extras))
                for line in LINES
                if line.logger == logger
            ),
        )
        for logger in dict.fromkeys(line.logger for line in LINES)
    ]


def spans() -> Sheet:
    """Return the table of the spans of OpenTelemetry."""
    return Sheet(
        head=("span", "kind", "covers", "attributes"),
        rows=tuple((f"`{one.name}`", one.kind, one.covers, _attributes(one.facts)) for one in SPANS),
    )


def instruments() -> Sheet:
    """Return the table of what OpenTelemetry counts and measures."""
    return Sheet(
        head=("metric", "instrument", "unit", "what", "attributes"),
        rows=tuple(
            (f"`{one.name}`", one.kind, f"`{one.unit}`", one.counts, _attributes(one.facts)) for one in INSTRUMENTS
        ),
    )


def _attributes(facts: tuple[str, ...]) -> str:
    return ", ".join(f"`{ATTRIBUTES[one]}`" for one in facts)


def errors() -> Sheet:
    """Return the table of all public errors, with the built-in error that each one is as well, and its HTTP status."""
    found = {path: one for path, one in public_names().items() if _is_error(one)}
    return Sheet(
        head=("error", "is also", "over HTTP", "when"),
        rows=tuple(
            (_link(one), ", ".join(_bases(one)), str(one.http_status), first_sentence(one.__doc__))
            for one in found.values()
        ),
    )


def _is_error(thing: object) -> bool:
    return inspect.isclass(thing) and issubclass(thing, ResolutionKitError)


def _bases(error: type) -> Iterator[str]:
    for base in error.__mro__[1:]:
        if base.__module__.startswith(FACE) and base is not ResolutionKitError:
            yield _link(base)
    ours = [one for one in error.__mro__ if one.__module__.startswith(FACE) and one is not ResolutionKitError]
    built_in = [base for one in ours for base in one.__bases__ if base.__module__ == "builtins"]
    yield from (f":exc:`{one.__name__}`" for one in dict.fromkeys(built_in))


def _link(thing: type) -> str:
    return f":class:`{thing.__module__}.{thing.__qualname__}`"


def fixtures() -> Sheet:
    """Return the table of the fixtures that pytest finds: what each gives, and what it is made with."""
    module = import_module("resolutionkit.testing.fixtures")
    defined = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.FunctionDef)]
    return Sheet(
        head=("fixture", "what it gives", "made with"),
        rows=tuple(
            (
                f"`{node.name}`",
                first_sentence(ast.get_docstring(node)),
                ", ".join(f"`{argument.arg}`" for argument in node.args.args),
            )
            for node in defined
        ),
    )


def statuses(workflow: Workflow) -> Sheet:
    """Return the table of a workflow's statuses: what each means, and what can follow it."""
    return Sheet(
        head=("status", "phase", "when to use it", "what can follow"),
        rows=tuple(
            (f"{one.label} `{one.key}`", str(one.phase), one.guidance, _following(workflow, one.key))
            for one in workflow.statuses
        ),
    )


def _following(workflow: Workflow, key: str) -> str:
    status = workflow.status(key)
    set_to = [_noted(workflow, key, one.key) for one in workflow.next_statuses(key)]
    parts = [f"`set_status` to {', '.join(set_to)}"] if set_to else []
    if workflow.escalation is not None and (key == workflow.escalation or workflow.move(key, workflow.escalation)):
        parts.append("`escalate`")
    if status is not None and status.phase is Phase.CLOSED and workflow.reopen_to:
        parts.append(f"`reopen` to {' or '.join(label_of(one, workflow) for one in workflow.reopen_to)}")
    return "; ".join(parts) or "nothing"


def _noted(workflow: Workflow, start: str, to: str) -> str:
    row = workflow.move(start, to)
    return f"{label_of(to, workflow)}{' (advised against)' if row is not None and row.is_unusual else ''}"


def schema() -> list[Sheet]:
    """Return a table for each table of the database: its columns, and its indexes."""
    return [sheet for name, table in sorted(all_tables().items()) for sheet in _of_table(name, table)]


def _of_table(name: str, table: Table) -> Iterator[Sheet]:
    keys = [column.name for column in table.primary_key]
    yield Sheet(
        title=f"`{name}`",
        head=("column", "kind", "key", "refers to"),
        rows=tuple(
            (
                f"`{column.name}`",
                f"{_kind(column.type)}{', or NULL' if column.nullable else ''}",
                str(keys.index(column.name) + 1) if column.name in keys else "",
                f"`{REFERENCES[path]}`" if (path := f"{name}.{column.name}") in REFERENCES else "",
            )
            for column in table.columns
        ),
    )
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    if indexes:
        yield Sheet(
            head=("index", "of"),
            rows=tuple(
                (
                    f"`{index.name}`{', unique' if index.unique else ''}",
                    ", ".join(f"`{one.name}`" for one in index.columns),
                )
                for index in indexes
            ),
        )


def _kind(column_type: Any) -> str:
    if isinstance(column_type, CodePoints):
        return f"text, at most {column_type.length} characters"
    return next(told for kind, told in _KINDS.items() if isinstance(column_type, kind))


def workflow_shown(page: str, file: str) -> Workflow:
    """Return the workflow of a policy file that a page shows, in a block whose first line names the file.

    Raises:
        LookupError: The page shows no such file.
    """
    found = re.search(rf"^```toml\n# {re.escape(file)}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"the page shows no {file}")
    given, _faults = policy_arguments(tomllib.loads(found[1]))
    return Policy(**given).workflow


def facts_of(error: type) -> set[str]:
    """Return the attributes that an error's constructor sets, from its source."""
    if "__init__" not in vars(error):
        return set()
    tree = ast.parse(textwrap.dedent(inspect.getsource(vars(error)["__init__"])))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)]
    return {node.attr for node in found if isinstance(node.value, ast.Name) and node.value.id == "self"}


def event_fields(kind: type[Event]) -> set[str]:
    """Return the fields that a kind of event has beyond those of every event."""
    return {name for name in vars(kind).get("__annotations__", {}) if name not in ("kind", "format")}
