"""HTML for notebooks: text stays text, every page colour does, and without a style it still reads."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resolutionkit.model.markup import (
    ACCENTS,
    BADGE_INK,
    badge,
    element,
    escaped,
    excerpt,
    facts,
    listed,
    moment,
    said,
    table,
    view,
    visible,
    words,
)
from support.pages import Reading

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</td></tr></table>", "</style><b>", "<!-- ", "]]>",
    "&lt;b&gt;", "&#60;b&#62;", "javascript:alert(1)", "\u202egnp.exe", "\u2066\u2069", "\x1b[31m", "a\x00b", "\ud800",
)  # fmt: skip
texts = (st.sampled_from(HOSTILE) | st.text(max_size=40)).filter(visible)
WHITE, BLACK = "#ffffff", "#111111"


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, after WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, after WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def faded(ink: str, page: str, opacity: float) -> str:
    """Return the colour that a translucent ink makes on a page."""
    mixed = (
        round(int(ink[at : at + 2], 16) * opacity + int(page[at : at + 2], 16) * (1 - opacity)) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{one:02x}" for one in mixed)


@given(texts)
@example("".join(HOSTILE))
def test_text_never_becomes_markup(text: str) -> None:
    """Whatever is typed comes back as the very words, and adds no tag and no attribute."""
    content = (escaped(text), words(text), listed([text]), said(text), badge(text, "open"))
    rows = facts(text, [(text, words(text))]), table(words(text), [text], [[words(text)]])
    plain = Reading(view(*content, excerpt(text), *rows))
    calm = Reading(view(*(escaped("x"), words("x"), listed("x"), said("x"), badge("x", "open")), excerpt("x"),
                        facts("x", [("x", words("x"))]), table(words("x"), ["x"], [[words("x")]])))  # fmt: skip
    assert (plain.tags, plain.attributes) == (calm.tags, calm.attributes)
    assert plain.text.count(visible(text)) >= len(content)


@given(texts)
def test_attributes_hold_whatever_their_value(value: str) -> None:
    """A quote in an attribute's value ends nothing."""
    assert Reading(element("p", class_=value.replace("\0", ""))).tags == ["p"]


@pytest.mark.parametrize("code", [0x00, 0x08, 0x1B, 0x7F, 0x9B, 0x200E, 0x200F, 0x061C, 0x202A, 0x202B, 0x202C, 0x202D,
                                  0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF, 0xE0041, 0xD800])  # fmt: skip
def test_what_a_page_would_obey_becomes_a_mark(code: int) -> None:
    """Controls, marks of direction, invisible tags and lone surrogates are replaced, and one sees where."""
    assert visible(f"a{chr(code)}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "text", ["enfin\u00a0!", "👩\u200d🔧", "می\u200cدمق", "tab\there", "شكراً", "\U0001fae8", "e\u0301"]
)
def test_what_languages_need_stays(text: str) -> None:
    """Joiners, spaces that do not break, tabs and emoji newer than Python itself are no attack."""
    assert visible(text) == text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_every_line_end_is_one(end: str) -> None:
    """However a system ends its lines, they are lines."""
    assert visible(f"one{end}two") == "one\ntwo"


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=400), st.integers(1, 60))
def test_folding_loses_nothing(text: str, limit: int) -> None:
    """The part that is shown and the part that is folded are the whole text."""
    reading = Reading(said(text, limit))
    assert "".join(one for one in (*reading.words, *reading.folded) if "more characters" not in one) == text
    assert len(reading.words[0] if reading.words else "") <= limit * 6 // 5


def test_long_text_is_folded_between_words() -> None:
    """The beginning is shown, and the rest says how long it is."""
    reading = Reading(said("word " * 1000))
    assert reading.words == ["word " * 200, "4,000 more characters"]
    assert reading.folded == ["word " * 800]


