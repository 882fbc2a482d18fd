"""What a person may see and do, in one place (requirement D2). Scopes are applied by ``Scope`` and by the stores."""

from __future__ import annotations

from resolutionkit.errors import AccessDenied
from resolutionkit.model.erasure import is_erased
from resolutionkit.model.people import SYSTEM, AccessKind, is_address
from resolutionkit.model.query import ACCOUNT_WIDE, Scope
from resolutionkit.ports import Directory


def party_of(who: str | None, directory: Directory) -> str | None:
    """Return whom a filter means: a person by id or email address, gone or not, else an address, else nobody known."""
    if who is None:
        return None
    person = directory.person(who)
    if person is not None:
        return person.id  # as the directory spells it
    found = directory.people_by_email(who)
    if len(found) == 1:
        return found[0].id
    return who.lower() if is_address(who) else who


def scope_of_party(party: str, directory: Directory) -> Scope | None:
    """Return how far a person or a bare address may be told of things, or None where nobody is there.

    An address sees what it has a part in, and no more (requirement D2); nobody is behind one that was erased (L11).
    """
    person = directory.person(party)
    if person is None:
        return Scope(person=party) if is_address(party) and not is_erased(party) else None
    return scope_of(party, directory) if person.active and party != SYSTEM else None


def scope_of(actor: str | None, directory: Directory) -> Scope:
    """Return how far somebody sees now.

    Args:
        actor: A person's id, or None for the account-wide tracker itself.
        directory: Who is there.

    Raises:
        AccessDenied: The person is unknown or inactive.
    """
    if actor is None:
        return ACCOUNT_WIDE
    person = directory.person(actor)
    if person is None or actor == SYSTEM:
        raise AccessDenied(actor, "is not in the directory; only people who are there have a desk")
    if not person.active:
        raise AccessDenied(actor, "is inactive; only active people have a desk")
    if person.access.kind is AccessKind.EVERYTHING:
        return Scope(everything=True, person=person.id)
    return Scope(groups=person.access.codes.union(filter(None, directory.groups_of(person.id))), person=person.id)
