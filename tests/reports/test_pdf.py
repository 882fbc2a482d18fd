"""The report as a PDF, read back: what it says, links and tags, where pages break, and that nothing is obeyed."""

from __future__ import annotations

import io
import pickle
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pypdf
import pytest

from resolutionkit import Answer, Category, Contact, InvalidValue, MissingExtra, PdfNotMade, Person, as_pdf
from resolutionkit.reports.pdf import _families, _pieces
from support.reports import entry, note, pages_of, report, runs_of, tags_of, text_of, urls_of

MARGIN = 20
"""How many points from its edge a page has to be empty; the number of the page stands lowest."""
SCRIPTS = {
    "Latin": "Straße, año, čeština: schlecht!",
    "Greek": "Πολύ αργή εξυπηρέτηση.",
    "Cyrillic": "Очень долго ждали ответа.",
    "Devanagari": "सेवा बहुत धीमी थी",
    "Hebrew": "השירות היה איטי",
    "Arabic": "انتظرت ساعتين",
}
"""What typst has fonts for by itself."""


def pdf_of(*entries: Any, **facts: Any) -> bytes:
    """Return a report as a PDF, in the fonts that come with typst, wherever the test runs."""
    return as_pdf(report(*entries, **facts), system_fonts=False)


def test_the_pages_say_all_that_a_report_has() -> None:
    """Recipient, window, zone; and of the response all that C6 names."""
    facts = {"segment": "Gold", "agent": "Sam Reed", "ticket": "T-1", "factors": ["Speed", "Tone"], "survey": "Support"}
    text = text_of(pdf_of(entry(comment="Too slow.", notes=[note("Rang.", spoke=True)], is_late=True, **facts)))
    for said in (
        "Service recovery report For Bridget Shaw Thu 19 Nov 2026, 12:00 to Fri 20 Nov 2026, 12:00 · Europe/London",
        "1 response needs recovery.",
        "3 of 10 Jane Doe Detractor · Fri 20 Nov 2026, 11:00 · Needs Attention · Recorded late",
        "ABC Ltd · jane@customer.example · 555-0101",
        "Group EMEA (emea)",
        "Segment Gold",
        "Agent Sam Reed",
        "Ticket T-1",
        "Survey Support",
        "Factors Speed, Tone",
        "Too slow.",
        "Notes so far 2026-11-20 11:30 GMT Bridget Shaw (Spoke? Yes): Rang.",
        "Page 1 of 1",
    ):
        assert said in text


def test_its_links_lead_where_the_report_says() -> None:
    """To the whole report, to each ticket and to each response's notes; without links there are none."""
    links = [f"https://app.example/{number}" for number in range(3)]
    one = entry(link=links[0], ticket="T-1", ticket_link="https://desk.example/T-1")
    assert urls_of(pdf_of(one, entry("r-2", link=links[1]), link=links[2])) == [
        links[2],
        "https://desk.example/T-1",
        links[0],
        links[1],
    ]
    assert urls_of(pdf_of(entry(comment="https://evil.example", ticket="T-1"))) == []


def test_it_is_tagged_for_whoever_does_not_see_it() -> None:
    """PDF/UA-1: title, language, headings in order, a table with heads, quotes, lists, links; the rest is artefact."""
    one = entry(comment="Too slow.", notes=[note()], link="https://app.example/1")
    made = pdf_of(one, entry("r-2", group="field", group_name="Field"))
    root = pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    tags = tags_of(made)
    assert [one for one in tags if re.fullmatch("H[0-9]", one)] == ["H1", "H2", "H3", "H2", "H3"]
    assert {"Table", "TH", "TD", "BlockQuote", "L", "LI", "Link"} <= set(tags)
    assert tags.count("TH") == 4
    facts = pypdf.PdfReader(io.BytesIO(made)).metadata
    assert facts is not None
    assert facts.title == "Service recovery report: Bridget Shaw, 19 Nov 2026 to 20 Nov 2026"


def test_a_page_break_never_goes_through_a_response() -> None:
    """Each is whole on its page, whatever its length; the next page begins with the next."""
    entries = [
        entry(f"r-{n}", contact=Contact(name=f"Begin{n}."), comment="Word. " * (37 * n % 400), link="https://a.example")
        for n in range(30)
    ]
    pages = pages_of(pdf_of(*entries))
    assert len(pages) > 8
    for number in range(30):
        [page] = [text for text in pages if f"Begin{number}." in text]
        assert page.count("Word.") == sum(37 * n % 400 for n in range(30) if f"Begin{n}." in page)


