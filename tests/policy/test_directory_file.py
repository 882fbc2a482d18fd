"""Directory files: every key, and every fault with its place, all at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from resolutionkit import Access, DirectoryError, Group, Person, StaticDirectory, load_directory

FULL = """
leader = "dana"
segments = ["large", "small"]

[[people]]
id = "dana"
name = "Dana Reyes"
email = "dana@host.example"
phone = "555-0100"
title = "Director"
access = "everything"
zone = "Europe/London"
administrator = true

[[people]]
id = "ed"
manager = "dana"
access = ["emea", "field"]
active = false

[[people]]
id = "nina"
access = "own"

[[groups]]
code = "emea"
name = "EMEA"
lead = "dana"
also_alert = ["ed", "nina"]

[[groups]]
code = "field"
"""

Load = Callable[[str | bytes], StaticDirectory]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the directory file stands."""
    return tmp_path / "directory.toml"


@pytest.fixture
def load(path: Path) -> Load:
    """Return a function that loads a directory from its text."""

    def make(content: str | bytes) -> StaticDirectory:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_directory(path)

    return make


def test_every_key_of_a_directory_file_is_understood(load: Load) -> None:
    """A file that says everything makes the people and groups that code would."""
    found = load(FULL)
    assert list(found) == [
        Person(
            id="dana",
            name="Dana Reyes",
            email="dana@host.example",
            phone="555-0100",
            title="Director",
            access=Access.EVERYTHING,
            zone="Europe/London",
            administrator=True,
        ),
        Person(id="ed", manager="dana", access=Access.groups("emea", "field"), active=False),
        Person(id="nina"),
    ]
    assert found.group("emea") == Group(code="emea", name="EMEA", lead="dana", also_alert=("ed", "nina"))
    assert found.group("field") == Group(code="field")
    leader = found.leader()
    assert leader is not None
    assert leader.id == "dana"


def test_an_empty_file_is_an_empty_directory(load: Load) -> None:
    """Nobody is there, and no groups are listed."""
    found = load("")
    assert (list(found), found.leader(), found.group("emea")) == ([], None, None)


PERSON = "[[people]]\nid = 'a'\n"
CASES: dict[str, tuple[str, list[str]]] = {
    "unknown key": ("leaders = 'a'", ["leaders"]),
    "leader number": ("leader = 5", ["leader"]),
    "leader nobody": ("leader = 'a'", ["leader"]),
    "segments text": ("segments = 'large'", ["segments"]),
    "people table": ("people = { a = 1 }", ["people"]),
    "people texts": ("people = ['a']", ["people[0]"]),
    "person lacks id": ("[[people]]\nname = 'Ann'", ["people[0].id"]),
    "person key": (PERSON + "mail = 'a@b'", ["people[0].mail"]),
    "person active": (PERSON + "active = 'yes'", ["people[0].active"]),
    "access word": (PERSON + "access = 'all'", ["people[0].access"]),
    "access number": (PERSON + "access = 5", ["people[0].access"]),
    "access numbers": (PERSON + "access = [5]", ["people[0].access"]),
    "manager nobody": (PERSON + "manager = 'b'", ["people[0].manager"]),
    "two of an id": (PERSON + PERSON, ["people[1]"]),
    "group lead nobody": ("[[groups]]\ncode = 'g'\nlead = 'b'", ["groups[0].lead"]),
    "group alert text": ("[[groups]]\ncode = 'g'\nalso_alert = 'a'", ["groups[0].also_alert"]),
    "group key": ("[[groups]]\ncode = 'g'\nleader = 'a'", ["groups[0].leader"]),
}


@pytest.mark.parametrize(("content", "places"), CASES.values(), ids=CASES)
def test_a_fault_of_a_directory_file_has_its_place(load: Load, content: str, places: list[str]) -> None:
    """The place is the path of the key in the file."""
    with pytest.raises(DirectoryError) as refused:
        load(content)
    assert [fault.place for fault in refused.value.faults] == places


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (PERSON + "email = 'a\\u0000b'".replace("'", '"'), "people[0].email"),
        ("[[groups]]\nname = 'G'", "groups[0].code"),
    ],
    ids=["unfit-value", "missing-code"],
)
def test_a_value_that_the_model_refuses_has_the_file_s_place_once(load: Load, content: str, place: str) -> None:
    """The reader of the message looks for a key of the file."""
    with pytest.raises(DirectoryError) as refused:
        load(content)
    assert [fault.place for fault in refused.value.faults] == [place]


def test_three_faults_are_told_at_once(load: Load, path: Path) -> None:
    """Each under the file's name."""
    with pytest.raises(DirectoryError) as refused:
        load("leadr = 'a'\n" + PERSON + "acess = 'own'\n[[groups]]\ncode = 'g'\nlead = 5")
    assert [fault.place for fault in refused.value.faults] == ["people[0].acess", "groups[0].lead", "leadr"]
    assert str(refused.value).startswith(f"{path}: 3 faults")
    assert "did you mean 'access'?" in str(refused.value)


@pytest.mark.parametrize("content", [b"leader = ", b"leader = '\xff'"], ids=["half", "latin"])
def test_what_is_not_toml_in_utf_8_is_one_fault(load: Load, content: bytes) -> None:
    """The file is the place."""
    with pytest.raises(DirectoryError) as refused:
        load(content)
    assert [fault.place for fault in refused.value.faults] == ["file"]


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    """The system's reason is told."""
    with pytest.raises(DirectoryError, match="cannot be read"):
        load_directory(str(tmp_path / "none.toml"))
