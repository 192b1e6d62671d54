"""Write docs/model-tables.md: coupling, levers, costs, dated events, outputs and parameters, from what the model holds.

python scripts/build_model_tables.py
python scripts/build_model_tables.py --verify   # asks for all published results, and puts them into docs/verify.md
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

from counterflow.calibration.page import number, table, verified
from counterflow.calibration.verify import verify
from counterflow.ensemble.drawn import COUNT, SEED, drawn
from counterflow.model import conditions, history, priors
from counterflow.model.costs import costs, unpriced
from counterflow.model.coupling import EDGES, STRUCTURE
from counterflow.model.outputs import ABOUT
from counterflow.model.state import LEVERS
from counterflow.strategy.catalogue import levers
from counterflow.strategy.overrides import Switches

DOCS = Path(__file__).parents[1] / "docs"
TARGET = DOCS / "model-tables.md"
VERIFIED = DOCS / "verify.md"
MARK = "<!-- from here on written by scripts/build_model_tables.py --verify -->\n"

# What each switch inside a mechanism does when it is not at its default.
STRUCTURE_MEANS = {
    "retaliation": "0: no part of the Mexican response that answers hostility with hostility",
    "concession": "0: no part of the Mexican response that answers hostility with concession",
    "reciprocity": "-1: every draw concedes with the size drawn; 1: every draw retaliates; 0: as drawn",
    "secular_trend": "0: deaths follow supply, treatment and depletion alone",
    "price_deaths": "1: deaths follow the price (e_pr) instead of the supply (e_p)",
    "splits": "0: no group splits, drawn or on record",
    "adaptation": "0: flow blocked or at risk in one place finds no other route or sector",
}


def coupling_tables() -> list[str]:
    """Edges and structural switches."""
    settable = set(Switches.model_fields)
    edges = [
        (f"`{name}`" + (" *" if name in settable else ""), edge.giver, edge.taker, edge.carries, f"`{edge.output}`")
        for name, edge in EDGES.items()
    ]
    structure = [
        (f"`{name}`" + (" *" if name in settable else ""), number(value), STRUCTURE_MEANS[name])
        for name, value in STRUCTURE.items()
    ]
    return [
        "## Coupling",
        "",
        f"{len(EDGES)} values pass from one mechanism to another. Each is a switch: cut, it gives its value at the",
        "reference, and the output in the last column changes (tested for each). `*`: a strategy file can set it under",
        "`[switches]`.",
        *table(["switch", "from", "to", "carries", "an output that it changes"], edges),
        "Switches inside a mechanism:",
        *table(["switch", "default", "otherwise"], structure),
    ]


def condition_table() -> list[str]:
    """Joint conditions on draws."""
    texts = tomllib.loads((files("counterflow.model") / "conditions.toml").read_text(encoding="utf-8"))
    rows = [
        (
            f"`{one.name}`",
            texts[one.name]["meaning"],
            *(", ".join(f"`{mechanism}.{symbol}`" for mechanism, symbol in keys) for keys in (one.first, one.then)),
            texts[one.name]["source"],
            str(one.known_from),
        )
        for one in conditions.conditions()
    ]
    table_of = priors.load()
    moved = []
    for one in drawn():
        mechanism, symbol = one.key
        prior = table_of[mechanism][symbol]
        moved.append(
            (
                f"`{mechanism}.{symbol}`",
                ", ".join(f"`{name}`" for name in one.conditions),
                " / ".join(map(number, (prior.low, prior.central, prior.high))),
                " / ".join(map(number, (one.low, one.central, one.high))),
            )
        )
    return [
        "## Joint conditions",
        "",
        "A draw that does not meet one is drawn again: first the parameters of the third column, and those of the",
        "fourth too where no value of the first helps.",
        *table(["condition", "what must hold", "first", "then", "source", "known from"], rows),
        "This moves what is drawn. For all parameters that a condition names, the 5%, 50% and 95% points stated and",
        f"those of {COUNT:,} draws with seed {SEED}, which scatter by chance as well. Of the other priors, the points",
        "stated are those drawn.",
        *table(["parameter", "condition", "stated", "drawn"], moved),
    ]


def lever_tables() -> list[str]:
    """Levers with their reference level and what they act on, and their costs."""
    reference = dict(zip(LEVERS, history.reference_levels(list(LEVERS)), strict=True))
    rows = [
        (
            f"`{name}`",
            levers()[name].unit,
            number(float(reference[name])),
            str(len(levers()[name].recorded)),
            "; ".join(
                f"{move.mechanism}: {move.channel}" for move in (levers()[name].moves, *levers()[name].also_moves)
            ),
        )
        for name in LEVERS
    ]
    priced = [
        (
            f"`{cost.id}`: {cost.what}",
            f"`{cost.lever}`",
            cost.unit,
            " / ".join(map(number, (cost.low, cost.central, cost.high))),
            str(cost.price_year),
            "yes" if cost.counted else f"no: {cost.why}",
            cost.grade + (", assumed" if cost.assumed else ""),
            cost.source,
        )
        for cost in costs()
    ]
    return [
        "## Levers",
        "",
        f"{len(LEVERS)} levers. The mean is that of the recorded path over 2022-24, against which a lever acts; the",
        "steps are those of its recorded path (`strategy/levers.toml`).",
        *table(["lever", "unit", "mean 2022-24", "recorded steps", "acts on"], rows),
        "## Costs",
        "",
        "To the US treasury, beyond what was spent before a strategy (`model/costs.toml`).",
        *table(["item", "lever", "unit", "low / central / high", "price year", "counted", "grade", "source"], priced),
        "Levers of the United States without a price:",
        *table(["lever", "why"], [(f"`{name}`", why) for name, why in unpriced().items()]),
    ]


def event_tables() -> list[str]:
    """Dated history: counts, exogenous events, and lever events that act."""
    every = history.events()
    exogenous = [event for event in every if event.exogenous]
    by_step = [event for event in every if event.step is not None]
    by_day = [event for event in every if event.acts_done is not None]
    silent = [event for event in every if not event.acts]
    outside = [
        (
            event.date.isoformat(),
            event.what,
            event.channel if event.acts else f"does not act: {event.why}",
            event.known_from.isoformat(),
            event.source,
        )
        for event in exogenous
    ]
    of_levers = [
        (
            event.date.isoformat(),
            f"`{event.lever}`" + (f", counted by `{event.through}`" if event.through else ""),
            event.what,
            f"step of {event.step}" + (", a mean over its time" if event.mean else "")
            if event.step
            else f"{number(event.acts_done)} acts on its day",
        )
        for event in sorted([*by_step, *by_day], key=lambda event: event.date)
    ]
    why = Counter(event.why.partition(":")[0].partition(";")[0] for event in silent)
    return [
        "## Dated events",
        "",
        f"`model/forcings.toml` lists {len(every)} events since 2019. {len(exogenous)} belong to no lever, of which",
        f"{sum(event.acts for event in exogenous)} act; of those of a lever, {len(by_step)} act through a step of its",
        f"recorded path and {len(by_day)} as acts done on one day. {len(silent)} change nothing in the model, and each",
        "says why.",
        "",
        "### Events that belong to no lever",
        *table(["day", "event", "acts on", "known from", "source"], outside),
        "### Events of a lever that act",
        *table(["day", "lever", "event", "acts through"], of_levers),
        "### Why events do not act",
        *table(["reason", "events"], [(reason, str(count)) for reason, count in why.most_common()]),
    ]


def output_table() -> list[str]:
    """Outputs with their units and official series."""
    rows = [
        (
            f"`{name}`",
            about.long_name,
            about.units,
            "sum" if about.aggregate == "sum" else "mean",
            about.geo or "whole",
            f"`{about.series_id}`" if about.series_id else "",
        )
        for name, about in ABOUT.items()
    ]
    return [
        "## Outputs",
        "",
        "Each is a value a week; over a month it is added up or averaged. The official series is what it can be laid",
        "beside.",
        *table(["output", "what it is", "unit", "over a month", "for", "official series"], rows),
    ]


def parameter_tables() -> list[str]:
    """Every prior, by mechanism."""
    every = priors.load()
    grades = Counter(prior.grade for symbols in every.values() for prior in symbols.values())
    told = ", ".join(f"{grades[grade]} of grade {grade}" for grade in sorted(grades))
    lines = [
        "## Parameters",
        "",
        f"{sum(grades.values())} parameters: {told}. The points are the 5%, 50% and 95% quantiles",
        "as stated; [joint conditions](#joint-conditions) move what is drawn of those that they name. A fixed value",
        "has only the central one. A run as of the year known from, or before, draws from the interval that",
        "`counterflow parameters` shows as before, else from one twice as wide.",
        "",
    ]
    for mechanism, symbols in every.items():
        rows = [
            (
                f"`{symbol}`",
                prior.meaning,
                prior.unit,
                prior.family,
                number(prior.low),
                number(prior.central),
                number(prior.high),
                prior.grade + (", assumed" if prior.assumed else ""),
                prior.source,
                str(prior.known_from),
            )
            for symbol, prior in symbols.items()
        ]
        header = ["symbol", "meaning", "unit", "family", "5%", "50%", "95%", "grade", "source", "known from"]
        lines += [f"### {mechanism}", *table(header, rows)]
    return lines


def assumed_list() -> list[str]:
    """What rests on judgement alone."""
    rows = [
        (
            f"`{mechanism}.{symbol}`",
            prior.meaning,
            prior.unit,
            f"{number(prior.low)} to {number(prior.high)}" if prior.low is not None else number(prior.central),
        )
        for mechanism, symbols in priors.load().items()
        for symbol, prior in symbols.items()
        if prior.assumed
    ]
    return [
        "## What is assumed",
        "",
        f"{len(rows)} parameters for which no source gives a number: intervals by judgement. Reports print them so.",
        *table(["parameter", "meaning", "unit", "90% interval"], rows),
    ]


def not_used_table() -> list[str]:
    """What is published, or was asked for, and is not drawn."""
    rows = [(f"`{one.symbol}`", one.mechanism, one.meaning, one.why) for one in priors.not_used()]
    return [
        "## What is known and not used",
        "",
        f"{len(rows)} quantities that are published, or that one could ask for, and that are not drawn",
        "(`model/priors/not_used.toml`). Intervals in brackets are 90%.",
        *table(["symbol", "mechanism", "what it is", "why it is not drawn"], rows),
    ]


def page() -> str:
    """The whole page."""
    lines = [
        "# Tables of the model",
        "",
        "Written by `python scripts/build_model_tables.py` from what the model holds; [model.md](model.md) says what",
        "it means.",
        "",
        *coupling_tables(),
        *condition_table(),
        *lever_tables(),
        *event_tables(),
        *output_table(),
        *parameter_tables(),
        *assumed_list(),
        *not_used_table(),
    ]
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip() + "\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(f"wrote {TARGET}")
    if "--verify" in sys.argv[1:]:
        before, mark, _ = VERIFIED.read_text(encoding="utf-8").partition(MARK)
        VERIFIED.write_text(before + mark + "\n" + verified(verify()), encoding="utf-8")
        print(f"wrote {VERIFIED}")
