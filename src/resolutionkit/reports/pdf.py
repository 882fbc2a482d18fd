"""The report as a PDF: tagged for accessibility (PDF/UA-1), with every character shown, or said not to be.

This is the only module that knows typst. How the pages look stands in ``templates/report.typ``, which is fixed: what
the report says goes there as JSON, and nothing of it is ever read as markup (requirement C12, law L12).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from resolutionkit.errors import InvalidValue, MissingExtra, ResolutionKitError, shown
from resolutionkit.model.recovery_report import RecoveryReport
from resolutionkit.reports import content
from resolutionkit.reports.content import SaidEntry, SaidReport, is_right_to_left, said_of

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_PROBE = Path(__file__).parent / "templates" / "probe.typ"
_STANDARD = "ua-1"
_PIECE = 24
"""How many characters of a very long word stay together; it may break between them, so that none leaves its page."""
_PIECE_MAX = 64
"""How many characters stay together at most, whatever they are: a letter with thousands of marks is one to typst, which
cannot print it."""
_LONG_WORD = re.compile(rf"[^\t \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]{{{2 * _PIECE},}}")
"""Where no line may break by itself: spaces that do not break are letters to this."""
_STAND_IN = "\N{REPLACEMENT CHARACTER}"
_LISTED = 40
"""How many of the characters that cannot be shown the last page lists."""
_FAMILIES = (
    "Libertinus Serif",
    "Noto Naskh Arabic",
    "Noto Sans Arabic",
    "Noto Serif Devanagari",
    "Noto Sans Devanagari",
)
"""What text is set in, first that has the character. The first comes with typst; whatever else is there follows."""
_NARROW = 20
"""As many characters of whatever script have place in a line."""
_SURE_LINES = 32
"""As many lines have place on a page, whatever the font."""
_CJK = {"ja": "JP", "ko": "KR", "zh-tw": "TC", "zh-hant": "TC", "zh-hk": "HK"}
"""Whose forms of characters a language wants; else those of simplified Chinese."""
_UNSHOWN = re.compile(r'the text `"(.*)"` could not be displayed with')
"""What typst says of each text that no font has, where PDF/UA is asked for."""
_COMBINING = frozenset({"Mn", "Mc", "Me", "Cf"})
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))")


class PdfNotMade(ResolutionKitError, RuntimeError):
    """A report cannot be set as a PDF: its text is more than typst can cope with.

    Attributes:
        reason: What typst says.
    """

    def __init__(self, reason: str) -> None:
        """Say why, and what can be made instead."""
        self.reason = reason
        super().__init__(f"the report cannot be made as a PDF: {reason}; as_html and as_text make it all the same")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.reason,))


class Pdf(bytes):
    """A PDF: bytes that also know what could not be shown.

    Attributes:
        missing: The characters for which no font was found, each once, in the order of their code points. Each stands
            as U+FFFD in the document, and the last page lists them.
    """

    missing: tuple[str, ...] = ()


def as_pdf(report: RecoveryReport, *, fonts: Iterable[str | Path] = (), system_fonts: bool = True) -> Pdf:
    """Return a report as a PDF, tagged after PDF/UA-1. The same report in the same fonts gives the same bytes.

    No page break goes through a response, unless the response alone is longer than a page. Nothing else is done while
    it is made: where others wait, as in async code, make it in a thread.

    Args:
        report: The report.
        fonts: Folders with further fonts, read once in a process, for what neither typst nor the machine has: typst
            brings Latin, Greek, Cyrillic, Hebrew, Arabic and Devanagari, but neither Chinese, Japanese and Korean nor
            emoji.
        system_fonts: Whether the machine's own fonts may be used.

    Returns:
        The document; its ``missing`` has the characters that no font has.

    Raises:
        InvalidValue: A folder of fonts does not exist.
        MissingExtra: typst is not installed.
        PdfNotMade: typst cannot cope with the text, which is not known to happen.
    """
    typst = _package()
    found = _fonts(tuple(_folder(one) for one in fonts), system_fonts)
    families = _families(report.language, set(found.families()))
    said = said_of(report)
    press = _Press(typst, found, report)
    missing: frozenset[str] = frozenset()
    while True:
        made = press.printed(_TEMPLATE, _Data(missing).of(said) | {"fonts": families}, missing)
        if isinstance(made, bytes):
            pdf = Pdf(made)
            pdf.missing = tuple(sorted(missing))
            return pdf
        missing |= press.missing(made, families)


def _package() -> Any:
    try:
        import typst
    except ModuleNotFoundError as problem:
        raise MissingExtra("pdf", "a PDF") from problem
    return typst


@lru_cache(maxsize=8)
def _fonts(folders: tuple[str, ...], system_fonts: bool) -> Any:
    """Return the fonts that there are; looking for those of a machine takes longer than to set a short report."""
    return _package().Fonts(include_system_fonts=system_fonts, font_paths=list(folders))


def _folder(path: str | Path) -> str:
    if not Path(path).is_dir():
        raise InvalidValue("fonts", str(path), "a folder that has fonts in it")
    return str(path)


def _families(language: str, there: set[str]) -> list[str]:
    """Return which fonts to try before all others, in order; naming one that is not there would be a warning."""
    tag = language.lower()
    form = _CJK.get(tag) or _CJK.get(tag.partition("-")[0]) or "SC"
    wanted = (*_FAMILIES, f"Noto Serif CJK {form}", f"Noto Sans CJK {form}", f"Noto Serif {form}", f"Noto Sans {form}")
    return [one for one in wanted if one in there]


class _Press:
    """Prints with the fonts that there are, or says which characters it has none for."""

    def __init__(self, typst: Any, fonts: Any, report: RecoveryReport) -> None:
        self._typst = typst
        self._fonts = fonts
        self._timestamp = report.end

    def printed(
        self, template: Path, data: Mapping[str, Any], known: frozenset[str] = frozenset()
    ) -> bytes | frozenset[str]:
        """Return the PDF, or the characters beside those that are known that could not be shown where they stand."""
        given = json.dumps(data)
        try:
            compiler = self._typst.Compiler(template.read_bytes(), font_paths=self._fonts, sys_inputs={"report": given})
            made: bytes = compiler.compile(format="pdf", pdf_standards=_STANDARD, timestamp=self._timestamp)
        except self._typst.TypstError as problem:
            unshown = _unshown(problem.diagnostic) - known
            if not unshown:
                raise PdfNotMade(shown(problem.message)) from problem
            return unshown
        except BaseException as problem:
            # What panics within typst arrives as no Exception, and would end a worker for one customer's words.
            if type(problem).__name__ != "PanicException":
                raise
            raise PdfNotMade(shown(str(problem))) from problem
        return made

    def missing(self, unshown: frozenset[str], families: list[str]) -> frozenset[str]:
        """Return which of the characters no font has; one that stands beside such a one is complained of as well.

        Where every one alone has a font, and no font has them together, those give way that only combine.
        """
        alone = self.printed(_PROBE, {"title": content.TITLE, "fonts": families, "texts": sorted(unshown)})
        if not isinstance(alone, bytes):
            return alone & unshown or unshown
        return frozenset(one for one in unshown if unicodedata.category(one) in _COMBINING) or unshown


def _unshown(diagnostic: str) -> frozenset[str]:
    """Return the characters that typst says it could not show; none where it complains of something else."""

    def meant(found: re.Match[str]) -> str:
        return chr(int(found[1], 16)) if found[1] else str(found[2])

    return frozenset("".join(_ESCAPE.sub(meant, text) for text in _UNSHOWN.findall(diagnostic)))


class _Data:
    """Makes what the template is given.

    Args:
        missing: The characters in whose place something else stands, since no font has them.
    """

    def __init__(self, missing: frozenset[str]) -> None:
        """Know what cannot be shown."""
        self._missing = missing
        self._instead = str.maketrans(dict.fromkeys(missing, _STAND_IN))

    def of(self, said: SaidReport) -> dict[str, Any]:
        """Return all that a report says."""
        return {
            "title": content.TITLE,
            "document_title": content.document_title(said),
            "recipient": self._text(said.recipient),
            "window": said.window,
            "window_short": said.window_short,
            "zone": said.zone,
            "summary": said.summary,
            "link": said.link,
            "groups": [
                {
                    "name": self._text(one.name),
                    "numbers": [f"{count:,}" for count in (one.responses, one.without_notes, one.not_spoken)],
                }
                for one in said.groups
            ],
            "entries": [self._entry(one) for one in said.entries],
            "missing": _missing_in_words(self._missing),
            "words": {
                "notes": content.NOTES,
                "no_notes": content.NO_NOTES_YET,
                "add_note": content.ADD_NOTE,
                "add_notes": content.ADD_NOTES,
                "columns": list(content.COLUMNS),
            },
        }

    def _entry(self, entry: SaidEntry) -> dict[str, Any]:
        return {
            "name": self._text(entry.name),
            "contact": [self._text(one) for one in entry.contact],
            "received": entry.received,
            "score": entry.score,
            "out_of": entry.out_of,
            "category": entry.category.value,
            "band": entry.band,
            "marks": [self._text(one) for one in entry.marks],
            "facts": [
                {"name": one.name, "value": self._text(one.value), "link": one.link, "is_wide": one.is_wide}
                for one in entry.facts
            ],
            "said": [
                {
                    "question": None if one.question is None else self._text(one.question),
                    "text": self._text(one.text),
                    "answered": one.is_answered,
                }
                for one in entry.said
            ],
            "notes": [{"when": one.when, "text": self._text(one.text)} for one in entry.notes],
            "link": entry.link,
            "may_be_long": _may_be_long(entry),
        }

    def _plain(self, text: str) -> str:
        return text.translate(self._instead) if self._missing else text

    def _text(self, text: str) -> dict[str, Any]:
        """Return text with its direction, as lines of pieces between which it may break."""
        lines = self._plain(text).split("\n")
        return {"rtl": is_right_to_left(text), "lines": [_pieces(line) for line in lines]}


def _may_be_long(entry: SaidEntry) -> bool:
    """Say whether an entry might need more than a page, and has to be measured: measuring all takes as long again."""
    texts = [entry.name, *entry.contact, *(one.value for one in entry.facts), *(one.text for one in entry.notes)]
    for one in entry.said:
        texts += [one.question or "", one.text]
    return sum(1 + len(line) // _NARROW for text in texts for line in text.split("\n")) > _SURE_LINES


def _pieces(line: str) -> list[str]:
    """Return a line in pieces: one, unless a word is so long that it has to break somewhere."""
    pieces: list[str] = []
    start = 0
    for word in _LONG_WORD.finditer(line):
        end = word.start() + _PIECE
        while end < word.end():
            latest = min(end + _PIECE_MAX - _PIECE, word.end())
            while end < latest and not _may_part(line, end):
                end += 1
            pieces.append(line[start:end])
            start, end = end, end + _PIECE
    return [*pieces, line[start:]]


def _may_part(line: str, at: int) -> bool:
    """Say whether a line may break before a character: not before what combines, nor on either side of a joiner."""
    joined = "\N{ZERO WIDTH JOINER}" in line[at - 1 : at + 1]
    return not joined and not unicodedata.category(line[at]).startswith("M")


def _missing_in_words(missing: frozenset[str]) -> str | None:
    if not missing:
        return None
    listed = sorted(missing)
    names = ", ".join(map(_named, listed[:_LISTED]))
    more = f", and {len(listed) - _LISTED:,} more" if len(listed) > _LISTED else ""
    return f"No font was found for what stands as {_STAND_IN} above: {names}{more}."


def _named(character: str) -> str:
    """Return a character's code, with its name where that says more."""
    code = f"{ord(character):04X}"
    name = unicodedata.name(character, "")
    return f"U+{code} {name}" if name and code not in name else f"U+{code}"
