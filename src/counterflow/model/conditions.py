"""Joint conditions on draws: single priors are wide, but not every combination agrees with what is known."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

Key = tuple[str, str]  # mechanism, symbol
Values = Mapping[Key, np.ndarray]


class Condition(NamedTuple):
    """Which parameters are drawn again, draw by draw, until `holds`."""

    name: str
    keys: tuple[Key, ...]
    holds: Callable[[Values], np.ndarray]
    known_from: int


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("counterflow.model") / "conditions.toml").read_text(encoding="utf-8"))


def _hostility(v: Values) -> np.ndarray:
    limit = (1.0 - v["diplomacy", "a_ref"]) ** 2
    return np.asarray(v["diplomacy", "b_MU"] * v["diplomacy", "b_UM"] < limit)


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
    own = v["leaders", "A_k"] * v["leaders", "dilution"] * v["leaders", "home_share"] * v["leaders", "tau_k"]
    near = v["leaders", "A_nb"] * v["leaders", "near_share"] * v["leaders", "tau_nb"]
    return np.asarray((own + near) * _table()["removals"]["homicides"])


def _removals(v: Values) -> np.ndarray:
    return np.asarray(removal_deaths(v) <= _table()["removals"]["most_deaths"])


@cache
def conditions() -> tuple[Condition, ...]:
    """All joint conditions."""
    rules: dict[str, tuple[tuple[Key, ...], Callable[[Values], np.ndarray]]] = {
        "hostility": ((("diplomacy", "b_MU"), ("diplomacy", "b_UM")), _hostility),
        "gotaways": ((("border", "p_app"), ("border", "g_share")), _gotaways),
        "laboratories": ((("supply", "q_lab"), ("supply", "T_reb"), ("supply", "slack")), _laboratories),
        "removals": (
            tuple(("leaders", symbol) for symbol in ("A_k", "tau_k", "dilution", "home_share", "A_nb", "near_share")),
            _removals,
        ),
    }
    return tuple(Condition(name, *rules[name], known_from=_table()[name]["known_from"]) for name in _table())
