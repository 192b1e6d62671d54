"""The files of the page itself, each under its own name: what is not one of them is nowhere."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

INDEX = "index.html"
TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


class Asset(NamedTuple):
    """A file, with what a browser keeps it by."""

    data: bytes
    media_type: str
    tag: str  # an entity tag, with its quotation marks


def assets() -> dict[str, Asset]:
    """All files of the page by the path under which they are asked for, without the leading slash."""
    return dict(_found(files("counterflow.lab") / "web", ""))


def _found(folder: Traversable, before: str) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else ():
        name = f"{before}{entry.name}"
        if entry.is_dir():
            found += _found(entry, f"{name}/")
        elif entry.name.rpartition(".")[2] in TYPES or entry.name == "LICENSE":
            data = entry.read_bytes()
            media_type = TYPES.get(entry.name.rpartition(".")[2], TYPES["txt"])
            found.append((name, Asset(data, media_type, f'"{hashlib.sha256(data).hexdigest()[:32]}"')))
    return found


def routes() -> list[Route]:
    """A route for every file, and the page itself at the root."""
    found = assets()
    pages = [Route(f"/{name}", _serving(asset), methods=["GET"]) for name, asset in found.items()]
    if INDEX in found:
        pages.append(Route("/", _serving(found[INDEX]), methods=["GET"]))
    return pages


def _serving(asset: Asset) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        headers = {"ETag": asset.tag, "Cache-Control": "no-cache"}
        known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
        if asset.tag in known:
            return Response(status_code=304, headers=headers)
        return Response(asset.data, media_type=asset.media_type, headers=headers)

    return serve
