"""Bare addresses under random ids: all other tables name an address by its key, so that one row can be erased.

A party is a person's id or an address. The key of one without an @ is itself; every other one is ``@`` and the id
of its row, a person's id that is an email address included.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import Column, select

from resolutionkit.storage.sql.schema import Schema
from resolutionkit.storage.sql.steps import Step, one_by_one
from resolutionkit.storage.sql.wire import Row, Wire

_AT_ONCE = 1000
"""How many addresses are looked for at once: a thousand responses may have any number of people above them."""


class AddressBook:
    """Translates parties to keys and back, within one transaction and account."""

    def __init__(self, wire: Wire, schema: Schema, account: str) -> None:
        self._wire = wire
        self._table = schema.tables.addresses
        self._spelling = schema.spelling
        self._new = schema.statements.new_address
        self._account = account
        self._keys: dict[str, str] = {}

    def key(self, party: str | None) -> str | None:
        """Return the key of a party, or None where the address was never used here."""
        if party is None or "@" not in party:
            return party
        self._look_up([party])
        return self._keys.get(party)

    def keys_made(
        self, parties: Iterable[str | None], *, first: Callable[[], None] = lambda: None
    ) -> Mapping[str, str]:
        """Return the keys of all these parties, making those that are missing; what comes first is done before that."""
        named = {party for party in parties if party is not None}
        addresses = sorted([party for party in named if "@" in party])
        if not addresses:
            return dict(zip(named, named, strict=True))
        self._look_up(addresses)
        missing = [address for address in addresses if address not in self._keys]
        if missing:
            first()
            rows = [{"account": self._account, "id": str(uuid.uuid4()), "address": one} for one in missing]
            one_by_one(self._wire, [Step(self._new, rows)])
            self._look_up(missing, latest=True)
        return {party: self._keys.get(party, party) for party in named}

    def _look_up(self, addresses: Iterable[str], *, latest: bool = False) -> None:
        unknown = [address for address in addresses if address not in self._keys]
        if unknown:
            for row in self._found(self._table.c.address, unknown, latest=latest):
                self._keys[row.address] = f"@{row.id}"

    def names(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Return the parties of keys."""
        wanted = set(keys)
        ids = [key[1:] for key in wanted if key.startswith("@")]
        if not ids:
            return {key: key for key in wanted}
        found = {row.id: row.address for row in self._found(self._table.c.id, ids)}
        missing = [one for one in ids if one not in found]
        if missing:  # others made them after this transaction's first question
            found |= {row.id: row.address for row in self._found(self._table.c.id, missing, latest=True)}
        return {key: found.get(key[1:], key) if key.startswith("@") else key for key in wanted}

    def _found(self, column: Column[str], values: Sequence[str], *, latest: bool = False) -> Sequence[Row]:
        table, rows = self._table, list[Row]()
        query = select(table.c.id, table.c.address).where(table.c.account == self._account)
        for start in range(0, len(values), _AT_ONCE):
            wanted = self._spelling.one_of(query, column, values[start : start + _AT_ONCE])
            rows += self._wire.select(self._spelling.latest(wanted) if latest else wanted)
        return rows
