"""A directory made of two questions to a host's tables: which people, which groups. A fixed one is in ``people``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from resolutionkit.errors import InvalidValue
from resolutionkit.model.people import Group, Person


def _asked(question: Any, name: str) -> Any:
    if callable(question):
        return question
    raise InvalidValue(name, question, f"a function that is asked for {name} by a keyword")


class LookupDirectory:
    """The people and groups of a host's tables, found by two functions of the host's.

    ::

        def people(**by):
            return [as_person(one) for one in Staff.objects.filter(**by)]


        def groups(**by):
            return [Group(code=team.code, lead=team.lead_id) for team in Team.objects.filter(**by)]


        directory = LookupDirectory(people, groups, leader="helena")

    Args:
        people: Called with ``id=``, ``email=`` (in lower case) or ``name=``, and gives those who have it, those who
            are inactive included.
        groups: Called with ``code=``, or with ``lead=``, a person's id: the groups that this person leads, and those
            whose alerts the person also gets. None where there are no groups.
        leader: The id of the highest in command, or None where there is none.
        segments: The segments' codes; None means that they are not listed.
        administrators: The ids of those who are told of responses in quarantine.

    Raises:
        InvalidValue: ``people`` or ``groups`` is no function.
    """

    def __init__(
        self,
        people: Callable[..., Iterable[Person]],
        groups: Callable[..., Iterable[Group]] | None = None,
        leader: str | None = None,
        segments: Iterable[str] | None = None,
        administrators: Iterable[str] = (),
    ) -> None:
        """Keep the questions; nothing is asked yet."""
        self._people = _asked(people, "people")
        self._groups = _asked(groups or _no_groups, "groups")
        self._leader = leader
        self._lists_groups = groups is not None
        self._segments = None if segments is None else frozenset(segments)
        self._administrators = tuple(administrators)

    def person(self, person_id: str, /) -> Person | None:
        """Return the person with this id, active or not, or None."""
        return next(iter(self._people(id=person_id)), None)

    def people_by_email(self, email: str, /) -> Sequence[Person]:
        """Return the people with this email address, whatever its case."""
        return tuple(self._people(email=email.lower()))

    def people_by_name(self, name: str, /) -> Sequence[Person]:
        """Return the people with exactly this name."""
        return tuple(self._people(name=name))

    def group(self, group_code: str, /) -> Group | None:
        """Return the group with this code, or None."""
        return next(iter(self._groups(code=group_code)), None)

    def groups_of(self, person_id: str, /) -> Sequence[str]:
        """Return the codes of the groups that a person leads or is also alerted for."""
        return tuple(group.code for group in self._groups(lead=person_id))

    def leader(self) -> Person | None:
        """Return the highest in command, or None."""
        return None if self._leader is None else self.person(self._leader)

    def knows_group(self, group_code: str, /) -> bool | None:
        """Say whether there is a group with this code; None where there are no groups."""
        return self.group(group_code) is not None if self._lists_groups else None

    def knows_segment(self, segment_code: str, /) -> bool | None:
        """Say whether there is a segment with this code; None where segments are not listed."""
        return None if self._segments is None else segment_code in self._segments

    def administrators(self) -> Sequence[Person]:
        """Return those who are told of responses in quarantine."""
        return tuple(one for one in map(self.person, self._administrators) if one is not None)


class AsyncLookupDirectory:
    """A :class:`LookupDirectory` whose two functions are ``async def``, for an async tracker.

    Args:
        people: As for :class:`LookupDirectory`, and awaited.
        groups: Likewise.
        leader: The id of the highest in command, or None where there is none.
        segments: The segments' codes; None means that they are not listed.
        administrators: The ids of those who are told of responses in quarantine.

    Raises:
        InvalidValue: ``people`` or ``groups`` is no function.
    """

    def __init__(
        self,
        people: Callable[..., Awaitable[Iterable[Person]]],
        groups: Callable[..., Awaitable[Iterable[Group]]] | None = None,
        leader: str | None = None,
        segments: Iterable[str] | None = None,
        administrators: Iterable[str] = (),
    ) -> None:
        """Keep the questions; nothing is asked yet."""
        self._people = _asked(people, "people")
        self._groups = _asked(groups or _no_groups_awaited, "groups")
        self._leader = leader
        self._lists_groups = groups is not None
        self._segments = None if segments is None else frozenset(segments)
        self._administrators = tuple(administrators)

    async def person(self, person_id: str, /) -> Person | None:
        """Return the person with this id, active or not, or None."""
        return next(iter(await self._people(id=person_id)), None)

    async def people_by_email(self, email: str, /) -> Sequence[Person]:
        """Return the people with this email address, whatever its case."""
        return tuple(await self._people(email=email.lower()))

    async def people_by_name(self, name: str, /) -> Sequence[Person]:
        """Return the people with exactly this name."""
        return tuple(await self._people(name=name))

    async def group(self, group_code: str, /) -> Group | None:
        """Return the group with this code, or None."""
        return next(iter(await self._groups(code=group_code)), None)

    async def groups_of(self, person_id: str, /) -> Sequence[str]:
        """Return the codes of the groups that a person leads or is also alerted for."""
        return tuple(group.code for group in await self._groups(lead=person_id))

    async def leader(self) -> Person | None:
        """Return the highest in command, or None."""
        return None if self._leader is None else await self.person(self._leader)

    async def knows_group(self, group_code: str, /) -> bool | None:
        """Say whether there is a group with this code; None where there are no groups."""
        return await self.group(group_code) is not None if self._lists_groups else None

    def knows_segment(self, segment_code: str, /) -> bool | None:
        """Say whether there is a segment with this code; None where segments are not listed."""
        return None if self._segments is None else segment_code in self._segments

    async def administrators(self) -> Sequence[Person]:
        """Return those who are told of responses in quarantine."""
        found = [await self.person(one) for one in self._administrators]
        return tuple(one for one in found if one is not None)


def _no_groups(**_by: str) -> Iterable[Group]:
    return ()


async def _no_groups_awaited(**_by: str) -> Iterable[Group]:
    return ()
