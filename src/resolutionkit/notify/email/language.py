"""A reader's language: the words of ours in it, dates, numbers. What there is to say stands in ``wording``."""

from __future__ import annotations

from datetime import datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from attrs import frozen

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def marked(words: str) -> str:
    """Return English words as they are; it marks them for translators."""
    return words


_MONTHS = (
    marked("January"),
    marked("February"),
    marked("March"),
    marked("April"),
    marked("May"),
    marked("June"),
    marked("July"),
    marked("August"),
    marked("September"),
    marked("October"),
    marked("November"),
    marked("December"),
)


@frozen
class Language:
    """What a reader reads.

    Attributes:
        tag: The language's BCP 47 tag.
        translations: The words of it.
    """

    tag: str
    translations: NullTranslations

    @property
    def direction(self) -> str:
        """Return where its lines begin, as HTML says it: ``ltr`` or ``rtl``."""
        return "rtl" if self.tag.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"

    def gettext(self, words: str, /, **values: object) -> str:
        """Return words in the language, with values put in by name."""
        found = self.translations.gettext(words) if words else ""
        return found % values if values else found

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return words in the language for a number of things, with the number put in as ``number``."""
        return self.translations.ngettext(one, many, number) % {"number": number, **values}

    def pgettext(self, context: str, words: str, /) -> str:
        """Return words in the language that mean one thing here and another elsewhere."""
        return self.translations.pgettext(context, words)

    def number(self, value: float) -> str:
        """Return a number as the language writes it; whole ones without a point."""
        # Translators: what stands between a number and its decimals.
        return f"{value}".replace(".", self.pgettext("decimal point", "."))

    def moment(self, at: datetime, zone: str) -> str:
        """Return an instant to the minute, on the clock of a zone, with the name that the clock goes by then."""
        local = at.astimezone(ZoneInfo(zone))
        return self.gettext(
            "%(day)s %(month)s %(year)s, %(hour)s:%(minute)s %(clock)s",
            day=local.day,
            month=self.gettext(_MONTHS[local.month - 1]),
            year=local.year,
            hour=f"{local:%H}",
            minute=f"{local:%M}",
            clock=_clock(local),
        )


def _clock(local: datetime) -> str:
    """Return what a clock is called: CET; where it has no letters, its distance from UTC."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name.startswith(("+", "-")) else name
