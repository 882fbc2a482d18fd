"""Preferences in their table, and the messages that come of them. What they mean is no concern here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from resolutionkit.model.messages import Message
from resolutionkit.model.preferences import Preferences
from resolutionkit.serialize import preferences_from_json, to_json, to_stored
from resolutionkit.storage.sql.rows import message_from
from resolutionkit.storage.sql.saves import SqlUnitOfWork
from resolutionkit.storage.sql.steps import Step


class PreferringUnitOfWork(SqlUnitOfWork):
    """A unit of work that keeps preferences: :class:`~resolutionkit.ports.KeepsPreferences`."""

    _watchers: Sequence[tuple[str, Preferences]] | None = None

    def preferences(self, party: str, /) -> Preferences | None:
        """Return what a party wants, or None where it has said nothing."""
        key = self._addresses.key(party)
        body = None if key is None else self._body(key)
        return None if body is None else preferences_from_json(body)

    def _body(self, key: str) -> str | None:
        statement = self._statements.latest_preferences if self._locks else self._statements.preferences
        row = self._first(statement, key_person=key)
        return None if row is None else row.body

    def preferences_of(self, parties: Collection[str], /) -> Mapping[str, Preferences]:
        """Return what each of these parties wants, of those that have said anything."""
        found = {self._addresses.key(party): party for party in sorted(parties)}
        keys = [key for key in found if key is not None]
        if not keys:
            return {}
        columns = self._tables.preferences.c
        query = select(columns.person, columns.body).where(columns.account == self._account)
        rows = self._wire.select(self._spelling.one_of(query, columns.person, keys))
        return {found[row.person]: preferences_from_json(row.body) for row in rows}

    def watchers(self) -> Sequence[tuple[str, Preferences]]:
        """Return every party that watches, in order; it is asked once, and never where none is known to be there."""
        if self._is_watched is False:
            return ()
        if self._watchers is None:
            rows = self._ask(self._statements.watchers)
            names = self._addresses.names(row.person for row in rows)
            found = [(names[row.person], preferences_from_json(row.body)) for row in rows]
            self._watchers = sorted(found, key=lambda one: one[0])
        return self._watchers

    def save_preferences(self, party: str, preferences: Preferences | None, /) -> None:
        """Keep what a party wants; a row that others make or drop meanwhile makes the unit of work run again."""
        self._check_may_write()
        self._watchers = self._is_watched = None
        if preferences is None:
            key = self._addresses.key(party)
            steps = [] if key is None else [self._change(self._statements.preferences_go, {}, key_person=key)]
        else:
            steps = [self._kept(party, preferences)]
        if steps:
            self._carry_out(self._wire, steps)

    def _kept(self, party: str, preferences: Preferences) -> Step:
        key = self._addresses.keys_made([party])[party]
        row: dict[str, Any] = {"body": to_json(to_stored(preferences)), "watches": int(preferences.watches)}
        claims = f"the preferences of {party} are no longer what they were"
        if self._body(key) is not None:
            return self._change(self._statements.preferences_become, row, claims, key_person=key)
        return Step(self._statements.new_preferences, [{"account": self._account, "person": key, **row}], claims)

    def loose_messages(self, response_id: str, /) -> Sequence[Message]:
        """Return the outbox's messages about a response that are about no issue, in the order of their ids."""
        columns = self._tables.outbox.c
        query = select(self._tables.outbox).where(
            columns.account == self._account,
            columns.issue == "",
            columns.response == response_id,
            columns.digest_at == 0,
        )
        rows = self._wire.select(query.order_by(columns.id))
        names = self._addresses.names(row.recipient for row in rows)
        return tuple(message_from(row, names) for row in rows)
