"""A whole comparison over a few draws: paired, complete, and as told in words."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import compared_fixture
from counterflow.calibration.forecasting.diagrams import svg
from counterflow.cli.base import main
from counterflow.cli.compare import compare as command
from counterflow.errors import JudgementError
from counterflow.evidence.store import Store
from counterflow.judgement.comparison import compare as comparing
from counterflow.judgement.comparison import structure
from counterflow.judgement.comparison.compare import compare
from counterflow.judgement.comparison.contenders import Contender, contender, gathered
from counterflow.judgement.comparison.schema import Compared, Comparison
from counterflow.report.studies.compared.best import best_sentence, in_short
from counterflow.report.studies.compared.figure import front_figure
from counterflow.report.studies.compared.lines import comparison_lines
from counterflow.report.studies.compared.page import FIGURE, page
from counterflow.report.studies.compared.tables import sections
from counterflow.report.studies.compared.words import AGAINST
from counterflow.strategy.builtin.load import built_in_strategy
from counterflow.strategy.files import write_strategy
from counterflow.strategy.overrides import Switches

START = date(2025, 1, 20)
DRAWS, YEARS = 30, 2
CAUSAL = re.compile(
    r"\b(reduc\w+|increas\w+|caus\w+|cuts?|lower(s|ed)|rais\w+|sav(es|ed)|prevent(s|ed))\b", re.IGNORECASE
)
ALLOWED = ("Crossings curtailed", "comes in or is saved", "the cases that a closure saves")  # names, money, a reason


def chosen(*names: str) -> list[Contender]:
    return [contender(built_in_strategy(name, START), name=name) for name in names]


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.open()


@pytest.fixture(scope="module")
def found(store: Store) -> Comparison:
    several = chosen("treatment_naloxone", "southbound_inspection", "demand_and_supply")
    return compare(several, store=store, draws=DRAWS, years=YEARS, structural=False)


def one(found: Comparison, name: str) -> Compared:
    return next(of for of in found.strategies if of.name == name)


def test_the_run_without_a_strategy_is_the_reference_of_all(found: Comparison) -> None:
    none = found.strategies[0]
    assert none.name == "none"
    for effect in none.effects:
        if effect.reference == "none":
            assert effect.change.low == effect.change.high == 0.0
    assert none.deaths_averted.low == none.deaths_averted.high == 0.0
    assert none.spent_mean == 0.0
    assert none.per_death_reason == "the reference"
    # Against the weeks before it moves too: the world goes on.
    before = [effect.change for effect in none.effects if effect.reference == "before"]
    assert any(change.low < 0.0 < change.high for change in before)


def test_each_strategy_has_every_headline_against_both_references_with_errors(found: Comparison) -> None:
    for of in found.strategies:
        told = [(chance.id, chance.reference) for chance in of.headlines]
        assert len(set(told)) == 8
        assert all(0.0 <= chance.probability <= 1.0 and chance.error > 0.0 for chance in (*of.headlines, *of.robust))


def test_treatment_averts_deaths_and_moves_nothing_else(found: Comparison) -> None:
    treated = one(found, "treatment_naloxone")
    assert treated.deaths_averted.low > 0.0
    assert treated.homicides_averted.low == treated.homicides_averted.high == 0.0
    assert treated.per_death is not None
    assert treated.per_death.value == pytest.approx(treated.spent_mean / treated.deaths_averted_mean)
    assert treated.unpriced == ()


def test_a_strategy_with_a_lever_without_a_price_has_no_cost_of_a_death(found: Comparison) -> None:
    mixed = one(found, "demand_and_supply")
    assert mixed.unpriced == ("drugs.precursor_control",)
    assert mixed.per_death is None
    assert mixed.per_death_reason == "unpriced"
    assert mixed.front_with_cost is None
    assert mixed.spent_mean > 0.0


def test_what_averts_no_death_has_no_cost_of_one_and_is_beaten_by_doing_nothing(found: Comparison) -> None:
    inspected = one(found, "southbound_inspection")
    assert inspected.per_death_reason == "no clear effect"
    assert "none" in inspected.beaten_by


def test_the_best_is_asked_for_among_all_and_without_sums_of_others(found: Comparison) -> None:
    by = {(best.among, best.outcome): best.best for best in found.best}
    assert by["all", "deaths"] == "demand_and_supply"
    assert by["parts", "deaths"] == "treatment_naloxone"
    assert found.parts == ("none", "treatment_naloxone", "southbound_inspection")


def test_too_few_draws_for_assumptions_are_said_with_how_many_are_needed(found: Comparison) -> None:
    assert found.under == ()
    assert "at least 90" in found.under_reason


def test_a_strategy_has_the_same_figures_whatever_it_is_compared_with(store: Store, found: Comparison) -> None:
    alone = compare(chosen("treatment_naloxone"), store=store, draws=DRAWS, years=YEARS, structural=False)
    for name in ("deaths_averted", "spent", "headlines", "effects"):
        assert getattr(one(alone, "treatment_naloxone"), name) == getattr(one(found, "treatment_naloxone"), name)


@pytest.mark.parametrize(("draws", "years"), [(19, 3), (30, 1), (30, 11)])
def test_too_few_draws_and_years_out_of_reach_are_refused(store: Store, draws: int, years: int) -> None:
    with pytest.raises(JudgementError):
        compare(chosen("port_scanning"), store=store, draws=draws, years=years)


def test_every_switch_is_looked_at_in_each_of_its_other_positions() -> None:
    found = structure.positions(Switches(scarcity=False))
    assert {(one.switch, one.position) for one in found} >= {
        ("scarcity", "on"),
        ("hits", "off"),
        ("price_deaths", "on"),
        ("reciprocity", "concedes"),
        ("reciprocity", "retaliates"),
    }
    assert all(sum(a != b for a, b in zip(one.switches, Switches(scarcity=False), strict=True)) == 1 for one in found)


def test_runs_with_a_switch_turned_say_which_is_best_then(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = structure.positions
    monkeypatch.setattr(structure, "positions", lambda of: [one for one in whole(of) if one.switch == "price_deaths"])
    steps: list[tuple[int, int]] = []
    found = compare(
        chosen("treatment_naloxone", "precursor_control"),
        store=store,
        draws=DRAWS,
        years=YEARS,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert {(one.switch, one.position) for one in found.structure} == {("price_deaths", "on")}
    assert found.structure_draws == DRAWS
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_planted_input_reaches_the_answer_with_its_name_and_grade(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    place = random.random(300)
    harm = np.stack([np.zeros(300), 4.0 * place - 2.0 + random.normal(0, 0.1, 300)]) * 100.0
    from counterflow.judgement.uncertain import Input, Uncertain

    inputs = Uncertain((Input("a.b", "a", "D", "planted", "kg"),), place[:, None])
    monkeypatch.setattr(comparing, "BY", ("deaths",))
    (told,) = comparing._under(
        comparing.checked(chosen("port_scanning")),
        {"deaths": harm},
        {"all": [0, 1]},
        inputs,
        np.tile(np.arange(300), (3, 1)),
    )
    assert (told.input, told.grade, told.low_best, told.high_best) == ("a.b", "D", "port_scanning", "none")


def words(of: Sequence[str]) -> str:
    text = " ".join(" ".join(of).split())
    for name in ALLOWED:
        text = text.replace(name, "")
    return text


def test_every_note_names_its_reference_and_its_weeks_and_no_word_says_that_a_strategy_causes_it(
    found: Comparison,
) -> None:
    assert not CAUSAL.findall(words(comparison_lines(found)))
    text = words(comparison_lines(found))
    for reference in AGAINST.values():
        assert reference in text
    for section in sections(found):
        if section.title.startswith(("Outcomes", "Chances", "Regret", "Robustness")):
            assert "weeks 53 to 104" in " ".join(section.notes)
    for sentence in sections(found)[0].notes[: len(found.best)]:
        assert "against the run without a strategy over" in sentence


def test_every_table_has_a_row_for_each_strategy_and_every_effect_its_interval(found: Comparison) -> None:
    titles = [of.title for of in found.strategies]
    for section in sections(found)[1:9]:
        assert [row[0] for row in section.rows] == titles
        assert all(len(row) == len(section.header) for row in section.rows)
    for section in sections(found)[1:3]:
        assert all(
            re.search(r"\(.+ to .+\)", cell) or cell == "the reference" for row in section.rows for cell in row[1:]
        )


def test_what_it_comes_to_begins_with_the_documents_own_strategy() -> None:
    of = compared_fixture.comparison()
    first, *others = in_short(of)
    document = next(one for one in of.strategies if one.name == "document")
    assert first.startswith(f"{document.title}: US deaths over all 156 weeks change by −1,600 (−4,000 to −320)")
    assert "fentanyl delivered over weeks 53 to 156 by −4% (−7% to +2%)" in first
    assert "Best on average by US deaths: Treatment and naloxone, −5,200 (−13,000 to −1,000)." in first
    assert "Best on average by fentanyl delivered: Treatment and naloxone, −13% (−23% to +6%)." in first
    assert not any(document.title in text for text in others)
    itself = of.model_copy(update={"best": tuple(one.model_copy(update={"best": "document"}) for one in of.best)})
    assert "By US deaths it is itself the best on average." in in_short(itself)[0]
    alone = of.model_copy(update={"strategies": tuple(one for one in of.strategies if one.name != "document")})
    assert in_short(alone)[0].startswith("Among all strategies")


def test_what_is_left_out_of_a_best_is_said_plainly(found: Comparison) -> None:
    parts = [best_sentence(found, one) for one in found.best if one.among == "parts"]
    assert parts
    assert all(text.startswith("Leaving out strategies that contain all of another, ") for text in parts)


def test_a_cost_that_is_not_complete_is_marked(found: Comparison) -> None:
    money = next(section for section in sections(found) if "money" in section.title)
    mixed = next(row for row in money.rows if row[0] == "Demand and supply")
    assert mixed[3].endswith("incomplete")
    assert mixed[4] == "not told: not all is priced"


def test_the_page_has_all_sections_and_its_chart_shows_every_strategy(found: Comparison) -> None:
    text = page(found, command="counterflow compare ...", document="examples/border-strategy.md")
    for section in sections(found):
        assert f"## {section.title}" in text
    assert f"]({FIGURE})" in text
    assert "$" not in re.sub(r"\$[\d.]", "", text)  # dollars stand before numbers only: nothing is left to fill in
    chart = svg(front_figure(found), "front")
    for of in found.strategies:
        assert of.title in chart
    assert chart == svg(front_figure(found), "front")


def test_the_script_writes_the_page_that_is_kept(project: Path) -> None:
    spec = importlib.util.spec_from_file_location("build", project / "scripts" / "build_strategies_page.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    kept = (project / "docs" / "strategies.md").read_text(encoding="utf-8")
    assert build.COMMAND.format(document=build.DOCUMENT, draws=build.DRAWS) in kept
    assert f"{build.DRAWS:,} draws" in kept
    for title in ("Port scanning", "As in the document", "Heaviest strikes with consent"):
        assert f"| {title} |" in kept
    assert (project / "docs" / FIGURE).is_file()


@pytest.fixture
def ready() -> CliRunner:
    if "compare" not in main.commands:
        main.add_command(command)
    return CliRunner()


def test_the_command_compares_files_and_prints_one_object(
    ready: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(structure, "positions", lambda of: [])  # they take their time
    paths = []
    for name in ("treatment_naloxone", "southbound_inspection"):
        paths.append(str(tmp_path / f"{name}.toml"))
        write_strategy(built_in_strategy(name, START), Path(paths[-1]))
    done = ready.invoke(command, [*paths, "--draws", "20", "--years", "2", "--priors", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [of["name"] for of in told["strategies"]] == ["none", "treatment_and_naloxone", "southbound_inspection"]
    assert told["posterior"] == ""


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 2, "fewer than two strategies"),
        (["--built-in"], 2, "no day"),
        (["--start", "2025-01-20"], 2, "add --built-in"),
        (["one.toml"], 2, "fewer than two strategies"),
        (["one.toml", "one.toml"], 2, "called 'Port scanning'"),
        (["one.toml", "missing.toml"], 3, "cannot be read"),
        (["one.toml", "--document", "missing.toml"], 3, "cannot be read"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(
    ready: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_strategy(built_in_strategy("port_scanning", START), Path("one.toml"))
    done = ready.invoke(main, ["compare", *options])
    assert done.exit_code == code, done.output
    assert said in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_gathered_built_in_strategies_are_all_compared() -> None:
    assert len(comparing.checked(gathered([], with_built_in=True, start=START))) == 9
