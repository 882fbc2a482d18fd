"""How a domain is spelled for name servers: a mail goes to whom was meant, or to nobody."""

from __future__ import annotations

import pytest

from resolutionkit.notify.email.addresses import mailbox


@pytest.mark.parametrize(
    ("domain", "spelled"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("faß.de", "xn--fa-hia.de"),
        ("FAẞ.de", "xn--fa-hia.de"),
        ("mail.faß.de", "mail.xn--fa-hia.de"),
        ("straße。example", "xn--strae-oqa.example"),
        ("βόλος.com", "xn--nxasmm1c.com"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
    ],
)
def test_letters_are_not_taken_for_others(domain: str, spelled: str) -> None:
    """As name servers have known them since 2010: fass.de and faß.de are not the same people."""
    found = mailbox(f"care@{domain}")
    assert found is not None
    assert found.domain == spelled


@pytest.mark.parametrize("domain", ["ex\u200dample.com", "faß\u200c.de", "faß℀.de", "faß\u202e.de", "ß" * 64])
def test_what_cannot_be_told_from_another_gets_no_mail(domain: str) -> None:
    """What is invisible, what is no letter, what is too long."""
    assert mailbox(f"care@{domain}") is None
