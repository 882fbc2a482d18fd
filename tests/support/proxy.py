"""A way to a server that can be cut and mended: what a network, or a server that restarts, does to connections."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from types import TracebackType
from typing import Self

from sqlalchemy import URL, make_url


class Proxy:
    """Passes bytes on between clients, on a port of its own, and a server."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._is_down = False
        self._cuts_answer_to: bytes | None = None
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Return the port that clients connect to."""
        return int(self._listener.getsockname()[1])

    def cut(self, *, stay_down: bool = False) -> None:
        """Close every connection at once; with ``stay_down`` refuse new ones until :meth:`mend`."""
        self._is_down = stay_down
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Take connections again."""
        self._is_down = False

    def swallow_the_answer_to(self, request: bytes) -> None:
        """Let the next request that holds these bytes reach the server, and cut before its answer comes back."""
        self._cuts_answer_to = request

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._is_down:
                client.close()
                continue
            pair = (client, self._connect())
            with self._lock:
                self._pairs.append(pair)
            threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _connect(self) -> socket.socket:
        folder, port = self._server.query.get("host"), self._server.port or self._server.query.get("port")
        if not isinstance(folder, str):
            default = 5432 if self._server.get_backend_name() == "postgresql" else 3306
            return socket.create_connection((self._server.host or "127.0.0.1", int(str(port or default))))
        found = socket.socket(socket.AF_UNIX)
        found.connect(f"{folder}/.s.PGSQL.{port or 5432}")
        return found

    def through(self, url: str) -> str:
        """Return the URL of a database of the server by way of this."""
        changed = make_url(url).difference_update_query(["host", "port"]).set(host="127.0.0.1", port=self.port)
        return changed.render_as_string(hide_password=False)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with selectors.DefaultSelector() as selector, client, server, contextlib.suppress(OSError):
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            is_cut = False
            while True:
                for key, _ in selector.select():
                    source, target = key.fileobj, key.data
                    assert isinstance(source, socket.socket)
                    data = source.recv(65536)
                    if not data or (is_cut and source is server):
                        return
                    if source is client and self._cuts_answer_to is not None and self._cuts_answer_to in data:
                        is_cut, self._cuts_answer_to = True, None
                    target.sendall(data)

    def __enter__(self) -> Self:
        """Return the proxy."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        # Waking the thread that waits in accept() needs more than closing the socket.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._thread.join(5)
