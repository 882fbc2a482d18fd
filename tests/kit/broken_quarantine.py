"""Stores that mislay what waits for repair, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

from typing import Any

import attrs

from kit.broken_base import Broken, Unit
from resolutionkit.model.query import ACCOUNT_WIDE


class ForgetsWhyItWaits(Broken):
    """Keeps the first reason alone."""

    caught_by = "test_why_a_response_waits_is_read_back_as_it_was_saved"

    class Around(Unit):
        def response(self, response_id: str) -> Any:
            found = self.unit.response(response_id)
            return found and attrs.evolve(found, quarantined_for=found.quarantined_for[:1])


class ListsAllAsWaiting(Broken):
    """Does not ask whether a response waits for repair."""

    caught_by = "test_what_waits_for_repair_is_listed_while_it_does"

    class Around(Unit):
        def responses(self, query: Any) -> Any:
            return self.unit.responses(attrs.evolve(query, filter=attrs.evolve(query.filter, quarantined=None)))


class ListsWhatWaitsToEverybody(Broken):
    """Law L6: shows whoever asks for it all that waits for repair."""

    caught_by = "test_what_waits_for_repair_is_listed_within_the_scope"

    class Around(Unit):
        def responses(self, query: Any) -> Any:
            scope = ACCOUNT_WIDE if query.filter.quarantined else query.scope
            return self.unit.responses(attrs.evolve(query, scope=scope))


class ForgetsCommandsWithoutAnIssue(Broken):
    """Remembers what was done to issues only."""

    caught_by = "test_a_command_on_a_response_without_an_issue_is_remembered"

    class Around(Unit):
        def remembered(self, actor: str, key: str) -> Any:
            found = self.unit.remembered(actor, key)
            return found if found and found.issue else None


class LeavesMovedResponsesWhereTheyWere(Broken):
    """Law L6: goes on to show a response to the group that it came from."""

    caught_by = "test_a_moved_issue_is_listed_in_its_new_group_alone"

    class Around(Unit):
        def responses(self, query: Any) -> Any:
            groups = query.scope.groups
            wider = groups | {"field"} if "emea" in groups else groups
            return self.unit.responses(attrs.evolve(query, scope=attrs.evolve(query.scope, groups=wider)))
