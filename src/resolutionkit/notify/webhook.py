"""Outgoing webhooks: every event of an issue to a CRM or ticketing system, signed, in order (requirement C9).

What is said stands in ``payload``, how it is sent in ``posting``; the way back is ``importing.updates``.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import ModuleType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from resolutionkit.errors import InvalidValue, MissingExtra
from resolutionkit.importing.signatures import signing_key, standard_signature
from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.model.events import Event
from resolutionkit.model.notices import Notice
from resolutionkit.model.values import CODE_MAX, code, flag, utc
from resolutionkit.notify.payload import payload
from resolutionkit.ports import Clock

TIMEOUT = timedelta(seconds=15)
"""How long a receiver has to answer, as the specification of Standard Webhooks advises: 15 to 30 seconds."""
RETRY_AFTER_MAX = timedelta(days=1)
"""The longest wait that a receiver can ask for."""

_SECRET = "a signing secret, base64 with whsec_ before it, or several of them, newest first"  # noqa: S105
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_SECONDS = re.compile("[0-9]{1,100}")


def _now() -> datetime:
    return datetime.now(UTC)


class WebhookObserver:
    """Tells a receiver of everything that happens to issues, one POST for each event, in order (requirement C9).

    Each POST is signed after the Standard Webhooks specification and has a CloudEvent as its body, which
    :func:`webhook_payload_schema` describes. ``webhook-id`` is the event's id: what is sent again has the same one. The
    events of one change are sent one after the other, and the first that fails stops the rest, so that a receiver never
    hears of a later event before an earlier one of the same issue.

    Only a 2xx is success. A redirect is none, and is not followed. 410 switches the channel off until somebody enables
    it. 429 and 503 may say ``Retry-After``. Anything else is tried again by the usual schedule.

    Args:
        name: The channel's name, as the ledger uses it.
        url: Where to send: ``https``, or ``http`` where private addresses are allowed.
        secrets: A signing secret, or several while one takes another's place: each signs.
        allow_private: Whether the receiver may be in a private network, or on this machine. What a cloud has for its
            own machines (link-local addresses, metadata services) is refused either way.
        timeout: How long the receiver has to answer.
        skip_actors: Whose events are not sent, such as the person as whom the receiver's own updates come in.
        clock: Gives the present instant, aware; None for the system's clock.
        tls: What certificates are checked with; None for the machine's own authorities.

    Raises:
        InvalidValue: An argument is not acceptable; the error shows no secret.
        MissingExtra: The extra ``http`` is not installed.
    """

    def __init__(
        self,
        name: str,
        url: str,
        secrets: str | Sequence[str],
        *,
        allow_private: bool = False,
        timeout: timedelta = TIMEOUT,
        skip_actors: Collection[str] = (),
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Check what is given, and connect to nothing yet."""
        self.name: str = code(name, "name", InvalidValue, CODE_MAX)
        self._allow_private = flag(allow_private, "allow_private", InvalidValue)
        self._host = _checked(url, self._allow_private).hostname
        self._url = url
        self._keys = _keys(secrets)
        self._timeout = _span(timeout)
        self._skipped = _actors(skip_actors)
        self._clock = clock or _now
        self._posting: Any = _posting()
        self._tls: ssl.SSLContext = tls or self._posting.secure()

    def __repr__(self) -> str:
        """Show where it sends to: the host alone, since a path may be a secret."""
        return f"<WebhookObserver {self.name!r} to {self._host}>"

    def notify(self, notice: Notice, /) -> None:
        """Send the events of one notice, in order.

        Raises:
            NotDelivered: The receiver did not take one of them; those before it are sent again as well.
        """
        events = [event for event in notice.events if event.actor not in self._skipped]
        if not events:
            return
        with self._posting.Line(
            self._url, timeout=self._timeout, allow_private=self._allow_private, tls=self._tls
        ) as line:
            for event in events:
                body = payload(notice, event)
                answer = line.post(self._headers(event, body), body)
                self._check(answer.status, answer.retry_after)

    def _headers(self, event: Event, body: bytes) -> Mapping[str, str]:
        sent = str(int(self._present().timestamp()))
        signatures = [standard_signature(key, event.id, sent, body) for key in self._keys]
        return {
            "Host": urlsplit(self._url).netloc,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "User-Agent": "resolutionkit",
            "webhook-id": event.id,
            "webhook-timestamp": sent,
            "webhook-signature": " ".join(signatures),
        }

    def _present(self) -> datetime:
        return utc(self._clock(), "clock", InvalidValue)

    def _check(self, status: int, retry_after: str | None) -> None:
        if 200 <= status < 300:
            return
        if status == HTTPStatus.GONE:
            raise NotDelivered("it answered 410: nothing more is to be sent there", disables=True)
        if 300 <= status < 400:
            raise NotDelivered(f"it answered {status}: redirects are not followed; give the URL that it leads to")
        wait = _wait(retry_after, self._present()) if status in _BUSY else None
        raise NotDelivered(f"it answered {status}", retry_after=wait)


def _wait(value: str | None, now: datetime) -> timedelta | None:
    """Return how long ``Retry-After`` asks to wait: seconds or a date (RFC 9110, 10.2.3); None says nothing."""
    said = (value or "").strip()
    if _SECONDS.fullmatch(said):
        return timedelta(seconds=min(int(said), RETRY_AFTER_MAX // timedelta(seconds=1)))
    try:
        then = parsedate_to_datetime(said)
        span = (then if then.tzinfo is not None else then.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return None
    return max(timedelta(0), min(span, RETRY_AFTER_MAX))


def _checked(url: object, allow_private: bool) -> SplitResult:
    schemes = ("https", "http") if allow_private else ("https",)
    expected = (
        f"a URL in ASCII that begins with {' or '.join(f'{one}://' for one in schemes)}, without a user or fragment"
    )
    wrong = InvalidValue("url", "what was given", expected)  # its path may be a secret
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        raise wrong
    try:
        parts, _port = urlsplit(url), urlsplit(url).port
    except ValueError as problem:
        raise wrong from problem
    if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise wrong
    return parts


def _keys(secrets: object) -> tuple[bytes, ...]:
    given = [secrets] if isinstance(secrets, str) else list(secrets) if isinstance(secrets, Sequence) else []
    texts = [one for one in given if isinstance(one, str) and one.strip()]
    if not texts or len(texts) != len(given):
        raise InvalidValue("secrets", type(secrets).__name__, _SECRET)
    return tuple(map(signing_key, texts))


def _span(timeout: object) -> timedelta:
    if isinstance(timeout, timedelta) and timedelta(0) < timeout <= timedelta(minutes=5):
        return timeout
    raise InvalidValue("timeout", timeout, "a timedelta of more than nothing, and at most 5 minutes")


def _actors(actors: object) -> frozenset[str]:
    if isinstance(actors, Collection) and not isinstance(actors, str) and all(isinstance(one, str) for one in actors):
        return frozenset(actors)
    raise InvalidValue("skip_actors", actors, "a list of ids, such as ['crm-bot']")


def _posting() -> ModuleType:
    try:
        from resolutionkit.notify import posting
    except ModuleNotFoundError as problem:
        if problem.name != "httpcore2":
            raise
        raise MissingExtra("http", "a webhook") from problem
    return posting
