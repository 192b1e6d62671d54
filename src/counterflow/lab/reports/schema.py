"""What a report is asked with."""

from __future__ import annotations

from pydantic import Field

from counterflow.brief.schema import Value
from counterflow.lab.documents.schema import DocumentNamed
from counterflow.lab.engine.schema import LEAST_YEARS, MOST_DRAWS, MOST_YEARS, SEEDS, USUAL_YEARS
from counterflow.strategy.schema import Strategy

LEAST_DRAWS, USUAL_DRAWS = 20, 500  # of a report, which is told from more draws than a slider


class AskReport(Value):
    """A strategy, and the document that it comes from where there is one."""

    brief: DocumentNamed | None = Field(
        default=None,
        description="The document as read; null for a strategy without one.",
    )
    strategy: Strategy = Field(description="The strategy to simulate, as a strategy file holds it.")
    draws: int = Field(
        default=USUAL_DRAWS, ge=LEAST_DRAWS, le=MOST_DRAWS, description="How many draws of all uncertain numbers."
    )
    years: int = Field(
        default=USUAL_YEARS, ge=LEAST_YEARS, le=MOST_YEARS, description="For how many years the levers are held."
    )
    seed: int = Field(default=0, ge=0, lt=SEEDS, description="The seed of the draws and of the noise.")
