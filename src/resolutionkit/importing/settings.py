"""The settings of a mapping, which speak of no column: ``scale``, ``[file]``, ``[dates]`` and ``[numbers]``."""

from __future__ import annotations

from typing import Any

from resolutionkit.datafile import Entry, Table, nearest
from resolutionkit.errors import shown
from resolutionkit.importing.dates import Dates
from resolutionkit.importing.fileformat import FileFormat, Format
from resolutionkit.model.scale import CES_7, CSAT_5, NPS, THUMBS, Scale

_SCALES = {scale.name: scale for scale in (NPS, CSAT_5, CES_7, THUMBS)}
_FILE_KEYS: dict[str, type[Any]] = {"delimiter": str, "encoding": str, "header_rows": int, "keyed": dict}
_WITHOUT: dict[Format | None, tuple[str, ...]] = {
    Format.CSV: ("keyed",),
    Format.TSV: ("keyed",),
    Format.JSONL: ("delimiter", "header_rows"),
    Format.PARQUET: ("delimiter", "encoding", "header_rows", "keyed"),
}
"""What a format has none of."""
_SCALE_KEYS = ("name", "minimum", "maximum", "detractor_max", "promoter_min")


def dates(top: Table) -> Dates:
    """Return ``[dates]``: ``zone = "Europe/London"``, ``formats = ["iso", "%d/%m/%Y"]``."""
    table = top.inner("dates")
    if table is None:
        return Dates()
    zone, formats = table.entry("zone"), table.entry("formats")
    table.done()
    found = Dates()
    if zone is not None:
        name = zone.of(str)
        found = (zone.judged(lambda: Dates(zone=name)) if name is not None else None) or found
    patterns = None if formats is None else formats.texts()
    if formats is not None and patterns is not None:
        found = formats.judged(lambda: Dates(zone=found.zone, formats=patterns)) or found
    return found


def decimal_comma(top: Table) -> bool:
    """Return what ``[numbers]`` says: ``decimal_comma = true`` where the file writes 6,5."""
    table = top.inner("numbers")
    if table is None:
        return False
    found = table.take("decimal_comma", bool)
    table.done()
    return found is True


def scale(top: Table) -> Scale | None:
    """Return ``scale = "CSAT-5"``, or the scale that a ``[scale]`` table defines; None where neither stands there."""
    entry = top.entry("scale")
    if entry is None:
        return None
    if not isinstance(entry.value, str):
        return _own_scale(entry)
    if entry.value not in _SCALES:
        entry.fault(f"there is no scale {shown(entry.value)}{nearest(entry.value, _SCALES)}")
    return _SCALES.get(entry.value)


def _own_scale(entry: Entry) -> Scale | None:
    table = entry.table()
    if table is None:
        return None
    given = {key: found.value for key in _SCALE_KEYS if (found := table.entry(key)) is not None}
    step = table.entry("step")
    table.done()
    missing = [key for key in _SCALE_KEYS if key not in given]
    if missing:
        entry.fault(f"a scale of your own also needs {', '.join(missing)}")
        return None
    if step is not None and (isinstance(step.value, bool) or not isinstance(step.value, int | float)):
        step.fault(f"{shown(step.value)} should be a number; 0 where averages are allowed")
        return None
    # As in a policy, a step of 0 allows averages: TOML has no word for None.
    known: dict[str, Any] = {**given, "step": 1 if step is None else step.value or None}
    return entry.judged(lambda: Scale(**known))


def file(top: Table) -> FileFormat:
    """Return ``[file]``: ``format = "csv"``, ``delimiter = ";"``, ``encoding = "cp1252"``."""
    table = top.inner("file")
    if table is None:
        return FileFormat()
    kind = _format(table.entry("format"))
    given: dict[str, Any] = {}
    for key, type_ in _FILE_KEYS.items():
        entry = table.entry(key)
        if entry is not None and _is_right(entry, key, type_):
            given[key] = entry.value
    table.done()
    for key in _WITHOUT.get(kind, ()):
        if key in given:
            table.fault(key, f"files of the format {kind} have none; leave it out")
    return FileFormat(format=kind, **given)


def _is_right(entry: Entry, key: str, type_: type[Any]) -> bool:
    value = entry.of(type_)
    given: dict[str, Any] = {key: value}
    return value is not None and entry.judged(lambda: FileFormat(**given)) is not None


def _format(entry: Entry | None) -> Format | None:
    name = None if entry is None else entry.of(str)
    if entry is None or name is None:
        return None
    if name not in list(Format):
        entry.fault(f"there is no format {shown(name)}; there are {', '.join(Format)}")
        return None
    return Format(name)
