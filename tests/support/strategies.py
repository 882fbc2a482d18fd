"""Hypothesis strategies: awkward strings, responses, organisations, filters, and steps of random histories."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from resolutionkit import (
    Access,
    Answer,
    Contact,
    Group,
    IssueFilter,
    Person,
    Phase,
    RecoveryFilter,
    Response,
    ResponseFilter,
    StaticDirectory,
    Status,
)
from support import NOON

AWKWARD_CODES = (
    "emea", "EMEA", "Emea", "é", "e\u0301", "ß", "ss", "İ", "😀", "👩\u200d🔧", "שלום", "\u202eabc", "a b", "a'b",
    'a"b', "a%b", "a_b", "a\\b", "a;--", "a\nb", "None", "null", "0", "\uffff", "\U0001f600z",
    "x" * 190, "\U00010348" * 190,
)  # fmt: skip
"""Codes that look alike, sort oddly or need quoting; each is one on its own."""
AWKWARD_TEXTS = (*AWKWARD_CODES, "", " ", "tail ", " lead", "tab\t", "\x01", "\x7f", "a\u2028b", "\r\n", "z" * 500)
"""Texts that must come back as they went in."""
PEOPLE = ("ann", "Ann", "ben", "zoe@host.example", "éva", "off")
"""The ids of everybody in a random organisation."""
ADDRESSES = ("lee@partner.example", "Lee@Partner.example", "ü@partner.example")
"""Bare email addresses, of nobody in the organisation."""
GROUPS = ("emea", "EMEA", "e\u0301", None)
TICKETS = (None, None, "T-1", "t-1", "T-2")
SURVEYS = (None, "nps", "None")
EMAILS = (None, "", "jane@customer.example", "JANE@customer.example", "ß@customer.example", "SS@customer.example")
COMPANIES = (None, "", "ABC Ltd", "abc ltd", "ABC Ltd ", "שלום")

codes = st.sampled_from(AWKWARD_CODES) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
).filter(lambda one: one == one.strip())
texts = st.sampled_from(AWKWARD_TEXTS) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
)
words = texts.filter(lambda one: bool(one.strip()))
instants = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2026, 11, 20), timezones=st.just(UTC)).map(
    lambda instant: instant.replace(fold=0)
)
scores = st.integers(0, 10)
parties = st.sampled_from((*PEOPLE[:-1], *ADDRESSES))


def attributes() -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings of every type that an attribute may have."""
    values = (
        texts
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.booleans()
        | st.decimals(allow_nan=False, allow_infinity=False)
        | st.sampled_from([Decimal("1.50"), Decimal("1E+2"), date(2026, 2, 28), date(1, 1, 1)])
        | instants
    )
    return st.dictionaries(codes, values, max_size=4)


@st.composite
def responses(draw: st.DrawFn) -> Response:
    """Return a response with every field, awkward as it may be."""
    return Response(
        id=draw(codes),
        score=draw(scores),
        received_at=draw(instants),
        survey=draw(st.none() | codes),
        contact=Contact(**{name: draw(st.none() | texts) for name in ("name", "email", "phone", "company")}
            if draw(st.booleans()) else {}),
        answers=[Answer(*one) for one in draw(st.lists(st.tuples(texts, st.none() | texts), max_size=3))],
        tags=draw(st.lists(st.sampled_from(AWKWARD_CODES), max_size=3)),
        group=draw(st.none() | codes),
        segment=draw(st.none() | codes),
        hierarchy=draw(st.lists(st.sampled_from((*PEOPLE, *ADDRESSES, "nobody")), max_size=3)),
        ticket=draw(st.none() | codes),
        agent=draw(st.none() | st.sampled_from(AWKWARD_CODES)),
        factors=draw(st.lists(st.sampled_from(AWKWARD_CODES), max_size=2)),
        comment=draw(st.none() | texts),
        wants_contact=draw(st.booleans()),
        attributes=draw(attributes()),
    )  # fmt: skip


@st.composite
def organisations(draw: st.DrawFn) -> StaticDirectory:
    """Return a company of everybody in PEOPLE ("off" is inactive), with random access, groups and leaders."""
    codes_of_groups = [one for one in GROUPS if one is not None]
    access = st.sampled_from([Access.OWN, Access.EVERYTHING, Access.EVERYTHING]) | st.lists(
        st.sampled_from(codes_of_groups), min_size=1, max_size=2
    ).map(lambda found: Access.groups(*found))
    people = [
        Person(
            id=who,
            name=f"Name of {who}",
            email=who if "@" in who else f"{index}@host.example",
            manager=draw(st.none() | st.sampled_from(PEOPLE)),
            access=draw(access),
            active=who != "off",
        )
        for index, who in enumerate(PEOPLE)
    ]
    somebody = st.none() | st.sampled_from(PEOPLE)
    groups = [
        Group(code=one, lead=draw(somebody), also_alert=draw(st.lists(st.sampled_from(PEOPLE), max_size=2)))
        for one in draw(st.lists(st.sampled_from(codes_of_groups), unique=True))
    ]
    return StaticDirectory(people=people, groups=groups, leader=draw(somebody))


