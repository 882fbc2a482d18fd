"""A sentence of a docstring as parts: plain text, code, and links to public names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

RULES = re.compile(r"\b(?:requirements? |laws? )[A-L]\d+(?:(?:, | and )[A-L]\d+)*")
"""How docstrings name the rules that they follow; a page explains each."""

_MARKUP = re.compile(
    r":(?P<role>\w+):`~?(?P<target>[^`]+)`|``(?P<code>[^`]+)``|`(?P<tick>[^`]+)`|(?P<rule>" + RULES.pattern + ")"
)


@frozen
class Part:
    """A part of a sentence.

    Attributes:
        text: What is shown.
        kind: ``text``, ``code``, ``link`` to a name, or ``rule``.
        target: What a link leads to.
    """

    text: str
    kind: str = "text"
    target: str = ""


def parts_of(sentence: str) -> Iterator[Part]:
    """Yield the parts of a sentence that is written in reStructuredText or Markdown."""
    at = 0
    for match in _MARKUP.finditer(sentence):
        if match.start() > at:
            yield Part(sentence[at : match.start()])
        yield _part(match)
        at = match.end()
    if at < len(sentence):
        yield Part(sentence[at:])


def _part(match: re.Match[str]) -> Part:
    target = match["target"]
    if target:
        return Part(target.rpartition(".")[2], "link", target)
    if match["rule"]:
        return Part(match["rule"], "rule")
    return Part(match["code"] or match["tick"], "code")
