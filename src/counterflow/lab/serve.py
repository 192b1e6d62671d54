"""Running the lab: its socket, its signals, its end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from counterflow.errors import UsageError
from counterflow.lab.app import create_app
from counterflow.lab.calls import Calls
from counterflow.lab.documents.schema import DocumentRead
from counterflow.lab.errors import Problem, body_of
from counterflow.lab.guard import Guard
from counterflow.lab.headers import secured
from counterflow.lab.journal import tell, to_standard_error
from counterflow.lab.settings import Settings, checked
from counterflow.lab.state import Lab

_NOT_HTTP = body_of(Problem(code="request", message="This is no request."))
_HEAD = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_NOT_HTTP)), (b"connection", b"close")]
_NO_REQUEST = b"\r\n".join(
    [b"HTTP/1.1 400 Bad Request", *(b"%b: %b" % pair for pair in secured(_HEAD)), b"", _NOT_HTTP]
)
# What listens everywhere; an address for documentation, the way to which tells this machine's own; and its loopback.
WILDCARDS = {"0.0.0.0": ("192.0.2.1", "127.0.0.1"), "::": ("2001:db8::1", "::1")}
GRACE = 5  # seconds that answers on their way have, once the lab was told to end
ENDINGS = (signal.SIGINT, signal.SIGTERM)


def serve(
    settings: Settings,
    *,
    opened: DocumentRead | None = None,
    engine: Calls | None = None,
    on_ready: Callable[[str], None],
) -> None:
    """Serve the lab until an interrupt or a wish to end the process; running jobs are ended then.

    `on_ready` is called with the lab's addresses, one a line, once it listens and the model is warm. Raises UsageError
    for settings that would let others in and for a port that cannot be had, and what making the engine warm raises.
    """
    settings = checked(settings)
    with listening(settings) as listener:
        port = int(listener.getsockname()[1])
        to_standard_error()
        server = server_of(create_app(settings, engine, opened), settings)
        fault = asyncio.run(_serve(server, listener, lambda: on_ready("\n".join(addresses(settings, port)))))
    sys.stdout.flush()
    if fault is not None:
        raise fault
    if _lab(server).is_at_work:
        sys.stderr.flush()
        os._exit(0)  # neither the compiler nor a run can be told to stop


def addresses(settings: Settings, port: int) -> tuple[str, ...]:
    """Where the lab is to be opened: under the names that it was given, else at its host. A wildcard is none."""
    if settings.behind_proxy:
        return (f"https://{settings.behind_proxy}{settings.root_path}/",)
    own = _own_address(settings.host) if settings.host in WILDCARDS else settings.host
    hosts = settings.names or (f"[{own}]" if ":" in own else own,)
    return tuple(f"http://{host}:{port}{settings.root_path}/" for host in hosts)


def _own_address(wildcard: str) -> str:
    """The address that this machine has for others, its own loopback where it has none. Nothing is sent to learn it."""
    family = socket.AF_INET6 if ":" in wildcard else socket.AF_INET
    outside, loopback = WILDCARDS[wildcard]
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((outside, 9))
            return str(asked.getsockname()[0])
    except OSError:
        return loopback


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket on the host and port. Raises UsageError where they cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        found = socket.create_server((settings.host, settings.port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(
            f"{settings.host} port {settings.port} cannot be listened on ({reason})",
            where="--port",
            hint="Another lab may run there; --port 0 takes any that is free.",
        ) from error
    # Connections take it over. Without it the body of an answer waits until its head has been acknowledged.
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with found:
        yield found


def server_of(app: Guard, settings: Settings) -> uvicorn.Server:
    """The server of an application: no headers of a proxy believed, no name of itself told, nothing but HTTP."""
    config = uvicorn.Config(
        app,
        http=patient(settings.header_time),
        ws="none",
        lifespan="on",
        loop="asyncio",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=max(1, round(settings.header_time)),
        timeout_graceful_shutdown=GRACE,
        limit_concurrency=4 * settings.concurrent,  # connections, most of which say nothing at a time
        h11_max_incomplete_event_size=32_768,
    )
    return uvicorn.Server(config)


def patient(seconds: float) -> type[H11Protocol]:
    """The HTTP protocol, which closes a connection that has not sent the head of a request after so many seconds."""

    class Patient(H11Protocol):
        _limit: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._wait()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state.__name__ == "IDLE":
                self._wait()
            else:
                self._wait_no_more()

        def send_400_response(self, msg: str) -> None:
            self.transport.write(_NO_REQUEST)
            self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self._wait_no_more()
            super().connection_lost(exc)

        def _wait(self) -> None:
            if self._limit is None:
                self._limit = self.loop.call_later(seconds, self.transport.close)

        def _wait_no_more(self) -> None:
            if self._limit is not None:
                self._limit.cancel()
                self._limit = None

    return Patient


async def _serve(server: uvicorn.Server, listener: socket.socket, ready: Callable[[], None]) -> Exception | None:
    """Run the server to its end; what made the engine fail, if something did."""
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for number in ENDINGS:
        loop.add_signal_handler(number, _end, server, ending)
    server.capture_signals = _heeded  # type: ignore[method-assign]
    running = loop.create_task(server.serve(sockets=[listener]))
    watching = loop.create_task(_watch(server, ending, ready))
    await running
    ending.set()
    return await watching


@contextmanager
def _heeded() -> Iterator[None]:
    """In the place of the server's own handling of signals, which would raise them again at the end."""
    yield


def _end(server: uvicorn.Server, ending: asyncio.Event) -> None:
    server.force_exit = server.should_exit  # a second time: at once
    server.should_exit = True
    ending.set()


async def _watch(server: uvicorn.Server, ending: asyncio.Event, ready: Callable[[], None]) -> Exception | None:
    """Tell when the model is warm, and end all jobs as soon as the lab is to end: streams about them end then too."""
    while not server.started and not ending.is_set():
        await asyncio.sleep(0.02)
    lab = _lab(server)
    warm = asyncio.ensure_future(lab.ready.wait())
    told = asyncio.ensure_future(ending.wait())
    await asyncio.wait((warm, told), return_when=asyncio.FIRST_COMPLETED)
    if lab.fault is not None:
        server.should_exit = True
    elif not told.done():
        ready()
        await told
    warm.cancel()
    tell("info", "ending")
    fault = lab.fault
    await lab.jobs.close()
    return fault


def _lab(server: uvicorn.Server) -> Lab:
    guard: Any = server.config.app
    found = guard.app.state.lab
    assert isinstance(found, Lab)
    return found
