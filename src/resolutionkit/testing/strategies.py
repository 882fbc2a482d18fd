"""Hypothesis strategies: responses, organisations, filters, and random histories. Awkward strings have a file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import strategies as st

from resolutionkit.model.condition_data import read_condition
from resolutionkit.model.issue import Phase, Status
from resolutionkit.model.people import Access, Group, Person, StaticDirectory
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.query import IssueFilter, RecoveryFilter, ResponseFilter
from resolutionkit.model.response import Answer, Contact, Response
from resolutionkit.testing.awkward import AWKWARD_CODES, codes, texts
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.play import Step
from resolutionkit.testing.telling import ALERTS

Facts: TypeAlias = st.SearchStrategy[dict[str, Any]]

PEOPLE: tuple[str, ...] = ("ann", "Ann", "ben", "zoe@host.example", "éva", "off")
"""The ids of everybody in a random organisation; ``off``, the last, is inactive."""
ADDRESSES: tuple[str, ...] = ("lee@partner.example", "Lee@Partner.example", "ü@partner.example")
"""Bare email addresses, of nobody in the organisation."""
_GROUPS = ("emea", "EMEA", "e\u0301", None)
_TICKETS = (None, None, "T-1", "t-1", "T-2")
_SURVEYS = (None, "nps", "None")
_EMAILS = (None, "", "jane@customer.example", "JANE@customer.example", "ß@customer.example", "SS@customer.example")
_COMPANIES = (None, "", "ABC Ltd", "abc ltd", "ABC Ltd ", "שלום")

_INSTANTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001  (Hypothesis wants naive bounds)
    max_value=datetime(2026, 11, 20),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda instant: instant.replace(fold=0))
_SCORES = st.integers(0, 10)
_PARTIES = st.sampled_from((*PEOPLE[:-1], *ADDRESSES))


def attributes() -> Facts:
    """Return a strategy for a response's attributes, of every type that one may have."""
    values = (
        texts()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.booleans()
        | st.decimals(allow_nan=False, allow_infinity=False)
        | st.sampled_from([Decimal("1.50"), Decimal("1E+2"), date(2026, 2, 28), date(1, 1, 1)])
        | _INSTANTS
    )
    return st.dictionaries(codes(), values, max_size=4)


@st.composite
def responses(draw: st.DrawFn) -> Response:
    """Return a strategy for responses on the usual scale of 0 to 10, with every field as awkward as it may be."""
    contact = {name: draw(st.none() | texts()) for name in ("name", "email", "phone", "company")}
    return Response(
        id=draw(codes()),
        score=draw(_SCORES),
        received_at=draw(_INSTANTS),
        survey=draw(st.none() | codes()),
        contact=Contact(**contact),
        answers=[Answer(*one) for one in draw(st.lists(st.tuples(texts(), st.none() | texts()), max_size=3))],
        tags=draw(st.lists(st.sampled_from(AWKWARD_CODES), max_size=3)),
        group=draw(st.none() | codes()),
        segment=draw(st.none() | codes()),
        hierarchy=draw(st.lists(st.sampled_from((*PEOPLE, *ADDRESSES, "nobody")), max_size=3)),
        ticket=draw(st.none() | codes()),
        agent=draw(st.none() | st.sampled_from(AWKWARD_CODES)),
        factors=draw(st.lists(st.sampled_from(AWKWARD_CODES), max_size=2)),
        comment=draw(st.none() | texts()),
        wants_contact=draw(st.booleans()),
        attributes=draw(attributes()),
    )


