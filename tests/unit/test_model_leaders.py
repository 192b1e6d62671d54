"""Loss of a leader: what happens at home, near by, to the group, and what never happens."""

from __future__ import annotations

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.model import leaders
from oracles import leaders as oracle

G = leaders.LEADING
ZERO = np.zeros(G)


@pytest.fixture(autouse=True)
def float64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def parameters(**changed: float) -> leaders.Parameters:
    values = {
        "A_k": 0.45,
        "tau_k": 40.0,
        "A_nb": 0.15,
        "tau_nb": 26.0,
        "A0": -0.05,
        "tau0": 4.0,
        "kill_x": 1.3,
        "P_acute": 35.0,
        "p_split": 0.15,
        "p_split_lt": 0.02,
        "A_split": 3.3,
        "tau_split": 75.0,
        "share_move": 0.35,
        "dilution": 0.3,
        "near_dilution": 0.02,
        "n_top": 2.0,
        "x_lead": 0.117,
        "share_lead": 0.03,
    }
    return leaders.Parameters(**{name: jnp.float64(value) for name, value in {**values, **changed}.items()})


def one(group: int, count: float = 1.0) -> np.ndarray:
    found = np.zeros(G)
    found[group] = count
    return found


_step = jax.jit(leaders.step)


def step(
    state: leaders.State,
    p: leaders.Parameters,
    killed: np.ndarray = ZERO,
    arrested: np.ndarray = ZERO,
    recorded: np.ndarray = ZERO,
    wars: np.ndarray = ZERO,
    uniform: float = 0.99,
    noise: float = 1.0,
    splits_on: float = 1.0,
) -> tuple[leaders.State, leaders.Effects]:
    chance = {"uniform": jnp.float64(uniform), "noise": jnp.float64(noise), "splits_on": jnp.float64(splits_on)}
    losses = {"killed": killed, "arrested": arrested, "recorded": recorded, "wars": wars}
    return _step(state, p, **{name: jnp.asarray(value) for name, value in losses.items()}, **chance)


def start() -> leaders.State:
    return leaders.initial(jnp.dtype("float64"))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    uniform=st.floats(0.0, 1.0, exclude_max=True),
    noise=st.booleans(),
    splits_on=st.booleans(),
)
def test_weeks_are_those_of_plain_code(seed: int, uniform: float, noise: bool, splits_on: bool) -> None:
    random = np.random.default_rng(seed)
    with jax.enable_x64(True):
        scale = dict(zip(leaders.Parameters._fields, random.uniform(0.5, 2.0, 18), strict=True))
        central = parameters()._asdict()
        p = parameters(**{name: float(value) * scale[name] for name, value in central.items()})
        scalars = {name: float(value) for name, value in p._asdict().items()}
        state, plain = start(), {name: np.zeros(G) for name in leaders.State._fields}
        for _ in range(6):
            killed, arrested = (random.choice([0.0, 0.0, 1.0, 2.0, 0.3], G) for _ in range(2))
            recorded = random.choice([0.0, 1.0], G) * killed + random.choice([0.0, 1.0], G) * arrested
            wars = random.choice([0.0, 0.0, 0.0, 1.0], G)
            given_ = (killed, arrested, recorded, wars)
            state, effects = step(state, p, *given_, uniform, float(noise), float(splits_on))
            plain, expected = oracle.step(plain, scalars, *given_, uniform, noise, splits_on)
            for name in leaders.State._fields:
                np.testing.assert_allclose(getattr(state, name), plain[name], rtol=1e-10, atol=1e-14, err_msg=name)
            for name in leaders.Effects._fields:
                np.testing.assert_allclose(getattr(effects, name), expected[name], rtol=1e-10, atol=1e-14, err_msg=name)


@settings(max_examples=60, deadline=None)
@given(uniform=st.floats(0.0, 1.0, exclude_max=True), count=st.sampled_from([0.0, 1.0, 3.0]), noise=st.booleans())
def test_removals_hit_one_group_by_chance_or_all_by_their_weight(uniform: float, count: float, noise: bool) -> None:
    with jax.enable_x64(True):
        found = np.asarray(leaders.choose(jnp.float64(count), jnp.float64(uniform), jnp.float64(noise)))
        np.testing.assert_allclose(found, oracle.choose(count, uniform, noise), rtol=1e-12)
        assert found.sum() == pytest.approx(count)
        assert (found > 0).sum() == (0 if count == 0 else 1 if noise else G)


@settings(max_examples=40, deadline=None)
@given(caught=st.floats(0.0, 1.0, exclude_max=True), count=st.floats(0.01, 20.0))
def test_however_many_are_arrested_in_a_week_one_group_splits_at_most(caught: float, count: float) -> None:
    with jax.enable_x64(True):
        arrested = np.asarray(leaders.choose(jnp.float64(count), jnp.float64(caught), jnp.float64(1.0)))
        _, effects = step(start(), parameters(p_split=0.999), arrested=arrested, uniform=0.0)
    assert (np.asarray(effects.leaving) > 0.0).sum() == 1
    assert (np.asarray(effects.leaving) > 0.0)[arrested > 0.0].all()


