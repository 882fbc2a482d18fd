"""What the tests of migrations share: work on migrated tables, and a later revision."""

from __future__ import annotations

from resolutionkit import Status, Tracker
from resolutionkit.storage.sql.tables import make_tables
from support import NOON, TurnableClock, organisation, response

FIRST, SECOND = "resolutionkit_0001", "resolutionkit_0002"
OURS = {table.name for table in make_tables().metadata.sorted_tables} | {"resolutionkit_alembic_version"}
REVISION = f'''
"""Mood of an issue."""
from alembic import op
from sqlalchemy import Column, String
from resolutionkit.storage.sql.migrations.environment import names, note_version

revision, down_revision, branch_labels, depends_on = "{SECOND}", "{FIRST}", None, None

def upgrade():
    here = names()
    op.add_column(f"{{here.prefix}}issues", Column("mood", String(20), nullable=True), schema=here.schema)
    op.execute(f"UPDATE {{here.schema + '.' if here.schema else ''}}{{here.prefix}}issues SET mood = 'cross'")
    note_version(revision)

def downgrade():
    here = names()
    op.drop_column(f"{{here.prefix}}issues", "mood", schema=here.schema)
    note_version(down_revision)
'''


def open_tracker(url: str, **named: str) -> Tracker:
    """Return a tracker on tables that are there."""
    return Tracker.open(url, directory=organisation(), clock=TurnableClock(NOON), create=False, **named)


def use(url: str, response_id: str = "r-1", **named: str) -> str:
    """Record a response, work its issue, and return the issue's id."""
    with open_tracker(url, **named) as tracker:
        issue = tracker.record(response(response_id)).issue
        assert issue is not None
        tracker.as_user("dana").set_status(issue.id, Status.IN_PROGRESS, note="Rang; waiting.")
        assert issue.id in [line.id for line in tracker.as_user("dana").issues()]
        return issue.id
