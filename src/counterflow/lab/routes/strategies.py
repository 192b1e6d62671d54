"""Strategies as files: written and read as the command line does."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from counterflow.brief.schema import Value
from counterflow.lab import allowed
from counterflow.lab.documents.schema import StrategyMade
from counterflow.lab.routes.answers import answers
from counterflow.lab.state import lab_of
from counterflow.lab.strictly import Strictly
from counterflow.strategy.files import strategy_toml
from counterflow.strategy.schema import Strategy

router = APIRouter(prefix="/api/strategy", tags=["strategy"], route_class=Strictly)


class AskToml(Value):
    """A strategy to be written."""

    strategy: Strategy = Field(description="The strategy.")


class AskRead(Value):
    """The text of a strategy file."""

    toml: str = Field(description="The whole text of the file.")


_TOML: dict[str, Any] = {
    "description": "The text of a strategy file, to be kept as strategy.toml.",
    "content": {"application/toml": {"schema": {"type": "string"}}},
}


@router.post(
    "/toml",
    response_class=Response,
    responses=answers(writing=True, ok=_TOML),
    summary="A strategy as a file",
)
async def toml(ask: AskToml, request: Request) -> Response:
    """Write a strategy as the file that `counterflow simulate` and `assess --strategy` take."""
    text = await lab_of(request).work.do(request, strategy_toml, ask.strategy)
    headers = {"Content-Disposition": f'attachment; filename="{allowed.NAME}"'}
    return Response(text.encode("utf-8", "replace"), media_type="application/toml", headers=headers)


@router.post("/read", response_model=StrategyMade, responses=answers(writing=True), summary="A file as a strategy")
async def read(ask: AskRead, request: Request) -> StrategyMade:
    """Read a strategy file, as strictly as the command line; an error names the line and the key."""
    return await lab_of(request).work.do(request, _read, ask.toml)


def _read(text: str) -> StrategyMade:
    return StrategyMade(strategy=allowed.read(text))
