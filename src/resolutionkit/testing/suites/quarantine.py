"""Store rule: what waits for repair is listed while it does, and a response keeps its moves (requirements A6, A8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs

from resolutionkit.model.events import GroupChanged, ResponseRepaired
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.query import ACCOUNT_WIDE, ResponseFilter, ResponseQuery, Scope
from resolutionkit.model.response import RecordChange, ResponseRecord, Standing
from resolutionkit.model.sortkeys import response_key
from resolutionkit.ports import Write
from resolutionkit.testing.changes import event_after, opening, remembered, stored, then
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite

WHY = (QuarantineReason.UNKNOWN_GROUP, QuarantineReason.MISSING_SEGMENT)


def waiting(response_id: str, **facts: Any) -> Write:
    """Return the write of a response that waits for repair, and that no issue belongs to."""
    return stored(sample_response(response_id, **facts), quarantined_for=WHY, quarantined_since=NOON)


def put_right(record: ResponseRecord, group: str = "emea") -> RecordChange:
    """Return the change by which a response leaves quarantine."""
    response = attrs.evolve(record.response, group=group)
    facts: dict[str, Any] = {
        "quarantined_for": (),
        "repaired_at": NOON + timedelta(hours=1),
        "revision": record.revision + 1,
    }
    return RecordChange(record=attrs.evolve(record, response=response, **facts), before=record)


def listed(ask: Ask, *, quarantined: bool = True, scope: Scope = ACCOUNT_WIDE, limit: int = 100) -> list[str]:
    """Return the ids of what waits for repair, or does not, turned page by page."""
    found: list[str] = []
    after = None
    while True:
        condition = ResponseFilter(quarantined=quarantined, with_replaced=True)
        page = list(ask("responses", ResponseQuery(scope=scope, filter=condition, limit=limit, after=after)))
        found += [line.id for line in page]
        if len(page) < limit:
            return found
        after = response_key(page[-1].record)


class Quarantine(StoreSuite):
    """What waits for repair, and what was moved."""

    def test_why_a_response_waits_is_read_back_as_it_was_saved(self, save: Save, ask: Ask) -> None:
        """The reasons in order, since when, and when it was put right; of one that never waited, nothing."""
        save(waiting("r-1"))
        save(stored(sample_response("r-2")))
        found = ask("response", "r-1")
        assert (found.quarantined_for, found.quarantined_since, found.repaired_at) == (WHY, NOON, None)
        save(Write(records=(put_right(found),)))
        after = ask("response", "r-1")
        assert after == put_right(found).record
        assert (after.revision, after.response.group, after.repaired_at) == (2, "emea", NOON + timedelta(hours=1))
        assert ask("response", "r-2").quarantined_since is None

    def test_what_waits_for_repair_is_listed_while_it_does(self, save: Save, ask: Ask) -> None:
        """From the save that quarantines it to that which puts it right, or puts another in its place."""
        for number in range(5):
            save(waiting(f"r-{number}", received_at=NOON - timedelta(hours=number // 2)))
        save(stored(sample_response("fine")))
        assert listed(ask) == ["r-1", "r-0", "r-3", "r-2", "r-4"]
        assert listed(ask, limit=2) == listed(ask)
        assert listed(ask, quarantined=False) == ["fine"]
        save(Write(records=(put_right(ask("response", "r-3")),)))
        old = ask("response", "r-0")
        gone = attrs.evolve(old, standing=Standing.REPLACED, replaced_by="fine", quarantined_for=())
        save(Write(records=(RecordChange(record=gone, before=old),)))
        assert listed(ask) == ["r-1", "r-2", "r-4"]
        late = ask("response", "r-2")
        moved = attrs.evolve(late.response, received_at=NOON - timedelta(days=1))
        corrected = attrs.evolve(late, response=moved, revision=2)
        save(Write(records=(RecordChange(record=corrected, before=late),)))
        assert listed(ask) == ["r-1", "r-4", "r-2"]

    def test_what_waits_for_repair_is_listed_within_the_scope(self, save: Save, ask: Ask) -> None:
        """By the group that it has, or by the people above the customer, or by the issue's."""
        save(waiting("r-1", group="emae"))
        save(stored(sample_response("r-2", group=None), quarantined_for=WHY, quarantined_since=NOON, people=("ann",)))
        write = opening(sample_response("r-3", group=None), None, assignee="ben")
        record = attrs.evolve(write.records[0].record, quarantined_for=WHY, quarantined_since=NOON)
        save(attrs.evolve(write, records=(RecordChange(record=record),)))
        scopes = {
            "r-1": Scope(groups=frozenset({"emae", "emea"}), person="zoe"),
            "r-2": Scope(person="ann"),
            "r-3": Scope(person="ben"),
        }
        assert {one: listed(ask, scope=scope) for one, scope in scopes.items()} == {one: [one] for one in scopes}
        assert listed(ask, scope=Scope(groups=frozenset({"emea"}), person="zoe")) == []

    def test_a_moved_issue_is_listed_in_its_new_group_alone(self, save: Save, ask: Ask) -> None:
        """With all the responses that it was ever about; so is one that a repair brought there."""
        for kind, facts in ((GroupChanged, {}), (ResponseRepaired, {"is_routed": True, "assignee": "ben"})):
            write = opening(sample_response(kind.kind, group="emea"))
            save(write)
            record = write.records[0].record
            after = attrs.evolve(record, response=attrs.evolve(record.response, group="field"), revision=2)
            event = event_after(write.issue, kind, response=after.response, revision=2, **facts)
            save(then(write.issue, event, records=(RecordChange(record=after, before=record),)))
        emea, field = (ResponseQuery(scope=Scope(groups=frozenset({one})), filter=ResponseFilter(), limit=9)
                       for one in ("emea", "field"))  # fmt: skip
        assert [line.id for line in ask("responses", emea)] == []
        assert [line.id for line in ask("responses", field)] == ["response_repaired", "group_changed"]
        assert {line.issue.response.group for line in ask("responses", field)} == {"field"}

    def test_a_command_on_a_response_without_an_issue_is_remembered(self, save: Save, ask: Ask) -> None:
        """With no issue, and the numbers of revisions in the place of events."""
        write = opening(sample_response())
        save(write)
        kept = attrs.evolve(remembered(write.issue, "k"), issue="", first_event=2, last_event=2)
        save(Write(remembered=kept))
        assert ask("remembered", "dana", "k") == kept
