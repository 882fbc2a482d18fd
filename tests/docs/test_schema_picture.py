"""The picture of the tables: all of them are in it, and what it says of references can be true."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
import schemapicture
import tables
from schemapicture import PERSONAL, REFERENCES, all_tables, schema_picture

SVG = "{http://www.w3.org/2000/svg}"


def texts() -> list[str]:
    """Return all texts of the picture, which is sound XML."""
    return [str(one.text) for one in ET.fromstring(schema_picture()).iter(f"{SVG}text")]


def test_every_table_is_in_the_picture() -> None:
    """Each once, by its name."""
    for name in all_tables():
        assert texts().count(name) == 1


def test_references_name_columns_that_there_are() -> None:
    """A column that is renamed takes its arrow with it."""
    found = {f"{name}.{column.name}" for name, table in all_tables().items() for column in table.columns}
    assert {end for pair in REFERENCES.items() for end in pair} <= found
    assert set(all_tables()) >= PERSONAL


def test_every_column_that_is_called_by_another_table_refers_to_it() -> None:
    """What is called issue or response is the id of one."""
    named = [
        f"{name}.{column.name}"
        for name, table in all_tables().items()
        for column in table.columns
        if f"{column.name}s" in all_tables()
    ]
    assert len(named) > 8
    assert [one for one in named if one not in REFERENCES] == []


def test_what_a_reference_leads_to_holds_all_that_refers_to_it() -> None:
    """Kinds and lengths are equal, but for people, of whom only some are addresses."""
    for start, to in REFERENCES.items():
        (one, column), (other, key) = (end.split(".") for end in (start, to))
        told = all_tables()[one].c[column].type, all_tables()[other].c[key].type
        assert told[0].length == told[1].length or to == schemapicture.SOMETIMES, start


def test_no_box_lies_on_another() -> None:
    """Also with tables that nobody has given a place."""
    boxes = [
        tuple(float(one.attrib[name]) for name in ("x", "y", "width", "height"))
        for one in ET.fromstring(schema_picture()).iter(f"{SVG}rect")
    ]
    for (x1, y1, w1, h1), (x2, y2, w2, h2) in combinations(boxes, 2):
        assert x1 + w1 < x2 or x2 + w2 < x1 or y1 + h1 < y2 or y2 + h2 < y1


def test_every_line_ends_at_the_edges_of_boxes() -> None:
    """And runs up and down between the columns only."""
    paths = [
        one.attrib["d"] for one in ET.fromstring(schema_picture()).iter(f"{SVG}path") if "marker-end" in one.attrib
    ]
    assert len(paths) == len(REFERENCES)
    boxes = ET.fromstring(schema_picture()).iter(f"{SVG}rect")
    wide = {(float(box.attrib["x"]), float(box.attrib["width"])) for box in boxes}
    edges = {left for left, _ in wide} | {left + width for left, width in wide}
    for path in paths:
        start, _y, lane, _level, end = map(float, re.findall(r"[\d.]+", path))
        assert {start, end} <= edges
        assert not any(box_left < lane < box_left + width for box_left, width in wide)


def test_a_new_table_finds_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that the picture was not told of stands below the others."""
    monkeypatch.setattr(schemapicture, "_COLUMNS", (("heads",), ("responses", "issues", "addresses"), ("events",)))
    test_every_table_is_in_the_picture()
    test_no_box_lies_on_another()


def test_the_tables_of_columns_are_whole() -> None:
    """Every column and index of every table has a row."""
    sheets = tables.schema()
    rows = [row for sheet in sheets for row in sheet.rows]
    assert len(rows) == sum(len(one.columns) + len(one.indexes) for one in all_tables().values())
    assert all(row[1] for row in rows)
