"""Addresses of the web: their normal form, and which machines they may lead to."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

from corpus.errors import UserError
from corpus.readers.metadata import MAX_URL

# What links carry to tell who sent the reader; the page is the same without.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_cid|mc_eid", re.IGNORECASE)
_HOST = re.compile(r"[^\s%/\\@]+")
MAX_PORT = 65_535
# All that is given out for the internet lies in here, and what IPv4 machines are called where there is only IPv6.
_UNICAST = IPv6Network("2000::/3")
_TRANSLATED = IPv6Network("64:ff9b::/96")
# For protocols, and for the services of a cloud; which of them are called global differs between versions of Python.
_PROTOCOLS = IPv4Network("192.0.0.0/24")


def parse_address(text: str) -> str:
    """Return `text` in the form by which a page is known: no fragment, no port that goes without saying, no tracking.

    Raises UserError for what is no address of http or https, and for one that holds a user's name or password: it
    would be shown with every citation.
    """
    try:
        if len(text) > MAX_URL:
            raise UserError(f"the address {text[:60]!r}... has more than {MAX_URL:,} characters")
        url = httpx.URL(text.strip()).copy_with(fragment=None)
        host = url.host
    # httpx lets errors of the libraries beneath through, for hosts that no name can have.
    except (httpx.InvalidURL, ValueError) as error:
        raise UserError(f"{text!r:.80} is not a web address: {error}") from error
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(host) or (url.port or 1) > MAX_PORT:
        raise UserError(f"{text!r:.80} is not a web address; it must begin with http:// or https:// and name a host")
    if url.userinfo:
        raise UserError(f"the address of {host!r} holds a user's name or password; leave it out")
    kept = [(name, value) for name, value in url.params.multi_items() if not _TRACKING.fullmatch(name)]
    if len(kept) < len(url.params.multi_items()):
        url = url.copy_with(params=kept or None)
    # As it is asked for: at least with a slash.
    return str(url.copy_with(raw_path=url.raw_path))


def host_of(address: str) -> str:
    """The host of an address that `parse_address` returned, as messages name it."""
    return httpx.URL(address).host


def is_same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one host; `www.` before a name makes no other."""
    return host_of(one).removeprefix("www.") == host_of(other).removeprefix("www.")


def is_public(machine: str) -> bool:
    """Whether an IP address is one of the internet's: not this machine, its network, a cloud's own service or a group.

    An IPv4 address in the clothes of IPv6 is looked at as what it is; tunnels of the past, which lead anywhere, are
    refused.
    """
    ip = ip_address(machine.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return _is_public(ip)
    if ip.ipv4_mapped is not None:
        return _is_public(ip.ipv4_mapped)
    if ip in _TRANSLATED:
        return _is_public(IPv4Address(int(ip) & 0xFFFFFFFF))
    return ip in _UNICAST and ip.sixtofour is None and ip.teredo is None and _is_public(ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and ip not in _PROTOCOLS and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
