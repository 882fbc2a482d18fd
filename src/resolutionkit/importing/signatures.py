"""The proofs that a webhook is its sender's: HMAC-SHA256 over the raw body. Pure; the body is read elsewhere.

Each check returns what is wrong, or None. Digests are compared in constant time, all of them with all secrets, so that
nobody learns by the clock how near a guess was.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from resolutionkit.errors import InvalidValue

TOLERANCE = timedelta(minutes=5)
"""How far from now a signed instant may be: older is a replay, later is a clock that is wrong."""

_TYPEFORM = "typeform-signature"
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_PREFIX = "whsec_"
_SECONDS = re.compile("[0-9]{1,11}")


def typeform(body: bytes, headers: Mapping[str, str], secrets: Sequence[str], _now: datetime) -> str | None:
    """Return why a body is not proved by ``Typeform-Signature``, which tells no instant; None where it is.

    Args:
        body: The raw body.
        headers: The headers, by their names in lower case.
        secrets: The secrets that may have signed it.
    """
    given = headers.get(_TYPEFORM)
    if given is None:
        return "the header Typeform-Signature is missing"
    signatures = [f"sha256={_signature(secret.encode(), body)}" for secret in secrets]
    return None if _is_one_of([given], signatures) else "Typeform-Signature does not fit the body and the secret"


def standard(body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> str | None:
    """Return why a body is not proved after the Standard Webhooks specification; None where it is.

    Args:
        body: The raw body.
        headers: The headers, by their names in lower case.
        secrets: The secrets that may have signed it: base64, with ``whsec_`` before it.
        now: The present.

    Raises:
        InvalidValue: A secret is not base64.
    """
    keys = [signing_key(secret) for secret in secrets]
    missing = [name for name in (_ID, _TIMESTAMP, _SIGNATURE) if not headers.get(name)]
    if missing:
        return f"the header {missing[0]} is missing"
    sent = headers[_TIMESTAMP]
    right = [standard_signature(key, headers[_ID], sent, body) for key in keys]
    if not _is_one_of(headers[_SIGNATURE].split(" "), right):
        return "webhook-signature does not fit the body, its id, its timestamp and the secret"
    if not _SECONDS.fullmatch(sent) or abs(now.timestamp() - int(sent)) > TOLERANCE.total_seconds():
        return "webhook-timestamp is more than 5 minutes from now: it is sent again by somebody, or a clock is wrong"
    return None


def standard_signature(key: bytes, message: str, sent: str, body: bytes) -> str:
    """Return the signature of a message after the Standard Webhooks specification.

    Args:
        key: The key, as :func:`signing_key` gives it.
        message: The message's id.
        sent: When it is sent, in seconds since 1970.
        body: The raw body.
    """
    signed = b".".join([message.encode(errors="replace"), sent.encode(errors="replace"), body])
    return f"v1,{_signature(key, signed)}"


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode("ascii")


def _is_one_of(given: Sequence[str], right: Sequence[str]) -> bool:
    """Compare each with each, and stop at none; more than a few are nobody's key rotation."""
    pairs = [(one.encode(errors="replace"), other.encode()) for one in given[:10] for other in right]
    return any([hmac.compare_digest(one, other) for one, other in pairs])  # noqa: C419 (a generator would stop early)


def signing_key(secret: str) -> bytes:
    """Return the key of a secret: base64, with ``whsec_`` before it.

    Raises:
        InvalidValue: It is not base64; the error does not show it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise _bad_secret() from problem
    if not key:
        raise _bad_secret()
    return key


def _bad_secret() -> InvalidValue:
    # The error does not show what may be most of a secret.
    return InvalidValue("secret", "what was given", f"the signing secret: base64, with {_PREFIX} before it")
