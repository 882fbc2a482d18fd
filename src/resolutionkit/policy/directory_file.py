"""A static directory from a TOML file: ``leader``, ``segments``, ``[[people]]`` and ``[[groups]]``.

The keys are the attributes of :class:`~resolutionkit.model.people.Person` and ``Group``; access is ``"own"``,
``"everything"`` or a list of group codes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from resolutionkit.datafile import Table, toml_data
from resolutionkit.errors import DirectoryError, Fault, shown
from resolutionkit.model.people import Access, AccessKind, Group, Person, StaticDirectory

_TEXTS = ("name", "email", "phone", "title", "manager", "zone", "language")


def load_directory(path: str | Path) -> StaticDirectory:
    """Return the directory that a TOML file describes.

    Raises:
        DirectoryError: The file is missing or not TOML, or the directory is unsound; all faults with their places.
    """
    faults: list[Fault] = []
    top = Table(toml_data(path, DirectoryError), "", faults)
    people = [person for table in top.inners("people") if (person := _person(table)) is not None]
    groups = [group for table in top.inners("groups") if (group := _group(table)) is not None]
    segments, leader = top.texts("segments"), top.take("leader", str)
    has_groups, has_segments = (top.entry(name) is not None for name in ("groups", "segments"))
    top.done()
    directory = None
    if not faults:
        directory = top.itself().judged(
            lambda: StaticDirectory(
                people=people,
                groups=groups if has_groups else None,
                segments=segments if has_segments else None,
                leader=leader,
            )
        )
    if directory is None:
        raise DirectoryError(faults, str(path))
    return directory


def _person(table: Table) -> Person | None:
    given: dict[str, Any] = {"id": table.required("id"), "access": _access(table)}
    given |= {name: table.take(name, str) for name in _TEXTS}
    given["active"] = table.value("active", bool, True)
    given["administrator"] = table.value("administrator", bool, False)
    table.done()
    return table.judged(lambda: Person(**given)) if given["id"] else None


def _access(table: Table) -> Access:
    entry = table.entry("access")
    if entry is None:
        return Access.OWN
    if isinstance(entry.value, list):
        codes = entry.texts()
        return (entry.judged(lambda: Access.groups(*codes)) if codes else None) or Access.OWN
    if entry.value not in (AccessKind.OWN, AccessKind.EVERYTHING):
        entry.fault(f"{shown(entry.value)} should be 'own', 'everything' or a list of group codes")
        return Access.OWN
    return Access(AccessKind(entry.value))


def _group(table: Table) -> Group | None:
    code, name, lead = table.required("code"), table.take("name", str), table.take("lead", str)
    also_alert = table.texts("also_alert")
    table.done()
    if not code:
        return None
    return table.judged(lambda: Group(code=code, name=name, lead=lead, also_alert=also_alert))
