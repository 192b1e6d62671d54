"""A language model's service for tests: real HTTP on this machine, with answers that a test writes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from counterflow.brief.llm.endpoint import Endpoint, Limits

DOCUMENT = """Holding the Line

President Trump has deployed 1,600 troops to the southern border with Mexico. Agents were authorized to , bypassing \
sanctuary laws. Daily gotaways dropped 93% compared to peak Biden-era numbers. ICE arrested over 300 aliens on \
January 21, 2025. Confirmation that for targeting cartel labs has not been given.
"""


def action(quote: str, lever: str, lever_words: str, status: str = "in_force", **more: Any) -> dict[str, Any]:
    """An action as a model gives it."""
    return {"quote": quote, "lever": lever, "lever_words": lever_words, "status": status, **more}


def claim(quote: str, value: float | None, type: str = "level", **more: Any) -> dict[str, Any]:
    """A claim as a model gives it."""
    return {"quote": quote, "type": type, "value": value, **more}


def items(actions: list[Any] = (), claims: list[Any] = ()) -> str:  # type: ignore[assignment]
    """The content of an answer."""
    return json.dumps({"actions": list(actions), "claims": list(claims)})


def chat(content: str | None, finish: str = "stop", refusal: str | None = None) -> bytes:
    """The body of an answer of a chat service."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": finish}]}).encode()


@dataclass
class Reply:
    """What the service sends. `pause` seconds pass before the first byte, `drip` before each byte of the body."""

    body: bytes
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    drip: float = 0.0
    lies_about_length: bool = False  # says that more comes than does


@dataclass
class Model:
    """A running service: where it is, and what it was asked."""

    url: str
    asked: list[dict[str, Any]]
    headers: list[dict[str, str]]
    paths: list[str]

    def endpoint(self, key: str = "", **limits: Any) -> Endpoint:
        """How to reach it, patient for at most ten seconds."""
        return Endpoint(self.url, "fake", key, Limits(**{"seconds": 10.0, **limits}))


def said(reply: str | Reply) -> Reply:
    """A reply of the service; a string is the content of a well-formed answer."""
    return Reply(chat(reply)) if isinstance(reply, str) else reply


@contextmanager
def serving(*replies: str | Reply, each: Callable[[dict[str, Any]], str] | None = None) -> Iterator[Model]:
    """A service that gives these replies in turn, the last again and again, or `each` of what it is asked."""
    asked: list[dict[str, Any]] = []
    headers: list[dict[str, str]] = []
    paths: list[str] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            paths.append(self.path)
            headers.append({name.lower(): value for name, value in self.headers.items()})
            asked.append(json.loads(body))
            reply = said(each(asked[-1]) if each else replies[min(len(asked), len(replies)) - 1])
            over.wait(reply.pause)
            try:
                self.send_response(reply.status)
                self.send_header("content-type", reply.kind)
                self.send_header("content-length", str(len(reply.body) + 100 * reply.lies_about_length))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for part in [reply.body] if not reply.drip else [reply.body[i : i + 1] for i in range(len(reply.body))]:
                    if over.wait(reply.drip):
                        return
                    self.wfile.write(part)
                    self.wfile.flush()
            except OSError:  # whoever asked has left
                pass
            self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Model(f"http://127.0.0.1:{server.server_address[1]}/v1", asked, headers, paths)
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def timed() -> Iterator[Callable[[], float]]:
    """Seconds since this began."""
    begun = time.monotonic()
    yield lambda: time.monotonic() - begun
