"""A unit of work from which people can be erased; see resolutionkit.ports.ErasesPeople."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from json_lines_store.account import Account
from json_lines_store.unit import Unit
from resolutionkit import Response, ResponseRecord
from resolutionkit.ports import Rewrite, Write, parties_in, renamed, response_key


class ForgettingUnit(Unit):
    """What it erases is no row that is added: all is to be written anew."""

    def __init__(self, account: Account, *, may_write: bool) -> None:
        super().__init__(account, may_write=may_write)
        self.has_erased = False

    def revisions(self, response_id: str, /) -> Sequence[Response]:
        return self.account.revisions.get(response_id, ())

    def responses_holding(self, address: str, after: str, limit: int, /) -> Sequence[str]:
        return sorted(one for one in self.account.records if one > after)[:limit]

    def issues_holding(self, address: str, after: str, limit: int, /) -> Sequence[str]:
        return sorted(one for one in self.account.issues if one > after)[:limit]

    def responses_before(
        self, instant: datetime, after: tuple[int | str, ...] | None, limit: int, /
    ) -> Sequence[ResponseRecord]:
        found = [
            record
            for record in self.account.records.values()
            if record.erased_at is None
            and record.response.received_at < instant
            and (after is None or response_key(record) > after)
        ]
        return sorted(found, key=response_key)[:limit]

    def spellings(self, address: str, /) -> Sequence[str]:
        named = {who for value in self.values() for who in parties_in(value)}
        return sorted(who for who in named if "@" in who and who.lower() == address.lower())

    def values(self) -> Iterator[object]:
        kept = self.account
        for table in (kept.records, kept.issues, kept.remembered):
            yield from table.values()
        for rows in (*kept.events.values(), *kept.messages.values()):
            yield from rows

    def rename(self, names: Mapping[str, str], /) -> None:
        self.begin_erasing()
        kept = self.account
        values: tuple[dict[str, Any], ...] = (kept.records, kept.issues)
        for table in values:
            table.update({key: renamed(one, names) for key, one in table.items()})
        rows: tuple[dict[str, Any], ...] = (kept.events, kept.messages)
        for table in rows:
            for key, several in table.items():
                table[key] = tuple(renamed(one, names) for one in several)
        done = [renamed(one, names) for one in kept.remembered.values()]
        kept.remembered = {(one.actor, one.key): one for one in done}

    def rewrite(self, rewrite: Rewrite, /) -> None:
        self.begin_erasing()
        kept, change, issue = self.account, rewrite.record, rewrite.issue
        records = () if change is None else (change,)
        self.check_fits(Write(records=records, before=rewrite.before, issue=issue))
        if change is not None:
            one = change.record.id
            kept.records[one] = change.record
            kept.revisions[one] = numbered(kept.revisions[one], rewrite.revisions)
        if issue is not None:
            events = {event.number: event for event in rewrite.events}
            kept.issues[issue.id] = issue
            kept.events[issue.id] = numbered(kept.events[issue.id], events)

    def begin_erasing(self) -> None:
        self.check_may_write()
        self.has_erased = True


def numbered(rows: Sequence[Any], instead: Mapping[int, Any]) -> tuple[Any, ...]:
    """Return rows with others in the place of those of some numbers."""
    return tuple(instead.get(number, one) for number, one in enumerate(rows, 1))