@st.composite
def organisations(draw: st.DrawFn) -> StaticDirectory:
    """Return a strategy for companies of everybody in ``PEOPLE``, with random access, groups and leaders."""
    known = [one for one in _GROUPS if one is not None]
    access = st.sampled_from([Access.OWN, Access.EVERYTHING, Access.EVERYTHING]) | st.lists(
        st.sampled_from(known), min_size=1, max_size=2
    ).map(lambda found: Access.groups(*found))
    people = [
        Person(
            id=who,
            name=f"Name of {who}",
            email=who if "@" in who else f"{index}@host.example",
            manager=draw(st.none() | st.sampled_from(PEOPLE)),
            access=draw(access),
            active=who != "off",
            administrator=draw(st.booleans()),
        )
        for index, who in enumerate(PEOPLE)
    ]
    somebody = st.none() | st.sampled_from(PEOPLE)
    groups = [
        Group(code=one, lead=draw(somebody), also_alert=draw(st.lists(st.sampled_from(PEOPLE), max_size=2)))
        for one in draw(st.lists(st.sampled_from(known), unique=True))
    ]
    return StaticDirectory(people=people, groups=groups, leader=draw(somebody))


_INDEX = st.integers(0, 4)
_NOTE = st.sampled_from(["Rang.", "Left voicemail. ", "שלום 😀", "e\u0301 'quoted'"])
_MAYBE_NOTE = st.sampled_from(["Rang.", "Left voicemail. ", "שלום 😀", "e\u0301 'quoted'", None])
_NOTED = {"note": _MAYBE_NOTE, "spoke": st.booleans()}
_VERSION = st.sampled_from([None, None, None, None, 1, 2, 4, 6])
_RECORDED: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(0, 12).map("r-{}".format),
    "score": _SCORES,
    "age": st.integers(-24, 24 * 10).map(lambda hours: timedelta(hours=hours)),
    "survey": st.sampled_from(_SURVEYS),
    "ticket": st.sampled_from(_TICKETS),
    "group": st.sampled_from(_GROUPS),
    "hierarchy": st.lists(st.sampled_from((*PEOPLE, *ADDRESSES, "Name of ben", "nobody")), max_size=2),
    "email": st.sampled_from(_EMAILS),
    "company": st.sampled_from(_COMPANIES),
    "replace": st.booleans(),
    "announce": st.sampled_from([None, None, True, False]),
}


def wishes() -> st.SearchStrategy[dict[str, Preferences]]:
    """Return a strategy for what the people and addresses of a random organisation want to be told of."""
    wanted = st.builds(
        Preferences,
        threshold=st.sampled_from([{}, {"NPS": 3}, {"NPS": 6}, {"NPS": 8}, {"CES-7": 7}]),
        alerts=st.lists(st.sampled_from(list(ALERTS)), max_size=1).map(lambda found: map(read_condition, found)),
        notes=st.booleans(),
    )
    return st.dictionaries(_PARTIES.map(lambda who: who if who in PEOPLE else who.lower()), wanted, max_size=4)


