"""Stores that answer wrongly, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

import unicodedata
from typing import Any

import attrs

from kit.broken_base import Broken, Unit
from resolutionkit.model.events import Reopened, note_of
from resolutionkit.model.query import ACCOUNT_WIDE, Order
from resolutionkit.model.sortkeys import newest_key, response_key, urgency_key
from resolutionkit.model.values import Attributes


class LosesAnEvent(Broken):
    """Forgets that somebody unfollowed."""

    caught_by = "test_every_kind_of_event_is_read_back_as_it_was_saved"

    class Around(Unit):
        def history(self, issue_id: str) -> Any:
            return tuple(event for event in self.unit.history(issue_id) if event.kind != "unfollowed")


class RenumbersEvents(Broken):
    """Law L1: counts the events of an issue from 2."""

    caught_by = "test_events_are_gapless_ordered_and_never_changed"

    class Around(Unit):
        def history(self, issue_id: str) -> Any:
            return tuple(attrs.evolve(event, number=event.number + 1) for event in self.unit.history(issue_id))


class KeepsAnOlderIssue(Broken):
    """Law L1: offers issues as they are, but without their latest note."""

    caught_by = "test_replaying_a_history_gives_the_issue_exactly"

    class Around(Unit):
        def issue(self, issue_id: str) -> Any:
            found = self.unit.issue(issue_id)
            return found and attrs.evolve(found, notes=found.notes[:-1])


class LacksAMethod(Broken):
    """Has not heard of keys."""

    caught_by = "test_the_unit_of_work_has_every_method"

    class Around(Unit):
        def __getattr__(self, name: str) -> Any:
            if name == "remembered":
                raise AttributeError(name)
            return super().__getattr__(name)


class GivesALineMore(Broken):
    """Returns the line that tells whether there is more."""

    caught_by = "test_a_page_is_never_longer_than_it_may_be"

    class Around(Unit):
        def responses(self, query: Any) -> Any:
            return self.unit.responses(attrs.evolve(query, limit=query.limit + 1))


class KnowsKeysOfOthers(Broken):
    """Finds a command by its key, whoever gave it."""

    caught_by = "test_a_key_belongs_to_whoever_used_it"

    class Around(Unit):
        def remembered(self, actor: str, key: str) -> Any:
            others = (self.unit.remembered(who, key) for who in (actor, "dana", "ann", "bridget"))
            return next(filter(None, others), None)


class FiltersWithoutCase(Broken):
    """Takes segments for one another that differ in case only, as some databases do unless told otherwise."""

    caught_by = "test_a_filter_tells_neighbours_apart[segment]"

    class Around(Unit):
        def count_issues(self, scope: Any, condition: Any, at_most: int | None) -> int:
            if condition.segment is None:
                return self.unit.count_issues(scope, condition, at_most)
            spellings = {condition.segment, condition.segment.upper(), condition.segment.lower()}
            return sum(
                self.unit.count_issues(scope, attrs.evolve(condition, segment=one), at_most) for one in spellings
            )


class CutsLongHistories(Broken):
    """Reads at most a hundred messages of an issue."""

    caught_by = "test_a_long_life_is_kept_whole"

    class Around(Unit):
        def messages(self, issue_id: str) -> Any:
            return self.unit.messages(issue_id)[:100]


class ReversesHistory(Broken):
    """Gives the latest event first."""

    caught_by = "test_every_kind_of_event_is_read_back_as_it_was_saved"

    class Around(Unit):
        def history(self, issue_id: str) -> Any:
            return self.unit.history(issue_id)[::-1]


class RewritesTheFirstRound(Broken):
    """Law L10: once an issue is reopened, forgets that anybody had spoken to the customer before."""

    caught_by = "test_a_reopened_issue_keeps_the_figures_of_its_first_round"

    class Around(Unit):
        def history(self, issue_id: str) -> Any:
            events = self.unit.history(issue_id)
            rounds = [number for number, event in enumerate(events) if isinstance(event, Reopened)]
            before = rounds[-1] if rounds else 0
            return tuple(silenced(event) for event in events[:before]) + events[before:]


def silenced(event: Any) -> Any:
    """Return an event whose note says that nobody was spoken to."""
    note = note_of(event)
    return event if note is None else attrs.evolve(event, note=attrs.evolve(note, spoke=False))


class OverlooksPriority(Broken):
    """Lists the most urgent without a look at their priority."""

    caught_by = "test_pages_follow_one_another_without_gap_or_repetition[50-most_urgent]"

    class Around(Unit):
        def issues(self, query: Any) -> Any:
            lines = self.unit.issues(query)
            if query.order is Order.NEWEST:
                return lines
            return sorted(lines, key=lambda line: (not line.is_urgent, line.response.received_at, line.id))


class OrdersWithoutCase(Broken):
    """Orders responses as a collation does that knows no case."""

    caught_by = "test_responses_come_latest_first_a_page_at_a_time"

    class Around(Unit):
        def responses(self, query: Any) -> Any:
            lines = self.unit.responses(attrs.evolve(query, after=None, limit=10_000))
            keys = {line.id: (response_key(line.record)[0], line.id.casefold()) for line in lines}
            after = None if query.after is None else (query.after[0], query.after[1].casefold())
            found = [line for line in lines if after is None or keys[line.id] < after]
            return sorted(found, key=lambda line: keys[line.id], reverse=True)[: query.limit]


class NormalisesIds(Broken):
    """Takes a decomposed character for its composed twin."""

    caught_by = "test_ids_that_look_alike_are_different[composed and decomposed]"

    class Around(Unit):
        def response(self, response_id: str) -> Any:
            return self.unit.response(unicodedata.normalize("NFC", response_id)) or self.unit.response(response_id)


class TrimsTexts(Broken):
    """Loses the blanks at the end of a comment, as a padded column does."""

    caught_by = "test_texts_come_back_to_the_last_blank"

    class Around(Unit):
        def history(self, issue_id: str) -> Any:
            return tuple(self.trimmed(event) for event in self.unit.history(issue_id))

        def trimmed(self, event: Any) -> Any:
            if event.kind != "issue_opened" or not event.response.comment:
                return event
            return attrs.evolve(
                event, response=attrs.evolve(event.response, comment=event.response.comment.rstrip(" "))
            )


class LosesMicroseconds(Broken):
    """Keeps instants to the millisecond."""

    caught_by = "test_instants_keep_their_microseconds"

    class Around(Unit):
        def response(self, response_id: str) -> Any:
            record = self.unit.response(response_id)
            if record is None:
                return None
            at = record.response.received_at
            rounded = at.replace(microsecond=at.microsecond // 1000 * 1000)
            return attrs.evolve(record, response=attrs.evolve(record.response, received_at=rounded))


class TurnsNumbersIntoFloats(Broken):
    """Gives 1 back as 1.0, and True as well."""

    caught_by = "test_numbers_keep_their_types"

    class Around(Unit):
        def response(self, response_id: str) -> Any:
            record = self.unit.response(response_id)
            if record is None:
                return None
            facts = record.response.attributes
            floats = {name: float(value) if isinstance(value, int) else value for name, value in facts.items()}
            return attrs.evolve(record, response=attrs.evolve(record.response, attributes=Attributes(floats)))


class ListsWhatWasReplaced(Broken):
    """Lists the responses in whose place another stands, asked or not."""

    caught_by = "test_what_was_replaced_is_listed_only_when_asked_for"

    class Around(Unit):
        def responses(self, query: Any) -> Any:
            asked = attrs.evolve(query.filter, with_replaced=True)
            return self.unit.responses(attrs.evolve(query, filter=asked))


class LowersAsciiOnly(Broken):
    """Finds an email address whatever its case in English only."""

    caught_by = "test_a_contact_is_found[sharp s]"

    class Around(Unit):
        def issues(self, query: Any) -> Any:
            email = query.filter.email
            return [] if email is not None and not email.isascii() else self.unit.issues(query)


class CountsInFloats(Broken):
    """Law L7: gives 3.0 where every other store gives 3."""

    caught_by = "test_lists_of_issues_are_the_same"

    class Around(Unit):
        def count_issues(self, scope: Any, condition: Any, at_most: int | None) -> Any:
            return float(self.unit.count_issues(scope, condition, at_most))


class CountsTooFar(Broken):
    """Counts on where it was told to stop."""

    caught_by = "test_counts_stop_where_they_are_told"

    class Around(Unit):
        def count_issues(self, scope: Any, condition: Any, _at_most: int | None) -> int:
            return int(self.unit.count_issues(scope, condition, None))


class SkipsTies(Broken):
    """Goes on after the last line's instant, and so passes over what was received at the same one."""

    caught_by = "test_pages_follow_one_another_without_gap_or_repetition"

    class Around(Unit):
        def issues(self, query: Any) -> Any:
            key = newest_key if query.order is Order.NEWEST else urgency_key
            lines = self.unit.issues(query)
            return lines if query.after is None else [line for line in lines if key(line)[:-1] != query.after[:-1]]


class LeaksOtherGroups(Broken):
    """Law L6: shows the whole account to whoever sees some group."""

    caught_by = "test_a_group_lead_sees_the_group_and_own_issues_only"

    class Around(Unit):
        def issues(self, query: Any) -> Any:
            return self.unit.issues(attrs.evolve(query, scope=ACCOUNT_WIDE) if query.scope.groups else query)


class GivesTheLatestMessageFirst(Broken):
    """Gives messages against the order of their ids."""

    caught_by = "test_messages_come_in_the_order_of_their_ids"

    class Around(Unit):
        def messages(self, issue_id: str) -> Any:
            return tuple(self.unit.messages(issue_id))[::-1]


class HandsOutItsLists(Broken):
    """Gives the list that it keeps, which the caller may change."""

    caught_by = "test_nobody_can_reach_into_what_is_kept"

    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[Any, Any] = {}

    class Around(Unit):
        def messages(self, issue_id: str) -> Any:
            found = list(self.unit.messages(issue_id))
            kept = self.store.lists.setdefault(issue_id, found)
            return kept if len(kept) == len(found) or not kept else found
