"""What a command is carried out in: who works here, and what time it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from resolutionkit.model.people import Group, Person

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present instant, aware of its time zone."""


class Directory(Protocol):
    """Who works here, as the host knows it. Asked while a command is loaded, before anything is written.

    A command asks for each person and group that it may concern, within its transaction, and again where the
    transaction has to be repeated: answers should come quickly, from a cache where the source is slow. Every method
    may be asked for what does not exist, and answers with None or nothing then.
    """

    def person(self, person_id: str, /) -> Person | None:
        """Return the person with this id, active or not."""

    def people_by_email(self, email: str, /) -> Sequence[Person]:
        """Return the people with this email address, whatever its case."""

    def people_by_name(self, name: str, /) -> Sequence[Person]:
        """Return the people with exactly this name."""

    def group(self, group_code: str, /) -> Group | None:
        """Return the group with this code; a response with a code that is none is quarantined (requirement A6)."""

    def groups_of(self, person_id: str, /) -> Sequence[str]:
        """Return the codes of the groups that a person leads or is also alerted for."""

    def leader(self) -> Person | None:
        """Return the highest in command, or None where nobody was named."""


class KnowsCodes(Protocol):
    """An optional ability of a directory: it says which codes there are, method by method (requirement A6).

    Without ``knows_group`` a group is there if :meth:`Directory.group` returns it; without ``knows_segment`` no segment
    is unknown. The methods of an :class:`AsyncDirectory` may be awaited.
    """

    def knows_group(self, group_code: str, /) -> bool | None:
        """Say whether there is a group with this code; None where groups are not listed."""

    def knows_segment(self, segment_code: str, /) -> bool | None:
        """Say whether there is a segment with this code; None where segments are not listed."""


class NamesAdministrators(Protocol):
    """An optional ability of a directory: it says whom to tell of a response in quarantine (requirement A6).

    Without it nobody is told; ``quarantined()`` lists them all the same. It may be awaited where it is an
    :class:`AsyncDirectory`'s.
    """

    def administrators(self) -> Sequence[Person]:
        """Return the people who are administrators."""


class AsyncDirectory(Protocol):
    """A :class:`Directory` whose answers are awaited, for an async tracker: the same six methods.

    It is asked within the transaction as well, which goes on meanwhile, on a connection that nobody else can have.
    """

    async def person(self, person_id: str, /) -> Person | None:
        """Return the person with this id, active or not."""

    async def people_by_email(self, email: str, /) -> Sequence[Person]:
        """Return the people with this email address, whatever its case."""

    async def people_by_name(self, name: str, /) -> Sequence[Person]:
        """Return the people with exactly this name."""

    async def group(self, group_code: str, /) -> Group | None:
        """Return the group with this code."""

    async def groups_of(self, person_id: str, /) -> Sequence[str]:
        """Return the codes of the groups that a person leads or is also alerted for."""

    async def leader(self) -> Person | None:
        """Return the highest in command, or None where nobody was named."""
