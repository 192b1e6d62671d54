"""Experts' quantiles become ranges: met exactly where three are given, pooled over experts, drawn as they say."""

from __future__ import annotations

import json
import math
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.assess import posterior_for
from counterflow.ensemble.sampling import Sampling, draw
from counterflow.errors import StrategyError, UsageError
from counterflow.model import priors
from counterflow.report.parameters import settings
from counterflow.strategy.elicited import quantiles
from counterflow.strategy.elicited.elicit import Elicited, read_elicited, with_elicited
from counterflow.strategy.elicited.reading import judgements
from counterflow.strategy.overrides import ParameterOverride, Shape
from counterflow.strategy.schema import DateInterval, Strategy

ISSUED = DateInterval(start=date(2025, 3, 1), end=date(2025, 3, 1), source="user", reason="a test")
LEVERS = ("trade.tariff",)
PLAIN = Strategy(title="Plain", date=ISSUED, written=())
NAMED: dict[Shape, tuple[float, float, float]] = {
    "lognormal": (0.2, 1.0, 9.0),
    "logitnormal": (0.1, 0.6, 0.8),
    "normal": (-3.0, 1.0, 2.0),
}


def elicit(tmp_path: Path, text: str, name: str = "experts.csv") -> Elicited:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_elicited(path)


def prior(family: str, points: tuple[float, float, float]) -> priors.Prior:
    low, central, high = points
    return priors.Prior(
        meaning="x", unit="1", family=family, low=low, central=central, high=high, grade="D", source="a test",
        known_from=2000,
    )  # fmt: skip


@pytest.mark.parametrize("family", NAMED)
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_fit_draws_what_the_priors_of_the_model_draw(family: Shape, mirrored: bool) -> None:
    """The family here is that of model/priors.py: from any three of its quantiles come its 5, 50 and 95% points."""
    points = NAMED[family]
    if mirrored:
        if family != "lognormal":
            return
        points = (-points[2], -points[1], -points[0])
    levels = (0.1, 0.4, 0.9)
    scores = np.array([NormalDist().inv_cdf(level) for level in levels])
    stated = priors.from_score(prior(family, points), scores)
    found = quantiles.fit(family, levels, stated.tolist())
    assert found is not None
    assert quantiles.points(found) == pytest.approx(points, rel=1e-11)
    assert [quantiles.quantile(found, level) for level in levels] == pytest.approx(stated.tolist(), rel=1e-12)
    assert [quantiles.share_below(found, value) for value in stated] == pytest.approx(levels, abs=1e-12)
    assert quantiles.misfit(found, levels, stated.tolist()) < 1e-12


@given(
    st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3, unique=True),
    st.sampled_from([(0.05, 0.5, 0.95), (0.25, 0.5, 0.75), (0.01, 0.5, 0.9)]),
)
def test_three_quantiles_with_the_median_among_them_are_met_exactly(values: list[float], levels: list[float]) -> None:
    values = sorted(values)
    if any(after - before < 1e-9 for before, after in pairwise(values)):
        return
    found = quantiles.fit("logitnormal", levels, values)
    assert found is not None
    assert quantiles.misfit(found, levels, values) < 1e-9


def test_points_at_5_50_and_95_percent_are_kept_to_the_last_digit(tmp_path: Path) -> None:
    found = elicit(
        tmp_path, "parameter,expert,0.05,0.5,0.95\ndiplomacy.S_str,A,0.1,0.3,0.7\nsupply.e_dem,A,-.9,-.6,-.3\n"
    )
    assert found.parameters == {
        "diplomacy.S_str": ParameterOverride(low=0.1, central=0.3, high=0.7, source="elicited from A"),
        "supply.e_dem": ParameterOverride(low=-0.9, central=-0.6, high=-0.3, source="elicited from A"),
    }
    assert found.told == ()
    assert found.places == {"diplomacy.S_str": "experts.csv, line 2", "supply.e_dem": "experts.csv, line 3"}


