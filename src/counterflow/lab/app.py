"""The lab as one ASGI application: routes, errors, the guard before them, and what begins and ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI

from counterflow.lab import calls, errors, pages
from counterflow.lab.described import described
from counterflow.lab.documents.schema import DocumentRead
from counterflow.lab.guard import Guard
from counterflow.lab.jobs.store import Jobs
from counterflow.lab.pace import Room
from counterflow.lab.routes import documents, health, jobs, model, strategies
from counterflow.lab.settings import Settings, checked
from counterflow.lab.state import Lab
from counterflow.lab.work import Work

OPENAPI = "/api/openapi.json"
ABOUT = (
    "The model of Counterflow as the lab's own page asks it. A strategy is the same JSON everywhere; nothing of it is"
    " kept. Numbers are those of the command line. Every error has one shape. Where the lab asks for a token, send it"
    " as `Authorization: Bearer`."
)


def create_app(
    settings: Settings | None = None, engine: calls.Calls | None = None, opened: DocumentRead | None = None
) -> Guard:
    """The lab, ready for a server to run; the engine is made warm as it starts.

    `engine` is the model itself unless another is given; `opened` is a document that was read before, whose strategy
    becomes the first preset. Raises UsageError for settings that would let others in.
    """
    settings = checked(settings or Settings())
    app = FastAPI(
        title="Counterflow lab",
        summary="Strategies, simulated and judged.",
        description=ABOUT,
        version=version("counterflow"),
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url=OPENAPI,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        lifespan=_lifespan(settings, engine or calls.of_the_model(), opened),
    )
    errors.install(app)
    for part in (health, model, strategies, documents, jobs):
        app.include_router(part.router)
    app.router.routes.extend(pages.routes())
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = described(plain(), with_token=settings.token is not None)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return Guard(app, settings)


def _lifespan(settings: Settings, engine: calls.Calls, opened: DocumentRead | None) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        lab = Lab(
            settings,
            engine,
            opened,
            work=Work(settings.waiting),
            verdicts=Work(settings.verdicts, threads=1, behind=True),
            jobs=Jobs(settings),
            streams=Room(settings.streams),
            apart=Room(settings.apart),
        )
        app.state.lab = lab
        lab.warm_up()
        looking = asyncio.get_running_loop().create_task(_forgetting(lab))
        try:
            yield
        finally:
            looking.cancel()
            await lab.close()

    return lifespan


async def _forgetting(lab: Lab) -> None:
    """Let go of old jobs though nobody asks for any."""
    while True:
        await asyncio.sleep(60)
        lab.jobs.forget()