def _step(kind: str, **facts: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    actors = st.sampled_from(PEOPLE[:-1])
    return st.builds(Step, actors, st.just(kind), st.fixed_dictionaries(facts))


_RECORD = _step("record", **_RECORDED)
_CHANGE = st.one_of(
    _step("set_status", index=_INDEX, status=st.sampled_from(list(Status)), reason=st.none() | _NOTE,
          version=_VERSION, **_NOTED),
    _step("assign", index=_INDEX, who=_PARTIES, follow=st.booleans(), version=_VERSION, **_NOTED),
    _step("follow", index=_INDEX, who=st.none() | _PARTIES),
    _step("unfollow", index=_INDEX, who=st.none() | _PARTIES),
    _step("add_note", index=_INDEX, **_NOTED),
    _step("escalate", index=_INDEX, reason=_NOTE, version=_VERSION, **_NOTED),
    _step("reopen", index=_INDEX, version=_VERSION, **_NOTED),
    _step("merge", index=_INDEX, other=_INDEX, **_NOTED),
    _step("raise_level", index=_INDEX, level=st.integers(0, 3), reason=_NOTE, version=_VERSION, **_NOTED),
    _step("answer_check", index=_INDEX, satisfied=st.booleans(), version=_VERSION, **_NOTED),
    _step("flag", index=_INDEX, who=st.none() | _PARTIES, **_NOTED),
    _step("move", index=_INDEX, group=st.sampled_from([one for one in _GROUPS if one]), note=_MAYBE_NOTE),
    _step("repair", index=_INDEX, group=st.none() | st.sampled_from([one for one in _GROUPS if one]), note=_MAYBE_NOTE),
)  # fmt: skip
_AGAIN = _step("again", index=_INDEX)
_TURN = _step("turn", hours=st.integers(-50, 100))


def histories(max_size: int = 25) -> st.SearchStrategy[list[Step]]:
    """Return a strategy for the steps of a random history, a recording first.

    :class:`~resolutionkit.testing.Player` plays them, in a company of :func:`organisations`.

    Args:
        max_size: The most steps after the first; there are at least a third as many, since short ones show little.
    """
    rest = st.lists(_RECORD | _AGAIN | _CHANGE | _CHANGE | _TURN, min_size=max_size // 3, max_size=max_size)
    return st.builds(lambda first, others: [first, *others], _RECORD, rest)


def deliveries(max_size: int = 12) -> st.SearchStrategy[list[Response]]:
    """Return a strategy for lists of responses with an id each, many of which meet at a survey and ticket.

    Args:
        max_size: The most of them; there is at least one.
    """
    names = ("score", "age", "survey", "ticket")
    facts = st.fixed_dictionaries({name: _RECORDED[name] for name in names})
    return st.lists(facts, min_size=1, max_size=max_size).map(
        lambda found: [_delivered(number, **one) for number, one in enumerate(found)]
    )


def _delivered(number: int, age: timedelta, **facts: Any) -> Response:
    return Response(id=f"r-{number}", received_at=NOON - age, **facts)


def _some(values: tuple[Any, ...]) -> st.SearchStrategy[set[Any] | None]:
    return st.none() | st.sets(st.sampled_from([one for one in values if one is not None]), max_size=3)


_INSTANT_ASKED = st.none() | st.integers(-30, 240).map(lambda hours: NOON - timedelta(hours=hours))
_SHARED = {
    "groups": _some((*_GROUPS, "elsewhere")),
    "survey": st.none() | st.sampled_from(("nps", "None", "NPS")),
    "ticket": st.none() | st.sampled_from(("T-1", "t-1")),
    "email": st.none() | st.sampled_from([one for one in _EMAILS if one]),
    "company": st.none() | st.sampled_from([one for one in _COMPANIES if one]),
    "received_from": _INSTANT_ASKED,
    "received_before": _INSTANT_ASKED,
    "recovery": st.sampled_from(list(RecoveryFilter)),
}


def _sparse(**facts: st.SearchStrategy[Any]) -> Facts:
    """Return a strategy for at most three of some facts: filters that ask everything pass nothing."""
    names = st.sets(st.sampled_from(sorted(facts)), max_size=3)
    return names.flatmap(lambda kept: st.fixed_dictionaries({name: facts[name] for name in sorted(kept)}))


def issue_filters() -> st.SearchStrategy[IssueFilter]:
    """Return a strategy for filters of issues, that fit the histories of :func:`histories`."""
    return _sparse(
        phases=_some(tuple(Phase)),
        statuses=_some(tuple(Status)),
        assignee=st.none() | _PARTIES,
        follower=st.none() | _PARTIES,
        score_min=st.none() | st.floats(0, 10) | _SCORES,
        score_max=st.none() | st.floats(0, 10) | _SCORES,
        needs_recovery=st.sampled_from([None, True, False]),
        backfilled=st.sampled_from([None, True, False]),
        **_SHARED,
    ).map(lambda facts: IssueFilter(**facts))


def response_filters() -> st.SearchStrategy[ResponseFilter]:
    """Return a strategy for filters of responses, that fit the histories of :func:`histories`."""
    return _sparse(with_replaced=st.booleans(), quarantined=st.sampled_from([None, True, False]), **_SHARED).map(
        lambda facts: ResponseFilter(**facts)
    )
