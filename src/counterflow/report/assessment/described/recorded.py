"""What stands beside the document: literature, dated acts, places, earlier tests and sources."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from counterflow.brief import schema as brief
from counterflow.judgement import schema as verdict
from counterflow.model.works import Read
from counterflow.report.assessment.described.base import Count, Day, Number, Part, Share
from counterflow.report.assessment.described.counted import MedianAndRange


class Literature(Part):
    meaning: str
    range: str
    grade: verdict.Grade
    assumed: bool
    source: str


class Assertion(brief.Assertion):
    literature: list[Literature]
    contrast: list[str]


class Stated(Part):
    id: str
    status: brief.Status
    status_in_words: str
    quote: str
    origin: Literal["document", "added", "corrected"] = "document"


class Path(Part):
    basis: Literal["document", "record", "user"]
    from_: Day = Field(alias="from")
    to: Day | None
    source: str


class Act(Part):
    date: Day
    status: str
    status_in_words: str
    what: str
    source: str
    id: str


class LeverOverTime(Part):
    """A lever that the document names: what is stated, how it is moved in the model, and the record's dated acts."""

    lever: str
    title: str
    stated: list[Stated]
    paths: list[Path]
    history: list[Act]


class Place(Part):
    """A sector or a field office: the last twelve months observed, and the change in the model by branch."""

    kind: Literal["sector", "field office"]
    name: str
    measure: str
    unit: str
    from_: str = Field(alias="from")
    to: str
    observed: Number
    change: dict[str, MedianAndRange]


class HeldOutMonths(Part):
    """From the `first` to the `last` month ahead: how many months were forecast, and what share the band held."""

    first: Count
    last: Count
    months: Count
    inside_90: Share


class BestRule(Part):
    """The simple rule that did best in hindsight, and the model's error over that of the rule with its 90% interval."""

    rule: str
    ratio: float
    low: float
    high: float


class HeldOutSeries(Part):
    """A series of the tests. `output` is "" of a sum of several outputs; `best` is None where no rule was formed."""

    name: str
    output: str
    title: str
    part: str
    months: Count
    inside_90: Share
    ahead: list[HeldOutMonths]
    best: BestRule | None


class HeldOut(Part):
    """How often the model's 90% bands held in earlier tests, and how its error compares with a simple rule's."""

    cutoffs: list[str]
    months: Count
    series: list[HeldOutSeries]


class Source(Part):
    """One entry of the bibliography."""

    kind: Literal["figures", "record", "parameters", "prices", "judgements"]
    text: str
    url: str
    doi: str
    read: Read | Literal[""]
    grades: list[str]
    used_for: list[str]
