"""Whether the lab is ready."""

from __future__ import annotations

from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from counterflow.brief.schema import Value
from counterflow.lab.routes.answers import answers
from counterflow.lab.state import lab_of

router = APIRouter()


class Health(Value):
    """How the lab is."""

    status: Literal["ok", "warming", "broken"] = Field(
        description="ok; warming, before the model is ready; or broken, where it could not be made ready."
    )
    version: str = Field(description="The version of the program.")
    engine: str = Field(default="", description="Hash of what decides a run; empty before the model is ready.")
    data: str = Field(default="", description="Hash of the data; empty before the model is ready.")


_COLD = {"model": Health, "description": "The model is being made ready, or could not be; or too much is in work."}


@router.get(
    "/health",
    response_model=Health,
    responses={key: value for key, value in answers().items() if key not in (401, 503)} | {503: _COLD},
    summary="Whether the lab is ready",
    tags=["lab"],
)
async def health(request: Request) -> Response:
    """Tell whether the model can be asked. Needs no token."""
    lab = lab_of(request)
    hashes = lab.hashes
    status: Literal["ok", "warming", "broken"] = "broken" if lab.fault else "warming" if hashes is None else "ok"
    told = Health(status=status, version=version("counterflow"))
    if hashes is not None:
        told = told.model_copy(update={"engine": hashes.engine, "data": hashes.data})
    code = 200 if status == "ok" else 503
    headers = {"Retry-After": "2"} if status == "warming" else {}
    return Response(told.model_dump_json(), status_code=code, media_type="application/json", headers=headers)
