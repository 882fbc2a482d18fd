"""Docstrings become entries and cells, and names of others become links."""

from __future__ import annotations

import pytest
from docstrings import first_sentence, section, with_attribute_entries
from inline import Part, parts_of
from outside import address_of

DOC = """Do a thing, over
    two lines.

    Args:
        one: The first,
            in two lines.
        two: The second: with a colon.

    Attributes:
        one: Another one.

    Raises:
        ValueError: It is wrong.
    """


def test_a_section_is_read_entry_by_entry() -> None:
    """Each entry has its text on one line; another section's entries stay out."""
    assert section(DOC, "Args") == {"one": "The first, in two lines.", "two": "The second: with a colon."}
    assert section(DOC, "Attributes") == {"one": "Another one."}
    assert section(None, "Args") == {}


def test_the_first_paragraph_is_one_line() -> None:
    """A table's cell has the summary alone."""
    assert first_sentence(DOC) == "Do a thing, over two lines."


def test_attributes_become_entries_with_their_types() -> None:
    """Each attribute gets a place of its own after everything else; the other sections stay as they were."""
    lines = with_attribute_entries(
        ["Say.", "", "Args:", "    a: Same.", "", "Attributes:", "    a: Same."], {"a": "int"}.get
    )
    assert lines[:5] == ["Say.", "", "Args:", "    a: Same.", ""]
    assert lines[-5:] == [".. py:attribute:: a", "   :type: int", "", "   Same.", ""]
    assert "Attributes:" not in lines


def test_a_docstring_without_attributes_stays_as_it_is() -> None:
    """Nothing is changed where there is nothing to do."""
    assert with_attribute_entries(["Say."], {}.get) == ["Say."]


def test_a_sentence_is_split_into_text_code_and_links() -> None:
    """Both ways of writing code are understood, and roles become links."""
    found = list(parts_of("See ``x``, `y` and :class:`~a.b.C`."))
    assert found == [
        Part("See "),
        Part("x", "code"),
        Part(", "),
        Part("y", "code"),
        Part(" and "),
        Part("C", "link", "a.b.C"),
        Part("."),
    ]


def test_the_rules_that_a_sentence_names_lead_to_their_page() -> None:
    """The ids of rules are no riddle: they link to where each is explained."""
    assert list(parts_of("Told once (requirements A5, D4).")) == [
        Part("Told once ("),
        Part("requirements A5, D4", "rule"),
        Part(")."),
    ]


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("str", "stdtypes.html#str"),
        ("bool", "functions.html#bool"),
        ("ValueError", "exceptions.html#ValueError"),
        ("builtins.ValueError", "exceptions.html#ValueError"),
        ("datetime.datetime.strptime", "datetime.html#datetime.datetime.strptime"),
        ("pathlib._local.Path", "pathlib.html#pathlib.Path"),
        ("datetime", "datetime.html#datetime.datetime"),
        ("collections.abc.Mapping", "collections.abc.html#collections.abc.Mapping"),
        ("enum.StrEnum", "enum.html#enum.StrEnum"),
    ],
)
def test_names_of_the_standard_library_lead_to_its_pages(name: str, end: str) -> None:
    """The address is made from the name, without asking the network."""
    assert address_of(name) == f"https://docs.python.org/3/library/{end}"


def test_names_of_dependencies_lead_to_their_sites_and_others_nowhere() -> None:
    """A table says which site; what is in no table is left to be told as an error."""
    assert str(address_of("pluggy.HookimplMarker")).startswith("https://pluggy.readthedocs.io/")
    assert address_of("resolutionkit.Nothing") is None
    assert address_of("Nothing") is None
