"""A real mail server of this machine, in a thread: it keeps what it takes, and can be told to behave badly."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import Any, Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

USER, PASSWORD = "care", "s3cret-p@ss/word"
PATIENCE = 30.0


@cache
def authority() -> trustme.CA:
    """Return who certifies the servers of a test run."""
    return trustme.CA()


def trusting() -> ssl.SSLContext:
    """Return what a client trusts that knows the authority."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


def _certified(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(name).configure_cert(context)
    return context


class MailServer:
    """A mail server.

    Args:
        encryption: ``starttls``, ``smtps``, or None for none.
        signs_in: Whether it wants ``USER`` and ``PASSWORD``, once the connection is encrypted.
        utf8: Whether it speaks SMTPUTF8.
        name: The name in its certificate.
        size: The most bytes that it says a mail may have.
    """

    def __init__(
        self,
        encryption: str | None = None,
        *,
        signs_in: bool = False,
        utf8: bool = True,
        name: str = "localhost",
        size: int = 33_554_432,
    ) -> None:
        self.taken: list[Envelope] = []
        self.connections = 0
        self.answers: dict[str, list[str | Callable[[Any], None]]] = {}
        """What it answers next, by command: ``{"RCPT": ["451 4.7.1 later"]}``; a function is called with the session's
        transport."""
        self.delay = 0.0
        self.port = 0
        self._options: dict[str, Any] = {"hostname": "mail.test", "enable_SMTPUTF8": utf8, "data_size_limit": size}
        self._wrapping = _certified(name) if encryption == "smtps" else None
        if encryption == "starttls":
            self._options["tls_context"] = _certified(name)
        if signs_in:
            self._options |= {"authenticator": self._authenticated, "auth_required": True}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._listener: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._listen()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._deafen()
        self._wait_for(self._end_sessions())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    @property
    def mails(self) -> list[EmailMessage]:
        """Return what it took, parsed."""
        return [message_from_bytes(_content(one), policy=policy.default) for one in self.taken]

    @property
    def raw(self) -> list[bytes]:
        """Return what it took, as it came."""
        return [_content(one) for one in self.taken]

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Take no connection within the block."""
        self._deafen()
        yield
        self._listen()

    # --- what the server asks of its handler --------------------------------------------------------------------------

    async def handle_EHLO(self, server: SMTP, session: Any, envelope: Envelope, hostname: str, responses: Any) -> Any:  # noqa: N802
        """Answer EHLO."""
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        """Answer MAIL FROM."""
        told = await self._told("MAIL", server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return told or "250 2.1.0 Ok"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        """Answer RCPT TO."""
        told = await self._told("RCPT", server)
        if told is None:
            envelope.rcpt_tos.append(address)
        return told or "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Answer a mail."""
        told = await self._told("DATA", server)
        if told is None:
            self.taken.append(envelope)
        return told or "250 2.0.0 Ok"

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Answer QUIT."""
        return await self._told("QUIT", server) or "221 Bye"

    async def _told(self, command: str, server: SMTP) -> str | None:
        if self.delay:
            await asyncio.sleep(self.delay)
        waiting = self.answers.get(command)
        answer = waiting.pop(0) if waiting else None
        if callable(answer):
            answer(server.transport)
            return None if command == "DATA" else "250 gone"
        return answer

    def _authenticated(self, server: SMTP, session: Any, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        async def begin() -> asyncio.Server:
            return await self._loop.create_server(
                lambda: SMTP(self, loop=self._loop, **self._options), "127.0.0.1", self.port, ssl=self._wrapping
            )

        self._listener = self._wait_for(begin())
        self.port = self._listener.sockets[0].getsockname()[1]

    def _deafen(self) -> None:
        async def end() -> None:
            assert self._listener is not None
            self._listener.close()

        self._wait_for(end())

    async def _end_sessions(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)

    def _wait_for(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(PATIENCE)


def _content(envelope: Envelope) -> bytes:
    content = envelope.content
    assert isinstance(content, bytes)
    return content


def hang_up(transport: Any) -> None:
    """Break the connection off."""
    transport.abort()
