"""People, groups and what each may see; a directory of them as a frozen value.

How a string is understood (requirement B6) and who leads whom is said here; what may be seen, in ``tracker.access``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, ClassVar

from attrs import field, frozen
from attrs.validators import instance_of

from resolutionkit.errors import DirectoryError, Fault, InvalidValue, PersonNotFound
from resolutionkit.model.values import (
    CODE_MAX,
    LINE_MAX,
    code,
    collected,
    flag,
    is_language,
    is_zone,
    optional_code,
    optional_text,
    text,
)

SYSTEM = "system"
"""The actor of everything that no person did: intake, timers. No person may have this id."""


class AccessKind(StrEnum):
    """How far a person's access reaches."""

    OWN = "own"
    GROUPS = "groups"
    EVERYTHING = "everything"


def _access_codes(value: Iterable[str]) -> frozenset[str]:
    return frozenset(collected(value, "access", InvalidValue, code))


@frozen
class Access:
    """What a person may see (requirement D2): ``Access.OWN``, ``Access.groups("EMEA")`` or ``Access.EVERYTHING``.

    Attributes:
        kind: How far it reaches. Group access includes one's own issues.
        codes: The groups' codes, for group access.
    """

    kind: AccessKind = field(default=AccessKind.OWN, validator=instance_of(AccessKind))
    codes: frozenset[str] = field(default=frozenset(), converter=_access_codes)

    def __attrs_post_init__(self) -> None:
        """Refuse codes without group access, and group access without codes."""
        if bool(self.codes) is not (self.kind is AccessKind.GROUPS):
            raise InvalidValue("access", self.codes, 'Access.OWN, Access.groups("…") or Access.EVERYTHING')

    OWN: ClassVar[Access]
    """The person's own issues: assigned, followed, above the customer, or called in by an escalation."""
    EVERYTHING: ClassVar[Access]
    """Every issue and response of the account."""

    @classmethod
    def groups(cls, *codes: str) -> Access:
        """Return access to the issues of these groups, and one's own.

        Raises:
            InvalidValue: No code is given, or one is blank.
        """
        if not codes:
            raise InvalidValue("access", codes, "at least one group code; Access.OWN where there is none")
        return cls(AccessKind.GROUPS, frozenset(codes))


Access.OWN = Access()
Access.EVERYTHING = Access(AccessKind.EVERYTHING)


def _line(name: str) -> Any:
    return field(default=None, converter=lambda value: optional_text(value, name, InvalidValue, LINE_MAX))


def _code(name: str) -> Any:
    return field(default=None, converter=lambda value: optional_code(value, name, InvalidValue))


def _zone(value: str | None) -> str | None:
    zone = optional_code(value, "person.zone", InvalidValue)
    if zone is not None and not is_zone(zone):
        raise InvalidValue("person.zone", value, "an IANA time zone, such as 'Europe/London'")
    return zone


def _language(value: str | None) -> str | None:
    tag = optional_code(value, "person.language", InvalidValue)
    if tag is not None and not is_language(tag):
        raise InvalidValue("person.language", value, "a language tag, such as 'de' or 'pt-BR'")
    return tag


def _flag(name: str, default: bool) -> Any:
    return field(default=default, converter=lambda value: flag(value, name, InvalidValue))


def _group_code(value: str) -> str:
    return code(value, "group.code", InvalidValue)


def _also_alert(value: Iterable[str]) -> tuple[str, ...]:
    return collected(value, "group.also_alert", InvalidValue, code)


def _person_id(value: str) -> str:
    if value == SYSTEM:
        raise InvalidValue("person.id", value, "another id; this one means the library itself")
    return code(value, "person.id", InvalidValue)


def _access(value: Access) -> Access:
    if isinstance(value, Access):
        return value
    raise InvalidValue("person.access", value, 'Access.OWN, Access.groups("…") or Access.EVERYTHING')


@frozen(kw_only=True)
class Person:
    """Somebody who works issues, as the host's directory knows them.

    Attributes:
        id: The id that the host signs the person in with.
        name: The name that notes and mails show; the id where it is missing.
        email: Where mail goes.
        phone: Where text messages go.
        title: The job title, for display.
        manager: The id of the person one step up the reporting line.
        access: What the person may see.
        zone: The IANA zone of the person's clock, or None for the account's.
        language: The language that the person reads, as a BCP 47 tag such as ``pt-BR``, or None for the account's.
        active: False for somebody who left: no desk, no mail, no work.
        administrator: Whether the person may move, repair, merge and erase.
    """

    id: str = field(converter=_person_id)
    name: str | None = _line("person.name")
    email: str | None = _line("person.email")
    phone: str | None = _line("person.phone")
    title: str | None = _line("person.title")
    manager: str | None = _code("person.manager")
    access: Access = field(default=Access.OWN, converter=_access)
    zone: str | None = field(default=None, converter=_zone)
    language: str | None = field(default=None, converter=_language)
    active: bool = _flag("person.active", True)
    administrator: bool = _flag("person.administrator", False)

    @property
    def display_name(self) -> str:
        """Return the name, or the id where there is none."""
        return self.name or self.id


