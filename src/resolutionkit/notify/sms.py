"""How long a text message may be: parts of 160 characters, or of 70 where one is not of the telephone alphabet. Pure.

The alphabet and the lengths are those of 3GPP TS 23.038 and 23.040.
"""

from __future__ import annotations

from resolutionkit.notify.taming import cut

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")
_PLAINER = str.maketrans({"…": "...", "“": '"', "”": '"', "\u2018": "'", "\u2019": "'"})


def parts_of(text: str) -> int:
    """Return how many parts a text message has, at least one."""
    single, joined, length = 160, 153, 0
    if all(one in _BASIC or one in _DOUBLE for one in text):
        length = sum(2 if one in _DOUBLE else 1 for one in text)
    else:
        single, joined, length = 70, 67, len(text.encode("utf-16-le")) // 2
    return 1 if length <= single else -(-length // joined)


def sms_text(words: str, link: str | None, parts: int) -> str:
    """Return a text message of at most so many parts: the words, cut where needed, and the whole link.

    Args:
        words: What to say; typographic quotation marks become plain ones, which take less room.
        link: A link that stands at the end, never cut; or None.
        parts: The most parts; a link that alone takes more is sent all the same.
    """
    said, tail = words.translate(_PLAINER), "" if link is None else f" {link}"
    if parts_of(said + tail) <= parts:
        return said + tail
    low, high = 0, len(said)
    while low < high:
        middle = (low + high + 1) // 2
        fits = parts_of(_shortened(said, middle) + tail) <= parts
        low, high = (middle, high) if fits else (low, middle - 1)
    return (_shortened(said, low) + tail).strip()


def _shortened(said: str, limit: int) -> str:
    return cut(said, limit).translate(_PLAINER) if limit > 0 else ""
