"""Connections to public addresses only, and within a time: the check is of the address that is connected to.

A name is resolved once for a connection, what it resolves to is checked, and the connection goes to exactly that,
so that a name server which answers differently the next time changes nothing. The name stays in the request's Host
header and in the certificate that the server must show.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from counterflow.errors import BriefError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class LateError(Exception):
    """The time for the whole of a fetch is over."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; addresses inside of others are looked at too."""
    try:
        parsed: _Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed in _NAT64:
            return _is_public(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
        if parsed.ipv4_mapped is not None:
            return _is_public(parsed.ipv4_mapped)
        inner = (parsed.sixtofour, *(parsed.teredo or ()))
        if any(one is not None and not _is_public(one) for one in inner) or parsed.is_site_local:
            return False
    return _is_public(parsed)


def _is_public(address: _Address) -> bool:
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def checked_addresses(host: str, port: int, seconds: float, allow: Collection[str]) -> list[str]:
    """What a name resolves to. Raises BriefError where any of it is not public, or the name is not known."""
    answers: queue.Queue[list[Any] | OSError | UnicodeError] = queue.Queue()

    def resolve() -> None:  # the system's resolver has no time limit of its own
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=resolve, daemon=True).start()
    try:
        found = answers.get(timeout=max(seconds, 0.0))
    except queue.Empty:
        raise LateError from None
    if isinstance(found, Exception):
        raise BriefError(f"The host {host!a} is not known.", hint="Check the address, and the connection.")
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if address not in allow and not is_public(address):
            raise BriefError(
                f"The host {host!a} is at {address}, which is not an address of the public internet.",
                hint="Save the document to a file and give that.",
            )
    return addresses


class _Stream(httpcore.NetworkStream):
    """A connection of which no wait reaches past the end of the time for the whole."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self._inner, self._until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._inner.start_tls(ssl_context, server_hostname, _left(self._until, timeout))
        return _Stream(stream, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float:
    """Seconds to wait at most. Raises LateError where there are none left."""
    left = until - time.monotonic()
    if left <= 0:
        raise LateError
    return left if timeout is None else min(left, timeout)


class _Backend(httpcore.NetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, until: float, allow: Collection[str]) -> None:
        self._inner = httpcore.SyncBackend()
        self._until, self._allow = until, allow

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = checked_addresses(host, port, _left(self._until, None), self._allow)
        for number, address in enumerate(addresses, 1):
            try:
                wait = _left(self._until, timeout)
                return _Stream(self._inner.connect_tcp(address, port, wait, local_address, socket_options), self._until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore.ConnectError(f"no address for {host}")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("only internet addresses are connected to")


class _Body(httpx.SyncByteStream):
    """The bytes of an answer as they come."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class PublicTransport(httpx.BaseTransport):
    """Carries requests of an httpx client to public addresses, all of them before `until` (by the monotonic clock).

    `allow` names addresses that may be reached although they are not public. Proxies are not used: one would
    resolve the names itself.
    """

    def __init__(self, until: float, allow: Collection[str]) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=1,
            max_keepalive_connections=0,  # so that each request checks anew
            network_backend=_Backend(until, allow),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises errors of httpcore, BriefError and LateError."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()
