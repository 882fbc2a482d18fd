"""Whether every link of a built site leads somewhere within it, and is well formed where it leads away. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from attrs import define, field

_GENERATED = {"search.html", "genindex.html", "py-modindex.html"}


@define
class Page:
    """What a page has.

    Attributes:
        ids: The anchors that it can be entered at.
        links: Where it leads.
    """

    ids: set[str] = field(factory=set)
    links: list[str] = field(factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.page.ids.add(str(given["id"]))
        for name in ("href", "src") if tag in ("a", "img", "script") else ():
            if given.get(name):
                self.page.links.append(str(given[name]))


def page_of(html: str) -> Page:
    """Return the anchors and links of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def broken_links(site: Path) -> list[str]:
    """Return what is wrong with the links of a site, each with its page."""
    pages = {path: page_of(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    return [
        f"{path.relative_to(site)}: {link}: {problem}"
        for path, page in pages.items()
        if path.name not in _GENERATED
        for link in page.links
        for problem in _problems(site, path, link, pages)
    ]


def _problems(site: Path, path: Path, link: str, pages: dict[Path, Page]) -> Iterator[str]:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        yield from address_problems(link)
        return
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(site.resolve()) or not target.exists():
        yield "there is no such file in the site"
    elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
        yield "the page has no such anchor"


def address_problems(link: str) -> Iterator[str]:
    """Yield what is wrong with the form of an external address; whether it answers is for a run with a network."""
    parts = urlsplit(link)
    if parts.scheme in ("mailto", "data", "javascript"):
        return
    if parts.scheme != "https":
        yield "an address outside begins with https://"
    host = parts.hostname or ""
    if "." not in host or any(not part for part in host.split(".")) or " " in link:
        yield "is no address"
