"""The published cartel results come out of the same code that the coupled model uses, with its slots empty.

Prieto-Curiel, Campedelli & Hope, Science 2023, 381:1312-1316; figures recomputed from the authors' code and data.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from counterflow.model import cartels

WEEKS = 520  # 2012 to 2022


@pytest.fixture(autouse=True)
def float64() -> Iterator[None]:
    """Verification runs in double precision."""
    with jax.enable_x64(True):
        yield


def published() -> cartels.Parameters:
    values = {"C0": 115_000.0, "rho": 2.527474e-3, "eta": 110.0, "theta": 1.549231e-8, "omega": 4e-8}
    zeros = dict.fromkeys(set(cartels.Parameters._fields) - set(values), 0.0)
    return cartels.Parameters(**{name: jnp.float64(value) for name, value in {**values, **zeros}.items()})


def factors(recruitment: float = 1.0, arrests: float = 1.0) -> cartels.Factors:
    return cartels.Factors(jnp.float64(recruitment), jnp.float64(arrests), jnp.float64(1.0), jnp.float64(0.0))


NO_SPLIT = np.zeros(cartels.LEADING)


run = jax.jit(cartels.run, static_argnums=2)


@cache
def decade() -> tuple[np.ndarray, np.ndarray, cartels.Flows]:
    p = published()
    begin = cartels.initial_members(p.C0)
    members, flows = run(begin, p, WEEKS)
    assert (members[cartels.GROUPS :] == 0).all(), "without a split the slots stay empty"
    groups = slice(cartels.GROUPS)
    return np.asarray(begin)[groups], np.asarray(members)[groups], cartels.Flows(*map(np.asarray, flows))


def entries(groups: np.ndarray) -> jax.Array:
    """Members of the 150 groups, with empty slots."""
    return jnp.concatenate([jnp.asarray(groups), jnp.zeros(cartels.MEMBERS - cartels.GROUPS)])


def test_members_in_2012_and_2022_are_as_published() -> None:
    begin, end, _ = decade()
    assert begin.sum() == pytest.approx(115_000, rel=1e-12)
    assert end.sum() == pytest.approx(173_800, rel=0.015)
    assert end.sum() / begin.sum() - 1 == pytest.approx(0.512, abs=0.015)


def test_recruits_arrests_and_deaths_a_week_are_as_published() -> None:
    _, _, flows = decade()
    assert 350 <= flows.recruits.mean() <= 370
    assert flows.arrests == pytest.approx(110.0, rel=1e-12)
    assert flows.deaths[0] == pytest.approx(67.2, rel=0.03)
    assert flows.deaths[-1] == pytest.approx(124.3, rel=0.03)
    assert flows.deaths.mean() + 110 == pytest.approx(202, rel=0.03)
    assert flows.deaths.sum() == pytest.approx(48_069, rel=0.02)


def test_a_third_of_all_who_ever_joined_are_dead_or_jailed() -> None:
    begin, _, flows = decade()
    ever = begin.sum() + flows.recruits.sum()
    killed, jailed = flows.deaths.sum() / ever, flows.arrests.sum() / ever
    assert killed == pytest.approx(0.17, abs=0.03)
    assert jailed == pytest.approx(0.20, abs=0.03)
    assert killed + jailed == pytest.approx(0.37, abs=0.03)


def test_the_two_largest_groups_and_the_final_shares_are_as_published() -> None:
    begin, end, _ = decade()
    largest = np.sort(end)[::-1]
    assert largest[:2].sum() == pytest.approx(46_414, rel=0.015)
    initial_shares = np.sort(begin)[::-1][:5] / begin.sum() * 100
    assert initial_shares == pytest.approx([17.89, 8.94, 5.96, 4.47, 3.58], abs=0.005)
    assert largest[:5] / end.sum() * 100 == pytest.approx([16.5, 10.2, 6.1, 5.1, 4.3], abs=0.3)


def losses_between(members: np.ndarray) -> np.ndarray:
    """(victim, other) weekly deaths of one group in conflict with another."""
    net = cartels.network()
    rivalry = np.zeros((cartels.GROUPS, cartels.GROUPS))
    rivals = len(net.rivalry)
    rivalry[:rivals, :rivals] = net.rivalry
    weight = (rivalry + 1.0) / (net.alliance + 1.0)[:, None]
    np.fill_diagonal(weight, 0.0)
    return float(published().theta) * members[:, None] * weight * members[None, :]


def test_most_violence_is_between_the_top_ten_and_the_small_who_suffer_it() -> None:
    _, end, _ = decade()
    order = np.argsort(end)[::-1]
    deaths = losses_between(end)[np.ix_(order, order)]
    top, small = slice(0, 10), slice(10, None)
    shares = [deaths[a, b].sum() / deaths.sum() for a, b in ((small, top), (small, small), (top, top), (top, small))]
    assert shares == sorted(shares, reverse=True)
    assert shares == pytest.approx([0.44, 0.28, 0.20, 0.08], abs=0.01)
    assert end[order][:10].sum() / end.sum() == pytest.approx(0.56, abs=0.01)


def test_the_largest_group_suffers_little_and_inflicts_much() -> None:
    _, end, _ = decade()
    deaths = losses_between(end)
    largest = int(np.argmax(end))
    assert deaths[largest].sum() / deaths.sum() == pytest.approx(0.036, abs=0.002)
    assert deaths[:, largest].sum() / deaths.sum() == pytest.approx(0.272, abs=0.003)


@pytest.mark.parametrize(
    ("recruitment", "arrests", "size", "deaths"),
    [
        pytest.param(1.0, 1.0, 23.0, 36.3, id="no change"),
        pytest.param(1.0, 2.0, 5.9, 1.7, id="incapacitation x2"),
        pytest.param(0.5, 1.0, -9.9, -25.8, id="recruitment x0.5"),
        pytest.param(0.0, 1.0, -34.8, -60.8, id="recruitment 0"),
        pytest.param(0.5, 2.0, -25.2, -48.5, id="both"),
    ],
)
def test_scenarios_to_2027_against_2022(recruitment: float, arrests: float, size: float, deaths: float) -> None:
    p = published()
    _, end, _ = decade()
    now = float(cartels.step(cartels.parts_of(entries(end)), p, factors(), NO_SPLIT)[1].deaths)
    later, flows = run(entries(end), p, 260, factors(recruitment, arrests))
    last = float(cartels.step(cartels.parts_of(later), p, factors(recruitment, arrests), NO_SPLIT)[1].deaths)
    assert 100 * (float(later.sum()) / end.sum() - 1) == pytest.approx(size, abs=1.5)
    assert 100 * (last / now - 1) == pytest.approx(deaths, abs=1.5)
    assert flows.deaths.shape == (260,)


def test_scenarios_to_2027_against_no_change_have_the_other_sign() -> None:
    p = published()
    _, end, _ = decade()

    def changed(*change: float) -> tuple[float, float, float]:
        later, flows = run(entries(end), p, 260, factors(*change))
        last = cartels.step(cartels.parts_of(later), p, factors(*change), NO_SPLIT)[1].deaths
        return float(later.sum()), float(last), float(flows.deaths.sum())

    same = changed()
    for change, published_contrast in (
        ((1.0, 2.0), (-13.9, -25.4, -14.5)),
        ((0.5, 1.0), (-26.7, -45.5, -26.8)),
        ((0.5, 2.0), (-39.0, -62.0, -37.7)),
    ):
        contrast = [100 * (a / b - 1) for a, b in zip(changed(*change), same, strict=True)]
        assert contrast == pytest.approx(published_contrast, abs=1.5)


def test_without_recruitment_violence_is_back_at_its_2012_level_after_three_years() -> None:
    p = published()
    _, end, flows = decade()
    _, later = run(entries(end), p, 260, factors(recruitment=0.0))
    below = int(np.argmax(np.asarray(later.deaths) < flows.deaths[0]))
    assert below == pytest.approx(169, abs=2)


def test_every_week_balances_to_a_billionth() -> None:
    p = published()
    members = cartels.initial_members(p.C0)
    for _ in range(20):
        parts, flows = cartels.step(cartels.parts_of(members), p, factors(), NO_SPLIT)
        after = cartels.joined(parts)
        assert float(flows.struck) == 0.0
        change = float(flows.recruits - flows.arrests - flows.deaths - flows.exits - flows.struck)
        assert float(after.sum() - members.sum()) == pytest.approx(change, abs=1e-9 * float(members.sum()))
        members = after


def test_random_initial_sizes_hardly_move_the_size_in_2022() -> None:
    p = published()
    begin = np.random.default_rng(0).poisson(np.asarray(cartels.initial_members(p.C0)), (200, cartels.MEMBERS))
    sizes = jax.vmap(lambda members: run(members, p, WEEKS)[0].sum())
    low, high = np.quantile(np.asarray(sizes(jnp.asarray(begin, jnp.float64))), [0.05, 0.95])
    assert low == pytest.approx(172_915, rel=0.003)
    assert high == pytest.approx(174_674, rel=0.003)


def test_weekly_steps_agree_with_the_differential_equation() -> None:
    p = published()
    _, end, _ = decade()

    step = jax.jit(cartels.step)

    def derivative(_: float, members: np.ndarray) -> np.ndarray:
        after, _flows = step(cartels.parts_of(jnp.asarray(members)), p, factors(), NO_SPLIT)
        return np.asarray(cartels.joined(after)) - members

    exact = solve_ivp(
        derivative,
        (0, WEEKS),
        np.asarray(cartels.initial_members(p.C0)),
        method="LSODA",
        rtol=1e-8,
        atol=1e-6,
    )
    assert end.sum() == pytest.approx(exact.y[:, -1].sum(), rel=5e-4)


def test_the_network_has_the_published_ties() -> None:
    net = cartels.network()
    assert (net.rivalry > 0).sum() == 2 * 92
    assert net.rivalry.shape == (71, 71)
    assert (net.rivalry == net.rivalry.T).all()
    assert sorted(net.rank) == list(range(1, 151))
    assert net.alliance[net.rank == 1] == 55
    assert (net.rank[net.leading] == np.arange(1, 9)).all()


def test_the_product_is_the_published_one_whatever_would_hold_after_a_split() -> None:
    """K_ij = (R_ij + 1) / (A_i + 1), K_ii = 0: to rounding; and bit for bit the same for any R_split."""
    net, (_, end, _) = cartels.network(), decade()
    rivalry = np.zeros((cartels.GROUPS, cartels.GROUPS))
    rivalry[: len(net.rivalry), : len(net.rivalry)] = net.rivalry
    weight = (rivalry + 1.0) / (net.alliance + 1.0)[:, None]
    np.fill_diagonal(weight, 0.0)
    met = [
        np.asarray(cartels.joined(cartels.opponents(cartels.parts_of(entries(end)), jnp.float64(R_split))[1]))
        for R_split in (0.0, 7.0)
    ]
    assert met[0][: cartels.GROUPS] == pytest.approx(weight @ end, rel=1e-13)
    assert np.array_equal(met[0][: cartels.GROUPS], met[1][: cartels.GROUPS])