def test_a_response_that_is_longer_than_a_page_goes_on_on_the_next() -> None:
    """Nothing of it is lost, neither of its words nor of its notes."""
    notes = [note(f"Note{number}." + " Rang again." * 20) for number in range(60)]
    made = pdf_of(entry(comment="Word. " * 3000, notes=notes), entry("r-2", comment="Afterwards."))
    text = text_of(made)
    assert text.count("Word.") == 3000
    assert all(f"Note{number}." in text for number in range(60))
    assert "Afterwards." in pages_of(made)[-1]
    assert min(height for _, _, height in runs_of(made)) > MARGIN


def test_later_pages_say_whose_report_it_is() -> None:
    """And every page its number."""
    pages = pages_of(pdf_of(*(entry(f"r-{number}", comment="Word. " * 200) for number in range(6))))
    assert "Service recovery report Bridget Shaw · 19 Nov 2026 to 20 Nov 2026" in " ".join(pages[1].split())
    assert [f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_are_shown_without_any_font_of_the_machine(script: str) -> None:
    """As name, comment and note; and can be copied out again."""
    words = SCRIPTS[script]
    made = as_pdf(report(entry(contact=Contact(name=words), comment=words, notes=[note(words)])), system_fonts=False)
    assert made.missing == ()
    if script not in {"Hebrew", "Arabic", "Devanagari"}:  # the reader gives these back in the order of drawing
        assert text_of(made).count(words) == 3


def font_with(folder: Path, *characters: str) -> Path:
    """Make a font that has some characters, each as a box, and return the folder that it is in."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    names = {ord(one): f"u{ord(one):X}" for one in characters}
    pen = TTGlyphPen(None)
    for method, *point in (("moveTo", 100, 0), ("lineTo", 100, 700), ("lineTo", 800, 700), ("lineTo", 800, 0)):
        getattr(pen, method)(tuple(point))
    pen.closePath()
    glyphs = [".notdef", *names.values()]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(glyphs)
    made.setupCharacterMap(names)
    made.setupGlyf(dict.fromkeys(glyphs, pen.glyph()))
    made.setupHorizontalMetrics(dict.fromkeys(glyphs, (900, 100)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": "Boxes", "styleName": "Regular", "psName": "Boxes"})
    made.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    made.setupPost()
    folder.mkdir(exist_ok=True)
    made.save(folder / "boxes.ttf")
    return folder


def test_characters_that_no_font_has_are_said_and_never_dropped() -> None:
    """The PDF says which on its last page, and the caller is told; what combines with a character goes with it."""
    made = as_pdf(report(entry(comment="Price 你好 你, fine 🦖", contact=Contact(name="李"))), system_fonts=False)
    assert made.missing == ("你", "好", "李", "🦖")
    text = text_of(made)
    assert "Price �� �, fine" in text
    assert "No font was found for what stands as � above: U+4F60, U+597D, U+674E, U+1F996 T-REX." in text
    assert pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]["/MarkInfo"]["/Marked"].value is True


def test_a_mark_that_no_font_has_takes_no_letter_with_it() -> None:
    """An odd mark on one letter leaves the same letter elsewhere as it was."""
    made = as_pdf(report(entry(comment="xe\u1ac1 see here")), system_fonts=False)
    assert made.missing == ("\u1ac1",)
    assert "see here" in text_of(made)


def test_fonts_of_the_host_are_used(tmp_path: Path) -> None:
    """A folder of fonts brings what they have, and nothing else is missing."""
    folder = font_with(tmp_path / "fonts", "你", "好")
    made = as_pdf(report(entry(comment="Price 你好")), fonts=[folder], system_fonts=False)
    assert made.missing == ()
    assert "你好" in text_of(made)
    partly = as_pdf(report(entry(comment="Price 你好吗")), fonts=[str(folder)], system_fonts=False)
    assert partly.missing == ("吗",)


@pytest.mark.parametrize(
    ("language", "form"),
    [("en", "SC"), ("ja", "JP"), ("ko-KR", "KR"), ("zh-TW", "TC"), ("zh-CN", "SC"), ("ZH-Hant", "TC")],
)
def test_a_reader_s_language_chooses_the_forms_of_characters(language: str, form: str) -> None:
    """Where Chinese, Japanese and Korean write one character in different ways; only what is there is asked for."""
    there = {"Libertinus Serif", *(f"Noto Serif CJK {one}" for one in ("SC", "TC", "JP", "KR"))}
    assert _families(language, there) == ["Libertinus Serif", f"Noto Serif CJK {form}"]


def test_threads_make_reports_side_by_side() -> None:
    """Each its own, with the same fonts."""
    reports = [report(entry(comment=f"Number {number}.")) for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda one: as_pdf(one, system_fonts=False), reports))
    assert all(f"Number {number}." in text_of(pdf) for number, pdf in enumerate(made))


def test_many_missing_characters_are_counted(tmp_path: Path) -> None:
    """The page lists forty, and says how many more there are."""
    many = "".join(chr(0x4E00 + number) for number in range(50))
    made = as_pdf(report(entry(comment=many)), system_fonts=False)
    assert made.missing == tuple(many)
    assert ", and 10 more." in text_of(made)


def test_a_folder_of_fonts_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Rather than looked for in vain."""
    with pytest.raises(InvalidValue, match="fonts"):
        as_pdf(report(), fonts=[tmp_path / "nowhere"])


HOSTILE = (
    '#emph[no] *bold* _it_ $x^2$ `raw` @label <label> = heading - item #link("https://evil.example")[x] '
    '#read("/etc/passwd") #panic("x") #{1 + 1} \\u{41} // comment /* */ https://evil.example ~ -- ... "q" \'q\''
)


def test_nothing_that_somebody_typed_is_evaluated() -> None:
    """It stands on the page as it was typed, wherever; no link and no tag comes of it (requirement C12, law L12)."""
    facts = {
        "comment": HOSTILE,
        "ticket": HOSTILE[:180],
        "agent": HOSTILE,
        "factors": [HOSTILE],
        "notes": [note(HOSTILE)],
    }
    one = entry(
        contact=Contact(name=HOSTILE, company=f"{HOSTILE} Ltd"),
        group_name=HOSTILE,
        status=HOSTILE,
        segment=HOSTILE,
        **facts,
    )
    made = pdf_of(one, recipient=Person(id="x", name=HOSTILE))
    assert re.sub(r"\s", "", text_of(made)).count(re.sub(r"\s", "", HOSTILE)) >= 9
    assert urls_of(made) == []
    assert tags_of(made).count("Code") == 0


def test_controls_and_overrides_are_shown_as_what_they_are() -> None:
    """Nothing turns the direction of the rest, or hides."""
    made = pdf_of(entry(comment="a\u202eb\u2066c\x07d\x1b[31me\ufefff", contact=Contact(name="Jo\u202ehn")))
    assert "a�b�c�d�[31me�f" in text_of(made)
    assert "Jo�hn" in text_of(made)


def test_a_word_of_ten_thousand_letters_stays_on_its_pages() -> None:
    """It breaks where it must, and comes back whole when it is copied."""
    made = pdf_of(entry(comment="x" * 10_000, contact=Contact(name="y" * 400), agent="z" * 400))
    joined = "".join("".join(pages_of(made)).split())
    assert joined.count("x") == 10_000 + joined.count("ext")
    assert max(len(line) for page in pages_of(made) for line in page.split("\n")) < 120
    assert min(height for _, _, height in runs_of(made)) > MARGIN


@pytest.mark.parametrize(
    "words",
    ["a\u00a0" * 5_000, "\U0001f469\u200d" * 3_000, "\u05d0a" * 2_000, "\u2028" * 500],
    ids=["spaces that do not break", "joiners", "both directions", "separators"],
)
def test_no_text_stops_a_report_or_leaves_its_page(words: str) -> None:
    """One customer's words keep nobody from reading about the others."""
    made = pdf_of(entry(comment=words), entry("r-2", comment="Afterwards."))
    runs = runs_of(made)
    assert "Afterwards." in text_of(made)
    assert min(height for _, _, height in runs) > MARGIN
    assert max(left for _, left, _ in runs) < 595 - MARGIN


def test_a_letter_with_more_marks_than_a_pdf_may_have_is_printed() -> None:
    """Typst panics at 65,535 bytes of them."""
    made = pdf_of(entry(comment="\u0301" * 33_000))
    assert len(pypdf.PdfReader(io.BytesIO(made)).pages) == 1


@pytest.mark.parametrize("letter", ["e\u0301", "e\u0301\u0302", "\U0001f469\u200d\U0001f52c", "\u0915\u093f"])
def test_a_combined_character_is_never_split(letter: str) -> None:
    """Where a long word breaks, marks and joiners stay with their letters, and nothing is lost."""
    word = f"a x{letter * 500} b"
    pieces = _pieces(word)
    assert "".join(pieces) == word
    assert len(pieces) > 10
    assert all(piece.startswith(letter) for piece in pieces[1:-1])


def test_words_of_usual_length_stay_as_they_are() -> None:
    """A place where a line may break would stand between their letters."""
    assert _pieces("Donaudampfschifffahrtsgesellschaft and others") == ["Donaudampfschifffahrtsgesellschaft and others"]


def test_text_from_right_to_left_runs_that_way() -> None:
    """What comes first stands at the right, Latin words in it included; other text is left as it is."""
    made = pdf_of(entry(comment="\u05e9\u05dc\u05d5\u05dd abc", agent="xyz \u05d0\u05d1\u05d2"))
    places = {text: left for text, left, _ in runs_of(made)}
    assert 300 < places["abc"] < places["\u05e9\u05dc\u05d5\u05dd"]
    assert places["xyz"] < places["\u05d0\u05d1\u05d2"]


def test_the_same_report_is_the_same_bytes() -> None:
    """A mail that is sent again has the same attachment; it can be handed to another process."""
    one, again = as_pdf(report(), system_fonts=False), as_pdf(report(), system_fonts=False)
    assert one == again
    assert pickle.loads(pickle.dumps(one)) == one


def test_every_band_and_every_kind_of_words_has_its_look() -> None:
    """No band, answer or missing comment stops the press."""
    entries = [
        entry("r-1", category=Category.DETRACTOR, answers=[Answer("Why?", "Slow."), Answer("And?", None)]),
        entry("r-2", category=Category.PASSIVE, comment="Mine."),
        entry("r-3", category=Category.PROMOTER, issue=None, status=None, contact=Contact()),
    ]
    text = text_of(pdf_of(*entries))
    for said in ("Why? Slow. And? not answered", "Passive", "Promoter", "Somebody unnamed", "left no comment"):
        assert said in text


def test_five_hundred_responses_take_less_than_ten_seconds() -> None:
    """The target is for a whole report; a machine that does other things as well is given three times as long."""
    entries = [
        entry(
            f"r-{n}",
            comment="Nobody rang, though it was promised. " * (n % 9),
            notes=[note()] * (n % 3),
            ticket=f"T-{n}",
        )
        for n in range(500)
    ]
    begun = time.perf_counter()
    made = pdf_of(*entries)
    assert time.perf_counter() - begun < 30
    assert len(pypdf.PdfReader(io.BytesIO(made)).pages) > 60


def test_what_typst_complains_of_otherwise_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for a want of fonts."""
    broken = tmp_path / "report.typ"
    broken.write_text("#nothing", encoding="utf-8")
    monkeypatch.setattr("resolutionkit.reports.pdf._TEMPLATE", broken)
    with pytest.raises(PdfNotMade, match="unknown variable: nothing"):
        pdf_of()


@pytest.mark.parametrize("name", ["PanicException", "KeyboardInterrupt"])
def test_a_panic_of_typst_ends_no_worker(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """It is an error as any other; what stops the program still does."""
    import typst

    raised = type(name, (BaseException,), {})
    monkeypatch.setattr(typst, "Compiler", mock_raising(raised("out of bounds")))
    with pytest.raises(PdfNotMade if name == "PanicException" else raised, match="out of bounds"):
        pdf_of()


def mock_raising(problem: BaseException) -> Any:
    """Return what raises when it is called."""

    def raising(*_given: object, **_facts: object) -> None:
        raise problem

    return raising


def test_without_typst_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTML and text need nothing."""
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtra, match=r"resolutionkit\[pdf\]"):
        as_pdf(report())
