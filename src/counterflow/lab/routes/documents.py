"""Documents: taken in as bytes, read apart, corrected, and made a strategy."""

from __future__ import annotations

import re
from datetime import date as Date
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response
from pydantic import BeforeValidator

from counterflow.lab.documents.apart import read_apart, strategy_apart
from counterflow.lab.documents.schema import Corrected, Opened, StrategyMade
from counterflow.lab.errors import RefusedError
from counterflow.lab.jobs.schema import Begun
from counterflow.lab.jobs.store import Job, Made, OnStep
from counterflow.lab.routes.answers import answers
from counterflow.lab.routes.apart import apart
from counterflow.lab.state import lab_of
from counterflow.lab.strictly import Strictly

router = APIRouter(prefix="/api/documents", tags=["documents"], route_class=Strictly)
_BYTES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The bytes of a text, Markdown, HTML, PDF or Word document, of any Content-Type.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Name = Annotated[
    str,
    Header(alias="X-Filename", max_length=1000, pattern=r"^[\x20-\x7e]+$", description="Its name, percent-encoded."),
]


def _written(value: object) -> object:
    """A day as it is written: a number, which could stand for seconds, is none."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("must be a day, as 2025-02-14")
    return value


Day = Annotated[
    Date | None,
    BeforeValidator(_written),
    Query(description="The day of the document, where the person knows it, as 2025-02-14."),
]


@router.post(
    "", status_code=202, response_model=Begun, responses=answers(writing=True), openapi_extra=_BYTES,
    summary="Read a document",
)  # fmt: skip
async def upload(request: Request, name: Name, date: Day = None) -> Response:
    """Read a document in a process of its own, bounded in memory and time, and test its claims.

    Answers with a job at once; its result holds the brief and the strategy. Nothing is kept of the document but that.
    """
    lab = lab_of(request)
    data = await request.body()
    if not data:
        raise RefusedError(422, "input", "The document is empty.", "Give one with text in it.")

    async def work(job: Job, on_step: OnStep) -> Made:
        return Made(await read_apart(data, unquote(name, errors="replace"), date, lab.settings, on_step), {})

    job = lab.jobs.start("document", work, client=request.state.client, held=len(data))
    return Response(Begun(job=job.view()).model_dump_json(), status_code=202, media_type="application/json")


@router.get("/opened", response_model=Opened, responses=answers(), summary="The document of the command line")
async def opened(request: Request) -> Opened:
    """The document that the lab was started with, as read."""
    return Opened(document=lab_of(request).opened)


@router.post(
    "/strategy", response_model=StrategyMade, responses=answers(writing=True), summary="A corrected document's strategy"
)
async def strategy(corrected: Corrected, request: Request) -> Response:
    """Make a strategy of a document whose actions a person has corrected, before anything is simulated.

    Quotes have to stand in the document's text as they did, and so have those of actions that the person added. What
    added and corrected actions move, by their `origin`, has the basis `user` in the strategy.
    """
    lab = lab_of(request)
    made = await apart(lab, strategy_apart, await request.body())
    return Response(made, media_type="application/json")
