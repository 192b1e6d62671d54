"""What assessment.json holds, as a type, and the JSON Schema that is published of it.

The parts are the types of the rooms that they come from; what the report adds to them is described in described/.
Keys may be added in later versions; none is left out, and none changes its meaning, without a new `schema_version`.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from counterflow.brief.schema import Finding, LedgerEntry
from counterflow.evidence.schema import Check
from counterflow.report.assessment.described.base import Part
from counterflow.report.assessment.described.compared import LeverShares, OtherStrategies
from counterflow.report.assessment.described.counted import Basis, Costs, Foreseen, LookedInto, Outcome
from counterflow.report.assessment.described.recorded import Assertion, HeldOut, LeverOverTime, Place, Source
from counterflow.report.assessment.described.said import (
    Action,
    Answer,
    Branch,
    Document,
    FourWay,
    Headline,
    Plan,
    Reader,
    RecordEntry,
    Settings,
)

SCHEMA_FILE = "assessment.schema.json"


class Assessment(Part):
    """The answer that Counterflow gives to a document, with everything that it is made of."""

    schema_version: Literal[1]
    question: str
    document: Document
    reader: Reader
    strategy: Plan
    answer: Answer
    results: dict[str, list[str]]
    headlines: list[Headline]
    four_way: list[FourWay]
    claims: list[Check]
    actions: list[Action]
    record: list[RecordEntry]
    refused: list[str]
    branches: list[Branch]
    settings: Settings
    outcomes: list[Outcome]
    costs: Costs | None
    basis: Basis | None
    looked_into: LookedInto | None
    findings: list[Finding]
    ledger: list[LedgerEntry]
    assertions: list[Assertion]
    foreseen: Foreseen | None
    manifest: dict[str, Any]
    timings: dict[str, Annotated[float, Field(ge=0)]]
    text: str
    timeline: list[LeverOverTime]
    places: list[Place]
    held_out: HeldOut
    sources: list[Source]
    attribution: LeverShares | None
    strategies: OtherStrategies | None


class _Written(GenerateJsonSchema):
    """Of what is written: every key is there, whether or not its type has a default, and others may come."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        made = super().model_schema(schema)
        made.pop("additionalProperties", None)
        return made

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def assessment_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of assessment.json, from the types above."""
    made = TypeAdapter(Assessment).json_schema(mode="serialization", by_alias=True, schema_generator=_Written)
    return {"$schema": _Written.schema_dialect, **made, "title": "Counterflow assessment"}


@cache
def published() -> dict[str, Any]:
    """The JSON Schema that ships with the package."""
    text = files("counterflow.report.assessment").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    return dict(json.loads(text))
