"""The links of the docs and of the files at the root lead somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from builtlinks import address_problems, broken_links
from pagelinks import anchors_of, links_of, problems_of, slug

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(path for path in ROOT.glob("docs/**/*.md") if "_build" not in path.parts)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    """Files and headings exist, and addresses outside are well formed."""
    assert list(problems_of(page)) == []


def test_a_missing_file_and_a_missing_heading_are_found(tmp_path: Path) -> None:
    """A link to nowhere is told with its page; one inside a code block is no link."""
    page = tmp_path / "page.md"
    (tmp_path / "other.md").write_text("# There\n", encoding="utf-8")
    page.write_text(
        "# Here\n\n[a](other.md#there) [b](#here) [c](gone.md) [d](other.md#gone)\n\n```text\n[e](x.md)\n```\n",
        encoding="utf-8",
    )
    assert list(problems_of(page)) == [
        "page.md: gone.md: there is no such file",
        "page.md: other.md#gone: there is no such heading",
    ]


def test_a_link_may_go_over_two_lines() -> None:
    """A link whose text is broken by the end of a line is still a link."""
    assert links_of("[two\nlines](there.md)") == ["there.md"]


def test_headings_and_labels_are_anchors() -> None:
    """Anchors are spelled as the site and code hosts spell them."""
    assert slug("What `as_of` is *good* for") == "what-as_of-is-good-for"
    assert anchors_of("(label)=\n## A heading, too\n") == {"label", "a-heading-too"}


@pytest.mark.parametrize("link", ["http://example.com", "https://localhost/x", "https://a..b/x"])
def test_a_bad_address_is_found(link: str) -> None:
    """An address outside is https and has a host."""
    assert list(address_problems(link))


def test_a_good_address_passes() -> None:
    """Addresses of pages and of mail are well formed."""
    assert not [*address_problems("https://semver.org/spec/v2.0.0.html"), *address_problems("mailto:a@b.example")]


def test_a_broken_link_of_a_built_site_is_found(tmp_path: Path) -> None:
    """A link to a file or anchor that the site lacks, or out of the site, is told."""
    (tmp_path / "a.html").write_text('<p id="x"><a href="b.html#y">1</a><a href="#x">2</a>', encoding="utf-8")
    (tmp_path / "b.html").write_text('<a href="c.html">3</a><a href="../d.html">4</a>', encoding="utf-8")
    assert broken_links(tmp_path) == [
        "a.html: b.html#y: the page has no such anchor",
        "b.html: c.html: there is no such file in the site",
        "b.html: ../d.html: there is no such file in the site",
    ]
