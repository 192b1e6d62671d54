"""docs/skill.md as text, from the scores of a backtest."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Any, NamedTuple

import numpy as np

from counterflow.calibration.fitting.checks import LEARNED
from counterflow.calibration.forecasting import skill
from counterflow.calibration.forecasting.backtest import BLEND, BLENDED, MODEL, RIVALS
from counterflow.calibration.forecasting.command import Backtest
from counterflow.calibration.forecasting.rules import RULES
from counterflow.calibration.forecasting.scoring import Ratio
from counterflow.calibration.forecasting.skill import CONDITIONAL, METHODS, Row, Score
from counterflow.calibration.forecasting.weights import PRIOR, STRENGTH
from counterflow.calibration.page import number, table

COVERED = (0.85, 0.95)  # aimed at: shares inside the central 90%
WORSE, BETTER = 1.05, 0.90  # aimed at: the most that a series may lose, and the mean at 3-12 months
EVERY = (1, 10**6)
SHOWN = 14  # worst misses

PLACE = "skill"  # folder of the figures beside the page
FIGURES = {
    "reliability_figure": "reliability.svg",
    "monthly_figure": "reliability-monthly.svg",
    "forecasts_figure": "forecasts.svg",
}

Points = dict[str, Any]


class Asked(NamedTuple):
    """What the page is written from."""

    of: Backtest  # from the Januaries
    monthly: Sequence[Score]  # of the model, the blend and the simple rules from every month
    manifests: Mapping[str, Points]  # of the bundled posteriors, by name, the default last


def _signed(value: float) -> str:
    return "" if np.isnan(value) else f"{value:+.2f}"


def _percent(value: float) -> str:
    return "" if np.isnan(value) else f"{100 * value:.0f}%"


def _ratio(of: Ratio) -> str:
    return f"{of.ratio:.2f} ({of.low:.2f} to {of.high:.2f})"


def _met(holds: bool) -> str:
    return "met" if holds else "**missed**"


def _cell(row: Row | None, whole: int) -> str:
    if row is None:
        return "-"
    fewer = f" of {row.forecasts}" if row.forecasts < whole else ""
    return f"{row.scaled:.3f}{fewer}{' **loses**' if row.loses_to else ''} ({_percent(row.coverage_90)})"


def score_table(rows: Iterable[Row], methods: Sequence[str]) -> list[str]:
    """A line for each series and band: scaled CRPS and coverage of 90%."""
    by_place: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        by_place.setdefault((row.name, row.band), {})[row.method] = row
    there = [method for method in methods if any(method in found for found in by_place.values())]
    most = {place: max(row.forecasts for row in found.values()) for place, found in by_place.items()}
    return table(
        ["series", "months ahead", "forecasts", *(f"{method}" for method in there)],
        [
            (
                f"`{name}`",
                band,
                str(most[name, band]),
                *(_cell(found.get(method), most[name, band]) for method in there),
            )
            for (name, band), found in by_place.items()
        ],
    )


def _plain(scores: Iterable[Score]) -> list[Score]:
    return [score for score in scores if score.method != CONDITIONAL]


def _inside(scores: Iterable[Score], method: str, name: str | None = None) -> tuple[float, float]:
    """Shares in the central 50% and 90%."""
    rows = [score for score in scores if score.method == method and name in (None, score.name)]
    return skill.share(rows, lambda row: row.inside_50), skill.share(rows, lambda row: row.inside_90)


def aims(asked: Asked) -> list[str]:
    """What was aimed at, and whether it is met."""
    scores = _plain(asked.of.scores)
    _, inside = _inside(scores, BLEND)
    every = skill.against_best(scores, BLEND, RIVALS, EVERY)
    later = skill.against_best(scores, BLEND, RIVALS, skill.LATER)
    simple = skill.against_best(scores, BLEND, tuple(RULES), skill.LATER)
    average, over_simple = (skill.on_average(scores, BLEND, found, skill.LATER) for found in (later, simple))
    worst = max(every, key=lambda one: one.ratio.ratio)
    outside = [
        name for name in skill.names_of(scores) if not COVERED[0] <= _inside(scores, BLEND, name)[1] <= COVERED[1]
    ]
    beyond = [f"`{one.name}` ({one.ratio.ratio:.2f}, {one.rule})" for one in every if one.ratio.ratio > WORSE]
    return table(
        ["aim", "found", ""],
        [
            (
                "the central 90% of the blend hold 85-95% of what came, over all series",
                _percent(inside),
                _met(COVERED[0] <= inside <= COVERED[1]),
            ),
            (
                "the same for each series",
                f"outside: {', '.join(f'`{name}`' for name in outside)}" if outside else "all inside",
                _met(not outside),
            ),
            (
                "no series more than 5% worse than its best simple rule, all horizons",
                f"worse: {', '.join(beyond)}" if beyond else f"worst: `{worst.name}`, {worst.ratio.ratio:.2f}",
                _met(not beyond),
            ),
            (
                "at least 10% better than the best simple rule on average at 3-12 months ahead",
                f"ratio {_ratio(average)}",
                _met(average.ratio <= BETTER),
            ),
            (
                "(the same against the better of persistence and seasonal persistence alone)",
                f"ratio {_ratio(over_simple)}",
                _met(over_simple.ratio <= BETTER),
            ),
        ],
    )


def losses(scores: Sequence[Score]) -> list[str]:
    """Series by series, what the model and the blend lose to."""
    rows = [row for row in skill.table(scores) if row.method in skill.HELD and row.loses_to]
    return table(
        ["series", "months ahead", "method", "loses to"],
        [(f"`{row.name}`", row.band, row.method, ", ".join(row.loses_to)) for row in rows],
    )


def against(scores: Sequence[Score]) -> list[str]:
    """Ratios of scores by series, and their mean."""
    rows = []
    for method in skill.HELD:
        for title, band in (("all", EVERY), ("3-12", skill.LATER)):
            found = skill.against_best(scores, method, RIVALS, band)
            rows += [(f"`{one.name}`", title, method, one.rule, _ratio(one.ratio)) for one in found]
            mean = skill.on_average(scores, method, found, band)
            rows.append(("geometric mean", title, method, "the best of each", _ratio(mean)))
    return table(["series", "months ahead", "method", "best rule", "ratio (90% interval)"], rows)


def coverage(scores: Sequence[Score]) -> list[str]:
    """Shares inside intervals, by series."""
    rows = []
    for name in (None, *skill.names_of(scores)):
        cells = []
        for method in (BLEND, MODEL, "persistence"):
            half, most = _inside(scores, method, name)
            cells.append(f"{_percent(half)} / {_percent(most)}")
        inside = _inside(scores, BLEND, name)[1]
        rows.append((f"`{name}`" if name else "all series", *cells, _met(COVERED[0] <= inside <= COVERED[1])))
    return table(["series", "blend 50 / 90%", "model", "persistence", "85-95% by the blend"], rows)


def bias(scores: Sequence[Score]) -> list[str]:
    """How far medians lay from what came."""
    rows = [row for row in skill.table(scores) if row.band == "all" and row.method in (MODEL, BLEND, "persistence")]
    return table(
        ["series", "method", "mean log(median / observed)", "mean difference", "mean CRPS", "unit"],
        [
            (f"`{row.name}`", row.method, _signed(row.log_bias), number(row.bias), number(row.crps), _unit(row.name))
            for row in rows
        ],
    )


def _unit(name: str) -> str:
    return "pounds a month" if name.startswith("seized") else "persons" if name == "detained" else "a month"


def learned(of: Backtest) -> list[str]:
    """The model's weight by series and cut-off."""
    names = skill.names_of(of.scores)
    steps = [step for step in (1, 3, 6, 12) if step <= of.horizon]
    rows = [
        (
            f"`{name}`",
            *(" / ".join(f"{by_series[name][step - 1][0]:.2f}" for step in steps) for by_series in of.weights.values()),
        )
        for name in names
    ]
    return table(["series", *of.weights], rows)


