"""A mail's headers and parts: threads, the same mail twice, no automatic replies, whole URLs, lines of legal length."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import attrs
import pytest

from resolutionkit import Contact, Topic
from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.notify.links import LinkAction, Links
from resolutionkit.ports import Notice
from support import NOON

Mailer = Callable[..., EmailNotifier]


def about(notice: Notice, **facts: Any) -> Notice:
    """Return a notice whose message has other facts."""
    return attrs.evolve(notice, message=attrs.evolve(notice.message, **facts))


def body(mail: EmailMessage, kind: str) -> str:
    """Return a part as text."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def sent(mail: EmailMessage) -> EmailMessage:
    """Return a mail as it arrives."""
    return message_from_bytes(mail.as_bytes(), policy=policy.default)


def test_the_headers_of_a_mail(mailer: Mailer, notice: Notice) -> None:
    """Who, to whom, of what, when; and that nobody need answer."""
    mail = mailer(reply_to="Service <service@shop.example>").mail(notice)
    root = mail["References"]
    assert {name: str(value) for name, value in mail.items()} == {
        "From": "Care team <care@shop.example>",
        "To": "Nina Okafor <nina@host.example>",
        "Reply-To": "Service <service@shop.example>",
        "Subject": "[New] Jane Doe, ABC Ltd: 2 of 10",
        "Date": "Fri, 20 Nov 2026 12:00:00 +0000",
        "Message-ID": f"<{notice.message.id}@shop.example>",
        "In-Reply-To": root,
        "References": root,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "MIME-Version": "1.0",
        "Content-Type": mail["Content-Type"],
    }


def test_the_parts_of_a_mail(mailer: Mailer, notice: Notice) -> None:
    """Text first, HTML last, which is what a client prefers; each says its language."""
    parts = list(sent(mailer().mail(notice)).iter_parts())
    assert [(part.get_content_type(), part["Content-Language"]) for part in parts] == [
        ("text/plain", "en"),
        ("text/html", "en"),
    ]


def test_the_date_is_that_of_sending(mailer: Mailer, notice: Notice) -> None:
    """A mail that quiet hours held would else look old, to filters as well as to readers."""
    assert notice.message.created_at <= NOON
    assert mailer(clock=lambda: NOON.replace(hour=23)).mail(notice)["Date"].datetime.hour == 23


def test_the_same_message_is_the_same_mail(mailer: Mailer, notice: Notice) -> None:
    """Sent again it has the same id, by which a client recognises it, and the same content."""
    first, second = mailer().mail(notice), mailer().mail(attrs.evolve(notice, attempt=2))
    assert first["Message-ID"] == second["Message-ID"]
    assert body(first, "html") == body(second, "html")


