"""What tests share beyond the public kit: stores to open, a plain model, processes. Tests import it as ``support``."""

from __future__ import annotations

from resolutionkit.testing import NOON, TurnableClock
from resolutionkit.testing import sample_company as organisation
from resolutionkit.testing import sample_response as response

__all__ = ["NOON", "TurnableClock", "organisation", "response"]
