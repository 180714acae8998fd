"""Calling addresses that somebody typed: never into our own network, whatever a name resolves to.

The name is resolved once, each address is checked, and the connection goes to the checked address itself: a name
that answers something else a moment later (DNS rebinding) changes nothing. Redirects are not followed. Whoever calls
may name private networks that an operator allows for his purpose.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

Address = IPv4Address | IPv6Address
SECONDS = 10.0
LONGEST_WAIT = 20.0
NAT64 = IPv6Network("64:ff9b::/96")
MOST_READ = 1_000_000


class Forbidden(Exception):
    """This address may not be called; the text is a sentence."""


@dataclass(frozen=True)
class Outcome:
    """What became of a call: the status and the answer, or 0 and a sentence."""

    status: int
    milliseconds: int
    problem: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)  # of the answer, by their names in lower case

    @property
    def is_done(self) -> bool:
        return 200 <= self.status < 300


def checked_url(said: str) -> SplitResult:
    """The parts of an address that can be called; Forbidden with a sentence otherwise."""
    try:
        found = urlsplit(said)
        host, port = found.hostname, found.port
        ascii_host = host.encode("idna").decode() if host else ""
    except ValueError as problem:
        raise Forbidden(_("This is not an address of the web.")) from problem
    if (
        found.scheme not in ("https", "http")
        or not ascii_host
        or port == 0
        or not said.isprintable()
        or " " in said
    ):
        raise Forbidden(_("Give an address that begins with https://."))
    if found.username or found.password:
        raise Forbidden(_("The address must not hold a password."))
    return found


def plain(address: Address) -> Address:
    """The IPv4 address that hides in an IPv6 address."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


def is_allowed(address: Address, networks: Sequence[str]) -> bool:
    known = [ip_network(one, strict=False) for one in networks]
    return any(address in one for one in known if one.version == address.version)


def is_public(address: Address) -> bool:
    is_site_local = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or is_site_local)


def addresses_of(url: SplitResult, networks: Sequence[str] = ()) -> Sequence[tuple[int, str, int]]:
    """[(family, address, port)] that may be called; Forbidden when a single one may not."""
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(url.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Forbidden(_("This name cannot be found: %(name)s.") % {"name": url.hostname}) from problem
    targets = []
    for family, _kind, _protocol, _name, place in found:
        address = plain(ip_address(str(place[0]).partition("%")[0]))
        if not is_allowed(address, networks):
            if not is_public(address):
                text = _("%(address)s lies in a private network. Rapport must not reach it.")
                raise Forbidden(text % {"address": address})
            if url.scheme != "https":
                raise Forbidden(_("Give an address that begins with https://."))
        targets.append((family, str(place[0]), port))
    return targets


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked."""

    def __init__(self, url: SplitResult, target: tuple[int, str, int]) -> None:
        super().__init__(url.hostname or "", target[2], timeout=SECONDS)
        self.url, self.target = url, target

    def connect(self) -> None:
        self.sock = socket.create_connection((self.target[1], self.target[2]), SECONDS)
        if self.url.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.url.hostname)

    def break_off(self) -> None:
        """End a call that drips on and on."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def call(
    method: str,
    said: str,
    body: bytes | None,
    headers: dict[str, str],
    networks: Sequence[str] = (),
    most: int = MOST_READ,
) -> Outcome:
    """Call the address; whatever goes wrong becomes an outcome with a sentence. `most` bytes are read at most."""
    began = time.monotonic()

    def outcome(
        status: int, problem: str = "", answer: bytes = b"", told: dict[str, str] | None = None
    ) -> Outcome:
        return Outcome(status, round((time.monotonic() - began) * 1000), problem, answer, told or {})

    try:
        url = checked_url(said)
        target = addresses_of(url, networks)[0]
    except Forbidden as problem:
        return outcome(0, str(problem))
    connection = _Connection(url, target)
    timer = threading.Timer(LONGEST_WAIT, connection.break_off)
    timer.start()
    try:
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return outcome(answer.status, answer=answer.read(most), told=told)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        return outcome(0, _("No answer: %(why)s.") % {"why": str(problem)[:200] or type(problem).__name__})
    finally:
        timer.cancel()
        connection.close()
