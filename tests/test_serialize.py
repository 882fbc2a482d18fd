"""Values that a store keeps whole: what comes back from JSON is what went in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from resolutionkit import Event, Message, Response, ResponseRecord, Standing, StorageError, replay
from resolutionkit.ports import Remembered
from resolutionkit.serialize import from_stored, to_stored
from resolutionkit.testing import NOON, responses, sample_response
from resolutionkit.testing.changes import event_after, every_kind, message, opening, record_of, remembered, then

FIRST = opening(sample_response(ticket="T-1"))
OTHER = sample_response("r-2", attributes={"revenue": 12.0, "seats": 12, "since": NOON})
KINDS = every_kind(OTHER, sample_response(comment="Corrected."))
RECORD = evolve(
    record_of(OTHER, threshold=6.5, people=("ann",)), standing=Standing.REPLACED, replaced_by="r-3", erased_at=NOON
)


def through_json(kind: type, value: object) -> Any:
    """Return a value as it comes back from a line of JSON."""
    return from_stored(kind, json.loads(json.dumps(to_stored(value), allow_nan=False)))


@given(response=responses())
def test_any_response_comes_back(response: Response) -> None:
    """Awkward strings, instants and attributes included; numbers keep their types."""
    found = through_json(Response, response)
    assert found == response
    assert type(found.score) is type(response.score)
    assert [type(one) for one in found.attributes.values()] == [type(one) for one in response.attributes.values()]


@pytest.mark.parametrize(("kind", "facts"), [(type(FIRST.events[0]), {}), *KINDS], ids=range(len(KINDS) + 1))
def test_every_kind_of_event_comes_back(kind: type[Event], facts: dict[str, Any]) -> None:
    """With the response that it carries, and as the class that it was."""
    event = event_after(FIRST.issue, kind, **facts) if facts else FIRST.events[0]
    found = through_json(Event, event)
    assert (type(found), found) == (type(event), event)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ResponseRecord, record_of(OTHER)),
        (ResponseRecord, RECORD),
        (Message, message(FIRST.issue, is_urgent=True)),
        (Remembered, remembered(FIRST.issue, "k")),
        (Remembered, remembered(FIRST.issue, "k", advice=())),
    ],
    ids=["record", "record with all", "message", "command with advice", "command"],
)
def test_every_other_value_comes_back(kind: type, value: object) -> None:
    """Defaults that were left out are there again."""
    assert through_json(kind, value) == value


def test_a_history_that_comes_back_makes_the_same_issue() -> None:
    """Nothing that the fold needs is lost."""
    kind, facts = KINDS[0]
    after = then(FIRST.issue, event_after(FIRST.issue, kind, **facts))
    found = [through_json(Event, event) for event in (*FIRST.events, *after.events)]
    assert replay(found) == after.issue


@pytest.mark.parametrize("change", [{"kind": "issue_sold"}, {"format": 99}], ids=["kind", "format"])
def test_an_event_of_a_newer_version_is_never_misread(change: dict[str, Any]) -> None:
    """Its kind or its format is not known, and the error says which version can read it."""
    with pytest.raises(StorageError, match="read it with the version of resolutionkit that wrote it"):
        from_stored(Event, to_stored(FIRST.events[0]) | change)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Event, {"kind": "note_added"}),
        (Response, {"id": "r-1", "score": 3, "received_at": "yesterday"}),
        (Message, {**to_stored(message(FIRST.issue)), "colour": "red"}),
        (ResponseRecord, {**to_stored(RECORD), "standing": "sitting"}),
        (Remembered, {}),
    ],
    ids=["a part is missing", "no instant", "an unknown field", "an unknown word", "nothing"],
)
def test_damaged_data_is_said_to_be(kind: type, data: dict[str, Any]) -> None:
    """Whatever is wrong with it, the error is the one of storage, and names the value's class."""
    with pytest.raises(StorageError, match=f"a stored {kind.__name__} is damaged"):
        from_stored(kind, data)
