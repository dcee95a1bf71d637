"""Addresses of networks."""

from __future__ import annotations

import ipaddress


def coarse_ip(text: str) -> str:
    """The same for one address (or network) in Python. Raises ValueError where it is none."""
    address = ipaddress.ip_interface(text.strip()).ip
    if isinstance(address, ipaddress.IPv6Address):
        return ":".join(f"{int(group, 16):x}" for group in address.exploded.split(":")[:3]) + "::/48"
    return f"{'.'.join(str(address).split('.')[:3])}.0/24"
