"""The door of the lab, in plain ASGI: what is refused before anything reads it, and what every answer carries.

A middleware of a framework sees requests of one kind only; this one sees everything that comes.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from counterflow.lab import asking
from counterflow.lab.errors import INTERNAL, Problem, RefusedError, body_of, too_busy
from counterflow.lab.headers import secured
from counterflow.lab.journal import tell
from counterflow.lab.pace import Pace, Room
from counterflow.lab.settings import Settings

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_ID = re.compile(r"([\w-]{4})[\w-]{16,}")  # as long as the id of a job may be, see `asking.BY_ID`
LARGE = 1_000_000  # bytes; only a few bodies of this size are taken in at once


class Guard:
    """An ASGI application around another: checks, limits, headers, one line in the log for each request."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self._pace = Pace(settings.rate, settings.burst)
        self._room = Room(settings.concurrent)
        self._large = Room(settings.large_bodies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        if scope["type"] == "http":
            await self._request(scope, receive, _Answer(send, self.settings.send_time, scope["method"] == "HEAD"))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        began = time.perf_counter()
        path = str(scope["path"])
        client = (scope.get("client") or [""])[0]
        held = self._room.take()
        try:
            request = asking.request_of(dict(scope), self.settings)
            path, client = request.path, request.client
            asking.refuse(request, self.settings)
            wait = self._pace.wait(request.client)
            if wait > 0:
                headers = {"Retry-After": str(math.ceil(wait))}
                raise RefusedError(429, "pace", "Too many requests.", "Ask more slowly.", headers=headers)
            if not held:
                raise too_busy("Too much is in work.")
            if not path:  # addresses in the page are relative: they need the slash
                await answer.lead_to(f"{self.settings.root_path}/")
                return
            inner = dict(scope) | {"path": self.settings.root_path + path, "root_path": self.settings.root_path}
            inner["state"] = dict(scope.get("state") or {}) | {"client": request.client}
            await self._pass(inner, request, receive, answer)
        except RefusedError as refused:
            await answer.refuse(refused.status, refused.problem, refused.headers)
        except (ConnectionError, _GoneError):
            answer.status = answer.status or 499
        except asyncio.CancelledError:  # by the server, once the lab has to end
            await answer.refuse(503, Problem(code="ending", message="The lab is ending."), {"Connection": "close"})
        except Exception as error:  # nothing of it may reach the client
            tell("error", "fault", path=_shown(path), kind=type(error).__name__, trace=traceback.format_exc())
            code, message, hint = INTERNAL
            await answer.refuse(500, Problem(code=code, message=message, hint=hint), {})
        finally:
            if held:
                self._room.leave()
            milliseconds = round(1000 * (time.perf_counter() - began), 1)
            tell(
                "info", "request", method=scope["method"][:20], path=_shown(path), status=answer.status,
                milliseconds=milliseconds, bytes=answer.bytes, client=client,
            )  # fmt: skip

    async def _pass(self, scope: Scope, request: asking.Request, receive: Receive, answer: _Answer) -> None:
        """Take the body in, then let the application answer, as long as it begins in time."""
        most = asking.most_bytes(request, self.settings)
        declared = _declared(request)
        if declared is not None and declared > most and request.method == "POST":
            raise _too_large(most)
        if request.method == "POST":
            body = await self._body(receive, most, declared)
            receive = _replayed(body, receive)
        work = asyncio.ensure_future(self.app(scope, receive, answer.send))
        begun = asyncio.ensure_future(answer.begun.wait())
        try:
            await asyncio.wait((work, begun), timeout=self.settings.answer_time, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and not begun.done():
                raise too_busy("This took too long to answer.", seconds=5)
            await work
        finally:
            begun.cancel()
            if not work.done():
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)

    async def _body(self, receive: Receive, most: int, declared: int | None) -> bytes:
        """A whole body, of a known length or in chunks. Raises RefusedError for one that is too large or too slow."""
        large = False
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.settings.body_time):
                while True:
                    if not large and max(size, declared or 0) > LARGE:
                        large = self._large.take()
                        if not large:
                            raise too_busy("Too many large bodies are on their way.")
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _GoneError
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > most:
                        raise _too_large(most)
                    if not message.get("more_body"):
                        return b"".join(parts)
        except TimeoutError:
            headers = {"Connection": "close"}
            raise RefusedError(408, "slow", "The body took too long to come.", headers=headers) from None
        finally:
            if large:
                self._large.leave()


class _GoneError(Exception):
    """The client went away."""


class _Answer:
    """What is sent to a client: secured headers, and an end to waiting for one that does not take it."""

    def __init__(self, send: Send, patience: float, head: bool) -> None:
        self._send, self._patience, self._head = send, patience, head
        self.begun = asyncio.Event()
        self.status = 0
        self.bytes = 0

    async def send(self, message: Message) -> None:
        """Pass one message of the application on. Raises _GoneError where the client takes too long."""
        if message["type"] == "http.response.start":
            message = dict(message) | {"headers": secured(message.get("headers", ()))}
            self.status = int(message["status"])
            self.begun.set()
        self.bytes += len(message.get("body", b""))
        try:
            async with asyncio.timeout(self._patience):
                await self._send(message)
        except TimeoutError:
            raise _GoneError from None

    async def lead_to(self, path: str) -> None:
        """Send the client to another path of the lab."""
        headers = [(b"location", path.encode("ascii")), (b"content-length", b"0")]
        await self.send({"type": "http.response.start", "status": 308, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})

    async def refuse(self, status: int, problem: Problem, headers: dict[str, str]) -> None:
        """Answer with an error, unless an answer has begun."""
        if self.begun.is_set():
            return
        body = body_of(problem)
        own = {"Content-Type": "application/json", "Content-Length": str(len(body))} | headers
        if status in (408, 413):
            own["Connection"] = "close"  # what is still on its way is not read
        listed = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in own.items()]
        try:
            await self.send({"type": "http.response.start", "status": status, "headers": listed})
            await self.send({"type": "http.response.body", "body": b"" if self._head else body})
        except (ConnectionError, _GoneError):
            pass


def _declared(request: asking.Request) -> int | None:
    length = request.one("content-length")
    if length is None:
        return None
    if not length.isascii() or not length.isdecimal() or len(length) > 15:
        raise RefusedError(400, "request", "The length of the body is no number.")
    return int(length)


def _too_large(most: int) -> RefusedError:
    hint = "Give the strategy's own text, without attachments." if most > LARGE else ""
    return RefusedError(413, "size", f"The body is too large; at most {most / 1e6:g} MB are taken here.", hint)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once, and then what the server tells."""
    given = False

    async def again() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again


def _shown(path: str) -> str:
    """A path as the log may have it: what could be the id of a job, wherever it stands, is a secret and is cut."""
    return _ID.sub(r"\1…", path)[:200]
