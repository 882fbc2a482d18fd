"""Whether the links of Markdown files lead somewhere: to files, to their headings, to well-formed addresses. Pure.

Unlike ``builtlinks`` this reads sources, so it also sees the README and what else is no part of the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from builtlinks import address_problems

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*(?P<target>[^()\s]+)\s*\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_LABEL = re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE)


def links_of(text: str) -> list[str]:
    """Return where a Markdown text links to, code left out."""
    return [match["target"] for match in _LINK.finditer(_FENCE.sub("", text).replace("\n", " "))]


def anchors_of(text: str) -> set[str]:
    """Return where a Markdown text can be entered: its headings as GitHub and MyST name them, and its labels."""
    plain = _FENCE.sub("", text)
    return {slug(heading) for heading in _HEADING.findall(plain)} | set(_LABEL.findall(plain))


def slug(heading: str) -> str:
    """Return the anchor of a heading."""
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", shown.lower()).strip().replace(" ", "-")


def problems_of(path: Path) -> Iterator[str]:
    """Yield what is wrong with the links of a Markdown file."""
    text = path.read_text(encoding="utf-8")
    for link in links_of(text):
        yield from (f"{path.name}: {link}: {problem}" for problem in _problems(path, text, link))


def _problems(path: Path, text: str, link: str) -> Iterator[str]:
    if "://" in link or link.startswith("mailto:"):
        yield from address_problems(link)
        return
    name, _, anchor = unquote(link).partition("#")
    target = path.parent / name if name else path
    if not target.exists():
        yield "there is no such file"
    elif anchor and target.suffix == ".md":
        source = text if target == path else target.read_text(encoding="utf-8")
        if anchor not in anchors_of(source):
            yield "there is no such heading"
