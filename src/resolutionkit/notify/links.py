"""Signed links: what a mail's links say of who may do what to which issue, and how that is proved. Pure.

What following one does is decided in ``tracker.linked``, and shown by ``web``. This is the only module that knows
itsdangerous.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from attrs import frozen

from resolutionkit.errors import InvalidValue, MissingExtra, ResolutionKitError
from resolutionkit.model.notices import Notice
from resolutionkit.model.values import EPOCH, code, utc

KEY_MIN = 32
"""The fewest characters of a signing key."""
TOKEN_MAX = 8_000
"""The most characters of a token that is looked at; the longest ids make no longer one."""
_SALT = "resolutionkit.links.1"
"""What the signing keys are derived with: nothing else that is signed with the same secrets passes for a link."""
_SECOND = timedelta(seconds=1)
LASTS_MAX = timedelta(days=36525)
"""The longest that a link can be good."""


class LinkAction(StrEnum):
    """What a link is for."""

    VIEW = "view"
    STATUS = "status"
    NOTE = "note"
    ASSIGN = "assign"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    FLAG = "flag"
    PREFERENCES = "preferences"

    @property
    def needs_issue(self) -> bool:
        """Say whether it can be done to an issue only, and not to a response without one."""
        return self not in {LinkAction.VIEW, LinkAction.FLAG, LinkAction.PREFERENCES}


_LETTERS = dict(zip(LinkAction, "vsnafulp", strict=True))
_ACTIONS = {letter: action for action, letter in _LETTERS.items()}
"""How a token says what it is for, for ever."""


@frozen(kw_only=True)
class LinkClaim:
    """What a link says, once it is proved to be ours: who may do what.

    Attributes:
        account: The account.
        recipient: The one person whom it was sent to: an id, or a bare address.
        action: What it is for.
        issue: The issue's id, or None where the response had none.
        response: The id of the response that it was about.
        status: The status that it sets, or None where the recipient is to choose.
        message: The id of the message in which it was sent.
        version: The number of the issue's last event that the message told of; 0 where there was no issue.
        expires_at: From when on it is no longer good.
    """

    account: str
    recipient: str
    action: LinkAction
    issue: str | None
    response: str
    status: str | None
    message: str
    version: int
    expires_at: datetime


class LinkForged(ResolutionKitError, PermissionError):
    """A link is not one of ours: it was cut, changed, made up, or signed with a key that is no longer in use.

    Nothing that it claims is told.
    """

    http_status = 404

    def __init__(self) -> None:
        """Say what may have happened."""
        super().__init__(
            "this link cannot be used: it was cut or changed on its way, or its signing key is no longer in use; "
            "use the link as it stands in the mail"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), ())


class LinkExpired(ResolutionKitError, PermissionError):
    """A link was ours, and is too old.

    Attributes:
        expired_at: Since when.
    """

    http_status = 410

    def __init__(self, expired_at: datetime) -> None:
        """Say since when."""
        self.expired_at = expired_at
        super().__init__(f"this link expired at {expired_at.isoformat()}; use one from a later mail")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.expired_at,))


class Links:
    """Makes the links of mails, and reads them again (requirement C2).

    A link names one recipient and one issue, or response, and says until when it is good. All of that is signed, and
    nothing of it is secret to whoever holds the link.

    Args:
        url: Where the link pages are mounted, such as ``https://app.example/recovery``.
        keys: The signing secrets, newest first, each of 32 characters or more. New links are signed with the first; the
            others prove older ones, so that a new key is put before the old one, which goes once its links are expired.
        lasts: How long a link is good, from the instant of what its message tells; a second to a hundred years.

    Raises:
        InvalidValue: The URL is not absolute, a key is too short, or the time is out of bounds.
        MissingExtra: itsdangerous is not installed.
    """

    def __init__(self, url: str, keys: Sequence[str], *, lasts: timedelta = timedelta(days=30)) -> None:
        """Check what links are made of."""
        self._url = _mounted(url)
        self._lasts = _lasting(lasts)
        self._package = _package()
        self._signer = self._package.Signer(
            list(reversed(_keys(keys))),  # there the newest comes last
            salt=_SALT,
            key_derivation="hmac",
            digest_method=sha256,
        )

    @property
    def url(self) -> str:
        """Return where the link pages are mounted, without a slash at its end."""
        return self._url

    def __repr__(self) -> str:
        """Show where the links lead, and no key."""
        return f"<Links to {self._url}>"

    def to(self, notice: Notice, action: LinkAction, *, status: str | None = None) -> str:
        """Return the URL at which a notice's recipient does something. The same notice has the same URL, sent again.

        Args:
            notice: Who is told of what.
            action: What the link is for. That to unfollow is also a one-click URL (RFC 8058).
            status: The status that it sets, for the action ``status`` alone; None lets the recipient choose.

        Raises:
            InvalidValue: The action needs an issue and the notice has none, or takes no status.
        """
        action = LinkAction(action)
        message = notice.message
        if message.issue is None and action.needs_issue:
            raise InvalidValue("action", action.value, "view, flag or preferences: the response has no issue")
        if status is not None and action is not LinkAction.STATUS:
            raise InvalidValue("status", status, f"None: a link to {action.value} sets no status")
        claim = LinkClaim(
            account=notice.account,
            recipient=message.recipient,
            action=action,
            issue=message.issue,
            response=message.response,
            status=None if status is None else str(code(status, "status", InvalidValue)),
            message=message.id,
            version=message.last_event,
            expires_at=message.created_at + self._lasts,
        )
        return self.of(claim)

    @property
    def lasts(self) -> timedelta:
        """Return how long a link is good."""
        return self._lasts

    def of(self, claim: LinkClaim) -> str:
        """Return the URL of a claim; :meth:`to` is for what a notice tells.

        Args:
            claim: What the link says. It is a permission for its recipient: make none for what they may not see.
        """
        return f"{self._url}/{self.signed(_payload(claim))}"

    def read(self, token: str, now: datetime) -> LinkClaim:
        """Return what a token says, after proving that it is ours.

        Args:
            token: What follows the slash behind the mounted URL.
            now: The present, aware.

        Raises:
            LinkForged: It is not ours, or no longer whole.
            LinkExpired: It is ours, and too old.
        """
        moment = utc(now, "now", InvalidValue)
        claim = _claim(self.proved(token))
        if moment >= claim.expires_at:
            raise LinkExpired(claim.expires_at)
        return claim

    def signed(self, payload: list[Any]) -> str:
        """Return plain data as a token: for the other kinds of links, whose payloads are no claim of this one."""
        data = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        return str(self._signer.sign(_encoded(data)).decode("ascii"))

    def proved(self, token: object) -> bytes:
        """Return what :meth:`signed` was given, as JSON.

        Raises:
            LinkForged: It is not ours, or no longer whole.
        """
        if not isinstance(token, str) or not token.isascii() or len(token) > TOKEN_MAX:
            raise LinkForged
        body, _, signature = token.rpartition(".")
        try:
            # What is no letter of the alphabet is passed over, and spare bits are too: one link, one spelling.
            if _encoded(_decoded(signature)) != signature.encode():
                raise LinkForged
            return _decoded(self._signer.unsign(f"{body}.{signature}").decode("ascii"))
        except (ValueError, self._package.BadData):
            raise LinkForged from None  # these errors carry what the token claims


def _payload(claim: LinkClaim) -> list[Any]:
    """Return a claim as a list, whose order is that of the tokens that are out there."""
    lasting = -((EPOCH - claim.expires_at) // _SECOND)  # rounded up: never shorter than was promised
    return [
        _LETTERS[claim.action],
        claim.account,
        claim.recipient,
        _short(claim.response),
        _short(claim.message),
        claim.version,
        lasting,
        *([] if claim.issue is None else [_short(claim.issue)]),
        *([] if claim.status is None else [claim.status]),
    ]


def _claim(data: bytes) -> LinkClaim:
    """Return the claim of a proved payload; one that cannot be read was signed by something else."""
    try:
        letter, account, recipient, response, message, version, lasting, *rest = json.loads(data)
        issue, status = (*rest, None, None)[:2]
        return LinkClaim(
            account=account,
            recipient=recipient,
            action=_ACTIONS[letter],
            issue=None if issue is None else _long(issue),
            response=_long(response),
            status=status,
            message=_long(message),
            version=version,
            expires_at=EPOCH + lasting * _SECOND,
        )
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        raise LinkForged from None


def _short(name: str) -> str:
    """Return an id in fewer characters where it is a UUID, as ours are."""
    try:
        uuid = UUID(name)
    except ValueError:
        return f"={name}"
    return f"~{_encoded(uuid.bytes).decode()}" if str(uuid) == name else f"={name}"


def _long(name: str) -> str:
    return str(UUID(bytes=_decoded(name[1:]))) if name[0] == "~" else name[1:]


def _encoded(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _lasting(lasts: object) -> timedelta:
    if isinstance(lasts, timedelta) and _SECOND <= lasts <= LASTS_MAX:
        return lasts
    raise InvalidValue("lasts", lasts, "a time of a second to a hundred years, such as timedelta(days=30)")


def _mounted(url: object) -> str:
    expected = "an absolute URL without a query, such as https://app.example/recovery"
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidValue("url", url, expected)
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment)
    except ValueError as problem:
        raise InvalidValue("url", url, expected) from problem
    if not is_fine:
        raise InvalidValue("url", url, expected)
    return url.rstrip("/")


def _keys(keys: object) -> list[str]:
    """Return the keys; the error shows none of them."""
    expected = f"signing secrets of {KEY_MIN} characters or more, newest first; such as secrets.token_urlsafe(32)"
    given = list(keys) if isinstance(keys, Sequence) and not isinstance(keys, str | bytes) else []
    if not given:
        raise InvalidValue("keys", type(keys).__name__, f"a list of {expected}")
    for index, key in enumerate(given):
        if not isinstance(key, str) or len(key.strip()) < KEY_MIN:
            what = f"{len(key.strip())} characters" if isinstance(key, str) else type(key).__name__
            raise InvalidValue(f"keys[{index}]", what, expected)
    return given


def _package() -> Any:
    try:
        import itsdangerous
    except ModuleNotFoundError as problem:
        raise MissingExtra("links", "a link that acts") from problem
    return itsdangerous
