"""Stores that keep daily alerts badly, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

from typing import Any

import attrs

from kit.broken_base import Broken, Unit


class LetsNothingWait(Broken):
    """Leaves out what begins to wait."""

    caught_by = "test_what_waits_is_due_when_its_window_ends"

    class Around(Unit):
        def save(self, writes: Any) -> None:
            self.unit.save([attrs.evolve(write, alerts=()) for write in writes])


class MixesInstants(Broken):
    """Gives what is due at several instants."""

    caught_by = "test_what_waits_is_due_when_its_window_ends"

    class Around(Unit):
        def awaiting(self, now: Any) -> Any:
            every = self.unit._alerts.waiting
            return [every[key] for key in sorted(every) if every[key].due_at <= now]


class FindsNoAccountForATextMessage(Broken):
    """Looks only for responses that wait."""

    caught_by = "test_accounts_are_found_in_which_something_is_due"

    class Around(Unit):
        def accounts_alerted(self, now: Any, limit: int) -> Any:
            due = [(name, its.waiting.values()) for name, its in self.store._accounts.items()]
            return [name for name, rows in due if any(one.due_at <= now for one in rows)]


class ForgetsWhatWasTold(Broken):
    """Does not know what a window told."""

    caught_by = "test_what_was_told_waits_no_more"

    class Around(Unit):
        def told_already(self, response_ids: Any) -> Any:
            return set()


class ClosesTwice(Broken):
    """Closes a window for whoever has seen another one."""

    caught_by = "test_a_window_is_closed_once"

    class Around(Unit):
        def close_alerts(self, closing: Any) -> None:
            self.unit.close_alerts(attrs.evolve(closing, before=self.unit.alerts_closed()))


class TellsWhatIsGone(Broken):
    """Takes what no longer waits as if it did."""

    caught_by = "test_what_no_longer_waits_cannot_be_told"

    class Around(Unit):
        def close_alerts(self, closing: Any) -> None:
            waits = [one for one in closing.told if one.key in self.unit._alerts.waiting]
            rows = [one for one in waits if self.unit._alerts.waiting[one.key].due_at == closing.waited]
            self.unit.close_alerts(attrs.evolve(closing, told=rows))


class ForgetsWhatIsLate(Broken):
    """Keeps no late marks."""

    caught_by = "test_a_digest_stays_what_it_was"

    class Around(Unit):
        def digest(self, recipient: str, end: Any) -> Any:
            found = self.unit.digest(recipient, end)
            lines = () if found is None else [attrs.evolve(line, is_late=False) for line in found.lines]
            return found and attrs.evolve(found, lines=tuple(lines))


class ReplacesADigest(Broken):
    """Takes a second digest of a person and window in the place of the first."""

    caught_by = "test_a_second_digest_is_refused"

    class Around(Unit):
        def close_alerts(self, closing: Any) -> None:
            for one in closing.digests:
                self.unit._alerts.digests.pop((one.recipient, one.end), None)
            self.unit.close_alerts(closing)


class WritesATextTwice(Broken):
    """Takes a text message that was written."""

    caught_by = "test_a_text_message_is_due_until_it_is_written"

    class Around(Unit):
        def close_alerts(self, closing: Any) -> None:
            due = [one for one in closing.texts if (one.recipient, one.end) in self.unit._alerts.texts]
            self.unit.close_alerts(attrs.evolve(closing, texts=due))


class SumsUpEverything(Broken):
    """Counts every digest of a person in each text message."""

    caught_by = "test_the_digests_of_a_text_message_are_found"

    class Around(Unit):
        def digests_of_text(self, recipient: str, text_at: Any) -> Any:
            every = self.unit._alerts.digests
            return [every[place] for place in sorted(every) if place[0] == recipient]


class TellsNobody(Broken):
    """Closes a window without its messages."""

    caught_by = "test_the_messages_of_a_window_are_in_the_queue"

    class Around(Unit):
        def close_alerts(self, closing: Any) -> None:
            self.unit.close_alerts(attrs.evolve(closing, messages=()))


class PutsNothingOff(Broken):
    """Leaves what is due."""

    caught_by = "test_what_is_due_can_be_put_off"

    class Around(Unit):
        def put_off_alerts(self, now: Any, until: Any) -> None:
            pass


class KeepsAClosingThatFailed(Broken):
    """Takes a closing for final that was rolled back."""

    caught_by = "test_what_waits_is_taken_back_with_its_transaction"

    class Around(Unit):
        def close_alerts(self, closing: Any) -> None:
            self.unit.close_alerts(closing)
            self.unit._journal.clear()


class ClosesForAll(Broken):
    """Shows what waits to those who come after it was told."""

    caught_by = "test_of_several_who_close_a_window_one_does"

    class Around(Unit):
        def awaiting(self, now: Any) -> Any:
            known = self.store.__dict__.setdefault("seen", list(self.unit.awaiting(now)))
            return [one for one in known if one.due_at <= now]

        def close_alerts(self, closing: Any) -> None:
            rows = [one for one in closing.told if one.key in self.unit._alerts.waiting]
            digests = [one for one in closing.digests if (one.recipient, one.end) not in self.unit._alerts.digests]
            self.unit.close_alerts(attrs.evolve(closing, told=rows, digests=digests))


class LosesADayOff(Broken):
    """Law L8: what a text message holds back is counted in its own window alone."""

    caught_by = "test_each_window_is_told_once_whenever_alerts_are_run"

    class Around(Unit):
        def close_alerts(self, closing: Any) -> None:
            at_once = [one if one.text_at is None else attrs.evolve(one, text_at=one.end) for one in closing.digests]
            self.unit.close_alerts(attrs.evolve(closing, digests=at_once))


class TellsEveryWorker(Broken):
    """Law L8: lets several workers tell one window, each once more."""

    caught_by = "test_each_window_is_told_once_by_several_at_once"

    class Around(Unit):
        def close_alerts(self, closing: Any) -> None:
            self.unit.close_alerts(closing)
            for one in closing.messages:
                self.unit._tell([attrs.evolve(one, id=f"{one.id[:-4]}more")])
