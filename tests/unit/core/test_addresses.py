"""What may be called, what is a mail address, what is hidden."""

from __future__ import annotations

import ipaddress

import pytest

from watchbill.core import addresses

INSIDE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "::ffff:0:127.0.0.1",
]
OUTSIDE = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450::1",
    "64:ff9b::8.8.8.8",
    "::ffff:8.8.8.8",
]


@pytest.mark.parametrize("text", INSIDE)
def test_addresses_inside_a_network_are_refused(text: str) -> None:
    assert addresses.is_refused(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_public_addresses_are_not(text: str) -> None:
    assert not addresses.is_refused(ipaddress.ip_address(text))


def test_what_is_allowed_is_allowed_in_every_form_and_nothing_else() -> None:
    allowed = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00::/16")]
    for text in ("127.0.0.1", "::ffff:127.0.0.1", "fd00::1"):
        assert not addresses.is_refused(ipaddress.ip_address(text), allowed=allowed)
    for text in ("10.0.0.1", "::1", "fd01::1", "169.254.169.254"):
        assert addresses.is_refused(ipaddress.ip_address(text), allowed=allowed)


def test_a_url_is_taken_apart() -> None:
    target = addresses.target(
        "HTTPS://jo%40x:p%3Aw@Bücher.Example.org:8443/a b/ü?q=1&r=é#f".replace(" ", "%20")
    )
    assert target == addresses.Target(
        is_tls=True,
        host="xn--bcher-kva.example.org",
        port=8443,
        path="/a%20b/%C3%BC?q=1&r=%C3%A9",
        credentials="jo@x:p:w",
    )
    assert target.host_header == "xn--bcher-kva.example.org:8443"
    assert "p:w" not in repr(target)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://example.org", "example.org"),
        ("http://example.org:80/", "example.org"),
        ("https://example.org:443/", "example.org"),
        ("https://example.org:80/", "example.org:80"),
        ("http://[2606:4700::1111]:8080/", "[2606:4700::1111]:8080"),
    ],
)
def test_the_host_header_names_only_an_unusual_port(url: str, host: str) -> None:
    assert addresses.target(url).host_header == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "//example.org/",
        "gopher://example.org/",
        "http://",
        "http:///x",
        "http://exa mple.org/",
        "http://example.org\\@10.0.0.1/",
        "http://example.org/\r\nHost: x",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:x/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://" + "a" * 64 + ".org/",
        "http://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(addresses.BadUrl) as caught:
        addresses.target(url)
    assert len(url) < 12 or url not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("niamh@example.org", "niamh@example.org"),
        (" niamh+pager@Example.ORG ", "niamh+pager@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("niamh@bücher.example", "niamh@xn--bcher-kva.example"),
        ("séamus@example.org", "séamus@example.org"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_mail_addresses(text: str, address: str) -> None:
    assert addresses.mail_address(text) == address


def test_redacted_text_is_one_line_without_secrets_addresses_and_tokens() -> None:
    text = "ok\r\nniamh@example.org <a@b> https://x.org/t?k=1 s3cret +353 1 234 5678 " + "aZ9" * 10
    assert addresses.redacted(text, "s3cret", "") == "ok … … … … … …"
    assert len(addresses.redacted("word " * 100)) == 200
    assert (
        addresses.redacted("250 2.0.0 Ok: queued as 4ABC\x00\x1b") == "250 2.0.0 Ok: queued as 4ABC"
    )
