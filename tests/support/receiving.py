"""A server on loopback that receives what is posted to it, and misbehaves when told to."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

from attrs import define, field, frozen

Headers: TypeAlias = Mapping[str, str]


@frozen
class Request:
    """One POST as it came.

    Attributes:
        path: The path with its query.
        headers: The headers, by their names in lower case.
        body: The body.
    """

    path: str
    headers: Headers
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """Takes POSTs for the receiver that the server has."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        """Keep the request, and answer as the receiver's next behaviour does."""
        receiver = self.server.receiver
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.requests.append(Request(self.path, headers, self.rfile.read(length)))
        behaviour = receiver.behaviours.pop(0) if receiver.behaviours else receiver.usual
        behaviour(self)

    def do_GET(self) -> None:
        """Count what nobody should ask."""
        self.server.receiver.gets += 1
        answering(200)(self)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """The server of one receiver."""

    receiver: Receiver
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up."""


Behaviour: TypeAlias = Callable[[Handler], None]


def answering(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Return a behaviour that answers; ``Retry_After`` becomes ``Retry-After``."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if status >= 200 and status != 204:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hanging(handler: Handler) -> None:
    """Answer nothing until the client gives up."""
    handler.connection.settimeout(5)
    handler.rfile.read(1)
    handler.close_connection = True


def hanging_up(handler: Handler) -> None:
    """Close the connection without an answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def trickling(handler: Handler) -> None:
    """Send a header byte by byte, for ever; each byte comes in time."""
    handler.connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        handler.connection.sendall(b"x")
        time.sleep(0.02)


def endless_body(handler: Handler) -> None:
    """Answer that all is well, and send a body without end."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()
    handler.close_connection = True
    handler.server.receiver.sent = 0
    while True:
        handler.connection.sendall(b"x" * 65536)
        handler.server.receiver.sent += 65536


def hanging_body(handler: Handler) -> None:
    """Answer that all is well, announce a body, and never send it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "10")
    handler.end_headers()
    hanging(handler)


def no_http(handler: Handler) -> None:
    """Answer what is no HTTP."""
    handler.connection.sendall(b"hello?\r\n\r\n")
    handler.close_connection = True


@define
class Receiver:
    """Where a server listens, what it was sent, and how it behaves.

    Attributes:
        port: Its port on 127.0.0.1.
        requests: What came, in order.
        behaviours: How it behaves at the next requests, in order.
        usual: How it behaves once there is none left.
        gets: How often it was asked with GET, which only a redirect would do.
        sent: How many bytes of an endless body it could send.
    """

    port: int
    requests: list[Request] = field(factory=list)
    behaviours: list[Behaviour] = field(factory=list)
    usual: Behaviour = field(factory=lambda: answering(204))
    gets: int = 0
    sent: int = 0

    @property
    def url(self) -> str:
        """Return its URL."""
        return f"http://127.0.0.1:{self.port}/hook?key=in-the-url"


@contextmanager
def receiving(port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Yield a receiver that listens until the end of the block, under TLS where it is given a certificate."""
    server = Server(("127.0.0.1", port), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
