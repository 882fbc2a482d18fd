"""Lifecycles: ours, and the rivals that need nothing but the library, leave what they claim to leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import scene
from benchmarks.lifecycles import Lifecycles, NotTheWork, OursInMemory, OursOnSqlite, check
from benchmarks.rivals.attrs_value import AttrsValue
from benchmarks.rivals.handwritten_sqlite import HandWrittenSqlite, WithoutIndexes

KINDS = [OursInMemory, OursOnSqlite, HandWrittenSqlite, WithoutIndexes, AttrsValue]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_side_leaves_what_it_claims(kind: type[Lifecycles], tmp_path: Path) -> None:
    """After two lifecycles twice of everything is there."""
    work = kind(tmp_path)
    work.lifecycle(0)
    work.lifecycle(1)
    left = dict(work.left())
    work.close()
    assert left == {name: 2 * count for name, count in kind.leaves.items()}
    assert left


def test_a_side_that_does_less_than_it_claims_is_found(noted: type[Lifecycles]) -> None:
    """Nothing is timed that did not do its work."""
    check(noted)

    class Lazy(noted):  # type: ignore[misc, valid-type]
        def lifecycle(self, number: int) -> None:
            pass

    with pytest.raises(NotTheWork, match=r"leave \{'rows': 0\} instead of \{'rows': 3\}"):
        check(Lazy)


def test_every_response_of_the_scene_is_worked_by_somebody_who_is_there() -> None:
    """The person above each contact, and the lead of each group, are in the directory."""
    directory = scene.directory()
    assert len(list(directory)) == 20
    for number in range(60):
        response = scene.response(number)
        group = directory.group(response.group or "")
        assert group is not None
        assert group.lead == scene.lead(number)
        person = directory.person(response.hierarchy[0])
        assert person is not None
        assert person.name == scene.manager_name(number)
        assert response.score <= 6
