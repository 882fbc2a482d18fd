"""The report as HTML: what it shows, that nothing in it is obeyed, and how it looks on a narrow screen."""

from __future__ import annotations

from html.parser import HTMLParser

from resolutionkit import Contact, Person, as_html
from support.reports import entry, note, report


class Page(HTMLParser):
    """Reads a page: the names of its elements, the links and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """Return all text on one line."""
        return " ".join("".join(self.words).split())


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>&amp;\u202e'


def test_the_page_says_all_that_a_report_has() -> None:
    """Each fact once, in the order of the responses."""
    links = ("https://app.example/one", "https://desk.example/T-1", "https://app.example/all")
    one = entry(comment="Too slow.", ticket="T-1", link=links[0], ticket_link=links[1], notes=[note(spoke=True)])
    page = Page(as_html(report(one, link=links[2])))
    for said in ("Service recovery report", "For Bridget Shaw", "3 of 10", "Detractor", "Jane Doe", "Too slow."):
        assert said in page.text
    assert "2026-11-20 11:30 GMT Bridget Shaw (Spoke? Yes): Left voicemail." in page.text
    assert page.links == [links[2], links[1], links[0]]


def test_nothing_that_somebody_typed_becomes_markup() -> None:
    """Wherever it stands, and nothing is run or loaded from elsewhere (requirement C12, law L12)."""
    facts = {"comment": HOSTILE, "ticket": HOSTILE, "agent": HOSTILE, "factors": [HOSTILE], "notes": [note(HOSTILE)]}
    whole = entry(contact=Contact(name=HOSTILE, company=f"{HOSTILE} Ltd"), group_name=HOSTILE, status=HOSTILE, **facts)
    tame = {"comment": "x", "ticket": "x", "agent": "x", "factors": ["x"], "notes": [note()]}
    other = entry(contact=Contact(name="x", company="y"), **tame)
    plain = Page(as_html(report(other)))
    hostile = Page(as_html(report(whole, recipient=Person(id="x", name=HOSTILE))))
    assert hostile.elements == plain.elements
    assert {"script", "img", "iframe", "link", "object"}.isdisjoint(hostile.elements)
    assert hostile.text.count("<script>alert(1)</script>") >= 9
    assert "\u202e" not in as_html(report(whole))


def test_several_groups_are_a_table_with_heads() -> None:
    """Its columns and rows are named for whoever does not see them."""
    page = as_html(report(entry(), entry("r-2", group="field", group_name="Field")))
    assert page.count('scope="col"') == 4
    assert page.count('scope="row"') == 2
