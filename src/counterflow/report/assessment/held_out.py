"""How often the model's 90% bands held in earlier tests, and where a simple rule forecast better, from what ships."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from counterflow.judgement.headlines import rules
from counterflow.model.outputs import ABOUT
from counterflow.report.words import count, joined, percent, vocabulary

FILE = "held_out.toml"  # written with docs/skill.md, from the same scores
# Shares of months below and above which a 90% band is called too narrow and too wide: docs/skill.md aims at 85 to 95%.
NARROW, WIDE = 0.85, 0.95
# Shares by months ahead are told where they lie further apart than this: of the ten months that lie one or two months
# ahead of five cut-offs, one is a tenth.
APART = 0.10


@cache
def held_out() -> dict[str, Any]:
    """{cutoffs, months, series}: forecasts from each cut-off, so many months ahead, with what was known then.

    Each of `series` is {name, output, title, part, months, inside_90, ahead, best}: how many months were forecast, and
    the share of them that the 90% band held; in `ahead` the same of those from `first` to `last` months ahead. `part`
    says what of the output was counted where it was not the whole; `output` is "" of a sum of several. `best` is the
    simple rule that did best in hindsight, and the model's error over that of the rule with its 90% interval; None
    where no rule could be formed.
    """
    told = tomllib.loads(files("counterflow.report.assessment").joinpath(FILE).read_text(encoding="utf-8"))
    return told | {"series": [_series(one) for one in told["series"]]}


def _series(one: Mapping[str, Any]) -> dict[str, Any]:
    ahead = [
        {"first": row["first"], "last": row["last"], "months": row["months"], "inside_90": _share(row)}
        for row in one["ahead"]
    ]
    whole = {key: sum(row[key] for row in one["ahead"]) for key in ("months", "inside")}
    return {
        "name": one["name"],
        "output": one["output"],
        "part": one["part"],
        "months": whole["months"],
        "inside_90": _share(whole),
        "ahead": ahead,
        "best": one.get("best"),
        "title": one.get("title") or ABOUT[one["output"]].long_name,
    }


def _share(of: Mapping[str, int]) -> float:
    return round(of["inside"] / of["months"], 4)


def held_sentences(told: Mapping[str, Any], variable: str) -> str:
    """How often the 90% band of an output held in earlier tests, or that of the nearest output that was tested; by
    months ahead where that makes a difference."""
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
    sentences += [f"The band was too wide{where}." for where in dict.fromkeys(_too_wide(series))]
    sentences += [by_months_ahead(one) for one in series if told_apart(one)]
    narrow = list(dict.fromkeys(_too_narrow(series)))
    return " ".join([*sentences, *(f"The band was too narrow{where}." for where in narrow)])


def told_apart(one: Mapping[str, Any]) -> bool:
    """Whether the band of a series held much more often at some months ahead than at others."""
    shares = [row["inside_90"] for row in one["ahead"]]
    return bool(shares) and round(max(shares) - min(shares), 4) > APART


def by_months_ahead(one: Mapping[str, Any]) -> str:
    """How often the band of a series held, by months ahead, in a sentence."""
    near, *further = one["ahead"]
    parts = [f"{percent(near['inside_90'])} of {near['months']}"]
    parts += [f"at {x['first']} to {x['last']} months {percent(x['inside_90'])} of {x['months']}" for x in further]
    where = f"{one['part'][0].upper()}{one['part'][1:]}, up" if one["part"] else "Up"
    return f"{where} to {count(near['last'], 'month')} ahead it held {', '.join(parts)}."


def misfit(share: float) -> str:
    """What is wrong with a 90% band that held a share of the months; "" where nothing is."""
    return "too narrow" if share < NARROW else "too wide" if share > WIDE else ""


def beaten_sentences(told: Mapping[str, Any]) -> str:
    """Of how many series a simple rule forecast better than the model, and how much better of those that stand for a
    headline; "" where none did."""
    held = [one for one in told["series"] if one["best"]]
    beaten = [one for one in held if one["best"]["ratio"] > 1]
    if not beaten:
        return ""
    series = f"{len(beaten)} of {len(held)} series"
    named = [one for one in beaten if one["output"] in vocabulary()["seen"]]
    worse = joined([_worse(one, first=one is named[0]) for one in named])
    return (
        f"In earlier tests simple rules, such as last month’s figure, forecast {series} better than the model"
        f"{', whose error was ' if worse else ''}{worse}."
    )


def _worse(one: Mapping[str, Any], *, first: bool) -> str:
    best, title = one["best"], f"{one['title']}, {one['part']}" if one["part"] else one["title"]
    ratio, low, high = (f"{best[key]:.2f}" for key in ("ratio", "low", "high"))
    against, level = (" the best rule’s", "90% interval ") if first else ("", "")
    return f"{ratio} times{against} on {title} ({level}{low} to {high})"


def _too_wide(series: list[dict[str, Any]]) -> Iterator[str]:
    """Which parts of an output had bands too wide; "" where all had."""
    wide = [one for one in series if misfit(one["inside_90"]) == "too wide"]
    for one in wide:
        yield f" {one['part']}" if one["part"] and len(wide) < len(series) else ""


def _too_narrow(series: list[dict[str, Any]]) -> Iterator[str]:
    """Where the bands were too narrow: " from 3 months ahead on", " between ports of entry", "" where they were so
    everywhere."""
    parts = len({one["inside_90"] < NARROW for one in series}) > 1  # of the output, some were and some were not
    for one in series:
        part = f" {one['part']}" if parts and one["part"] else ""
        rows = one["ahead"] if told_apart(one) else ()
        # The months ahead that come before the first from which on all were too narrow.
        right = max((number for number, row in enumerate(rows, 1) if row["inside_90"] >= NARROW), default=0)
        if right < len(rows):
            yield f"{part} from {rows[right]['first']} months ahead on" if right else part
        elif one["inside_90"] < NARROW:
            yield part


def _nearest(variable: str) -> str:
    """The output with an official series that speaks of the same headline as one without; "" where none does."""
    of = {rule.outcome: rule.id for rule in rules()}
    return next((name for name, id in vocabulary()["seen"].items() if id == of.get(variable)), "")
