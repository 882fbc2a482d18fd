"""The mail server that a host names: where it is, how it is spoken to, and who we are there. Nothing is sent here."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from attrs import field, frozen

from resolutionkit.errors import InvalidValue

_PORTS = {"smtp": 587, "smtps": 465}
"""The schemes, and where a server is that names no port (RFC 8314)."""
_EXPECTED = "smtp://user:password@host:587 or smtps://user:password@host:465, special characters as %40"


@frozen(kw_only=True)
class Server:
    """A mail server.

    Attributes:
        host: Its name or IP address.
        port: The port that it listens on.
        user: Whom to sign in as, or None where nobody does.
        password: With which password; shown nowhere.
        starts_encrypted: Whether the connection is encrypted from the beginning (``smtps``).
        must_encrypt: Whether nothing is sent before the connection is encrypted.
        certificates: Which certificates are trusted.
    """

    host: str
    port: int
    user: str | None = None
    password: str = field(default="", repr=False)
    starts_encrypted: bool = False
    must_encrypt: bool = True
    certificates: ssl.SSLContext = field(factory=ssl.create_default_context, repr=False, eq=False)

    def __str__(self) -> str:
        """Return its URL without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"smtp{'s' if self.starts_encrypted else ''}://{host}:{self.port}"


def server_of(url: object, *, require_tls: bool | None, certificates: ssl.SSLContext | None) -> Server:
    """Return the server that a URL names.

    Args:
        url: Its URL.
        require_tls: Whether the connection has to be encrypted; None: unless the server is this machine.
        certificates: Which certificates are trusted; None for those that the machine trusts.

    Raises:
        InvalidValue: It names none. What is shown of it has no password.
    """
    parts = _parts(url)
    host, user, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    if not (user.isascii() and password.isascii() and f"{user}{password}".isprintable()):
        raise InvalidValue("server", _hidden(parts), "a user and a password of visible ASCII characters")
    if password and not user:
        raise InvalidValue("server", _hidden(parts), "a user beside the password")
    return Server(
        host=host,
        port=parts.port or _PORTS[parts.scheme],
        user=user or None,
        password=password,
        starts_encrypted=parts.scheme == "smtps",
        must_encrypt=not _is_here(host) if require_tls is None else require_tls,
        certificates=certificates or ssl.create_default_context(),
    )


def _parts(url: object) -> SplitResult:
    if not isinstance(url, str):
        raise InvalidValue("server", type(url).__name__, _EXPECTED)
    try:
        parts = urlsplit(url)
        is_whole = parts.port is None or parts.port > 0
        (parts.hostname or "").encode("idna")
    except ValueError:
        raise InvalidValue("server", "what was given", _EXPECTED) from None  # the error may quote the password
    has_more = bool(parts.path.strip("/") or parts.query or parts.fragment)
    if parts.scheme not in _PORTS or not parts.hostname or not is_whole or has_more or not url.isprintable():
        raise InvalidValue("server", _hidden(parts), _EXPECTED)
    return parts


def _hidden(parts: SplitResult) -> str:
    """Return what can be shown of a URL: a password with a slash or a # in it ends up in any part of it."""
    return f"{parts.scheme}://…" if parts.scheme in _PORTS else "what was given"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
