"""Ids that are built from rows: the same for the same row, another for another, and opaque without the key."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit.errors import InvalidValue
from resolutionkit.importing.identity import BuiltId, ColumnId
from resolutionkit.importing.rows import RowRefused
from resolutionkit.importing.sources import Column

KEY = b"0123456789abcdef"
ROWS = st.dictionaries(st.text(), st.text() | st.lists(st.text()).map(tuple), min_size=1)


def content(row: dict[str, object]) -> dict[str, object]:
    """Return what of a row is not blank."""
    return {name: cell for name, cell in row.items() if cell}


def test_an_id_is_known_by_its_key_only() -> None:
    """The same row has another id under another key, so that guessing the row does not give the id."""
    row = {"email": "amy@example.com", "score": "3"}
    first = BuiltId().of(row, KEY)
    encoded = b'resolutionkit import row 1\n[["email","amy@example.com"],["score","3"]]'
    assert first == f"row-{hmac.new(KEY, encoded, hashlib.sha256).hexdigest()[:32]}"
    assert BuiltId().of(row, b"another key of 16 bytes") != first
    assert "amy" not in first


@given(ROWS, ROWS)
def test_two_rows_share_an_id_only_if_they_say_the_same(one: dict[str, object], other: dict[str, object]) -> None:
    """No way of cutting texts into columns makes two rows look alike."""
    if content(one) and content(other):
        alike = BuiltId().of(one, KEY) == BuiltId().of(other, KEY)  # type: ignore[arg-type]
        assert alike == (content(one) == content(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": "bc"}, {"ab": "c"}),
        ({"a": "b", "c": "d"}, {"a": "bcd"}),
        ({"a": 'b","c'}, {"a": "b", "c": ""}),
        ({"a": ("b", "c")}, {"a": "b,c"}),
        ({"a": ("b",)}, {"a": "b"}),
    ],
)
def test_texts_cut_elsewhere_make_another_id(one: dict[str, str], other: dict[str, str]) -> None:
    """The boundaries of columns and of lists are part of what is hashed."""
    assert BuiltId().of(one, KEY) != BuiltId().of(other, KEY)


def test_the_order_of_columns_and_blank_ones_make_no_difference() -> None:
    """A tool that reorders its export, or adds an empty column, keeps the ids."""
    assert BuiltId().of({"a": "1", "b": "2"}, KEY) == BuiltId().of({"b": "2", "new": "", "a": "1"}, KEY)


def test_an_id_of_several_columns_looks_at_these_only() -> None:
    """Another comment is the same response, another date is not."""
    rule = BuiltId((Column("who"), Column("at")))
    first = rule.of({"who": "amy", "at": "1", "comment": "a"}, KEY)
    assert rule.of({"who": "amy", "at": "1", "comment": "b"}, KEY) == first
    assert rule.of({"who": "amy", "at": "2", "comment": "a"}, KEY) != first


def test_an_id_of_nothing_is_refused() -> None:
    """Rows that are blank in all these columns would all be one response."""
    with pytest.raises(RowRefused, match="no id"):
        BuiltId((Column("who"),)).of({"who": "", "at": "1"}, KEY)
    with pytest.raises(RowRefused, match="no id") as refused:
        ColumnId(Column("who")).of({"who": " "}, KEY)
    assert refused.value.column == "who"


@pytest.mark.parametrize("key", [b"", b"short", "a text and no bytes", None])
def test_a_weak_key_is_refused_and_not_shown(key: object) -> None:
    """Fewer than 16 bytes are no secret; and the error does not print what may be part of one."""
    with pytest.raises(InvalidValue, match="at least 16 secret bytes") as refused:
        BuiltId().of({"a": "b"}, key)  # type: ignore[arg-type]
    assert "short" not in str(refused.value)
    assert "a text" not in str(refused.value)
