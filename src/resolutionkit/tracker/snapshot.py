"""The people a decision may need, asked of the directory once, as a frozen value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from resolutionkit.model.people import Group, Person, StaticDirectory
from resolutionkit.ports import Directory


def snapshot(
    directory: Directory,
    mentioned: Iterable[str | None],
    groups: Iterable[str | None],
    segments: Iterable[str | None] = (),
) -> StaticDirectory:
    """Return everybody whom a decision may need.

    Args:
        directory: The host's directory.
        mentioned: The strings that may name somebody: ids, email addresses, names.
        groups: The codes of the groups concerned; None is no code.
        segments: The codes of the segments concerned, likewise.
    """
    known = _groups(directory, {one for one in groups if one is not None})
    leader = directory.leader()
    people: dict[str, Person] = {} if leader is None else {leader.id: leader}
    for who in {*mentioned, *_of_groups(known)}:
        if who is not None:
            people.update(_named(directory, who))
    _add_managers(directory, people)
    listed = _segments(directory, {one for one in segments if one is not None})
    return StaticDirectory.gathered(people, known, None if leader is None else leader.id, listed)


def _groups(directory: Directory, codes: Iterable[str]) -> list[Group]:
    """Return the groups of codes that are not unknown; of one that may be there nothing but its code is known."""
    asked: Callable[[str], bool | None] | None = getattr(directory, "knows_group", None)
    found: list[Group] = []
    for code in codes:
        group = directory.group(code)
        if group is None and asked is not None and asked(code) is not False:
            group = Group(code=code)
        found += [] if group is None else [group]
    return found


def _segments(directory: Directory, codes: Iterable[str]) -> frozenset[str] | None:
    """Return which of these codes are not unknown; None where the directory does not say."""
    asked: Callable[[str], bool | None] | None = getattr(directory, "knows_segment", None)
    return None if asked is None else frozenset(code for code in codes if asked(code) is not False)


def administrators_of(directory: Directory) -> Sequence[Person]:
    """Return the active administrators whom a directory names; none where it cannot."""
    if isinstance(directory, StaticDirectory):
        return tuple(one for one in directory if one.active and one.administrator)
    asked: Callable[[], Iterable[Person]] | None = getattr(directory, "administrators", None)
    return () if asked is None else tuple(one for one in asked() if one.active and one.administrator)


def _of_groups(groups: Iterable[Group]) -> Iterable[str | None]:
    for group in groups:
        yield group.lead
        yield from group.also_alert


def _named(directory: Directory, who: str) -> dict[str, Person]:
    """Return whom a string names, under their ids; a directory may spell an id otherwise than who asks for it."""
    person = directory.person(who)
    if person is not None:
        return {who: person, person.id: person}
    return {one.id: one for one in (*directory.people_by_email(who), *directory.people_by_name(who))}


def _add_managers(directory: Directory, people: dict[str, Person]) -> None:
    """Complete the reporting lines upwards; a loop in them ends where it began."""
    pending = [person.manager for person in people.values()]
    while pending:
        who = pending.pop()
        if who is None or who in people:
            continue
        manager = directory.person(who)
        if manager is not None:
            people[who] = people[manager.id] = manager
            pending.append(manager.manager)
