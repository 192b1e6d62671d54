"""What the API tells of a job."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from counterflow.brief.schema import Value
from counterflow.lab.documents.schema import DocumentRead
from counterflow.lab.errors import Problem

Kind = Literal["document", "report"]
State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")


class Step(Value):
    """How far a job is."""

    stage: str = Field(description="What is being done, in one word: queued, read, strategy, check, simulate, ...")
    share: float = Field(description="How much of the whole job is done, from 0 to 1, by how long its stages take.")
    done: int = Field(description="How much of this stage is done.")
    total: int = Field(description="How much there is of it.")


# How long each stage of a job takes, as shares of the whole; measured on the example.
STAGES: dict[Kind, dict[str, float]] = {
    "document": {"read": 0.6, "strategy": 0.25, "check": 0.15},
    "report": {"check": 0.05, "simulate": 0.4, "foresee": 0.2, "judge": 0.3, "report": 0.05},
}


def step_of(kind: Kind, stage: str, done: int, total: int) -> Step:
    """A step within a job of that kind."""
    stages = STAGES[kind]
    names = list(stages)
    before = sum(stages[name] for name in names[: names.index(stage)]) if stage in stages else 0.0
    share = before + stages.get(stage, 0.0) * min(done / max(total, 1), 1.0)
    return Step(stage=stage, share=round(min(share, 1.0), 4), done=done, total=total)


class ReportDone(Value):
    """Where a finished report lies, as addresses beside that of the job."""

    report: str = Field(description="Address of the page, under the root of the lab; it needs no token.")
    assessment: str = Field(description="Address of assessment.json, from which the page is made; it needs no token.")
    size: int = Field(description="Size of the page in bytes.")


class JobView(Value):
    """A job as it stands."""

    id: str = Field(description="The job. Whoever knows it can follow the job and fetch what it made.")
    kind: Kind = Field(description="Whether a document is read or a report is written.")
    state: State = Field(description="Where it stands: queued, running, done, failed or cancelled.")
    progress: Step = Field(description="How far it is.")
    result: DocumentRead | ReportDone | None = Field(default=None, description="What it made, once it is done.")
    error: Problem | None = Field(default=None, description="Why it failed, where it did.")


class Begun(Value):
    """A job that was taken on."""

    job: JobView = Field(description="The job, to be followed under /api/jobs.")
