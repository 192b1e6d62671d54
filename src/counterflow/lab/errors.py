"""Errors of the lab: one JSON shape for all of them, and nothing of the machine in any.

What a client sent wrongly is told by its place, never repeated: a value that JSON cannot write would break the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from counterflow.brief.schema import Value
from counterflow.errors import (
    BriefError,
    CalibrationError,
    CounterflowError,
    EvidenceError,
    JudgementError,
    ReportError,
    StrategyError,
    UsageError,
)

REFUSED = (  # the client can mend; of the data it is that a strategy begins before there are enough
    BriefError,
    StrategyError,
    UsageError,
    EvidenceError,
    JudgementError,
    CalibrationError,
    ReportError,
)
NO_ANSWER = "The lab could not answer this."
INTERNAL = ("internal", NO_ANSWER, "This is a fault of Counterflow; its log says more.")
_PATH = re.compile(r"(?:(?<![\w./<])/|\b[A-Za-z]:\\)(?:[^\s/\\:'\"<>]+[/\\])+([^\s/\\:'\"<>,;]*)")


class Problem(Value):
    """What went wrong, in the words of the command line."""

    code: str = Field(description="What kind of error this is, in one word that programs can rely on.")
    message: str = Field(description="What was wrong, in one sentence.")
    hint: str = Field(default="", description="What to do about it; empty where there is nothing to say.")
    where: str = Field(default="", description="The place in what was sent: a key, a line; empty where there is none.")


class Refusal(Value):
    """Every answer that is not what was asked for."""

    error: Problem = Field(description="The one thing that is wrong.")


class RefusedError(Exception):
    """A request that the lab answers with an error of its own: a status, what is told, and headers beside it."""

    def __init__(
        self, status: int, code: str, message: str, hint: str = "", *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problem = Problem(code=code, message=message, hint=hint)
        self.headers = dict(headers or {})


def too_busy(message: str, seconds: int = 1) -> RefusedError:
    """The refusal of what there is no room for now; `seconds` until it is worth asking again."""
    return RefusedError(503, "busy", message, "Ask again shortly.", headers={"Retry-After": str(seconds)})


def body_of(problem: Problem) -> bytes:
    """The JSON of an error; characters that have no UTF-8 form become question marks."""
    return json.dumps({"error": problem.model_dump()}, ensure_ascii=False).encode("utf-8", "replace")


def problem_of(error: CounterflowError) -> Problem:
    """An error of the package as clients see it: a path of the machine is cut to the name at its end."""
    return Problem(
        code=error.code, message=without_paths(error.message), hint=without_paths(error.hint),
        where=without_paths(error.where),
    )  # fmt: skip


def without_paths(text: str) -> str:
    """A text in which every absolute path of a machine is cut to the name at its end, and that has a UTF-8 form."""
    return _PATH.sub(lambda match: match[1], text).encode("utf-8", "replace").decode()


def status_of(error: CounterflowError) -> int:
    """The HTTP status of an error of the package."""
    return 422 if isinstance(error, REFUSED) else 500


def place_of(location: Sequence[str | int]) -> str:
    """The place of a value as a path of keys, entries counted from 1: "strategy.written 2.level"."""
    words: list[str] = []
    for part in location:
        if isinstance(part, int) and words:
            words[-1] += f" {part + 1}"
        else:
            words.append(str(part)[:100])
    return ".".join(words)[:300]


def refused_values(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """The first of the values that were refused, by its place, in words; the value itself is not repeated."""
    first = errors[0]
    location = [part for part in first["loc"] if part not in ("body", "path", "query", "header")]
    said = str(first["msg"]).removeprefix("Value error, ").replace("Input should be", "must be", 1)
    others = f" So are {len(errors) - 1} more." if len(errors) > 1 else ""
    if first["type"] == "json_invalid":
        return Problem(code="json", message="The body is not JSON.", hint="Send one JSON object in UTF-8.")
    return Problem(
        code="value", message=f"{without_paths(said)[:500]}.", where=place_of(location),
        hint=f"The API's description says what is allowed.{others}",
    )  # fmt: skip


def answer(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error as a response."""
    response = JSONResponse(None, status_code=status, headers=dict(headers or {}))
    response.body = body_of(problem)
    response.headers["Content-Length"] = str(len(response.body))
    return response


async def _on_refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RefusedError)
    return answer(error.status, error.problem, error.headers)


async def _on_values(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return answer(422, refused_values(error.errors()))


async def _on_package(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CounterflowError)
    status = status_of(error)
    if status == 500:
        raise error
    return answer(status, problem_of(error))


async def _on_route(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    words = {
        400: ("request", "The body cannot be read.", "Send one JSON object in UTF-8."),
        404: ("not_found", "There is nothing here.", "The API's description names every address."),
        405: ("method", "This address does not take that method.", "The API's description says which it takes."),
    }
    code, message, hint = words.get(error.status_code, ("request", "The request cannot be answered.", ""))
    return answer(error.status_code, Problem(code=code, message=message, hint=hint), error.headers)


async def _on_fault(request: Request, error: Exception) -> JSONResponse:
    code, message, hint = INTERNAL
    return answer(500, Problem(code=code, message=message, hint=hint))


def install(app: FastAPI) -> None:
    """Answer every error of the application in the one shape."""
    app.add_exception_handler(RefusedError, _on_refused)
    app.add_exception_handler(RequestValidationError, _on_values)
    app.add_exception_handler(CounterflowError, _on_package)
    app.add_exception_handler(HTTPException, _on_route)
    app.add_exception_handler(Exception, _on_fault)
