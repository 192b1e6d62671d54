"""A publisher's site on this machine: real HTTP, and every way in which a real one disappoints."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Page = tuple[str, bytes]  # content type, body
Behaviour = Callable[[BaseHTTPRequestHandler], bool]  # answers by itself and says so, or leaves it to the site


@dataclass
class Site:
    """What a running server serves; tests change it as they go."""

    address: str
    pages: dict[str, Page]
    behaviours: dict[str, Behaviour] = field(default_factory=dict)  # by path; "" for every path
    as_it_is: set[str] = field(default_factory=set)  # paths served whole, whatever the query
    asked: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)


@contextmanager
def serving(pages: Mapping[str, Page]) -> Iterator[Site]:
    """Serve the pages on 127.0.0.1 with ETags, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            site.asked[path] += 1
            site.agents.add(self.headers.get("User-Agent", ""))
            behaviour = site.behaviours.get(path) or site.behaviours.get("")
            if behaviour and behaviour(self):
                return
            page = site.pages.get(path)
            if page is None:
                refuse(404)(self)
                return
            media_type, body = page
            if media_type == "application/json" and path not in site.as_it_is:
                body = one_page(body, self.path)
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == tag:
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", tag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(f"http://127.0.0.1:{server.server_port}", dict(pages))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def one_page(body: bytes, path: str) -> bytes:
    """The rows that a Socrata query asks for by $limit and $offset."""
    asked = parse_qs(urlsplit(path).query)
    first = int(asked.get("$offset", ["0"])[0])
    rows = json.loads(body)
    return json.dumps(rows[first : first + int(asked.get("$limit", ["1000"])[0])]).encode()


def refuse(code: int, headers: Mapping[str, str] | None = None, times: int = 10**9) -> Behaviour:
    """Answer with an error code, the first so many times."""
    left = [times]

    def answer(handler: BaseHTTPRequestHandler) -> bool:
        if left[0] <= 0:
            return False
        left[0] -= 1
        handler.send_response(code)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    return answer


def redirect(to: str) -> Behaviour:
    """Send on to another address."""
    return refuse(302, {"Location": to})


def break_off(handler: BaseHTTPRequestHandler) -> bool:
    """Promise more than is sent, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"Fiscal Year,Month")
    handler.wfile.flush()
    handler.close_connection = True
    return True


def silent(handler: BaseHTTPRequestHandler) -> bool:
    """Say nothing for a while."""
    time.sleep(1.5)
    handler.close_connection = True
    return True


def endless(handler: BaseHTTPRequestHandler) -> bool:
    """Send without end, as fast as it is read."""
    return _pour(handler, b"0" * 65536, 0.0)


def trickling(handler: BaseHTTPRequestHandler) -> bool:
    """Send a byte now and then, never silent for long, never done."""
    return _pour(handler, b"0", 0.05)


def _pour(handler: BaseHTTPRequestHandler, part: bytes, pause: float) -> bool:
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    until = time.monotonic() + 20  # however the reader behaves, the server's thread ends
    try:
        while time.monotonic() < until:
            handler.wfile.write(part)
            time.sleep(pause)
    except OSError:
        pass
    return True
