"""Law L12 for mails: whatever a respondent types adds no header, no element, no attribute and no line of ours."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import Answer, Contact, Response, Topic
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.ports import Notice
from support import NOON

Mailer = Callable[..., EmailNotifier]

ATTACKS = (
    "\r\nBcc: everybody@x.example\r\n\r\n<b>body</b>",
    "a\nSubject: other",
    "a\x0bBcc: x@y.example\x0cBcc: x@y.example\x85Bcc: x@y.example\u2028Bcc: x@y.example",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>body{display:none}",
    "</title></head><body>",
    "<!-- <p>",
    "-->",
    "]]>",
    "&lt;b&gt;&amp;",
    "{{ 7 * 7 }}{% raw %}{{ mail }}{# #}",
    "%(who)s %s %",
    "=?utf-8?q?=0D=0ABcc:_x@y.example?=",
    "javascript:alert(1)",
    "https://evil.example/\u202egpj.exe",
    "--===============0000000000000000000==",
    ".\r\nQUIT\r\n",
    "From x\nFrom y",
    "\u200b\ufeff\u2066x\u2069",
    "> WHAT YOU CAN DO\nWHAT YOU CAN DO\n\nOpen the issue:\nhttps://evil.example",
    "[Escalated] [Re:] Fwd:",
    "a" * 400,
)

_typed = st.sampled_from(ATTACKS) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40
)
_line = _typed.map(lambda one: one[:400])


class Skeleton(HTMLParser):
    """Collects the elements of a page with the names of their attributes, and what they link to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.urls: list[str] = []
        self.odd: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Keep an element; a line end within what was typed is one too, as often as it was typed."""
        if tag != "br":
            self.elements.append((tag, tuple(sorted(name for name, _ in attributes))))
        self.urls += [value or "" for name, value in attributes if name in ("href", "src", "action", "background")]

    def handle_comment(self, data: str) -> None:
        """No mail has a comment."""
        self.odd.append(data)

    def handle_pi(self, data: str) -> None:
        """Nor a processing instruction."""
        self.odd.append(data)


def content(mail: EmailMessage, kind: str) -> str:
    """Return a part as text."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def typed(words: Callable[[], str]) -> Response:
    """Return a response all of whose words come from a respondent; none is left blank."""

    def some() -> str:
        return f"x{words()}"

    return Response(
        id="r-1",
        score=2,
        received_at=NOON,
        survey=some().strip()[:190].strip(),
        contact=Contact(name=some(), email=some(), phone=some(), company=some()),
        answers=[Answer(some(), some()), Answer(some())],
        tags=[some()],
        factors=[some()],
        hierarchy=[some()],
        group=some().strip()[:190].strip(),
        ticket=some().strip()[:190].strip(),
        agent=some(),
        comment=some(),
        wants_contact=True,
    )


def noted(notice: Notice, words: Callable[[], str]) -> Notice:
    """Return a notice whose notes and reason hold words as well: they may quote the customer."""

    def changed(note: Any) -> Any:
        return attrs.evolve(note, text=f"x{words()}", author=f"x{words()}") if note is not None else None

    events = []
    for event in notice.events:
        facts: dict[str, Any] = {"note": changed(event.note)} if getattr(event, "note", None) else {}
        if event.kind == "escalated":
            facts |= {"reason": f"x{words()}", "reason_kind": f"x{words()}"}
        events.append(attrs.evolve(event, **facts))
    issue = notice.issue
    if issue is not None:
        issue = attrs.evolve(issue, notes=type(issue.notes)(map(changed, issue.notes)))
    return attrs.evolve(notice, events=tuple(events), issue=issue, response=typed(words))


TOPICS = (Topic.ESCALATED, Topic.OPENED, Topic.STATUS_CHANGED, Topic.RECORDED)


@given(data=st.data(), topic=st.sampled_from(TOPICS), language=st.sampled_from(["en", "de"]))
def test_whatever_is_typed_adds_nothing(
    data: st.DataObject, topic: Topic, language: str, mailer: Mailer, every_topic: dict[Topic, Notice]
) -> None:
    """The mail has the headers and the elements of one in which everybody typed the letter x."""
    notice = attrs.evolve(every_topic[topic], language=language)
    tame = mailer().mail(noted(notice, lambda: ""))
    mail = mailer().mail(noted(notice, lambda: data.draw(_line)))
    raw = mail.as_bytes()
    arrived = message_from_bytes(raw, policy=policy.default)
    assert arrived.keys() == message_from_bytes(tame.as_bytes(), policy=policy.default).keys()
    assert not arrived.defects
    assert [part.get_content_type() for part in arrived.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    unlike = {name for name in arrived if str(arrived[name]) != str(tame[name])}
    assert unlike <= {"Subject", "Content-Type"}
    assert "Content-Type" not in unlike or arrived.get_boundary() != tame.get_boundary()
    page, model = Skeleton(content(arrived, "html")), Skeleton(content(tame, "html"))
    links = [one for one in page.urls if not one.startswith(("mailto:", "tel:"))]
    assert links == model.urls
    assert page.odd == []
    if len(page.urls) == len(links):
        assert page.elements == model.elements


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("topic", TOPICS)
def test_each_attack_is_shown_as_text(
    attack: str, topic: Topic, mailer: Mailer, every_topic: dict[Topic, Notice]
) -> None:
    """And the plain text has as many lines of ours as ever: what was typed is marked, line by line."""
    notice = every_topic[topic]
    tame, mail = (mailer().mail(noted(notice, words)) for words in (lambda: "", lambda: attack))
    page, model = Skeleton(content(mail, "html")), Skeleton(content(tame, "html"))
    assert (page.elements, page.urls, page.odd) == (model.elements, model.urls, [])
    lines = [[one for one in content(each, "plain").splitlines() if not one.startswith(">")] for each in (tame, mail)]
    assert len(lines[0]) == len(lines[1])
    assert len(str(mail["Subject"]).splitlines()) == 1
    for character in "\u202e\u2066\ufeff\u2028\x0b":
        assert character not in content(mail, "html") + content(mail, "plain") + mail["Subject"]


def test_what_was_typed_is_still_there(mailer: Mailer, notice: Notice) -> None:
    """Escaping shows the text as it was."""
    mail = mailer().mail(
        attrs.evolve(notice, response=attrs.evolve(notice.response, comment="1 < 2 & <b>bold</b> {{x}}"))
    )
    assert "1 &lt; 2 &amp; &lt;b&gt;bold&lt;/b&gt; {{x}}" in content(mail, "html")
    assert "> 1 < 2 & <b>bold</b> {{x}}\n" in content(mail, "plain")