def test_quartiles_are_carried_on_to_the_tails_by_the_family(tmp_path: Path) -> None:
    """Of a lognormal with quartiles 1/2 and 2: log 2 / z(0.75) is the standard deviation, on each side."""
    found = elicit(tmp_path, "parameter,expert,25%,50%,75%\ndiplomacy.h_str,A,20,40,80\n").parameters["diplomacy.h_str"]
    spread = math.exp(math.log(2.0) * NormalDist().inv_cdf(0.95) / NormalDist().inv_cdf(0.75))
    assert (found.low, found.central, found.high) == pytest.approx((40 / spread, 40, 40 * spread), rel=1e-11)


def test_csv_and_toml_say_the_same(tmp_path: Path) -> None:
    table = elicit(
        tmp_path,
        'parameter,note,expert,0.75,0.25,0.5\n\n diplomacy.S_str ,"seen, once",A. Example,0.7,0.2,0.4\n',
    )
    tables = elicit(
        tmp_path,
        '[[judgement]]\nparameter = "diplomacy.S_str"\nexpert = "A. Example"\nlevels = [0.25, 0.5, 0.75]\n'
        'values = [0.2, 0.4, 0.7]\nnote = "seen, once"\n',
        "experts.toml",
    )
    assert table.parameters == tables.parameters
    assert table.parameters["diplomacy.S_str"].source == "elicited from A. Example. A. Example: seen, once"
    assert (list(table.places.values()), list(tables.places.values())) == (
        ["experts.csv, line 3"],
        ["experts.toml, line 1"],
    )


def test_more_quantiles_than_the_family_has_numbers_are_met_as_nearly_as_can_be_and_that_is_told(
    tmp_path: Path,
) -> None:
    """A uniform range on a normal parameter: least squares by hand, and the share below the worst of the values."""
    values = [-0.45, -0.25, 0.0, 0.25, 0.45]
    scores = [NormalDist().inv_cdf(level) for level in (0.75, 0.95)]
    slope = (0.25 * scores[0] + 0.45 * scores[1]) / (scores[0] ** 2 + scores[1] ** 2)
    found = elicit(
        tmp_path, f"parameter,expert,.05,.25,.5,.75,.95\ndiplomacy.b_MU,A,{','.join(map(str, values))}\n"
    )  # fmt: skip
    range_of = found.parameters["diplomacy.b_MU"]
    assert (range_of.central, range_of.high) == pytest.approx((0.0, slope * scores[1]), abs=1e-9)
    share = NormalDist().cdf(0.25 / slope)
    assert share - 0.75 > 0.05
    (line,) = found.told
    assert f"only to within {100 * (share - 0.75):.2g} percentage points" in line
    assert "diplomacy.b_MU" in line


def test_several_quantiles_of_the_family_itself_are_met_and_that_is_told_too(tmp_path: Path) -> None:
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    values = [f"{1.0 + NormalDist().inv_cdf(level):.6f}" for level in levels]
    found = elicit(tmp_path, f"parameter,expert,.05,.25,.5,.75,.95\ndiplomacy.b_MU,A,{','.join(values)}\n")
    (line,) = found.told
    assert "are met to within" in line


def test_quantiles_that_the_family_cannot_follow_are_refused(tmp_path: Path) -> None:
    """Half of all at one end, half at the other: no range with one peak is near."""
    for row in ("-0.51,-0.5,0,0.5,0.51", "0,0.0001,0.0002,1,10"):
        with pytest.raises(StrategyError, match="cannot follow") as caught:
            elicit(tmp_path, f"parameter,expert,.05,.25,.5,.75,.95\ndiplomacy.b_MU,A,{row}\n")
        assert caught.value.where == "experts.csv, line 2"


def test_without_the_median_three_quantiles_can_be_out_of_reach(tmp_path: Path) -> None:
    with pytest.raises(StrategyError, match="no such range is near"):
        elicit(tmp_path, "parameter,expert,.1,.2,.9\ndiplomacy.b_MU,A,0,10,11\n")


