"""How often the model's 90% bands held in earlier tests, from what ships with the package."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from counterflow.judgement.headlines import rules
from counterflow.model.outputs import ABOUT
from counterflow.report.words import count, percent, vocabulary

NARROW = 0.85  # share of months below which a 90% band is called too narrow: docs/skill.md aims at 85 to 95%


@cache
def held_out() -> dict[str, Any]:
    """{cutoffs, months, series}: forecasts from each cut-off, so many months ahead, with what was known then.

    Each of `series` is {output, title, part, months, inside_90}: how many months were forecast, and the share of them
    that the 90% band held. `part` says what of the output was counted where it was not the whole.
    """
    told = tomllib.loads(files("counterflow.report.assessment").joinpath("held_out.toml").read_text(encoding="utf-8"))
    series = [one | {"title": ABOUT[one["output"]].long_name} for one in told["series"]]
    return told | {"series": series}


def held_sentences(told: Mapping[str, Any], variable: str) -> str:
    """How often the 90% band of an output held in earlier tests, or that of the nearest output that was tested."""
    series = [one for one in told["series"] if one["output"] == variable]
    nearest = _nearest(variable)
    own = bool(series)
    series = series or [one for one in told["series"] if one["output"] == nearest]
    if not series:
        return "It was not held out in earlier tests, and nothing near it was."
    shares = [f"{percent(x['inside_90'])} of {count(x['months'], 'month')} {x['part']}".rstrip() for x in series]
    since = count(len(told["cutoffs"]), "January", "Januaries")
    ahead = count(told["months"], "month")
    sentences = [] if own else [f"No series of it was held out; the nearest that was: {series[0]['title']}."]
    sentences.append(
        f"In earlier tests, from {since} and up to {ahead} ahead, the model’s 90% band held {' and '.join(shares)}; "
        "about 90% would be right."
    )
    narrow = [one for one in series if one["inside_90"] < NARROW]
    if narrow and len(narrow) == len(series):
        sentences.append("The band was too narrow.")
    sentences += [f"The band was too narrow {one['part']}." for one in narrow if len(narrow) < len(series)]
    return " ".join(sentences)


def _nearest(variable: str) -> str:
    """The output with an official series that speaks of the same headline as one without; "" where none does."""
    of = {rule.outcome: rule.id for rule in rules()}
    return next((name for name, id in vocabulary()["seen"].items() if id == of.get(variable)), "")
