"""What the guard has to know of a request, and what it refuses: pure functions of the head of a request."""

from __future__ import annotations

import hmac
import ipaddress
import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from counterflow.lab.errors import RefusedError
from counterflow.lab.settings import Settings, allowed_hosts, is_loopback

METHODS = ("GET", "HEAD", "POST", "DELETE")
WRITES = ("POST", "DELETE")
UPLOAD = "/api/documents"
# A browser cannot send a header with these: the id of a job, which nobody can guess, is the secret.
BY_ID = re.compile(r"/api/jobs/[\w-]{20,}/(?:events|report\.html|assessment\.json)")
WITH_BRIEF = (f"{UPLOAD}/strategy", "/api/report")
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_LONGEST_PATH = 2_000


class Request(NamedTuple):
    """The head of a request."""

    method: str
    path: str  # within the lab: without the root path
    headers: dict[str, list[str]]
    client: str  # its address

    def one(self, name: str) -> str | None:
        """The value of a header, None where it is not there; two of them are refused."""
        values = self.headers.get(name, [])
        if len(values) > 1:
            raise RefusedError(400, "request", f"The request has {name.title()} twice.")
        return values[0] if values else None


def request_of(scope: dict[str, Any], settings: Settings) -> Request:
    """The head of a request that a proxy may have changed.

    Raises RefusedError 404 for a path that is written in more than one way, or is too long.
    """
    headers: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    raw = bytes(scope.get("raw_path") or scope["path"].encode())
    path = str(scope["path"])
    root = settings.root_path
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    if len(raw) > _LONGEST_PATH or b"%" in raw or "//" in path or "\\" in path or "/." in path or not path.isascii():
        raise RefusedError(404, "not_found", "There is nothing here.")
    client = scope["client"][0] if scope.get("client") else ""
    if settings.behind_proxy and (passed := headers.get("x-forwarded-for")):
        client = passed[-1].rpartition(",")[2].strip()[:100]  # the last one is what the proxy itself has seen
    return Request(str(scope["method"]), path, headers, client)


def refuse(request: Request, settings: Settings) -> None:
    """Refuse what no page of the lab and no honest program would send. Raises RefusedError."""
    host = _check_host(request, settings)
    if request.method not in METHODS:
        raise RefusedError(405, "method", "No address takes that method.", headers={"Allow": ", ".join(METHODS)})
    if request.method in WRITES:
        _check_origin(request, host, settings)
    if request.method == "POST":
        _check_type(request)
    if settings.token and request.path.startswith("/api/") and not BY_ID.fullmatch(request.path):
        _check_token(request, settings.token)


def most_bytes(request: Request, settings: Settings) -> int:
    """The size of a body that a request may have."""
    if request.method != "POST":
        return 0
    if request.path == UPLOAD:
        return settings.document_size
    return settings.brief_size if request.path in WITH_BRIEF else settings.json_size


def _check_host(request: Request, settings: Settings) -> str:
    """The Host, which has to be a name of the lab: a page of another name that was made to lead here has its own."""
    found = _HOST.fullmatch(request.one("host") or "")
    name = found["name"].lower().strip("[]") if found else ""
    if found and (name in allowed_hosts(settings) or (not is_loopback(settings.host) and _is_address(name))):
        return found[0].lower()
    raise RefusedError(400, "host", "The lab is not known by this name.", "Open it at the address that it printed.")


def _is_address(name: str) -> bool:
    """Whether a host is an address: no one can make that lead elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _check_origin(request: Request, host: str, settings: Settings) -> None:
    """Refuse a write that a page of another origin makes. Programs that are no browsers send no Origin."""
    origin = request.one("origin")
    site = request.one("sec-fetch-site")
    if origin is None and site in (None, "same-origin", "none"):
        return
    parts = urlsplit(origin or "")
    own = parts.scheme in ("http", "https") and origin == f"{parts.scheme}://{parts.netloc}"
    proxied = settings.behind_proxy and _name(parts.netloc) == settings.behind_proxy.lower()
    if own and (parts.netloc.lower() == host or proxied) and site in (None, "same-origin", "none"):
        return
    raise RefusedError(403, "origin", "Only the lab's own page may send this.", "Open the lab itself.")


def _name(netloc: str) -> str:
    found = _HOST.fullmatch(netloc)
    return found["name"].lower() if found else ""


def _check_type(request: Request) -> None:
    if request.one("content-encoding") not in (None, "identity"):
        raise RefusedError(415, "type", "The body is packed.", "Send it as it is.")
    if request.path == UPLOAD:
        if request.one("x-filename") is None:
            hint = "Send the file's name in X-Filename, percent-encoded."
            raise RefusedError(400, "name", "The document has no name.", hint)
        return
    kind, _, parameters = (request.one("content-type") or "").partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise RefusedError(415, "type", "Only JSON is taken here.", "Say so in Content-Type, and send UTF-8.")


def _check_token(request: Request, token: str) -> None:
    scheme, _, given = (request.one("authorization") or "").partition(" ")
    if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("latin-1"), token.encode("ascii")):
        return
    hint = "Open the lab with the token behind its address, as #token=…, or send it as Authorization: Bearer."
    raise RefusedError(401, "token", "This lab asks for a token.", hint, headers={"WWW-Authenticate": "Bearer"})
