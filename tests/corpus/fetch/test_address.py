from __future__ import annotations

import pytest

from corpus.errors import UserError
from corpus.fetch.address import is_public, is_same_site, parse_address


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("https://Example.ORG", "https://example.org/"),
        ("http://example.org:80/a#part", "http://example.org/a"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=1", "https://example.org/a?id=7"),
        ("https://example.org/a?utm_source=x", "https://example.org/a"),
        ("https://example.org/a?q=a%20b", "https://example.org/a?q=a%20b"),
        ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        (" HTTP://[2606:4700::1]/x ", "http://[2606:4700::1]/x"),
    ],
)
def test_the_normal_form(typed: str, normal: str) -> None:
    assert parse_address(typed) == normal
    assert parse_address(normal) == normal


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("ftp://example.org/", "it must begin with http:// or https://"),
        ("https://", "name a host"),
        ("https:///etc/passwd", "name a host"),
        ("https://me:secret@example.org/", "the address of 'example.org' holds a user's name or password"),
        ("http://exa mple.org/", "is not a web address"),
        ("http://a\nb/", "is not a web address"),
        ("http://xn--/", "is not a web address"),
        ("http://[::1/", "is not a web address"),
        ("http://a:99999999/", "is not a web address"),
        ("https://example.org/" + "a" * 3000, "has more than 2,000 characters"),
    ],
)
def test_what_is_no_address(typed: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        parse_address(typed)
    assert "secret" not in str(caught.value)


def test_www_makes_no_other_site() -> None:
    assert is_same_site("https://www.a.example/x", "http://a.example/")
    assert not is_same_site("https://b.example/", "https://a.example/")
    assert not is_same_site("https://a.example.evil.example/", "https://a.example/")


@pytest.mark.parametrize(
    "machine", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_machines_of_the_internet(machine: str) -> None:
    assert is_public(machine)


# By line: this machine and networks of its own; those for tests and groups; of IPv6; IPv4 in its clothes; tunnels.
NOT_PUBLIC = """\
127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 192.0.0.192
192.0.2.1 198.18.0.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 2001:db8::1 100::1 64:ff9b:1::1
::ffff:127.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
2002:7f00:1::1 2001:0:7f00:1::1
"""


@pytest.mark.parametrize("machine", [word for line in NOT_PUBLIC.splitlines() for word in line.split()])
def test_machines_that_are_not(machine: str) -> None:
    assert not is_public(machine)