def test_the_largest_group_is_hit_most_often() -> None:
    uniforms = (np.arange(4000) + 0.5) / 4000
    hit = jax.vmap(lambda u: leaders.choose(jnp.float64(1.0), u, jnp.float64(1.0)))(jnp.asarray(uniforms))
    np.testing.assert_allclose(np.asarray(hit).mean(axis=0), leaders.weights(jnp.dtype("float64")), atol=1e-3)


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_without_a_removal_nothing_happens_exactly(noise: float) -> None:
    state = start()
    for uniform in (0.0, 0.5):
        state, effects = step(state, parameters(), uniform=uniform, noise=noise)
        assert all((np.asarray(value) == 0.0).all() for value in (*state, *effects))


def test_a_removal_is_felt_in_its_own_group_only_and_wears_off() -> None:
    p = parameters()
    state, first = step(start(), p, killed=one(3))
    assert float(first.home[3]) == pytest.approx(0.3 * 0.45 * 1.3)
    assert float(first.near[3]) == pytest.approx(0.02 * 0.15)
    others = np.arange(G) != 3
    assert all((np.asarray(value)[others] == 0.0).all() for value in first)
    for _ in range(40):
        state, later = step(state, p)
    assert float(later.home[3]) == pytest.approx(float(first.home[3]) * np.exp(-1.0))


def test_a_group_already_affected_is_not_affected_twice() -> None:
    p = parameters(n_top=1e9)
    once, _ = step(start(), p, arrested=one(0))
    twice, effects = step(once, p, arrested=one(0))
    assert float(twice.ordinary[0]) == pytest.approx(1.0)
    assert float(effects.home[0]) <= 0.3 * 0.45
    many = start()
    for _ in range(200):
        many, effects = step(many, p, killed=one(0, 5.0), arrested=one(0, 5.0), uniform=0.0)
    assert float(effects.home[0]) <= 0.3 * 0.45 * 1.3 + 1e-12
    assert float(effects.war[0]) <= 2.3 + 1e-12


def test_a_kill_is_worse_than_an_arrest_by_its_ratio() -> None:
    killed, arrested = (
        leaders.path(parameters(A0=0.0), 10, killed=jnp.float64(kill), split=jnp.float64(0.0)).place for kill in (1, 0)
    )
    np.testing.assert_allclose(killed, 1.3 * np.asarray(arrested), rtol=1e-12)


def test_after_the_top_leaders_come_lieutenants_whose_loss_changes_little() -> None:
    p = parameters()
    state = start()
    for _ in range(12):
        state, _ = step(state, p, arrested=one(0))
    for _ in range(400):
        state, _ = step(state, p)
    _, last = step(state, p, arrested=one(0))
    _, first = step(start(), p, arrested=one(0))
    assert float(last.near[0]) < 0.01 * float(first.near[0])
    assert float(last.acute[0]) < 0.01 * float(first.acute[0])
    assert float(leaders.split_chance(state, p, jnp.asarray(one(0)))[0]) == pytest.approx(0.02, abs=0.001)


def test_a_split_happens_by_chance_only_and_only_where_it_is_let() -> None:
    p = parameters()
    for uniform, splits_on, happens in ((0.14, 1.0, True), (0.16, 1.0, False), (0.14, 0.0, False)):
        _, effects = step(start(), p, killed=one(5), uniform=uniform, splits_on=splits_on)
        assert (float(effects.leaving[5]) == 0.35) is happens
        assert (float(effects.war[5]) > 2.2) is happens
        assert float(effects.leaving.sum()) == float(effects.leaving[5])
    _, expected = step(start(), p, killed=one(5), noise=0.0)
    assert float(expected.war[5]) == pytest.approx(0.15 * 2.3)


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_a_recorded_removal_draws_no_split_and_acts_in_all_else_as_any_other(noise: float) -> None:
    p = parameters(p_split=0.999)
    drawn, with_split = step(start(), p, killed=one(4), uniform=0.0, noise=noise)
    history, effects = step(start(), p, killed=one(4), recorded=one(4), uniform=0.0, noise=noise)
    assert float(with_split.war[4]) > 2.0
    assert (np.asarray(effects.war) == 0.0).all()
    assert (np.asarray(effects.leaving) == 0.0).all()
    assert all(np.array_equal(getattr(effects, name), getattr(with_split, name)) for name in ("home", "near", "acute"))
    assert np.array_equal(history.removed, drawn.removed)