@frozen(kw_only=True)
class Group:
    """A team that responses belong to.

    Attributes:
        code: The code that responses carry.
        name: The name for display; the code where it is missing.
        lead: The id of the person who leads it.
        also_alert: The ids of the people who get its daily alert besides the lead.
    """

    code: str = field(converter=_group_code)
    name: str | None = _line("group.name")
    lead: str | None = _code("group.lead")
    also_alert: tuple[str, ...] = field(default=(), converter=_also_alert)


class StaticDirectory:
    """An immutable directory in memory: for tests, small hosts, and as the snapshot that a decision is made on.

    Args:
        people: Everybody who may appear.
        groups: The groups; None means that the host does not list them, so that no code is unknown.
        segments: The segments' codes; None means that the host does not list them.
        leader: The id of the highest in command.

    Raises:
        DirectoryError: Ids clash, or a lead, a manager or the leader is nobody here; all faults at once.
    """

    __slots__ = ("_alerted", "_by_email", "_by_name", "_groups", "_leader", "_people", "_segments")

    def __init__(
        self,
        people: Iterable[Person] = (),
        groups: Iterable[Group] | None = None,
        segments: Iterable[str] | None = None,
        leader: str | None = None,
    ) -> None:
        """Index the people and groups, and check that they fit together."""
        everybody, teams = tuple(people), None if groups is None else tuple(groups)
        faults = list(_directory_faults(everybody, teams or (), leader))
        if faults:
            raise DirectoryError(faults)
        self._segments = None if segments is None else frozenset(segments)
        self._index(everybody, teams, leader)

    @classmethod
    def gathered(
        cls,
        people: Mapping[str, Person],
        groups: Iterable[Group],
        leader: str | None,
        segments: Iterable[str] | None = None,
    ) -> StaticDirectory:
        """Return what a host's directory said, unchecked: its gaps are its own, and nobody is there to mend them.

        Args:
            people: Who answers to which id, as it was asked for; a directory may spell it otherwise.
            groups: The groups.
            leader: The id of the highest in command.
            segments: The segments' codes; None where they are not listed.
        """
        directory = cls.__new__(cls)
        directory._segments = None if segments is None else frozenset(segments)
        directory._index(tuple({one.id: one for one in people.values()}.values()), tuple(groups), leader)
        directory._people |= people
        return directory

    def _index(self, people: tuple[Person, ...], groups: tuple[Group, ...] | None, leader: str | None) -> None:
        self._people = {person.id: person for person in people}
        self._groups = None if groups is None else {group.code: group for group in groups}
        self._leader = leader
        self._alerted = _alerted(groups or ())
        self._by_email: Mapping[str, list[Person]] = defaultdict(list)
        self._by_name: Mapping[str, list[Person]] = defaultdict(list)
        for person in people:
            if person.email:
                self._by_email[person.email.lower()].append(person)
            if person.name:
                self._by_name[person.name].append(person)

    def person(self, person_id: str) -> Person | None:
        """Return the person with this id, active or not, or None."""
        return self._people.get(person_id)

    def people_by_email(self, email: str) -> tuple[Person, ...]:
        """Return the people with this email address, whatever its case."""
        return tuple(self._by_email.get(email.lower(), ()))

    def people_by_name(self, name: str) -> tuple[Person, ...]:
        """Return the people with exactly this name."""
        return tuple(self._by_name.get(name, ()))

    def group(self, group_code: str) -> Group | None:
        """Return the group with this code, or None."""
        return (self._groups or {}).get(group_code)

    def groups_of(self, person_id: str) -> tuple[str, ...]:
        """Return the codes of the groups that a person leads or is also alerted for, in order."""
        return self._alerted.get(person_id, ())

    @property
    def groups(self) -> tuple[Group, ...] | None:
        """Return the groups in the order given, or None where the host does not list them."""
        return None if self._groups is None else tuple(self._groups.values())

    @property
    def segments(self) -> frozenset[str] | None:
        """Return the segments' codes, or None where the host does not list them."""
        return self._segments

    def leader(self) -> Person | None:
        """Return the highest in command, active or not, or None."""
        return None if self._leader is None else self._people.get(self._leader)

    def __iter__(self) -> Iterator[Person]:
        """Iterate over everybody."""
        return iter(dict.fromkeys(self._people.values()))

    def __repr__(self) -> str:
        """Show the size."""
        return f"<StaticDirectory of {len(self._people)} people, {len(self._groups or ())} groups>"


