"""The model: its catalogue, one strategy run, what a verdict rests on, several strategies side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from counterflow.lab.allowed import require_allowed, require_work
from counterflow.lab.engine.schema import Answer, Ask, AskCompare, Catalogue, Compared, Rests
from counterflow.lab.engine.wanted import Wanted
from counterflow.lab.routes.answers import answers
from counterflow.lab.state import lab_of
from counterflow.lab.strictly import Strictly
from counterflow.strategy.schema import Strategy

router = APIRouter(prefix="/api", tags=["model"], route_class=Strictly)


def _json(strategies: Sequence[Strategy], call: Callable[[], BaseModel]) -> bytes:
    """What the engine answers, written as JSON in the thread that worked it out. Raises as `require_allowed`."""
    for strategy in strategies:
        require_allowed(strategy)
    return call().model_dump_json().encode()


@router.get("/catalogue", response_model=Catalogue, responses=answers(), summary="All there is to choose from")
async def catalogue(request: Request) -> Response:
    """Levers, outcomes, headlines, presets, uncertain numbers and limits: all that is fixed while the lab runs."""
    lab = lab_of(request)
    lab.require_warm()
    return Response(lab.catalogue, media_type="application/json")


@router.post("/simulate", response_model=Answer, responses=answers(writing=True), summary="Run one strategy")
async def simulate(ask: Ask, request: Request) -> Response:
    """Run a strategy: outcomes by month, headlines, the four-way picture and the cost.

    The numbers are those of the command line and of `counterflow.simulate` with the same strategy, draws, years and
    seed. A page should have one such request on its way at a time; what it gives up is worked out no further.
    """
    lab = lab_of(request)
    engine = lab.require_warm()

    def told(wanted: Wanted) -> bytes:
        return _json([ask.strategy], lambda: lab.calls.simulate(engine, ask, wanted))

    body = await lab.work.answer(request, told)
    return Response(body, media_type="application/json")


@router.post("/rests", response_model=Rests, responses=answers(writing=True), summary="What a verdict rests on")
async def rests(ask: Ask, request: Request) -> Response:
    """Judge a strategy: every headline with its word, what decides the undetermined ones, and the evidence behind it.

    This makes further runs, and takes some seconds. One verdict is worked out at a time; others wait, and what its
    client gives up ends early.
    """
    lab = lab_of(request)
    engine = lab.require_warm()

    def told(wanted: Wanted) -> bytes:
        return _json([ask.strategy], lambda: lab.calls.rests(engine, ask, wanted))

    body = await lab.verdicts.answer(request, told)
    return Response(body, media_type="application/json")


@router.post("/compare", response_model=Compared, responses=answers(writing=True), summary="Strategies side by side")
async def compare(ask: AskCompare, request: Request) -> Response:
    """Run two to four strategies over the same draws, years and seed, each in a course of events of its own.

    Strategies times draws times years have an end, which the catalogue tells.
    """
    lab = lab_of(request)
    engine = lab.require_warm()
    require_work(ask.strategies, ask.draws, ask.years)

    def told(wanted: Wanted) -> bytes:
        return _json(ask.strategies, lambda: lab.calls.compare(engine, ask.asks(), wanted))

    body = await lab.work.answer(request, told)
    return Response(body, media_type="application/json")
