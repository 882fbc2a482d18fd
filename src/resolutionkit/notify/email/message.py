"""The mail itself: its headers and its two parts. What it says comes from the templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, EmailPolicy
from hashlib import sha256
from typing import Any

from attrs import frozen

from resolutionkit.model.notices import Notice
from resolutionkit.notify.email.addresses import Mailbox
from resolutionkit.notify.email.plain import header_words

_WORDED = frozenset({"subject", "from", "to", "reply-to"})
"""The headers that may have to be encoded: an encoded word has at most 75 characters (RFC 2047)."""
_NARROW = SMTP.clone(max_line_length=76, cte_type="7bit")
_BODY = SMTP.clone(max_line_length=76, cte_type="7bit")
"""A line of quoted-printable has at most 76 characters (RFC 2045)."""
_URL_MAX = 998 - len("List-Unsubscribe: <>")
"""How long a URL in a header may be that stands on one line (RFC 5322)."""
_ID = re.compile(r"[A-Za-z0-9.-]{1,100}")


class _Headers(EmailPolicy):
    """Folds words at 76 characters, and leaves long URLs and ids whole, which folding would spoil."""

    def fold(self, name: str, value: Any) -> str:
        """Return a header as text."""
        if name.lower() in _WORDED:
            return str(_NARROW.clone(utf8=self.utf8).fold(name, value))
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header as bytes."""
        charset = "utf-8" if self.utf8 else "ascii"
        return self.fold(name, value).encode(charset, "surrogateescape")


_HEADERS = _Headers(linesep="\r\n", max_line_length=998, cte_type="7bit")


@frozen(kw_only=True)
class Attachment:
    """A file that comes with a mail.

    Attributes:
        name: What it is called, such as ``recovery-report.pdf``: a file name without a path.
        media_type: What it is, such as ``application/pdf``.
        content: What stands in it.
    """

    name: str
    media_type: str
    content: bytes


@frozen(kw_only=True)
class Parts:
    """What was rendered.

    Attributes:
        language: The BCP 47 tag of its language.
        subject: The subject.
        text: The plain text.
        html: The HTML.
        unfollow: The one-click URL that ends it for a follower, or None.
        attachments: The files that come with it, in order.
    """

    language: str
    subject: str
    text: str
    html: str
    unfollow: str | None = None
    attachments: tuple[Attachment, ...] = ()


def message_of(
    notice: Notice, parts: Parts, *, sender: Mailbox, recipient: Mailbox, reply_to: Mailbox | None, at: datetime
) -> EmailMessage:
    """Return a mail.

    Args:
        notice: What it tells of.
        parts: What was rendered.
        sender: From whom it comes.
        recipient: To whom it goes.
        reply_to: Where answers go, or None for the sender.
        at: The present.
    """
    message = EmailMessage(policy=_HEADERS.clone(utf8=recipient.is_international))
    message["MIME-Version"] = "1.0"
    message["From"] = sender.header
    message["To"] = recipient.header
    if reply_to is not None:
        message["Reply-To"] = reply_to.header
    message["Subject"] = header_words(parts.subject)
    message["Date"] = at
    message["Message-ID"] = f"<{_own_id(notice)}@{sender.domain}>"
    for name, value in (*_threading(notice, sender), *_automatic(notice), *_leaving(parts.unfollow)):
        message[name] = value
    message.make_alternative()
    message.attach(_part(parts.text, "plain", parts.language))
    message.attach(_part(parts.html, "html", parts.language))
    for one in parts.attachments:
        kind, _, subtype = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)
    return message


def _part(content: str, kind: str, language: str) -> Any:
    part: Any = MIMEPart(policy=_BODY)
    part.set_content(content, subtype=kind)
    part["Content-Language"] = language
    return part


def _own_id(notice: Notice) -> str:
    """Return the message's id: the same mail, sent again, is recognised by it."""
    found = notice.message.id
    return found if _ID.fullmatch(found) else _digest("message", notice.account, found)


def _threading(notice: Notice, sender: Mailbox) -> Iterator[tuple[str, str]]:
    """Yield what makes all mails of an issue one conversation: each answers a mail that nobody ever sent."""
    message = notice.message
    if message.digest is not None:  # each is about a time of its own
        return
    what, which = ("issue", message.issue) if message.issue is not None else ("response", message.response)
    root = f"<{what}.{_digest(what, notice.account, which)}@{sender.domain}>"
    yield "In-Reply-To", root
    yield "References", root


def _automatic(notice: Notice) -> Iterator[tuple[str, str]]:
    """Yield what keeps automatic replies from answering (RFC 3834; the second is Exchange's), and urgency.

    There is no ``Precedence``: that it is bulk would be untrue, and it keeps urgent mail from being seen.
    """
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "OOF, AutoReply"
    if notice.message.is_urgent:
        yield "Importance", "high"


def _leaving(url: str | None) -> Iterator[tuple[str, str]]:
    """Yield the one-click unsubscribe (RFC 8058), which has to be HTTPS; without it the link alone (RFC 2369).

    A URL that would have to be folded could not be used: the mail has the link in its text all the same.
    """
    if url is not None and len(url) <= _URL_MAX:
        yield "List-Unsubscribe", f"<{url}>"
        if url.startswith("https:"):
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _digest(*parts: str) -> str:
    """Return a name for what is not to be shown, or may hold anything: the same for the same parts."""
    return sha256("\0".join(parts).encode()).hexdigest()[:32]