def test_several_experts_are_a_linear_pool_and_all_are_named(tmp_path: Path) -> None:
    """Its distribution function is the mean of theirs, at each of the three points."""
    found = elicit(
        tmp_path,
        'parameter,expert,.05,.5,.95\ndiplomacy.b_MU,A,-1,0,1\ndiplomacy.b_MU,"B, of C",-0.5,0.5,1.5\n'
        "diplomacy.b_MU,D,-1,0.2,3\n",
    )
    theirs = [
        quantiles.fit("normal", quantiles.LEVELS, v) for v in ((-1, 0, 1), (-0.5, 0.5, 1.5), (-1, 0.2, 3))
    ]  # fmt: skip
    override = found.parameters["diplomacy.b_MU"]
    for point, level in zip((override.low, override.central, override.high), quantiles.LEVELS, strict=True):
        assert np.mean([quantiles.share_below(one, point) for one in theirs]) == pytest.approx(level, abs=1e-9)
    assert override.source == "elicited from A; B, of C and D, pooled with equal weights (3 experts)"
    assert found.told[-1].startswith("diplomacy.b_MU: pool of A; B, of C and D: ")


def test_experts_who_disagree_make_a_wider_range_than_either_and_one_twice_makes_no_other() -> None:
    near = quantiles.fit("normal", quantiles.LEVELS, (-1.0, 0.0, 1.0))
    far = quantiles.fit("normal", quantiles.LEVELS, (0.0, 1.0, 2.0))
    assert near is not None
    assert far is not None
    low, high = (quantiles.pooled_quantile([near, far], level) for level in (0.05, 0.95))
    assert high - low > 2.2
    assert quantiles.pooled_quantile([near, far], 0.5) == pytest.approx(0.5)
    assert [quantiles.pooled_quantile([near, near], level) for level in quantiles.LEVELS] == pytest.approx([-1, 0, 1])
    assert quantiles.departure(near, [near, near]) < 1e-12


def test_experts_who_contradict_each_other_are_not_made_one(tmp_path: Path) -> None:
    with pytest.raises(StrategyError, match="A and B contradict each other") as caught:
        elicit(tmp_path, "parameter,expert,.05,.5,.95\ndiplomacy.b_MU,A,-1,0,1\ndiplomacy.b_MU,B,2,3,4\n")
    assert "counterflow diff" in caught.value.hint
    assert caught.value.where == "experts.csv, line 3"


def test_what_is_drawn_is_what_was_said_and_nothing_else_moves(tmp_path: Path) -> None:
    found = elicit(tmp_path, "parameter,expert,.25,.5,.75\ndiplomacy.S_str,A,0.2,0.4,0.7\n")
    strategy = with_elicited(PLAIN, found)
    table = priors.with_overrides(priors.load(), strategy.parameters)
    assert (table["diplomacy"]["S_str"].grade, table["diplomacy"]["S_str"].assumed) == ("D", False)
    assert "elicited from A" in table["diplomacy"]["S_str"].source
    plain, said = (draw(2000, 0, LEVERS, 1, table=of).parameters.diplomacy for of in (priors.load(), table))
    assert np.quantile(said.S_str, [0.25, 0.5, 0.75]) == pytest.approx([0.2, 0.4, 0.7], abs=0.03)
    moved = [name for name in plain._fields if not np.array_equal(getattr(plain, name), getattr(said, name))]
    assert moved == ["S_str"]


def test_what_the_posterior_holds_gives_way_to_the_expert(tmp_path: Path) -> None:
    fitted = posterior_for(PLAIN)
    assert fitted is not None
    assert ("border", "r_retry") in fitted.names, "the test needs a parameter that the record was fitted with"
    found = elicit(tmp_path, "parameter,expert,.05,.5,.95\nborder.r_retry,A,0.6,0.7,0.8\n")
    strategy = with_elicited(PLAIN, found)
    left = posterior_for(strategy)
    assert left is not None
    assert ("border", "r_retry") not in left.names
    table = priors.with_overrides(priors.load(), strategy.parameters)
    drawn = draw(500, 0, LEVERS, 1, table=table, sampling=Sampling(posterior=left)).parameters.border.r_retry
    assert np.median(drawn) == pytest.approx(0.7, abs=0.02)


def test_a_strategy_that_sets_the_same_parameter_is_refused(tmp_path: Path) -> None:
    found = elicit(tmp_path, "parameter,expert,.05,.5,.95\nborder.r_retry,A,0.6,0.7,0.8\n")
    own = PLAIN.model_copy(update={"parameters": {"border.r_retry": ParameterOverride(value=0.5)}})
    with pytest.raises(StrategyError, match=r"border\.r_retry is elicited, and the strategy sets it too") as caught:
        with_elicited(own, found)
    assert caught.value.where == "experts.csv, line 2"
    other = PLAIN.model_copy(update={"parameters": {"border.p_app": ParameterOverride(value=0.7)}})
    assert list(with_elicited(other, found).parameters) == ["border.p_app", "border.r_retry"]


