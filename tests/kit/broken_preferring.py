"""Stores that keep preferences badly, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

from typing import Any

import attrs

from kit.broken_base import Broken, Unit


class NeverForgets(Broken):
    """Keeps what somebody wanted when they want what is usual again."""

    caught_by = "test_preferences_are_kept_changed_and_forgotten"

    class Around(Unit):
        def save_preferences(self, party: str, preferences: Any) -> None:
            if preferences is not None:
                self.unit.save_preferences(party, preferences)


class KeepsTheFirst(Broken):
    """Does not change what somebody wants."""

    caught_by = "test_preferences_are_kept_changed_and_forgotten"

    class Around(Unit):
        def save_preferences(self, party: str, preferences: Any) -> None:
            if preferences is None or self.unit.preferences(party) is None:
                self.unit.save_preferences(party, preferences)


class TakesSpellingsForOne(Broken):
    """Takes people for one whose ids differ in case."""

    caught_by = "test_everybody_has_their_own"

    class Around(Unit):
        def preferences(self, party: str) -> Any:
            return self.unit.preferences(party.lower())


class FindsTheFirstOnly(Broken):
    """Of several, finds one."""

    caught_by = "test_those_of_several_are_found_at_once"

    class Around(Unit):
        def preferences_of(self, parties: Any) -> Any:
            return self.unit.preferences_of(list(parties)[:1])


class TakesAllForWatchers(Broken):
    """Tells those too who ask for nothing."""

    caught_by = "test_who_watches_is_found_in_order"

    class Around(Unit):
        def watchers(self) -> Any:
            return sorted(self.unit._tables.preferences.items())


class RemembersWatchers(Broken):
    """Asks once who watches, and does not notice what it saves itself."""

    caught_by = "test_a_unit_of_work_sees_what_it_saved"

    class Around(Unit):
        def watchers(self) -> Any:
            if "seen" not in vars(self):
                self.seen = self.unit.watchers()
            return self.seen


class WantsAtOnce(Broken):
    """Keeps what somebody wants outside the transaction."""

    caught_by = "test_what_is_kept_is_taken_back_with_its_transaction"

    class Around(Unit):
        def save_preferences(self, party: str, preferences: Any) -> None:
            known = self.unit._tables.preferences
            known.update({party: preferences}) if preferences is not None else known.pop(party, None)


class LosesLooseMessages(Broken):
    """Keeps no message that is about no issue."""

    caught_by = "test_messages_about_no_issue_are_found_by_their_response"

    class Around(Unit):
        def save(self, writes: Any) -> None:
            self.unit.save([one if one.issue is not None else attrs.evolve(one, messages=()) for one in writes])
