"""What is left of what was erased: tombstones, swapped words, addresses in place of addresses. Pure."""

from __future__ import annotations

import json
import time
from typing import Any

import attrs
import pytest
from hypothesis import given

from resolutionkit import Answer, Contact, Escalated, RootCause, RootCauseRecorded
from resolutionkit.model.erasure import (
    ERASED,
    differing,
    erased_address,
    everything,
    mentions_of,
    parties_in,
    renamed,
    response_with,
    tombstone,
    with_response,
    with_words,
)
from resolutionkit.model.people import is_address
from resolutionkit.serialize import PARTY_KEYS, event_to_stored
from resolutionkit.testing.changes import base, every_kind, message, note, opening, record_of, remembered
from resolutionkit.testing.strategies import responses
from support import response

LEE = "lee@partner.example"
GONE = erased_address("01a2147d-3fbd-799f-8553-5d63cc78ad02")


def events() -> list[Any]:
    """Return an event of every kind, full of words and parties."""
    first = opening(response(), assignee=LEE, followers=(LEE,), people=(LEE,), note=note()).events
    kinds = every_kind(response("r-2"), response())
    return [*first, *(kind(**(base(number, actor=LEE) | facts)) for number, (kind, facts) in enumerate(kinds, 2))]


@given(one=responses())
def test_a_tombstone_keeps_what_figures_are_made_of(one: Any) -> None:
    """Id, score, instant and codes; of the attributes only those that are dimensions; and nothing personal."""
    names = sorted(one.attributes)[:1]
    left = tombstone(one, names)
    gone = {"contact", "answers", "hierarchy", "comment", "attributes"}
    for field in attrs.fields(type(one)):
        assert field.name in gone or getattr(left, field.name) == getattr(one, field.name)
    assert (left.contact, left.answers, left.hierarchy, left.comment) == (Contact(), (), (), None)
    assert dict(left.attributes) == {name: one.attributes[name] for name in names}
    assert tombstone(left, names) == left


def test_every_word_that_is_stored_apart_is_erased() -> None:
    """What storage takes for personal words and what erasing takes for them are the same, for every kind of event."""
    said = 0
    for event in events():
        before, after = event_to_stored(event), event_to_stored(with_words(event, everything))
        assert attrs.evolve(after, words=None) == attrs.evolve(before, words=None)
        assert (after.words is None) is (before.words is None)
        if before.words is not None:
            said += 1
            assert set(leaves(after.words)) <= {ERASED}
            assert len(leaves(after.words)) == len(leaves(before.words))
    assert said > 8


def leaves(data: Any) -> list[str]:
    """Return every string in plain data."""
    if isinstance(data, str):
        return [data]
    return [leaf for one in (data.values() if isinstance(data, dict) else data) for leaf in leaves(one)]


def test_an_erased_address_is_an_address_of_nobody() -> None:
    """So it is a party like any other, and two of them are two."""
    assert is_address(GONE)
    assert GONE.lower() == GONE
    assert erased_address("x") != GONE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LEE, GONE),
        (" LEE@Partner.Example ", GONE),
        (f"Ask <{LEE}>, or {LEE.upper()}.", f"Ask <{GONE}>, or {GONE}."),
        (f"mailto:{LEE}?subject=x", f"mailto:{GONE}?subject=x"),
        (f"a{LEE}", f"a{LEE}"),
        (f"not.{LEE} nor not+{LEE}", f"not.{LEE} nor not+{LEE}"),
        (f"{LEE}.org and {LEE}-x", f"{LEE}.org and {LEE}-x"),
        ("lee at partner.example", "lee at partner.example"),
    ],
)
def test_an_address_is_swapped_where_it_is_a_word_of_its_own(text: str, expected: str) -> None:
    """In whatever case, in brackets and at the end of a sentence; not as a part of another address."""
    assert mentions_of(LEE, GONE)(text) == expected


def test_an_address_is_swapped_in_every_text_of_a_response() -> None:
    """Codes are left, since they are compared."""
    said = f"See {LEE}."
    given_response = response(
        contact=Contact(name=said, phone=said, company=said), answers=[Answer(said, said), Answer("Why?", None)],
        hierarchy=[LEE], comment=said, attributes={"a": said, "b": 1}, tags=[said],
    )  # fmt: skip
    swapped = response_with(given_response, mentions_of(LEE, GONE))
    assert LEE not in json.dumps(attrs.asdict(attrs.evolve(swapped, tags=(), attributes={})), default=str)
    assert dict(swapped.attributes) == {"a": f"See {GONE}.", "b": 1}
    assert swapped.tags == (said,)
    assert response_with(response(), mentions_of(LEE, GONE)) == response()


def test_an_event_carries_the_rewritten_revision() -> None:
    """Of its own response, and of that revision only."""
    (first,) = opening(response()).events
    other = response(comment="New.")
    assert with_response(first, "r-1", {1: other}) == attrs.evolve(first, response=other)
    assert with_response(first, "r-1", {2: other}) is first
    assert with_response(first, "r-2", {1: other}) is first


@given(one=responses())
def test_a_delivery_fits_a_response_from_which_an_address_was_taken(one: Any) -> None:
    """What had the address is the same response again; anything else is a difference still."""
    whole = attrs.evolve(one, hierarchy=(*one.hierarchy, LEE), comment=f"{one.comment or ''} {LEE} or {LEE}, please")
    stored = response_with(whole, mentions_of(LEE, GONE))
    assert stored != whole
    assert differing(stored, whole) == ()
    for other in (
        attrs.evolve(whole, comment=whole.comment + "!"),
        attrs.evolve(whole, hierarchy=(*whole.hierarchy, LEE)),
        attrs.evolve(whole, hierarchy=(*whole.hierarchy[:-1], "two words")),
        attrs.evolve(whole, score=(whole.score + 1) % 11),
    ):
        assert len(differing(stored, other)) == 1


def test_a_comment_full_of_erased_addresses_is_compared_at_once() -> None:
    """Whoever types thousands of them slows nothing down (law L12)."""
    stored, other = response(comment=GONE * 800), response(comment="x" * 49_000)
    begin = time.perf_counter()
    differing(stored, other)
    differing(response(comment=f"{GONE}a" * 800), response(comment="a" * 49_000 + "b"))
    assert time.perf_counter() - begin < 1


def test_parties_are_renamed_in_every_kind_of_value() -> None:
    """Issues, events, records, messages and commands; and they are all that storage keeps under keys."""
    write = opening(response(), assignee=LEE, followers=(LEE, "ann"), people=(LEE,))
    values = [*events(), write.issue, record_of(response(), people=(LEE,)), message(write.issue, LEE)]
    values.append(remembered(write.issue, "k", actor=LEE))
    for value in values:
        changed = renamed(value, {LEE: GONE})
        assert type(changed) is type(value)
        assert LEE not in set(parties_in(changed))
        assert renamed(changed, {GONE: LEE}) == value
    for event in events():
        payload = event_to_stored(event).payload
        kept = {who for name in PARTY_KEYS for who in leaves(payload.get(name) or [])} | {event.actor}
        assert kept == set(parties_in(event))
    assert {type(event) for event in events()} >= {Escalated, RootCauseRecorded}
    assert RootCause(category="x").whys == ()
