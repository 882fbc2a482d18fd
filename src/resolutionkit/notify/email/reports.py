"""The service recovery report as a file of its mail (requirement C6).

What the mail itself says of a report stands in ``digests``.
"""

from __future__ import annotations

from collections.abc import Iterator

from resolutionkit.errors import MissingExtra
from resolutionkit.model.notices import Notice
from resolutionkit.notify.email.message import Attachment
from resolutionkit.notify.links import Links
from resolutionkit.notify.report_linking import linked
from resolutionkit.reports.html import as_html
from resolutionkit.reports.pdf import PdfNotMade, as_pdf

NAME = "service-recovery-report"
"""What the file is called, without its ending."""


def report_files(notice: Notice, links: Links | None) -> Iterator[Attachment]:
    """Yield the report that a notice brings, as a PDF; as HTML where typst is not installed, or cannot print it.

    A mail that is sent again has the same file: its links are good from when the message was written.

    Args:
        notice: The notice of a report.
        links: Makes the links to add notes; None for a report without links.
    """
    report = None if notice.digest is None else notice.digest.report
    if report is None:
        return
    if links is not None:
        message = notice.message
        report = linked(report, links, account=notice.account, made_at=message.created_at, message=message.id)
    try:
        yield Attachment(name=f"{NAME}.pdf", media_type="application/pdf", content=as_pdf(report))
    except (MissingExtra, PdfNotMade):
        yield Attachment(name=f"{NAME}.html", media_type="text/html", content=as_html(report).encode())
