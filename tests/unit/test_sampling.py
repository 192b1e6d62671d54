"""Draws come in blocks that depend on nothing but their number, cover the space as asked, and keep whole what belongs
together."""

from __future__ import annotations

import copy
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.stats import qmc

from counterflow.ensemble.asked import Method
from counterflow.ensemble.posterior import Posterior, read_posterior
from counterflow.ensemble.sampling import (
    BLOCK,
    FIELDS,
    JOINT,
    Draws,
    Sampling,
    draw,
    draw_block,
    generator,
    places,
    refits,
)
from counterflow.errors import StrategyError, UsageError
from counterflow.model import priors
from counterflow.model.conditions import conditions
from counterflow.strategy.overrides import ParameterOverride

METHODS: tuple[Method, ...] = ("random", "latin-hypercube", "sobol")
EVEN: tuple[Method, ...] = ("latin-hypercube", "sobol")
LEVERS = ["one", "two"]


def leaves(draws: Draws) -> list[np.ndarray]:
    of = [getattr(mechanism, name) for mechanism in draws.parameters for name in mechanism._fields]
    return [*of, draws.intensity, draws.delivery, draws.cost, *draws.scores]


def equal(one: Draws, other: Draws) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(leaves(one), leaves(other), strict=True))


def cut(draws: Draws, part: slice) -> list[np.ndarray]:
    return [leaf[part] for leaf in leaves(draws)]


def posterior(**columns: list[float]) -> Posterior:
    """By "mechanism__symbol"."""
    names = tuple((name.split("__")[0], name.split("__")[1]) for name in columns)
    return Posterior(names, np.array(list(columns.values())).T, "posterior.csv", "")


@pytest.mark.parametrize("method", METHODS)
def test_a_draw_is_the_same_alone_in_its_block_and_among_many(method: Method) -> None:
    sampling = Sampling(method)
    few, many = (draw(count, 3, LEVERS, 2, sampling=sampling) for count in (20, 620))
    assert all(np.array_equal(a, b) for a, b in zip(leaves(few), cut(many, slice(20)), strict=True))
    third = draw_block(2, 3, LEVERS, 2, sampling=sampling)
    part = cut(many, slice(2 * BLOCK, None))
    assert all(np.array_equal(a[: 620 - 2 * BLOCK], b) for a, b in zip(leaves(third), part, strict=True))
    assert all(len(leaf) == 620 for leaf in leaves(many))


@pytest.mark.parametrize("method", METHODS)
def test_blocks_and_seeds_differ(method: Method) -> None:
    found = [
        draw_block(number, seed, LEVERS, 1, sampling=Sampling(method)).parameters.border.r_retry
        for number in (0, 1)
        for seed in (0, 1)
    ]
    assert len(np.unique(np.concatenate(found))) > 3.9 * BLOCK


@pytest.mark.parametrize("method", METHODS)
def test_a_replicate_has_noise_of_its_own_and_nothing_else(method: Method) -> None:
    first, second = (draw(30, 1, LEVERS, 4, sampling=Sampling(method), replicate=number) for number in (0, 1))
    assert equal(first, second._replace(scores=first.scores))
    assert not np.isin(first.scores.normal, second.scores.normal).any()
    later = draw_block(1, 1, LEVERS, 4, sampling=Sampling(method))
    assert not np.isin(second.scores.normal, later.scores.normal).any(), "replicate 1 is not block 1"


def test_every_way_of_covering_the_space_meets_the_same_chance() -> None:
    one, other, third = (draw(30, 1, LEVERS, 4, sampling=Sampling(method)).scores.normal for method in METHODS)
    assert np.array_equal(one, other)
    assert np.array_equal(one, third)


def test_without_weeks_there_is_no_noise_and_all_else_is_the_same() -> None:
    without, noisy = (draw(300, 1, LEVERS, weeks) for weeks in (0, 5))
    assert without.scores.normal.shape[:2] == (300, 0)
    assert without.scores.uniform.shape[:2] == (300, 0)
    assert equal(without, noisy._replace(scores=without.scores))


@pytest.mark.parametrize("method", ["random", "latin-hypercube"])
def test_a_new_parameter_or_lever_does_not_move_the_others(method: Method) -> None:
    table = copy.deepcopy(priors.load())
    table["courts"] = {"new": table["border"]["h_reb"], **table["courts"]}
    before = draw(40, 2, LEVERS, 1, sampling=Sampling(method))
    assert equal(before, draw(40, 2, LEVERS, 1, table=table, sampling=Sampling(method)))
    more = draw(40, 2, ["new", *LEVERS], 1, sampling=Sampling(method))
    assert np.array_equal(before.intensity, more.intensity[:, 1:])
    assert np.array_equal(before.cost, more.cost[:, 1:])


