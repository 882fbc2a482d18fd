"""The async faces have the names, parameters, types and descriptions of the sync ones (requirement F3)."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

from resolutionkit import (
    AsyncDesk,
    AsyncDirectory,
    AsyncInbox,
    AsyncLinkVisit,
    AsyncReportVisit,
    AsyncTracker,
    Desk,
    Directory,
    Inbox,
    LinkVisit,
    ReportVisit,
    Tracker,
)
from resolutionkit.ports import AsyncStore, Store

FACES = [
    (Tracker, AsyncTracker),
    (Desk, AsyncDesk),
    (Inbox, AsyncInbox),
    (LinkVisit, AsyncLinkVisit),
    (ReportVisit, AsyncReportVisit),
]
PORTS = [(Directory, AsyncDirectory), (Store, AsyncStore)]
RENAMED = {"close": "aclose"}
NOT_AWAITED = {
    "Desk.inbox",
    *(
        f"Tracker.{name}"
        for name in ("account", "policy", "for_account", "as_user", "by_link", "by_report_link", "classify")
    ),
    *("Tracker.open", "Tracker.joined"),
}
"""What does no I/O; and what gives something that is entered, or awaited."""
OTHERWISE = {
    "Tracker.open": {"directory", "accounts", "notifiers", "observers", "return"},  # its result is awaited, or entered
    "Tracker.record_many": {"responses"},
    "Tracker.work": {"stop"},
    "Tracker.for_account": {"return"},
    "Tracker.as_user": {"return"},
    "Tracker.by_link": {"return"},
    "Tracker.by_report_link": {"return"},
    "Tracker.joined": {"return"},
    "Desk.inbox": {"return"},
}
"""Which parameters take more than the sync ones, and which results are the async twin of theirs."""
OF_ITS_OWN = {"Tracker.open", "Tracker.record_many", "Tracker.joined", "Tracker.deliver", "Tracker.work"}
"""What is described in words of its own, since it takes or gives something else."""


def members(face: type) -> dict[str, Any]:
    """Return the public members of a class, those of its bases included."""
    return {name: inspect.getattr_static(face, name) for name in dir(face) if not name.startswith("_")}


CASES = [
    pytest.param(plain, awaited, name, id=f"{plain.__name__}.{name}")
    for plain, awaited in [*FACES, *PORTS]
    for name in members(plain)
]


def function_of(face: type, name: str) -> Any:
    """Return the function behind a public name."""
    found = inspect.getattr_static(face, name)
    return found.fget if isinstance(found, property) else getattr(found, "__func__", found)


@pytest.mark.parametrize(("plain", "awaited"), [*FACES, *PORTS])
def test_the_names_are_the_same(plain: type, awaited: type) -> None:
    """Neither has a public name that the other lacks, but for the ``a`` of ``aclose``."""
    assert {RENAMED.get(name, name) for name in members(plain)} == set(members(awaited))


@pytest.mark.parametrize(("plain", "awaited", "name"), CASES)
def test_a_method_is_the_same_but_awaited(plain: type, awaited: type, name: str) -> None:
    """Parameters, their kinds, defaults and types, the result and the description are equal; what does I/O is async."""
    one, other = function_of(plain, name), function_of(awaited, RENAMED.get(name, name))
    others = OTHERWISE.get(f"{plain.__name__}.{name}", set())
    ours, theirs = inspect.signature(one), inspect.signature(other)
    kept = [(p.name, p.kind, p.default, p.name in others or p.annotation) for p in ours.parameters.values()]
    assert (
        kept[1:]
        == [(p.name, p.kind, p.default, p.name in others or p.annotation) for p in theirs.parameters.values()][1:]
    )
    assert "return" in others or ours.return_annotation == theirs.return_annotation
    assert inspect.iscoroutinefunction(other) is (
        f"{plain.__name__}.{name}" not in {*NOT_AWAITED, "Tracker.open", "Tracker.joined"}
    )
    if (plain, awaited) in FACES and f"{plain.__name__}.{name}" not in OF_ITS_OWN:
        assert inspect.getdoc(one) == inspect.getdoc(other)


@pytest.mark.parametrize(("plain", "awaited"), FACES)
def test_the_sentence_in_the_source_is_the_first_of_the_description(plain: type, awaited: type) -> None:
    """An editor that reads the source shows the beginning of what the sync method says."""
    written = {}
    for base in awaited.__mro__[:-1]:
        for node in ast.walk(ast.parse(Path(inspect.getfile(base)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name == base.__name__:
                functions = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.decorator_list]
                written |= {one.name: ast.get_docstring(one) for one in functions}
    shown = {name: said for name, said in written.items() if inspect.iscoroutinefunction(getattr(awaited, name))}
    assert len(shown) >= 2
    for name, said in shown.items():
        assert said == str(inspect.getdoc(function_of(plain, name))).partition("\n\n")[0]


@pytest.mark.parametrize("face", [AsyncTracker, AsyncDesk, AsyncInbox, AsyncLinkVisit, AsyncReportVisit])
def test_a_method_calls_itself_by_its_own_name(face: type) -> None:
    """Tracebacks and help name the async method and where it stands."""
    for name, found in members(face).items():
        if inspect.iscoroutinefunction(found):
            owner = next(one for one in face.__mro__ if name in vars(one))
            assert (found.__module__, found.__qualname__) == (owner.__module__, f"{owner.__qualname__}.{name}")
