"""A static directory from a TOML file: ``leader``, ``segments``, ``[[people]]`` and ``[[groups]]``.

The keys are the attributes of :class:`~resolutionkit.model.people.Person` and ``Group``; access is ``"own"``,
``"everything"`` or a list of group codes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from resolutionkit.errors import DirectoryError, Fault
from resolutionkit.model.people import Access, AccessKind, Group, Person, StaticDirectory
from resolutionkit.policy.reading import Reader, toml_table


def load_directory(path: str | Path) -> StaticDirectory:
    """Return the directory that a TOML file describes.

    Raises:
        DirectoryError: The file is missing or not TOML, or the directory is unsound; all faults with their places.
    """
    faults: list[Fault] = []
    reader = Reader(toml_table(path, DirectoryError), "", faults)
    people = [_person(one) for one in reader.tables("people")]
    groups = [_group(one) for one in reader.tables("groups")] if reader.has("groups") else None
    segments = reader.texts("segments") if reader.has("segments") else None
    leader = reader.value("leader", str, "") or None
    reader.done()
    if faults:
        raise DirectoryError(faults, str(path))
    known = [one for one in people if one is not None]
    teams = None if groups is None else [one for one in groups if one is not None]
    directory = reader.built(lambda: StaticDirectory(people=known, groups=teams, segments=segments, leader=leader))
    if directory is None:
        raise DirectoryError(faults, str(path))
    return directory


def _person(table: Reader) -> Person | None:
    given: dict[str, Any] = {"id": table.required("id"), "access": _access(table)}
    for name in ("name", "email", "phone", "title", "manager", "zone"):
        given[name] = table.value(name, str, "") or None
    given["active"] = table.value("active", bool, True)
    given["administrator"] = table.value("administrator", bool, False)
    table.done()
    return table.built(lambda: Person(**given)) if given["id"] else None


def _access(table: Reader) -> Access:
    if table.is_a("access", list):
        codes = table.texts("access")
        return (table.built(lambda: Access.groups(*codes)) if codes else None) or Access.OWN
    kind = table.value("access", str, AccessKind.OWN)
    if kind not in (AccessKind.OWN, AccessKind.EVERYTHING):
        table.fault("access", f"{kind!r} should be 'own', 'everything' or a list of group codes")
        return Access.OWN
    return Access(AccessKind(kind))


def _group(table: Reader) -> Group | None:
    code, name, lead = table.required("code"), table.value("name", str, ""), table.value("lead", str, "")
    also_alert = table.texts("also_alert")
    table.done()
    made = table.built(lambda: Group(code=code, name=name or None, lead=lead or None, also_alert=also_alert))
    return made if code else None
