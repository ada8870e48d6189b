"""Speaking with a CalDAV server: finding calendars, what changed since, reading, writing without overwriting.

The library is loaded when a server is spoken to: it takes a tenth of the time in which everything else is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from caldav.davclient import DAVClient

TIMEOUT = 30
AT_ONCE = 50
D, C = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_ETAGS = '<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:getetag/></d:prop></d:propfind>'
_SYNC = (
    '<?xml version="1.0"?><d:sync-collection xmlns:d="DAV:"><d:sync-token>{}</d:sync-token>'
    "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
)
_READ = (
    '<?xml version="1.0"?><c:calendar-multiget xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>'
    "<d:getetag/><c:calendar-data/></d:prop>{}</c:calendar-multiget>"
)


class Away(Exception):
    """The server cannot be reached or does not do what it should; the words say why."""


class WrongPassword(Away):
    """The server does not let us in."""


class Newer(Exception):
    """The server has another version than the one that was to be replaced."""


@dataclass(frozen=True, slots=True)
class Found:
    """A calendar on a server."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed: versions by address, what is gone, and the token to ask with next.

    A `full` one names everything there is, so what it does not name is gone.
    """

    etags: Mapping[str, str]
    gone: frozenset[str]
    token: str
    full: bool


class Server:
    """One calendar on a server, signed in. Raises `Away` and `WrongPassword`, whatever it is asked."""

    def __init__(self, client: DAVClient, url: str) -> None:
        self.client, self.url = client, url

    def changes(self, token: str) -> Changes:
        """Return what changed since `token`; everything, when there is none or the server has forgotten it."""
        answer = self._report(_SYNC.format(escape(token)), depth=0)
        if answer is None and token:
            return self.changes("")
        if answer is None:
            return self._everything()
        etags, gone = {}, set()
        for href, status, props in _responses(answer):
            if _same(href, self.url):
                continue
            if "404" in status:
                gone.add(href)
            elif etag := props.get(f"{D}getetag", ""):
                etags[href] = etag
        found = answer.find(f"{D}sync-token")
        return Changes(etags, frozenset(gone), (found.text or "") if found is not None else "", full=not token)

    def read(self, hrefs: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Return address, version and iCalendar of each entry that is there."""
        wanted = list(hrefs)
        for start in range(0, len(wanted), AT_ONCE):
            lines = "".join(f"<d:href>{escape(href)}</d:href>" for href in wanted[start : start + AT_ONCE])
            answer = self._report(_READ.format(lines), depth=1)
            if answer is None:
                raise Away(_("The server does not hand out its entries."))
            for href, _status, props in _responses(answer):
                if data := props.get(f"{C}calendar-data", ""):
                    yield href, props.get(f"{D}getetag", ""), data

    def write(self, href: str, data: bytes, *, etag: str) -> str:
        """Put an entry in the place of version `etag` ("": it must be new) and return its new version, "" unknown.

        Raises `Newer` when there is another version.
        """
        condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
        answer = self._ask(self._at(href), "PUT", data.decode(), headers)
        self._check(answer.status)
        return str(answer.headers.get("ETag", ""))

    def remove(self, href: str, *, etag: str) -> None:
        """Delete version `etag` of an entry. Raises `Newer`; one that is gone already is fine."""
        answer = self._ask(self._at(href), "DELETE", "", {"If-Match": etag} if etag else {})
        if answer.status not in (404, 410):
            self._check(answer.status)

    def _everything(self) -> Changes:
        """Return the versions of all entries, of a server that keeps no record of changes."""
        answer = self._ask(self.url, "PROPFIND", _ETAGS, {"Depth": "1", "Content-Type": "application/xml"})
        if answer.status != 207 or answer.tree is None:
            raise Away(_("The server answers with %(status)s.") % {"status": answer.status})
        found = {href: props.get(f"{D}getetag", "") for href, _status, props in _responses(answer.tree)}
        etags = {href: etag for href, etag in found.items() if etag and not _same(href, self.url)}
        return Changes(etags, frozenset(), "", full=True)

    def _report(self, body: str, *, depth: int) -> Any:
        headers = {"Depth": str(depth), "Content-Type": 'application/xml; charset="utf-8"'}
        answer = self._ask(self.url, "REPORT", body, headers)
        return answer.tree if answer.status == 207 else None

    def _check(self, status: int) -> None:
        if status in (409, 412):
            raise Newer
        if not 200 <= status < 300:
            raise Away(_("The server answers with %(status)s.") % {"status": status})

    def _at(self, href: str) -> str:
        return urljoin(self.url, href)

    def _ask(self, url: str, method: str, body: str, headers: Mapping[str, str]) -> Any:
        from caldav.lib.error import AuthorizationError, DAVError

        try:
            return self.client.request(url, method, body, headers)
        except AuthorizationError as error:
            if method == "REPORT" and getattr(error, "reason", "") != "Unauthorized":
                return _Refused()  # a token that it forgot is answered with 403 (RFC 6578, 3.2)
            raise WrongPassword(_("The server does not accept this name and password.")) from error
        except (DAVError, OSError, ValueError) as error:
            raise Away(_("The server cannot be reached: %(why)s") % {"why": _words(error)}) from error


class _Refused:
    status, tree = 403, None


@contextmanager
def connection(url: str, username: str, password: str) -> Iterator[DAVClient]:
    """Give a client that signs in as `username`. Raises `Away` for an address that is none."""
    from caldav.davclient import DAVClient

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Away(_("Write an address that begins with https://."))
    client = DAVClient(
        url=url, username=username, password=password, timeout=TIMEOUT, enable_rfc6764=False, require_tls=False
    )
    try:
        yield client
    finally:
        client.close()


def calendars(url: str, username: str, password: str) -> list[Found]:
    """Return the calendars that somebody has on a server, found from any address of it (RFC 6764, RFC 5397).

    Raises `Away`, `WrongPassword`.
    """
    from caldav.lib.error import AuthorizationError, DAVError

    with connection(url, username, password) as client:
        try:
            found = client.principal().calendars()  # type: ignore[no-untyped-call]
            rows = [
                Found(str(one.url), str(one.get_display_name() or "").strip() or _tail(str(one.url))) for one in found
            ]
        except AuthorizationError as error:
            raise WrongPassword(_("The server does not accept this name and password.")) from error
        except (DAVError, OSError, ValueError, KeyError, AssertionError, AttributeError) as error:
            raise Away(_("No calendars were found there: %(why)s") % {"why": _words(error)}) from error
    return rows


def _responses(tree: Any) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Return address, status and properties of each answer of a multi-status."""
    for response in tree.iter(f"{D}response"):
        href = unquote(urlsplit(response.findtext(f"{D}href") or "").path)
        props: dict[str, str] = {}
        for stat in response.iter(f"{D}propstat"):
            if "200" in (stat.findtext(f"{D}status") or "200"):
                props |= {prop.tag: prop.text or "" for prop in stat.iter() if isinstance(prop.tag, str)}
        yield href, response.findtext(f"{D}status") or "", props


def _same(href: str, url: str) -> bool:
    return href.rstrip("/") == unquote(urlsplit(url).path).rstrip("/")


def _tail(url: str) -> str:
    return unquote(url.rstrip("/").rpartition("/")[2])


def _words(error: Exception) -> str:
    return str(error)[:160] or type(error).__name__
