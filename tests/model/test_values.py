"""Checks that every fact shares: text, instants, and attributes as typed values."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import Attributes, InvalidValue
from resolutionkit.model.values import code, collected, flag, instant_of, micros, optional_code, text, utc

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Plan(StrEnum):
    """A text of the host's own type."""

    GOLD = "gold"


class Size(IntEnum):
    """An integer of the host's own type."""

    LARGE = 3


class HostFloat(float):
    """A float of the host's own type, as numpy has one."""


class HostDecimal(Decimal):
    """A decimal of the host's own type."""


class HostDate(date):
    """A date of the host's own type."""


class HostDatetime(datetime):
    """A datetime of the host's own type, as pandas has one."""


@pytest.mark.parametrize("bad", ["a\0b", "\0", "\ud800", "x\udfffy", "é\0", "é\udc80"], ids=ascii)
def test_text_that_no_database_keeps_alike_is_refused(bad: str) -> None:
    """NUL characters and lone surrogates are refused, in plain and in accented text."""
    with pytest.raises(InvalidValue) as refused:
        text(bad, "comment", InvalidValue, 100)
    assert refused.value.field == "comment"
    assert "\0" not in str(refused.value)


@pytest.mark.parametrize("fine", ["", " ", "\n", "é", "𝄞", "\u202e", "日本", "a" * 100], ids=ascii)
def test_all_other_text_passes_as_it_is(fine: str) -> None:
    """Blank, accented, astral and right-to-left text is kept to the letter."""
    assert text(fine, "comment", InvalidValue, 100) == fine


def test_text_is_as_long_as_its_maximum_and_no_longer() -> None:
    """The refusal says both lengths."""
    assert text("é" * 100, "comment", InvalidValue, 100)
    with pytest.raises(InvalidValue, match="at most 100 characters, not 101"):
        text("é" * 101, "comment", InvalidValue, 100)


def test_a_host_s_own_text_type_becomes_plain_text() -> None:
    """A StrEnum is a text; what is kept is a plain str."""
    assert type(text(Plan.GOLD, "plan", InvalidValue, 10)) is str


@pytest.mark.parametrize("bad", ["", " ", " a", "a ", "a\n", None, 5, b"a", "x" * 191], ids=ascii)
def test_a_code_is_neither_blank_nor_padded_nor_too_long(bad: Any) -> None:
    """A code has 1 to 190 characters and no white space around it."""
    with pytest.raises(InvalidValue):
        code(bad, "group", InvalidValue)


def test_a_code_may_hold_190_characters_and_white_space_within() -> None:
    """What every database can index."""
    assert code("a b" + "x" * 187, "group", InvalidValue)


@pytest.mark.parametrize("blank", [None, "", "  ", "\t\n"], ids=ascii)
def test_a_blank_optional_code_counts_as_missing(blank: str | None) -> None:
    """A host that sends empty columns means that there is none."""
    assert optional_code(blank, "ticket", InvalidValue) is None


@pytest.mark.parametrize("bad", [0, 1, "", "yes", None, []], ids=ascii)
def test_only_true_and_false_are_flags(bad: Any) -> None:
    """What merely looks like a bool is refused."""
    with pytest.raises(InvalidValue, match="True or False"):
        flag(bad, "spoke", InvalidValue)


@pytest.mark.parametrize("bad", ["abc", None, 5], ids=ascii)
def test_a_single_value_is_no_list(bad: Any) -> None:
    """A bare string would fall apart into its letters."""
    with pytest.raises(InvalidValue, match="a list or tuple"):
        collected(bad, "tags", InvalidValue, code)


def test_the_refusal_of_an_item_names_its_place() -> None:
    """The field is the list's with the item's index."""
    with pytest.raises(InvalidValue) as refused:
        collected(["a", "b", 3], "tags", InvalidValue, code)
    assert refused.value.field == "tags[2]"


@pytest.mark.parametrize(
    "bad",
    [datetime(2026, 1, 1), date(2026, 1, 1), "2026-01-01T00:00Z", 0, None, datetime.min.replace(tzinfo=timezone.max)],
    ids=["naive", "date", "text", "number", "none", "before-year-1"],
)
def test_only_an_aware_datetime_is_an_instant(bad: Any) -> None:
    """Naive, textual and impossible instants are refused with their field."""
    with pytest.raises(InvalidValue) as refused:
        utc(bad, "received_at", InvalidValue)
    assert refused.value.field == "received_at"


