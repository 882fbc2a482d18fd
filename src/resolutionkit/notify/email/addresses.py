"""Where mail comes from and goes to: mailboxes that can stand in a header and in an envelope, whoever wrote them.

Who somebody is, is the directory's to say. What a mail's other headers hold is said in ``message``.
"""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.utils import parseaddr

from attrs import field, frozen

from resolutionkit.errors import InvalidValue
from resolutionkit.notify.email.plain import header_words

_LOCAL = re.compile(r'[^\s"(),:;<>@\[\\\]]{1,64}')
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
    """Return a domain in ASCII, or None where it is none."""
    try:
        spelled = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    is_one = len(spelled) <= 253 and all(_LABEL.fullmatch(label) for label in spelled.split("."))
    return spelled if is_one else None
