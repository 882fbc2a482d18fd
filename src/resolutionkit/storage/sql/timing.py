"""When issues have to be looked at: a column of their table, with an index over all accounts (requirement F4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, select, update

from resolutionkit.model.sortkeys import NEVER_DUE, due_key
from resolutionkit.model.values import micros
from resolutionkit.storage.sql.queue import DeliveringUnitOfWork


class TimingUnitOfWork(DeliveringUnitOfWork):
    """A unit of work that finds issues by when to look at them: :class:`~resolutionkit.ports.KeepsTimers`."""

    def accounts_awake(self, now: datetime, limit: int, /) -> Sequence[str]:
        """Return accounts with issues that wait to be looked at, over all of them."""
        issues = self._tables.issues.c
        waiting = select(issues.account).where(issues.wake_at <= micros(now)).order_by(issues.wake_at).limit(limit)
        return list(dict.fromkeys(row.account for row in self._rows(waiting)))

    def awake(self, now: datetime, limit: int, /) -> Sequence[str]:
        """Return the ids of issues that wait to be looked at."""
        issues = self._tables.issues.c
        waiting = select(issues.id).where(issues.account == self._account, issues.wake_at <= micros(now))
        return [row.id for row in self._rows(waiting.order_by(issues.wake_at, issues.id).limit(limit))]

    def reschedule(self, issue_id: str, version: int, due_at: datetime | None, wake_at: datetime | None, /) -> bool:
        """Keep when something is due on an issue, and when to look at it next."""
        self._check_may_write()
        issues, parties = self._tables.issues, self._tables.parties
        same = and_(issues.c.account == self._account, issues.c.id == issue_id, issues.c.version == version)
        facts = {"due_at": due_key(due_at), "wake_at": due_key(wake_at)}
        if not self._own.apply(update(issues).where(same).values(facts)):
            return False
        # Their people's lists sort by it as well; a row that has it already is not written.
        its = and_(parties.c.account == self._account, parties.c.id == issue_id, parties.c.due_at != due_key(due_at))
        self._own.apply(update(parties).where(its).values(due_at=due_key(due_at)))
        return True

    def postpone(self, issue_ids: Sequence[str], until: datetime, /) -> None:
        """Let issues be looked at no sooner than an instant."""
        self._check_may_write()
        issues, at = self._tables.issues, micros(until)
        mine = and_(issues.c.account == self._account, issues.c.id.in_(list(issue_ids)), issues.c.wake_at < at)
        self._own.apply(update(issues).where(mine).values(wake_at=at))

    def rouse(self, now: datetime, limit: int, /) -> int:
        """Let issues that would be looked at later be looked at from an instant on."""
        self._check_may_write()
        issues, at = self._tables.issues, micros(now)
        later = and_(issues.c.account == self._account, issues.c.wake_at > at, issues.c.wake_at < NEVER_DUE)
        query = select(issues.c.id).where(later).order_by(issues.c.wake_at, issues.c.id).limit(limit)
        ids = [row.id for row in self._rows(query)]
        if ids:
            # Whoever changed one meanwhile has said anew when to look at it, and a look too many does no harm.
            mine = and_(issues.c.account == self._account, issues.c.id.in_(ids), issues.c.wake_at < NEVER_DUE)
            self._own.apply(update(issues).where(mine).values(wake_at=at))
        return len(ids)
