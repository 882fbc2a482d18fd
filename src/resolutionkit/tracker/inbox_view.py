"""My Issues as a notebook shows them: the counts, and the beginning of the sections that ask for work (rule D1)."""

from __future__ import annotations

from resolutionkit.errors import ResolutionKitError
from resolutionkit.model.issue import IssueLine
from resolutionkit.model.listings import issue_table
from resolutionkit.model.markup import Html, escaped, quiet, table, view
from resolutionkit.model.query import Counts, Page

TOP = 10
"""How many issues of a section are shown."""

_SECTIONS = ("flagged", "working", "followed", "open", "closed", "mine")


def inbox_view(name: str, counts: Counts, flagged: Page[IssueLine], working: Page[IssueLine]) -> str:
    """Return an inbox: its counts, and the top of *flagged* and *working*.

    Args:
        name: Whose inbox it is.
        counts: How many issues are in each section.
        flagged: The top of that section, most urgent first.
        working: The top of that section, most urgent first.
    """
    return view(
        table(escaped(name), map(str.capitalize, _SECTIONS), [[_count(counts, one) for one in _SECTIONS]]),
        _section("Flagged", flagged, counts.flagged),
        _section("Working", working, counts.working),
        quiet(escaped("Each section by pages: inbox.flagged(), .working(), .followed(), .open(), .closed().")),
    )


def unread_view(name: str, problem: ResolutionKitError) -> str:
    """Return an inbox that could not be read, with the reason in place of the issues."""
    return view(escaped(f"{name} cannot be read now: {problem}"))


def _count(counts: Counts, section: str) -> Html:
    floor = "+" if section == "closed" and counts.closed_is_floor else ""
    return escaped(f"{getattr(counts, section):,}{floor}")


def _section(name: str, page: Page[IssueLine], count: int) -> Html:
    if not page.items:
        return quiet(escaped(f"{name}: nothing."))
    return issue_table(f"{name}: {len(page):,} of {max(count, len(page)):,}, most urgent first", page.items)