@pytest.mark.parametrize("method", METHODS)
def test_fixing_one_parameter_leaves_the_others_as_they_were(method: Method) -> None:
    free, held = (
        draw(50, 0, LEVERS, 1, fixed=fixed, sampling=Sampling(method)) for fixed in (None, {("border", "tau_sec"): 0.5})
    )
    assert (held.parameters.border.tau_sec == np.float32(0.5)).all()
    border = held.parameters.border._replace(tau_sec=free.parameters.border.tau_sec)
    assert equal(free, held._replace(parameters=held.parameters._replace(border=border)))


def test_a_latin_hypercube_has_one_place_in_each_stratum_of_every_name_and_mixes_them() -> None:
    names = [f"name {number}" for number in range(40)]
    for number in (0, 7):
        found = places("latin-hypercube", names, 5, number)
        strata = np.array([np.floor(found[name] * BLOCK) for name in names])
        assert (np.sort(strata) == np.arange(BLOCK)).all()
        against = np.corrcoef(strata)[~np.eye(len(names), dtype=bool)]
        assert np.abs(against).max() < 5 / np.sqrt(BLOCK), "five standard errors of no correlation"


def test_latin_hypercube_draws_are_the_priors_at_those_places() -> None:
    drawn = draw_block(0, 5, LEVERS, 1, sampling=Sampling("latin-hypercube"))
    prior = priors.load()["border"]["r_retry"]
    edges = priors.from_score(prior, np.array([-priors.Z95, 0.0, priors.Z95])).astype(np.float32)
    counts = np.histogram(drawn.parameters.border.r_retry, [-np.inf, *np.sort(edges), np.inf])[0]
    assert np.abs(counts - BLOCK * np.array([0.05, 0.45, 0.45, 0.05])).max() <= 1, "12.5 is cut in the middle"
    assert (np.sort(np.floor(drawn.intensity * BLOCK), axis=0) == np.arange(BLOCK)[:, None]).all()


def test_refits_are_drawn_evenly_where_places_are() -> None:
    for method in EVEN:
        cartels = draw_block(0, 1, LEVERS, 0, sampling=Sampling(method)).parameters.cartels
        counts = np.unique(cartels.rho, return_counts=True)[1]  # no two refits have the same
        assert len(counts) == len(refits())
        assert np.abs(counts - BLOCK / len(refits())).max() <= 2.0


def test_blocks_of_a_sobol_sequence_are_its_points_one_after_another() -> None:
    names = ["a", "b", "c"]
    found = [np.stack(list(places("sobol", names, 4, number).values()), axis=1) for number in range(4)]
    whole = qmc.Sobol(3, scramble=True, rng=generator(4, "sobol")).random(1024)
    assert np.array_equal(np.concatenate(found), whole[: 4 * BLOCK])
    far = places("sobol", names, 4, 4000)
    assert np.array_equal(places("sobol", names, 4, 4000)["b"], far["b"])
    assert len(np.unique(far["b"])) == BLOCK


def test_even_designs_estimate_a_mean_far_better_than_independent_draws() -> None:
    """Root mean square error over 40 seeds of the mean of a sum of three places, of 250 draws."""

    def error(method: Method) -> float:
        of = [places(method, ["a", "b", "c"], seed, 0) for seed in range(40)]
        means = np.array([np.mean(found["a"] + found["b"] + found["c"]) for found in of])
        return float(np.sqrt(np.mean((means - 1.5) ** 2)))

    alone = error("random")
    assert alone == pytest.approx(0.5 / np.sqrt(BLOCK), rel=0.5)
    for method in EVEN:
        assert error(method) < alone / 10


@pytest.mark.parametrize("method", METHODS)
def test_all_draws_meet_the_joint_conditions(method: Method) -> None:
    parameters = draw(500, 1, LEVERS, 0, sampling=Sampling(method)).parameters
    values = {
        (mechanism, symbol): np.asarray(getattr(getattr(parameters, mechanism), symbol), np.float64)
        for mechanism in FIELDS
        for symbol in FIELDS[mechanism]._fields
    }
    for condition in conditions():
        assert (~condition.holds(values)).mean() <= 0.002, "single precision may leave a draw at the edge"


