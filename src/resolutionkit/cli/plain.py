"""Text as a terminal may show it (requirement C12): the one place where what somebody typed is made harmless.

Every string of a document passes here in ``printing``, and every error in ``exits``; no command does it itself.
"""

from __future__ import annotations

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_LOOK_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that show nothing; ``str.isprintable`` lets them pass."""
_TAB = " " * 4


def line(text: object) -> str:
    """Return a text as one line: white space becomes spaces, and what a terminal would obey becomes U+FFFD.

    Replaced are control characters (ANSI escapes and links begin with one), bidirectional overrides and isolates,
    zero-width and other invisible characters, lone surrogates, and what Unicode has not assigned.
    """
    said = str(text)
    if said.isascii() and said.isprintable():
        return said
    return "".join(map(_harmless, said))


def block(text: object) -> str:
    r"""Return a text of several lines, each as harmless as :func:`line` makes it; they end in ``\n`` alone."""
    return "\n".join(line(one.replace("\t", _TAB)) for one in str(text).splitlines())


def _harmless(one: str) -> str:
    if one.isspace():
        return " "
    return one if one.isprintable() and one not in _LOOK_EMPTY else _REPLACEMENT
