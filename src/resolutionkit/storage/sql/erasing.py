"""Erasing in the tables: finding what holds an address, and putting other words in the place of those that go.

Three tables hold personal text, and three are changed; beside them only the hashes by which a contact is found.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from resolutionkit.model.erasure import normal
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.model.values import micros
from resolutionkit.ports import Rewrite
from resolutionkit.serialize import event_to_stored, response_from_json, response_to_json, to_json
from resolutionkit.storage.sql.policying import PolicyingUnitOfWork
from resolutionkit.storage.sql.rows import erased_key, record_keys
from resolutionkit.storage.sql.steps import Step

_SURE = frozenset(string.ascii_lowercase + string.digits + "@.+-") - frozenset("ik")
"""The characters that every database lowers alike and JSON never escapes; two letters have relatives far from ASCII."""


def pattern_of(address: str) -> str:
    """Return a pattern that finds an address in JSON that was put in lower case, and perhaps more than that."""
    found = "".join(one if one in _SURE else "%" for one in normal(address))
    return f"%{found}%"


class ErasingUnitOfWork(PolicyingUnitOfWork):
    """A unit of work from which people can be erased: :class:`~resolutionkit.ports.ErasesPeople`."""

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        return self._wire.select(query)

    def revisions(self, response_id: str, /) -> Sequence[Response]:
        """Return every revision of a response, in order."""
        table = self._tables.response_revisions
        query = select(table.c.body).where(table.c.account == self._account, table.c.response == response_id)
        return tuple(response_from_json(row.body) for row in self._rows(query.order_by(table.c.revision)))

    def responses_holding(self, address: str, after: str, limit: int, /) -> Sequence[str]:
        """Return the ids of responses that hold an address in any revision."""
        table = self._tables.response_revisions
        return self._holding(table.c.response, func.lower(table.c.body).like(pattern_of(address)), after, limit)

    def issues_holding(self, address: str, after: str, limit: int, /) -> Sequence[str]:
        """Return the ids of issues that hold an address in any words, or have an event of which it is the actor."""
        texts, events = self._tables.texts, self._tables.events
        found = map(self._addresses.key, self.spellings(address))
        keys = [key for key in found if key is not None]
        said = self._holding(texts.c.issue, func.lower(texts.c.body).like(pattern_of(address)), after, limit)
        done = self._holding(events.c.issue, events.c.actor.in_(sorted(keys)), after, limit) if keys else ()
        return sorted({*said, *done})[:limit]

    def _holding(self, key: Any, condition: ColumnElement[bool], after: str, limit: int) -> Sequence[str]:
        query = select(key.label("id")).distinct().where(key.table.c.account == self._account, key > after, condition)
        return [row.id for row in self._rows(query.order_by(key).limit(limit))]

    def responses_before(
        self, instant: datetime, after: tuple[int | str, ...] | None, limit: int, /
    ) -> Sequence[ResponseRecord]:
        """Return responses that were received before an instant and never erased, in order."""
        columns = self._tables.responses.c
        query = select(columns.id).where(
            columns.account == self._account, columns.received_at < micros(instant), columns.erased_at == 0
        )
        if after is not None:
            at, last = after
            is_later = or_(columns.received_at > at, and_(columns.received_at == at, columns.id > last))
            # The first condition says nothing new, but begins the index where the page begins.
            query = query.where(columns.received_at >= at, is_later)
        rows = self._rows(query.order_by(columns.received_at, columns.id).limit(limit))
        return self._records([row.id for row in rows])

    def spellings(self, address: str, /) -> Sequence[str]:
        """Return every party that is this address in whatever case, in order."""
        columns = self._tables.addresses.c
        is_like = func.lower(columns.address).like(pattern_of(address))
        rows = self._rows(select(columns.address).where(columns.account == self._account, is_like))
        return sorted(row.address for row in rows if normal(row.address) == normal(address))

    def rename(self, names: Mapping[str, str], /) -> None:
        """Give addresses other names: all other tables know them by their keys."""
        self._check_may_write()
        becomes = self._statements.address_becomes
        steps = [self._change(becomes, {"address": new}, key_address=old) for old, new in names.items()]
        if steps:
            self._carry_out(self._wire, steps)

    def rewrite(self, rewrite: Rewrite, /) -> None:
        """Put words in the place of others."""
        self._check_may_write()
        self._carry_out(self._wire, [*self._claims_of(rewrite), *self._words_of(rewrite)])

    def _claims_of(self, rewrite: Rewrite) -> Iterator[Step]:
        """Return what keeps the rows of the issue and the response, with the hashes that find them from then on."""
        before, change = rewrite.before, rewrite.record
        if before is not None:
            claims = f"issue {before.id} is no longer at version {before.version}"
            keys: dict[str, Any] = {"key_id": before.id, "key_version": before.version}
            row = self._hashes((rewrite.issue or before).response)
            yield self._change(self._statements.issue_is_rewritten, row, claims, **keys)
        if change is not None:
            record = change.record
            claims = f"response {record.id} is no longer what it was"
            facts = {"erased_at": erased_key(record.erased_at), **self._hashes(record.response)}
            keys = record_keys(change.before or record)
            yield self._change(self._statements.record_is_erased, facts, claims, **keys)

    def _words_of(self, rewrite: Rewrite) -> Iterator[Step]:
        for number, response in sorted(rewrite.revisions.items()):
            body, becomes = {"body": response_to_json(response)}, self._statements.revision_is_rewritten
            yield self._change(becomes, body, key_response=response.id, key_revision=number)
        if rewrite.before is not None:
            for stored in map(event_to_stored, rewrite.events):
                if stored.words is not None:
                    body, becomes = {"body": to_json(stored.words)}, self._statements.text_is_rewritten
                    yield self._change(becomes, body, key_issue=rewrite.before.id, key_number=stored.number)
