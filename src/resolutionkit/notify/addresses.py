"""Which addresses a request may be sent to, where somebody else chose the URL. Pure; names are resolved in ``posting``.

Whoever may set the URL of a webhook could otherwise have this machine call what only this machine can reach: its own
services, those of its network, and the metadata service of its cloud, which gives keys to whoever asks.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

_METADATA = frozenset(
    map(
        ip_address,
        (
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "fd00:c1::a9fe:a9fe",
            "fd00:42::42",
        ),
    )
)
"""Services that clouds have for their own machines, beside 169.254.169.254, which is link-local."""
_PUBLIC = IPv6Network("2000::/3")
"""All that was ever given out as public; what lies outside may be routed to anything, or be IPv4 in disguise."""
_NAT64 = IPv6Network("64:ff9b::/96")
_DISGUISES = (IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"), IPv6Network("64:ff9b:1::/48"))
"""Where the last 32 bits are an IPv4 address: compatible ones (RFC 4291), translated ones (RFC 2765, RFC 8215)."""
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
"""What stands before an IPv4 address in the last 64 bits of one that leads through a tunnel to it (RFC 5214)."""


def refusal(address: str, *, allow_private: bool) -> str | None:
    """Return why nothing may be sent to an address, or None where it may.

    An IPv6 address that has an IPv4 one within it is judged by both.

    Args:
        address: The address, as it was resolved.
        allow_private: Whether those of private networks and of this machine are allowed.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "is no address"
    return next(filter(None, (_refused(one, allow_private) for one in _all_of(found))), None)


def _all_of(address: Address) -> list[Address]:
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    inner: list[Address | None] = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inner.append(IPv4Address(address.packed[-4:]))
        return [one for one in inner if one is not None]
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP or any(address in network for network in _DISGUISES):
        inner.append(IPv4Address(address.packed[-4:]))
    return [address, *(one for one in inner if one is not None)]


def _refused(address: Address, allow_private: bool) -> str | None:
    if address.is_link_local or address in _METADATA:
        return "is link-local, or a cloud's metadata service"
    if address.is_multicast or address.is_unspecified:
        return "is of no machine"
    if allow_private or (address.is_global and _is_given_out(address)):
        return None
    return "is private, or this machine's own"


def _is_given_out(address: Address) -> bool:
    return isinstance(address, IPv4Address) or address in _PUBLIC
