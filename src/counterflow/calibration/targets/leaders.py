"""B: what follows the loss of leaders, on leaders, homicide and cartels alone; and what scarcity adds (D5)."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.bench import Bench, Note, Study, central, over_draws, over_draws_of
from counterflow.calibration.published import given
from counterflow.ensemble.sampling import generator
from counterflow.model import cartels, homicide, leaders
from counterflow.model.state import Parameters, Record

REMOVALS, WINDOW = given("removals")["removals"], int(given("removals")["weeks"])
HOMICIDES = given("removals")["homicides"]
HALF_A_YEAR = 26
YEAR = 52


def _path(p: Parameters, weeks: int, *, split: float = 0.0) -> leaders.Rises:
    return leaders.path(p.leaders, weeks, killed=jnp.zeros(()), split=jnp.asarray(split))


def after_a_hit(_: Bench) -> jax.Array:
    """Violence in the first three months after a leader is killed, percent, with parameters chosen for Pakistan."""
    p = central("leaders", **given("hit"))
    rise = leaders.path(p, 13, killed=jnp.ones(()), split=jnp.zeros(())).place
    return 100.0 * rise.mean()


def _affected_place(p: Parameters, weeks: int) -> jax.Array:
    """Rise in the affected place after an arrest of a top leader, percent, mean over `weeks`; without a split."""
    return 100.0 * _path(p, weeks).place.mean()


def _first_weeks(p: Parameters, removed: jax.Array) -> jax.Array:
    """Mean rise in the place in weeks 0-8 after an arrest in a group that has lost `removed` leaders, by the step."""
    one, none = jnp.zeros(cartels.LEADING).at[0].set(1.0), jnp.zeros(cartels.LEADING)
    begin = leaders.initial()._replace(removed=jnp.full(cartels.LEADING, removed))

    def advance(state: leaders.State, now: jax.Array) -> tuple[leaders.State, jax.Array]:
        state = leaders.after(state, p.leaders, none, now * one, none)
        return state, leaders.rises(state, p.leaders).place[0]

    return jax.lax.scan(advance, begin, jnp.zeros(9).at[0].set(1.0))[1].mean()


def _nulls(p: Parameters, uniform: jax.Array) -> jax.Array:
    """Share of the removals of the window, each of a top leader or of a lieutenant by the model's own share, after
    which violence does not rise in weeks 0-8 where no group splits, percent."""
    of_top, of_lieutenant = (_first_weeks(p, jnp.asarray(removed)) <= 0.0 for removed in (0.0, jnp.inf))

    def advance(state: leaders.State, now: tuple[jax.Array, jax.Array]) -> tuple[leaders.State, jax.Array]:
        week, score = now
        arrested = leaders.choose(_removed(week), score, jnp.ones(()))
        top = leaders.share_of_top(state, p.leaders)
        nulls = (arrested * (top * of_top + (1.0 - top) * of_lieutenant)).sum()
        return state._replace(removed=state.removed + arrested), nulls

    weeks = jnp.arange(len(uniform), dtype=jnp.float32)
    return 100.0 * jax.lax.scan(advance, leaders.initial(), (weeks, uniform))[1].sum() / REMOVALS


_every_null = jax.jit(jax.vmap(_nulls))


def _null_or_dip(bench: Bench) -> float:
    """Share of removals after which violence does not rise, over draws, percent."""
    parameters = jax.tree.map(jnp.asarray, bench.parameters)
    return float(np.mean(_every_null(parameters, _scores(bench)[:, :, 0])))


_of_top_leaders = over_draws(lambda p: _first_weeks(p, jnp.zeros(())) <= 0.0)


def _nulls_of_top_leaders(bench: Bench) -> str:
    share = 100.0 * float(np.mean(np.asarray(_of_top_leaders(bench))))
    return f"For top leaders alone it is {share:.3g}% of draws."


def _half_life(p: Parameters) -> jax.Array:
    """Weeks until half of the war after a split is left, by a straight line on its log."""
    war = _path(p, 2, split=1.0).war
    return jnp.log(2.0) / jnp.log(war[0] / war[1])


def homicides(p: Parameters, record: Record, **changed: Any) -> jax.Array:
    """(state,) homicides of a week at the reference, but for what is `changed`."""
    none, one = jnp.zeros(()), jnp.ones(())
    at_one = ("conflict_deaths", "lethality", "anticipation", "scarcity", "revenue")
    quiet = jnp.zeros(cartels.LEADING)
    given = {
        "level": record.homicides,
        "shares": record.state_shares,
        **dict.fromkeys(("slope", "week", "retaliation", "deployment", "shock"), none),
        **dict.fromkeys(at_one, one),
        **dict.fromkeys(("home", "near", "war", "acute"), quiet),
    }
    return homicide.step(p.homicide, **{**given, **changed})


def _scores(bench: Bench) -> jax.Array:
    """(draw, week, 2) uniforms for which group loses a leader and whether it splits."""
    uniform = generator(bench.seed, "calibration.removals").random((bench.count, WINDOW, 2))
    return jnp.asarray(uniform, jnp.float32)


def _removed(week: jax.Array) -> jax.Array:
    """Leaders arrested in a week: REMOVALS spread evenly over the window."""
    return jnp.floor((week + 1) * REMOVALS / WINDOW) - jnp.floor(week * REMOVALS / WINDOW)


def _simulated(p: Parameters, record: Record, uniform: jax.Array, splits: float) -> tuple[jax.Array, jax.Array]:
    """Further deaths in the country, and change of the number of groups, from REMOVALS arrests over the window, at
    the homicides of those years by the present shares of the states."""
    one, none = jnp.ones(()), jnp.zeros(cartels.LEADING)

    def advance(carried: tuple[Any, ...], now: tuple[jax.Array, jax.Array]) -> tuple[tuple[Any, ...], jax.Array]:
        state, members, without = carried
        week, score = now
        state, effect = leaders.step(
            state,
            p.leaders,
            killed=none,
            arrested=leaders.choose(_removed(week), score[0], one),
            recorded=none,
            wars=none,
            uniform=score[1],
            noise=one,
            splits_on=splits * one,
        )
        factors = cartels.no_change()
        members, _ = cartels.step(members, p.cartels, factors, effect.leaving)
        without, _ = cartels.step(without, p.cartels, factors, none)
        rises = {name: getattr(effect, name) for name in ("home", "near", "war", "acute")}
        deaths = homicides(p, record, level=jnp.asarray(HOMICIDES), **rises).sum()
        return (state, members, without), deaths - HOMICIDES

    begin = cartels.parts_of(cartels.initial_members(p.cartels.C0))
    weeks = jnp.arange(len(uniform), dtype=jnp.float32)
    (_, members, without), further = jax.lax.scan(advance, (leaders.initial(), begin, begin), (weeks, uniform))
    return further.sum(), cartels.count(members) - cartels.count(without)


_every = jax.jit(jax.vmap(_simulated, in_axes=(0, None, 0, None)))


def simulated(bench: Bench, splits: bool) -> tuple[np.ndarray, np.ndarray]:
    """Over draws, with chance: deaths and groups as `_simulated`; kept for the next study that asks."""
    key = ("removals", splits)
    if key not in bench.runs:
        parameters = jax.tree.map(jnp.asarray, bench.parameters)
        deaths, groups = _every(parameters, bench.record, _scores(bench), float(splits))
        bench.runs[key] = {"deaths": np.asarray(deaths), "groups": np.asarray(groups)}
    return bench.runs[key]["deaths"], bench.runs[key]["groups"]


def explained_by_scarcity(p: Parameters, record: Record) -> jax.Array:
    """What the scarcity of 2006-09 adds to homicides, as a share of their rise, percent."""
    seen = given("scarcity")
    risen = homicides(p, record, scarcity=jnp.asarray(seen["supply"])).sum() / record.homicides - 1.0
    return 100.0 * risen / (seen["after"] / seen["before"] - 1.0)


STUDIES: dict[str, Study] = {
    "B1": over_draws(lambda p: _affected_place(p, HALF_A_YEAR)),
    "B2": over_draws(lambda p: _affected_place(p, YEAR)),
    "B3.1": over_draws(lambda p: 100.0 * _path(p, HALF_A_YEAR).elsewhere.mean()),
    "B3.2": over_draws(lambda p: 100.0 * _path(p, 41).elsewhere[-1]),
    "B4.1": lambda bench: simulated(bench, True)[0],
    "B4.2": lambda bench: simulated(bench, False)[0],
    "B5": _null_or_dip,
    "B6.1": over_draws(lambda p: 1.0 + _path(p, YEAR, split=1.0).war.mean()),
    "B6.2": over_draws(_half_life),
    "B8": lambda bench: simulated(bench, True)[1],
    "D5": over_draws_of(explained_by_scarcity),
}

NOTES: dict[str, Note] = {"B5": _nulls_of_top_leaders}
