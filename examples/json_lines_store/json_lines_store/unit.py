"""A unit of work: the questions and saves of one transaction, on one account."""

import operator
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import resolutionkit as rk
from json_lines_store.account import Account, Rows, rows_of
from resolutionkit import ports

Table = Mapping[str, Callable[[Any, Any], bool]]

ASKED: Table = {  # what each field of a filter asks of a response
    "groups": lambda one, groups: one.group in groups,
    "survey": lambda one, survey: one.survey == survey,
    "segment": lambda one, segment: one.segment == segment,
    "ticket": lambda one, ticket: one.ticket == ticket,
    "email": lambda one, email: (one.contact.email or "").lower() == email.lower(),
    "company": lambda one, company: one.contact.company == company,
    "received_from": lambda one, instant: one.received_at >= instant,
    "received_before": lambda one, instant: one.received_at < instant,
}
ASKED_OF_ISSUES: Table = {
    "phases": lambda issue, phases: issue.phase in phases,
    "statuses": lambda issue, statuses: issue.status in statuses,
    "assignee": lambda issue, who: issue.assignee == who,
    "follower": lambda issue, who: who in issue.followers,
    "score_min": lambda issue, score: issue.response.score >= score,
    "score_max": lambda issue, score: issue.response.score <= score,
    "needs_recovery": lambda issue, wanted: issue.needs_recovery is wanted,
    "backfilled": lambda issue, wanted: issue.backfilled is wanted,
}


def passes(table: Table, one: object, condition: object) -> bool:
    wanted = {name: getattr(condition, name) for name in table}
    return all(value is None or table[name](one, value) for name, value in wanted.items())


class Unit:
    """Questions and saves; what was saved is also kept in order, for the line."""

    def __init__(self, account: Account, *, may_write: bool) -> None:
        self.account = account
        self.may_write = may_write
        self.saved: list[Rows] = []

    def response(self, response_id: str, /) -> rk.ResponseRecord | None:
        return self.account.records.get(response_id)

    def standing(self, survey: str | None, ticket: str, /) -> rk.ResponseRecord | None:
        found = self.account.heads.get((survey, ticket))
        return None if found is None else self.account.records[found]

    def issue(self, issue_id: str, /) -> rk.Issue | None:
        return self.account.issues.get(issue_id)

    def history(self, issue_id: str, /) -> tuple[rk.Event, ...]:
        return self.account.events.get(issue_id, ())

    def messages(self, issue_id: str, /) -> Sequence[rk.Message]:
        found = self.account.messages.get(issue_id, ())
        return sorted(found, key=operator.attrgetter("id"))

    def remembered(self, actor: str, key: str, /) -> ports.Remembered | None:
        return self.account.remembered.get((actor, key))

    def secret(self) -> bytes | None:
        return self.account.secret

    def count_issues(
        self, scope: ports.Scope, condition: rk.IssueFilter, at_most: int | None, /
    ) -> int:
        found = len(self.lines(scope, condition))
        return found if at_most is None else min(found, at_most)

    def issues(self, query: ports.IssueQuery, /) -> Sequence[rk.IssueLine]:
        is_newest, after = query.order is rk.Order.NEWEST, query.after
        key, comes_after = (
            (ports.newest_key, operator.lt)
            if is_newest
            else (ports.urgency_key, operator.gt)
        )
        lines = self.lines(query.scope, query.filter)
        left = [one for one in lines if after is None or comes_after(key(one), after)]
        return sorted(left, key=key, reverse=is_newest)[: query.limit]

    def lines(self, scope: ports.Scope, condition: rk.IssueFilter) -> list[rk.IssueLine]:
        return [
            ports.line_of(issue, self.account.due[issue.id])
            for issue in self.account.issues.values()
            if issue.merged_into is None
            and scope.sees_issue(issue)
            and passes(ASKED, issue.response, condition)
            and passes(ASKED_OF_ISSUES, issue, condition)
            and condition.recovery.admits(
                needs_recovery=issue.needs_recovery,
                note_count=issue.note_count,
                has_spoken=issue.has_spoken,
            )
        ]

    def responses(self, query: ports.ResponseQuery, /) -> Sequence[rk.ResponseLine]:
        found = []
        for record in self.account.records.values():
            issue = self.account.issues.get(record.issue or "")
            notes = ports.NO_NOTES if issue is None else issue.notes
            if (
                query.scope.sees_response(record, issue)
                and (query.filter.with_replaced or record.standing == "current")
                and query.filter.quarantined in {None, record.is_quarantined}
                and passes(ASKED, record.response, query.filter)
                and query.filter.recovery.admits(
                    needs_recovery=record.needs_recovery,
                    note_count=len(notes),
                    has_spoken=notes.has_spoken,
                )
                and (query.after is None or ports.response_key(record) < query.after)
            ):
                shown = notes if query.filter.recovery.shows_notes else ports.NO_NOTES
                due_at = None if issue is None else self.account.due[issue.id]
                line = None if issue is None else ports.line_of(issue, due_at)
                found.append(rk.ResponseLine(record=record, issue=line, notes=shown))
        found.sort(key=lambda line: ports.response_key(line.record), reverse=True)
        return found[: query.limit]

    def make_secret(self) -> bytes:
        if self.account.secret is None:
            self.check_may_write()
            self.keep(Rows(secret=secrets.token_bytes(32)))
        return self.account.secret or b""

    def save(self, writes: Sequence[ports.Write], /) -> None:
        self.check_may_write()
        for write in writes:
            self.check_fits(write)
            self.keep(rows_of(write))
            if write.issue is not None and write.events:
                self.account.issues[write.issue.id] = write.issue

    def check_may_write(self) -> None:
        if not self.may_write:
            raise rk.StorageError("this unit of work was begun for reading")

    def keep(self, rows: Rows) -> None:
        self.account.put(rows)
        self.saved.append(rows)

    def check_fits(self, write: ports.Write) -> None:
        """Refuse what was decided on anything that is no longer so."""
        kept, head, done = self.account, write.head, write.remembered
        pairs: list[tuple[object, object]] = [
            (kept.records.get(one.record.id), one.before) for one in write.records
        ]
        if head is not None:
            response = head.record.response
            key = (response.survey, response.ticket or "")
            pairs.append((kept.heads.get(key), head.before and head.before.id))
        if write.issue is not None:
            pairs.append((kept.issues.get(write.issue.id), write.before))
        if done is not None:
            pairs.append((kept.remembered.get((done.actor, done.key)), None))
        if any(found != before for found, before in pairs):
            raise ports.WriteConflict("no longer what was read")
