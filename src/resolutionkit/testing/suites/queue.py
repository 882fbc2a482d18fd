"""Store rule: what is to be told waits in a queue, is held by one worker at a time, and leaves a line in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import attrs
import pytest

from resolutionkit.model.deliveries import Claim, Delivery, Fate, LedgerQuery
from resolutionkit.model.events import NoteAdded
from resolutionkit.model.messages import Message
from resolutionkit.model.response import RecordChange
from resolutionkit.ports import KeepsDeliveries, Store, UnitOfWork, Write, WriteConflict
from resolutionkit.testing.accounts import fresh_account
from resolutionkit.testing.changes import event_after as event
from resolutionkit.testing.changes import message, note, opening, record_of, then
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite, in_threads

SOON, LATER = NOON + timedelta(minutes=1), NOON + timedelta(hours=1)
EVERY = 1_000_000
"""More than the accounts of any database that the suite is tried on: earlier tests leave theirs in it."""
METHODS = tuple(name for name in vars(KeepsDeliveries) if not name.startswith("_"))
"""What a unit of work with a queue answers to."""


def check_queue(store: Store, account: str) -> None:
    """Skip the test, and say what would have it run, where a store keeps no queue."""

    def missing(unit: UnitOfWork) -> list[str]:
        return [name for name in METHODS if not callable(getattr(unit, name, None))]

    lacking = store.transact(account, missing, write=False)
    if lacking:
        pytest.skip(f"not tried, for want of KeepsDeliveries: the methods {', '.join(lacking)} (on the unit of work)")


def line_of(told: Message, channel: str = "email", **facts: Any) -> Delivery:
    """Return a line of the ledger that is due, and was not tried."""
    given: dict[str, Any] = {"fate": Fate.WAITING, "due_at": NOON, "changed_at": NOON}
    return Delivery(message=told, channel=channel, **(given | facts))


def claim_of(channel: str = "email", **facts: Any) -> Claim:
    """Return a claim of all that is due at noon."""
    given: dict[str, Any] = {"now": NOON, "lease": "one", "until": SOON, "limit": 100}
    return Claim(channel=channel, **(given | facts))


def ended(delivery: Delivery, fate: Fate = Fate.SENT, **facts: Any) -> Delivery:
    """Return a delivery that is over."""
    return attrs.evolve(delivery, fate=fate, due_at=None, **facts)


class Queue(StoreSuite):
    """Store rule: what is to be told is planned once, held by one, and its fate is kept."""

    @pytest.fixture
    def do(self, store: Store, account: str) -> Callable[..., Any]:
        """Return a function that calls one method of the unit of work in a transaction of its own."""
        check_queue(store, account)

        def called(name: str, *given: Any) -> Any:
            return store.transact(account, lambda unit: getattr(unit, name)(*given), write=True)

        return called

    @pytest.fixture
    def told(self, save: Save, do: object) -> Sequence[Message]:
        """Return three messages about one issue that were saved and not planned, in the order of their events."""
        first = opening(sample_response())
        second = then(first.issue, event(first.issue, NoteAdded, note=note("a")))
        third = then(second.issue, event(second.issue, NoteAdded, note=note("b")))
        writes = [attrs.evolve(one, messages=(message(one.issue),)) for one in (first, second, third)]
        save(*writes)
        return [one for write in writes for one in write.messages]

    @pytest.fixture
    def planned(self, told: Sequence[Message], do: Callable[..., Any]) -> Sequence[Message]:
        """Return the three messages, each with a line that is due on the channel ``email``."""
        do("plan", [line_of(one) for one in told], "none", SOON)
        return told

    # --- planning ----------------------------------------------------------------------------------------------------

    def test_a_saved_message_is_due_when_it_came_up(self, told: Sequence[Message], do: Callable[..., Any]) -> None:
        """Not before, and as often as it is asked for, until it is planned; those due for longest first."""
        assert do("unplanned", NOON - timedelta(days=1), 10) in ((), [])
        assert list(do("unplanned", LATER, 10)) == list(told)
        assert list(do("unplanned", LATER, 2)) == list(told[:2])

    def test_a_message_is_planned_once(self, told: Sequence[Message], do: Callable[..., Any]) -> None:
        """Whoever comes second is told so, and leaves nothing behind."""
        do("plan", [line_of(told[0]), line_of(told[0], "chat")], "one", SOON)
        assert list(do("unplanned", LATER, 10)) == list(told[1:])
        with pytest.raises(WriteConflict):
            do("plan", [line_of(told[0], "pager"), line_of(told[1], "pager")], "two", SOON)
        assert list(do("unplanned", LATER, 10)) == list(told[1:])
        channels = [one.channel for one in do("ledger", LedgerQuery()) if one.channel]
        assert channels == ["chat", "email"]

    def test_what_is_tried_at_once_is_held(self, told: Sequence[Message], do: Callable[..., Any]) -> None:
        """A line that was planned with an attempt counted is nobody else's until its lease runs out."""
        do("plan", [line_of(told[0], attempts=1), line_of(told[1])], "mine", SOON)
        assert [one.message for one in do("claim", claim_of())] == [told[1]]
        assert [one.message.id for one in do("finish", [ended(line_of(told[0], attempts=1))], "mine")] == [told[0].id]

    # --- leases ------------------------------------------------------------------------------------------------------

    def test_what_is_claimed_is_nobody_elses(self, planned: Sequence[Message], do: Callable[..., Any]) -> None:
        """One more attempt is counted, and a second claim finds the rest."""
        first = do("claim", claim_of(limit=2))
        assert [(one.message, one.attempts) for one in first] == [(planned[0], 1), (planned[1], 1)]
        assert [one.message for one in do("claim", claim_of(lease="two"))] == [planned[2]]
        assert list(do("claim", claim_of(lease="three"))) == []

    def test_only_what_is_due_on_the_channel_is_claimed(self, told: Sequence[Message], do: Callable[..., Any]) -> None:
        """Neither what is due later, nor what is over, nor what is another channel's."""
        later, over = line_of(told[1], due_at=LATER), ended(line_of(told[2]), Fate.DENIED)
        do("plan", [line_of(told[0], "chat"), later, over], "none", SOON)
        assert list(do("claim", claim_of())) == []
        assert [one.message for one in do("claim", claim_of("chat"))] == [told[0]]
        assert [one.message for one in do("claim", claim_of(now=LATER))] == [told[1]]

    def test_a_lease_that_ran_out_is_claimed_by_itself(
        self, planned: Sequence[Message], do: Callable[..., Any]
    ) -> None:
        """What a worker left behind may be what killed it: it is asked for apart, and who comes late has nothing."""
        held = do("claim", claim_of(limit=2))
        assert [one.message for one in do("claim", claim_of(now=SOON, lease="two", until=LATER))] == [planned[2]]
        left = claim_of(now=SOON, lease="three", until=LATER, limit=1, is_abandoned=True)
        (taken,) = do("claim", left)
        assert (taken.message, taken.attempts) == (planned[0], 2)
        settled = do("finish", [ended(one) for one in held], "one")
        assert [one.message for one in settled] == [planned[1]]

    def test_what_became_of_it_is_kept(self, planned: Sequence[Message], do: Callable[..., Any]) -> None:
        """What is over is claimed no more; what failed is due when it says."""
        one, two, _ = do("claim", claim_of())
        again = attrs.evolve(two, reason="down", due_at=LATER, changed_at=SOON)
        do("finish", [ended(one), again], "one")
        assert [found.message for found in do("claim", claim_of(now=LATER, lease="two", until=LATER))] == [planned[1]]
        lines = {line.message.id: line for line in do("ledger", LedgerQuery())}
        assert (lines[planned[0].id].fate, lines[planned[0].id].due_at) == (Fate.SENT, None)
        assert (lines[planned[1].id].reason, lines[planned[1].id].attempts) == ("down", 2)

    def test_what_is_put_off_is_due_later(self, told: Sequence[Message], do: Callable[..., Any]) -> None:
        """Messages that were not planned and lines alike, and nothing else."""
        do("plan", [line_of(told[0])], "none", SOON)
        do("put_off", LATER, LATER + timedelta(hours=1))
        assert list(do("unplanned", LATER, 10)) == []
        assert list(do("claim", claim_of(now=LATER, until=LATER))) == []
        assert len(do("unplanned", LATER + timedelta(hours=1), 10)) == 2

    def test_workers_share_the_work(self, store: Store, account: str, planned: Sequence[Message]) -> None:
        """Four threads claim one by one until nothing is left: each line is held once."""
        found: list[str] = []

        def work(name: str) -> None:
            while True:
                held = store.transact(account, partial(_claimed, claim_of(lease=name, limit=1)), write=True)
                if not held:
                    return
                found.extend(one.message.id for one in held)

        assert in_threads([partial(work, name) for name in "abcd"]) == []
        assert sorted(found) == sorted(one.id for one in planned)

    def test_a_claim_that_is_rolled_back_never_was(
        self, store: Store, account: str, planned: Sequence[Message], do: Callable[..., Any]
    ) -> None:
        """Nor are a plan, a fate or a disabled channel."""
        before = do("ledger", LedgerQuery())

        def work(unit: UnitOfWork) -> None:
            queue = _queue(unit)
            held = queue.claim(claim_of())
            queue.finish([ended(one) for one in held], "one")
            queue.disable("email", "gone")
            raise Boom

        with pytest.raises(Boom):
            store.transact(account, work, write=True)
        assert do("ledger", LedgerQuery()) == before
        assert do("disabled") == {}
        assert len(do("claim", claim_of())) == 3

    # --- order -------------------------------------------------------------------------------------------------------

    def test_what_came_later_waits_where_order_is_asked_for(
        self, planned: Sequence[Message], do: Callable[..., Any]
    ) -> None:
        """Until what came before it is over; a dead letter lets it pass."""
        (first,) = do("claim", claim_of(limit=1, in_order=True))
        assert first.message == planned[0]
        assert list(do("claim", claim_of(lease="two", in_order=True))) == []
        again = claim_of(lease="two", in_order=True, now=SOON, until=LATER)
        do("finish", [attrs.evolve(first, due_at=LATER)], "one")
        assert list(do("claim", again)) == []
        every = do("claim", claim_of(now=LATER, lease="three", in_order=True, until=LATER))
        assert [one.message for one in every] == list(planned)
        dead = ended(every[0], Fate.DEAD)
        do("finish", [dead, *(attrs.evolve(one, due_at=LATER) for one in every[1:])], "three")
        found = do("claim", claim_of(lease="four", now=LATER, in_order=True, until=LATER))
        assert [one.message for one in found] == list(planned[1:])

    def test_what_came_later_waits_for_what_was_not_planned(
        self, told: Sequence[Message], do: Callable[..., Any]
    ) -> None:
        """A message that came before may be with a worker who plans it at this moment."""
        do("plan", [line_of(told[1])], "none", SOON)
        assert list(do("claim", claim_of(in_order=True))) == []
        do("plan", [line_of(told[0])], "none", SOON)
        found = do("claim", claim_of(now=SOON, until=LATER, in_order=True))
        assert [(one.message, one.attempts) for one in found] == [(told[0], 1), (told[1], 1)]

    @pytest.mark.parametrize("is_urgent", [False, True])
    @pytest.mark.parametrize("fate", [Fate.DEFERRED, Fate.WAITING])
    def test_what_is_urgent_waits_for_nothing_that_quiet_hours_hold(
        self, save: Save, do: Callable[..., Any], fate: Fate, is_urgent: bool
    ) -> None:
        """Everything else does; and for what failed, what is urgent waits as well."""
        first = opening(sample_response())
        second = then(first.issue, event(first.issue, NoteAdded, note=note("a")))
        told = [message(first.issue), message(second.issue, is_urgent=is_urgent)]
        save(*(attrs.evolve(one, messages=(its,)) for one, its in zip((first, second), told, strict=True)))
        do("plan", [line_of(told[0], fate=fate, due_at=LATER), line_of(told[1])], "none", SOON)
        found = do("claim", claim_of(in_order=True))
        assert [one.message for one in found] == (told[1:] if is_urgent and fate is Fate.DEFERRED else [])

    # --- the ledger --------------------------------------------------------------------------------------------------

    def test_the_ledger_answers_for_every_message(self, told: Sequence[Message], do: Callable[..., Any]) -> None:
        """By issue, recipient and fate; a message that was not planned waits on the channel without a name."""
        sent = ended(line_of(told[0], attempts=1), reason="")
        do("plan", [sent, line_of(told[0], "chat", reason="so")], "none", SOON)
        lines = do("ledger", LedgerQuery(issue=told[0].issue))
        assert [(one.message, one.channel, one.fate) for one in lines] == [
            (told[0], "chat", Fate.WAITING),
            (told[0], "email", Fate.SENT),
            (told[1], "", Fate.WAITING),
            (told[2], "", Fate.WAITING),
        ]
        assert lines[2].due_at == told[1].created_at
        assert [one.channel for one in do("ledger", LedgerQuery(fate=Fate.SENT))] == ["email"]
        assert len(do("ledger", LedgerQuery(recipient="dana"))) == 4
        assert list(do("ledger", LedgerQuery(recipient="nobody"))) == []
        assert list(do("ledger", LedgerQuery(issue="another"))) == []

    def test_the_ledger_is_read_page_by_page(self, told: Sequence[Message], do: Callable[..., Any]) -> None:
        """Each line once, whatever the size of the pages."""
        do("plan", [line_of(told[0]), line_of(told[0], "chat"), line_of(told[1])], "none", SOON)
        every = list(do("ledger", LedgerQuery()))
        assert len(every) == 4
        for size in (1, 2, 3):
            found: list[Delivery] = []
            while page := do("ledger", LedgerQuery(limit=size, after=_place(found))):
                found += page
            assert found == every

    def test_a_dead_letter_can_be_sent_again(self, planned: Sequence[Message], do: Callable[..., Any]) -> None:
        """It is due, and no attempt is counted; nothing else can."""
        first, second, _ = do("claim", claim_of())
        do("finish", [ended(first, Fate.DEAD, reason="gone"), ended(second)], "one")
        assert do("send_again", planned[0].id, "email", SOON) is True
        assert do("send_again", planned[0].id, "email", SOON) is False
        assert do("send_again", planned[1].id, "email", SOON) is False
        assert do("send_again", planned[1].id, "chat", SOON) is False
        (again,) = do("claim", claim_of(now=SOON, limit=1, lease="two", until=LATER))
        assert (again.message, again.attempts, again.reason) == (planned[0], 1, "")

    def test_a_channel_is_disabled_until_it_is_enabled(self, do: Callable[..., Any]) -> None:
        """The latest reason holds."""
        do("disable", "crm", "gone")
        do("disable", "crm", "gone for good")
        do("disable", "100%_mail", "full")
        assert do("disabled") == {"crm": "gone for good", "100%_mail": "full"}
        do("disable", "crm", None)
        do("disable", "never", None)
        assert do("disabled") == {"100%_mail": "full"}

    # --- accounts ----------------------------------------------------------------------------------------------------

    def test_what_is_due_is_found_over_all_accounts(
        self, store: Store, account: str, told: Sequence[Message], do: Callable[..., Any]
    ) -> None:
        """And is nobody's but the account's."""
        other = fresh_account()
        first = opening(sample_response())
        write = attrs.evolve(first, messages=(message(first.issue),))
        store.transact(other, lambda unit: unit.save([write]), write=True)
        do("plan", [line_of(one, "chat", due_at=SOON) for one in told], "none", SOON)
        found = do("accounts_due", ["email"], LATER, EVERY)
        assert other in found
        assert account not in found
        assert account in do("accounts_due", ["email", "chat"], LATER, EVERY)
        assert account not in do("accounts_due", ["email", "chat"], NOON, EVERY)
        assert list(do("unplanned", LATER, 10)) == []
        claim = claim_of("chat", now=LATER, until=LATER)
        assert list(store.transact(other, lambda unit: _queue(unit).claim(claim), write=True)) == []

    def test_many_histories_and_records_are_read_at_once(
        self, save: Save, ask: Ask, told: Sequence[Message], do: Callable[..., Any]
    ) -> None:
        """Each is what it is by itself; what is not there is not among them, or has no event."""
        response = sample_response("r-2")
        save(Write(records=(RecordChange(record=record_of(response), before=None),)))
        wanted = [told[0].issue, "never was", told[0].issue]
        assert do("histories", wanted) == {told[0].issue: ask("history", told[0].issue), "never was": ()}
        assert do("records", [response.id, "never was"]) == {response.id: ask("response", response.id)}
        assert do("histories", []) == {}
        assert do("records", []) == {}


def _queue(unit: UnitOfWork) -> KeepsDeliveries:
    queue: Any = unit
    return queue  # type: ignore[no-any-return]


def _claimed(claim: Claim, unit: UnitOfWork) -> Sequence[Delivery]:
    return _queue(unit).claim(claim)


def _place(found: Sequence[Delivery]) -> tuple[str, str] | None:
    return (found[-1].message.id, found[-1].channel) if found else None
