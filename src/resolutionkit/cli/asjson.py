"""Values as JSON: as ``model.plaindata`` has them, policies included. Keys are only ever added."""

from __future__ import annotations

from typing import Any

from resolutionkit.model.plaindata import BESIDE, plain_data
from resolutionkit.model.query import Page
from resolutionkit.model.results import Change
from resolutionkit.policy.policy import Policy
from resolutionkit.reports.paces import Pace
from resolutionkit.reports.performance_lines import PerformanceLine

_BESIDE = {**BESIDE, Policy: ("fingerprint",), PerformanceLine: ("without_notes",), Pace: ("judged", "share")}


def data(value: object) -> Any:
    """Return a value of the library as plain data for JSON."""
    return plain_data(value, _BESIDE)


def page(found: Page[Any]) -> dict[str, Any]:
    """Return a page: its lines under ``items``, and the cursor of the next under ``next``."""
    return {"items": [data(line) for line in found], "next": found.next}


def change(done: Change) -> dict[str, Any]:
    """Return what a command did: ``issue``, ``events`` and ``advice``."""
    return dict(data(done))
