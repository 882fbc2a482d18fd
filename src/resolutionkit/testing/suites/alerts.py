"""Store rule: what waits for a daily alert is told once, a window is closed once, and a digest stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from operator import methodcaller
from typing import Any, TypeAlias

import attrs
import pytest

from resolutionkit.model.alerts import Awaiting, Closing, Digest, DigestLine
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.ports import KeepsAlerts, Store, UnitOfWork, WriteConflict
from resolutionkit.testing.accounts import fresh_account
from resolutionkit.testing.changes import new_id, opening
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Look, Save, StoreSuite, in_threads

DAY = timedelta(days=1)
ENDS = tuple(NOON + number * DAY for number in range(6))
EVERY = 1_000_000
"""More than the accounts of any database that the suite is tried on: earlier tests leave theirs in it."""
METHODS = tuple(name for name in vars(KeepsAlerts) if not name.startswith("_"))
"""What a unit of work with daily alerts answers to."""

Close: TypeAlias = Callable[..., None]
"""Closes a window in a transaction of its own."""


def waiting(response_id: str, due_at: datetime, **facts: Any) -> Awaiting:
    """Return a response that waits."""
    given: dict[str, Any] = {"revision": 1, "since": due_at - timedelta(hours=1)}
    return Awaiting(response=response_id, due_at=due_at, **(given | facts))


def digest_of(recipient: str, end: datetime, *ids: str, **facts: Any) -> Digest:
    """Return what somebody is told of a day; the last response is late."""
    lines = [DigestLine(response=one, group="emea", is_late=one == ids[-1]) for one in ids]
    given: dict[str, Any] = {"start": end - DAY, "why": (Why.GROUP_LEAD, Why.ALSO_ALERTED), "text_at": end}
    return Digest(recipient=recipient, end=end, lines=tuple(lines), **(given | facts))


def telling(digest: Digest, topic: Topic = Topic.RECOVERY_REPORT) -> Message:
    """Return a message that tells of a digest."""
    about: dict[str, Any] = {"issue": None, "response": digest.responses[0], "first_event": 0, "last_event": 0}
    return Message(
        id=new_id(),
        recipient=digest.recipient,
        topic=topic,
        why=digest.why,
        created_at=digest.end,
        digest=digest.end,
        **about,
    )


class Alerts(StoreSuite):
    """What :class:`~resolutionkit.ports.KeepsAlerts` promises; skipped where the unit of work does not."""

    @pytest.fixture
    def wait(self, store: Store, account: str, save: Save) -> Callable[..., None]:
        """Return a function that lets responses wait, where the unit of work keeps alerts."""

        def missing(unit: UnitOfWork) -> list[str]:
            return [name for name in METHODS if not callable(getattr(unit, name, None))]

        lacking = store.transact(account, missing, write=False)
        if lacking:
            pytest.skip(f"not tried, for want of KeepsAlerts: the methods {', '.join(lacking)} (on the unit of work)")

        def saved(*awaiting: Awaiting) -> None:
            save(*(attrs.evolve(opening(sample_response(one.response)), alerts=(one,)) for one in awaiting))

        return saved

    @pytest.fixture
    def close(self, store: Store, account: str) -> Close:
        """Return a function that closes a window; what was closed before is found out."""

        def closed(end: datetime, **facts: Any) -> None:
            def work(unit: Any) -> None:
                unit.close_alerts(Closing(before=unit.alerts_closed(), end=end, **facts))

            store.transact(account, work, write=True)

        return closed

    def test_what_waits_is_due_when_its_window_ends(self, wait: Callable[..., None], ask: Ask) -> None:
        """Those of the longest due instant, in the order of their keys; nothing before that."""
        first, second = waiting("r-2", ENDS[1]), waiting("r-1", ENDS[1], is_repaired=True)
        wait(waiting("r-3", ENDS[2]), first, second)
        assert list(ask("awaiting", ENDS[1] - timedelta(microseconds=1))) == []
        assert list(ask("awaiting", ENDS[1])) == [second, first]
        assert list(ask("awaiting", ENDS[5])) == [second, first]

    def test_accounts_are_found_in_which_something_is_due(
        self, wait: Callable[..., None], close: Close, ask: Ask, account: str
    ) -> None:
        """A response that waits, or a text message that is not written; once none is, the account is not."""
        given = waiting("r-1", ENDS[1])
        wait(given)
        assert account not in ask("accounts_alerted", ENDS[0], EVERY)
        assert list(ask("accounts_alerted", ENDS[1], EVERY)).count(account) == 1
        digest = digest_of("ann", ENDS[1], "r-1", text_at=ENDS[3])
        close(ENDS[1], waited=ENDS[1], told=[given], digests=[digest])
        assert account not in ask("accounts_alerted", ENDS[2], EVERY)
        assert account in ask("accounts_alerted", ENDS[3], EVERY)
        close(ENDS[3], texts=[digest])
        assert account not in ask("accounts_alerted", ENDS[5], EVERY)

    def test_what_was_told_waits_no_more(self, wait: Callable[..., None], close: Close, ask: Ask) -> None:
        """It is known to have been told; what is gone is not, and what waits on is due when it says."""
        told, gone, later = (waiting(f"r-{number}", ENDS[1]) for number in range(3))
        wait(told, gone, later)
        put_off = attrs.evolve(later, due_at=ENDS[2])
        close(ENDS[1], waited=ENDS[1], told=[told], gone=[gone], later=[put_off])
        assert list(ask("awaiting", ENDS[1])) == []
        assert list(ask("awaiting", ENDS[2])) == [put_off]
        assert set(ask("told_already", ["r-0", "r-1", "r-2", "r-9"])) == {"r-0"}
        assert set(ask("told_already", [])) == set()

    def test_a_window_is_closed_once(self, wait: Callable[..., None], store: Store, ask: Ask, account: str) -> None:
        """Whoever saw another window closed last has to look again, and leaves nothing behind."""
        wait(waiting("r-1", ENDS[1]))
        assert ask("alerts_closed") is None
        for before, end in ((None, ENDS[1]), (ENDS[1], ENDS[2])):
            store.transact(account, methodcaller("close_alerts", Closing(before=before, end=end)), write=True)
            assert ask("alerts_closed") == end
        for stale in (None, ENDS[1], ENDS[3]):
            digest = digest_of("ann", ENDS[3], "r-1")
            assert _conflicts(store, account, Closing(before=stale, end=ENDS[3], digests=[digest]))
        assert ask("alerts_closed") == ENDS[2]
        assert ask("digest", "ann", ENDS[3]) is None

    def test_what_no_longer_waits_cannot_be_told(
        self, wait: Callable[..., None], close: Close, store: Store, ask: Ask, account: str
    ) -> None:
        """It was told, or put off, since it was read: nothing of the closing is left."""
        told, later = waiting("r-1", ENDS[1]), waiting("r-2", ENDS[1])
        wait(told, later)
        close(ENDS[1], waited=ENDS[1], told=[told], later=[attrs.evolve(later, due_at=ENDS[2])])
        for rows in ([told], [later]):
            closing = Closing(before=ENDS[1], end=ENDS[2], waited=ENDS[1], told=rows)
            assert _conflicts(store, account, closing)
        assert ask("alerts_closed") == ENDS[1]

    @pytest.mark.parametrize("who", ["ann", "lee@partner.example"], ids=["person", "address"])
    def test_a_digest_stays_what_it_was(
        self, wait: Callable[..., None], close: Close, store: Store, ask: Ask, who: str
    ) -> None:
        """Whole, for the person and the window that it is of, in its account; a second one is refused."""
        wait()
        digest = digest_of(who, ENDS[1], *(f"r-{number}" for number in range(3)))
        close(ENDS[1], digests=[digest, digest_of("ben", ENDS[1], "r-1", text_at=None)])
        assert ask("digest", who, ENDS[1]) == digest
        assert ask("digest", "ben", ENDS[1]) == digest_of("ben", ENDS[1], "r-1", text_at=None)
        for other in ((who, ENDS[2]), (who.upper(), ENDS[1]), ("new@partner.example", ENDS[1])):
            assert ask("digest", *other) is None
        elsewhere = store.transact(fresh_account(), methodcaller("digest", who, ENDS[1]), write=False)
        assert elsewhere is None

    def test_a_second_digest_is_refused(
        self, wait: Callable[..., None], close: Close, store: Store, ask: Ask, account: str
    ) -> None:
        """One person is told of one window once, with one number."""
        wait()
        close(ENDS[1], digests=[digest_of("ann", ENDS[1], "r-1")])
        again = Closing(before=ENDS[1], end=ENDS[2], digests=[digest_of("ann", ENDS[1], "r-1", "r-2")])
        assert _conflicts(store, account, again)
        assert ask("digest", "ann", ENDS[1]).number == 1

    def test_a_text_message_is_due_until_it_is_written(
        self, wait: Callable[..., None], close: Close, store: Store, ask: Ask, account: str
    ) -> None:
        """By recipient, then by end; those without one never; written once."""
        wait()
        held = [digest_of("zoe", ENDS[1], "r-1", text_at=ENDS[3]), digest_of("ann", ENDS[1], "r-1", text_at=ENDS[3])]
        close(ENDS[1], digests=[*held, digest_of("ben", ENDS[1], "r-1", text_at=None)])
        close(ENDS[2], digests=[more := digest_of("ann", ENDS[2], "r-2", text_at=ENDS[3])])
        assert list(ask("texts_due", ENDS[2])) == []
        assert list(ask("texts_due", ENDS[3])) == [held[1], more, held[0]]
        close(ENDS[3], texts=[held[1], more])
        assert list(ask("texts_due", ENDS[4])) == [held[0]]
        assert _conflicts(store, account, Closing(before=ENDS[3], end=ENDS[3], texts=[more]))

    def test_the_digests_of_a_text_message_are_found(self, wait: Callable[..., None], close: Close, ask: Ask) -> None:
        """Those of one person whose text goes out at an instant, by their ends, written or not."""
        wait()
        first = digest_of("ann", ENDS[1], "r-1", text_at=ENDS[3])
        second, own = digest_of("ann", ENDS[2], "r-2", text_at=ENDS[3]), digest_of("ann", ENDS[4], "r-3")
        close(ENDS[1], digests=[first, digest_of("ben", ENDS[1], "r-1", text_at=ENDS[3])])
        close(ENDS[2], digests=[second])
        close(ENDS[4], digests=[own], texts=[first, second])
        assert list(ask("digests_of_text", "ann", ENDS[3])) == [first, second]
        assert list(ask("digests_of_text", "ann", ENDS[4])) == [own]
        assert list(ask("digests_of_text", "ann", ENDS[1])) == []
        assert list(ask("digests_of_text", "new@partner.example", ENDS[3])) == []

    def test_the_messages_of_a_window_are_in_the_queue(
        self, wait: Callable[..., None], close: Close, ask: Ask, store: Store, account: str
    ) -> None:
        """Committed with it, with the digest that each is about; they are about no single response."""
        wait(given := waiting("r-1", ENDS[1]))
        digest = digest_of("lee@partner.example", ENDS[1], "r-1")
        messages = [telling(digest), telling(digest, Topic.DAILY_ALERT)]
        close(ENDS[1], waited=ENDS[1], told=[given], digests=[digest], messages=messages)
        if store.transact(account, lambda unit: hasattr(unit, "unplanned"), write=False):
            due = store.transact(account, methodcaller("unplanned", ENDS[1], 100), write=True)
            assert list(due) == messages
        if store.transact(account, lambda unit: hasattr(unit, "loose_messages"), write=False):
            assert list(ask("loose_messages", "r-1")) == []

    def test_what_is_due_can_be_put_off(
        self, wait: Callable[..., None], close: Close, store: Store, ask: Ask, account: str
    ) -> None:
        """Responses and text messages; what is due later, and what a digest says, stay as they are."""
        wait(waiting("r-1", ENDS[2]), later := waiting("r-2", ENDS[4]))
        close(ENDS[1], digests=[digest := digest_of("ann", ENDS[1], "r-0")])
        store.transact(account, methodcaller("put_off_alerts", ENDS[2], ENDS[3]), write=True)
        assert list(ask("awaiting", ENDS[2])) == []
        assert list(ask("texts_due", ENDS[2])) == []
        assert list(ask("awaiting", ENDS[3])) == [waiting("r-1", ENDS[3], since=ENDS[2] - timedelta(hours=1))]
        assert list(ask("texts_due", ENDS[3])) == [digest]
        assert ask("digest", "ann", ENDS[1]) == digest
        store.transact(account, methodcaller("put_off_alerts", ENDS[3], ENDS[5]), write=True)
        assert list(ask("awaiting", ENDS[4])) == [later]

    def test_what_waits_is_taken_back_with_its_transaction(
        self, wait: Callable[..., None], store: Store, look: Look, account: str
    ) -> None:
        """An error after a change or a closing leaves everything as it was."""
        wait(given := waiting("r-1", ENDS[1]))
        before = look()
        digest = digest_of("ann", ENDS[1], "r-1")

        def work(unit: Any) -> None:
            unit.save([attrs.evolve(opening(sample_response("r-2")), alerts=(waiting("r-2", ENDS[1]),))])
            told: dict[str, Any] = {"told": [given], "digests": [digest], "messages": [telling(digest)]}
            unit.close_alerts(Closing(before=None, end=ENDS[1], waited=ENDS[1], **told))
            unit.close_alerts(Closing(before=ENDS[1], end=ENDS[2], texts=[digest]))
            raise Boom

        with pytest.raises(Boom):
            store.transact(account, work, write=True)
        assert look() == before

    def test_of_several_who_close_a_window_one_does(
        self, wait: Callable[..., None], store: Store, ask: Ask, account: str
    ) -> None:
        """The others find it closed, and nothing left to tell."""
        wait(*(waiting(f"r-{number}", ENDS[1]) for number in range(5)))
        done: list[int] = []

        def work(unit: Any) -> int:
            rows = list(unit.awaiting(ENDS[1]))
            if rows:
                digest = digest_of("ann", ENDS[1], *(one.response for one in rows))
                facts: dict[str, Any] = {"told": rows, "digests": [digest], "messages": [telling(digest)]}
                unit.close_alerts(Closing(before=unit.alerts_closed(), end=ENDS[1], waited=ENDS[1], **facts))
            return len(rows)

        assert in_threads([lambda: done.append(store.transact(account, work, write=True))] * 4) == []
        assert sorted(done) == [0, 0, 0, 5]
        assert ask("digest", "ann", ENDS[1]).number == 5


def _conflicts(store: Store, account: str, closing: Closing) -> bool:
    """Say whether a closing is refused; the work is not run again, since it would be refused for ever."""
    seen: list[WriteConflict] = []

    def work(unit: Any) -> None:
        try:
            unit.close_alerts(closing)
        except WriteConflict as problem:
            seen.append(problem)
            raise Boom from problem

    try:
        store.transact(account, work, write=True)
    except Boom:
        return bool(seen)
    return False
