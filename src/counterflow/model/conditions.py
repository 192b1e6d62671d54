"""Joint conditions on draws: single priors are wide, but not every combination agrees with what is known."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from counterflow.model import diplomacy, leaders

Key = tuple[str, str]  # mechanism, symbol
Values = Mapping[Key, np.ndarray]


class Condition(NamedTuple):
    """Which parameters are drawn again, draw by draw, until `holds`."""

    name: str
    meaning: str
    first: tuple[Key, ...]  # drawn again first: what is known less well gives way before what was measured
    then: tuple[Key, ...]  # drawn again too in the draws that no value of the first brings to hold
    holds: Callable[[Values], np.ndarray]
    known_from: int


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("counterflow.model") / "conditions.toml").read_text(encoding="utf-8"))


def _hostility(v: Values) -> np.ndarray:
    a = v["diplomacy", "a"]
    scale = (1.0 - a) / (1.0 - v["diplomacy", "a_ref"])  # b is given per week at persistence a_ref
    responses = (scale * v["diplomacy", "b_UM"], scale * v["diplomacy", "b_MU"])
    return np.asarray(diplomacy.dies_out(*map(jnp.asarray, (a, a, *responses))))


def _smugglers(v: Values) -> np.ndarray:
    return np.asarray(v["money", "R_mig"] <= v["money", "R_smug"])


def _gotaways(v: Values) -> np.ndarray:
    p, g = v["border", "p_app"], v["border", "g_share"]
    return np.asarray(g / (1.0 - g) <= (1.0 - p) / p)


def _laboratories(v: Values) -> np.ndarray:
    about = _table()["laboratories"]
    rebuilt = 1.0 - np.exp2(-1.0 / v["supply", "T_reb"])
    lost = np.minimum(v["supply", "q_lab"] * about["extra_raids"], 1.0)
    # Steady state of k' = (k + (1 - k) r)(1 - l).
    capacity = rebuilt * (1.0 - lost) / (1.0 - (1.0 - rebuilt) * (1.0 - lost))
    return np.asarray(v["supply", "slack"] * capacity >= 1.0 - about["tolerated"])


def removal_deaths(v: Values) -> np.ndarray:
    """(draw,) further deaths after an ordinary arrest of a leader without a split, all weeks together."""
    about = _table()["removals"]
    symbols = leaders.Parameters._fields
    drawn = leaders.Parameters(*(jnp.asarray(v["leaders", symbol]) for symbol in symbols))
    return np.asarray(leaders.removal_deaths(drawn, about["homicides"], about["home"], about["near"]))


def _removals(v: Values) -> np.ndarray:
    return np.asarray(removal_deaths(v) <= _table()["removals"]["most_deaths"])


@cache
def conditions() -> tuple[Condition, ...]:
    """All joint conditions."""
    rules: dict[str, Callable[[Values], np.ndarray]] = {
        "hostility": _hostility,
        "gotaways": _gotaways,
        "laboratories": _laboratories,
        "removals": _removals,
        "smugglers": _smugglers,
    }

    def keys(named: list[str]) -> tuple[Key, ...]:
        pairs = (name.split(".") for name in named)
        return tuple((mechanism, symbol) for mechanism, symbol in pairs)

    return tuple(
        Condition(name, about["meaning"], keys(about["first"]), keys(about["then"]), rules[name], about["known_from"])
        for name, about in _table().items()
    )