def test_an_excerpt_is_one_line_that_says_where_it_ends() -> None:
    """Lines are joined; what is left out is an ellipsis, and what fits has none."""
    assert Reading(excerpt("one\n two", 80)).text == "one two"
    assert Reading(excerpt("word " * 100, 20)).text == "word word word word…"
    assert Reading(excerpt(" " * 100 + "word", 20)).text == "…"


def test_instants_are_in_utc_and_say_so() -> None:
    """An instant of another zone is turned; only a heading may name the zone instead."""
    at = datetime(2026, 7, 1, 0, 30, 59, tzinfo=timezone(timedelta(hours=2)))
    assert Reading(moment(at)).text == "2026-06-30 22:30 UTC"
    assert Reading(moment(at, zone_named=False)).text == "2026-06-30 22:30"
    assert ("datetime", "2026-06-30T22:30:59+00:00") in Reading(moment(at)).attributes
    assert Reading(moment(datetime(1, 1, 1, tzinfo=UTC))).text == "0001-01-01 00:00 UTC"


@pytest.mark.parametrize("ground", ACCENTS.values(), ids=ACCENTS)
def test_badges_can_be_read_on_any_page(ground: str) -> None:
    """The words stand out from the badge, and the badge from white and from black pages (WCAG: 4.5 and 3)."""
    assert contrast(BADGE_INK, ground) >= 4.5
    assert min(contrast(ground, WHITE), contrast(ground, BLACK)) >= 3


def test_small_print_can_be_read_on_any_page() -> None:
    """Faded words keep a contrast of 4.5, also where the page's own ink is not quite black or white."""
    opacities = [float(one) for one in re.findall(r"opacity:([.\d]+)", view())]
    assert opacities
    for ink, page in ((BLACK, WHITE), (WHITE, BLACK), ("#3b3b3b", WHITE), ("#cccccc", "#1f1f1f")):
        assert min(contrast(faded(ink, page, one), page) for one in opacities) >= 4.5


def test_the_page_decides_the_colours() -> None:
    """But for badges, ink is inherited and grounds are translucent: light and dark need no switch."""
    colours = set(re.findall(r"(?:#[0-9a-f]{3,8}|rgba?\([^)]*\)|(?<=[:;]color:)\w+)", view()))
    assert {one for one in colours if "127,127,127" not in one} == {"inherit", BADGE_INK, *ACCENTS.values()}
    assert set(re.findall(r"[{;]color:([^;}]+)", view())) == {"inherit", BADGE_INK}


def test_the_style_touches_nothing_else() -> None:
    """Every rule is bound to our own outputs."""
    style = re.search("<style>(.*)</style>", view())
    assert style
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", style[1])
    assert rules
    assert all(rule.startswith(".rk.rk.rk") for rule in rules)


def test_formulas_are_left_alone() -> None:
    """MathJax, which notebooks load, could make a link of a formula that a customer typed."""
    assert ("class", "rk tex2jax_ignore mathjax_ignore") in Reading(view()).attributes


def test_an_unknown_accent_is_grey() -> None:
    """A phase without a colour is shown all the same."""
    assert ("class", "rk-badge rk-other") in Reading(badge("New", "strange")).attributes


def test_facts_that_are_missing_take_no_room() -> None:
    """A name without a fact is left out."""
    assert Reading(facts("All", [("Here", escaped("1")), ("Gone", escaped(""))])).text == "All Here 1"


def test_headings_say_what_they_head() -> None:
    """A table has a caption, and headings with their scope, for those who hear it."""
    reading = Reading(table(escaped("Two"), ["a", "b"], [[escaped("1"), escaped("2")]]) + facts("F", [("a", words(1))]))
    assert reading.tags.count("caption") == 2
    assert [value for name, value in reading.attributes if name == "scope"] == ["col", "col", "row"]


def test_importing_the_package_loads_no_markup() -> None:
    """Who shows nothing pays for nothing."""
    program = "import sys, resolutionkit; print([one for one in sys.modules if 'markup' in one or 'cards' in one])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
