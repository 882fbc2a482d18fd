"""Stores that save wrongly, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

import secrets
from contextlib import nullcontext
from typing import Any

import attrs

from kit.broken_base import Broken, Unit
from resolutionkit.errors import ResolutionKitError, StorageError
from resolutionkit.model.events import Merged
from resolutionkit.model.history import replay
from resolutionkit.model.query import IssueQuery, Order


class KeepsHalfAWrite(Broken):
    """Commits what was saved before the error."""

    caught_by = "test_work_that_raises_leaves_nothing[1]"
    kept: type[BaseException] = Exception

    def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
        """Let the error out after the commit."""
        raised: list[BaseException] = []

        def quiet(unit: Any) -> Any:
            try:
                return work(unit)
            except self.kept as problem:
                if isinstance(problem, StorageError):
                    raise
                raised.append(problem)

        answer = super().transact(account, quiet, write=write)
        if raised:
            raise raised[0]
        return answer


class CommitsRefusals(KeepsHalfAWrite):
    """Law L3: commits what a command had saved before it was refused, and rolls back every other error."""

    caught_by = "test_what_was_saved_before_a_refusal_is_taken_back"
    kept = ResolutionKitError


class TellsThoughRolledBack(Broken):
    """Law L4: sends messages on their way as they are saved, whatever becomes of the transaction."""

    caught_by = "test_a_change_that_fails_at_any_call_leaves_nothing"

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Any] = []

    class Around(Unit):
        def save(self, writes: Any) -> None:
            self.unit.save(writes)
            self.store.sent += [message for write in writes for message in write.messages]

        def messages(self, issue_id: str) -> Any:
            sent = {message.id: message for message in self.store.sent if message.issue == issue_id}
            return tuple(sent[name] for name in sorted(sent))


class DropsMessages(Broken):
    """Law L4: keeps the first message of a change only."""

    caught_by = "test_everybody_whom_a_change_concerns_is_told"

    class Around(Unit):
        def save(self, writes: Any) -> None:
            self.unit.save([attrs.evolve(write, messages=write.messages[:1]) for write in writes])


class AcceptsLateChanges(Broken):
    """Takes a change to an issue that has gone on since: an update is lost."""

    caught_by = "test_what_no_longer_fits_is_a_conflict[an_issue_that_went_on]"

    class Around(Unit):
        def save(self, writes: Any) -> None:
            for write in writes:
                history = () if write.before is None else self.unit.history(write.before.id)
                self.unit.save([attrs.evolve(write, before=replay(history)) if history else write])


class RemembersTwice(Broken):
    """Lets one key stand for two commands."""

    caught_by = "test_what_no_longer_fits_is_a_conflict[a_key_that_was_used]"

    class Around(Unit):
        def save(self, writes: Any) -> None:
            for write in writes:
                done = write.remembered
                is_known = done is not None and self.unit.remembered(done.actor, done.key) is not None
                self.unit.save([attrs.evolve(write, remembered=None) if is_known else write])


class ForgetsHeads(Broken):
    """Law L2: does not keep which response stands for a ticket, so that one ticket has two issues."""

    caught_by = "test_a_second_response_to_a_ticket_goes_to_the_same_issue"

    class Around(Unit):
        def save(self, writes: Any) -> None:
            self.unit.save([attrs.evolve(write, head=None) for write in writes])


class ForgetsWhatWasMerged(Broken):
    """Law L1: reads a merge without the history of the other issue."""

    caught_by = "test_a_merge_is_read_with_the_history_of_the_other_issue"

    class Around(Unit):
        def history(self, issue_id: str) -> Any:
            return tuple(
                attrs.evolve(event, history=event.history[:1]) if isinstance(event, Merged) else event
                for event in self.unit.history(issue_id)
            )


class ListsWhatWasMerged(Broken):
    """Goes on to count an issue that was merged into another."""

    caught_by = "test_an_issue_that_was_merged_is_in_no_list"

    class Around(Unit):
        def count_issues(self, scope: Any, condition: Any, at_most: int | None) -> int:
            lines = self.unit.issues(IssueQuery(scope=scope, filter=condition, order=Order.NEWEST, limit=1000))
            merged = sum(len(replay(self.unit.history(line.id)).merged) for line in lines)
            found = self.unit.count_issues(scope, condition, at_most)
            return found + merged if at_most is None else min(found + merged, at_most)


class MixesAccounts(Broken):
    """Takes accounts whose names differ in case or blanks for one."""

    caught_by = "test_accounts_are_apart"

    def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
        """Work on an account of about that name."""
        return super().transact(account.strip().lower(), work, write=write)


class SavesLater(Broken):
    """Keeps saves for the end, so that the unit of work does not see them."""

    caught_by = "test_a_unit_of_work_reads_its_own_writes"

    def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
        """Save when the work is done."""

        def late(unit: Any) -> Any:
            around = SavesLater.Late(unit, self)
            answer = work(around)
            for writes in around.waiting:
                unit.save(writes)
            return answer

        return super().transact(account, late, write=write)

    class Late(Unit):
        """Collects what is to be saved."""

        def __init__(self, unit: Any, store: Any) -> None:
            super().__init__(unit, store)
            self.waiting: list[Any] = []

        def save(self, writes: Any) -> None:
            """Wait with it."""
            self.waiting.append(list(writes))


class SavesBackwards(Broken):
    """Does not keep to the order of the writes."""

    caught_by = "test_writes_are_saved_in_order"

    class Around(Unit):
        def save(self, writes: Any) -> None:
            self.unit.save(list(writes)[::-1])


class SwallowsErrors(Broken):
    """Rolls back, and keeps to itself why."""

    caught_by = "test_an_error_of_the_work_comes_out_as_it_is"

    def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
        """Return None where the work failed."""
        try:
            return super().transact(account, work, write=write)
        except Exception:  # noqa: BLE001  (that is what is wrong with it)
            return None


class MakesANewSecretEachTime(Broken):
    """Lets every cursor and fingerprint go stale."""

    caught_by = "test_the_secret_is_made_once"

    class Around(Unit):
        def make_secret(self) -> bytes:
            self.unit.make_secret()
            return secrets.token_bytes(32)


class WritesWhenReading(Broken):
    """Does not ask what a unit of work was begun for."""

    caught_by = "test_work_begun_for_reading_cannot_write"

    def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
        """Begin for writing, always."""
        return super().transact(account, work, write=True)


class WorksWhenClosed(Broken):
    """Goes on as if nobody had closed it."""

    caught_by = "test_a_closed_store_is_no_longer_used"

    def close(self) -> None:
        """Do nothing."""


class ShowsWhatIsNotCommitted(Broken):
    """Lets other threads see a change before it is whole."""

    caught_by = "test_what_is_not_yet_committed_is_seen_by_nobody_else"

    def __init__(self) -> None:
        super().__init__()
        self._lock: Any = nullcontext()


class LeavesRows(Broken):
    """Leaves a row of every attempt, where no question shows it."""

    caught_by = "test_no_row_is_left_of_what_was_taken_back"

    def __init__(self) -> None:
        super().__init__()
        self.attempts = 0

    def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
        """Note that somebody tried."""
        self.attempts += write
        return super().transact(account, work, write=write)

    def dump(self, account: str | None, /) -> object:
        """Return every row, and the notes."""
        return super().dump(account), self.attempts


class ForgetsOnClosing(Broken):
    """Has nothing when it is opened again."""

    caught_by = "test_what_was_saved_is_there_after_reopening"

    def reopen(self) -> Broken:
        """Return an empty store."""
        return Broken()


class SharesNothing(Broken):
    """Reads the data once, and does not see what others do to it."""

    caught_by = "test_two_openings_see_each_other"

    def share(self) -> Broken:
        """Return a store of its own."""
        return Broken()
