"""The keys of the TOML files that users write, as found by watching the loaders read one. Pure.

Each loader is given a file that has every table, and its questions are noted: which key, of which type, with which
default. What a key means stands in the docstring of the class that it fills. So the reference cannot drift: a key
without a type or a meaning is an error of the build.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum
from typing import Any

import attrs
from attrs import define, frozen
from docstrings import section

from resolutionkit import (
    Access,
    Contact,
    Group,
    ImportMapping,
    Person,
    Scale,
    StaticDirectory,
    Workflow,
)
from resolutionkit.datafile import Table
from resolutionkit.importing import grammar
from resolutionkit.importing.dates import Dates
from resolutionkit.importing.fileformat import FileFormat
from resolutionkit.policy import directory_file
from resolutionkit.policy.policy_file import policy_arguments
from resolutionkit.policy.policy_keys import SECTIONS, Section
from resolutionkit.policy.policy_keys import Key as SectionKey

_WORDS = {str: "text", bool: "true or false", int: "whole number", list: "list", dict: "table"}


@frozen(kw_only=True)
class Key:
    """One key of a file.

    Attributes:
        table: The path of the table that it stands in; the empty string at the top.
        name: The key.
        kind: What may stand there, in words.
        default: What holds where it is missing, in words; ``required`` where it must be there.
        meaning: What it means, as the docstring has it.
        unit: The unit of a number, or the empty string.
        requirement: The id of the behaviour that it decides, or the empty string where that is not told.
    """

    table: str
    name: str
    kind: str
    default: str
    meaning: str
    unit: str = ""
    requirement: str = ""


@define
class _Asked:
    kind: str = ""
    is_required: bool = False


@frozen(kw_only=True)
class KeyFile:
    """A kind of file.

    Attributes:
        sample: A file with every table, so that the loader asks for all keys.
        read: Reads the sample; it may fail, since the questions are what counts.
        classes: What each table fills, by the table's path.
        kinds: What may stand at the keys that take more than one type, by ``table.key``.
        meanings: What the keys mean that no docstring tells of, by ``table.key``.
        required: The keys that must be there, and that the loader finds out in its own way.
        about: The unit and the requirement of every key, where they are told: then it names all keys that there are.
    """

    sample: Mapping[str, Any]
    read: Callable[[Mapping[str, Any]], object]
    classes: Mapping[str, type]
    kinds: Mapping[str, str] = {}
    meanings: Mapping[str, str] = {}
    required: frozenset[str] = frozenset()
    about: Mapping[str, tuple[str, str]] = {}


def keys_of(file: KeyFile) -> list[Key]:
    """Return every key of a kind of file, table by table in the order of ``classes``.

    Raises:
        LookupError: A key has no type, no meaning, or stands in a table that nobody described; or one that was
            described is never asked for.
    """
    asked: dict[tuple[str, str], _Asked] = {}
    with _watching(asked):
        file.read(file.sample)
    unknown = {table for table, _ in asked} - set(file.classes)
    if unknown:
        raise LookupError(f"tables without a description: {', '.join(sorted(unknown))}")
    paths = {f"{table}.{name}" if table else name for table, name in asked}
    if file.about and paths != set(file.about):
        raise LookupError(f"keys that are read or described, but not both: {sorted(paths ^ set(file.about))}")
    order = list(file.classes)
    found = [_described(file, table, name, one) for (table, name), one in asked.items()]
    return sorted(found, key=lambda key: (order.index(key.table), key.default != "required", _place(file, key)))


def _place(file: KeyFile, key: Key) -> int:
    owner = file.classes[key.table]
    fields = [field.name for field in attrs.fields(owner)] if attrs.has(owner) else []
    name = _field(key.name, fields)
    return fields.index(name) if name in fields else len(fields)


def _field(name: str, fields: Collection[str]) -> str:
    """Return the field that a key fills; a span's key tells its unit."""
    spellings = (name, name.removesuffix("_days"), name.removesuffix("_hours"))
    return next((one for one in spellings if one in fields), name.removesuffix("_days"))


