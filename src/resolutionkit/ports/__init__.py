"""What resolutionkit asks of the outside: a store, a directory, notifiers, a clock. For authors of plugins.

A port says what a thing does, in which order and with which errors; nothing here does anything.
"""

from __future__ import annotations

from resolutionkit.model.alerts import Awaiting, Closing
from resolutionkit.model.erasure import parties_in, renamed
from resolutionkit.model.issue import line_of
from resolutionkit.model.messages import Medium
from resolutionkit.model.notes import NO_NOTES
from resolutionkit.model.notices import DigestNotice, Notice, Reported
from resolutionkit.model.policies import KeptPolicy
from resolutionkit.model.query import IssueQuery, ResponseQuery, Scope
from resolutionkit.model.response import HeadChange, RecordChange
from resolutionkit.model.sortkeys import newest_key, response_key, urgency_key
from resolutionkit.model.writes import Remembered, Rewrite, Write
from resolutionkit.ports.alerts import KeepsAlerts
from resolutionkit.ports.channels import AsyncNotifier, Notifier
from resolutionkit.ports.deliveries import KeepsDeliveries
from resolutionkit.ports.policies import KeepsPolicies
from resolutionkit.ports.preferences import KeepsPreferences
from resolutionkit.ports.stores import AsyncCanJoin, AsyncStore, CanJoin, Store
from resolutionkit.ports.surroundings import AsyncDirectory, Clock, Directory, KnowsCodes, NamesAdministrators
from resolutionkit.ports.timers import KeepsTimers
from resolutionkit.ports.units import ErasesPeople, Foresees, KeepsIssues, UnitOfWork, WriteConflict

__all__ = [
    "NO_NOTES",
    "AsyncCanJoin",
    "AsyncDirectory",
    "AsyncNotifier",
    "AsyncStore",
    "Awaiting",
    "CanJoin",
    "Clock",
    "Closing",
    "DigestNotice",
    "Directory",
    "ErasesPeople",
    "Foresees",
    "HeadChange",
    "IssueQuery",
    "KeepsAlerts",
    "KeepsDeliveries",
    "KeepsIssues",
    "KeepsPolicies",
    "KeepsPreferences",
    "KeepsTimers",
    "KeptPolicy",
    "KnowsCodes",
    "Medium",
    "NamesAdministrators",
    "Notice",
    "Notifier",
    "RecordChange",
    "Remembered",
    "Reported",
    "ResponseQuery",
    "Rewrite",
    "Scope",
    "Store",
    "UnitOfWork",
    "Write",
    "WriteConflict",
    "line_of",
    "newest_key",
    "parties_in",
    "renamed",
    "response_key",
    "urgency_key",
]
