"""Stores whose queue or ledger is wrong, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

from typing import Any

import attrs

from kit.broken_base import Broken, Unit


class ForgetsWhatIsDue(Broken):
    """Has nothing to plan."""

    caught_by = "test_a_saved_message_is_due_when_it_came_up"

    class Around(Unit):
        def unplanned(self, now: Any, limit: int) -> Any:
            return ()


class PlansTwice(Broken):
    """Takes a second plan of a message."""

    caught_by = "test_a_message_is_planned_once"

    class Around(Unit):
        def plan(self, deliveries: Any, lease: str, until: Any) -> None:
            for one in deliveries:
                self.unit._queue.unplanned.setdefault(one.message.id, one.message.created_at)
            self.unit.plan(deliveries, lease, until)


class HoldsNothing(Broken):
    """Lets go of what was to be tried at once."""

    caught_by = "test_what_is_tried_at_once_is_held"

    class Around(Unit):
        def plan(self, deliveries: Any, lease: str, until: Any) -> None:
            self.unit.plan([attrs.evolve(one, attempts=0) for one in deliveries], lease, until)


class LeasesToAnybody(Broken):
    """Law L5: gives what one holds to the next."""

    caught_by = "test_what_is_claimed_is_nobody_elses"

    class Around(Unit):
        def claim(self, claim: Any) -> Any:
            found = self.unit.claim(claim)
            self.unit.finish([attrs.evolve(one, due_at=claim.now) for one in found], claim.lease)
            return found


class ClaimsEveryChannel(Broken):
    """Claims what is another channel's."""

    caught_by = "test_only_what_is_due_on_the_channel_is_claimed"

    class Around(Unit):
        def claim(self, claim: Any) -> Any:
            others = {place[1] for place in self.unit._queue.lines}
            return [one for name in sorted(others) for one in self.unit.claim(attrs.evolve(claim, channel=name))]


class MixesWhatWasLeft(Broken):
    """Claims what a dead worker held together with the rest."""

    caught_by = "test_a_lease_that_ran_out_is_claimed_by_itself"

    class Around(Unit):
        def claim(self, claim: Any) -> Any:
            return [*self.unit.claim(attrs.evolve(claim, is_abandoned=True)), *self.unit.claim(claim)]


class SettlesForAnybody(Broken):
    """Takes a fate from whoever brings it."""

    caught_by = "test_a_lease_that_ran_out_is_claimed_by_itself"

    class Around(Unit):
        def finish(self, deliveries: Any, lease: str) -> Any:
            lines = self.unit._queue.lines
            leases = {lines[one.message.id, one.channel].lease for one in deliveries}
            return [done for one in leases for done in self.unit.finish(deliveries, one)]


class ForgetsReasons(Broken):
    """Keeps no reason."""

    caught_by = "test_what_became_of_it_is_kept"

    class Around(Unit):
        def finish(self, deliveries: Any, lease: str) -> Any:
            return self.unit.finish([attrs.evolve(one, reason="") for one in deliveries], lease)


class NeverPutsOff(Broken):
    """Leaves what is due as it is."""

    caught_by = "test_what_is_put_off_is_due_later"

    class Around(Unit):
        def put_off(self, now: Any, until: Any) -> None:
            return None


class KeepsNoOrder(Broken):
    """Lets what came later go first."""

    caught_by = "test_what_came_later_waits_where_order_is_asked_for"

    class Around(Unit):
        def claim(self, claim: Any) -> Any:
            return self.unit.claim(attrs.evolve(claim, in_order=False))


class LetsWhatIsUrgentWait(Broken):
    """Requirement B8: holds an escalation as long as what quiet hours hold."""

    caught_by = "test_what_is_urgent_waits_for_nothing_that_quiet_hours_hold"

    class Around(Unit):
        def claim(self, claim: Any) -> Any:
            return [one for one in self.unit.claim(claim) if not (claim.in_order and one.message.is_urgent)]


class HidesWhatWasNotPlanned(Broken):
    """Has no line for a message that was not planned."""

    caught_by = "test_the_ledger_answers_for_every_message"

    class Around(Unit):
        def ledger(self, query: Any) -> Any:
            return [one for one in self.unit.ledger(query) if one.channel]


class BeginsEveryPage(Broken):
    """Begins each page of the ledger anew."""

    caught_by = "test_the_ledger_is_read_page_by_page"

    class Around(Unit):
        def ledger(self, query: Any) -> Any:
            found = self.unit.ledger(attrs.evolve(query, after=None))
            return found if query.after is None or query.after < _place(found[-1]) else ()


class SendsAnythingAgain(Broken):
    """Says of everything that it is sent again."""

    caught_by = "test_a_dead_letter_can_be_sent_again"

    class Around(Unit):
        def send_again(self, message_id: str, channel: str, now: Any) -> bool:
            self.unit.send_again(message_id, channel, now)
            return True


class DisablesForEver(Broken):
    """Never enables a channel."""

    caught_by = "test_a_channel_is_disabled_until_it_is_enabled"

    class Around(Unit):
        def disable(self, channel: str, reason: Any) -> None:
            if reason is not None:
                self.unit.disable(channel, reason)


class LooksAtItsOwnOnly(Broken):
    """Finds what is due in its own account alone."""

    caught_by = "test_what_is_due_is_found_over_all_accounts"

    class Around(Unit):
        def accounts_due(self, channels: Any, now: Any, limit: int) -> Any:
            return [one for one in self.unit.accounts_due(channels, now, limit) if self.unit.unplanned(now, 1)]


class ReadsOneHistory(Broken):
    """Of many histories, reads the first."""

    caught_by = "test_many_histories_and_records_are_read_at_once"

    class Around(Unit):
        def histories(self, issue_ids: Any) -> Any:
            return self.unit.histories(issue_ids[:1])


class ClaimsForGood(Broken):
    """Leases outside the transaction."""

    caught_by = "test_a_claim_that_is_rolled_back_never_was"

    class Around(Unit):
        def claim(self, claim: Any) -> Any:
            found = self.unit.claim(claim)
            self.unit._journal.clear()
            return found


def _place(delivery: Any) -> tuple[str, str]:
    return (delivery.message.id, delivery.channel)
