"""People, groups, directories: what is refused, whom a string names, and who is highest in command."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from resolutionkit import Access, DirectoryError, Group, InvalidValue, Person, PersonNotFound, StaticDirectory
from resolutionkit.model.people import highest_in_command, is_address, resolve, resolve_hierarchy
from support import organisation

PEOPLE = StaticDirectory(
    people=[
        Person(id="dana", name="Dana Reyes", email="dana@host.example"),
        Person(id="ed", name="Ed Long", email="Ed@Host.example"),
        Person(id="ed2", name="Ed Long", email="ed2@host.example"),
        Person(id="twin1", name="Twin", email="twins@host.example"),
        Person(id="twin2", name="Other", email="Twins@Host.example"),
        Person(id="gone", name="Gus Gone", email="gus@host.example", active=False),
        Person(id="ed@host.example", name="Impostor"),
        Person(id="straße", name="Sharp", email="STRASSE@host.example"),
        Person(id="Dana Reyes", name="Somebody Else"),
    ]
)

NAMED = {
    "by id": ("dana", "dana"),
    "by email": ("dana@host.example", "dana"),
    "by email in another case": ("DANA@host.EXAMPLE", "dana"),
    "lower case alone": ("straße@host.example", "straße@host.example"),
    "id before email": ("ed@host.example", "ed@host.example"),
    "email of another case than the id": ("ED@host.example", "ed"),
    "two with one email": ("twins@host.example", "twins@host.example"),
    "a bare address": ("lee@partner.example", "lee@partner.example"),
    "an address in lower case": ("Lee@Partner.Example", "lee@partner.example"),
}


@pytest.mark.parametrize(("who", "named"), NAMED.values(), ids=NAMED)
def test_a_string_names_a_person_or_is_an_address(who: str, named: str) -> None:
    """First the id, then the one person with that email, then a bare address."""
    assert resolve(who, PEOPLE) == named


@pytest.mark.parametrize(
    "who",
    [
        "nobody",
        "DANA",
        "Ed Long",
        "gone",
        "gus@host.example",
        "GUS@HOST.EXAMPLE",
        "@",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "",
    ],
)
def test_whoever_is_not_there_is_unknown(who: str) -> None:
    """Strangers, people who left, names, ids in another case and half addresses name nobody to give work to."""
    with pytest.raises(PersonNotFound) as unknown:
        resolve(who, PEOPLE)
    assert "active person" in str(unknown.value)


@pytest.mark.parametrize("who", [None, 5, b"ed", "x" * 191, "a\0@b", ["ed"]], ids=ascii)
def test_what_is_no_string_names_nobody(who: Any) -> None:
    """Other types, NUL and endless strings are refused before the directory is asked."""
    with pytest.raises(InvalidValue):
        resolve(who, PEOPLE)


@pytest.mark.parametrize(
    ("hierarchy", "found"),
    [
        (("dana", "ed"), ("dana", "ed")),
        (("Gus Gone", "dana"), ("dana",)),
        (("gone", "gus@host.example"), ()),
        (("Ed Long",), ()),
        (("Twin",), ("twin1",)),
        (("twin",), ()),
        (("Dana Reyes",), ("Dana Reyes",)),
        (("nobody", "lee@partner.example"), ("lee@partner.example",)),
        (("dana", "DANA@HOST.EXAMPLE", "dana"), ("dana",)),
        ((), ()),
    ],
    ids=["ids", "name-gone", "gone", "two-of-a-name", "name", "name-case", "id-first", "address", "twice", "empty"],
)
def test_a_hierarchy_also_knows_exact_names_and_passes_over_the_unknown(
    hierarchy: tuple[str, ...], found: tuple[str, ...]
) -> None:
    """The order from top to bottom stays; each is there once."""
    assert resolve_hierarchy(hierarchy, PEOPLE) == found


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("a@b", True),
        ("a@b@c", False),
        ("a", False),
        ("a @b", False),
        ("a@b\n", False),
        ("a@\u00a0b", False),
        ("a@\u200bb", False),
        ("a\u202e@b", False),
        ("x" * 188 + "@b", True),
        ("x" * 189 + "@b", False),
    ],
    ids=lambda value: ascii(value)[:12],
)
def test_an_address_has_one_at_and_nothing_that_cannot_be_seen(text: str, is_one: bool) -> None:
    """Nothing that could break a mail header is an address."""
    assert is_address(text) is is_one


def test_all_faults_of_a_directory_are_told_at_once() -> None:
    """Each with its place, so that a host can mend them in one go."""
    with pytest.raises(DirectoryError) as refused:
        StaticDirectory(
            people=[Person(id="a"), Person(id="a"), Person(id="b", manager="nobody")],
            groups=[Group(code="g"), Group(code="g", lead="who"), Group(code="h", also_alert=("a", "whom"))],
            leader="boss",
        )
    assert [fault.place for fault in refused.value.faults] == [
        "people[1]",
        "groups[1]",
        "people[2].manager",
        "groups[1].lead",
        "groups[2].also_alert",
        "leader",
    ]
    assert "whom" in refused.value.faults[4].problem


PERSON_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "id of the library": ({"id": "system"}, "person.id"),
    "id blank": ({"id": ""}, "person.id"),
    "id number": ({"id": 5}, "person.id"),
    "name number": ({"name": 5}, "person.name"),
    "email long": ({"email": "x" * 501}, "person.email"),
    "manager number": ({"manager": 5}, "person.manager"),
    "access text": ({"access": "everything"}, "person.access"),
    "active text": ({"active": "no"}, "person.active"),
    "administrator number": ({"administrator": 1}, "person.administrator"),
}


@pytest.mark.parametrize(
    ("facts", "field"),
    PERSON_FAULTS.values(),
    ids=PERSON_FAULTS,
)
def test_a_person_s_fields_are_checked(facts: dict[str, Any], field: str) -> None:
    """The refusal names the field."""
    with pytest.raises(InvalidValue) as refused:
        Person(**({"id": "a"} | facts))
    assert refused.value.field == field


def test_a_person_s_zone_is_one_that_there_is() -> None:
    """An unknown zone is found when the person is built, not when the first mail is written."""
    with pytest.raises(InvalidValue) as refused:
        Person(id="a", zone="Nowhere/Land")
    assert refused.value.field == "person.zone"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"code": " "}, "group.code"),
        ({"name": 5}, "group.name"),
        ({"lead": 5}, "group.lead"),
        ({"also_alert": "dana"}, "group.also_alert"),
        ({"also_alert": ["dana", ""]}, "group.also_alert[1]"),
    ],
    ids=["code", "name", "lead", "text", "item"],
)
def test_a_group_s_fields_are_checked(facts: dict[str, Any], field: str) -> None:
    """A bare string is no list of people."""
    with pytest.raises(InvalidValue) as refused:
        Group(**({"code": "emea"} | facts))
    assert refused.value.field == field


@pytest.mark.parametrize("codes", [(), ("",), (" a",), (5,)], ids=ascii)
def test_group_access_names_at_least_one_group(codes: tuple[Any, ...]) -> None:
    """Access to no group is own access, and is written so."""
    with pytest.raises(InvalidValue):
        Access.groups(*codes)


def test_access_is_a_value() -> None:
    """The order of groups does not matter."""
    assert Access.groups("a", "b") == Access.groups("b", "a", "a")
    assert len({Access.OWN, Access.EVERYTHING, Access.groups("a"), Access()}) == 3
    assert pickle.loads(pickle.dumps(Access.EVERYTHING)) == Access.EVERYTHING


def test_a_person_without_a_name_is_shown_by_the_id() -> None:
    """A note is never signed with nothing."""
    assert [Person(id="a").display_name, Person(id="a", name="").display_name] == ["a", "a"]
    assert Person(id="a", name="Ann").display_name == "Ann"


def test_a_directory_answers_who_is_there() -> None:
    """People by id, email and name, groups by code, and whose groups they are."""
    people = organisation()
    assert people.person("gone") is not None
    assert people.person("nobody") is None
    assert [one.id for one in people.people_by_email("ED@HOST.EXAMPLE")] == ["ed"]
    assert [one.id for one in people.people_by_name("Ed Long")] == ["ed"]
    assert (people.people_by_name("ed long"), people.people_by_email("x@y")) == ((), ())
    assert (people.groups_of("omar"), people.groups_of("paula"), people.groups_of("nina")) == (
        ("field",),
        ("field",),
        (),
    )
    assert people.group("nowhere") is None
    assert len(list(people)) == 7
    assert repr(people) == "<StaticDirectory of 7 people, 3 groups>"


def test_an_empty_directory_knows_nobody() -> None:
    """A tracker without a directory has no people, and no group code is unknown to it."""
    nobody = StaticDirectory()
    assert (nobody.leader(), nobody.person("a"), nobody.group("a"), nobody.groups_of("a")) == (None, None, None, ())


LINE = [
    Person(id="top", active=False),
    Person(id="chief", manager="top"),
    Person(id="head", manager="chief", active=False),
    Person(id="agent", manager="head"),
    Person(id="round", manager="about"),
    Person(id="about", manager="round"),
    Person(id="left", active=False),
    Person(id="self", manager="self"),
]


@pytest.mark.parametrize(
    ("below", "highest"),
    [
        (["agent"], "chief"),
        (["chief"], "chief"),
        (["left", "agent"], "chief"),
        ([None, "lee@partner.example", "agent"], "chief"),
        (["round"], "about"),
        (["self"], "self"),
        (["left"], None),
        ([], None),
    ],
    ids=[
        "climbs",
        "top-left",
        "passes-the-absent",
        "strangers",
        "loop",
        "own-manager",
        "nobody-active",
        "empty",
    ],
)
def test_without_a_leader_the_top_active_person_of_the_line_is_highest(below: list[str | None], highest: str) -> None:
    """People who left are passed over on the way up, and a loop ends the climb."""
    assert highest_in_command(below, StaticDirectory(people=LINE)) == highest


def test_an_active_leader_is_highest_and_an_inactive_one_is_passed_over() -> None:
    """The directory's leader comes before any reporting line."""
    assert highest_in_command(["agent"], StaticDirectory(people=LINE, leader="round")) == "round"
    assert highest_in_command(["agent"], StaticDirectory(people=LINE, leader="top")) == "chief"


def test_people_and_groups_are_values() -> None:
    """They compare, hash and pickle by what they say."""
    for one, same in ((Person(id="a", name="Ann"), Person(id="a", name="Ann")), (Group(code="g"), Group(code="g"))):
        assert (one, hash(one)) == (same, hash(same))
        assert pickle.loads(pickle.dumps(one)) == one


def test_a_directory_says_which_segments_there_are() -> None:
    """A directory that lists segments hands them out; one that does not says None, not that there are none."""
    assert StaticDirectory(segments=["GOLD", "GOLD", "BASIC"]).segments == {"GOLD", "BASIC"}
    assert StaticDirectory().segments is None
    assert StaticDirectory.gathered({}, [], None).segments is None


def test_a_directory_lists_its_groups() -> None:
    """In the order given; None where the host does not list them, which is not the same as none."""
    field, emea = Group(code="field"), Group(code="emea")
    assert StaticDirectory(groups=[field, emea]).groups == (field, emea)
    assert StaticDirectory(groups=[]).groups == ()
    assert StaticDirectory().groups is None
