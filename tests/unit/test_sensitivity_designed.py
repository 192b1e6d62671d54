"""Sobol' indices and Morris' effects of the model: independent draws, what they leave out, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from counterflow.cli.base import main
from counterflow.cli.sensitivity import sensitivity
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.sampling import FIELDS, JOINT, refits
from counterflow.ensemble.simulate import plan_for
from counterflow.errors import JudgementError, UsageError
from counterflow.judgement.headlines import rules
from counterflow.judgement.sensitivity import designs
from counterflow.judgement.sensitivity.designed import Designed, by_design
from counterflow.judgement.sensitivity.independent import CARTELS, Ran, draws_of, inputs_of, sizes_of
from counterflow.model.conditions import conditions
from counterflow.report.studies.sensitivity import sensitivity_lines, sensitivity_values
from counterflow.strategy.files import write_strategy
from ensemble_runs import BRANCHES, STRATEGY, evidence

WALKS, KEPT, POINTS = 4, 2, 32


@pytest.fixture(scope="module")
def at() -> Plan:
    return plan_for(STRATEGY, evidence(), years=2, seed=0, only=BRANCHES)


@pytest.fixture(scope="module")
def found(at: Plan) -> Designed:
    return by_design(at, "sobol", draws=POINTS, most=KEPT, trajectories=WALKS)


def asked(*arguments: object) -> Result:
    if "sensitivity" not in main.commands:
        main.add_command(sensitivity)
    return CliRunner().invoke(main, ["sensitivity", *map(str, arguments)])


def test_inputs_are_what_is_open_with_the_refits_of_the_cartel_model_as_one(at: Plan) -> None:
    names = [one.name for one in inputs_of(at)]
    assert len(set(names)) == len(names) > 150
    assert CARTELS in names
    assert not {f"cartels.{symbol}" for symbol in JOINT} & set(names)
    assert "size of asylum.remain_in_mexico" in names
    assert "size of asylum.restriction" not in names  # this strategy does not move it


def test_what_is_not_named_stands_at_its_median_and_what_is_named_only_moves_itself(at: Plan) -> None:
    prior = at.priors["diplomacy"]["h_arr"]
    made = draws_of(at, ["diplomacy.h_arr"], np.array([[0.05], [0.5], [0.95]])).draws
    for mechanism, fields in FIELDS.items():
        for symbol in fields._fields:
            values = getattr(getattr(made.parameters, mechanism), symbol)
            if (mechanism, symbol) == ("diplomacy", "h_arr"):
                np.testing.assert_allclose(values, np.array([prior.low, prior.central, prior.high], float), rtol=1e-6)
            else:
                assert np.ptp(values) == 0, (mechanism, symbol)
    assert (made.intensity == 0.5).all()


def test_refits_come_whole(at: Plan) -> None:
    made = draws_of(at, [CARTELS], np.linspace(0.01, 0.99, 50)[:, None]).draws.parameters.cartels
    rows = np.stack([getattr(made, symbol) for symbol in JOINT], axis=1)
    known = {tuple(row) for row in refits().astype(np.float32)}
    assert {tuple(row) for row in rows} <= known
    assert len({tuple(row) for row in rows}) > 40


def test_every_row_meets_every_joint_condition_and_those_moved_are_counted(at: Plan) -> None:
    names = [one.name for one in inputs_of(at)]
    made = draws_of(at, names, np.random.default_rng(0).uniform(0.001, 0.999, (400, len(names))))
    values = {
        (mechanism, symbol): np.asarray(getattr(getattr(made.draws.parameters, mechanism), symbol), np.float64)
        for mechanism, fields in FIELDS.items()
        for symbol in fields._fields
    }
    for condition in conditions():
        assert condition.holds(values).all(), condition.name
        assert 0 < made.moved[condition.meaning] < 300, condition.name


def test_a_row_is_the_same_alone_and_among_others(at: Plan) -> None:
    names = [one.name for one in inputs_of(at)]
    places = np.random.default_rng(1).uniform(0.05, 0.95, (3, len(names)))
    together, alone = sizes_of(at, names, places).sizes, sizes_of(at, names, places[1:2]).sizes
    np.testing.assert_array_equal(together[:, 1], alone[:, 0])


def test_screening_looks_at_all_inputs_and_indices_at_those_that_matter(at: Plan, found: Designed) -> None:
    inputs = inputs_of(at)
    assert found.inputs == inputs
    assert found.runs == 2 * (WALKS * (len(inputs) + 1) + POINTS * (KEPT + 2))
    assert found.branch == "as_written"
    crossings = [one for one in found.screened if one.headline == "crossings"]
    assert {one.input for one in crossings} == {one.name for one in inputs}
    sizes = [one.size for one in crossings]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0.0
    mechanism = {one.name: one.mechanism for one in inputs}
    assert mechanism[crossings[0].input] in ("border", "courts", "lever", "interior")
    assert 1 <= len({one.input for one in found.indices}) <= KEPT
    for one in found.indices:
        assert one.first_low <= one.first <= one.first_high
        assert one.total_low <= one.total <= one.total_high


def test_what_independence_leaves_out_is_said(at: Plan, found: Designed) -> None:
    said = " ".join(found.ignored)
    assert "what the record taught of them is not used" in said
    assert "Chance is off" in said
    assert "supply.e_dem_long" in said  # correlated with another
    assert "so that known gotaways are not more than all who get through" in said
    assert f"The other {len(found.inputs) - len({one.input for one in found.indices})} inputs" in said


def test_the_tables_name_headlines_intervals_runs_and_what_is_left_out(found: Designed) -> None:
    lines = sensitivity_lines(found)
    assert lines[0] == "Branch as_written against none, the run without the strategy, weeks 53 to 104."
    assert lines[1] == f"{found.runs:,} runs. Brackets are 90% intervals over resampled rows of the design."
    assumed = sum(one.grade == "D" for one in found.inputs)
    assert f"It rests on {len(found.inputs)} uncertain inputs" in " ".join(lines)
    assert f"{assumed} of grade D (little or no evidence" in " ".join(" ".join(lines).split())
    text = "\n".join(lines)
    for title in (
        "Trafficking curtailed",
        "Crossings curtailed",
        "Friction between the US and Mexico",
        "Violence in Mexico up",
    ):
        assert f"\n{title}: " in text
    assert "alone" in text
    assert found.indices[0].input in text
    assert "Chance is off" in text
    assert "nan" not in text
    screened = "\n".join(sensitivity_lines(found._replace(method="morris", indices=())))
    assert "half the width of a 90% interval" in screened
    assert "mean size of change" in screened
    assert max(len(line) for line in lines) <= 120


def test_a_headline_that_moves_while_screened_and_not_with_the_inputs_chosen_is_told(
    at: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [one.name for one in inputs_of(at)]

    def ran(at: Plan, of: list[str], places: np.ndarray, told: object) -> Ran:
        sizes = np.zeros((4, len(places)))
        sizes[1] = places[:, of.index("border.p_app")]
        if len(of) == len(names):  # only while screening
            sizes[3] = 0.1 * places[:, of.index("supply.T_reb")]
        return Ran(sizes, {})

    monkeypatch.setattr("counterflow.judgement.sensitivity.independent.sizes_of", ran)
    monkeypatch.setattr(
        "counterflow.judgement.sensitivity.designed.strongest", lambda of, most: [names.index("border.p_app")]
    )
    made = by_design(at, "sobol", draws=POINTS, most=1, trajectories=WALKS)
    ids = [rule.id for rule in rules()]
    assert made.unmoved == (ids[3],)
    assert made.untold == (ids[0], ids[2])
    lines = sensitivity_lines(made)
    here = next(number for number, line in enumerate(lines) if line.startswith(f"{rules()[3].title}: "))
    told = " ".join(" ".join(lines[here + 1 : here + 5]).split())
    assert "No index can be told: it moves in the screening, but the 1 input that got indices" in told
    assert "supply.T_reb" in told
    assert max(map(len, lines)) <= 120
    assert json.loads(json.dumps(sensitivity_values(made), allow_nan=False))["unmoved"] == [ids[3]]
    assert by_design(at, "morris", draws=100, trajectories=WALKS).unmoved == ()  # and its draws are not looked at


@pytest.mark.parametrize(("draws", "enough"), [(100, 128), (16, 32)])
def test_draws_that_do_not_fill_a_design_are_refused(at: Plan, draws: int, enough: int) -> None:
    with pytest.raises(JudgementError, match=rf"{draws} draws .* such as {enough}\."):
        by_design(at, "sobol", draws=draws)
    with pytest.raises(JudgementError, match="not balanced"):
        designs.sobol(lambda places: places.T, 2, 100, seed=0)


def test_too_few_walks_are_refused(at: Plan) -> None:
    with pytest.raises(JudgementError, match="At least 4 are needed"):
        by_design(at, "morris", trajectories=3)


def test_without_salib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterflow.ensemble.extra.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'counterflow\[explore\]'"):
        designs.morris(lambda places: places.T, 2, 4, seed=0)


def test_the_command_refuses_the_reference_and_wrong_branches_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    write_strategy(STRATEGY, file)
    done = asked(file, "--branch", "none")
    assert done.exit_code == 2
    assert "name another" in done.output
    done = asked(file, "--branch", "as_writen", "--json")
    assert done.exit_code == 2
    assert json.loads(done.output)["error"]["hint"].startswith("Did you mean as_written?")
    done = asked(file, "--branch", "as_written", "--draws", "100", "--json")
    assert json.loads(done.output)["error"]["code"] == "judgement"
    done = asked(file, "--branch", "as_written", "--method", "morris", "--draws", "128", "--inputs", "4", "--json")
    assert done.exit_code == 2
    assert "no use for --draws and --inputs" in json.loads(done.output)["error"]["message"]
    assert "--method sobol" in json.loads(done.output)["error"]["hint"]


def test_indices_of_one_input_or_of_an_outcome_that_differs_in_one_row_can_be_written_as_json() -> None:
    found = designs.sobol(lambda places: (np.arange(len(places)) == 3.0)[None].astype(float), 1, 32, seed=0)
    assert all(np.isfinite(part).all() for part in found[:4])
    assert found.total.shape == (1, 1)


def test_the_command_prints_one_json_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Designed) -> None:
    file = tmp_path / "s.toml"
    write_strategy(STRATEGY, file)
    monkeypatch.setattr("counterflow.judgement.sensitivity.designed.by_design", lambda *given, **more: found)
    told = json.loads(asked(file, "--branch", "as_written", "--json").stdout)
    assert told["runs"] == found.runs
    assert told["reference"] == "none"
    assert set(told["indices"][0]) >= {"headline", "input", "first", "total_low", "total_high"}
    assert told["ignored"] == list(found.ignored)
    assert "alone" in asked(file, "--branch", "as_written").stdout
