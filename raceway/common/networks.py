"""Addresses of networks."""

from __future__ import annotations

import ipaddress


def coarse_ip(text: str) -> str:
    """The /24 (IPv6: /48) of an address or network. Raises ValueError where it is none.

    An IPv4 address that is written as an IPv6 one (`::ffff:203.0.113.7`) is that IPv4 address.
    """
    address = ipaddress.ip_interface(text.strip()).ip
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return coarse_ip(str(address.ipv4_mapped))
        return ":".join(f"{int(group, 16):x}" for group in address.exploded.split(":")[:3]) + "::/48"
    return f"{'.'.join(str(address).split('.')[:3])}.0/24"