def _described(file: KeyFile, table: str, name: str, asked: _Asked) -> Key:
    path = f"{table}.{name}" if table else name
    owner = file.classes[table]
    field = _field(name, [one.name for one in attrs.fields(owner)] if attrs.has(owner) else [])
    meaning = file.meanings.get(path) or _meanings(owner).get(field, "")
    kind = file.kinds.get(path) or asked.kind or ("table" if path in file.classes else "")
    if not meaning or not kind:
        raise LookupError(f"the key {path} has no {'meaning' if kind else 'type'}; describe it in keyfiles.py")
    is_required = asked.is_required or path in file.required
    unit, requirement = file.about.get(path, ("", ""))
    return Key(
        unit=unit,
        requirement=requirement,
        table=table,
        name=name,
        kind=kind,
        default="required" if is_required else _default(owner, field, _UNITS.get(unit, timedelta(days=1))),
        meaning=meaning,
    )


def _meanings(owner: type) -> dict[str, str]:
    return section(owner.__doc__, "Attributes") | section(owner.__doc__, "Args")


_UNITS = {"hours": timedelta(hours=1)}


def _default(owner: type, name: str, unit: timedelta) -> str:
    fields = {field.name: field for field in attrs.fields(owner)} if attrs.has(owner) else {}
    default = fields[name].default if name in fields else None
    if isinstance(default, timedelta):
        return f"`{default / unit:g}`" if default >= unit else _shown(None)
    return _shown(default)


def _shown(default: Any) -> str:
    if isinstance(default, Enum | str) and str(default):
        return f'`"{default}"`'
    if isinstance(default, Access):
        return _shown(str(default.kind))
    if isinstance(default, Workflow):
        return f'`"{default.name}"`'
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, int | float):
        return f"`{default}`"
    if isinstance(default, tuple) and default:
        return ", ".join(_shown(one) for one in default)
    return "\N{EN DASH}"


@contextmanager
def _watching(asked: dict[tuple[str, str], _Asked]) -> Iterator[None]:
    """Note every question that a table is asked, for as long as it lasts."""
    kept = {name: getattr(Table, name) for name in ("entry", "take", "required", "number", "texts", "inners")}

    def note(table: Table, key: str, kind: str = "") -> _Asked:
        one = asked.setdefault((_pattern(table), key), _Asked())
        one.kind = kind or one.kind
        return one

    def entry(table: Table, key: str) -> Any:
        note(table, key)
        return kept["entry"](table, key)

    def take(table: Table, key: str, kind: type) -> Any:
        note(table, key, _WORDS.get(kind, ""))
        return kept["take"](table, key, kind)

    def required(table: Table, key: str) -> Any:
        note(table, key, "text").is_required = True
        return kept["required"](table, key)

    def number(table: Table, key: str) -> Any:
        note(table, key, "number")
        return kept["number"](table, key)

    def texts(table: Table, key: str) -> Any:
        found = kept["texts"](table, key)
        note(table, key, "list of texts")
        return found

    def inners(table: Table, key: str) -> Any:
        found = kept["inners"](table, key)
        note(table, key, "tables")
        return found

    for function in (entry, take, required, number, texts, inners):
        setattr(Table, function.__name__, function)
    try:
        yield
    finally:
        for name, function in kept.items():
            setattr(Table, name, function)


def _pattern(table: Table) -> str:
    """Return a table's path with the sample's own names left out: ``surveys.NAME``, ``people[]``."""
    return table.itself().place.replace("[0]", "[]")


def _read_directory(data: Mapping[str, Any]) -> object:
    top = Table(data, "", [])
    people = [directory_file._person(one) for one in top.inners("people")]
    groups = [directory_file._group(one) for one in top.inners("groups")]
    return people, groups, top.texts("segments"), top.take("leader", str)


def _path(section: Section, key: SectionKey) -> str:
    return f"{section.path}.{key.name}" if section.path else key.name


_ONE_OF_EACH = {"minimum": 0, "maximum": 1, "detractor_max": 0, "promoter_min": 1}