def test_an_instant_becomes_utc() -> None:
    """Two o'clock in a zone two hours ahead is noon in UTC."""
    ahead = timezone(timedelta(hours=2))
    found = utc(datetime(2026, 11, 20, 14, tzinfo=ahead), "at", InvalidValue)
    assert (found, found.tzinfo) == (NOON, UTC)


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds_lose_nothing(instant: datetime) -> None:
    """Every instant survives being stored as a number, those before 1970 included."""
    assert instant_of(micros(instant)) == instant


VALUES: dict[str, Any] = {
    "text": "BR",
    "int": 2**63 - 1,
    "least": -(2**63),
    "float": 0.5,
    "bool": True,
    "decimal": Decimal("12.50"),
    "date": date(2026, 1, 2),
    "instant": NOON,
}


def test_attributes_keep_their_types() -> None:
    """Each of the seven kinds comes back as what it was."""
    found = Attributes(VALUES)
    assert {name: (type(value), value) for name, value in found.items()} == {
        name: (type(value), value) for name, value in VALUES.items()
    }


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        {},
        b"x",
        2**63,
        -(2**63) - 1,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("-Infinity"),
        datetime(2026, 1, 1),
        "a\0b",
        "\ud800",
        "x" * 50_001,
    ],
    ids=lambda value: f"{type(value).__name__}-{ascii(value)[:24]}",
)
def test_other_attributes_are_refused_by_name(bad: Any) -> None:
    """What not every database and every analyst reads alike is no attribute."""
    with pytest.raises(InvalidValue) as refused:
        Attributes({"plan": bad})
    assert refused.value.field == "attributes['plan']"


@pytest.mark.parametrize("name", ["", " ", "a ", 5, None, "x" * 191, "a\0"], ids=ascii)
def test_an_attribute_s_name_is_a_code(name: Any) -> None:
    """Names are text, neither blank nor padded."""
    with pytest.raises(InvalidValue):
        Attributes({name: 1})


def test_attributes_are_equal_only_where_their_types_are() -> None:
    """1, 1.0 and True are three answers."""
    kinds = [Attributes({"x": value}) for value in (1, 1.0, True, "1", Decimal(1))]
    assert len(set(kinds)) == len(kinds)
    assert [one for one in kinds if one == kinds[0]] == [kinds[0]]
    assert kinds[0] != {"x": 1}


def test_attributes_are_a_mapping_in_the_order_of_their_names() -> None:
    """Order of arrival does not matter, to equality or to iteration."""
    found = Attributes({"b": 2, "a": 1})
    assert list(found) == ["a", "b"]
    assert (len(found), found["b"], found.get("c")) == (2, 2, None)
    assert found == Attributes([("a", 1), ("b", 2)])
    assert hash(found) == hash(Attributes({"a": 1, "b": 2}))
    assert repr(found) == "Attributes({'a': 1, 'b': 2})"


def test_attributes_cannot_be_changed() -> None:
    """They are facts."""
    found = Attributes({"a": 1})
    with pytest.raises(TypeError):
        found["a"] = 2  # type: ignore[index]
    with pytest.raises(AttributeError):
        found.other = 2  # type: ignore[attr-defined]


def test_attributes_do_not_follow_the_mapping_that_they_were_made_of() -> None:
    """The caller's dict is the caller's."""
    given_ones: dict[str, Any] = {"a": 1}
    found = Attributes(given_ones)
    given_ones["a"] = 2
    assert found["a"] == 1


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_attributes_can_be_copied_and_pickled(again: Any) -> None:
    """A copy is equal, with the same hash."""
    found = Attributes(VALUES)
    assert (again(found), hash(again(found))) == (found, hash(found))


@pytest.mark.parametrize(
    "value",
    [
        Plan.GOLD,
        Size.LARGE,
        HostFloat(1.5),
        HostDecimal("1.5"),
        HostDate(2026, 1, 2),
        HostDatetime(2026, 1, 2, tzinfo=UTC),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_host_s_own_types_become_plain_ones(value: Any) -> None:
    """What is stored and read back is plain; equality looks at types, so memory has to hold plain ones too."""
    (found,) = Attributes({"x": value}).values()
    assert type(found) in {str, int, float, Decimal, date, datetime}


def test_a_signalling_nan_is_no_attribute() -> None:
    """Decimals have two kinds of NaN; neither is a finite number."""
    with pytest.raises(InvalidValue):
        Attributes({"x": Decimal("sNaN")})
