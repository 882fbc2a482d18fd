"""P7: imports are timed in fresh processes, and what they load is seen."""

from __future__ import annotations

from benchmarks.p7_import import OURS, THEIRS, WAY_IN, loaded_beyond_core, measure


def test_each_side_is_timed_as_often() -> None:
    """Every process gives one value, in seconds."""
    took = measure(2)
    assert list(took) == [OURS, WAY_IN, THEIRS]
    for sample in took.values():
        assert len(sample.values) == 2
        assert min(sample.values) > 0
        assert sample.unit == "s"


def test_what_is_not_core_is_seen() -> None:
    """An import that loads more than the core is told apart from one that does not."""
    assert "pytest" in loaded_beyond_core("import pytest")
    assert loaded_beyond_core(THEIRS) == set()
    assert loaded_beyond_core(WAY_IN) == set()
