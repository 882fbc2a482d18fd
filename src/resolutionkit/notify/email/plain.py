"""Text that somebody typed, as a mail may hold it: nothing in it that a mail client or a header would obey (law L12).

What makes it HTML stands in ``rendering``.
"""

from __future__ import annotations

from resolutionkit.model.markup import visible

__all__ = ["cut", "header_words", "one_line", "quoted", "visible"]


def one_line(value: object) -> str:
    """Return text as one line, without what would be obeyed rather than shown."""
    return " ".join(visible(str(value)).split())


def header_words(value: object) -> str:
    """Return text for a header, in which nothing passes for an encoded word (RFC 2047): those may hold line ends."""
    return one_line(value).replace("=?", "= ?")


def cut(value: str, limit: int) -> str:
    """Return one line of at most so many characters, with dots where it was longer."""
    line = one_line(value)
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def quoted(value: object) -> str:
    """Return text with a mark before each line, so that it cannot pass for a line of ours."""
    return "\n".join(f"> {line}".rstrip() for line in visible(str(value)).splitlines() or [""])
