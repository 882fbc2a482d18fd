"""Bare addresses under random ids: all other tables name an address by its key, so that one row can be erased.

A party is a person's id or an address. The key of one without an @ is itself; every other one is ``@`` and the id
of its row, a person's id that is an email address included.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from resolutionkit.storage.sql.schema import Schema
from resolutionkit.storage.sql.wire import Wire


class AddressBook:
    """Translates parties to keys and back, within one transaction and account."""

    def __init__(self, wire: Wire, schema: Schema, account: str) -> None:
        self._wire = wire
        self._table = schema.tables.addresses
        self._new = schema.statements.new_address
        self._account = account
        self._keys: dict[str, str] = {}

    def key(self, party: str | None) -> str | None:
        """Return the key of a party, or None where the address was never used here."""
        if party is None or "@" not in party:
            return party
        self._look_up([party])
        return self._keys.get(party)

    def keys_made(self, parties: Iterable[str | None]) -> Mapping[str, str]:
        """Return the keys of all these parties, making those that are missing."""
        named = {party for party in parties if party is not None}
        addresses = sorted(party for party in named if "@" in party)
        self._look_up(addresses)
        missing = [address for address in addresses if address not in self._keys]
        if missing:
            rows = [{"account": self._account, "id": str(uuid.uuid4()), "address": one} for one in missing]
            self._new.run(self._wire, *rows)
            self._look_up(missing)
        return {party: self._keys.get(party, party) for party in named}

    def _look_up(self, addresses: Iterable[str]) -> None:
        unknown = [address for address in addresses if address not in self._keys]
        if not unknown:
            return
        table = self._table
        query = select(table.c.id, table.c.address)
        query = query.where(table.c.account == self._account, table.c.address.in_(unknown))
        for row in self._wire.select(query):
            self._keys[row.address] = f"@{row.id}"

    def names(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Return the parties of keys."""
        wanted = set(keys)
        ids = [key[1:] for key in wanted if key.startswith("@")]
        if not ids:
            return {key: key for key in wanted}
        table = self._table
        query = select(table.c.id, table.c.address).where(table.c.account == self._account, table.c.id.in_(ids))
        found = {f"@{row.id}": row.address for row in self._wire.select(query)}
        return {key: found.get(key, key) for key in wanted}
