"""What a host hands over of a request: body, headers and secrets. What they prove stands in ``signatures``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resolutionkit.errors import InvalidValue


def raw_body(body: object) -> bytes:
    """Return the bytes of a body, or refuse what something has parsed already."""
    if isinstance(body, bytes):
        return body
    raise InvalidValue("body", type(body).__name__, "the bytes of the body, before anything has parsed them")


def lowered(headers: Mapping[Any, Any]) -> dict[str, str]:
    """Return the headers by their names in lower case."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise InvalidValue("headers", type(value).__name__, "texts by the names of the headers")
        # What comes several times is one list, as in HTTP: proxies add to some, and no list of ours proves anything.
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found and found[key] != value else value
    return found


def several(secret: object) -> list[str]:
    """Return one secret or several as a list, or refuse what would prove nothing."""
    given = [secret] if isinstance(secret, str) else list(secret) if isinstance(secret, Sequence) else []
    texts = [one for one in given if isinstance(one, str) and one.strip()]
    if texts and len(texts) == len(given):
        return texts
    # Signed with a blank key, anybody's webhook would pass; the error shows no secret.
    raise InvalidValue("secret", type(secret).__name__, "the webhook's secret, or a list of them, none of them blank")
