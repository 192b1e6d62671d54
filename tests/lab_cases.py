"""A lab on a real server in a thread, with an engine that answers at once, or the model itself."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx

from counterflow.errors import UsageError
from counterflow.judgement.schema import FourWay
from counterflow.lab.app import create_app
from counterflow.lab.calls import Calls
from counterflow.lab.documents.schema import DocumentRead
from counterflow.lab.engine import choices
from counterflow.lab.engine.schema import (
    Answer,
    Ask,
    Catalogue,
    Compared,
    Cost,
    Hashes,
    Limit,
    Limits,
    OutcomeFan,
    Preset,
    Rests,
)
from counterflow.lab.engine.wanted import Wanted
from counterflow.lab.guard import Guard
from counterflow.lab.serve import listening, server_of
from counterflow.lab.settings import Settings, checked
from counterflow.strategy.builtin.load import built_in, built_in_strategy
from counterflow.strategy.catalogue import catalogue as levers_file
from counterflow.strategy.schema import Strategy

HASHES = Hashes(version="0", engine="e" * 64, data="d" * 64)
START = date(2026, 1, 5)


def answer(ask: Ask) -> Answer:
    """An answer of the right form, whose numbers follow from the seed."""
    if ask.branch not in (None, "none", "as_on_record"):
        raise UsageError(f"the strategy has no branch {ask.branch!r}", where="branch")
    fan = {level: (float(ask.seed),) * 12 for level in ("0.05", "0.25", "0.5", "0.75", "0.95")}
    share = FourWay(
        branch="as_on_record",
        curtailed_without_friction=0.25,
        curtailed_with_friction=0.25,
        friction_only=0.25,
        neither=0.25,
    )
    return Answer(
        title=ask.strategy.title,
        draws=ask.draws,
        years=ask.years,
        seed=ask.seed,
        branch=ask.branch or "as_on_record",
        first_lever=START.isoformat(),
        months=tuple(f"2026-{month:02}" for month in range(1, 13)),
        outcomes=(OutcomeFan(id="overdose_deaths", quantiles=fan, none=fan),),
        headlines=(),
        four_way=share,
        cost=Cost(low=0.0, central=1.0, high=2.0, levers=(), unpriced=()),
        hashes=HASHES,
        milliseconds=0.1,
    )


def rests(ask: Ask) -> Rests:
    """A verdict of the right form that rests on nothing."""
    return Rests(
        draws=ask.draws, years=ask.years, seed=ask.seed, branch="as_on_record", headlines=(), grade_counts={},
        basis=(), caveats=(), fit=None, hashes=HASHES, milliseconds=0.1,
    )  # fmt: skip


def catalogue(strategies: Sequence[Strategy]) -> Catalogue:
    """A catalogue with the strategies that are given, and the built-in ones."""
    limit = Limit(least=20, most=2000, usual=256)
    given = [(f"given_{number}", one) for number, one in enumerate(strategies)]
    built = [(name, built_in_strategy(name, START)) for name in built_in()]
    return Catalogue(
        levers=(),
        outcomes=(),
        headlines=(),
        presets=tuple(Preset(id=id, title=one.title, about="", strategy=one) for id, one in given + built),
        priors=(),
        courses=choices.courses(),
        statuses=choices.statuses(),
        switches=choices.switches(),
        delivery=levers_file().delivery.range,
        words=choices.words(),
        limits=Limits(draws=limit, coarse=64, years=Limit(least=2, most=10, usual=3), compared=limit),
        hashes=HASHES,
    )


def stand_in(seconds: float = 0.0, warming: threading.Event | None = None) -> Calls:
    """An engine that takes some `seconds` for an answer, and becomes warm once `warming` is set."""

    def simulate(engine: Any, ask: Ask, wanted: Wanted) -> Answer:
        time.sleep(seconds)
        return answer(ask)

    return Calls(
        warm=lambda: warming.wait(60) if warming else True,
        simulate=simulate,
        rests=lambda engine, ask, wanted: rests(ask),
        compare=lambda engine, asks, wanted: Compared(compared=tuple(map(answer, asks))),
        catalogue=lambda engine, strategies: catalogue(strategies),
    )


def strategy(name: str = "none") -> dict[str, Any]:
    """A built-in strategy, as JSON has it."""
    names = [one for one in built_in() if one != "none"]
    return built_in_strategy(names[0] if name == "any" else name, START).model_dump(mode="json")


@contextmanager
def running(
    settings: Settings | None = None,
    engine: Calls | None = None,
    opened: DocumentRead | None = None,
    *,
    wait: float = 60.0,
) -> Iterator[str]:
    """The address of a lab that runs on a server in a thread, warm unless `wait` is 0."""
    settings = checked((settings or Settings())._replace(port=0))
    with (
        listening(settings) as listener,
        served(create_app(settings, engine or stand_in(), opened), settings, listener),
    ):
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        until = time.monotonic() + wait
        while time.monotonic() < until and httpx.get(f"{address}/health").status_code != 200:
            time.sleep(0.02)
        yield address


@contextmanager
def served(app: Guard, settings: Settings, listener: Any) -> Iterator[None]:
    """A server in a thread, ended as a signal would end it."""
    server = server_of(app, settings)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def ended(client: httpx.Client, id: str, seconds: float = 60.0) -> dict[str, Any]:
    """A job once it has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = client.get(f"/api/jobs/{id}").json()
        if job["state"] in ("done", "failed", "cancelled"):
            return job
        time.sleep(0.05)
    raise AssertionError(f"the job goes on: {job['state']}, {job['progress']}")
