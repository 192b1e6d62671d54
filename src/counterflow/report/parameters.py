"""The model's parameters on a terminal, and what a strategy sets of them and of the switches."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from counterflow.model.priors import Prior, Table, load, with_overrides
from counterflow.report.words import clean, count, day, joined, minus, number, percent, word
from counterflow.strategy.overrides import Switches
from counterflow.strategy.schema import Strategy

NARROWEST, WIDEST = 80, 160
DIGITS = 4
PLAIN = ("1", "-", "", "indicator")  # units that say nothing beside a number


def parameter_rows(table: Table) -> list[dict[str, Any]]:
    """One row per parameter, in the order of the mechanisms; `assumed` tells that no source has the number."""
    return [
        {"mechanism": mechanism, "symbol": symbol, **prior.model_dump(mode="json")}
        for mechanism, symbols in table.items()
        for symbol, prior in symbols.items()
    ]


def parameter_lines(table: Table, width: int) -> list[str]:
    """The parameters as text for a terminal of `width` columns (80 to 160 are used)."""
    width = min(max(width, NARROWEST), WIDEST)
    lines: list[str] = []
    for mechanism, symbols in table.items():
        grades = [prior.grade for prior in symbols.values()]
        parts = [f"{grades.count(grade)} of grade {grade}" for grade in sorted(set(grades))]
        lines += _wrapped(f"{mechanism}: {count(len(symbols), 'parameter')}, {joined(parts)}", 0, width)
        longest = max(map(len, symbols))
        for symbol, prior in symbols.items():
            indent = longest + 4
            lines += _wrapped(f"  {symbol:<{longest}}  {minus(prior.meaning)}", indent, width)
            told = [f"{spread(prior)}; {_grade(prior)}", _source(prior)]
            told += [f"Note: {prior.note}"] if prior.note else []
            for text in told:
                lines += _wrapped(" " * indent + minus(text), indent, width)
        lines.append("")
    return [*lines, "Three numbers are the 5%, 50% and 95% points."] if lines else ["No parameter is of that grade."]


def spread(prior: Prior) -> str:
    """What is drawn, in words: three points, a fixed value or a chance, with its unit and family."""
    unit = "" if prior.unit in PLAIN else f" {prior.unit}"
    middle = number(prior.central, DIGITS)
    if prior.family == "fixed":
        return f"fixed at {middle}{unit}"
    if prior.family == "bernoulli":
        return f"1 with a chance of {middle}, else 0"
    low, high = number(prior.low, DIGITS), number(prior.high, DIGITS)
    return f"{low} | {middle} | {high}{unit}, {word('family', prior.family)}"


def settings(strategy: Strategy) -> dict[str, list[dict[str, Any]]]:
    """What a strategy sets of the model, each with the default beside it: `parameters` and `switches`.

    Both are empty where it sets nothing.
    """
    table = load()
    changed = with_overrides(table, strategy.parameters)
    parameters = []
    for name, override in strategy.parameters.items():
        mechanism, _, symbol = name.partition(".")
        prior, default = changed[mechanism][symbol], table[mechanism][symbol]
        parameters.append(
            {
                "name": name,
                "meaning": default.meaning,
                "set": spread(prior),
                "default": f"{spread(default)}; {_grade(default)}",
                "grade": prior.grade,
                "assumed": prior.assumed,
                "source": override.source,
            }
        )
    switches = [
        {
            "name": name,
            "meaning": word("switch", name),
            "set": _position(getattr(strategy.switches, name)),
            "default": _position(getattr(Switches(), name)),
        }
        for name in strategy.switches.changed()
    ]
    return {"parameters": parameters, "switches": switches}


def settings_sentence(set_by_hand: Mapping[str, list[dict[str, Any]]]) -> str:
    """How much a strategy sets of the model, "" where nothing: "2 parameters and 1 switch: border.p_app, hits"."""
    counted = [
        count(len(rows), noun, plural)
        for rows, noun, plural in (
            (set_by_hand["parameters"], "parameter", "parameters"),
            (set_by_hand["switches"], "switch", "switches"),
        )
        if rows
    ]
    names = ", ".join(row["name"] for rows in set_by_hand.values() for row in rows)
    return f"{joined(counted)}: {names}" if counted else ""


def fit_sentence(fit: Mapping[str, Any]) -> str:
    """What parameters were drawn from: "to the record to 1 January 2026: 41 of 160 parameters learned from it"."""
    if fit["learned"] is None:
        return f"{count(fit['parameters'], 'parameter')} drawn from {fit['source']}"
    return (
        f"to the record to {day(fit['cutoff'])}: {fit['learned']} of {count(fit['parameters'], 'parameter')} "
        "learned from it"
    )


def taught_in_words(taught: float | None) -> str:
    """What the record taught a parameter, "" where it was not fitted to it: "narrowed by the record by 34%"."""
    if taught is None:
        return ""
    return f"{word('taught', 'narrowed')} {percent(taught)}" if taught else word("taught", "nothing")


def drawn_in_words(foreseen: Mapping[str, Any]) -> str:
    """Where the parameters of the run as of a day came from: a posterior, or the priors as known then.

    A posterior that was not fitted to the figures as known on a day has seen later revisions, and that is said.
    """
    if not foreseen["posterior"]:
        return word("drawn", "priors")
    kind = "fitted" if foreseen["posterior_as_of"] else "revised"
    return word("drawn", kind).format(name=foreseen["posterior"])


def _position(value: bool | str) -> str:
    return word("switch_position", value if isinstance(value, str) else "on" if value else "off")


def _grade(prior: Prior) -> str:
    return f"grade {prior.grade}, assumed" if prior.assumed else f"grade {prior.grade}"


def _source(prior: Prior) -> str:
    before = ""
    if prior.earlier is not None:
        points = (prior.earlier.low, prior.earlier.central, prior.earlier.high)
        before = f"; before: {' | '.join(number(point, DIGITS) for point in points)}"
    return f"{prior.source} (known from {prior.known_from}{before})"


def _wrapped(text: str, indent: int, width: int) -> list[str]:
    """A text over as many lines of `width` as it takes, those after the first indented."""
    head = len(text) - len(text.lstrip(" "))
    return textwrap.wrap(
        clean(text.strip()), width, initial_indent=" " * head, subsequent_indent=" " * indent, break_on_hyphens=False
    )
