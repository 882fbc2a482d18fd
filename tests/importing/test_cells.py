"""Numbers and words: what is exactly one becomes one, all else is refused with its column."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit.importing.cells import exact, number, real, whole, yes_or_no
from resolutionkit.importing.rows import RowRefused


@pytest.mark.parametrize(
    ("text", "value"),
    [("6", 6), ("10.0", 10.0), ("-3", -3), ("+7", 7), ("6.5", 6.5), (".5", 0.5), ("1e1", 10.0), ("007", 7)],
)
def test_a_score_is_the_number_that_its_text_writes(text: str, value: float) -> None:
    """Whole numbers are ints, those with decimals floats, as the file has them."""
    found = number(text, "score")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "1e400",
        "nan",
        "inf",
        "-Infinity",
        "١٢",
        "\uff16",
        "6,5",
        "1_000",
        "0x6",
        "6 6",
        "six",
        "",
        ".",
        "--6",
        "9" * 5000,
    ],
)
def test_what_only_looks_like_a_number_is_refused(text: str) -> None:
    """Infinite, foreign, grouped, empty and endless texts are no scores, and the column is named."""
    with pytest.raises(RowRefused) as refused:
        number(text, "Rating")
    assert refused.value.column == "Rating"
    assert len(refused.value.reason) < 300


def test_a_decimal_comma_is_read_only_where_the_mapping_says_so() -> None:
    """6,5 is 6.5 with the option; then a point is refused, since it may group thousands."""
    assert number("6,5", "score", decimal_comma=True) == 6.5
    with pytest.raises(RowRefused, match="decimal comma"):
        number("6.5", "score", decimal_comma=True)
    with pytest.raises(RowRefused, match=r"'n/a' is not a number$"):
        number("n/a", "score")
    with pytest.raises(RowRefused, match=r"decimal_comma = true"):
        number("6,5", "score")


@given(st.integers(-(10**30), 10**30))
def test_every_whole_number_comes_back(value: int) -> None:
    """No digit of a whole number is lost."""
    assert number(str(value), "score") == whole(str(value), "score") == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_float_comes_back(value: float) -> None:
    """A float's own text gives the same float."""
    assert real(repr(value), "revenue") == value


@pytest.mark.parametrize("text", ["1e9999999999999999999", "0e-9999999999999999999999999999"])
def test_a_decimal_s_exponent_has_an_end(text: str) -> None:
    """Beyond it the row is refused, and no other."""
    with pytest.raises(RowRefused, match="too large or too small a number"):
        exact(text, "revenue")


def test_a_decimal_comma_is_proposed_only_where_there_is_a_comma() -> None:
    """A number that is only too long is not made right by the setting."""
    with pytest.raises(RowRefused) as refused:
        number("1" * 50, "score")
    assert "decimal_comma" not in refused.value.reason


def test_a_decimal_keeps_its_digits() -> None:
    """Trailing zeros are digits too."""
    assert str(exact("12.50", "revenue")) == "12.50"
    assert exact("0,1", "revenue", decimal_comma=True) == Decimal("0.1")


@pytest.mark.parametrize(("word", "meaning"), [("Yes", True), ("TRUE", True), ("1", True), ("no", False), ("0", False)])
def test_words_for_yes_and_no_are_known_in_any_case(word: str, meaning: bool) -> None:
    """Yes, true and 1 say yes; no, false and 0 say no."""
    assert yes_or_no(word, "contact") is meaning


def test_another_word_is_neither_yes_nor_no() -> None:
    """A wish to be contacted is not lost because it was spelt in a new way."""
    with pytest.raises(RowRefused, match="'si' is neither yes nor no"):
        yes_or_no("si", "contact")
