"""All that a page needs to know before anything is run: levers, outcomes, headlines, strategies and priors."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from counterflow.judgement.headlines import rules
from counterflow.judgement.search.limits import WHO, limits
from counterflow.lab.engine import choices
from counterflow.lab.engine.answers import not_counted
from counterflow.lab.engine.schema import (
    COARSE_DRAWS,
    LEAST_COMPARED,
    LEAST_DRAWS,
    LEAST_YEARS,
    MOST_COMPARED,
    MOST_DRAWS,
    MOST_YEARS,
    USUAL_DRAWS,
    USUAL_YEARS,
    Catalogue,
    HeadlineRow,
    LeverLevel,
    LeverRow,
    Limit,
    Limits,
    OutcomeRow,
    Preset,
    PriorRow,
)
from counterflow.lab.engine.state import Engine
from counterflow.model import priors
from counterflow.model.costs import costs
from counterflow.model.outputs import ABOUT
from counterflow.report.words import axis_unit, dollars, vocabulary
from counterflow.strategy.builtin.load import built_in, built_in_strategy
from counterflow.strategy.catalogue import Lever, levers
from counterflow.strategy.catalogue import catalogue as levers_file
from counterflow.strategy.overrides import ALLOWED
from counterflow.strategy.schema import Strategy

STEPS = 100  # of a slider, about


def catalogue(engine: Engine, strategies: Sequence[Strategy] = ()) -> Catalogue:
    """The catalogue, whose presets are the `strategies` given, then the built-in ones from `engine.start` on."""
    given = [
        Preset(id=f"document_{number}", title=one.title, about="As read from the document.", strategy=one)
        for number, one in enumerate(strategies, 1)
    ]
    bundled = [
        Preset(id=name, title=of.title, about=of.about, strategy=built_in_strategy(name, engine.start))
        for name, of in built_in().items()
    ]
    return Catalogue(
        levers=tuple(_lever(of, engine) for of in levers().values()),
        outcomes=tuple(_outcome(name) for name in engine.charted),
        headlines=tuple(
            HeadlineRow(
                id=rule.id,
                title=rule.title,
                meaning={
                    "none": rule.criterion.format(reference="without the strategy"),
                    "before": rule.criterion.format(reference="in the 26 weeks before it"),
                },
                threshold=rule.threshold,
            )
            for rule in rules()
        ),
        presets=(*given, *bundled),
        priors=_priors(engine),
        courses=choices.courses(),
        statuses=choices.statuses(),
        switches=choices.switches(),
        delivery=levers_file().delivery.range,
        words=choices.words(),
        limits=Limits(
            draws=Limit(least=LEAST_DRAWS, most=MOST_DRAWS, usual=USUAL_DRAWS),
            coarse=COARSE_DRAWS,
            years=Limit(least=LEAST_YEARS, most=MOST_YEARS, usual=USUAL_YEARS),
            compared=Limit(least=LEAST_COMPARED, most=MOST_COMPARED, usual=LEAST_COMPARED),
        ),
        hashes=engine.hashes,
    )


def _lever(of: Lever, engine: Engine) -> LeverRow:
    recorded = of.recorded_at(engine.start)
    least = min(recorded, *(level.intensity.low for level in of.levels))
    most = max(recorded, *(level.intensity.high for level in of.levels))
    limit = limits()[of.id]
    return LeverRow(
        id=of.id,
        title=of.title,
        unit=of.unit,
        actor=of.actor,
        levels=tuple(
            LeverLevel(
                level=level.level,
                low=level.intensity.low,
                central=level.intensity.central,
                high=level.intensity.high,
                meaning=level.meaning,
                grade=level.grade,
            )
            for level in of.levels
        ),
        recorded=recorded,
        least=least,
        most=most,
        step=step(most - least),
        force=limit.force,
        decided_by=WHO[limit.decided_by],
        price=price(of.id),
    )


def step(span: float) -> float:
    """The step of a slider over `span`: 1, 2 or 5 times a power of ten, at least STEPS of them."""
    finest = span / STEPS
    power = 10.0 ** floor(log10(finest))
    times = max(size for size in (1, 2, 5) if size * power <= finest * (1.0 + 1e-9))
    return float(f"{times * power:.3g}")


def price(name: str) -> str:
    """What is known of a lever's price, in a sentence or two."""
    counted = [cost for cost in costs() if cost.lever == name and cost.counted]
    if not counted:
        reason = not_counted(name)
        return f"No price: {reason}."
    parts = [
        f"{dollars(cost.low)} to {dollars(cost.high)} {cost.unit.removeprefix('USD ')} ({cost.what})"
        for cost in counted
    ]
    return f"{'; '.join(parts)}."


def _outcome(name: str) -> OutcomeRow:
    about = ABOUT[name]
    return OutcomeRow(
        id=name,
        title=about.long_name[:1].upper() + about.long_name[1:],
        unit=axis_unit(about.units, about.aggregate),
        explains=vocabulary()["outcome"][name],
        aggregate=about.aggregate,
    )


def _priors(engine: Engine) -> tuple[PriorRow, ...]:
    table = priors.load()
    support = priors.about(table)
    fitted = set(engine.posterior.names) if engine.posterior else set()
    return tuple(
        PriorRow(
            key=f"{mechanism}.{symbol}",
            meaning=prior.meaning,
            unit=prior.unit,
            low=prior.low,
            central=prior.central,
            high=prior.high,
            grade=prior.grade,
            source=prior.source,
            assumed=prior.assumed,
            allowed=ALLOWED[support[f"{mechanism}.{symbol}"].support].words,
            ranges=bool(ALLOWED[support[f"{mechanism}.{symbol}"].support].families),
            fitted=(mechanism, symbol) in fitted,
        )
        for mechanism, symbols in table.items()
        for symbol, prior in symbols.items()
    )
