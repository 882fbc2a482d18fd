"""The email channel passes the suite for notifiers, over a real server; so does it encrypted and signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.testing import NotifierConformance
from support.mailing import PASSWORD, MailServer


class Mailbox:
    """The other end: all that the server took."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def heard(self) -> list[str]:
        """Return the mails as they came."""
        return [raw.decode("ascii") for raw in self.server.raw]

    def cut_off(self) -> AbstractContextManager[None]:
        """Let nobody in."""
        return self.server.cut_off()


class TestEmailNotifier(NotifierConformance):
    """It is a notifier like any other."""

    @pytest.fixture
    def server(self) -> Iterator[MailServer]:
        """Yield a server."""
        with MailServer() as server:
            yield server

    @pytest.fixture
    def notifier(self, server: MailServer, sending_to: Callable[..., EmailNotifier]) -> EmailNotifier:
        """Return a notifier that sends to it."""
        return sending_to(server)

    @pytest.fixture
    def abilities(self, server: MailServer) -> Mailbox:
        """Return a way to what it took."""
        return Mailbox(server)


class TestEncryptedAndSignedIn(TestEmailNotifier):
    """The same where the connection is encrypted and somebody signs in."""

    @pytest.fixture
    def server(self) -> Iterator[MailServer]:
        """Yield a server."""
        with MailServer("starttls", signs_in=True) as server:
            yield server

    @pytest.fixture
    def notifier(self, server: MailServer, sending_to: Callable[..., EmailNotifier]) -> EmailNotifier:
        """Return a notifier that sends to it."""
        return sending_to(server, password=PASSWORD, require_tls=True)