def test_a_posterior_gives_whole_rows_each_as_often_and_moves_nothing_else() -> None:
    rows = posterior(border__h_reb=[2.0, 3.0, 4.0, 5.0, 6.0], supply__tau_pur=[0.2, 0.3, 0.4, 0.5, 0.6])
    without = draw(500, 1, LEVERS, 1, sampling=Sampling("latin-hypercube"))
    found = draw(500, 1, LEVERS, 1, sampling=Sampling("latin-hypercube", rows))
    pairs = np.stack([found.parameters.border.h_reb, found.parameters.supply.tau_pur], axis=1)
    distinct, counts = np.unique(pairs, axis=0, return_counts=True)
    assert np.array_equal(distinct, rows.values.astype(np.float32))
    assert (counts == 100).all()
    assert np.array_equal(found.parameters.border.r_retry, without.parameters.border.r_retry)
    assert np.array_equal(found.parameters.overdose.e_p, without.parameters.overdose.e_p)
    assert np.array_equal(found.intensity, without.intensity)


def test_a_posterior_stands_in_every_year_and_gives_way_to_what_is_fixed() -> None:
    sampling = Sampling(posterior=posterior(border__h_reb=[2.0, 3.0]))
    assert set(draw(50, 1, LEVERS, 0, year=1990, sampling=sampling).parameters.border.h_reb) == {2.0, 3.0}
    held = draw(50, 1, LEVERS, 0, fixed={("border", "h_reb"): 7.0}, sampling=sampling)
    assert set(held.parameters.border.h_reb) == {7.0}


def test_a_condition_draws_again_what_a_posterior_leaves_out_and_nothing_that_it_names() -> None:
    sampling = Sampling(posterior=posterior(border__p_app=[0.75, 0.8]))
    free, given = (draw(500, 1, LEVERS, 0, sampling=of).parameters.border for of in (Sampling(), sampling))
    assert set(given.p_app) == {np.float32(0.75), np.float32(0.8)}
    assert (given.g_share != free.g_share).any()
    assert (given.g_share / (1 - given.g_share) <= (1 - given.p_app) / given.p_app * (1 + 1e-5)).all()


def test_what_a_posterior_holds_whole_is_taken_at_its_word() -> None:
    sampling = Sampling(posterior=posterior(border__p_app=[0.9, 0.9], border__g_share=[0.5, 0.6]))
    border = draw(50, 1, LEVERS, 0, sampling=sampling).parameters.border
    assert set(border.p_app) == {np.float32(0.9)}
    assert set(border.g_share) == {np.float32(0.5), np.float32(0.6)}


def test_refitted_parameters_can_come_from_a_posterior() -> None:
    rows = {f"cartels__{symbol}": list(refits()[:3, column]) for column, symbol in enumerate(JOINT)}
    cartels = draw(60, 1, LEVERS, 0, sampling=Sampling(posterior=posterior(**rows))).parameters.cartels
    drawn = np.unique(np.stack([getattr(cartels, symbol) for symbol in JOINT], axis=1), axis=0)
    assert np.array_equal(drawn, np.unique(refits()[:3].astype(np.float32), axis=0))


def test_a_parameter_that_a_strategy_sets_cannot_come_from_a_posterior_too() -> None:
    table = priors.with_overrides(priors.load(), {"border.h_reb": ParameterOverride(value=3.0)})
    with pytest.raises(StrategyError, match=r"border\.h_reb is set by the strategy and drawn from posterior\.csv"):
        draw(5, 1, LEVERS, 0, table=table, sampling=Sampling(posterior=posterior(border__h_reb=[2.0])))


def test_priors_that_cannot_meet_a_condition_are_refused() -> None:
    overrides = {"border.p_app": ParameterOverride(value=0.9), "border.g_share": ParameterOverride(value=0.5)}
    table = copy.deepcopy(priors.load())
    for name, override in overrides.items():
        table["border"][name.split(".")[1]] = priors.with_overrides(priors.load(), {name: override})["border"][
            name.split(".")[1]
        ]
    with pytest.raises(StrategyError, match="known gotaways are not more than all who get through"):
        draw(5, 1, LEVERS, 0, table=table)


CSV = "border.p_app,overdose.g_oth\n0.5,-0.1\n0.625,0.25\n\n0.75,0\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "posterior.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_posterior_is_read_from_csv_and_from_parquet_alike(tmp_path: Path) -> None:
    path = written(tmp_path, CSV)
    found = read_posterior(path)
    assert found.names == (("border", "p_app"), ("overdose", "g_oth"))
    assert found.values.tolist() == [[0.5, -0.1], [0.625, 0.25], [0.75, 0.0]]
    assert found.source == str(path)
    assert len(found.sha256) == 64
    parquet = tmp_path / "a [1] * table.parquet"
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [str(path)])
        connection.execute(f"COPY t TO '{tmp_path / 'plain'}' (FORMAT parquet)")
    (tmp_path / "plain").rename(parquet)
    other = read_posterior(str(parquet))
    assert other.names == found.names
    assert np.array_equal(other.values, found.values)
    assert other.sha256 != found.sha256


