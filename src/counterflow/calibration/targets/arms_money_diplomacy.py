"""H to K: southbound guns, designation, friction and money, on the mechanisms alone."""

from __future__ import annotations

import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.bench import Bench, Study, central, over_draws, percent
from counterflow.calibration.published import given
from counterflow.model import arms, diplomacy, money, priors
from counterflow.model.state import Parameters

FOUR_YEARS = np.arange(1, 5 * 52 - 51, dtype=np.float32)  # weeks
PERSISTENCE = np.linspace(0.5, 0.95, 7)
RESPONSE = np.linspace(-0.2, 0.4, 9)
GROWN = 1e-4  # log growth a week below which hostility counts as neither growing nor dying out


def _after_the_ban(p: Parameters) -> jax.Array:
    """Further homicides a year over the first four years."""
    weeks = jnp.asarray(FOUR_YEARS)
    rise, usual = (jnp.asarray(given("ban_of_2004")[name]) for name in ("rise", "homicides"))
    return jax.vmap(lambda week: arms.homicides_after_rise(p.arms, rise, usual, week))(weeks).mean()


def _extraditions(p: Parameters) -> Any:
    """(week,) change of extraditions from the week of an affront on, percent."""
    after = diplomacy.extraditions_after_affront(p.diplomacy, 131)
    return percent(after, p.diplomacy.x_0)


def _growth(a: jax.Array, b_mexico: jax.Array, b_us: jax.Array) -> jax.Array:
    """Log growth of hostility a week, by the mechanism's own step without acts; the size is scaled back each week."""
    p = central("diplomacy")._replace(a=a, a_ref=a, b_MU=b_mexico, b_UM=b_us)
    none = jnp.zeros(())
    quiet = diplomacy.Acts(*(none,) * len(diplomacy.Acts._fields))

    def advance(state: diplomacy.State, _: None) -> tuple[diplomacy.State, jax.Array]:
        after, _cooperation = diplomacy.step(state, p, quiet)
        size = jnp.sqrt(after.hostility_us**2 + after.hostility_mexico**2)
        scaled = after._replace(hostility_us=after.hostility_us / size, hostility_mexico=after.hostility_mexico / size)
        return scaled, jnp.log(size)

    begin = diplomacy.initial()._replace(hostility_us=jnp.ones(()), hostility_mexico=0.3 * jnp.ones(()))
    return jax.lax.scan(advance, begin, length=1500)[1][500:].mean()


def _richardson(_: Bench) -> float:
    """Share of a grid of coefficients where hostility dies out exactly if Richardson's condition holds, percent."""
    grid = np.array(list(itertools.product(PERSISTENCE, RESPONSE, RESPONSE)), np.float32)
    a, mexico, us = (jnp.asarray(grid[:, column]) for column in range(3))
    growth = np.asarray(jax.jit(jax.vmap(_growth))(a, mexico, us))
    margin = np.asarray(diplomacy.richardson_margin(a, a, mexico, us))
    clear = np.abs(growth) > GROWN
    return 100.0 * float(np.mean((growth < 0.0)[clear] == (margin > 0.0)[clear]))


def _revenue_prior(end: str) -> Study:
    def study(_: Bench) -> float:
        return float(getattr(priors.load()["money"]["R_drug"], end))

    return study


STUDIES: dict[str, Study] = {
    "H1": over_draws(_after_the_ban),
    "H2": over_draws(lambda p: 100.0 * arms.share_seized(p.arms, jnp.asarray(given("outbound")["seized"]))),
    "I1": over_draws(
        lambda p: 100.0 * money.revenue_lost(p.money, jnp.asarray(given("designation")["groups"]), jnp.asarray(52.0))
    ),
    "J1.1": over_draws(lambda p: _extraditions(p)[1:53].mean()),
    "J1.2": over_draws(lambda p: _extraditions(p)[104:131].mean()),
    "J3": _richardson,
    "K1.1": _revenue_prior("low"),
    "K1.2": _revenue_prior("high"),
    "K2": over_draws(lambda p: 100.0 * money.migrant_share(p.money)),
}
