"""What a series shows beside the path: its likelihood, its hyperparameters, and how a figure becomes an observation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from counterflow.calibration.fitting import discrepancy
from counterflow.calibration.fitting.discrepancy import Hyper, covariance, drawn, filtered, hyper
from counterflow.calibration.fitting.observed import JUMP, About, Observed, fitted, monthly, observed

Floats = np.ndarray
OF = Hyper(*(np.array(part) for part in ([0.95, 0.3], [0.1, 0.3], [0.03, 0.2])))


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def seen(logs: Floats, *, jump: int | None = None, scatter: float = 0.03) -> Observed:
    """Series (month, series) with errors of counting that differ from month to month."""
    measured = 0.002 + 0.001 * np.cos(np.arange(logs.size)).reshape(logs.shape)
    jumps = np.zeros(logs.shape)
    if jump is not None:
        jumps[jump] = JUMP**2
    names = tuple(f"series {column}" for column in range(logs.shape[1]))
    return Observed(names, (), logs, measured, jumps, np.full(logs.shape[1], scatter))


def dense(of: Observed, misfit: Floats, hypers: Hyper) -> Floats:
    """(series,) log density of the months that are known, from the whole covariance: what `filtered` must equal."""
    found = []
    for column, values in enumerate(misfit.T):
        known = np.isfinite(values)
        within = covariance(of, column, hypers)[np.ix_(known, known)]
        found.append(stats.multivariate_normal(np.zeros(known.sum()), within).logpdf(values[known]))
    return np.array(found)


def simulated(months: int, of: Hyper, seed: int) -> Floats:
    """(month, series) level, discrepancy and errors, one month after another."""
    rng = np.random.default_rng(seed)
    phi, sigma, tau = of
    level = discrepancy.LEVEL * rng.standard_normal(len(phi))
    gap = sigma / np.sqrt(1 - phi**2) * rng.standard_normal(len(phi))
    rows = []
    for _ in range(months):
        gap = phi * gap + sigma * rng.standard_normal(len(phi))
        rows.append(level + gap + tau * rng.standard_normal(len(phi)))
    return np.array(rows)


@pytest.mark.parametrize("jump", [None, 0, 7])
def test_the_filter_gives_the_density_of_the_whole_covariance(jump: int | None) -> None:
    misfit = simulated(24, OF, 1)
    misfit[[0, 5, 6, 23], 0] = np.nan
    misfit[10:18, 1] = np.nan
    of = seen(misfit, jump=jump)
    each, _ = filtered(jnp.asarray(misfit), of, OF)
    np.testing.assert_allclose(each, dense(of, misfit, OF), rtol=1e-10)


def test_a_series_of_which_no_month_is_known_says_nothing() -> None:
    misfit = np.full((12, 2), np.nan)
    each, state = filtered(jnp.asarray(misfit), seen(misfit), OF)
    np.testing.assert_array_equal(each, 0.0)
    np.testing.assert_allclose(state.level_variance, discrepancy.LEVEL**2)
    np.testing.assert_allclose(state.gap_variance, OF.sigma**2 / (1 - OF.phi**2), rtol=1e-12)


def test_what_is_known_after_the_last_month_is_the_regression_on_all_months() -> None:
    misfit = simulated(20, OF, 2)
    misfit[15:, 0] = np.nan  # a forecast of five months
    of = seen(misfit, jump=4)
    _, state = filtered(jnp.asarray(misfit), of, OF)
    for column in range(2):
        known = np.isfinite(misfit[:, column])
        whole = covariance(of, column, OF)
        errors = np.diag(of.measured[:, column] + OF.tau[column] ** 2)
        with_last = (whole - errors)[-1]  # covariance of level and discrepancy in the last month with every month
        weights = np.linalg.solve(whole[np.ix_(known, known)], with_last[known])
        mean = state.level[column] + state.gap[column]
        variance = state.level_variance + 2 * state.covariance + state.gap_variance
        np.testing.assert_allclose(mean, weights @ misfit[known, column], rtol=1e-9)
        np.testing.assert_allclose(variance[column], with_last[-1] - weights @ with_last[known], rtol=1e-9)


def test_members_are_filtered_as_if_each_were_alone() -> None:
    misfit = np.stack([simulated(12, OF, seed) for seed in range(3)], axis=1)  # (month, member, series)
    of = seen(misfit[:, 0])
    each, _ = filtered(jnp.asarray(misfit), of, OF)
    alone = [filtered(jnp.asarray(misfit[:, member]), of, OF)[0] for member in range(3)]
    np.testing.assert_allclose(each, alone, rtol=1e-12)


def test_a_change_of_definition_makes_a_jump_likelier_in_its_month_only() -> None:
    misfit = np.zeros((24, 1))
    misfit[12:] = 0.4
    one = Hyper(*(part[:1] for part in OF))
    without, there, elsewhere = (
        float(filtered(jnp.asarray(misfit), seen(misfit, jump=jump), one)[0][0]) for jump in (None, 12, 6)
    )
    assert there > without + 3
    assert elsewhere < without + 0.5


def test_hyperparameters_at_scores_of_zero_are_the_centres_of_their_priors() -> None:
    of = hyper(jnp.zeros((3, 2)), np.array([0.03, 0.25]))
    np.testing.assert_allclose(of.phi, stats.logistic.cdf(discrepancy.PHI[0]), rtol=1e-6)
    np.testing.assert_allclose(of.sigma, np.exp(discrepancy.SIGMA[0]), rtol=1e-6)
    np.testing.assert_allclose(of.tau, [0.03, 0.25], rtol=1e-6)


@pytest.mark.slow
def test_a_long_series_tells_its_hyperparameters() -> None:
    true = Hyper(np.array([0.9, 0.97]), np.array([0.15, 0.05]), np.array([0.1, 0.1]))
    misfit = simulated(600, true, 5)
    of = seen(misfit)._replace(measured=np.full(misfit.shape, 1e-6))
    many = np.repeat(misfit[:, None], 60, axis=1)
    found = hyper(jnp.asarray(drawn(many, of, np.zeros((3, 60, 2)), seed=1, moves=1500)), of.scatter)
    for name, values, truth in zip(Hyper._fields, found, true, strict=True):
        middle, spread = np.mean(values, axis=0), np.std(values, axis=0)
        assert (np.abs(middle - truth) < 4 * spread).all(), name
        assert (spread < 0.35 * truth).all(), name  # and the answer is sharper than the prior's


def test_hyperparameters_of_a_series_without_months_are_drawn_from_their_priors() -> None:
    nothing = np.full((6, 4000, 1), np.nan)
    found = drawn(nothing, seen(nothing[:, 0]), np.zeros((3, 4000, 1)), seed=2)[:, :, 0]
    np.testing.assert_allclose(found.mean(axis=1), 0.0, atol=0.08)
    np.testing.assert_allclose(np.cov(found), np.eye(3), atol=0.12)


def test_hyperparameters_of_a_short_series_have_the_moments_of_their_posterior() -> None:
    misfit = simulated(23, Hyper(*(part[:1] for part in OF)), 3)
    of = seen(misfit)
    axis = np.linspace(-4, 4, 33)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij")).reshape(3, -1, 1)
    hypers = hyper(jnp.asarray(grid), of.scatter)
    each, _ = filtered(jnp.asarray(np.repeat(misfit[:, None], grid.shape[1], axis=1)), of, hypers)
    logs = np.asarray(each)[:, 0] - 0.5 * (grid[:, :, 0] ** 2).sum(axis=0)
    found = drawn(np.repeat(misfit[:, None], 3000, axis=1), of, np.zeros((3, 3000, 1)), seed=4)[:, :, 0]
    weights = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
    mean = grid[:, :, 0] @ weights
    spread = np.sqrt((grid[:, :, 0] - mean[:, None]) ** 2 @ weights)
    np.testing.assert_allclose(found.mean(axis=1), mean, atol=0.1)
    np.testing.assert_allclose(found.std(axis=1), spread, rtol=0.1)


class Row(NamedTuple):
    date: date
    value: float
    flag: str = ""


class Published:
    """A store of given rows by series and place, each row with the day from which it is known."""

    def __init__(self, rows: dict[tuple[str, str], list[tuple[Row, date]]]) -> None:
        self.rows = rows

    def observations(self, series: str, geo: str, as_of: date | None = None) -> list[Row]:
        return [row for row, known in self.rows.get((series, geo), []) if as_of is None or known <= as_of]


def about(name: str) -> About:
    return next(one for one in fitted()[0] if one.name == name)


def published(name: str, values: list[float], flags: dict[int, str] | None = None, first: str = "2023-01") -> Any:
    """A store of one series: each month is known two months after it ended."""
    of = about(name)
    months = np.datetime64(first, "M") + np.arange(len(values))
    rows = [
        (Row(month.item(), value, (flags or {}).get(place, "")), (month + 3).item())
        for place, (month, value) in enumerate(zip(months, values, strict=True))
    ]
    return Published({(of.series, of.geos[0]): rows})


def column(store: Any, name: str, months: int = 6, as_of: date | None = None) -> tuple[Floats, Floats]:
    """Logs and variances of one series on months from January 2023 on."""
    when = np.datetime64("2023-01", "M") + np.arange(months)
    of = observed(store, when, cutoff=(when[-1] + 1).item(), as_of=as_of)
    return of.logs[:, of.names.index(name)], of.measured[:, of.names.index(name)]


def test_a_count_has_the_variance_of_a_poisson_count() -> None:
    logs, measured = column(published("ports", [10_000.0] * 6), "ports")
    np.testing.assert_allclose(logs, np.log(10_000.0))
    np.testing.assert_allclose(measured, 1e-4)


def test_pounds_of_fentanyl_are_found_several_together() -> None:
    _, measured = column(published("seized_ports", [1000.0] * 6), "seized_ports")
    np.testing.assert_allclose(measured, about("seized_ports").count / 1000.0)
    assert about("seized_ports").count > 1


def test_a_provisional_month_is_corrected_and_less_sure() -> None:
    logs, measured = column(published("overdose_deaths", [5000.0] * 6, {4: "derived"}), "overdose_deaths")
    excess, spread = about("overdose_deaths").reported_over["derived"]
    assert logs[4] == pytest.approx(np.log(5000.0 / (1 + excess)))
    assert logs[3] == pytest.approx(np.log(5000.0))
    assert measured[4] == pytest.approx(measured[3] + spread**2)


def test_a_rounded_month_is_less_sure_the_smaller_it_is() -> None:
    logs, measured = column(
        published("ports", [50.0, 50.0, 500.0], {0: "rounded_to_10", 2: "rounded_to_10"}), "ports", 3
    )
    assert measured[0] == pytest.approx(1 / 50 + 100 / 12 / 50**2)
    assert measured[1] == pytest.approx(1 / 50)
    assert measured[2] == pytest.approx(1 / 500 + 100 / 12 / 500**2)
    np.testing.assert_allclose(logs, np.log([50.0, 50.0, 500.0]))


def test_a_partial_month_is_not_known() -> None:
    logs, measured = column(published("ports", [9000.0] * 6, {5: "partial_month"}), "ports")
    assert np.isfinite(logs).tolist() == [True] * 5 + [False]
    assert np.isfinite(measured).all()


def test_a_month_without_a_figure_and_one_of_zero_are_not_known() -> None:
    store = published("ports", [9000.0, 0.0, 9000.0, 9000.0])
    rows = next(iter(store.rows.values()))
    del rows[2]
    logs, _ = column(store, "ports", 4)
    assert np.isfinite(logs).tolist() == [True, False, False, True]


def test_months_published_later_than_the_day_are_left_out() -> None:
    store = published("ports", [9000.0] * 6)
    logs, _ = column(store, "ports", as_of=date(2023, 5, 1))  # January and February were out by then
    assert np.isfinite(logs).tolist() == [True, True, False, False, False, False]


def test_months_from_the_cut_off_on_are_left_out() -> None:
    of = monthly(published("ports", [9000.0] * 6), about("ports"), cutoff=date(2023, 4, 1), as_of=None)
    assert of.months.tolist() == [date(2023, month, 1) for month in (1, 2, 3)]


def test_months_after_a_break_that_must_not_be_spliced_are_left_out() -> None:
    store = published("homicides", [2000.0] * 8, first="2025-10")  # the instrument changed in January 2026
    of = monthly(store, about("homicides"), cutoff=date(2026, 6, 1), as_of=None)
    assert of.months.max() == np.datetime64("2025-12", "M")


def test_places_are_added_up() -> None:
    of = about("seized_ports")
    two = of.model_copy(update={"geos": ("here", "there")})
    day = date(2023, 1, 1)
    store: Any = Published(
        {(of.series, place): [(Row(day, size), day)] for place, size in (("here", 2.0), ("there", 3.0))}
    )
    assert monthly(store, two, cutoff=date(2024, 1, 1), as_of=None).values.tolist() == [5.0]


def test_a_change_of_definition_is_where_the_catalogue_says() -> None:
    when = np.datetime64("2020-01", "M") + np.arange(6)
    of = observed(published("encounters", [9000.0] * 6, first="2020-01"), when, cutoff=date(2020, 7, 1), as_of=None)
    jumps = of.jumps[:, of.names.index("encounters")]
    np.testing.assert_allclose(jumps, [0.0, 0.0, JUMP**2, 0.0, 0.0, 0.0])  # Title 42
    np.testing.assert_array_equal(of.jumps[:, of.names.index("overdose_deaths")], 0.0)


def test_a_sector_is_set_against_the_other_sectors() -> None:
    encounters, yuma = about("encounters"), about("sectors: Yuma")
    day = date(2023, 1, 1)
    store: Any = Published(
        {
            (encounters.series, "southwest"): [(Row(day, 100_000.0), day)],
            (yuma.series, "Yuma"): [(Row(day, 20_000.0), day)],
        }
    )
    logs, measured = column(store, "sectors: Yuma", 1)
    assert logs[0] == pytest.approx(np.log(20 / 80))
    assert measured[0] == pytest.approx(1 / 20_000)
