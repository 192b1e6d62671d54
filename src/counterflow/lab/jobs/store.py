"""The jobs of a lab, in memory: as many as there is room for, each for a while, by ids that nobody can guess."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from counterflow.errors import CounterflowError, ModelError
from counterflow.lab.errors import Problem, RefusedError, problem_of, too_busy
from counterflow.lab.jobs.schema import ENDED, JobView, Kind, State, Step, step_of
from counterflow.lab.journal import tell
from counterflow.lab.settings import Settings

OnStep = Callable[[dict[str, Any]], None]


class Made(NamedTuple):
    """What a job made: its result as JSON, and files by name."""

    result: bytes
    files: dict[str, bytes]


Work = Callable[["Job", OnStep], Awaitable[Made]]


@dataclass
class Job:
    """A job, and what waits for news of it."""

    id: str
    kind: Kind
    progress: Step
    client: str = ""
    held: int = 0  # bytes of what it was asked with
    state: State = "queued"
    error: Problem | None = None
    result: bytes = b""  # JSON, packed
    files: dict[str, bytes] = field(default_factory=dict)  # packed
    ended: float | None = None
    task: asyncio.Task[None] | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return len(self.result) + sum(map(len, self.files.values()))

    def change(self, state: State, progress: Step | None = None, error: Problem | None = None) -> None:
        """Go on to a state, and wake whoever waits for news."""
        self.state = state
        self.progress = progress or self.progress
        self.error = error
        if state in ENDED:
            self.ended = time.monotonic()
        self.news.set()
        self.news = asyncio.Event()

    def view(self) -> JobView:
        """The job without its result."""
        return JobView(id=self.id, kind=self.kind, state=self.state, progress=self.progress, error=self.error)

    def json(self) -> bytes:
        """The job with its result, as JSON; to be called in a thread, as results can be large."""
        bare = json.dumps(self.view().model_dump(mode="json", exclude={"result"}))
        result = zlib.decompress(self.result) if self.result else b"null"
        return bare[:-1].encode() + b', "result": ' + result + b"}"

    def file(self, name: str) -> bytes | None:
        """A file that the job made; to be called in a thread."""
        return zlib.decompress(self.files[name]) if name in self.files else None


class Jobs:
    """All jobs of a lab. Used from its event loop only."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._jobs: dict[str, Job] = {}
        self._places = asyncio.Semaphore(settings.jobs_running)
        self._closed = False

    def start(self, kind: Kind, work: Work, *, client: str = "", held: int = 0) -> Job:
        """Take on a job of a client, which holds so many bytes until it ends.

        Raises RefusedError 503 where there is no room, or the lab is closing; 429 where the client has too many.
        """
        self.forget()
        running = [job for job in self._jobs.values() if job.state not in ENDED]
        if self._closed or len(running) >= self._settings.jobs:
            raise too_busy("There is no room for another job.", seconds=30)
        if running and sum(job.held for job in running) + held > self._settings.jobs_waiting:
            raise too_busy("There is no room for another job of this size.", seconds=30)
        if sum(job.client == client for job in running) >= self._settings.jobs_of_one:
            hint = "Wait until one of them has ended, or end one."
            raise RefusedError(429, "jobs", "Too many of your jobs are in work.", hint, headers={"Retry-After": "30"})
        while len(self._jobs) >= self._settings.jobs:
            del self._jobs[next(id for id, job in self._jobs.items() if job.state in ENDED)]
        job = Job(secrets.token_urlsafe(24), kind, step_of(kind, "queued", 0, 1), client=client, held=held)
        self._jobs[job.id] = job
        job.task = asyncio.get_running_loop().create_task(self._run(job, work))
        return job

    def find(self, id: str) -> Job | None:
        """The job of that id, None where there is none (any more)."""
        self.forget()
        return self._jobs.get(id)

    async def cancel(self, job: Job) -> None:
        """End a job and its process; nothing happens to one that has ended."""
        if job.task is not None and not job.task.done():
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)
        if job.state not in ENDED:  # it had not begun
            job.change("cancelled")

    async def close(self) -> None:
        """End all jobs; no other is taken on."""
        self._closed = True
        await asyncio.gather(*(self.cancel(job) for job in list(self._jobs.values())))

    async def _run(self, job: Job, work: Work) -> None:
        began = time.perf_counter()

        def on_step(step: dict[str, Any]) -> None:
            job.change("running", step_of(kind=job.kind, **step))

        try:
            async with self._places:
                job.change("running")
                made = await work(job, on_step)
                job.result = await asyncio.to_thread(zlib.compress, made.result, 6)
                job.files = {name: await asyncio.to_thread(zlib.compress, data, 6) for name, data in made.files.items()}
                job.change("done")
        except asyncio.CancelledError:
            job.change("cancelled")
        except CounterflowError as error:
            job.change("failed", error=problem_of(error))
        except Exception as error:  # nothing of it may reach the client
            tell("error", "fault", kind=type(error).__name__, job=job.id[:4])
            job.change("failed", error=problem_of(ModelError("The work broke off.")))
        seconds = round(time.perf_counter() - began, 2)
        tell("info", "job", job=job.id[:4], kind=job.kind, state=job.state, seconds=seconds)
        self.forget()

    def forget(self) -> None:
        """Let go of jobs that ended long ago, and of the oldest where all of them take too much."""
        now = time.monotonic()
        ended = [job for job in self._jobs.values() if job.ended is not None]
        for job in ended:
            if job.ended is not None and now - job.ended > self._settings.job_kept:
                del self._jobs[job.id]
        while sum(job.size for job in self._jobs.values()) > self._settings.jobs_size:
            oldest = next((job for job in self._jobs.values() if job.state in ENDED), None)
            if oldest is None:
                return
            del self._jobs[oldest.id]
