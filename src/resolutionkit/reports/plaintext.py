"""The report as plain text, for mail programs and terminals that show nothing else."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from resolutionkit.model.recovery_report import RecoveryReport
from resolutionkit.reports import content
from resolutionkit.reports.content import Said, SaidEntry, said_of

_WIDTH = 78
_QUOTED = "> "
_RULE = "-" * _WIDTH


def as_text(report: RecoveryReport) -> str:
    """Return a report as plain text in lines of 78 characters; only longer words and links make longer ones."""
    said = said_of(report)
    lines = [content.TITLE, "=" * len(content.TITLE), "", f"For {said.recipient}", f"{said.window} ({said.zone})"]
    lines += ["", *_wrapped(said.summary)]
    for group in said.groups:
        lines += _wrapped(
            f"- {group.name}: {group.responses:,}, without notes {group.without_notes:,}, "
            f"not spoken to {group.not_spoken:,}",
            later="  ",
        )
    if said.link is not None:
        lines += ["", f"{content.ADD_NOTES}:", said.link]
    for entry in said.entries:
        lines += ["", _RULE, "", *_entry(entry)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _entry(entry: SaidEntry) -> Iterator[str]:
    yield from _wrapped(f"{entry.score} {entry.out_of} ({entry.band}): {entry.name}")
    yield from _wrapped(", ".join((entry.received, *entry.marks)))
    if entry.contact:
        yield from _wrapped(", ".join(entry.contact))
    for fact in entry.facts:
        value = fact.value if fact.link is None else f"{fact.value} <{fact.link}>"
        yield from _wrapped(f"{fact.name}: {value}", later="  ")
    for said in entry.said:
        yield ""
        yield from _said(said)
    yield ""
    yield f"{content.NOTES}:"
    for note in entry.notes:
        first, *rest = note.text.split("\n")
        yield from _wrapped(f"{note.when}  {first}", later="    ")
        for line in rest:
            yield from _wrapped(f"    {line}", later="    ")
    if not entry.notes:
        yield content.NO_NOTES_YET
    if entry.link is not None:
        yield ""
        yield f"{content.ADD_NOTE}:"
        yield entry.link


def _said(said: Said) -> Iterator[str]:
    if said.question is not None:
        yield from _wrapped(said.question)
    for line in said.text.split("\n"):
        yield from _wrapped(f"{_QUOTED}{line}", later=_QUOTED) if said.is_answered else _wrapped(line)


def _wrapped(line: str, later: str = "") -> list[str]:
    """Return a line in several where it is long; white space within it stays, and no word is cut."""
    return textwrap.wrap(
        line,
        _WIDTH,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    ) or [line]