POLICY = KeyFile(
    sample={
        "scales": {"NAME": _ONE_OF_EACH},
        "surveys": {"NAME": {"scale": {"name": "NAME", **_ONE_OF_EACH}}},
        "recovery_threshold": {},
        "escalation_kinds": ["other"],
        "root_causes": ["other"],
        "dimensions": ["country"],
        "attributes": {},
        "channels": ["email"],
        "rules": [{}],
        "workflow": {"statuses": [{}], "moves": [{}]},
        "targets": {"first_action": {"within_days": 2}, "follow_up": {}, "closed": {}, "remind_before_hours": 8},
        "calendar": {},
        "levels": [{}],
        "closing_check": {},
        "alerts": {"time": "09:00", "days_off": ["sunday"], "text_channels": ["sms"], "report_channels": ["email"]},
    },
    read=policy_arguments,
    classes={section.path: section.owner for section in SECTIONS},
    kinds={_path(section, key): key.kind.words for section in SECTIONS for key in section.keys},
    meanings={_path(section, key): key.meaning for section in SECTIONS for key in section.keys if key.meaning},
    required=frozenset(_path(section, key) for section in SECTIONS for key in section.keys if key.is_required),
    about={_path(section, key): (key.unit, key.requirement) for section in SECTIONS for key in section.keys},
)
"""All of it but the sample stands in ``policy.policy_keys``."""

DIRECTORY = KeyFile(
    sample={"people": [{"id": "ana"}], "groups": [{"code": "shop"}]},
    read=_read_directory,
    classes={"": StaticDirectory, "people[]": Person, "groups[]": Group},
    kinds={"people[].access": "text, or list of texts"},
    meanings={
        "people[].access": 'What the person may see: `"own"`, `"everything"`, or a list of group codes.',
        "groups": "The groups; left out, the host does not list them, so that no code is unknown.",
        "segments": "The segments' codes; left out, the host does not list them.",
    },
)

_SOURCE = "column or constant"
_SOURCES = "column or constant, or a list of them"

MAPPING = KeyFile(
    sample={
        "id": {"columns": ["a"]},
        "score": "a",
        "received_at": "a",
        "contact": {},
        "answers": {},
        "attributes": {},
        "dates": {},
        "numbers": {},
        "file": {},
        "scale": {},
        "wants_contact": {"column": "a"},
        "leave_out": {},
    },
    read=lambda data: grammar.read(data, []),
    classes={
        "": ImportMapping,
        "id": ImportMapping,
        "wants_contact": ImportMapping,
        "scale": Scale,
        "dates": Dates,
        "numbers": ImportMapping,
        "file": FileFormat,
        "contact": Contact,
    },
    kinds={
        "id": 'column, or `{ columns = ["…", "…"] }`, or `{ whole_row = true }`',
        "id.columns": "list of columns",
        "score": "column",
        "received_at": "column or constant",
        "scale": "text, or table",
        "contact": "table of columns or constants",
        "answers": "table of columns or constants",
        "attributes": "table of columns or constants, each with a `type`",
        "wants_contact": "column, or a constant true or false",
        "wants_contact.column": "column",
        "wants_contact.constant": "true or false",
        "wants_contact.yes": "list of texts",
        "wants_contact.no": "list of texts",
        "wants_contact.optional": "true or false",
        "preset": "text",
        "leave_out": "table of lists of texts",
        "file.header_rows": "whole number",
        "file.keyed": "table of texts",
        "dates.zone": "text",
        "dates.formats": "list of texts",
        "file.format": "text",
        "file.delimiter": "text",
        "file.encoding": "text",
        "scale.name": "text",
        **{f"scale.{name}": "number" for name in (*_ONE_OF_EACH, "step")},
        **dict.fromkeys((f"contact.{name}" for name in grammar.CONTACT), _SOURCE),
        **dict.fromkeys(grammar.SINGLE, _SOURCE),
        **dict.fromkeys(grammar.SEVERAL, _SOURCES),
    },
    meanings={
        "id.columns": "The columns whose values together become an id: a keyed digest, so that it tells nothing.",
        "id.whole_row": "True to make the id from all cells of the row.",
        "numbers": "How the file writes numbers.",
        "wants_contact.column": "The column that says it.",
        "wants_contact.constant": "What it is for every row, in place of a column.",
        "wants_contact.optional": "True where a file may lack the column.",
        "preset": "The name of a preset that has all that the mapping does not say otherwise.",
        "wants_contact.yes": "The words that mean yes, whatever their case.",
        "wants_contact.no": "The words that mean no, whatever their case.",
        "scale": "The name of a scale that ships, or a table of your own; left out, the policy decides.",
        "scale.step": "The distance between scores, counted from the minimum; 0 where averages are allowed.",
    },
    required=frozenset({"id", "score", "received_at", "scale.name", *(f"scale.{name}" for name in _ONE_OF_EACH)}),
)

FILES = {"policy": POLICY, "directory": DIRECTORY, "mapping": MAPPING}
