"""Handing one mail to a mail server, and what its refusals mean. What the mail says is no concern here.

A connection is made for each mail: it needs no lock, no pool and no closing, and cannot go stale between two mails.
Of what the server answers the codes alone are told: its words may quote the mail, or an address. smtplib's own errors,
which are the causes of ours, have such words only from before the server saw the mail.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.notify.email.addresses import Mailbox
from resolutionkit.notify.email.patience import Patient, PatientFromTheBeginning
from resolutionkit.notify.email.server import Server

_STATUS = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})
_TOO_BIG = 552
"""The answer to a sender with a size: it will never be taken (RFC 1870)."""
_TOO_BIG_STATUSES = frozenset({"5.2.3", "5.3.4"})
_GOODBYE = 2.0
"""How many seconds a server has to say goodbye, once it has taken the mail."""


def send(server: Server, sender: Mailbox, recipient: Mailbox, mail: bytes, timeout: float) -> None:
    """Hand a mail to a server; once this returns, delivering it is the server's work.

    Args:
        server: The server.
        sender: Where the envelope says that it comes from, and bounces go to.
        recipient: Where it goes.
        mail: The whole mail, as the server is to have it.
        timeout: How many seconds the server may take for each answer.

    Raises:
        NotDelivered: The server did not take it.
    """
    with _speaking(server):
        connection = _connected(server, timeout)
    try:
        with _speaking(server):
            _enter(connection, server)
            _address(connection, sender, recipient, len(mail))
            _hand_over(connection, mail)
    except BaseException:
        connection.close()
        raise
    _leave(connection)


def _connected(server: Server, timeout: float) -> smtplib.SMTP:
    where = (server.host, server.port, _own_name())
    if server.starts_encrypted:
        connection: smtplib.SMTP = PatientFromTheBeginning(*where, timeout=timeout, context=server.certificates)
    else:
        connection = Patient(*where, timeout=timeout)
    if connection.sock is not None:
        # Without it each small answer waits for the acknowledgement of the last: 40 ms a mail, measured.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@cache
def _own_name() -> str:
    """Return what this machine calls itself; asking for it can take seconds."""
    return socket.getfqdn()


def _enter(connection: smtplib.SMTP, server: Server) -> None:
    """Encrypt the connection as agreed, and sign in."""
    connection.ehlo_or_helo_if_needed()
    if not server.starts_encrypted:
        if connection.has_extn("starttls"):
            connection.starttls(context=server.certificates)
            connection.ehlo_or_helo_if_needed()
        elif server.must_encrypt:
            raise NotDelivered("the mail server offers no encryption (STARTTLS), and nothing is sent without")
    if server.user is not None:
        connection.login(server.user, server.password)


def _address(connection: smtplib.SMTP, sender: Mailbox, recipient: Mailbox, size: int) -> None:
    options = [f"size={size}"] if connection.has_extn("size") else []
    if recipient.is_international:
        if not connection.has_extn("smtputf8"):
            reason = "the mail server takes no addresses beyond ASCII (SMTPUTF8), as the recipient's is"
            raise NotDelivered(reason, is_final=True)
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    code, words = connection.mail(sender.address, options)
    if code == _TOO_BIG:
        raise NotDelivered("the mail is bigger than the mail server takes (552)", is_final=True)
    if code != 250:
        raise _refused("sender", code, words)
    code, words = connection.rcpt(recipient.address)
    if code not in {250, 251}:
        raise _refused("recipient", code, words)


def _hand_over(connection: smtplib.SMTP, mail: bytes) -> None:
    code, words = connection.data(mail)
    if code != 250:
        raise _refused("mail", code, words)


def _leave(connection: smtplib.SMTP) -> None:
    """Say goodbye; whatever goes wrong now, the mail is the server's, and must not be sent again."""
    with suppress(smtplib.SMTPException, OSError):
        connection.timeout = _GOODBYE
        if connection.sock is not None:
            connection.sock.settimeout(_GOODBYE)
        connection.quit()
    connection.close()


@contextmanager
def _speaking(server: Server) -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPException, OSError) as problem:
        raise _told(problem, server) from problem


def _told(problem: Exception, server: Server) -> NotDelivered:
    """Return what went wrong, in words of ours: everything here may be mended, and is worth another try."""
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return NotDelivered(f"the mail server did not accept the user and password ({problem.smtp_code})")
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return NotDelivered("the mail server offers no way of signing in that we know")
    if isinstance(problem, smtplib.SMTPDataError):
        return _refused("mail", problem.smtp_code, problem.smtp_error)
    if isinstance(problem, smtplib.SMTPResponseException):
        return NotDelivered(f"the mail server refused to begin ({problem.smtp_code})")
    if isinstance(problem, ssl.SSLCertVerificationError):
        return NotDelivered(f"the certificate of the mail server is not to be trusted: {problem.verify_message}")
    if isinstance(problem, TimeoutError) or isinstance(problem.__context__, TimeoutError):
        return NotDelivered("the mail server did not answer in time")
    if isinstance(problem, ssl.SSLError | smtplib.SMTPException):
        return NotDelivered(f"the mail server broke off ({type(problem).__name__})")
    return NotDelivered(f"the mail server {server} cannot be reached ({type(problem).__name__})")


def _refused(what: str, code: int, words: bytes | str) -> NotDelivered:
    found = _STATUS.match(words if isinstance(words, bytes) else words.encode("utf-8", "replace"))
    status = found[1].decode() if found else ""
    shown = f"{code} {status}".strip()
    return NotDelivered(f"the mail server refused the {what} ({shown})", is_final=_is_final(what, code, status))


def _is_final(what: str, code: int, status: str) -> bool:
    """Say whether another try is of no use.

    A refused sender can be mended, and so can a rule of the server's (5.7.x, RFC 3463), such as that it relays nothing
    for us; a mailbox that is full (5.2.2) can be emptied.
    """
    if status in _TOO_BIG_STATUSES:
        return True
    return what != "sender" and code in _NO_SUCH_MAILBOX and not status.startswith("5.7.") and status != "5.2.2"
