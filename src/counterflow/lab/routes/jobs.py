"""Jobs: reports begun, followed, fetched, and any job ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response, StreamingResponse

from counterflow.lab.allowed import require_allowed
from counterflow.lab.documents.apart import require_brief_apart
from counterflow.lab.errors import RefusedError, too_busy
from counterflow.lab.headers import REPORT_POLICY
from counterflow.lab.jobs.following import events
from counterflow.lab.jobs.schema import Begun, JobView
from counterflow.lab.jobs.store import Job, Made, OnStep
from counterflow.lab.pace import Room
from counterflow.lab.reports.apart import report_apart
from counterflow.lab.reports.schema import AskReport
from counterflow.lab.routes.answers import answers
from counterflow.lab.routes.apart import apart
from counterflow.lab.state import lab_of
from counterflow.lab.strictly import Strictly

router = APIRouter(prefix="/api", tags=["jobs"], route_class=Strictly)
Id = Annotated[str, Path(description="The job, as it was named when it was taken on.", max_length=100)]
_STREAM: dict[str, Any] = {
    "description": "Server-sent events. The data of `progress` is a `Step` as JSON, {stage, share, done, total}, whose"
    " `share` goes from 0 to 1. The last is one of `done`, `failed` and `cancelled`; its data is the `JobView`,"
    " without its result.",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}
_PAGE: dict[str, Any] = {
    "description": "The report as one page, which loads nothing.",
    "content": {"text/html": {"schema": {"type": "string"}}},
}
_ASSESSMENT: dict[str, Any] = {
    "description": "All that the report says, as data.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


def _job(request: Request, id: str) -> Job:
    job = lab_of(request).jobs.find(id)
    if job is None:
        raise RefusedError(404, "not_found", "There is no such job.", "It may have ended long ago; begin another.")
    return job


@router.post(
    "/report", status_code=202, response_model=Begun, responses=answers(writing=True), summary="Write a report"
)
async def report(ask: AskReport, request: Request) -> Response:
    """Write the report of a strategy, and of the document that it comes from, as `counterflow assess` does.

    Answers with a job; its result says where the page and assessment.json lie. A document that is none is refused, and
    so is a strategy that was made from another document: no job begins then.
    """
    lab = lab_of(request)
    own = ask.strategy.document_sha256
    if ask.brief is not None and own and own != ask.brief.document.sha256:
        hint = "Send that document with it, or none."
        raise RefusedError(422, "strategy", "The strategy was made from another document.", hint)
    await lab.work.do(request, require_allowed, ask.strategy)
    body = await request.body()
    if ask.brief is not None:
        await apart(lab, require_brief_apart, body)

    async def work(job: Job, on_step: OnStep) -> Made:
        return await report_apart(body, job, lab.settings, on_step)

    job = lab.jobs.start("report", work, client=request.state.client, held=len(body))
    return Response(Begun(job=job.view()).model_dump_json(), status_code=202, media_type="application/json")


@router.get("/jobs/{id}", response_model=JobView, responses=answers(404, 422), summary="A job as it stands")
async def job(id: Id, request: Request) -> Response:
    """A job, with its result once it is done."""
    return Response(await asyncio.to_thread(_job(request, id).json), media_type="application/json")


@router.delete("/jobs/{id}", response_model=JobView, responses=answers(403, 404, 422), summary="End a job")
async def cancel(id: Id, request: Request) -> Response:
    """End a job and its process. One that has ended stays as it is."""
    found = _job(request, id)
    await lab_of(request).jobs.cancel(found)
    return Response(await asyncio.to_thread(found.json), media_type="application/json")


@router.get(
    "/jobs/{id}/events", response_class=StreamingResponse, responses=answers(404, 422, ok=_STREAM),
    summary="Follow a job",
)  # fmt: skip
async def follow(id: Id, request: Request) -> StreamingResponse:
    """Follow a job until it ends. Needs no token: the id is the secret."""
    lab = lab_of(request)
    found = _job(request, id)
    if lab.streams.is_full:
        raise too_busy("Too many jobs are followed.", seconds=5)
    told = _placed(events(found, lab.settings.keep_alive), lab.streams)
    return StreamingResponse(told, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _placed(stream: AsyncIterator[bytes], room: Room) -> AsyncIterator[bytes]:
    """A stream that has a place from its first part to its end; one that never begins takes none."""
    if not room.take():
        return
    try:
        async for part in stream:
            yield part
    finally:
        room.leave()


@router.get(
    "/jobs/{id}/report.html", response_class=Response, responses=answers(404, 422, ok=_PAGE),
    summary="The page of a report",
)  # fmt: skip
async def page(id: Id, request: Request) -> Response:
    """The page that a report's job made, in a sandbox of its own. Needs no token: the id is the secret."""
    headers = {"Content-Security-Policy": REPORT_POLICY}
    return Response(await _file(request, id, "report.html"), media_type="text/html; charset=utf-8", headers=headers)


@router.get(
    "/jobs/{id}/assessment.json", response_class=Response, responses=answers(404, 422, ok=_ASSESSMENT),
    summary="The data of a report",
)  # fmt: skip
async def assessment(id: Id, request: Request) -> Response:
    """The assessment that the page of a report is made from. Needs no token: the id is the secret."""
    return Response(await _file(request, id, "assessment.json"), media_type="application/json")


async def _file(request: Request, id: str, name: str) -> bytes:
    data = await asyncio.to_thread(_job(request, id).file, name)
    if data is None:
        raise RefusedError(404, "not_found", "This job has no report.", "Wait until it is done.")
    return data
