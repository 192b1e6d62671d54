"""Bodies as strict as strategy files: no true for 1, no "5" for 5, no number beyond what a number can be.

A body is read once, by pydantic's own reader of JSON in strict mode, in a thread: answers to others go on meanwhile. It
refuses what Python's reader lets through, or breaks at: NaN and Infinity, half a character, a thousand lists in each
other. What no strategy can hold is refused before it is read, as every value in it could be wrong on its own; of a
document only its hash is looked at, and the rest is left to the process that works with it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from copy import copy
from dataclasses import replace
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, ValidationError

from counterflow.lab.documents.schema import DocumentNamed
from counterflow.lab.errors import RefusedError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
MOST_VALUES = 40_000  # that a body holds beside a document: four strategies of all entries have fewer


class _Apart(BaseModel):
    """A body whose document is left unread."""

    model_config = ConfigDict(extra="allow")

    brief: DocumentNamed | None = None


class Strictly(APIRoute):
    """A route whose JSON body is read strictly; its function also takes the request."""

    def get_route_handler(self) -> Handler:
        """The handler that FastAPI makes of the function, with the body read before it and handed past it."""
        model = self.body_field.field_info.annotation if self.body_field else None
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return super().get_route_handler()
        (body,) = self.dependant.body_params
        function = self.endpoint

        async def given(**values: Any) -> Any:
            return await function(**values, **{body.name: values["request"].state.body})

        bare = copy(self)
        bare.body_field = None
        bare.dependant = replace(self.dependant, body_params=[], call=given)
        handler = APIRoute.get_route_handler(bare)

        async def strict(request: Request) -> Response:
            request.state.body = await asyncio.to_thread(read, model, await request.body())
            return await handler(request)

        return strict


def read(model: type[BaseModel], body: bytes) -> BaseModel:
    """The value that a body holds. Raises RequestValidationError for one that is none, RefusedError 422 for one that
    holds more values than any could."""
    try:
        if body.count(b",") > MOST_VALUES:
            body = _without_document(model, body)
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError(told) from None


def _without_document(model: type[BaseModel], body: bytes) -> bytes:
    """The body with no more of its document than its hash. Raises as `read`."""
    too_many = RefusedError(422, "value", f"The body holds over {MOST_VALUES} values.", "Send fewer entries.")
    if "brief" not in model.model_fields:
        raise too_many
    parts = _Apart.model_validate_json(body, strict=True)
    left, found = [parts.model_extra], 0
    while left:
        value = left.pop()
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        found += len(inner)
        if found > MOST_VALUES:
            raise too_many
        left += inner
    return json.dumps(parts.model_dump(exclude_unset=True)).encode()