def reasons(name: str, origin: np.datetime64) -> str:
    """What explains a miss, from misses.toml; empty where nothing is on record."""
    raw = tomllib.loads((files("counterflow.calibration.forecasting") / "misses.toml").read_text(encoding="utf-8"))
    month = str(origin)
    found = [one["why"] for one in raw["reason"] if name in one["series"] and one["from"] <= month <= one["until"]]
    return found[0] if found else ""


def worst(scores: Sequence[Score], method: str) -> list[str]:
    """The largest misses with what came and why."""
    found = skill.misses(scores, method, SHOWN)
    rows, said = [], []
    for miss in found:
        at = miss.worst
        why = reasons(miss.name, miss.origin)
        if why and why not in said:
            said.append(why)
        month = at.origin + at.step - 1
        interval = f"{number(at.points[0])} to {number(at.points[4])}"
        rows.append(
            (
                f"`{miss.name}`",
                str(miss.origin),
                f"{miss.scaled:.2f}",
                f"{miss.inside_90} of {miss.of}",
                f"{month}: {number(at.observed)}, 90% interval {interval}",
                f"({said.index(why) + 1})" if why else "no reason is on record",
            )
        )
    header = ["series", "from", "mean scaled CRPS", "inside 90%", "worst month", "why"]
    return [*table(header, rows), *(f"{place}. {why}" for place, why in enumerate(said, 1)), ""]