def _alerted(groups: tuple[Group, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return the codes of the groups that each person leads or is also alerted for, in order."""
    found: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        for who in (group.lead, *group.also_alert):
            if who is not None:
                found[who].add(group.code)
    return {who: tuple(sorted(codes)) for who, codes in found.items()}


def _directory_faults(people: tuple[Person, ...], groups: tuple[Group, ...], leader: str | None) -> Iterator[Fault]:
    ids = [person.id for person in people]
    codes = [group.code for group in groups]
    known = set(ids)
    for place, keys in (("people", ids), ("groups", codes)):
        seen = set[str]()
        for index, key in enumerate(keys):
            if key in seen:
                yield Fault(f"{place}[{index}]", f"{key!r} stands here twice; give each its own")
            seen.add(key)
    for index, person in enumerate(people):
        if person.manager is not None and person.manager not in known:
            yield Fault(f"people[{index}].manager", f"{person.manager!r} is nobody's id here")
    for index, group in enumerate(groups):
        for role, who in (("lead", group.lead), *(("also_alert", one) for one in group.also_alert)):
            if who is not None and who not in known:
                yield Fault(f"groups[{index}].{role}", f"{who!r} is nobody's id here")
    if leader is not None and leader not in known:
        yield Fault("leader", f"{leader!r} is nobody's id here")


def resolve(who: object, people: StaticDirectory) -> str:
    """Return whom a string names: a person's id, or the bare email address that it is, in lower case (B6).

    An email address that several active people share is a bare address.

    Raises:
        PersonNotFound: It names nobody, or somebody inactive.
    """
    named = _named(text(who, "person", InvalidValue, CODE_MAX), people)
    if isinstance(named, Person):
        if not named.active:
            raise PersonNotFound(named.id, "is inactive")
        return named.id
    if named is None:
        raise PersonNotFound(str(who))
    return named


def resolve_hierarchy(hierarchy: Iterable[str], people: StaticDirectory) -> tuple[str, ...]:
    """Return whom a response's hierarchy names, from top to bottom; who is unknown or inactive is passed over."""
    present: dict[str, None] = {}
    for who in hierarchy:
        named = _named(who, people, by_name=True)
        if isinstance(named, Person):
            named = named.id if named.active else None
        if named is not None:
            present[named] = None
    return tuple(present)


def _named(who: str, people: StaticDirectory, *, by_name: bool = False) -> Person | str | None:
    person = people.person(who)
    if person is not None:
        return person
    for found in (people.people_by_email(who), people.people_by_name(who) if by_name else ()):
        present = [one for one in found if one.active] or found
        if len(present) == 1:
            return present[0]
    return who.lower() if is_address(who) else None


def is_address(who: str) -> bool:
    """Say whether a string is a bare email address: something, one @, something, all of it visible."""
    local, at, domain = who.partition("@")
    is_whole = bool(at and local and domain) and "@" not in domain and len(who) <= CODE_MAX
    return is_whole and who.isprintable() and " " not in who


def active(person_id: str | None, people: StaticDirectory) -> str | None:
    """Return the id if it is an active person's, else None."""
    person = people.person(person_id) if person_id is not None else None
    return person.id if person is not None and person.active else None


def highest_in_command(below: Iterable[str | None], people: StaticDirectory) -> str | None:
    """Return the directory's leader, else the top active person of the reporting line (requirement B8).

    Args:
        below: Whose reporting line to climb, the first that has an active top; a loop in it ends the climb.
        people: Who is there.
    """
    leader = people.leader()
    if leader is not None and leader.active:
        return leader.id
    lines = (active_line(who, people) for who in below)
    return next((line[-1] for line in lines if line), None)


def active_line(who: str | None, people: StaticDirectory) -> tuple[str, ...]:
    """Return the active people of a reporting line upwards, whoever it begins with included; a loop ends it."""
    line: list[str] = []
    seen = set[str]()
    while who is not None and who not in seen and (person := people.person(who)) is not None:
        seen.add(who)
        if person.active:
            line.append(person.id)
        who = person.manager
    return tuple(line)
