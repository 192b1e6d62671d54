"""A lab whose engine works its numbers out by rule of thumb: at once, and moved by every lever and assumption.

What the page does with an answer is tested with it; that the answers are right is tested where the engine is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from counterflow.judgement.schema import BasisParameter, Decider, FourWay, Headline
from counterflow.lab.calls import Calls
from counterflow.lab.engine import choices
from counterflow.lab.engine import schema as lab
from counterflow.report.words import vocabulary
from counterflow.strategy.branches import branches, first_lever_date
from counterflow.strategy.builtin.load import built_in, built_in_strategy
from counterflow.strategy.catalogue import catalogue as levers_file
from counterflow.strategy.catalogue import levers
from counterflow.strategy.schema import Strategy

START = date(2026, 2, 1)
SIZES = {
    "fentanyl_delivered": 520.0,
    "attempts": 60_000.0,
    "encounters": 42_000.0,
    "overdose_deaths": 5_200.0,
    "homicides": 2_400.0,
    "cooperation": 0.62,
    "civilian_harm": 3.0,
}
LEVERS_OF = {"trafficking": "drugs.", "crossings": "border.", "friction": "military.", "violence": "mexico."}
HASHES = lab.Hashes(version="0.1.0", engine="e" * 64, data="d" * 64)
PRIORS = tuple(
    lab.PriorRow(
        key=key,
        meaning=meaning,
        unit=unit,
        low=low,
        central=central,
        high=high,
        grade=grade,
        source="a study",
        assumed=grade == "D",
        allowed="above 0",
        ranges=True,
        fitted=False,
    )
    for key, meaning, unit, low, central, high, grade in (
        ("border.p_app", "chance to be apprehended on an attempt", "probability", 0.6, 0.7, 0.8, "B"),
        ("supply.e_dem", "elasticity of demand for fentanyl", "1", 0.2, 0.5, 1.1, "C"),
        ("supply.T_reb", "time in which capacity is rebuilt", "weeks", 4.0, 12.0, 40.0, "D"),
        ("diplomacy.k_host", "hostility after force on Mexican soil", "1", 0.1, 0.4, 0.9, "D"),
        *((f"arms.x{n}", f"share of guns that take way {n}", "share", 0.1, 0.2, 0.4, "C") for n in range(20)),
    )
)


def push(strategy: Strategy, branch: str, start: str) -> float:
    """How hard a course of events moves the levers whose names begin with `start`, from 0 to 1."""
    course = next(each for each in branches(strategy) if each.id == branch)
    total = 0.0
    for entry in course.entries:
        if entry.lever.startswith(start):
            scale = levers()[entry.lever].levels
            top = scale[-1].intensity.high or 1.0
            at = entry.intensity or (scale[entry.level].intensity if entry.level is not None else None)
            total += (at.central if at else 0.0) / top
    set_here = sum(one.value or one.central or 0.0 for one in strategy.parameters.values())
    return min(1.0, total + 0.1 * min(set_here, 5.0))


def fan(size: float, months: int, spread: float) -> lab.Fan:
    steps = np.arange(months)
    middle = size * (1 + 0.002 * steps)
    width = {"0.05": -1.6, "0.25": -0.6, "0.5": 0.0, "0.75": 0.7, "0.95": 1.9}
    values = {q: np.maximum(0, middle * (1 + spread * w * np.sqrt(steps + 1) / 12)) for q, w in width.items()}
    return {level: tuple(float(f"{x:.6g}") for x in values[level]) for level in lab.LEVELS}


def simulate(engine: Any, ask: lab.Ask, wanted: Any = None) -> lab.Answer:
    branch = ask.branch or "as_on_record"
    start = first_lever_date(ask.strategy)
    months = [(start.year * 12 + start.month + n) for n in range(12 * ask.years)]
    named = tuple(f"{(m) // 12}-{m % 12 + 1:02d}" for m in months)
    by = {name: push(ask.strategy, branch, begin) for name, begin in LEVERS_OF.items()}
    outcomes = []
    for name, size in SIZES.items():
        down = 0.6 * (by["crossings"] if name in ("attempts", "encounters") else by["trafficking"])
        none = fan(size, len(named), 0.25)
        with_it = {
            q: tuple(float(f"{x * (1 - down * min(1, i / 12)):.6g}") for i, x in enumerate(v)) for q, v in none.items()
        }
        outcomes.append(lab.OutcomeFan(id=name, quantiles=with_it, none=none))
    history = None
    if ask.history:
        seen = [(start.year * 12 + start.month - 1 - n) for n in range(60, 0, -1)]
        rng = np.random.default_rng(1)
        history = tuple(
            lab.Observed(
                id=name,
                months=tuple(f"{m // 12}-{m % 12 + 1:02d}" for m in seen),
                values=tuple(float(f"{x:.4g}") for x in size * (1.3 - 0.005 * np.arange(60)) * rng.normal(1, 0.04, 60)),
                flags=("",) * 60,
            )
            for name, size in SIZES.items()
            if name not in ("cooperation", "civilian_harm")
        )
    chances = {
        name: round(ask.draws * min(1.0, 0.04 * (name != "violence") + 0.85 * b)) / ask.draws for name, b in by.items()
    }
    headlines = tuple(
        lab.Chance(id=name, reference=reference, probability=p, mc_error=(p * (1 - p) / ask.draws) ** 0.5)
        for name, chance in chances.items()
        for reference, p in (("none", chance), ("before", round(chance * 0.9, 3)))
    )
    cut, rubbed = chances["trafficking"], chances["friction"]
    four = FourWay(
        branch=branch,
        curtailed_with_friction=cut * rubbed,
        curtailed_without_friction=cut * (1 - rubbed),
        friction_only=(1 - cut) * rubbed,
        neither=(1 - cut) * (1 - rubbed),
    )
    moved = sorted({entry.lever for entry in ask.strategy.written})
    costs = tuple(lab.LeverCost(lever=x, low=1e8, central=3.4e8, high=9e8) for x in moved if not x.startswith("mexico"))
    cost = lab.Cost(
        low=1e8 * len(costs),
        central=3.4e8 * len(costs),
        high=9e8 * len(costs),
        levers=costs,
        unpriced=tuple(
            lab.Unpriced(lever=x, reason="the US treasury does not pay it") for x in moved if x.startswith("mexico")
        ),
    )
    return lab.Answer(
        title=ask.strategy.title,
        draws=ask.draws,
        years=ask.years,
        seed=ask.seed,
        branch=branch,
        first_lever=start.isoformat(),
        months=named,
        outcomes=tuple(outcomes),
        history=history,
        headlines=headlines,
        four_way=four,
        cost=cost,
        hashes=HASHES.model_copy(update={"strategy": "c" * 64}),
        milliseconds=1.0,
    )


def rests(engine: Any, ask: lab.Ask, wanted: Any = None) -> lab.Rests:
    answer = simulate(engine, ask)
    decider = Decider(
        symbol="T_reb",
        mechanism="supply",
        meaning="time in which capacity is rebuilt",
        unit="weeks",
        low=4.0,
        high=40.0,
        probability_at_low=0.2,
        probability_at_high=0.8,
        flips_at=(11.2, 27.5),
        study="A count of laboratories rebuilt.",
    )
    headlines = []
    for chance in answer.headlines:
        undecided = 0.3 < chance.probability < 0.7
        word = "undetermined" if undecided else "very unlikely" if chance.probability < 0.3 else "likely"
        word = "not tested" if chance.probability == 0 else word
        headlines.append(
            Headline(
                id=chance.id,
                title=vocabulary()["headline"][chance.id],
                criterion="the outcome is lower than without",
                branch=answer.branch,
                reference=chance.reference,
                probability=chance.probability,
                word=word,
                mc_error=chance.mc_error,
                median=-0.1,
                low=-0.3,
                high=0.02,
                threshold=-0.2,
                surface=((-0.2, 0.4),),
                undetermined=undecided,
                decided_by=(decider,) if undecided else (),
                weakest="D",
                rests_on=(2, 9),
            )
        )
    basis = tuple(
        BasisParameter(
            symbol=p.key.partition(".")[2],
            mechanism=p.key.partition(".")[0],
            meaning=p.meaning,
            unit=p.unit,
            median=p.central,
            low=p.low or 0,
            high=p.high or 0,
            grade=p.grade,
            assumed=p.assumed,
            source=p.source,
        )
        for p in PRIORS[:4]
    )
    return lab.Rests(
        draws=answer.draws,
        years=ask.years,
        seed=ask.seed,
        branch=answer.branch,
        headlines=tuple(headlines),
        grade_counts={"A": 0, "B": 1, "C": 1, "D": 2},
        basis=basis,
        caveats=("It leaves out the northern border.",),
        fit=None,
        hashes=answer.hashes,
        milliseconds=1.0,
    )


def compare(engine: Any, asks: Sequence[lab.Ask], wanted: Any = None) -> lab.Compared:
    return lab.Compared(compared=tuple(simulate(engine, ask) for ask in asks))


def catalogue(engine: Any, strategies: Sequence[Strategy]) -> lab.Catalogue:
    rows = []
    for of in levers().values():
        scale = tuple(
            lab.LeverLevel(
                level=x.level,
                low=x.intensity.low,
                central=x.intensity.central,
                high=x.intensity.high,
                meaning=x.meaning,
                grade=x.grade,
            )
            for x in of.levels
        )
        most = max(x.high for x in scale)
        recorded = of.recorded_at(START)
        rows.append(
            lab.LeverRow(
                id=of.id,
                title=of.title,
                unit=of.unit,
                actor=of.actor,
                levels=scale,
                recorded=recorded,
                least=min(0.0 if scale[0].low < most / 2 else scale[0].low, recorded),
                most=max(most, recorded),
                step=float(f"{most / 1000:.0e}"),
                force=of.id.startswith("military.strike"),
                decided_by="the President",
                price="Nothing is known of its price.",
            )
        )
    words = vocabulary()
    presets = [
        lab.Preset(id=name, title=of.title, about=of.about, strategy=built_in_strategy(name, START))
        for name, of in built_in().items()
    ]
    given = [lab.Preset(id="document", title=s.title, about="The document.", strategy=s) for s in strategies]
    limit = lab.Limit
    return lab.Catalogue(
        levers=tuple(rows),
        outcomes=tuple(
            lab.OutcomeRow(
                id=name,
                title=name.replace("_", " ").capitalize(),
                unit="a month",
                explains=words["outcome"][name],
                aggregate="sum",
            )
            for name in SIZES
        ),
        headlines=tuple(
            lab.HeadlineRow(
                id=name,
                title=words["headline"][name],
                threshold=0.2,
                meaning={
                    "none": "the outcome moves by at least 20% against the run without the strategy",
                    "before": "the outcome moves by at least 20% against the 26 weeks before",
                },
            )
            for name in LEVERS_OF
        ),
        presets=(*given, *presets),
        priors=PRIORS,
        courses=choices.courses(),
        statuses=choices.statuses(),
        switches=choices.switches(),
        delivery=levers_file().delivery.range,
        words=choices.words(),
        hashes=HASHES,
        limits=lab.Limits(
            draws=limit(least=20, most=2000, usual=256),
            coarse=64,
            years=limit(least=2, most=10, usual=3),
            compared=limit(least=2, most=4, usual=2),
        ),
    )


def stand_in(**others: Any) -> Calls:
    """The engine; `others` take the place of its functions."""
    return Calls(lambda: object(), simulate, rests, compare, catalogue)._replace(**others)