def given_later(scores: Sequence[Score]) -> list[str]:
    """The model with later levers given beside the model."""
    return score_table(
        skill.table([score for score in scores if score.method in (MODEL, CONDITIONAL)]), (MODEL, CONDITIONAL)
    )


def not_identified(manifests: Mapping[str, Points]) -> list[str]:
    """What the default posterior learned and what not."""
    counts = table(
        ["posterior", "fitted parameters", f"contraction below {LEARNED}", "0.1-0.5", "0.5 and more", "not moved"],
        [
            (
                name,
                str(len(of["parameters"])),
                *(
                    str(sum(low <= one["contraction"] < high for one in of["parameters"].values()))
                    for low, high in ((-np.inf, LEARNED), (LEARNED, 0.5), (0.5, np.inf))
                ),
                str(len(of.get("not_moved", ()))),
            )
            for name, of in manifests.items()
        ],
    )
    default = list(manifests.values())[-1]["parameters"]
    order = sorted(default, key=lambda name: -default[name]["contraction"])
    known = [name for name in order if default[name]["contraction"] >= LEARNED]
    rest = [name for name in order if default[name]["contraction"] < LEARNED]

    def points(one: Points, of: str) -> str:
        return " / ".join(number(value) for value in one[of])

    lines = [
        "Contraction is the share of a parameter's prior variance that the record took away. In the default posterior:",
        *table(
            ["parameter", "contraction", "prior 5 / 50 / 95%", "posterior 5 / 50 / 95%"],
            [
                (
                    f"`{name}`",
                    f"{default[name]['contraction']:.2f}",
                    *(points(default[name], of) for of in ("prior", "posterior")),
                )
                for name in known
            ],
        ),
        f"**Not identified** (below {LEARNED}; what a run says through them is the prior):",
        "",
        ", ".join(f"`{name}`" for name in rest) + "." if rest else "None.",
        "",
        "Parameters that moved no fitted month at all are drawn from their priors and listed in the manifests.",
        "",
    ]
    return [*counts, *lines]


def in_short(asked: Asked) -> list[str]:
    """One sentence a finding."""
    scores = _plain(asked.of.scores)
    lines = []
    for method in skill.HELD:
        found = skill.against_best(scores, method, RIVALS, EVERY)
        loses = [one for one in found if one.ratio.ratio > 1.0]
        lines.append(
            f"- Over all horizons the {method} scores worse than the best simple rule of hindsight in {len(loses)} of "
            f"{len(found)} series: {', '.join(f'`{one.name}` ({one.ratio.ratio:.2f})' for one in loses) or 'none'}."
        )
        over = skill.against_best(scores, method, ("persistence",), skill.LATER)
        mean = skill.on_average(scores, method, over, skill.LATER)
        lines.append(f"- At 3-12 months ahead the {method}'s CRPS is {_ratio(mean)} times persistence's, on average.")
    return lines


def page(asked: Asked) -> str:
    """The whole page, in Markdown: what page.md says, with the tables in it."""
    of, scores = asked.of, _plain(asked.of.scores)
    origins = sorted({score.origin for score in asked.monthly})
    parts: dict[str, Sequence[str]] = {
        "in_short": in_short(asked),
        "aims": aims(asked),
        "cutoffs": [", ".join(f"{day:%Y-%m}" for day in of.cutoffs)],
        "horizon": [str(of.horizon)],
        "components": [f"{', '.join(BLENDED[:-1])} and {BLENDED[-1]}"],
        "prior": [" / ".join(map(str, PRIOR))],
        "strength": [f"{STRENGTH:.0f}"],
        "notes": [f"- {note}" for note in of.notes],
        "scores": score_table(skill.table(scores), METHODS),
        "losses": losses(scores),
        "against": against(scores),
        "coverage": coverage(scores),
        "bias": bias(scores),
        "origins": [f"{len(origins)} origins, {origins[0]} to {origins[-1]}"],
        "monthly": score_table(skill.table(asked.monthly), (MODEL, BLEND, *RULES)),
        "learned": learned(of),
        "worst": worst(scores, BLEND),
        "given_later": given_later(of.scores),
        "not_identified": not_identified(asked.manifests),
        **{name: [f"{PLACE}/{file}"] for name, file in FIGURES.items()},
    }
    prose = (files("counterflow.calibration.forecasting") / "page.md").read_text(encoding="utf-8")
    text = Template(prose).substitute({name: "\n".join(lines) for name, lines in parts.items()})
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip() + "\n"