def test_where_a_posterior_came_from_can_be_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, CSV)
    monkeypatch.chdir(tmp_path)
    assert read_posterior("posterior.csv").source == str(path)
    assert read_posterior(Path("posterior.csv")).source == str(path)
    path.write_text("border.p_app\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_posterior("posterior.csv")
    assert caught.value.where == "posterior.csv", "a refusal names it as it was given"


def test_a_mark_and_blanks_before_a_name_do_not_belong_to_it(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffborder.p_app, overdose.g_oth\n0.5, 1\n")
    assert read_posterior(path).names == (("border", "p_app"), ("overdose", "g_oth"))


@pytest.mark.parametrize(
    ("text", "message", "where", "hint"),
    [
        ("", "names no parameter", "", ""),
        ("border.p_app\n", "no rows", "", ""),
        ("year,homicides\n2019,34000\n", "not a table of parameters", "", "as border.p_app"),
        ("0.5,0.25\n0.6,0.35\n", "not a table of parameters", "", "as border.p_app"),
        ("border.p_app,year\n0.5,2019\n", "no parameter of the model", "column 'year'", ""),
        ("border.p_ap\n1\n", "no parameter of the model", "column 'border.p_ap'", "Did you mean border.p_app"),
        ("border.p_app,border.p_app\n0.5,0.5\n", "there twice", "column 'border.p_app'", ""),
        ("border.p_app\n0.5\nhalf\n", "'half' where a finite number", "row 2, column 'border.p_app'", "counted from 1"),
        ("border.p_app,supply.tau_pur\n0.5,\n", "nothing where a finite number", "row 1, column 'supply.tau_pur'", ""),
        ("border.p_app\n0.5\nnan\n", "'nan' where a finite number", "row 2", ""),
        ("overdose.g_oth\n0.5\ninf\n", "'inf' where a finite number", "row 2", ""),
        ("border.p_app\n0.5\n0.5,0.6\n", "2 values for 1 columns", "row 2", ""),
        (
            "border.p_app\n0.5\n1.2\n0.6\n",
            "1.2 is outside what is allowed: above 0",
            "row 2, column 'border.p_app'",
            "",
        ),
        ("border.p_app\n0.5\n0\n", "0 is outside what is allowed", "row 2", ""),
        ("border.h_reb\n5\n1e35\n", "1e+35 is outside", "row 2", ""),
        ("border.h_reb\n5\n1e-35\n", "1e-35 is outside", "row 2", ""),
        ("cartels.C0,cartels.rho,cartels.eta,cartels.theta,cartels.omega\n1,1,1,1,-1\n", "-1 is outside", "row 1", ""),
        ("cartels.C0\n1\n", "lacks cartels.rho, cartels.eta", "", "give all of them, or none"),
        ('border.p_app\n"0.5\n', "not a table", "", ""),
    ],
)
def test_what_a_posterior_cannot_hold_is_refused_where_it_stands(
    tmp_path: Path, text: str, message: str, where: str, hint: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        read_posterior(path)
    assert message in caught.value.message
    assert caught.value.where.startswith(str(path))
    assert where in caught.value.where
    assert hint in caught.value.hint


def test_the_refits_of_the_model_can_be_read_as_a_posterior(tmp_path: Path) -> None:
    """Some of them have no saturation at all."""
    names = ",".join(f"cartels.{symbol}" for symbol in JOINT)
    path = tmp_path / "refits.csv"
    np.savetxt(path, refits(), delimiter=",", header=names, comments="", fmt="%.17g")
    assert (refits() == 0.0).any()
    assert np.array_equal(read_posterior(path).values, refits())


def test_an_indicator_is_0_or_1(tmp_path: Path) -> None:
    name = next(name for name, about in priors.about(priors.load()).items() if about.support == "indicator")
    assert read_posterior(written(tmp_path, f"{name}\n0\n1\n")).values.tolist() == [[0.0], [1.0]]
    with pytest.raises(UsageError, match="row 3"):
        read_posterior(written(tmp_path, f"{name}\n0\n1\n0.5\n1\n"))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"PAR1 and no more", b"border.p_app\n\x00\n"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "posterior"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_posterior(path)
    assert caught.value.where.startswith(str(path))


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_posterior(path)


def test_empty_cells_of_parquet_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "posterior.parquet"
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"COPY (SELECT NULL::DOUBLE AS \"border.p_app\") TO '{path}' (FORMAT parquet)")
    with pytest.raises(UsageError, match="nothing where a finite number is needed"):
        read_posterior(path)
