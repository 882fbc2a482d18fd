"""The service recovery report as a value: a recipient, a window, and the responses in it (requirement C6).

Which responses those are is decided by whoever builds it (``tracker.reporting``). How it reads stands in
``reports.content``, how it looks in ``reports.pdf``, ``reports.html`` and ``reports.plaintext``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from attrs import field, frozen
from attrs.validators import instance_of

from resolutionkit.errors import InvalidValue
from resolutionkit.model.notes import NO_NOTES, NoteLog
from resolutionkit.model.people import Person
from resolutionkit.model.response import Response
from resolutionkit.model.scale import NPS, Category, Scale
from resolutionkit.model.values import (
    CODE_MAX,
    ENGLISH,
    collected,
    flag,
    is_language,
    is_web_address,
    is_zone,
    text,
    utc,
)


def _url(name: str) -> Any:
    def convert(value: str | None) -> str | None:
        # A link is followed by whoever reads the report: a javascript: or file: URL never gets as far as that.
        if value is None or is_web_address(value):
            return value
        raise InvalidValue(name, value, "an https:// or http:// URL, or None")

    return field(default=None, converter=convert)


def _instant(name: str) -> Any:
    return field(converter=lambda value: utc(value, name, InvalidValue))


def _zone(value: str) -> str:
    zone = text(value, "zone", InvalidValue, CODE_MAX)
    if is_zone(zone):
        return zone
    raise InvalidValue("zone", value, "an IANA time zone, such as 'Europe/London'")


def _language(value: str) -> str:
    tag = text(value, "language", InvalidValue, CODE_MAX)
    if is_language(tag):
        return tag
    raise InvalidValue("language", value, "a language tag, such as 'de' or 'pt-BR'")


def _is_late(value: bool) -> bool:
    return flag(value, "is_late", InvalidValue)


@frozen(kw_only=True)
class ReportEntry:
    """One response of a service recovery report, with what is known of it when the report is made.

    Attributes:
        response: The response: who, when, the rating, the factors, the verbatim comment, the ticket, the agent.
        issue: The id of the issue that it belongs to, or None.
        version: The number of that issue's last event; 0 where there is no issue.
        group: The code of its group, or None.
        group_name: What the group is called, or None where it has no name.
        segment: The code of the customer's segment, or None.
        status: What the issue's status is called, or None where there is no issue.
        notes: The note log so far, oldest first.
        scale: The scale that the rating is on.
        category: The band of the rating, as it was judged when it was recorded.
        is_late: Whether it was recorded after the window of its own had closed (requirement C4).
        link: The URL at which the recipient adds notes to it, or None.
        ticket_link: The URL of the ticket in the host's own system, or None.

    Raises:
        InvalidValue: A link is no web address, or a field is of another type.
    """

    response: Response = field(validator=instance_of(Response))
    issue: str | None = None
    version: int = 0
    group: str | None = None
    group_name: str | None = None
    segment: str | None = None
    status: str | None = None
    notes: NoteLog = field(default=NO_NOTES, validator=instance_of(NoteLog))
    scale: Scale = field(default=NPS, validator=instance_of(Scale))
    category: Category = field(default=Category.DETRACTOR, validator=instance_of(Category))
    is_late: bool = field(default=False, converter=_is_late)
    link: str | None = _url("link")
    ticket_link: str | None = _url("ticket_link")


def _entry(value: object, place: str, error: type[InvalidValue]) -> ReportEntry:
    if isinstance(value, ReportEntry):
        return value
    raise error(place, type(value).__name__, "a ReportEntry")


def _entries(value: Iterable[ReportEntry]) -> tuple[ReportEntry, ...]:
    return collected(value, "entries", InvalidValue, _entry)


@frozen(kw_only=True)
class RecoveryReport:
    """The service recovery report of one person over one window (requirement C6).

    ``as_pdf``, ``as_html`` and ``as_text`` turn it into what people read.

    Attributes:
        recipient: Whom it is for.
        start: The window's first instant, aware; becomes UTC.
        end: The first instant after the window.
        zone: The IANA zone of the account's clock, in which every date of it is shown.
        entries: The responses, in the order in which they were received; at least one.
        link: The URL at which the recipient goes through all of them to add notes, or None.
        language: The language that the recipient reads, as a BCP 47 tag. It chooses among the forms that Chinese,
            Japanese and Korean give one character; the report's own words are English.

    Raises:
        InvalidValue: There are no entries, the window is empty or naive, a link is no web address, or the zone is
            unknown.
    """

    recipient: Person = field(validator=instance_of(Person))
    start: datetime = _instant("start")
    end: datetime = _instant("end")
    zone: str = field(default="UTC", converter=_zone)
    entries: tuple[ReportEntry, ...] = field(converter=_entries)
    link: str | None = _url("link")
    language: str = field(default=ENGLISH, converter=_language)

    def __attrs_post_init__(self) -> None:
        """Refuse a report of nothing, and a window that ends before it begins."""
        if not self.start < self.end:
            raise InvalidValue("end", self.end, f"an instant after the window's start, {self.start.isoformat()}")
        if not self.entries:
            raise InvalidValue("entries", (), "a ReportEntry or more; where nothing needs recovery there is no report")

    def __repr__(self) -> str:
        """Show the window and the size, and nothing that a customer wrote: a repr ends in logs."""
        window = f"{self.start.isoformat()} to {self.end.isoformat()}"
        return f"<RecoveryReport for {self.recipient.id!r}: {len(self.entries)} responses, {window}>"