def test_mails_of_an_issue_are_one_conversation(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """They refer to one root, and their subjects differ in the tag only; another issue has another root."""
    mails = [mailer().mail(notice) for notice in every_topic.values() if notice.issue is not None]
    assert len({mail["References"] for mail in mails}) == len({mail["In-Reply-To"] for mail in mails}) == 1
    assert len({mail["Message-ID"] for mail in mails}) == len({notice.message.id for notice in every_topic.values()})
    assert len({re.sub(r"^\[[^]]+] ", "", mail["Subject"]) for mail in mails}) == 1
    notice = every_topic[Topic.OPENED]
    others = [about(notice, issue="another"), attrs.evolve(notice, account="other"), every_topic[Topic.RECORDED]]
    roots = {mailer().mail(one)["References"] for one in others}
    assert len(roots | {mails[0]["References"]}) == 4


def test_a_mail_about_a_response_does_not_show_its_id(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """It may be made of personal data."""
    notice = about(every_topic[Topic.RECORDED], response="jane@customer.example")
    assert "jane" not in mailer().mail(notice)["References"]


def test_ids_that_are_none_of_ours_are_made_fit(mailer: Mailer, notice: Notice) -> None:
    """Whatever a message's id holds, the header is one legal id, and the same each time."""
    odd = [mailer().mail(about(notice, id="a b>\r\nBcc: x@y.example"))["Message-ID"] for _ in range(2)]
    assert re.fullmatch(r"<[0-9a-f]{32}@shop\.example>", odd[0])
    assert odd[0] == odd[1]


def test_an_escalation_is_marked_as_important(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """Others are not, and none passes for bulk mail."""
    mails = {topic: mailer().mail(notice) for topic, notice in every_topic.items()}
    assert {topic for topic, mail in mails.items() if mail["Importance"] == "high"} == {Topic.ESCALATED}
    assert all(mail["Precedence"] is None for mail in mails.values())


def test_a_follower_can_leave_with_one_click(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """As RFC 8058 has it; an assignee cannot, whose mail is work."""
    notice = every_topic[Topic.STATUS_CHANGED]
    mail = mailer().mail(notice)
    keys = ["a key that is long enough for anybody"]
    url = Links("https://app.example/recovery", keys).to(notice, LinkAction.UNFOLLOW)
    assert mail["List-Unsubscribe"] == f"<{url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in mail.as_bytes()
    for topic in (Topic.OPENED, Topic.ASSIGNED, Topic.ESCALATED, Topic.RECORDED):
        assert mailer().mail(every_topic[topic])["List-Unsubscribe"] is None
    assert mailer(links=None).mail(notice)["List-Unsubscribe"] is None


def test_one_click_needs_https(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """Over plain HTTP, as while one develops, the link is there without the promise."""
    links = Links("http://localhost:8000/recovery", ["a key that is long enough for anybody"])
    mail = mailer(links=links).mail(every_topic[Topic.STATUS_CHANGED])
    assert mail["List-Unsubscribe"] is not None
    assert mail["List-Unsubscribe-Post"] is None


def test_whoever_follows_no_longer_has_nothing_to_leave(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """A mail that was told of while they did is sent without the link."""
    notice = every_topic[Topic.STATUS_CHANGED]
    assert notice.issue is not None
    gone = attrs.evolve(notice, issue=attrs.evolve(notice.issue, followers=()))
    assert mailer().mail(gone)["List-Unsubscribe"] is None


def test_a_url_that_would_have_to_be_folded_is_in_no_header(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """Nobody could follow it there; it stands in the text all the same."""
    notice = every_topic[Topic.STATUS_CHANGED]
    key = ["a key that is long enough for anybody"]
    for length, fits in ((400, True), (900, False)):
        links = Links(f"https://app.example/{'a' * length}", key)
        mail = mailer(links=links).mail(notice)
        assert (mail["List-Unsubscribe"] is not None, mail["List-Unsubscribe-Post"] is not None) == (fits, fits)
        assert links.to(notice, LinkAction.UNFOLLOW) in mail.get_body(["plain"]).get_content()


def test_every_line_has_a_legal_length(mailer: Mailer, notice: Notice) -> None:
    """Encoded text in lines of at most 76 characters (RFC 2045), encoded words of at most 75 (RFC 2047)."""
    contact = Contact(name="שלום " * 80, company="Ünïversal " * 40)
    long = attrs.evolve(notice, response=attrs.evolve(notice.response, contact=contact, comment="ü" * 5000))
    raw = mailer().mail(long).as_bytes()
    head, _, rest = raw.partition(b"\r\n\r\n")
    assert max(map(len, rest.split(b"\r\n"))) <= 76
    words = re.findall(rb"=\?utf-8\?\S+", head)
    assert words
    assert max(map(len, words)) <= 75
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_name_beyond_ascii_arrives(mailer: Mailer, notice: Notice) -> None:
    """In the headers, encoded as they have to be."""
    assert notice.person is not None
    person = attrs.evolve(notice.person, name='Zoë "the boss", Čapek')
    contact = Contact(name="Jürgen Groß")
    changed = attrs.evolve(notice, person=person, response=attrs.evolve(notice.response, contact=contact))
    mail = sent(mailer(sender="Fürsorge <care@shop.example>").mail(changed))
    assert mail["To"].addresses[0].display_name == 'Zoë "the boss", Čapek'
    assert mail["From"].addresses[0].display_name == "Fürsorge"
    assert mail["Subject"] == "[New] Jürgen Groß: 2 of 10"


def test_a_recipient_without_an_address(mailer: Mailer, notice: Notice) -> None:
    """There is nowhere to send it, for good."""
    assert notice.person is not None
    for address in (None, ""):
        with pytest.raises(NotDelivered, match="there is no email address") as caught:
            mailer().notify(attrs.evolve(notice, person=attrs.evolve(notice.person, email=address)))
        assert caught.value.is_final
    with pytest.raises(NotDelivered, match="there is no email address"):
        mailer().notify(attrs.evolve(about(notice, recipient="an observer"), person=None))


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "a@b@c.example",
        "a b@c.example",
        "a@-c.example",
        "a@c..example",
        "a,b@c.example",
        "<a@c.example>",
        "a@c.example\r\nBcc: x@y.example",
        "a\u202e@c.example",
        "@c.example",
        f"{'a' * 65}@c.example",
        f"a@{'c' * 64}.example",
    ],
)
def test_an_address_that_is_none(address: str, mailer: Mailer, notice: Notice) -> None:
    """A directory may hold anything: it is refused for good, without repeating it."""
    assert notice.person is not None
    with pytest.raises(NotDelivered, match="none that mail can go to") as caught:
        mailer().notify(attrs.evolve(notice, person=attrs.evolve(notice.person, email=address)))
    assert caught.value.is_final
    assert address not in str(caught.value)


def test_no_name_passes_for_an_encoded_word(mailer: Mailer, notice: Notice) -> None:
    """Encoded words that somebody typed would be decoded by the reader's client, line ends and all."""
    assert notice.person is not None
    attack = "=?utf-8?q?=0D=0ABcc:_x@y.example?="
    person, contact = attrs.evolve(notice.person, name=attack), Contact(name=attack)
    mail = mailer().mail(attrs.evolve(notice, person=person, response=attrs.evolve(notice.response, contact=contact)))
    for one in (mail, sent(mail)):
        assert one["Subject"] == "[New] = ?utf-8?q?=0D=0ABcc:_x@y.example?=: 2 of 10"
        assert one["To"].addresses[0].display_name == "= ?utf-8?q?=0D=0ABcc:_x@y.example?="
