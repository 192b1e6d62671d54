"""Fetching a document from an http(s) address of the public internet, within limits of size, time and redirects."""

from __future__ import annotations

import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import version
from typing import NamedTuple

import httpcore
import httpx

from counterflow.brief.loading import limits
from counterflow.brief.loading.addresses import LateError, PublicTransport
from counterflow.brief.loading.media import WORD, name_in_messages
from counterflow.brief.schema import MediaType
from counterflow.errors import BriefError

BY_HAND = "Open it in a browser, save it to a file, and give that."


class Bounds(NamedTuple):
    """How long and how much is borne from an address."""

    seconds: float = 30.0  # for all of it, redirects and names included
    silence: float = 10.0  # seconds without a byte
    size: int = limits.SIZE  # bytes, packed and unpacked
    redirects: int = 5


BOUNDS = Bounds()
_HOST = re.compile(r"[A-Za-z0-9._-]{1,255}|[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9]{1,15})?")
_READ: dict[str, MediaType | None] = {  # None: the bytes and the name tell
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
    "text/plain": None,  # what servers say of Markdown too
    "text/markdown": "text/markdown",
    "text/x-markdown": "text/markdown",
    "application/pdf": "application/pdf",
    "application/x-pdf": "application/pdf",
    WORD: WORD,
    "application/octet-stream": None,
    "binary/octet-stream": None,
    "application/force-download": None,
    "": None,
}


@dataclass(frozen=True)
class Answer:
    """What an address gave."""

    data: bytes
    url: str  # after redirects, without a fragment
    media_type: MediaType | None  # as the server says, where that tells
    charset: str  # as the server says; "" where it does not


def fetch(address: str, *, allow: Collection[str] = (), bounds: Bounds = BOUNDS) -> Answer:
    """Fetch an http(s) address.

    `allow` names IP addresses that may be reached although they are not public; it is for tests. Raises
    BriefError where the address or one that it redirects to is refused, silent, slow, too large, or gives
    something that is not a document.
    """
    shown = name_in_messages(address)
    until = time.monotonic() + bounds.seconds
    try:
        with _client(until, allow, bounds) as client:
            return _follow(client, address, until, bounds)
    except BriefError as error:
        raise BriefError(error.message, where=_without_secrets(shown), hint=error.hint or BY_HAND) from None
    except LateError:
        message = _late(bounds)
    except (httpx.TimeoutException, httpcore.TimeoutException):
        is_over = time.monotonic() >= until
        message = _late(bounds) if is_over else f"The site was silent for {bounds.silence:g} s."
    except (httpx.DecodingError, httpx.RemoteProtocolError, httpcore.RemoteProtocolError):
        message = "The site broke off its answer, or sent what is no answer."
    except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        reason = " ".join((str(error) or type(error).__name__).split())[:200]
        message = f"The site could not be reached ({reason})."
    raise BriefError(message, where=_without_secrets(shown), hint=f"Try again later. {BY_HAND}")


def _late(bounds: Bounds) -> str:
    return f"The site took more than {bounds.seconds:g} s: it was left off."


def _client(until: float, allow: Collection[str], bounds: Bounds) -> httpx.Client:
    return httpx.Client(
        transport=PublicTransport(until, allow),
        headers={
            "User-Agent": f"counterflow/{version('counterflow')} (policy research; reads one document)",
            "Accept": "text/html, text/plain, text/markdown, application/pdf, */*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        },
        timeout=bounds.silence,
        trust_env=False,
        follow_redirects=False,
    )


def _follow(client: httpx.Client, address: str, until: float, bounds: Bounds) -> Answer:
    url = _allowed(address)
    for _ in range(bounds.redirects + 1):
        client.cookies.clear()
        with client.stream("GET", url) as response:
            if response.is_redirect:
                url = _redirected(url, response.headers.get("location", ""))
                continue
            _require_success(response)
            media_type, charset = _document_type(response)
            return Answer(_body(response, until, bounds), str(url), media_type, charset)
    raise BriefError(f"The site redirects more than {bounds.redirects} times.")


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    try:
        target = url.join(location)
    except (httpx.InvalidURL, ValueError):
        raise BriefError("The site redirects to what is no address.") from None
    return _allowed(str(target))


def _allowed(address: str) -> httpx.URL:
    """An address in its parts. Raises BriefError where it is not a plain http(s) one."""
    if len(address) > 4_000 or any(not character.isprintable() for character in address):
        raise BriefError("The address is too long or holds characters that cannot be printed.", hint="Check it.")
    try:
        url = httpx.URL(address)
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError):
        raise BriefError("This is no address.", hint="Check it.") from None
    if url.scheme not in ("http", "https"):
        raise BriefError(
            f"Only http and https addresses are read, not {url.scheme[:20]!a}.",
            hint="Give a file's path for a file.",
        )
    if url.userinfo:
        raise BriefError("The address holds a user name or password, which is refused.", hint=BY_HAND)
    if not host:
        raise BriefError("The address names no host.", hint="Check it.")
    if not _HOST.fullmatch(host) or not 0 < (url.port or 80) < 65_536:
        raise BriefError("This is no address: its host or port is none.", hint="Check it.")
    return url.copy_with(fragment=None)


def _require_success(response: httpx.Response) -> None:
    code = response.status_code
    if code in (401, 403, 406, 429, 451):
        raise BriefError(f"The site refused this program (HTTP {code}).", hint=BY_HAND)
    if code in (404, 410):
        raise BriefError(f"The site does not have this document (HTTP {code}).", hint="Check the address.")
    if code != httpx.codes.OK:
        raise BriefError(f"The site has a fault (HTTP {code}).", hint=f"Try again later. {BY_HAND}")


def _document_type(response: httpx.Response) -> tuple[MediaType | None, str]:
    """The kind and encoding that the server says. Raises BriefError for what is no document."""
    said = response.headers.get("content-type", "")
    kind = said.partition(";")[0].strip().lower()
    if kind not in _READ:
        raise BriefError(
            f"The address gives {kind[:80]!a}, which is not text, a page, a PDF or a Word document.",
            hint="Give the address of the document itself.",
        )
    return _READ[kind], response.charset_encoding or ""


def _body(response: httpx.Response, until: float, bounds: Bounds) -> bytes:
    """What the site sends, unpacked. Raises BriefError where it is too large, LateError where it takes too long."""
    said = response.headers.get("content-length", "")
    if said.isdigit() and int(said) > bounds.size:
        raise _too_large(bounds)
    data = bytearray()
    for part in response.iter_bytes(chunk_size=65_536):
        data += part
        if len(data) > bounds.size or response.num_bytes_downloaded > bounds.size:
            raise _too_large(bounds)
        if time.monotonic() > until:
            raise LateError
    return bytes(data)


def _too_large(bounds: Bounds) -> BriefError:
    return BriefError(
        f"The document is larger than {bounds.size / 1e6:.0f} MB: it was left off.",
        hint="Give the strategy's own text, without attachments.",
    )


def _without_secrets(address: str) -> str:
    """An address as it may be shown: without a user name and password."""
    scheme, separator, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"