def test_the_report_lists_what_was_elicited_beside_the_default(tmp_path: Path) -> None:
    found = elicit(tmp_path, "parameter,expert,.05,.5,.95,note\nborder.r_retry,A,0.6,0.7,0.8,a survey\n")
    (row,) = settings(with_elicited(PLAIN, found))["parameters"]
    assert row["set"].startswith("0.6 | 0.7 | 0.8")
    assert (row["grade"], row["assumed"], row["source"]) == ("D", False, "elicited from A. A: a survey")
    json.dumps(row)


def test_the_file_is_not_written_over_and_the_report_tells_how_to_make_it_again(tmp_path: Path) -> None:
    from counterflow.evidence.store import Store
    from counterflow.report.assessment.manifest import manifest
    from counterflow.report.formats.plan import planned, refuse_clashes
    from strategy_cases import brief

    file = tmp_path / "report.html"
    with pytest.raises(UsageError, match="written over the file of what experts say"):
        refuse_clashes("document.txt", planned(file), None, elicited_file=file)
    told = manifest(brief(), Store.open(), PLAIN, None, elicited_file=Path("my experts.csv"))
    assert told["command"].endswith("--elicited 'my experts.csv'")
    assert "--elicited" not in manifest(brief(), Store.open(), PLAIN, None)["command"]


def test_the_example_of_the_documentation_is_read(project: Path, tmp_path: Path) -> None:
    text = (project / "docs" / "elicitation.md").read_text(encoding="utf-8")
    for kind in ("csv", "toml"):
        path = tmp_path / f"example.{kind}"
        path.write_text(text.split(f"```{kind}\n")[1].split("```")[0], encoding="utf-8")
        assert list(judgements(path))
        assert read_elicited(path).parameters


HEAD = "parameter,expert,.05,.5,.95\n"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"{HEAD}diplomacy.S_str,A\u200b,.1,.3,.7\n", "plain letters"),
        (f"{HEAD}diplomacy.S_str,A,10,30,70\n", "unit"),
        (f"{HEAD}diplomacy.S_str,A,.7,.3,.1\n", "in order"),
        ("parameter,expert,.6,.7,.95\ndiplomacy.S_str,A,.1,.3,.7\n", "below the median"),
        (f"{HEAD}diplomacy.S_str,A,0,1,0,3,0,7\n", "decimal comma"),
        ("parameter,expert,.05,.05,.95\ndiplomacy.S_str,A,.1,.3,.7\n", "Leave one of them out"),
        ("parameter,expert,.05,5%,.95\ndiplomacy.S_str,A,.1,.3,.7\n", "into one column"),
        (f'{HEAD}"diplomacy.S_str,A,.1,.3,.7\n', "quotation mark"),
    ],
)
def test_what_is_refused_in_a_table_says_what_to_do(tmp_path: Path, text: str, hint: str) -> None:
    with pytest.raises(StrategyError) as caught:
        elicit(tmp_path, text)
    assert hint in caught.value.hint
    assert caught.value.where.startswith("experts.csv, line ")


@pytest.mark.parametrize(
    ("raw", "name", "hint"),
    [
        ("parameter,expert,note\nx,Pérez,y\n".encode("latin-1"), "experts.csv", "CSV UTF-8"),
        (b"x" * 1_000_001, "experts.csv", "right file"),
        (b"[[judgement]\n", "experts.toml", "[[judgement]] tables"),
        (
            b'[[judgement]]\nparameter="diplomacy.S_str"\nexpert="A"\nlevels=[0.05,0.5,0.95]\nvalues=[0.1]\n',
            "experts.toml",
            "one value for each level",
        ),
        (None, "experts.csv", "Check the path"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, raw: bytes | None, name: str, hint: str) -> None:
    if raw is not None:
        (tmp_path / name).write_bytes(raw)
    with pytest.raises(StrategyError) as caught:
        read_elicited(tmp_path / name)
    assert hint in caught.value.hint
