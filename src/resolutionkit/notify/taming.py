"""What people typed, made inert for chats and text messages (rule C12, law L12). Pure.

A chat has markup of its own, each service another: a mention that rings a whole channel, a link with a harmless name,
a heading. Who sends through Apprise does not know which service reads it, and a telephone makes a link of whatever
looks like one. So what is active becomes a character that looks alike and does nothing. Mail and pages have real
escaping, and do without this.
"""

from __future__ import annotations

import re

from resolutionkit.model.markup import visible

_INERT = str.maketrans(
    {
        "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
        ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
        "&": "\N{FULLWIDTH AMPERSAND}",
        "@": "\N{FULLWIDTH COMMERCIAL AT}",
        "#": "\N{FULLWIDTH NUMBER SIGN}",
        "*": "\N{ASTERISK OPERATOR}",
        "_": "\N{FULLWIDTH LOW LINE}",
        "~": "\N{TILDE OPERATOR}",
        "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
        "|": "\N{BROKEN BAR}",
        "\\": "\N{FULLWIDTH REVERSE SOLIDUS}",
        "[": "\N{FULLWIDTH LEFT SQUARE BRACKET}",
        "]": "\N{FULLWIDTH RIGHT SQUARE BRACKET}",
        "{": "\N{FULLWIDTH LEFT CURLY BRACKET}",
        "}": "\N{FULLWIDTH RIGHT CURLY BRACKET}",
        "$": "\N{FULLWIDTH DOLLAR SIGN}",
        "^": "\N{MODIFIER LETTER UP ARROWHEAD}",
    }
)
_SCHEME = re.compile(r":(?=/)")
_DOTTED_NAME = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
_SPACED = re.compile(r"\s+")
_SEEN = 4
"""How many times the limit is looked at, since white space goes."""


def tamed(value: str, limit: int) -> str:
    """Return what somebody typed as one line that no chat obeys.

    Args:
        value: The text.
        limit: The most characters; what is longer ends in an ellipsis.
    """
    return unlinked(value[: limit * _SEEN + 1].translate(_INERT), limit)


def unlinked(value: str, limit: int) -> str:
    """Return what somebody typed as one line in which no telephone finds a link: all that a text message needs.

    Args:
        value: The text.
        limit: The most characters; what is longer ends in an ellipsis.
    """
    # Nobody reads further than the limit, and a comment may have tens of thousands of characters.
    line = _SPACED.sub(" ", visible(value[: limit * _SEEN])).strip()
    inert = _DOTTED_NAME.sub("\N{ONE DOT LEADER}", _SCHEME.sub("\N{RATIO}", line))
    return cut(inert if len(value) <= limit * _SEEN else f"{inert}…", limit)


def cut(line: str, limit: int) -> str:
    """Return a line of at most so many characters, cut between words where it can be."""
    if len(line) <= limit:
        return line
    at = line.rfind(" ", limit // 2, limit)
    return line[: at if at > 0 else limit - 1].rstrip() + "…"
