"""Numbers and names of a comparison in words."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from math import ceil
from typing import NamedTuple

from counterflow.judgement.comparison.schema import Among, Chance, Comparison, OutcomeId, Spread
from counterflow.report.words import number, percent, percent_change

AGAINST = {"none": "the run without a strategy", "before": "the 26 weeks before the first lever"}
REFERENCE = "the reference"
NOT_ALL_PRICED = "not told: not all is priced"
OUTCOMES: dict[OutcomeId, str] = {
    "fentanyl": "pure fentanyl delivered",
    "crossings": "attempts to cross",
    "friction": "deepest fall of cooperation",
    "violence": "homicides in Mexico",
    "deaths": "US deaths involving synthetic opioids",
}
AMONG: dict[Among, str] = {
    "all": "among all strategies",
    "parts": "leaving out strategies that contain all of another",
}
LEAST: dict[OutcomeId, str] = {"deaths": "fewest US deaths", "fentanyl": "least fentanyl delivered"}


class Section(NamedTuple):
    """A part of the answer: what to know before the table, and the table."""

    title: str
    notes: tuple[str, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@cache
def _notes() -> dict[str, str]:
    return tomllib.loads((files("counterflow.report.studies.compared") / "notes.toml").read_text(encoding="utf-8"))


def note(name: str, **values: object) -> str:
    """A text of notes.toml with what is filled in; `none` stands for the run without a strategy in all of them."""
    return _notes()[name].format(none=AGAINST["none"], **values)


def title_of(of: Comparison, name: str) -> str:
    """The title of a strategy, by its name."""
    return next(one.title for one in of.strategies if one.name == name)


def window_words(of: Comparison) -> str:
    """The weeks over which outcomes are compared."""
    return f"weeks {of.window[0]} to {of.window[1]} after the first lever"


def horizon(of: Comparison, outcome: OutcomeId) -> str:
    """The weeks over which the best by an outcome is asked for."""
    return f"all {of.held} weeks with the levers held" if outcome == "deaths" else window_words(of)


def spread_words(of: Spread, words: Callable[[float], str]) -> str:
    """Median, and 5% to 95% in brackets."""
    return f"{words(of.median)} ({words(of.low)} to {words(of.high)})"


def change_words(outcome: OutcomeId, of: Spread) -> str:
    """How far an outcome moved; a fall of cooperation is below zero, as other falls are."""
    return spread_words(as_change(outcome, of), percent_change)


def as_change(outcome: OutcomeId, of: Spread) -> Spread:
    """The spread of an outcome's relative change: of a fall, which is told as its size, with the sign turned."""
    return Spread(median=-of.median, low=-of.high, high=-of.low) if outcome == "friction" else of


def chance_words(of: Chance, draws: int) -> str:
    """A probability, ± twice its Monte Carlo standard error in percentage points; where no draw or every draw meets it,
    the bound of the rule of three (Hanley & Lippman-Hand 1983, JAMA 249:1743)."""
    bound = min(100, ceil(300 / draws))
    if of.probability <= 0.0:
        return f"below {bound}%"
    if of.probability >= 1.0:
        return f"above {100 - bound}%"
    return f"{percent(of.probability)} ±{max(1, round(200 * of.error))}"


def persons(value: float) -> str:
    """A number of persons at two figures, whole."""
    return number(float(round(value)), 2)


def signed_persons(value: float) -> str:
    """More or fewer persons, at two figures and with a sign."""
    sign = "+" if round(value) > 0 else "−" if round(value) < 0 else ""
    return sign + persons(abs(value))


def points(value: float) -> str:
    """A share in percentage points, at two figures and no finer than a tenth."""
    return number(round(100.0 * value, 1), 2)


def lead_words(outcome: OutcomeId, lead: float, error: float) -> str:
    """A lead, ± twice its standard error."""
    if outcome == "deaths":
        return f"{persons(lead)} ±{persons(2 * error)} deaths"
    return f"{points(lead)} ±{points(2 * error)} percentage points"
