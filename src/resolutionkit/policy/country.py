"""The public holidays of a country, from the ``holidays`` package. The only module that knows it.

Names are in the language that was asked for, else in the country's own: never in that of the machine, on which the same
calendar would read otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from resolutionkit.datafile import nearest
from resolutionkit.errors import Fault, MissingExtra
from resolutionkit.model.values import FrozenMap


def country_faults(country: str, subdivision: str | None, language: str | None) -> Iterator[Fault]:
    """Yield what is wrong with a country, its subdivision and the language of the names.

    Raises:
        MissingExtra: The ``holidays`` package is not installed.
    """
    known = _package().list_supported_countries(include_aliases=True)
    if country not in known:
        yield Fault("country", f"no country {country!r}{nearest(country, known)}; codes are those of ISO 3166-1")
        return
    if subdivision is not None and subdivision not in known[country]:
        there = nearest(subdivision, known[country]) if known[country] else "; it has none, so leave it out"
        yield Fault("subdivision", f"no subdivision {subdivision!r} of {country!r}{there}")
    elif language is not None and language not in (there := _asked(country, None, None).supported_languages):
        hint = nearest(language, there) if there else "; its names come in one language only, so leave it out"
        yield Fault("language", f"no names of {country!r} in {language!r}{hint}")


@lru_cache(maxsize=1024)
def country_holidays(country: str, subdivision: str | None, language: str | None, year: int) -> Mapping[date, str]:
    """Return the public holidays of one year by their dates, in order.

    Raises:
        MissingExtra: The ``holidays`` package is not installed.
    """
    spoken = language or _asked(country, subdivision, None).default_language
    found = _asked(country, subdivision, spoken, years=year)
    return FrozenMap({day: str(name) for day, name in sorted(found.items()) if day.year == year})


def _asked(country: str, subdivision: str | None, language: str | None, **years: int) -> Any:
    return _package().country_holidays(country, subdiv=subdivision, language=language, expand=False, **years)


def _package() -> Any:
    try:
        import holidays
    except ModuleNotFoundError as problem:
        raise MissingExtra("calendars", "a calendar with the holidays of a country") from problem
    return holidays