def _step(kind: str, **facts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(kind), st.fixed_dictionaries(facts))


_INDEX = st.integers(0, 4)
_NOTE = st.sampled_from(["Rang.", "Left voicemail. ", "שלום 😀", "e\u0301 'quoted'"])
_MAYBE_NOTE = st.sampled_from(["Rang.", "Left voicemail. ", "שלום 😀", "e\u0301 'quoted'", None])
_NOTED = {"note": _MAYBE_NOTE, "spoke": st.booleans()}
_VERSION = st.sampled_from([None, None, None, None, 1, 2, 4, 6])

record_steps = _step(
    "record",
    id=st.integers(0, 12).map("r-{}".format),
    score=scores,
    age=st.integers(-24, 24 * 10).map(lambda hours: timedelta(hours=hours)),
    survey=st.sampled_from(SURVEYS),
    ticket=st.sampled_from(TICKETS),
    group=st.sampled_from(GROUPS),
    hierarchy=st.lists(st.sampled_from((*PEOPLE, *ADDRESSES, "Name of ben", "nobody")), max_size=2),
    email=st.sampled_from(EMAILS),
    company=st.sampled_from(COMPANIES),
    replace=st.booleans(),
    announce=st.sampled_from([None, None, True, False]),
)
again_steps = _step("again", index=_INDEX)
change_steps = st.one_of(
    _step("set_status", index=_INDEX, status=st.sampled_from(list(Status)), reason=st.none() | _NOTE,
          version=_VERSION, **_NOTED),
    _step("assign", index=_INDEX, who=parties, follow=st.booleans(), version=_VERSION, **_NOTED),
    _step("follow", index=_INDEX, who=st.none() | parties),
    _step("unfollow", index=_INDEX, who=st.none() | parties),
    _step("add_note", index=_INDEX, **_NOTED),
    _step("escalate", index=_INDEX, reason=_NOTE, version=_VERSION, **_NOTED),
    _step("reopen", index=_INDEX, version=_VERSION, **_NOTED),
    _step("flag", index=_INDEX, who=st.none() | parties, **_NOTED),
)  # fmt: skip
turn_steps = _step("turn", hours=st.integers(-50, 100))
actors = st.sampled_from(PEOPLE[:-1])


def histories(max_size: int = 25) -> st.SearchStrategy[list[tuple[str, tuple[str, dict[str, Any]]]]]:
    """Return random (actor, step) pairs for :class:`support.play.Player`, a recording first."""
    step = record_steps | again_steps | change_steps | change_steps | turn_steps
    rest = st.lists(st.tuples(actors, step), max_size=max_size)
    return st.tuples(st.tuples(actors, record_steps), rest).map(lambda pair: [pair[0], *pair[1]])


def _some(values: tuple[Any, ...]) -> st.SearchStrategy[set[Any] | None]:
    return st.none() | st.sets(st.sampled_from([one for one in values if one is not None]), max_size=3)


_shared = {
    "groups": _some((*GROUPS, "elsewhere")),
    "survey": st.none() | st.sampled_from(("nps", "None", "NPS")),
    "ticket": st.none() | st.sampled_from(("T-1", "t-1")),
    "email": st.none() | st.sampled_from([one for one in EMAILS if one]),
    "company": st.none() | st.sampled_from([one for one in COMPANIES if one]),
    "received_from": st.none() | st.integers(-30, 240).map(lambda hours: NOON - timedelta(hours=hours)),
    "received_before": st.none() | st.integers(-30, 240).map(lambda hours: NOON - timedelta(hours=hours)),
    "recovery": st.sampled_from(list(RecoveryFilter)),
}


def _sparse(**facts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=facts).flatmap(
        lambda found: (
            st.sets(st.sampled_from(sorted(found)), max_size=3).map(lambda kept: {name: found[name] for name in kept})
            if found
            else st.just(found)
        )
    )


issue_filters = _sparse(
    phases=_some(tuple(Phase)),
    statuses=_some(tuple(Status)),
    assignee=st.none() | parties,
    follower=st.none() | parties,
    score_min=st.none() | st.floats(0, 10) | scores,
    score_max=st.none() | st.floats(0, 10) | scores,
    needs_recovery=st.sampled_from([None, True, False]),
    backfilled=st.sampled_from([None, True, False]),
    **_shared,
).map(lambda facts: IssueFilter(**facts))
response_filters = _sparse(with_replaced=st.booleans(), **_shared).map(lambda facts: ResponseFilter(**facts))
