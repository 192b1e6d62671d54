"""Write docs/skill.md with its figures, the weights of the blend that come with the package, and how often the model's
bands held, for the report.

python scripts/build_skill_page.py                               # some 15 minutes on two cores
python scripts/build_skill_page.py --members 200 --out FOLDER    # quicker and rougher, for a look

Forecasts are made at every month from the first bundled posterior on, and from all Januaries with ETS and ARIMA beside
them. The same data, posteriors and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from counterflow.calibration import bundled
from counterflow.calibration.forecasting import backtest as backtesting
from counterflow.calibration.forecasting import command, diagrams, held, predicting, skill, weights
from counterflow.calibration.forecasting.backtest import BLEND, MEMBERS, Made, Model
from counterflow.calibration.forecasting.page import FIGURES, PLACE, Asked, page
from counterflow.ensemble import planning
from counterflow.evidence.store import Store

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "counterflow" / "calibration" / "forecasting"
HELD_OUT = ROOT / "src" / "counterflow" / "report" / "assessment" / "held_out.toml"
HORIZON, SEED = 12, 0
NAMES = tuple(predicting.PARTS)


def told(stage: str, done: int, total: int) -> None:
    """Progress."""
    print(f"{time.strftime('%H:%M:%S')} {stage}: {done} of {total}", file=sys.stderr, flush=True)


def learned(store: Store, past: Sequence[Made], last: date) -> dict[str, weights.Weights]:
    """Weights by January, from what was published by then, and by all that is published."""
    learning = weights.Learning(past)
    januaries = [date(year, 1, 1) for year in range(backtesting.FIRST_YEAR, last.year + 2)]
    found = {
        f"{day:%Y-%m}": learning.weights(weights.published(store, NAMES, day, day), day, HORIZON) for day in januaries
    }
    return {**found, weights.ALL: learning.weights(backtesting.came(store, NAMES), date.max, HORIZON)}


def blended_monthly(store: Store, past: Sequence[Made], origins: Sequence[date]) -> list[Made]:
    """The forecasts of every month with the blend, by weights learned by that month."""
    learning = weights.Learning(past)
    found = []
    for number, origin in enumerate(origins):
        of_origin = learning.weights(weights.published(store, NAMES, origin, origin), origin, HORIZON)
        found += [
            weights.blended(one, of_origin[one.name], SEED)
            for one in past
            if backtesting.first_of(one.origin) == origin
        ]
        told("blends at every month", number + 1, len(origins))
    return found


def build(
    store: Store, model: Model, members: int, cutoffs: Sequence[date], origins: Sequence[date]
) -> dict[Path, str]:
    """The text of every file."""
    past = backtesting.every_month(
        store, model, origins, horizon=HORIZON, names=NAMES, members=members, seed=SEED, progress=told
    )
    of = command.backtest(
        store, cutoffs, horizon=HORIZON, members=members, seed=SEED, names=NAMES, model=model, progress=told
    )
    of = of._replace(posteriors={f"{cutoff:%Y-%m}": backtesting.known_at(cutoff) for cutoff in cutoffs})
    came = backtesting.came(store, NAMES)
    monthly = skill.scored(blended_monthly(store, past, origins), came)
    manifests = {folder.name: bundled.read(folder).manifest for folder in bundled.folders()}
    scores = [score for score in of.scores if score.method != skill.CONDITIONAL]
    last = command.last_month(store)
    series = {predicting.about(name).series for name in NAMES}
    about = {
        "written_by": "scripts/build_skill_page.py",
        "posteriors": list(manifests),
        "origins": f"{origins[0]:%Y-%m} to {origins[-1]:%Y-%m}",
        "members": members,
        "seed": SEED,
        "data": {name: vintage for name, vintage in store.vintages().items() if name in series},
    }
    figures = {
        "reliability_figure": diagrams.reliability_figure(scores, "Forecasts from five Januaries"),
        "monthly_figure": diagrams.reliability_figure(monthly, "Forecasts from every month"),
        "forecasts_figure": diagrams.forecasts_figure(scores, came, BLEND, "What the blend forecast, and what came"),
    }
    return {
        ROOT / "docs" / "skill.md": page(Asked(of, monthly, manifests)),
        **{ROOT / "docs" / PLACE / FIGURES[name]: diagrams.svg(each, name) for name, each in figures.items()},
        PACKAGE / weights.FILE: weights.as_written(learned(store, past, last), about),
        HELD_OUT: held.held_out(of.scores, of.cutoffs, of.horizon),
    }


def main() -> None:
    """Make everything, then write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--members", type=int, default=MEMBERS, help="runs of a forecast (%(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT, help="write below this folder, not into the checkout")
    chosen = parser.parse_args()
    store = Store.open()  # before anything is kept beside it
    planning.keep_compiled()
    model = cache(backtesting.by_posteriors(store, horizon=HORIZON, members=chosen.members, seed=SEED))
    last = command.last_month(store)
    cutoffs = backtesting.cutoffs_of(command.CUTOFFS, last)
    origins = backtesting.monthly_origins(date(last.year + last.month // 12, last.month % 12 + 1, 1))
    for path, text in build(store, model, chosen.members, cutoffs, origins).items():
        target = chosen.out / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        print(f"wrote {target}")


if __name__ == "__main__":
    main()
