"""From strategies to a comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from counterflow.ensemble.contrast import REFERENCES, window
from counterflow.ensemble.gather import Progress
from counterflow.ensemble.job import draws_for
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.sampling import BLOCK, Sampling
from counterflow.errors import JudgementError
from counterflow.evidence.store import Store
from counterflow.judgement import headlines as heads
from counterflow.judgement.comparison import assumptions, scores, structure
from counterflow.judgement.comparison.contenders import Contender, begins, checked, moved_levers, parts
from counterflow.judgement.comparison.runs import (
    DOLLARS,
    UNITS,
    Measured,
    effect_of,
    harms,
    measured,
    measured_together,
    plan_of,
)
from counterflow.judgement.comparison.schema import (
    Among,
    Best,
    Chance,
    Compared,
    Comparison,
    Effect,
    LeverMoved,
    OnFront,
    OutcomeId,
    PerDeath,
    Regret,
    Spread,
    Under,
)
from counterflow.judgement.comparison.scores import Floats, Index
from counterflow.judgement.uncertain import Uncertain, uncertain
from counterflow.model.costs import costs
from counterflow.strategy.catalogue import lever
from counterflow.strategy.schema import Branch, Entry, Range

LEAST = 20  # draws
BY: tuple[OutcomeId, ...] = ("deaths", "fentanyl")  # outcomes by which the best is asked for
OUTCOMES: tuple[OutcomeId, ...] = get_args(OutcomeId)
CLEAR = 2.0  # standard errors of a lead
FEWER = 0.01  # share of deaths that a criterion asks to be averted: a judgement


def compare(
    contenders: Sequence[Contender],
    *,
    store: Store,
    posterior: Posterior | None = None,
    draws: int = 500,
    years: int = 3,
    seed: int = 0,
    structural: bool = True,
    progress: Progress = lambda done, total: None,
    through: Sequence[str] = (),
) -> Comparison:
    """Run strategies beside each other, over the same draws and chance, from the earliest first lever of all on.

    The run without a strategy is added where none of them is that. Draws come from `posterior`, or from the priors.
    `structural` also runs up to 250 draws again with each switch of the model at its other positions; `progress` counts
    blocks of draws, those runs after the others. Up to 125 draws, of which two strategies share a batch, run through
    a run that is compiled already, where `through` names its outputs (see `run_packed`).

    Raises JudgementError for strategies that `checked` refuses, for fewer than 20 draws and for years outside 2 to 10;
    ModelError where a run breaks.
    """
    if draws < LEAST:
        raise JudgementError(f"{draws} draws asked for", hint=f"Give at least {LEAST}; 500 is the default.")
    if not 2 <= years <= 10:
        raise JudgementError(
            f"{years} years asked for", hint="Give 2 to 10: outcomes of weeks 53 and later are compared."
        )
    every = checked(contenders)
    at = plan_of(every, years=years, seed=seed, store=store)
    sampling = Sampling(posterior=posterior)
    own = every[0].strategy
    few = min(draws, structure.DRAWS)
    further = 1 + len(structure.positions(own.switches)) if structural else 0
    blocks = -(-draws // structure.DRAWS)
    if through and draws <= BLOCK // 2:
        found = measured_together(at, sampling, draws, through)
        progress(blocks, blocks + further)
    else:
        found = measured(at, sampling, draws, lambda done, _: progress(done, blocks + further))
    by = harms(found)
    index = scores.resamples(draws, seed)
    # Noise is not looked at here: that of many draws would not fit into memory.
    inputs = uncertain(at, draws_for(at, draws, None, weeks=0, sampling=sampling))
    enough = draws >= assumptions.NEEDED
    over = window(at.judged)
    among: dict[Among, list[int]] = {"all": list(range(len(every)))}
    if len(alone := parts(every)) < len(every):
        among["parts"] = alone
    return Comparison(
        strategies=_strategies(every, found, by, index),
        parts=tuple(every[number].name for number in alone),
        best=_best(every, by, among),
        under=_under(every, by, among, inputs, index) if enough else (),
        inputs=len(inputs.inputs) if enough else 0,
        grades=dict(Counter(one.grade for one in inputs.inputs)),
        under_reason="" if enough else f"{draws} draws were compared, and at least {assumptions.NEEDED} are needed",
        structure=structure.structures(
            at, sampling, few, own.switches, BY, among, lambda done, _: progress(blocks + done, blocks + further)
        )
        if structural
        else (),
        structure_draws=few if structural else 0,
        draws=draws,
        years=years,
        seed=seed,
        posterior=posterior.source if posterior else "",
        posterior_sha256=posterior.sha256 if posterior else "",
        version=version("counterflow"),
        first_lever=at.first_lever,
        window=(over.first, over.last),
        held=at.judged,
        parameters=tuple(own.parameters),
        switches=own.switches.changed(),
    )


def _strategies(
    every: Sequence[Contender], found: Measured, by: Mapping[OutcomeId, Floats], index: Index
) -> tuple[Compared, ...]:
    averted = -by["deaths"]
    spared = found.homicides[0] - found.homicides
    unpriced = [without_price(one) for one in every]
    priced = [number for number, levers in enumerate(unpriced) if not levers]
    regrets = {outcome: scores.regretted(harm, index) for outcome, harm in by.items()}
    outcomes = np.stack([by[outcome] for outcome in OUTCOMES])
    units = np.array([*(UNITS[outcome] for outcome in OUTCOMES), DOLLARS])
    everything = np.concatenate([outcomes, found.spent[np.newaxis]])
    front = scores.front(outcomes, index, units[:-1])
    with_cost = scores.front(everything[:, priced], index, units)
    beaten = scores.beaten_in_both(everything[-2:, priced], index, units[-2:])  # by deaths and spending
    told = []
    for number, one in enumerate(every):
        place = priced.index(number) if number in priced else None
        per_death, reason = _per_death(number, place is not None, found.spent[number], averted[number], index)
        told.append(
            Compared(
                name=one.name,
                title=one.title,
                about=one.about,
                begins=begins(one) if number else None,
                levers=_levers(one),
                effects=tuple(
                    Effect(
                        outcome=outcome,
                        reference=reference,
                        change=spread(effect_of(found.made, outcome, one.name, reference)),
                    )
                    for outcome in OUTCOMES
                    if outcome != "deaths"
                    for reference in REFERENCES
                ),
                headlines=_headlines(found, one.name),
                deaths_averted=spread(averted[number]),
                deaths_averted_mean=float(averted[number].mean()),
                homicides_averted=spread(spared[number]),
                homicides_averted_mean=float(spared[number].mean()),
                spent=spread(found.spent[number]),
                spent_mean=float(found.spent[number].mean()),
                received_mean=float(found.received[number].mean()),
                unpriced=unpriced[number],
                per_death=per_death,
                per_death_reason=reason,
                beaten_by=() if place is None else tuple(every[priced[other]].name for other in beaten[place]),
                regrets=tuple(
                    Regret(
                        outcome=outcome,
                        mean=float(of.mean[number]),
                        mean_error=float(of.mean_error[number]),
                        high=float(of.high[number]),
                        high_error=float(of.high_error[number]),
                    )
                    for outcome, of in regrets.items()
                ),
                robust=_robust(found, one.name, averted[number] / found.deaths[0]),
                front=OnFront(member=bool(front.member[number]), chance=float(front.chance[number])),
                front_with_cost=None
                if place is None
                else OnFront(member=bool(with_cost.member[place]), chance=float(with_cost.chance[place])),
            )
        )
    return tuple(told)


def spread(values: Floats) -> Spread:
    """Median and 5-95% over draws."""
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95])
    return Spread(median=float(median), low=float(low), high=float(high))


def without_price(of: Contender) -> tuple[str, ...]:
    """The levers that a contender moves and the treasury is not known to pay for: its cost is not complete."""
    priced = {cost.lever for cost in costs() if cost.counted}
    return tuple(name for name in moved_levers(of) if name not in priced)


def _per_death(
    number: int, complete: bool, spent: Floats, averted: Floats, index: Index
) -> tuple[PerDeath | None, str]:
    if number == 0:
        return None, "the reference"
    if not complete:
        return None, "unpriced"
    found = scores.ratio(spent, averted, index)
    if found is None:
        return None, "no clear effect"
    return PerDeath(**found._asdict()), ""


def _headlines(found: Measured, name: str) -> tuple[Chance, ...]:
    told = []
    for rule in heads.rules():
        for reference in REFERENCES:
            met = heads.size_of(found.made, rule, name, reference) >= rule.threshold
            told.append(
                Chance(id=rule.id, reference=reference, probability=float(met.mean()), error=heads.standard_error(met))
            )
    return tuple(told)


def _robust(found: Measured, name: str, averted: Floats) -> tuple[Chance, ...]:
    """Satisficing: the share of draws in which all criteria hold (the domain criterion of Starr 1962, as in Herman,
    Reed, Zeff & Characklis 2015, J. Water Resources Planning and Management 141(10)).

    They are: trafficking curtailed, or a share `averted` (draw,) of deaths of at least FEWER; and neither friction nor
    more violence, as the headlines have them.
    """
    met: dict[str, NDArray[np.bool_]] = {
        rule.id: (heads.size_of(found.made, rule, name, "none") >= rule.threshold)[0] for rule in heads.rules()
    }
    quiet = ~met["friction"] & ~met["violence"]
    criteria = {"curtails": met["trafficking"] & quiet, "averts": (averted >= FEWER) & quiet}
    return tuple(
        Chance(
            id=name, reference="none", probability=float(holds.mean()), error=heads.standard_error(holds[np.newaxis])
        )
        for name, holds in criteria.items()
    )


def _best(
    every: Sequence[Contender], by: Mapping[OutcomeId, Floats], among: Mapping[Among, Sequence[int]]
) -> tuple[Best, ...]:
    told = []
    for group, rows in among.items():
        for outcome in BY:
            of = scores.lead(by[outcome][rows])
            told.append(
                Best(
                    outcome=outcome,
                    among=group,
                    best=every[rows[of.best]].name,
                    second=every[rows[of.second]].name,
                    lead=of.lead,
                    error=of.error,
                    ahead=float((by[outcome][rows[of.best]] < by[outcome][rows[of.second]]).mean()),
                    clear=of.lead > max(CLEAR * of.error, UNITS[outcome]),
                )
            )
    return tuple(told)


def _under(
    every: Sequence[Contender],
    by: Mapping[OutcomeId, Floats],
    among: Mapping[Among, Sequence[int]],
    inputs: Uncertain,
    index: Index,
) -> tuple[Under, ...]:
    return tuple(
        Under(
            outcome=outcome,
            among=group,
            input=inputs.inputs[one.input].name,
            meaning=inputs.inputs[one.input].meaning,
            unit=inputs.inputs[one.input].unit,
            grade=inputs.inputs[one.input].grade,
            low_edge=one.low_edge,
            low_best=every[rows[one.low_best]].name,
            low_lead=one.low_lead,
            low_error=one.low_error,
            high_edge=one.high_edge,
            high_best=every[rows[one.high_best]].name,
            high_lead=one.high_lead,
            high_error=one.high_error,
            sure=one.sure,
        )
        for group, rows in among.items()
        for outcome in BY
        for one in assumptions.switches(by[outcome][rows], inputs.values, index, UNITS[outcome], len(BY) * len(among))
    )


def _levers(of: Contender) -> tuple[LeverMoved, ...]:
    told = [
        LeverMoved(
            id=entry.lever, title=lever(entry.lever).title, size=_size(entry), why=entry.note, source=entry.source
        )
        for entry in of.branch.entries
    ]
    return (*told, *_strikes(of.branch))


def _strikes(branch: Branch) -> tuple[LeverMoved, ...]:
    plan = branch.strikes
    if plan is None:
        return ()
    consent = "with" if plan.consent else "without"
    size = f"{plan.strikes_per_week:g} a week for {plan.weeks} weeks from {plan.start}, {consent} Mexico's consent"
    return (LeverMoved(id="military.strike_lab", title="Strikes in Mexico", size=size),)


def _size(entry: Entry) -> str:
    of = lever(entry.lever)
    if entry.intensity is not None:
        told = _range(entry.intensity)
    elif entry.change is not None:
        told = f"a change by {_range(entry.change)}"
    elif entry.level is not None:
        told = f"level {entry.level} ({of.levels[entry.level].meaning}), {_range(of.level_range(entry.level))}"
    else:
        return f"{entry.status} from {entry.start}"
    part = entry.delivery
    share = f", of which {100 * part.low:.0f} to {100 * part.high:.0f}% is delivered" if part else ""
    return f"{told} {of.unit}{share}"


def _range(of: Range) -> str:
    ends = [f"{end:,.0f}" if abs(end) >= 1000 else f"{end:.3g}" for end in (of.low, of.high)]
    return " to ".join(dict.fromkeys(ends))
