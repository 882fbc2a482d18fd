"""P7: imports are timed in fresh processes, and what they load is seen."""

from __future__ import annotations

from benchmarks.p7_import import OURS, THEIRS, loaded_beyond_core, measure


def test_each_side_is_timed_as_often() -> None:
    """Every process gives one value, in seconds."""
    ours, theirs = measure(2)
    assert len(ours.values) == len(theirs.values) == 2
    assert min(*ours.values, *theirs.values) > 0
    assert ours.unit == theirs.unit == "s"


def test_what_is_not_core_is_seen() -> None:
    """An import that loads more than the core is told apart from one that does not."""
    assert "pytest" in loaded_beyond_core("pytest")
    assert loaded_beyond_core(THEIRS) == set()
    assert loaded_beyond_core(OURS) == set()
