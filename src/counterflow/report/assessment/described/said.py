"""The document, the answer and the verdict, as the assessment holds them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from counterflow.brief import schema as brief
from counterflow.judgement import schema as verdict
from counterflow.report.assessment.described.base import Count, Day, Hash, Part, Share
from counterflow.strategy.schema import Campaign, DateInterval, Entry


class Document(Part):
    """The document, without its text and what was removed from it."""

    id: str
    sha256: Hash
    source: str
    url: str | None
    media_type: brief.MediaType
    language: Literal["en", "es", "und"]
    title: str | None
    byline: str | None
    date_published: Day | None
    date_source: Literal["metadata", "text", "user", "none"]
    links: list[brief.Link]
    pages: list[brief.Page]


class Reader(Part):
    name: Literal["rules", "llm"]
    codebook_version: str


class Considered(Part):
    lever: str
    title: str


class Plan(Part):
    """The strategy: its title, when its document was written, and what is only under consideration."""

    title: str
    date: DateInterval
    considered: list[Considered]


class SeenHeadline(Part):
    """How the months observed since stand to the 90% band of a headline's series."""

    variable: str
    title: str
    months: Count
    inside: Count
    missed: bool


class Answer(Part):
    """The answer in sentences, each made of counts and numbers by the same rules for any document."""

    lead_branch: str | None
    heaviest_strikes: str | None
    short: str
    leading: str
    coverage: str
    seen: dict[str, SeenHeadline]
    claims: list[str]
    figures: list[str]
    model: list[str]
    sure: list[str]


class Decider(verdict.Decider):
    probability_at_low: Share
    probability_at_high: Share


class Headline(verdict.Headline):
    """One headline of one branch against one reference."""

    probability: Share
    mc_error: Annotated[float, Field(ge=0, le=1)]
    sustained: Share | None
    surface: tuple[tuple[float, Share], ...]
    decided_by: tuple[Decider, ...]
    wrong: Share | None
    without_strategy: Share | None = Field(description="chance without any strategy, against the weeks before")
    decided_in_words: list[str]
    worth_in_words: list[str]


class FourWay(verdict.FourWay):
    """Shares of the draws, which add up to 1."""

    curtailed_without_friction: Share
    curtailed_with_friction: Share
    friction_only: Share
    neither: Share


class Fate(Part):
    """What became of an action in the model."""

    kind: str
    text: str
    why: str


class Action(brief.Action):
    title: str
    status_in_words: str
    details: list[str]
    fate: Fate
    on_record: list[str]


class NamedEntry(Entry):
    title: str


class RecordEntry(NamedEntry):
    refused: bool


class Branch(Part):
    id: str
    title: str
    description: str
    strikes: Campaign | None
    entries: list[NamedEntry]


class SetParameter(Part):
    name: str
    meaning: str
    set: str
    default: str
    grade: verdict.Grade
    assumed: bool
    source: str


class SetSwitch(Part):
    name: str
    meaning: str
    set: str
    default: str


class Settings(Part):
    """What the strategy sets of the model, beside its defaults."""

    parameters: list[SetParameter]
    switches: list[SetSwitch]
