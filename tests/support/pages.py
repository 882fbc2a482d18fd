"""What a browser makes of HTML: its tags, attributes and words, and which of the words are folded away."""

from __future__ import annotations

from html.parser import HTMLParser


class Reading(HTMLParser):
    """HTML as it was understood; raises if tags do not close in order."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.folded: list[str] = []
        self._open: list[str] = []
        self.feed(markup)
        self.close()
        assert self._open == [], f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1:] == [tag], f"</{tag}> within {self._open}"
        self._open.pop()

    def handle_comment(self, data: str) -> None:
        self.tags.append("!--")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("!")

    def handle_pi(self, data: str) -> None:
        self.tags.append("?")

    def unknown_decl(self, data: str) -> None:
        self.tags.append("![")

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        is_folded = "details" in self._open and "summary" not in self._open
        (self.folded if is_folded else self.words).append(data)

    @property
    def text(self) -> str:
        """Return all words, folded ones included."""
        return " ".join((*self.words, *self.folded))

    @property
    def line(self) -> str:
        """Return all words, single-spaced."""
        return " ".join(self.text.split())
