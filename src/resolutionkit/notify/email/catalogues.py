"""Translations as gettext's .po files, read as they are: nothing has to be compiled, by us or by a host.

What is translated stands in ``wording`` and the templates, how a language writes dates and numbers in ``language``.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from attrs import field, frozen

from resolutionkit.errors import Fault
from resolutionkit.model.values import ENGLISH
from resolutionkit.notify.email.faults import EmailTextError

SHIPPED = Path(__file__).parent / "translations"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_HEADER = "Content-Type: text/plain; charset=UTF-8\n"
_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])?\s*)?("(?:[^"\\]|\\.)*")')

_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


@frozen(kw_only=True)
class Entry:
    """One message of a catalogue.

    Attributes:
        line: The line on which it begins.
        context: What tells it from another of the same words, or None.
        source: The English words.
        plural: The English words for several, or None.
        forms: The translation, one for each number that the language tells apart; empty where it is missing.
        is_fuzzy: Whether the translation is a guess that nobody has confirmed; it is not used.
    """

    line: int
    context: str | None = None
    source: str = ""
    plural: str | None = None
    forms: tuple[str, ...] = ()
    is_fuzzy: bool = False

    @property
    def is_translated(self) -> bool:
        """Say whether there is a translation that can be used."""
        return bool(self.forms) and all(self.forms) and not self.is_fuzzy

    @property
    def key(self) -> str:
        """Return what gettext finds it by."""
        context = "" if self.context is None else f"{self.context}\x04"
        return context + self.source + ("" if self.plural is None else f"\0{self.plural}")


def entries_of(text: str) -> tuple[list[Entry], list[Fault]]:
    """Return the messages of a .po file, and what is wrong with it."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    for first, lines in _blocks(text):
        parts, wrong = _parts(first, lines)
        faults += wrong
        if parts and not wrong:
            forms = tuple(words for name, words in parts.items() if name.startswith("msgstr"))
            is_fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
            entry = Entry(
                line=first,
                context=parts.get("msgctxt"),
                source=parts.get("msgid", ""),
                plural=parts.get("msgid_plural"),
                forms=forms,
                is_fuzzy=is_fuzzy,
            )
            entries.append(entry)
            faults += _entry_faults(entry)
    return entries, faults


def _blocks(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield what blank lines separate, each with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip():
            block.append(line.strip())
        elif block:
            yield number - len(block), block
            block = []


def _parts(first: int, lines: Sequence[str]) -> tuple[dict[str, str], list[Fault]]:
    parts: dict[str, str] = {}
    name = ""
    for number, line in enumerate(lines, start=first):
        if line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or not (found[1] or name):
            return {}, [Fault(f"line {number}", "is neither a comment nor a keyword with text in quotes")]
        name = f"{found[1]}{found[2] or ''}" if found[1] else name
        parts[name] = parts.get(name, "") + _unquoted(found[3])
    return parts, []


def _unquoted(literal: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0]), literal[1:-1])


def _entry_faults(entry: Entry) -> Iterator[Fault]:
    """Yield what would make a translation fail in use: placeholders that nothing fills, a lone %."""
    if not entry.source or not entry.is_translated:
        return
    known = set(PLACEHOLDER.findall(entry.source + (entry.plural or "")))
    for form in entry.forms:
        unknown = set(PLACEHOLDER.findall(form)) - known
        if unknown:
            yield Fault(f"line {entry.line}", f"%({min(unknown)})s is not in the English words")
        elif "%" in PLACEHOLDER.sub("", form).replace("%%", ""):
            yield Fault(f"line {entry.line}", "a % stands alone; write %%, or %(name)s for what is put in")


@frozen
class Catalogues:
    """The translations that ship, and a host's before them.

    Attributes:
        own: The host's translations by their language's tag in lower case.
        shipped: Ours.
    """

    own: Mapping[str, Sequence[Entry]]
    shipped: Mapping[str, Sequence[Entry]] = field(factory=lambda: _read(SHIPPED))

    @classmethod
    def load(cls, folder: Path | None) -> Catalogues:
        """Return the translations that ship with those of a host's folder, named as their languages: ``pt-BR.po``.

        Raises:
            EmailTextError: A file cannot be read, or is unsound; every fault has its file and line.
        """
        return cls({} if folder is None else _read(folder))

    def find(self, tag: str) -> tuple[str, NullTranslations]:
        """Return the nearest language that there is, and its translations: ``de`` for ``de-AT``, else English."""
        names = list(_wider(tag.lower()))
        known = [name for name in names if name in self.own or name in self.shipped]
        found: NullTranslations = NullTranslations()
        for name in reversed(known or [ENGLISH]):
            for there in (self.shipped, self.own):
                if name in there:
                    nearer = translations_of(there[name])
                    nearer.add_fallback(found)
                    found = nearer
        return (_cased(known[0]) if known else ENGLISH), found


def translations_of(entries: Sequence[Entry]) -> GNUTranslations:
    """Return entries as gettext's own: what it reads is compiled, so they are, in memory."""
    words = {entry.key: "\0".join(entry.forms) for entry in entries if entry.is_translated}
    words[""] = words.get("") or _HEADER
    pairs = sorted((key.encode(), value.encode()) for key, value in words.items())
    return GNUTranslations(io.BytesIO(_compiled(pairs)))


def _compiled(pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return a .mo file: a head, two tables of lengths and places, and the words, each ended by a NUL."""
    head = 7 * 4
    place = head + 16 * len(pairs)
    tables: tuple[list[int], list[int]] = ([], [])
    words = b""
    for column, table in enumerate(tables):
        for pair in pairs:
            table += (len(pair[column]), place + len(words))
            words += pair[column] + b"\0"
    numbers = (0x950412DE, 0, len(pairs), head, head + 8 * len(pairs), 0, 0)
    return struct.pack(f"<7I{4 * len(pairs)}I", *numbers, *tables[0], *tables[1]) + words


def _wider(tag: str) -> Iterator[str]:
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def _cased(tag: str) -> str:
    """Return a tag as it is usually written: ``pt-BR``, ``zh-Hans``."""
    first, *rest = tag.split("-")
    return "-".join([first, *(one.upper() if len(one) == 2 else one.capitalize() for one in rest)])


def _read(folder: Path) -> Mapping[str, Sequence[Entry]]:
    if not folder.is_dir():
        raise EmailTextError([Fault("folder", "is no folder that can be read")], str(folder))
    found: dict[str, Sequence[Entry]] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.po")):
        try:
            entries, wrong = entries_of(path.read_text(encoding="utf-8"))
            translations_of(entries)
        except (OSError, ValueError, SyntaxError) as problem:
            faults.append(Fault(path.name, f"cannot be read as a .po file: {problem}"))
            continue
        found[path.stem.lower()] = entries
        faults += [Fault(f"{path.name}, {fault.place}", fault.problem) for fault in wrong]
    if faults:
        raise EmailTextError(faults, str(folder))
    return found
