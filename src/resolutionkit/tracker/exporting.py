"""Everything that is held about one person, as plain data to hand over (requirement F7).

Of what belongs to others it says where the person stands in it, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from resolutionkit.model.erasure import is_from, mentions_of, normal, preferences_with, response_with, with_words
from resolutionkit.model.events import Event, note_of
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.plaindata import plain_data
from resolutionkit.model.query import (
    PAGE_LIMIT,
    IssueFilter,
    IssueQuery,
    Order,
    ResponseFilter,
    ResponseQuery,
    Scope,
)
from resolutionkit.model.sortkeys import newest_key, response_key
from resolutionkit.tracker.erasing import Eraser, address_of, eraser_of
from resolutionkit.tracker.preferring import keeper_of, missing_of
from resolutionkit.tracker.runner import Runner
from resolutionkit.tracker.streams import messages_about
from resolutionkit.tracker.versions import lacking_of, policy_keeper, without_address

Data = dict[str, Any]


def export_person(runner: Runner, who: object) -> Data:
    """Return what an account holds about a person, read in one transaction."""
    address = address_of(who)
    return runner.store.transact(runner.account, lambda unit: _Export(eraser_of(unit), address).whole(), write=False)


class _Export:
    def __init__(self, unit: Eraser, address: str) -> None:
        self._unit = unit
        self._address = address
        self._swap = mentions_of(address, "")
        self._keeper = None if missing_of(unit) else keeper_of(unit)

    def whole(self) -> Data:
        own, mentions = self._responses()
        ids = sorted({one["issue"] for one in own if one["issue"] is not None})
        issues = [self._issue(one) for one in ids]
        written, more = self._words(frozenset(ids).union(*(one["merged"] for one in issues)))
        return {
            "person": self._address,
            "responses": own,
            "issues": issues,
            "roles": list(self._roles()),
            "written": written,
            "mentions": mentions + more + list(self._asked_for()),
            "preferences": self._preferences(),
        }

    def _preferences(self) -> list[Data]:
        """Return what the address wants to be told of, in each of its spellings."""
        if self._keeper is None:
            return []
        wanted = self._keeper.preferences_of(self._unit.spellings(self._address))
        return [plain_data(wanted[party]) for party in sorted(wanted)]

    def _asked_for(self) -> Iterator[Data]:
        """Yield whose alerts, and which versions of the policy, name the address."""
        for who, wanted in self._keeper.watchers() if self._keeper is not None else ():
            if preferences_with(wanted, self._swap) != wanted:
                yield {"preferences": who}
        kept = () if lacking_of(self._unit) else policy_keeper(self._unit).policies()
        yield from ({"policy": fingerprint} for fingerprint in without_address(kept, self._swap))

    def _responses(self) -> tuple[list[Data], list[Data]]:
        """Return the person's own responses, oldest first, and where those of others name the address."""
        own: list[tuple[tuple[int | str, ...], Data]] = []
        mentions: list[Data] = []
        for response_id in self._ids(self._unit.responses_holding):
            revisions, record = self._unit.revisions(response_id), self._unit.response(response_id)
            if record is None:
                continue
            if any(is_from(one, self._address) for one in revisions):
                data: Data = {**plain_data(record), "id": record.id, "revisions": plain_data(revisions)}
                del data["response"]  # the last of the revisions
                own.append((response_key(record), data))
                continue
            holding = [number for number, one in enumerate(revisions, 1) if response_with(one, self._swap) != one]
            mentions += [{"response": response_id, "revisions": holding}] if holding else []
        return [data for _, data in sorted(own, key=lambda pair: pair[0])], mentions

    def _ids(self, find: Any) -> Iterator[str]:
        after = ""
        while page := find(self._address, after, PAGE_LIMIT):
            yield from page
            after = page[-1]

    def _issue(self, issue_id: str) -> Data:
        history = self._unit.history(issue_id)
        return {**plain_data(replay(history)), "history": plain_data(history)}

    def _words(self, own: frozenset[str]) -> tuple[list[Data], list[Data]]:
        """Return what the person wrote in issues of others, and where words of others name the address."""
        written: list[Data] = []
        mentions: list[Data] = []
        for issue_id in self._ids(self._unit.issues_holding):
            history = () if issue_id in own else self._unit.history(issue_id)
            written += [{"issue": issue_id, "event": self._event(one)} for one in history if self._is_own(one)]
            named = [one.number for one in history if not self._is_own(one) and with_words(one, self._swap) != one]
            mentions += [{"issue": issue_id, "events": named}] if named else []
        return written, mentions

    def _is_own(self, event: Event) -> bool:
        note = note_of(event)
        return self._address in {normal(event.actor), *([] if note is None else [normal(note.author)])}

    def _event(self, event: Event) -> Data:
        data: Data = plain_data(event)
        data.pop("response", None)  # somebody else's
        return data

    def _roles(self) -> Iterator[Data]:
        """Yield where the person follows, is assigned, or stands above the customer, and what is due to them."""
        for party in self._unit.spellings(self._address):
            for issue in self._issues_of(party):
                messages = [one for one in messages_about(self._unit, issue) if one.recipient == party]
                yield {"issue": issue.id, "roles": _roles_of(party, issue), "messages": plain_data(messages)}
            for one in self._loose_responses_of(party):
                loose = () if self._keeper is None else self._keeper.loose_messages(one)
                messages = [message for message in loose if message.recipient == party]
                told = {"messages": plain_data(messages)} if messages else {}
                yield {"response": one, "roles": ["hierarchy"], **told}

    def _issues_of(self, party: str) -> Iterator[Issue]:
        after: tuple[int | str, ...] | None = None
        scope, condition = Scope(person=party), IssueFilter()
        while True:
            query = IssueQuery(scope=scope, filter=condition, order=Order.NEWEST, limit=PAGE_LIMIT, after=after)
            lines = self._unit.issues(query)
            yield from (replay(self._unit.history(line.id)) for line in lines)
            if len(lines) < PAGE_LIMIT:
                return
            after = newest_key(lines[-1])

    def _loose_responses_of(self, party: str) -> Iterator[str]:
        after: tuple[int | str, ...] | None = None
        scope, condition = Scope(person=party), ResponseFilter(with_replaced=True)
        while True:
            query = ResponseQuery(scope=scope, filter=condition, limit=PAGE_LIMIT, after=after)
            lines = self._unit.responses(query)
            yield from (line.id for line in lines if line.record.issue is None)
            if len(lines) < PAGE_LIMIT:
                return
            after = response_key(lines[-1].record)


def _roles_of(party: str, issue: Issue) -> Sequence[str]:
    held = {
        "assignee": issue.assignee == party,
        "follower": party in issue.followers,
        "hierarchy": party in issue.people,
        "leadership": issue.escalated_to == party,
        "alerted": party in issue.alerted,
        "accountable": party in issue.accountable,
    }
    return [role for role, is_held in held.items() if is_held]
