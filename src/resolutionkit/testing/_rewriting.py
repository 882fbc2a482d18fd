"""Asks pytest to rewrite the kit's assertions, so that a failing one shows its values; imported before all others."""

from __future__ import annotations

from resolutionkit.errors import MissingExtra

try:
    import pytest
except ModuleNotFoundError as problem:
    if problem.name != "pytest":
        raise
    raise MissingExtra("testing", "resolutionkit.testing") from problem

REWRITTEN = (
    "resolutionkit.testing.assertions",
    "resolutionkit.testing.suites",
    "resolutionkit.testing.twin",
)
"""Where the kit asserts."""

pytest.register_assert_rewrite(*REWRITTEN)
