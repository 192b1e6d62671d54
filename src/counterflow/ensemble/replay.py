"""A run that turned impossible: which draw it was, and all that is needed to run it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from counterflow.ensemble.sampling import FIELDS, Draws
from counterflow.errors import ModelError
from counterflow.evidence.folder import data_folder
from counterflow.model import noise
from counterflow.model.outputs import ABOUT
from counterflow.model.state import LEVERS, Parameters
from counterflow.strategy.schema import Branch

Recipe = Mapping[str, Any]  # first_lever, years, seed, as_of, switches: what a plan is made from


def refuse_impossible(
    values: Mapping[str, np.ndarray],
    branches: Sequence[Branch],
    draws: Draws,
    times: np.ndarray,
    recipe: Recipe,
    first: int = 0,
) -> None:
    """Refuse values (branch, draw, time, ...) that are not finite, or below zero where nothing can be.

    Draws do not touch each other, so all others are as they would be. Raises ModelError naming the first such draw,
    counted from `first`, with the file that keeps it.
    """
    for name, found in values.items():
        possible = np.isfinite(found) if ABOUT[name].signed else found >= 0.0
        if possible.all():
            continue
        branch, draw, time, *_ = (int(position) for position in np.argwhere(~possible)[0])
        kept = keep(draws, draw, branches[branch], {**recipe, "output": name, "time": str(times[time])}, first + draw)
        raise ModelError(
            f"{name} is {np.min(found[branch, draw, time])} at {times[time]}",
            where=", ".join(
                [f"branch {branches[branch].id}", f"draw {first + draw}", f"seed {recipe['seed']}"]
                + ([f"replicate {recipe['replicate']}"] if recipe.get("replicate") else [])
            ),
            hint=f"It is kept in {kept}, which ensemble.run.replay runs again; please report it with that file.",
        )


def keep(draws: Draws, draw: int, branch: Branch, recipe: Recipe, number: int) -> Path:
    """Write one draw, its branch and where it broke to a file that its `number` names; returns the file."""
    parameters = {
        mechanism: {symbol: float(getattr(table, symbol)[draw]) for symbol in FIELDS[mechanism]._fields}
        for mechanism, table in draws.parameters._asdict().items()
    }
    places = {
        name: dict(zip(LEVERS, map(float, getattr(draws, name)[draw]), strict=True))
        for name in ("intensity", "delivery", "cost")
    }
    kept = {
        "version": version("counterflow"),
        **recipe,
        "draw": number,
        "branch": branch.model_dump(mode="json"),
        "parameters": parameters,
        "places": places,
        "scores": {name: values[draw].tolist() for name, values in draws.scores._asdict().items()},
    }
    folder = data_folder() / "replay"
    folder.mkdir(parents=True, exist_ok=True)
    of = f"-replicate-{recipe['replicate']}" if recipe.get("replicate") else ""
    path = folder / f"seed-{recipe['seed']}-draw-{number}{of}.json"
    path.write_text(json.dumps(kept), encoding="utf-8")
    return path


def kept_draw(path: Path) -> tuple[Draws, Branch, Recipe]:
    """What `keep` wrote: the draw (every leaf has one draw), its branch, and what its plan was made from.

    Raises ModelError for a file that is not one.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        parameters = Parameters(
            *(
                fields(*(np.asarray([kept["parameters"][mechanism][symbol]], np.float32) for symbol in fields._fields))
                for mechanism, fields in FIELDS.items()
            )
        )
        intensity, delivery, cost = (
            np.array([[kept["places"][name][lever] for lever in LEVERS]]) for name in ("intensity", "delivery", "cost")
        )
        scores: Any = noise.Scores(*(np.asarray([kept["scores"][name]], np.float32) for name in noise.Scores._fields))  # type: ignore[arg-type]
        draws = Draws(parameters, intensity, delivery, cost, scores)
        return draws, Branch.model_validate(kept["branch"]), {name: kept[name] for name in RECIPE}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError("this is not a draw kept for replay", where=str(path)) from error


RECIPE = ("first_lever", "years", "seed", "as_of", "switches")
