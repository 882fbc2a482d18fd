"""The people a decision may need, asked of the directory once, as a frozen value."""

from __future__ import annotations

from collections.abc import Iterable

from resolutionkit.model.people import Group, Person, StaticDirectory
from resolutionkit.ports import Directory


def snapshot(
    directory: Directory, mentioned: Iterable[str | None], group_codes: Iterable[str | None]
) -> StaticDirectory:
    """Return everybody whom a decision may need.

    Args:
        directory: The host's directory.
        mentioned: The strings that may name somebody: ids, email addresses, names.
        group_codes: The codes of the groups concerned.
    """
    groups = [group for code in set(group_codes) if code is not None and (group := directory.group(code))]
    leader = directory.leader()
    people: dict[str, Person] = {} if leader is None else {leader.id: leader}
    for who in {*mentioned, *_of_groups(groups)}:
        if who is not None:
            people.update(_named(directory, who))
    _add_managers(directory, people)
    return StaticDirectory.gathered(people, groups, None if leader is None else leader.id)


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
