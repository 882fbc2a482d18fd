"""Where a SQL store keeps what people wrote: in three tables only, so that erasing is an update in three."""

from __future__ import annotations

from pathlib import Path

from resolutionkit import Answer, Contact, Policy, RootCause, Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.storage.sql.store import open_store
from support import TurnableClock, organisation, response
from support.stores import dump


def test_personal_words_lie_in_three_tables_only(tmp_path: Path) -> None:
    """Whatever the customer or a colleague wrote stands in revisions, texts and addresses, and nowhere else."""
    store = open_store(StoreOptions(url=f"sqlite:///{tmp_path / 'recovery.db'}"))
    clock, policy = TurnableClock(), Policy(root_causes=("process",))
    tracker = Tracker(store, directory=organisation(), clock=clock, policy=policy)
    jane = Contact(name="PERSONAL", email="PERSONAL@x.example", phone="PERSONAL", company="PERSONAL")
    written = response(contact=jane, comment="PERSONAL", answers=[Answer("Why?", "PERSONAL")], ticket="T-1")
    issue = tracker.record(written).issue
    assert issue is not None
    desk = tracker.as_user("dana")
    desk.assign(issue.id, "personal@x.example", note="PERSONAL", author="PERSONAL", key="k-1")
    desk.follow(issue.id, "personal.too@x.example", key="k-2")
    desk.escalate(issue.id, reason="PERSONAL", note="PERSONAL", key="k-3")
    why = RootCause(category="process", whys=("PERSONAL",), actions=("PERSONAL",))
    desk.set_status(issue.id, "resolved", note="PERSONAL", root_cause=why, key="k-4")
    tracker.record(response("r-2", contact=jane, ticket="T-1", received_at=clock.now, hierarchy=["personal@x.example"]))
    tracker.record(response("r-3", 9, contact=jane))
    desk.flag("r-3", note="PERSONAL", followers=["personal@x.example"], key="k-5")
    rows = dump(store)
    tracker.close()
    prefix = "resolutionkit_"
    holding = {name for name, kept in rows.items() if "personal" in repr(kept).lower()}
    assert holding == {f"{prefix}response_revisions", f"{prefix}texts", f"{prefix}addresses"}
    # The assignment's note and author, three more notes, a reason, a why and an action.
    assert repr(rows[f"{prefix}texts"]).count("PERSONAL") == 8
