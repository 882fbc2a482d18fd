"""Strings that stores get wrong: they look alike, sort oddly, need quoting or are long."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import strategies as st

Strings: TypeAlias = st.SearchStrategy[str]

AWKWARD_CODES: tuple[str, ...] = (
    "emea", "EMEA", "Emea", "é", "e\u0301", "ß", "ss", "İ", "😀", "👩\u200d🔧", "שלום", "\u202eabc", "a b", "a'b",
    'a"b', "a%b", "a_b", "a\\b", "a;--", "a\nb", "None", "null", "0", "\uffff", "\U0001f600z",
    "x" * 190, "\U00010348" * 190,
)  # fmt: skip
"""Ids and codes that look alike, sort oddly or need quoting; each is one on its own."""

AWKWARD_TEXTS: tuple[str, ...] = (
    *AWKWARD_CODES, "", " ", "tail ", " lead", "tab\t", "\x01", "\x7f", "a\u2028b", "\r\n", "z" * 500,
)  # fmt: skip
"""Texts that must come back as they went in."""

_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def codes() -> Strings:
    """Return a strategy for ids, keys and codes: not empty, without white space around them."""
    random = st.text(_CHARACTERS, min_size=1, max_size=12).filter(lambda one: one == one.strip())
    return st.sampled_from(AWKWARD_CODES) | random


def texts() -> Strings:
    """Return a strategy for texts, the empty one included."""
    return st.sampled_from(AWKWARD_TEXTS) | st.text(_CHARACTERS, max_size=30)


def words() -> Strings:
    """Return a strategy for texts that are not blank."""
    return texts().filter(lambda one: bool(one.strip()))
