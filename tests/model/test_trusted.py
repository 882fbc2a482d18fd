"""The private way to build values: the same values, without the checks."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

import resolutionkit
from resolutionkit.model.events import EVENT_TYPES, Cause, CauseKind, Event, StatusChanged
from resolutionkit.model.issue import Episode, Issue, Phase
from resolutionkit.model.messages import Message
from resolutionkit.model.notes import Note
from resolutionkit.model.people import Group
from resolutionkit.model.response import RecordChange, ResponseRecord
from resolutionkit.model.trusted import changed, trusted

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
KINDS: tuple[type[Any], ...] = (*EVENT_TYPES, Issue, Episode, Note, Message, ResponseRecord, RecordChange)


def facts_for(kind: type[Any]) -> dict[str, object]:
    """Return a distinct fact for each field of a class."""
    return {one.name: f"the {one.name}" for one in attrs.fields(kind)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_is_built_unchecked_is_the_same_value(kind: type[Any]) -> None:
    """It has the class, the facts, the equality and the hash of one that was built openly."""
    made = trusted(kind)(**facts_for(kind))
    assert type(made) is kind
    assert made == kind(**facts_for(kind))
    assert hash(made) == hash(kind(**facts_for(kind)))
    assert pickle.loads(pickle.dumps(made)) == made


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_is_built_unchecked_is_frozen(kind: type[Any]) -> None:
    """Nobody can change it afterwards, neither a new value nor a changed one."""
    made = trusted(kind)(**facts_for(kind))
    name = attrs.fields(kind)[0].name
    for value in (made, changed(made)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, name, "another")
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(value, name)


def test_defaults_are_the_class_s_own() -> None:
    """A fact that is left out is what it would be anywhere else."""
    assert trusted(Episode)(number=1, opened_at=NOON) == Episode(number=1, opened_at=NOON)


@pytest.mark.parametrize(
    "facts", [{"number": 1}, {"number": 1, "opened_at": NOON, "colour": "red"}], ids=["few", "many"]
)
def test_a_missing_or_unknown_fact_is_an_error(facts: dict[str, Any]) -> None:
    """A mistake in the library shows at once, rather than as half a value."""
    with pytest.raises(TypeError):
        trusted(Episode)(number=1, **facts)


def test_changing_replaces_facts_and_leaves_the_value_alone() -> None:
    """The result has the new facts and all the others; the original is what it was."""
    before = Episode(number=1, opened_at=NOON)
    after = changed(before, closed_at=NOON, closed_as="resolved")
    assert after == Episode(number=1, opened_at=NOON, closed_at=NOON, closed_as="resolved")
    assert before.closed_at is None


def test_an_event_keeps_what_its_base_class_has() -> None:
    """Fields that a kind of event inherits are filled like its own."""
    event = trusted(StatusChanged)(
        id="e", number=2, at=NOON, actor="ana", cause=Cause(CauseKind.COMMAND), policy="p", status="s", phase=Phase.OPEN
    )
    assert isinstance(event, Event)
    assert (event.id, event.number, event.status, event.advice, event.note) == ("e", 2, "s", (), None)


def test_only_classes_can_be_built() -> None:
    """A function in the place of a class is a mistake in the library."""
    with pytest.raises(TypeError):
        trusted(lambda: None)


def test_a_class_of_another_layout_is_refused() -> None:
    """A class that can be referred to weakly has another layout, which not every Python would notice: it is refused."""
    with pytest.raises(TypeError, match="weak references"):
        trusted(Group)(code="emea")


def test_the_face_does_not_lead_to_it() -> None:
    """Callers meet the checked way only."""
    assert not {"trusted", "changed"} & set(dir(resolutionkit))
