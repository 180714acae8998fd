"""What we ask a CalDAV server (RFC 4791, RFC 6578): its calendars, what changed, reading and writing."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from rapport.runtime import options
from rapport.runtime.outside import Outcome, call

DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
SPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
LARGEST = 20_000_000
REDIRECTS = 4
BATCH = 40
TOKEN_UNKNOWN = (400, 403, 404, 405, 409, 412, 415, 422, 501, 507)


class DavProblem(Exception):
    """The server did not do it; the text is a sentence. `status` is 0 where there was no answer."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


@dataclass(frozen=True)
class Collection:
    """One calendar of the user over there."""

    address: str
    name: str


@dataclass
class News:
    """What is new since a token: the tags of what was changed, what is gone, and the next token.

    `is_all` where the server gave everything that it has: what is not named is gone.
    """

    changed: dict[str, str]
    gone: list[str]
    token: str
    is_all: bool = False


class Dav:
    """A server and who signs in there."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url if "://" in url else f"https://{url}"
        pair = base64.b64encode(f"{username}:{password}".encode()).decode()
        self.headers = {"Authorization": f"Basic {pair}", "User-Agent": "Rapport"}

    def ask(
        self, method: str, address: str, body: str | None = None, accept: Iterable[int] = (), **more: str
    ) -> Outcome:
        """One call; answers that are no success become problems, unless they are accepted."""
        headers = self.headers | {name.replace("_", "-"): value for name, value in more.items()}
        if body is not None:
            headers.setdefault("Content-Type", "application/xml; charset=utf-8")
        sent = body.encode() if body is not None else None
        for _turn in range(REDIRECTS):
            networks = options.CALDAV_NETWORKS.value()
            found = call(method, address, sent, headers, networks, LARGEST)
            if found.status not in (301, 302, 307, 308):
                break
            address = self.within(urljoin(address, found.headers.get("location", "")))
        if found.is_done or found.status in accept:
            return found
        raise DavProblem(_sentence(found), found.status)

    def within(self, address: str) -> str:
        """An address that the server names: the password goes to no other domain than the user has given."""
        mine, other = urlsplit(self.url), urlsplit(address)
        is_near = _domain(mine.hostname or "") == _domain(other.hostname or "")
        if not is_near or (mine.scheme == "https" and other.scheme != "https"):
            raise DavProblem(
                _("The server leads to another one: %(host)s. Give that address.") % {"host": other.hostname}
            )
        return address

    # -- finding calendars
    def calendars(self) -> list[Collection]:
        """The user's calendars, found from whatever address he gave."""
        start = self._principal()
        home = self._href(start, "c:calendar-home-set", f"{CAL}calendar-home-set") or start
        found = self._listed(home)
        return found or self._listed(self.url)

    def _principal(self) -> str:
        name = f"{DAV}current-user-principal"
        for address in (self.url, urljoin(self.url, "/.well-known/caldav")):
            try:
                found = self._href(address, "d:current-user-principal", name)
            except DavProblem as problem:
                if problem.status not in (404, 405) or address != self.url:
                    raise
            else:
                if found:
                    return found
        return self.url

    def _href(self, address: str, asked: str, name: str) -> str:
        for _place, properties in self._find(address, asked, 0):
            inner = properties.get(name)
            href = inner.find(f"{DAV}href") if inner is not None else None
            if href is not None and href.text:
                return self.within(urljoin(address, href.text.strip()))
        return ""

    def _listed(self, address: str) -> list[Collection]:
        asked = "d:resourcetype d:displayname c:supported-calendar-component-set"
        found = []
        for place, properties in self._find(address, asked, 1):
            kind = properties.get(f"{DAV}resourcetype")
            if kind is None or kind.find(f"{CAL}calendar") is None:
                continue
            held = properties.get(f"{CAL}supported-calendar-component-set")
            names = [one.get("name", "") for one in held] if held is not None else []
            if names and "VEVENT" not in names:
                continue
            label = properties.get(f"{DAV}displayname")
            name = (label.text or "") if label is not None else ""
            found.append(Collection(place, name.strip() or unquote(place.rstrip("/").rpartition("/")[2])))
        return found

    def _find(self, address: str, asked: str, depth: int) -> list[tuple[str, dict[str, ElementTree.Element]]]:
        names = "".join(f"<{one}/>" for one in asked.split())
        body = f"<d:propfind {SPACES}><d:prop>{names}</d:prop></d:propfind>"
        answer = self.ask("PROPFIND", address, body, Depth=str(depth))
        return [(place, properties) for place, _status, properties in self._multi(answer, address)]

    def _multi(self, answer: Outcome, address: str) -> list[tuple[str, int, dict[str, ElementTree.Element]]]:
        """[(address, status, properties)] of an answer about several."""
        found = []
        for one in parse(answer.body).iter(f"{DAV}response"):
            href = one.findtext(f"{DAV}href", "").strip()
            properties: dict[str, ElementTree.Element] = {}
            for stat in one.iter(f"{DAV}propstat"):
                if " 200" in stat.findtext(f"{DAV}status", " 200"):
                    held = stat.find(f"{DAV}prop")
                    properties |= {inner.tag: inner for inner in held} if held is not None else {}
            said = one.findtext(f"{DAV}status", "").split()
            status = int(said[1]) if len(said) > 1 and said[1].isdigit() else 200
            place = urljoin(address, quote(unquote(href), safe="/:@%+~,;=&!$'()*"))
            found.append((self.within(place), status, properties))
        return found

    # -- one calendar
    def news(self, calendar: str, token: str) -> News:
        """What changed since the token; everything where there is none, or the server does not know it any more."""
        body = (
            f"<d:sync-collection {SPACES}><d:sync-token>{escape(token)}</d:sync-token>"
            "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
        )
        answer = self.ask("REPORT", calendar, body, TOKEN_UNKNOWN, Depth="1")
        if not answer.is_done:
            return self.news(calendar, "") if token else self._everything(calendar)
        news = News({}, [], parse(answer.body).findtext(f"{DAV}sync-token", "").strip(), not token)
        for place, status, properties in self._multi(answer, calendar):
            if place.rstrip("/") == calendar.rstrip("/"):
                continue
            if status == 404:
                news.gone.append(place)
            else:
                tag = properties.get(f"{DAV}getetag")
                news.changed[place] = (tag.text or "").strip() if tag is not None else ""
        return news

    def _everything(self, calendar: str) -> News:
        """For servers that keep no tokens: the tags of all entries."""
        news = News({}, [], "", True)
        for place, properties in self._find(calendar, "d:getetag d:resourcetype", 1):
            tag, kind = properties.get(f"{DAV}getetag"), properties.get(f"{DAV}resourcetype")
            if (
                place.rstrip("/") != calendar.rstrip("/")
                and tag is not None
                and (kind is None or not len(kind))
            ):
                news.changed[place] = (tag.text or "").strip()
        return news

    def read(self, calendar: str, places: list[str]) -> dict[str, tuple[str, str]]:
        """{address: (tag, text)} of these entries, some at a time."""
        found: dict[str, tuple[str, str]] = {}
        for at in range(0, len(places), BATCH):
            hrefs = "".join(
                f"<d:href>{escape(urlsplit(one).path)}</d:href>" for one in places[at : at + BATCH]
            )
            body = (
                f"<c:calendar-multiget {SPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop>{hrefs}"
                "</c:calendar-multiget>"
            )
            answer = self.ask("REPORT", calendar, body, Depth="1")
            for place, _status, properties in self._multi(answer, calendar):
                tag, data = properties.get(f"{DAV}getetag"), properties.get(f"{CAL}calendar-data")
                if data is not None and data.text:
                    found[place] = ((tag.text or "").strip() if tag is not None else "", data.text)
        return found

    def write(self, place: str, data: bytes, tag: str) -> str | None:
        """Write an entry over the one with that tag, or a new one; its new tag, None where somebody was faster."""
        more = {"If_Match": tag} if tag else {"If_None_Match": "*"}
        text = data.decode()
        answer = self.ask("PUT", place, text, (409, 412), Content_Type="text/calendar; charset=utf-8", **more)
        if not answer.is_done:
            return None
        return answer.headers.get("etag", "") or self.tag_of(place)

    def tag_of(self, place: str) -> str:
        for _place, properties in self._find(place, "d:getetag", 0):
            tag = properties.get(f"{DAV}getetag")
            if tag is not None and tag.text:
                return tag.text.strip()
        return ""

    def delete(self, place: str, tag: str) -> bool:
        """Delete an entry unless somebody has changed it; what is gone already is deleted, too."""
        more = {"If_Match": tag} if tag else {}
        answer = self.ask("DELETE", place, None, (404, 410, 412), **more)
        return answer.status != 412


def parse(body: bytes) -> ElementTree.Element:
    """The answer as XML; none that declares entities (they could grow without end)."""
    if b"<!DOCTYPE" in body[:100_000] or b"<!ENTITY" in body:
        raise DavProblem(_("The server answered something that is no calendar."))
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - no entities, see above
    except ElementTree.ParseError as problem:
        raise DavProblem(_("The server answered something that is no calendar.")) from problem


def _domain(host: str) -> str:
    """The last two names of a host; an IP address is itself."""
    parts = host.lower().split(".")
    return host.lower() if parts[-1].isdigit() or ":" in host else ".".join(parts[-2:])


def _sentence(found: Outcome) -> str:
    if found.problem:
        return found.problem
    if found.status in (401, 403):
        return _("The server does not accept this name and password.")
    if found.status == 404:
        return _("Nothing was found at this address.")
    return _("The server answered with error %(status)s.") % {"status": found.status}
