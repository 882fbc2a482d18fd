"""Random preferences, and preferences with everything in them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from resolutionkit import Preferences, QuietHours, Topic, read_condition
from support.conditions import tables

CHANNELS = ("email", "sms", "chat of the team")
FULL: dict[str, Any] = {
    "channels": {"opened": ["sms", "email"], "status_changed": [], "escalated": ["email"]},
    "threshold": {"NPS": 7, "CSAT-5": 2.5},
    "alerts": ['country = "BR" and score <= 3', "plan is set"],
    "notes": True,
    "quiet_hours": {"monday": ["20:00-24:00"], "tuesday": ["00:00-07:00"]},
}
"""Preferences with everything, as a table."""


def preferences() -> st.SearchStrategy[Preferences]:
    """Return a strategy for preferences."""
    names = st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=3, unique=True)
    topics = st.sampled_from([one for one in Topic if one is not Topic.CHANGED])
    quiet = st.sampled_from([{}, {"monday-friday": "20:00-07:00"}, {"sunday": "00:00-24:00"}])
    return st.builds(
        Preferences,
        channels=st.dictionaries(topics, names, max_size=3).map(_some_muted),
        threshold=st.dictionaries(st.sampled_from(["NPS", "CSAT-5", "own"]), st.sampled_from([0, 3, 6, 7, 8.5, 10])),
        alerts=st.lists(tables().map(read_condition), max_size=2),
        notes=st.booleans(),
        quiet_hours=quiet.map(QuietHours),
    )


def _some_muted(channels: dict[Topic, list[str]]) -> dict[Topic, list[str]]:
    owed = {Topic.ESCALATED, Topic.LEVEL_RAISED, Topic.ASSIGNED, Topic.DAILY_ALERT, Topic.RECOVERY_REPORT}
    return {topic: names if topic in owed or len(names) > 1 else [] for topic, names in channels.items()}
