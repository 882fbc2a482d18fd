"""The daily report comes as a PDF with its mail: what was counted, for its reader, with links that act (C4, C6)."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdf
import pytest

from resolutionkit import Alerts, EmailNotifier, Group, LinkForm, Links, Person, Policy, StaticDirectory, Tracker
from resolutionkit.ports import Medium
from resolutionkit.testing import NOON, RecordingNotifier, TurnableClock
from support import response
from support.reports import text_of, urls_of

LINKS = Links("https://app.example/recovery", ["a key of these tests, and no other"])


@pytest.fixture
def mails(clock: TurnableClock) -> Iterator[tuple[Tracker, RecordingNotifier]]:
    """Yield a tracker whose day is over, with two unhappy responses and one that is fine, and the channel for mail."""
    lena = Person(id="lena", name="Lena", email="lena@shop.example")
    directory = StaticDirectory(people=[lena], groups=[Group(code="north", lead="lena")], leader="lena")
    channel = RecordingNotifier("email")
    channel.medium = Medium.MAIL
    policy = Policy(alerts=Alerts(), ticket_url="https://desk.example/")
    opened = {"policy": policy, "directory": directory, "clock": clock, "notifiers": [channel]}
    with Tracker.open("memory:", **opened) as tracker:
        for number, score in enumerate((3, 9, 6)):
            tracker.record(response(f"r-{number}", score, group="north", ticket=f"T-{number}", received_at=NOON))
        tracker.deliver()
        channel.notices.clear()
        clock.turn(days=1)
        tracker.run_alerts()
        tracker.deliver()
        yield tracker, channel


def test_a_report_is_a_pdf_of_its_mail(mails: tuple[Tracker, RecordingNotifier], clock: TurnableClock) -> None:
    """Its rows are those that were counted; sent again it is the same file, and its links add notes."""
    tracker, channel = mails
    [notice] = channel.notices
    mailer = EmailNotifier("smtp://localhost:25", "care@shop.example", links=LINKS)
    [part], [again] = (list(mailer.mail(notice).iter_attachments()) for _ in range(2))
    assert (part.get_filename(), part.get_content_type()) == ("service-recovery-report.pdf", "application/pdf")
    assert part.get_content() == again.get_content()
    pdf = part.get_content()
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    assert "For Lena" in text_of(pdf)
    assert "2 responses need recovery" in text_of(pdf)
    tokens = [url.rpartition("/")[2] for url in urls_of(pdf) if url.startswith(f"{LINKS.url}/")]
    assert [url for url in urls_of(pdf) if "desk" in url] == ["https://desk.example/T-0", "https://desk.example/T-2"]
    claim = LINKS.read(tokens[1], clock())
    assert (claim.recipient, claim.message, claim.response) == ("lena", notice.message.id, "r-0")
    tracker.by_link(claim).act(LinkForm(note="Rang.", key="form-1"))
    assert tracker.issue(claim.issue or "").note_count == 1


def test_without_typst_it_comes_as_html(
    mails: tuple[Tracker, RecordingNotifier], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail goes out all the same."""
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    [notice] = mails[1].notices
    [part] = EmailNotifier("smtp://localhost:25", "care@shop.example").mail(notice).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("service-recovery-report.html", "text/html")
    assert "2 responses need recovery" in part.get_content()
