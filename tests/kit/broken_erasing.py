"""Stores that erase badly, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import attrs

from kit.broken_base import Broken, Unit
from resolutionkit.ports import Rewrite, WriteConflict
from resolutionkit.testing.twin import shown


class KeepsOlderRevisions(Broken):
    """Rewrites a response as it is now, and leaves what it was before a correction."""

    caught_by = "test_what_is_rewritten_is_gone"

    class Around(Unit):
        def rewrite(self, rewrite: Rewrite) -> None:
            latest = max(rewrite.revisions, default=0)
            kept = {number: one for number, one in rewrite.revisions.items() if number == latest}
            self.unit.rewrite(attrs.evolve(rewrite, revisions=kept))


class KeepsWhatWasSaid(Broken):
    """Law L11: rewrites the issue that it offers ready, and not the history that it is the fold of."""

    caught_by = "test_nothing_that_was_said_of_an_erased_person_is_left"

    class Around(Unit):
        def rewrite(self, rewrite: Rewrite) -> None:
            self.unit.rewrite(attrs.evolve(rewrite, events=()))


class RenamesIntoOne(Broken):
    """Gives every spelling of an address one name, so that two followers become one."""

    caught_by = "test_an_address_is_renamed_wherever_it_stands"

    class Around(Unit):
        def rename(self, names: Any) -> None:
            self.unit.rename(dict.fromkeys(names, next(iter(names.values()), "")))


class ReadsTheCaseAsked(Broken):
    """Finds an address only where it stands as it was asked for."""

    caught_by = "test_what_holds_an_address_is_found[in capitals]"

    class Around(Unit):
        def responses_holding(self, address: str, after: str, limit: int) -> Any:
            found = self.unit.responses_holding(address, after, limit)
            return [one for one in found if address in shown(tuple(self.unit.revisions(one)))]


class LooksAtTheLatestRevision(Broken):
    """Does not find an address that a correction took away."""

    caught_by = "test_what_holds_an_address_is_found[plain]"

    class Around(Unit):
        def responses_holding(self, address: str, after: str, limit: int) -> Any:
            found = self.unit.responses_holding(address, after, limit)
            return [one for one in found if address.lower() in shown(self.unit.response(one)).lower()]


class ErasesTooLate(Broken):
    """Passes over a rewrite that no longer fits, instead of having it made again."""

    caught_by = "test_a_rewrite_of_what_has_changed_since_is_a_conflict"

    class Around(Unit):
        def rewrite(self, rewrite: Rewrite) -> None:
            with suppress(WriteConflict):
                self.unit.rewrite(rewrite)


class ForgetsTheFirstRevision(Broken):
    """Keeps a response as it is now only."""

    caught_by = "test_every_revision_of_a_response_can_be_read"

    class Around(Unit):
        def revisions(self, response_id: str) -> Any:
            return self.unit.revisions(response_id)[-1:]


class OrdersOldOnesById(Broken):
    """Gives old responses by their ids, so that a page passes over some."""

    caught_by = "test_old_responses_come_in_order_a_page_at_a_time"

    class Around(Unit):
        def responses_before(self, instant: Any, after: Any, limit: int) -> Any:
            return sorted(self.unit.responses_before(instant, after, limit), key=lambda one: one.id)
