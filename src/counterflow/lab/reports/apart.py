"""A report, from what is asked to the bytes of its page; nothing of it stays on disk."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from counterflow.lab.jobs.apart import PREFIX, run_apart
from counterflow.lab.jobs.store import Job, Made, OnStep
from counterflow.lab.settings import Settings

CHILD = "counterflow.lab.reports.child"
FILES = ("report.html", "assessment.json")


async def report_apart(ask: bytes, job: Job, settings: Settings, on_step: OnStep) -> Made:
    """The page and the assessment of what `ask` (JSON of an `AskReport`) asks for. Raises as `run_apart`."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        place = Path(folder)
        await asyncio.to_thread((place / "ask.json").write_bytes, ask)
        done = json.loads(await run_apart(CHILD, [folder], seconds=settings.job_time, on_progress=on_step))
        files = {name: await asyncio.to_thread((place / name).read_bytes) for name in FILES}
    addresses = {Path(name).stem: f"api/jobs/{job.id}/{name}" for name in FILES}
    return Made(json.dumps({**addresses, "size": done["size"]}).encode(), files)
