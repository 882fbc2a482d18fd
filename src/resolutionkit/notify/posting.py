"""One POST over HTTP to a URL that others chose. The only module that knows the HTTP client, and a name's address.

A name is resolved once, every address that it has is checked, and the connection goes to one that was checked: a name
that answers otherwise a moment later is never asked again. Nothing is redirected, nothing comes from the environment
(a proxy would resolve the name by itself), and one deadline bounds all of it, however slowly the other end trickles;
but for the machine's resolver, which cannot be interrupted and has a deadline of its own.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeAlias

import httpcore2
from attrs import frozen

from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.notify.addresses import refusal

READ_MAX = 16 * 1024
"""The most bytes of an answer's body that are read, so that the connection can serve again; none is looked at."""
_SLICE = 4 * 1024

Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host's name."""


@frozen(kw_only=True)
class Answer:
    """What the other end says.

    Attributes:
        status: The status code.
        retry_after: The header ``Retry-After``, or None.
    """

    status: int
    retry_after: str | None


def resolved(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name, as the machine's resolver gives them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def secure() -> ssl.SSLContext:
    """Return what TLS is checked with: the machine's own authorities."""
    return httpcore2.default_ssl_context()


class Line:
    """A line to one URL, for several POSTs one after the other; a context manager.

    Args:
        url: The URL.
        timeout: How long one POST may take, from resolving the name to the answer's headers.
        allow_private: Whether addresses of private networks are allowed.
        tls: What certificates are checked with.
        resolve: Gives the addresses of a name.
    """

    def __init__(
        self, url: str, *, timeout: timedelta, allow_private: bool, tls: ssl.SSLContext, resolve: Resolver = resolved
    ) -> None:
        """Connect to nothing yet."""
        self._url = url
        self._timeout = timeout
        self._ways = _CheckedWays(allow_private, resolve)
        self._pool = httpcore2.ConnectionPool(ssl_context=tls, max_connections=1, network_backend=self._ways)

    def __enter__(self) -> Self:
        """Return the line."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self._pool.close()

    def post(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body, and return what is answered, whatever the status.

        Raises:
            NotDelivered: Nothing was answered in time, nothing can be reached, or it may not be.
        """
        self._ways.until = time.monotonic() + self._timeout.total_seconds()
        try:
            with self._pool.stream("POST", self._url, headers=list(headers.items()), content=body) as response:
                answer = Answer(status=response.status, retry_after=_header(response.headers, b"retry-after"))
                with suppress(httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError):
                    _read_a_little(response.iter_stream())
                return answer
        except httpcore2.TimeoutException as problem:
            seconds = self._timeout.total_seconds()
            raise NotDelivered(f"it did not answer within {seconds:g} seconds, and may have taken it") from problem
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as problem:
            raise NotDelivered(f"the connection failed: {type(problem).__name__}") from problem


def _header(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in headers if name.lower() == wanted), None)


def _read_a_little(parts: Iterable[bytes]) -> None:
    read = 0
    for part in parts:
        read += len(part)
        if read > READ_MAX:
            return


class _CheckedWays(httpcore2.NetworkBackend):
    """Connects to addresses that were checked, and to nothing once the deadline is over."""

    def __init__(self, allow_private: bool, resolve: Resolver) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._plain = httpcore2.SyncBackend()
        self.until = 0.0

    def left(self) -> float:
        """Return how many seconds are left.

        Raises:
            TimeoutException: None are.
        """
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout
        return seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address that answers; none is tried where one of them is refused."""
        failure: Exception = httpcore2.ConnectError()
        for address in self._checked(host, port):
            try:
                found = self._plain.connect_tcp(address, port, self.left(), local_address, socket_options)
                return _Bounded(found, self)
            except httpcore2.ConnectError as problem:
                failure = problem
        raise failure

    def _checked(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = list(dict.fromkeys(self._resolve(host, port)))
        except (OSError, UnicodeError) as problem:
            raise NotDelivered("the name of its host cannot be resolved") from problem
        for address in addresses:
            why = refusal(address, allow_private=self._allow_private)
            if why is not None:
                raise NotDelivered(f"nothing is sent there: the address of its host {why}")
        return addresses


class _Bounded(httpcore2.NetworkStream):
    """A connection on which every step ends with the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, ways: _CheckedWays) -> None:
        self._stream = stream
        self._ways = ways

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._ways.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In slices: the deadline is looked at before each, however few bytes the other end takes at a time.
        for start in range(0, len(buffer), _SLICE):
            self._stream.write(buffer[start : start + _SLICE], self._ways.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, self._ways.left()), self._ways)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
