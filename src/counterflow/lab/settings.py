"""What a lab is started with: where it listens, who may ask, and how much of the machine it may take."""

from __future__ import annotations

import ipaddress
import os
from typing import NamedTuple

from counterflow.brief.loading import limits
from counterflow.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_TOKEN = 16  # characters
PROCESSORS = os.cpu_count() or 1


class Settings(NamedTuple):
    """All of it; times in seconds, sizes in bytes."""

    host: str = "127.0.0.1"
    port: int = 8765
    token: str | None = None  # asked for in every request to the API, where there is one
    behind_proxy: str | None = None  # the name under which a proxy serves the lab
    root_path: str = ""  # what stands before every path there, such as "/lab"
    draws: int = 256  # while nothing else is asked
    names: tuple[str, ...] = ()  # of this machine, under which others ask

    json_size: int = 1_000_000
    brief_size: int = 16_000_000  # of a body that holds a whole document as read
    document_size: int = limits.SIZE
    large_bodies: int = 4  # over a megabyte, taken in at once
    body_time: float = 30.0  # to send a body
    header_time: float = 15.0  # to send the head of a request
    answer_time: float = 60.0  # to begin an answer
    send_time: float = 30.0  # for a client to take one part of an answer
    rate: float = 100.0  # requests a second of one client, over a long time
    burst: int = 400  # requests of one client at once
    concurrent: int = 200  # requests in work, of all clients
    waiting: int = 32  # simulations that wait for a processor
    verdicts: int = 8  # that wait for their turn: one is worked out at a time
    apart: int = PROCESSORS  # processes that make strategies of corrected documents
    streams: int = 64  # followed jobs

    jobs: int = 64  # kept in memory, running or ended
    jobs_running: int = 2
    jobs_of_one: int = 16  # of one client, running or waiting
    jobs_waiting: int = 100_000_000  # of the bodies of jobs that run or wait
    jobs_size: int = 200_000_000  # of all results that are kept
    job_time: float = 1800.0  # for a report, which waits for sliders
    document_time: float = 90.0
    job_kept: float = 3600.0  # after its end
    keep_alive: float = 15.0  # between signs of life on a stream


def is_loopback(host: str) -> bool:
    """Whether nothing but this machine reaches what listens on `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The names by which the lab may be asked, without ports; what is asked by another name is refused."""
    named = {settings.host.lower(), *LOOPBACK, *(name.lower() for name in settings.names)}
    if settings.behind_proxy:
        named.add(settings.behind_proxy.lower())
    return frozenset(named)


def checked(settings: Settings) -> Settings:
    """The settings, with the root path in its usual form.

    Raises UsageError for a lab that others could reach and that asks for no token, for a token that can be guessed,
    and for a name or path that is none.
    """
    if not is_loopback(settings.host) and not settings.token and not settings.behind_proxy:
        raise UsageError(
            f"on {settings.host} others could reach the lab, and it asks for no token",
            where="--host",
            hint="Give --token-file, or --behind-proxy with the name under which a proxy serves it.",
        )
    if settings.token is not None and (len(settings.token) < SHORTEST_TOKEN or not settings.token.isascii()):
        hint = "python3 -c 'import secrets; print(secrets.token_urlsafe())' makes one."
        raise UsageError(f"a token has at least {SHORTEST_TOKEN} plain characters", where="--token-file", hint=hint)
    proxies = [] if settings.behind_proxy is None else [settings.behind_proxy]
    for option, names in (("--behind-proxy", proxies), ("--name", settings.names)):
        for name in names:
            if not name or set(name) & set("/:@* "):
                hint = "Give the host alone, without scheme and port, as lab.example.org."
                raise UsageError(f"{name!r} is no name of a host", where=option, hint=hint)
    path = settings.root_path.strip("/")
    if set(path) & set("?#%\\ ") or ".." in path:
        raise UsageError(f"{settings.root_path!r} is no path", where="--root-path", hint="Give one such as /lab.")
    return settings._replace(root_path=f"/{path}" if path else "")
