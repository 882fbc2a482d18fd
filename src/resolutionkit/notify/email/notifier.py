"""The email channel as a notifier: a notice becomes a mail, and the mail is handed to a server."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from resolutionkit.errors import InvalidValue
from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.model.messages import Medium, Topic
from resolutionkit.notify.email.actions import Ways, actions_for
from resolutionkit.notify.email.addresses import Mailbox, mailbox, own_mailbox
from resolutionkit.notify.email.catalogues import Catalogues
from resolutionkit.notify.email.content import mail_of
from resolutionkit.notify.email.language import Language
from resolutionkit.notify.email.message import Attachment, Parts, message_of
from resolutionkit.notify.email.rendering import Rendering
from resolutionkit.notify.email.reports import report_files
from resolutionkit.notify.email.server import server_of
from resolutionkit.notify.email.smtp import send
from resolutionkit.notify.links import Links
from resolutionkit.ports import Clock, Notice

_TIMEOUT = timedelta(seconds=20)
_LANGUAGES_KEPT = 64


def _now() -> datetime:
    return datetime.now(UTC)


class EmailNotifier:
    """Tells people by mail: HTML and plain text, in their language, with links that act (requirement C1).

    It may be used by several threads. Each mail has its own connection to the server.

    Args:
        server: The mail server: ``smtp://user:password@mail.example:587``, where the connection becomes encrypted by
            STARTTLS, or ``smtps://…:465``, where it is from the beginning. Special characters are written as ``%40``.
        sender: From whom the mails come: ``Care team <care@shop.example>``. Bounces go there.
        links: What makes the links that act; None leaves them out.
        desk_url: The host's own page of an issue, such as ``https://app.example/issues/{issue}``; or None.
        preferences_url: The host's own page of a person's preferences; None leads to that of the links.
        reply_to: Where answers go; None for the sender.
        templates: A folder with templates that take the place of ours, one by one; or None.
        translations: A folder with translations, named as their languages: ``fr.po``. They come before ours; or None.
        attachments: Gives the files that come with a report; its argument is the report's notice, whose ``digest`` has
            the responses. None for the report as a PDF, or as HTML where the extra ``pdf`` is not installed.
        timeout: How long the server may take for each answer.
        require_tls: Whether the connection has to be encrypted before anything is sent; None: unless the server is this
            machine.
        certificates: Which certificates are trusted; None for those that this machine trusts.
        clock: Gives the present, which is the date of a mail.

    Raises:
        InvalidValue: An argument is not acceptable. The error never shows the password.
        EmailTextError: A template or a translation is unsound; every fault is listed with its file and line.
        MissingExtra: Jinja or css-inline is not installed.
    """

    name = "email"
    medium = Medium.MAIL

    def __init__(
        self,
        server: str,
        sender: str,
        *,
        links: Links | None = None,
        desk_url: str | None = None,
        preferences_url: str | None = None,
        reply_to: str | None = None,
        templates: str | Path | None = None,
        translations: str | Path | None = None,
        attachments: Callable[[Notice], Iterable[Attachment]] | None = None,
        timeout: timedelta = _TIMEOUT,
        require_tls: bool | None = None,
        certificates: ssl.SSLContext | None = None,
        clock: Clock = _now,
    ) -> None:
        """Check everything once, so that no mail has to."""
        self._server = server_of(server, require_tls=require_tls, certificates=certificates)
        self._sender = own_mailbox(sender, "sender")
        self._reply_to = None if reply_to is None else own_mailbox(reply_to, "reply_to")
        self._ways = Ways(links, _url(desk_url, "desk_url"), _url(preferences_url, "preferences_url"))
        self._attachments = attachments
        self._timeout = _seconds(timeout)
        self._clock = clock
        self._catalogues = Catalogues.load(None if translations is None else Path(translations))
        self._language = lru_cache(maxsize=_LANGUAGES_KEPT)(self._found_language)
        self._rendering = Rendering(None if templates is None else Path(templates), tuple(Topic))

    def __repr__(self) -> str:
        """Show where mail goes out, without a password."""
        return f"<EmailNotifier from {self._sender.address} by {self._server}>"

    def notify(self, notice: Notice, /) -> None:
        """Send a mail.

        Raises:
            NotDelivered: The recipient has no address, a template failed, or the server did not take the mail.
        """
        recipient = self._recipient(notice)
        mail = self._mail(notice, recipient)
        send(self._server, self._sender, recipient, mail.as_bytes(), self._timeout)

    def mail(self, notice: Notice) -> EmailMessage:
        """Return the mail that a notice becomes, without sending it: to look at, and to test.

        Raises:
            NotDelivered: The recipient has no address, or a template failed.
        """
        return self._mail(notice, self._recipient(notice))

    def _mail(self, notice: Notice, recipient: Mailbox) -> EmailMessage:
        language = self._language(notice.language)
        actions = actions_for(notice, self._ways, language)
        shown = mail_of(notice, language, actions, self._sender.name)
        parts = Parts(
            language=language.tag,
            subject=self._rendering.subject(shown, notice, language),
            text=self._rendering.text(shown, notice, language),
            html=self._rendering.html(shown, notice, language),
            unfollow=actions.unfollow,
            attachments=self._attached(notice),
        )
        return message_of(
            notice, parts, sender=self._sender, recipient=recipient, reply_to=self._reply_to, at=self._clock()
        )

    def _attached(self, notice: Notice) -> tuple[Attachment, ...]:
        if notice.message.topic is not Topic.RECOVERY_REPORT or notice.digest is None:
            return ()
        files = self._attachments(notice) if self._attachments else report_files(notice, self._ways.links)
        return tuple(files)

    def _found_language(self, tag: str) -> Language:
        return Language(*self._catalogues.find(tag))

    @staticmethod
    def _recipient(notice: Notice) -> Mailbox:
        """Return where the mail goes."""
        if not notice.email:
            raise NotDelivered("there is no email address of the recipient", is_final=True)
        found = mailbox(notice.email, "" if notice.person is None else notice.person.name or "")
        if found is None:
            raise NotDelivered("the recipient's email address is none that mail can go to", is_final=True)
        return found


def _seconds(timeout: object) -> float:
    if isinstance(timeout, timedelta) and timedelta(0) < timeout <= timedelta(hours=1):
        return timeout.total_seconds()
    raise InvalidValue("timeout", timeout, "a time of at most an hour, such as timedelta(seconds=20)")


def _url(url: str | None, name: str) -> str | None:
    """Return a URL of the host's, or refuse what a mail cannot link to."""
    if url is None:
        return None
    try:
        if url.isascii() and url.isprintable() and " " not in url:
            parts = urlsplit(url)
            if parts.scheme in {"http", "https"} and parts.hostname:
                return url
    except (AttributeError, ValueError):
        pass
    raise InvalidValue(name, url, "an absolute URL, such as https://app.example/issues/{issue}")
