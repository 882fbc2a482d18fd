"""The tables of keys have what the loaders ask for, and nothing else."""

from __future__ import annotations

import attrs
import keyfiles
import pytest
from keyfiles import DIRECTORY, FILES, MAPPING, POLICY, keys_of

from resolutionkit import Move, Person, Policy, StatusRule
from resolutionkit.datafile import Table

SPANS = {"replace_within", "announce_within"}


def names(file: keyfiles.KeyFile, table: str) -> set[str]:
    """Return the keys of one table of a kind of file."""
    return {key.name for key in keys_of(file) if key.table == table}


def test_every_field_of_a_policy_is_a_key() -> None:
    """Whatever can be said in code can be said in the file; spans are in days."""
    fields = {field.name for field in attrs.fields(Policy)}
    assert names(POLICY, "") == {f"{name}_days" if name in SPANS else name for name in fields}


@pytest.mark.parametrize(
    ("file", "table", "owner"),
    [(POLICY, "workflow.statuses[]", StatusRule), (POLICY, "workflow.moves[]", Move), (DIRECTORY, "people[]", Person)],
)
def test_inner_tables_are_described_too(file: keyfiles.KeyFile, table: str, owner: type) -> None:
    """A status, a move and a person have all their fields as keys."""
    assert names(file, table) == {field.name for field in attrs.fields(owner)}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_every_key_has_a_type_a_default_and_a_meaning(file: keyfiles.KeyFile) -> None:
    """No cell of a table is empty, and each table that was described is asked for."""
    keys = keys_of(file)
    assert all(key.kind and key.default and key.meaning for key in keys)
    assert {key.table for key in keys} == set(file.classes)


def test_defaults_are_those_of_the_code() -> None:
    """A span is shown in days, a workflow by its name, an access by its word."""
    shown = {(key.table, key.name): key.default for file in FILES.values() for key in keys_of(file)}
    assert shown["", "announce_within_days"] == "`7`"
    assert shown["", "workflow"] == '`"standard"`'
    assert shown["people[]", "access"] == '`"own"`'
    assert shown["people[]", "id"] == "required"


def test_a_key_that_nobody_described_is_an_error() -> None:
    """A loader that asks for a new key stops the build until its type and meaning are there."""
    asked = attrs.evolve(MAPPING, read=lambda data: (MAPPING.read(data), Table(data, "", []).entry("colour")))
    with pytest.raises(LookupError, match="the key colour has no type"):
        keys_of(asked)


def test_a_table_that_nobody_described_is_an_error() -> None:
    """A loader that reads a new table stops the build as well."""
    asked = attrs.evolve(POLICY, read=lambda _data: Table({}, "elsewhere", []).take("zone", str))
    with pytest.raises(LookupError, match="tables without a description: elsewhere"):
        keys_of(asked)


def test_watching_leaves_no_trace() -> None:
    """The loaders are as they were after a table was made."""
    before = dict(vars(Table))
    keys_of(POLICY)
    assert dict(vars(Table)) == before
