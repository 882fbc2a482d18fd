"""A public name without a page fails, here and in the build; what is described is described whole."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import attrs
import pytest
from docstrings import section
from publicnames import home_of, named_on, public_names, public_path, undocumented, value_doc
from rendering import attribute_types, directive, public_text, signature
from tables import errors, events, facts_of, fixtures

import resolutionkit

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
NAMED = [name for page in sorted(REFERENCE.glob("*.md")) for name in named_on(page.read_text(encoding="utf-8"))]
PLUGIN = "resolutionkit.testing.fixtures"
CLASSES = {path: thing for path, thing in public_names().items() if inspect.isclass(thing)}


def described(thing: type) -> set[str]:
    """Return the attributes that a class's docstring, or that of one of its bases, tells of."""
    return {name for one in thing.__mro__ for name in section(one.__doc__, "Attributes")}


def test_every_public_name_is_on_a_page() -> None:
    """The reference pages ask for each public name."""
    assert undocumented(public_names(), NAMED) == []


def test_no_name_is_on_two_pages() -> None:
    """Each name has one place."""
    assert sorted({name for name in NAMED if NAMED.count(name) > 1}) == []


def test_a_name_that_no_page_has_is_told() -> None:
    """Take one name from the pages, and the check that the build runs names it."""
    assert undocumented(public_names(), set(NAMED) - {"resolutionkit.Tracker"}) == ["resolutionkit.Tracker"]


def test_a_second_path_to_a_name_needs_no_page() -> None:
    """The directory's port is described under the face."""
    assert "resolutionkit.ports.Directory" in public_names()
    assert public_path("resolutionkit.ports.Directory") == "resolutionkit.Directory"


def test_every_public_name_can_be_described() -> None:
    """Each has the docstring that its description needs."""
    for path in public_names():
        assert path.rpartition(".")[2] in directive(path)


def test_what_is_not_public_cannot_be_described() -> None:
    """A page cannot ask for an inner name."""
    with pytest.raises(LookupError, match="no public name"):
        directive("resolutionkit.model.issue.line_of")


@pytest.mark.parametrize("path", [path for path, thing in CLASSES.items() if attrs.has(thing)])
def test_every_field_of_a_public_value_is_described(path: str) -> None:
    """The *Attributes* section of a value has all of its fields."""
    fields = {field.name for field in attrs.fields(CLASSES[path]) if not field.name.startswith("_")}
    assert fields - described(CLASSES[path]) == set()


@pytest.mark.parametrize("path", [path for path, thing in CLASSES.items() if issubclass(thing, Exception)])
def test_every_fact_of_an_error_is_described(path: str) -> None:
    """The *Attributes* section of an error has all that its constructor sets."""
    assert facts_of(CLASSES[path]) - described(CLASSES[path]) == set()


def test_the_tables_have_every_error_and_every_event() -> None:
    """The overviews are made from the code, so that none is missing."""
    assert len(errors().rows) == len(
        [one for one in CLASSES.values() if issubclass(one, resolutionkit.ResolutionKitError)]
    )
    kinds = {row[0].strip("`") for row in events().rows}
    assert kinds == {
        one.kind for one in CLASSES.values() if issubclass(one, resolutionkit.Event) and "kind" in vars(one)
    }


def test_the_table_of_fixtures_has_them_all() -> None:
    """It is made from the module: a fixture by its name, what it gives, and the fixtures that it is made with."""
    rows = {row[0].strip("`"): row[1:] for row in fixtures().rows}
    assert set(rows) == {name for name in vars(import_module(PLUGIN)) if name.startswith("resolutionkit_")}
    assert rows["resolutionkit_recorder"][1] == "`resolutionkit_tracker`, `resolutionkit_directory`"


def test_a_value_is_described_where_it_is_defined() -> None:
    """What the face re-exports keeps the docstring of its home."""
    assert home_of("resolutionkit.NPS") == ("resolutionkit.model.scale", "NPS")
    assert value_doc("resolutionkit.NPS").startswith("Net Promoter Score")


def test_types_are_shown_by_the_paths_that_users_know() -> None:
    """A deep path becomes the public one; a type alias does not take the name of what it stands for."""
    assert public_text("resolutionkit.model.issue.Issue | None") == "~resolutionkit.Issue | None"
    assert public_text("collections.abc.Callable") == "~collections.abc.Callable"


def test_only_what_users_build_shows_how_to_build_it() -> None:
    """A contact is built by users, an issue and a desk by the library."""
    shown = signature(resolutionkit.Contact, str)
    assert shown is not None
    assert shown.startswith("(*, name: ")
    assert signature(resolutionkit.Issue, str) == signature(resolutionkit.IssueNotFound, str) == ""


def test_types_from_inside_are_not_shown() -> None:
    """A loaded mapping does not show what it is made of."""
    types = attribute_types(resolutionkit.ImportMapping, lambda hint: getattr(hint, "__name__", str(hint)))
    assert "decimal_comma" in types
    assert "score" not in types
