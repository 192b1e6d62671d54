"""Shares of the levers, and strategies beside each other, as the assessment holds them."""

from __future__ import annotations

from counterflow.judgement.attribution.schema import Attribution
from counterflow.judgement.comparison.schema import Comparison
from counterflow.report.assessment.described.base import Count, Part


class ShareRow(Part):
    """The share of a lever, of levers that the record does not tell apart, or of all; numbers are relative changes."""

    title: str
    share: str
    range: str
    depth: Count
    why: str
    mean: float
    low: float
    high: float


class ShareTable(Part):
    outcome: str
    title: str
    measure: str
    rows: list[ShareRow]
    rest: str


class LeverShares(Attribution):
    """What each lever of the branch that the answer opens with is credited with."""

    notes: list[str]
    header: list[str]
    tables: list[ShareTable]


class ComparedSection(Part):
    title: str
    notes: list[str]
    header: list[str]
    rows: list[list[str]]


class OtherStrategies(Comparison):
    """The strategies that come with the program beside the document's own."""

    notes: list[str]
    forced: list[str]
    sections: list[ComparedSection]
