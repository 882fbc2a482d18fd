"""The grammar of a mapping: from TOML data to the parts of an ``ImportMapping``, with every fault noted.

Left is the response, right is the file: ``group = "Team"`` takes the group from the column *Team*. How columns and
constants are written stands in ``origins``, and what speaks of no column in ``settings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from resolutionkit.datafile import Entry, Table
from resolutionkit.errors import Fault, shown
from resolutionkit.importing import presets, settings
from resolutionkit.importing.cells import NO, YES
from resolutionkit.importing.dates import Dates
from resolutionkit.importing.identity import BuiltId, ColumnId, IdRule
from resolutionkit.importing.origins import Given, column, origin, source, sources
from resolutionkit.importing.rows import RowRefused
from resolutionkit.importing.sources import AttributeRule, AttributeType, Column, Constant, Source, YesNo
from resolutionkit.model.response import Answer, Response
from resolutionkit.model.values import EPOCH, Attributes, AttributeValue

SINGLE = ("survey", "group", "segment", "ticket", "agent", "comment")
"""The fields of a response that are one text."""
SEVERAL = ("tags", "factors", "hierarchy")
"""The fields of a response that are a list of texts."""
CONTACT = ("name", "email", "phone", "company")
"""The fields of a contact."""

_REQUIRED = {
    "id": 'its column, or { columns = ["…", "…"] }, or { whole_row = true }',
    "score": "the column of the rating",
    "received_at": "the column that says when the customer answered",
}


def read(data: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Return the arguments of an ``ImportMapping``; they are of use only where no fault was noted.

    Args:
        data: What the TOML file says.
        faults: Where faults are noted.
    """
    preset = Table(data, "", faults).entry("preset")
    top = Table(data if preset is None else presets.with_preset(preset, data), "", faults)
    for key, what in _REQUIRED.items():
        if top.entry(key) is None:
            top.fault(key, f"is missing; name {what}")
    dates = settings.dates(top)
    given: dict[str, Any] = {
        "file": settings.file(top),
        "dates": dates,
        "decimal_comma": settings.decimal_comma(top),
        "scale": settings.scale(top),
        "id": _id(top.entry("id")),
        "score": column(top.entry("score")),
        "received_at": _received_at(top.entry("received_at"), dates),
        "contact": _contact(top.inner("contact")),
        "answers": _answers(top.inner("answers")),
        "wants_contact": _wants_contact(top.entry("wants_contact")),
        "attributes": _attributes(top.inner("attributes"), dates),
        "leave_out": _leave_out(top.inner("leave_out")),
    }
    given |= {name: _proved(name, top.entry(name)) for name in SINGLE}
    given |= {name: _several(name, top.entry(name)) for name in SEVERAL}
    top.done()
    return given


def _id(entry: Entry | None) -> IdRule | None:
    if entry is None or not isinstance(entry.value, dict) or not entry.value.keys() & {"columns", "whole_row"}:
        found = column(entry)
        return None if found is None else ColumnId(found)
    table = Table(entry.value, entry.place, entry.faults)
    several, whole_row = table.entry("columns"), table.take("whole_row", bool)
    names = None if several is None else several.texts()
    table.done()
    if names is not None and whole_row is None:
        return BuiltId(tuple(Column(name) for name in names))
    if whole_row and several is None:
        return BuiltId()
    if several is None or whole_row is not None:
        entry.fault(f"should be {_REQUIRED['id']}")
    return None


def _received_at(entry: Entry | None, dates: Dates) -> Column | datetime | None:
    found = None if entry is None else origin(entry)
    if entry is None or not isinstance(found, Given):
        return found if isinstance(found, Column) else None
    return entry.judged(lambda: _instant(found.value, dates))


def _instant(value: object, dates: Dates) -> datetime:
    if isinstance(value, str):
        return dates.instant(value.strip(), "received_at")
    if isinstance(value, date):
        return dates.placed(value, "received_at")
    raise RowRefused(None, f"{shown(value)} should be a date")


