"""Bodies as strict as strategy files: no true for 1, no "5" for 5, no number beyond what a number can be.

A body is first read by pydantic's own reader of JSON, in strict mode. It refuses what Python's reader lets through, or
breaks at: NaN and Infinity, half a character, a thousand lists in each other.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Strictly(APIRoute):
    """A route whose JSON body is read strictly."""

    def get_route_handler(self) -> Handler:
        """The handler that FastAPI makes, behind the strict reading of the body."""
        handler = super().get_route_handler()
        model = self.body_field.field_info.annotation if self.body_field else None
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return handler

        async def strict(request: Request) -> Response:
            try:
                model.model_validate_json(await request.body(), strict=True)
            except ValidationError as error:
                raise RequestValidationError(error.errors(include_input=False, include_context=False)) from None
            return await handler(request)

        return strict
