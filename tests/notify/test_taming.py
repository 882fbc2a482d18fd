"""What people typed, made inert for chats and text messages (rule C12, law L12)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit.notify.sms import parts_of, sms_text
from resolutionkit.notify.taming import cut, tamed, unlinked

ACTIVE = set("<>&@#*_~`|\\[]{}$^")
HOSTILE = [
    "<!channel> <!here> <@U123> <https://evil.example|Click>",
    "@everyone @here",
    "[Your bank](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "# Heading",
    "**bold** __bold__ ~~gone~~ `code` ||spoiler||",
    "<b>bold</b><script>alert(1)</script>",
    "&lt;b&gt;",
    "${HOME} $(id)",
    "https://evil.example www.evil.example evil.co/x",
    "one\ntwo\r\nthree\u2028four",
    "\x1b[31mred\x07",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_that_a_chat_obeys_is_left(typed: str) -> None:
    """In one line, without markup, mentions, links and controls."""
    said = tamed(typed, 300)
    assert not ACTIVE & set(said)
    assert "\n" not in said
    assert "://" not in said
    assert not re.search(r"\w\.[a-z]{2}", said)
    assert "\u202e" not in said
    assert "\x1b" not in said
    assert tamed(said, 300) == said


def test_it_still_reads_as_it_was_typed() -> None:
    """Ordinary text stays the same, in any language."""
    for typed in ("Two days late, 3.50 too much. Why?", "Zwölf — “so spät”!", "日本語のコメント", "5 - 3 = 2 (ok) 😀"):
        assert tamed(typed, 300) == typed
    assert tamed("a@b.example & co", 300) == "a\uff20b\u2024example \uff06 co"
    assert unlinked("Smith & Co, see evil.example", 300) == "Smith & Co, see evil\u2024example"


@given(st.text(), st.integers(1, 80))
def test_it_is_never_longer_than_the_limit(typed: str, limit: int) -> None:
    """Whatever was typed."""
    for said in (tamed(typed, limit), unlinked(typed, limit)):
        assert len(said) <= limit
        assert said == " ".join(said.split())
    assert not ACTIVE & set(tamed(typed, limit))


def test_what_is_cut_says_so() -> None:
    """Between words where it can be."""
    assert cut("one two three", 13) == "one two three"
    assert cut("one two three", 12) == "one two…"
    assert cut("onetwothree", 5) == "onet…"
    assert tamed("word " * 20_000, 20).endswith("word…")
    assert tamed(" " * 5_000 + "late", 20) == "…"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("é" * 160, 1),
    ],
)
def test_parts_are_counted_as_telephones_do(text: str, parts: int) -> None:
    """160 characters of their alphabet, 153 where several are joined; 70 and 67 of all others."""
    assert parts_of(text) == parts


@given(st.text(max_size=400), st.integers(1, 4), st.booleans())
def test_a_text_message_fits_and_keeps_its_link(words: str, parts: int, has_link: bool) -> None:
    """The words are cut, the link never."""
    link = "https://app.example/r/abcdef" if has_link else None
    said = sms_text(words, link, parts)
    assert parts_of(said) <= parts
    if link is not None:
        assert said.endswith(link)


def test_a_text_message_that_fits_is_whole() -> None:
    """And one that does not has as much as there is room for."""
    assert sms_text("An unhappy customer.", "https://a.example/x", 1) == "An unhappy customer. https://a.example/x"
    long = sms_text("word " * 100, None, 1)
    assert 150 <= len(long) <= 160
    assert long.endswith("...")
    assert sms_text("words", "https://a.example/" + "x" * 300, 1) == "https://a.example/" + "x" * 300
