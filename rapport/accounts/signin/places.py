"""From where somebody asks: the address on the network, and the device in a few words."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"  # a server on a socket file knows no address
BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"), ("Opera", r"OPR/|Opera"), ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chrome", r"Chrome/|CriOS/|Chromium/"), ("Safari", r"Safari/"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Android", r"Android"), ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS X"), ("ChromeOS", r"CrOS"), ("Linux", r"Linux|X11"),
)  # fmt: skip


def address_of(request: HttpRequest) -> str:
    """Return the address the request came from: as the outermost of our own proxies saw it.

    What stands further to the left in X-Forwarded-For anybody can write himself.
    """
    found = str(request.META.get("REMOTE_ADDR") or "")
    proxies: int = settings.PROXIES
    if proxies:
        said = str(request.META.get("HTTP_X_FORWARDED_FOR") or "").split(",")
        found = said[-proxies].strip() if len(said) >= proxies else ""
    try:
        return str(ipaddress.ip_address(found.strip("[]")))
    except ValueError:
        return UNKNOWN


def network_of(request: HttpRequest) -> str:
    """Return what is counted as one place: the address; of IPv6 the network that one line is given."""
    found = address_of(request)
    if ":" not in found:
        return found
    return str(ipaddress.IPv6Network(f"{found}/64", strict=False).network_address)


def device_of(request: HttpRequest) -> str:
    """Return browser and system, e.g. "Firefox, Windows"; what is not known stays short and harmless."""
    said = _agent(request)
    return known_device_of(request) or re.sub(r"[^\w ./-]", "", said)[:60]


def known_device_of(request: HttpRequest) -> str:
    """The same in nothing but words of ours, for mails that strangers can bring about; empty where it is not known."""
    said = _agent(request)
    names = [
        next((name for name, sign in signs if re.search(sign, said)), "") for signs in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(one for one in names if one)


def _agent(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_USER_AGENT") or "")[:500]


def place_of(request: HttpRequest) -> str:
    """Return known device and address in one, e.g. "Firefox, Windows (203.0.113.9)"; empty where nothing is known."""
    device, address = known_device_of(request), address_of(request).replace(UNKNOWN, "")
    return f"{device} ({address})" if device and address else device or address