def test_only_what_is_beyond_the_record_may_split() -> None:
    p = parameters(n_top=1e9)
    _, one_more = step(start(), p, killed=one(2, 2.0), recorded=one(2), noise=0.0)
    _, alone = step(start(), p, killed=one(2), noise=0.0)
    assert float(one_more.war[2]) == pytest.approx(float(alone.war[2]), rel=1e-12)


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_a_recorded_war_comes_whatever_was_drawn_and_without_a_removal(noise: float) -> None:
    p = parameters()
    _, effects = step(start(), p, wars=one(1), uniform=0.99, noise=noise)
    assert float(effects.war[1]) == pytest.approx(2.3)
    assert float(effects.leaving[1]) == pytest.approx(0.35)
    assert float(effects.war.sum()) == float(effects.war[1])
    assert all((np.asarray(getattr(effects, name)) == 0.0).all() for name in ("home", "near", "acute"))
    _, beside = step(start(), p, killed=one(6), recorded=one(6), wars=one(1), uniform=0.0, noise=noise)
    assert float(beside.war[6]) == 0.0, "the war of one group is not drawn for another"
    _, off = step(start(), p, wars=one(1), splits_on=0.0, noise=noise)
    assert (np.asarray(off.war) == 0.0).all()


def test_no_leader_is_removed_beyond_the_record_at_the_reference_or_below_it() -> None:
    p = parameters()
    for sent, arrests in ((0.0, 1.0), (-2.0, 1.0), (0.0, 0.4), (-1.0, 0.0)):
        assert float(leaders.removals(p, sent=jnp.float64(sent), arrests=jnp.float64(arrests))) == 0.0
    slopes = jax.grad(lambda sent: leaders.removals(p, sent=sent, arrests=jnp.float64(1.0)))(jnp.float64(0.0))
    assert np.isfinite(slopes)


@settings(max_examples=50, deadline=None)
@given(sent=st.floats(-5.0, 50.0), arrests=st.floats(0.0, 5.0))
def test_removals_are_those_of_plain_code_and_never_negative(sent: float, arrests: float) -> None:
    with jax.enable_x64(True):
        p = parameters()
        found = float(leaders.removals(p, sent=jnp.float64(sent), arrests=jnp.float64(arrests)))
        expected = oracle.removals({name: float(value) for name, value in p._asdict().items()}, sent, arrests)
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-300)
    assert found >= 0.0


def test_paths_for_event_studies_are_those_of_the_step_undiluted() -> None:
    p = parameters()
    path = leaders.path(p, 60, killed=jnp.float64(0.0), split=jnp.float64(1.0))
    state = start()
    for week in range(60):
        state, effects = step(state, p, arrested=one(0) if week == 0 else ZERO, uniform=0.0 if week == 0 else 0.99)
        assert float(path.place[week]) == pytest.approx(float(effects.home[0]) / 0.3, rel=1e-12)
        assert float(path.elsewhere[week]) == pytest.approx(float(effects.near[0]) / 0.02, rel=1e-12)
        assert float(path.war[week]) == pytest.approx(float(effects.war[0]), rel=1e-12)


def test_an_arrest_may_lower_violence_at_first() -> None:
    path = leaders.path(parameters(A_k=0.06, A0=-0.3), 30, killed=jnp.float64(0.0), split=jnp.float64(0.0)).place
    assert float(path[:8].mean()) < 0 < float(path[20:].mean())


def test_deaths_after_an_ordinary_arrest_are_the_sum_of_its_path() -> None:
    p = parameters()
    path = leaders.path(p, 3000, killed=jnp.float64(0.0), split=jnp.float64(0.0))
    place, elsewhere = float(path.place.sum()), float(path.elsewhere.sum())
    deaths = leaders.removal_deaths(p, jnp.float64(480.0), jnp.float64(0.04), jnp.float64(0.46))
    assert float(deaths) == pytest.approx(480 * (0.04 * 0.3 * place + 0.46 * 0.02 * elsewhere), rel=1e-9)


def test_gradients_are_finite_for_every_parameter_without_noise() -> None:
    def total(p: leaders.Parameters, killed: jax.Array) -> jax.Array:
        state, out = start(), jnp.float64(0.0)
        for _ in range(3):
            chance = {"uniform": jnp.float64(0.5), "noise": jnp.float64(0.0), "splits_on": jnp.float64(1.0)}
            history = {"recorded": 0.5 * killed, "wars": ZERO}
            state, effects = leaders.step(state, p, killed=killed, arrested=killed, **history, **chance)
            out += sum(value.sum() for value in effects)
        return out

    gradient = jax.jit(jax.grad(total))
    for killed in (ZERO, np.full(G, 0.1)):
        found = gradient(parameters(), jnp.asarray(killed))
        assert all(np.isfinite(value) for value in found)
    unused = {"x_lead", "share_lead"}  # how many leaders are lost is decided by `removals`
    assert all(float(getattr(found, name)) != 0 for name in set(found._fields) - unused)
