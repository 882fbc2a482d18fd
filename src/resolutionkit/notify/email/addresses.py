"""Where mail comes from and goes to: mailboxes that can stand in a header and in an envelope, whoever wrote them.

Who somebody is, is the directory's to say. What a mail's other headers hold is said in ``message``.
"""

from __future__ import annotations

import re
import unicodedata
from email.headerregistry import Address
from email.utils import parseaddr

from attrs import field, frozen

from resolutionkit.errors import InvalidValue
from resolutionkit.notify.email.plain import header_words

_LOCAL = re.compile(r'[^\s"(),:;<>@\[\\\]]{1,64}')
_KEPT = frozenset(
    "\N{LATIN SMALL LETTER SHARP S}\N{LATIN CAPITAL LETTER SHARP S}\N{GREEK SMALL LETTER FINAL SIGMA}\u200c\u200d"
)
"""What IDNA 2003 takes for something else, or for nothing (RFC 5894, 7.2)."""
_INVISIBLE = frozenset("\u200c\u200d")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")


@frozen
class Mailbox:
    """One who sends or gets mail.

    Attributes:
        name: What they are called; may be empty.
        local: What stands before the @.
        domain: What stands behind it, as name servers spell it.
    """

    name: str = field(repr=False)
    local: str
    domain: str

    @property
    def address(self) -> str:
        """Return the address as an envelope has it."""
        return f"{self.local}@{self.domain}"

    @property
    def is_international(self) -> bool:
        """Say whether only servers that speak SMTPUTF8 can take mail for it (RFC 6531)."""
        return not self.local.isascii()

    @property
    def header(self) -> Address:
        """Return it as a header has it."""
        return Address(self.name, self.local, self.domain)


def mailbox(address: str, name: str = "") -> Mailbox | None:
    """Return the mailbox of an address, or None where no mail can go there."""
    local, at, domain = address.strip().rpartition("@")
    spelled = _spelled(domain)
    if not at or spelled is None or not _LOCAL.fullmatch(local) or not local.isprintable():
        return None
    return Mailbox(header_words(name), local, spelled)


def own_mailbox(given: object, name: str) -> Mailbox:
    """Return a mailbox of the host's, from text such as ``Care team <care@shop.example>``.

    Raises:
        InvalidValue: No mail can come from there.
    """
    expected = "a name and an address of ASCII characters, such as 'Care team <care@shop.example>'"
    if isinstance(given, str) and given.isprintable():
        found = mailbox(*reversed(parseaddr(given)))
        if found is not None and not found.is_international:
            return found
    raise InvalidValue(name, given, expected)


def _spelled(domain: str) -> str | None:
    """Return a domain in ASCII, or None where it is none.

    Python's own codec is of IDNA 2003, which takes some letters for others: ``faß.de`` for ``fass.de``, where somebody
    else lives. Name servers go by IDNA 2008, which keeps them (RFC 5891), so that labels with them are spelled here.
    """
    try:
        labels = _DOTS.split(domain)
        spelled = ".".join(map(_label_spelled, labels))
    except UnicodeError:
        return None
    is_one = len(spelled) <= 253 and all(_LABEL.fullmatch(label) for label in spelled.split("."))
    return spelled if is_one else None


def _label_spelled(label: str) -> str:
    if not _KEPT.intersection(label):
        return label.encode("idna").decode("ascii")
    whole = unicodedata.normalize("NFC", label.lower())
    others = "".join(one for one in whole if one not in _KEPT)
    if unicodedata.normalize("NFKC", whole) != whole or _INVISIBLE.intersection(label):
        raise UnicodeError("nobody can read what this label is")
    others.encode("idna")  # raises where a letter is allowed nowhere
    return f"xn--{whole.encode('punycode').decode('ascii')}"
