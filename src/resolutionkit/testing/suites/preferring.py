"""Store rule: what each person wants is kept, found and forgotten, and who watches is told apart."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller
from typing import Any, TypeAlias

import attrs
import pytest

from resolutionkit.model.condition_data import read_condition
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.preferences import Preferences
from resolutionkit.ports import Store
from resolutionkit.testing.accounts import fresh_account
from resolutionkit.testing.changes import message, new_id, opening, stored
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Look, Save, StoreSuite
from resolutionkit.tracker.preferring import missing_of

LEE, SPELLED = "lee@partner.example", "Lee@Partner.example"
FULL = Preferences(
    channels={Topic.OPENED: ["sms", "chat of the team"], Topic.STATUS_CHANGED: []},
    threshold={"NPS": 7, "CSAT-5": 2.5},
    alerts=[read_condition('country = "BR" and (score <= 3 or tag in ("vip", "quoted \\" and \\\\ 😀"))')],
    notes=True,
    quiet_hours={"monday-friday": "20:00-07:00"},
)
QUIET = Preferences(quiet_hours={"sunday": "00:00-24:00"})
WATCHING = Preferences(threshold=8)

Keep: TypeAlias = Callable[..., None]
"""Saves a party's preferences in a transaction of its own."""


def told(response_id: str, who: str) -> Message:
    """Return a message about a response that has no issue."""
    return Message(
        id=new_id(),
        issue=None,
        response=response_id,
        first_event=0,
        last_event=0,
        recipient=who,
        topic=Topic.RECORDED,
        why=(Why.PREFERENCE,),
        created_at=NOON,
    )


class Preferring(StoreSuite):
    """What :class:`~resolutionkit.ports.KeepsPreferences` promises; skipped where the unit of work does not."""

    @pytest.fixture
    def keep(self, store: Store, account: str) -> Keep:
        """Return a function that saves somebody's preferences, where the unit of work keeps them."""
        lacking = store.transact(account, missing_of, write=False)
        if lacking:
            pytest.skip(
                f"not tried, for want of KeepsPreferences: the methods {', '.join(lacking)} (on the unit of work)"
            )
        return lambda *given: store.transact(account, methodcaller("save_preferences", *given), write=True)

    @pytest.mark.parametrize("party", ["ann", LEE, "ü@partner.example"], ids=["person", "address", "umlaut"])
    def test_preferences_are_kept_changed_and_forgotten(self, keep: Keep, ask: Ask, party: str) -> None:
        """Equal to the last part, for a person and for an address; forgetting what is not there does nothing."""
        assert ask("preferences", party) is None
        keep(party, None)
        for wanted in (FULL, QUIET, FULL):
            keep(party, wanted)
            assert ask("preferences", party) == wanted
        keep(party, None)
        assert ask("preferences", party) is None

    def test_everybody_has_their_own(self, keep: Keep, ask: Ask, store: Store) -> None:
        """Another spelling, another person and another account are others."""
        keep("ann", FULL)
        keep(LEE, QUIET)
        for party in ("Ann", SPELLED, "nobody", "new@partner.example"):
            assert ask("preferences", party) is None
        assert store.transact(fresh_account(), methodcaller("preferences", "ann"), write=False) is None

    def test_those_of_several_are_found_at_once(self, keep: Keep, ask: Ask) -> None:
        """Of those who have said anything; nobody asked for is nobody found."""
        keep("ann", FULL)
        keep(LEE, QUIET)
        assert dict(ask("preferences_of", ["ann", LEE, "ben", "new@partner.example"])) == {"ann": FULL, LEE: QUIET}
        assert dict(ask("preferences_of", [])) == {}

    def test_who_watches_is_found_in_order(self, keep: Keep, ask: Ask) -> None:
        """A threshold or an alert watches, and everything else does not; who stops is no longer found."""
        assert list(ask("watchers")) == []
        for party, wanted in (("zoe", WATCHING), (LEE, FULL), ("ann", WATCHING), ("ben", QUIET)):
            keep(party, wanted)
        assert list(ask("watchers")) == [("ann", WATCHING), (LEE, FULL), ("zoe", WATCHING)]
        keep("ann", QUIET)
        keep("zoe", None)
        assert list(ask("watchers")) == [(LEE, FULL)]

    def test_a_unit_of_work_sees_what_it_saved(self, keep: Keep, store: Store, account: str) -> None:
        """Also where it asked before; and after a record was asked for."""
        keep("ann", WATCHING)

        def work(unit: Any) -> list[object]:
            unit.make_secret()
            unit.response("r-1")
            seen = [list(unit.watchers())]
            unit.save_preferences(LEE, WATCHING)
            unit.save_preferences("ann", None)
            return [*seen, list(unit.watchers()), unit.preferences(LEE), dict(unit.preferences_of(["ann", LEE]))]

        expected = [[("ann", WATCHING)], [(LEE, WATCHING)], WATCHING, {LEE: WATCHING}]
        assert store.transact(account, work, write=True) == expected

    def test_what_is_kept_is_taken_back_with_its_transaction(
        self, keep: Keep, store: Store, look: Look, account: str
    ) -> None:
        """An error afterwards leaves everything as it was, and one begun for reading keeps nothing."""
        keep("ann", FULL)
        before = look()

        def work(unit: Any) -> None:
            unit.save_preferences("ann", None)
            unit.save_preferences("ben", FULL)
            raise Boom

        with pytest.raises(Boom):
            store.transact(account, work, write=True)
        assert look() == before

    def test_messages_about_no_issue_are_found_by_their_response(self, keep: Keep, save: Save, ask: Ask) -> None:
        """In the order of their ids; those about issues are found by these, as ever."""
        loose = [told("r-1", "ann"), told("r-1", LEE)]
        other = told("r-2", "ann")
        save(attrs.evolve(stored(sample_response("r-1")), messages=tuple(reversed(loose))))
        save(attrs.evolve(stored(sample_response("r-2")), messages=(other,)))
        write = opening(sample_response("r-3"))
        about = message(write.issue, LEE)
        save(attrs.evolve(write, messages=(about,)))
        assert list(ask("loose_messages", "r-1")) == loose
        assert list(ask("loose_messages", "r-2")) == [other]
        assert list(ask("loose_messages", "r-3")) == []
        assert list(ask("messages", write.issue.id)) == [about]
