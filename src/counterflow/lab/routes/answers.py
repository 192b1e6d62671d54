"""What addresses may answer instead of what was asked, for the API's description."""

from __future__ import annotations

from typing import Any

from counterflow.lab.errors import Refusal

_WORDS = {
    400: "The request is not one: an unknown Host, a body that cannot be read, a header that is missing.",
    401: "The lab asks for a token, and this is none of its.",
    403: "The request comes from a page that is not the lab's.",
    404: "There is no such thing, or no longer.",
    405: "The address does not take this method.",
    408: "The body took too long to come.",
    413: "The body is too large.",
    415: "The body is of a type that is not taken here.",
    422: "What was sent is not valid; `where` names the place.",
    429: "This client asks too often; Retry-After says when to ask again.",
    500: "A fault of the lab.",
    503: "The model is being made ready, or there is no room now; Retry-After says when to ask again.",
}
_ALWAYS = (400, 401, 405, 429, 500, 503)
_WRITING = (403, 408, 413, 415, 422)


def answers(*more: int, writing: bool = False, ok: dict[str, Any] | None = None) -> dict[int | str, dict[str, Any]]:
    """The errors of an address: those that all have, those that take a body or change something, and `more`.

    `ok` describes what it answers with 200, where that is no JSON of a value.
    """
    statuses = sorted({*_ALWAYS, *(_WRITING if writing else ()), *more})
    described: dict[int | str, dict[str, Any]] = {200: ok} if ok else {}
    return described | {status: {"model": Refusal, "description": _WORDS[status]} for status in statuses}