# A constant that no response can carry is the mapping's fault, and not each row's: so it is tried on one here.


def _proved(name: str, entry: Entry | None) -> Source | None:
    found = source(entry)
    if entry is not None and isinstance(found, Constant):
        constant: dict[str, Any] = {name: found.value}
        entry.judged(lambda: Response(id="-", score=0, received_at=EPOCH, **constant))
    return found


def _several(name: str, entry: Entry | None) -> tuple[Source, ...]:
    found = sources(entry)
    if entry is not None:
        constants: dict[str, Any] = {name: [one.value for one in found if isinstance(one, Constant)]}
        entry.judged(lambda: Response(id="-", score=0, received_at=EPOCH, **constants))
    return found


def _contact(table: Table | None) -> dict[str, Source]:
    if table is None:
        return {}
    found = {name: found for name in CONTACT if (found := source(table.entry(name))) is not None}
    table.done()
    return found


def _answers(table: Table | None) -> tuple[tuple[str, Source], ...]:
    entries = {} if table is None else table.entries()
    found = [(question, _answer(question, entry)) for question, entry in entries.items()]
    return tuple((question, one) for question, one in found if one is not None)


def _answer(question: str, entry: Entry) -> Source | None:
    if not question.strip():
        entry.fault("a question may not be blank")
    found = source(entry)
    entry.judged(lambda: Answer(question, found.value if isinstance(found, Constant) else None))
    return found


def _wants_contact(entry: Entry | None) -> YesNo | bool:
    found = None if entry is None else origin(entry.without("yes", "no"))
    if entry is None or found is None:
        return False
    if isinstance(found, Given):
        if not isinstance(found.value, bool):
            entry.fault(f"the constant {shown(found.value)} should be true or false")
        return found.value is True
    table = Table(entry.value if isinstance(entry.value, dict) else {}, entry.place, entry.faults)
    yes, no = _words(table.entry("yes"), YES), _words(table.entry("no"), NO)
    rule = YesNo(found, yes, no if "no" in table.data else no - yes)
    if rule.yes & rule.no:
        entry.fault(f"{', '.join(map(shown, sorted(rule.yes & rule.no)))} cannot mean both yes and no")
    return rule


def _words(entry: Entry | None, default: frozenset[str]) -> frozenset[str]:
    words = None if entry is None else entry.texts()
    return default if words is None else frozenset(word.casefold() for word in words)


def _leave_out(table: Table | None) -> dict[str, frozenset[str]]:
    entries = {} if table is None else table.entries()
    found = {name.strip(): entry.texts() for name, entry in entries.items()}
    return {name: frozenset(map(str.casefold, words)) for name, words in found.items() if words is not None}


def _attributes(table: Table | None, dates: Dates) -> tuple[AttributeRule, ...]:
    entries = {} if table is None else table.entries()
    found = [_attribute(name, entry, dates) for name, entry in entries.items()]
    return tuple(rule for rule in found if rule is not None)


def _attribute(name: str, entry: Entry, dates: Dates) -> AttributeRule | None:
    kind = entry.value.get("type", AttributeType.STR) if isinstance(entry.value, dict) else AttributeType.STR
    if kind not in list(AttributeType):
        entry.fault(f"there is no type {shown(kind)}; there are {', '.join(AttributeType)}")
        return None
    is_constant = isinstance(entry.value, dict) and "constant" in entry.value
    found = origin(entry if is_constant else entry.without("type"))
    # A column's name is judged alone, with a value that is always good.
    value = entry.judged(lambda: _constant(found.value, dates)) if isinstance(found, Given) else True
    if found is None or value is None or entry.judged(lambda: Attributes({name: value})) is None:
        return None
    return AttributeRule(name, found if isinstance(found, Column) else value, AttributeType(kind))


def _constant(value: Any, dates: Dates) -> AttributeValue:
    found: AttributeValue = dates.placed(value, "") if isinstance(value, datetime) else value
    return found
