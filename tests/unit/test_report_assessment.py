"""The assessment holds everything that the page shows, and says what became of every part of the document."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
import xarray as xr

import report_fixture
from counterflow.errors import ReportError
from counterflow.judgement.compared import compared
from counterflow.judgement.headlines import rules
from counterflow.model.costs import unpriced
from counterflow.report.assessment.answer import _seen_by_headline, heaviest_strikes
from counterflow.report.assessment.assemble import assemble
from counterflow.report.page.render import render_page
from counterflow.report.summary import dated_lines, summary_lines


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    return report_fixture.build()


@pytest.fixture
def parts() -> dict[str, Any]:
    """The arguments of `assemble` for the made-up document, without any run."""
    text = report_fixture.brief()
    plan, branches = report_fixture.strategy(text)
    return {
        "brief": text,
        "checks": report_fixture.checks(text),
        "strategy": plan,
        "branches": branches,
        "runs": None,
        "verdict": None,
        "inquiry": None,
        "foreseen": None,
        "history": {},
        "lever_titles": {},
        "manifest": {},
        "timings": {},
    }


def test_it_is_json_and_the_same_inputs_give_the_same_text(assessment: dict[str, Any]) -> None:
    text = json.dumps(assessment, allow_nan=False)
    assert json.loads(text) == assessment
    assert json.dumps(report_fixture.build(), allow_nan=False) == text


def test_every_part_of_the_document_is_in_it(assessment: dict[str, Any]) -> None:
    text = report_fixture.brief()
    for name in ("actions", "findings", "ledger", "assertions"):
        assert len(assessment[name]) == len(getattr(text, name))
    assert [c["claim"]["id"] for c in assessment["claims"]] == [c.id for c in text.claims]


def test_every_action_has_a_fate(assessment: dict[str, Any]) -> None:
    fates = {a["lever"]: a["fate"]["kind"] for a in assessment["actions"]}
    assert fates["military.strike_lab"] == "branch"
    assert fates["military.strike_leader"] == "moves no lever"
    assert fates["asylum.restriction"] == "acts"
    assert fates["asylum.remain_in_mexico"] == "acts as on record only"
    assert fates["emergency.declaration"] == "acts"
    assert all(a["fate"]["text"] for a in assessment["actions"])


def test_monthly_medians_are_those_of_the_draws(assessment: dict[str, Any]) -> None:
    item = next(o for o in assessment["outcomes"] if o["variable"] == "cooperation")
    runs = report_fixture.dataset([b[0] for b in report_fixture.BRANCHES])
    # February 2026 holds weeks 53 to 57 in part; a weighted mean of weekly values lies between their
    # extremes.
    at = item["months"].index("2026-02-01")
    weeks = runs["cooperation"].sel(branch="as_on_record").isel(time=slice(53, 58))
    medians = weeks.median("draw").to_numpy()
    assert medians.min() * 0.99 <= item["branches"]["as_on_record"]["q50"][at] <= medians.max() * 1.01


def test_quantiles_never_cross(assessment: dict[str, Any]) -> None:
    for item in assessment["outcomes"]:
        for fan in item["branches"].values():
            stacked = np.array([fan[q] for q in ("q05", "q25", "q50", "q75", "q95")])
            assert (np.diff(stacked, axis=0) >= 0).all(), item["variable"]


def test_changes_are_paired_with_the_same_draw_of_no_strategy(assessment: dict[str, Any]) -> None:
    """The made-up attempts differ sevenfold between draws but the paired change does not."""
    item = next(o for o in assessment["outcomes"] if o["variable"] == "attempts")
    window = item["window"]["as_on_record"]
    assert window["high"] / window["low"] > 2
    assert -1 < window["change_low"] <= window["change_median"] <= window["change_high"] < -0.2
    assert "change_median" not in item["window"]["none"]


def test_an_outcome_that_is_zero_without_the_strategy_has_no_relative_change(
    assessment: dict[str, Any],
) -> None:
    item = next(o for o in assessment["outcomes"] if o["variable"] == "civilian_harm")
    assert "change_median" not in item["window"]["strikes_sustained"]
    assert item["window"]["strikes_sustained"]["median"] > 0


def test_foreseen_counts_the_months_inside_each_band(assessment: dict[str, Any]) -> None:
    seen = {o["variable"]: o for o in assessment["foreseen"]["outcomes"]}
    assert set(seen) == {n for n, o in report_fixture.OUTPUTS.items() if o[2]}, "only outputs with a series"
    item = seen["homicides"]
    fan = item["branches"]["none"]
    since = {o["month"]: o["value"] for o in item["observed"] if o["month"] >= "2025-03-05"}
    inside = sum(fan["q05"][i] <= since[m] <= fan["q95"][i] for i, m in enumerate(item["months"]) if m in since)
    assert item["observed_since"] == len(since) == 8
    assert item["inside"]["none"]["band_90"] == inside


def test_an_undetermined_answer_names_the_parameter_and_where_it_flips(assessment: dict[str, Any]) -> None:
    sure = " ".join(assessment["answer"]["sure"])
    assert (
        "Undetermined against the run without the strategy, over weeks 53 to 156 after its first lever: "
        "friction between the US and Mexico and more violence in Mexico."
    ) in sure
    for text in ("w_fly", "from 0.001 to 0.03", "from 8% to 71%", "flips at 0.017", "which is assumed", "of grade D"):
        assert text in sure


def test_the_answer_says_how_many_months_the_model_foresaw(assessment: dict[str, Any]) -> None:
    outcomes = assessment["foreseen"]["outcomes"]
    inside = sum(o["inside"]["as_on_record"]["band_90"] for o in outcomes)
    assert 0 < inside < 32
    assert f"the model’s 90% bands hold {inside} of 32 monthly figures" in assessment["answer"]["sure"][0]


def test_the_sentence_to_quote_gives_all_four_verdicts_and_how_the_model_has_done_since(
    assessment: dict[str, Any],
) -> None:
    outcomes = assessment["foreseen"]["outcomes"]
    inside = sum(o["inside"]["as_on_record"]["band_90"] for o in outcomes)
    months = sum(o["observed_since"] for o in outcomes)
    assert assessment["answer"]["short"] == (
        "With the strategy as on record, against the run without the strategy, over weeks 53 to 156 after its first "
        "lever, the model finds curtailed trafficking unlikely; fewer crossings likely; and friction between the "
        "US and Mexico and more violence in Mexico undetermined. Of the months observed since, the model’s 90% bands "
        f"have held {inside} of {months}."
    )


def test_the_answer_says_how_many_levers_move_and_how_many_actions_move_none(assessment: dict[str, Any]) -> None:
    lead = next(b for b in assessment["branches"] if b["id"] == assessment["answer"]["lead_branch"])
    levers = len({e["lever"] for e in lead["entries"]})
    idle = sum(x["fate"]["kind"] == "moves no lever" for x in assessment["actions"])
    assert idle > 1
    assert assessment["answer"]["coverage"] == (
        f"It moves {levers} levers of the model, responses to it included; "
        f"{idle} of the document’s 15 actions move none."
    )
    assert f"Levers         {levers} moved; {idle} of 15 actions move none" in summary_lines(assessment)


def test_a_strategy_costs_what_its_own_levers_cost(assessment: dict[str, Any]) -> None:
    costs = assessment["costs"]
    assert (costs["years"], costs["weeks"], costs["unit"]) == (3, 156, "USD")
    assert set(costs["branches"]) == {b[0] for b in report_fixture.BRANCHES} - {"none"}
    rows = {row["lever"]: row for row in costs["branches"]["as_on_record"]["levers"]}
    # What rounding leaves on a lever that the branch does not move is no cost.
    assert set(rows) == {"military.surveillance", "military.deployment", "interior.arrests"}
    assert all(row["low"] <= row["median"] <= row["high"] for row in rows.values())
    assert (rows["military.deployment"]["kind"], rows["interior.arrests"]["kind"]) == ("costs", "saves")
    assert rows["military.deployment"]["grade"] == "C"
    spent = costs["branches"]["as_on_record"]["spent"]
    assert rows["military.deployment"]["low"] < spent["low"]
    assert spent["high"] < sum(rows[x]["high"] for x in ("military.deployment", "military.surveillance")) * 1.001
    assert [row["strikes"] for row in costs["strikes"]] == [10, 52, 1040]
    assert {"military.strike_lab", *rows} == set(costs["prices"])


def test_a_tariff_earns(parts: dict[str, Any]) -> None:
    plan = report_fixture.strategy(parts["brief"])[1][2]
    tariff = plan.entries[0].model_copy(update={"lever": "trade.tariff"})
    branch = plan.model_copy(update={"entries": (*plan.entries, tariff)})
    runs = report_fixture.dataset(["none", "as_on_record"])
    found = assemble(**parts | {"runs": runs, "branches": [branch]})["costs"]["branches"]["as_on_record"]
    earns = next(row for row in found["levers"] if row["lever"] == "trade.tariff")
    assert earns["kind"] == "earns"
    assert earns["high"] < 0 < found["spent"]["low"], "revenue is not taken off what is spent"


def test_a_lever_without_a_price_is_named_with_the_reason(assessment: dict[str, Any]) -> None:
    held = assessment["costs"]["branches"]["as_on_record"]
    reasons = {n["lever"]: n["reason"] for n in held["unpriced"]}
    assert reasons["designation.terrorist"] == unpriced()["designation.terrorist"]
    assert reasons["justice.transfer"].startswith("Mexico’s own")
    assert not set(reasons) & {row["lever"] for row in held["levers"]}
    assert all(reasons.values())


def test_an_index_with_both_signs_has_no_relative_change(parts: dict[str, Any]) -> None:
    runs = report_fixture.dataset(["none", "as_on_record"])
    runs["hostility"] = (runs["cooperation"] - 0.5).assign_attrs(runs["cooperation"].attrs)
    result = assemble(**parts | {"runs": runs, "verdict": report_fixture.verdict()})
    item = next(o for o in result["outcomes"] if o["variable"] == "hostility")
    assert set(item["window"]["as_on_record"]) == {"low", "median", "high"}


def test_the_series_of_a_headline_is_scored_beside_it_and_listed(assessment: dict[str, Any]) -> None:
    outcomes = {o["variable"]: o for o in assessment["foreseen"]["outcomes"]}
    seen = assessment["answer"]["seen"]
    assert {id: s["variable"] for id, s in seen.items()} == {
        "crossings": "encounters",
        "violence": "homicides",
        "trafficking": "fentanyl_seized_border_lb",
    }
    for s in seen.values():
        inside = outcomes[s["variable"]]["inside"]["as_on_record"]["band_90"]
        assert (s["inside"], s["missed"]) == (inside, inside < s["months"] / 2 and s["months"] >= 6)
        assert f"{s['title']} {inside} of {s['months']}" in assessment["answer"]["sure"][1]


@pytest.mark.parametrize(("months", "inside", "off"), [(5, 0, False), (6, 0, True), (6, 2, True), (6, 3, False)])
def test_the_model_is_called_off_only_from_six_months_on(months: int, inside: int, off: bool) -> None:
    item = {
        "variable": "encounters",
        "title": "encounters",
        "observed_since": months,
        "inside": {"as_on_record": {"band_90": inside, "band_50": 0}},
    }
    assert _seen_by_headline({"outcomes": [item]})["crossings"]["missed"] is off


def test_what_the_model_foresaw_worst_is_told_first(assessment: dict[str, Any]) -> None:
    told = assessment["answer"]["sure"][1]
    shares = [int(n) / int(of) for n, of in re.findall(r" (\d+) of (\d+)", told)]
    assert told.startswith("By series: ")
    assert len(shares) > 2
    assert shares == sorted(shares)


def test_a_headline_that_is_zero_in_every_draw_is_not_tested() -> None:
    result = report_fixture.build_untested("trafficking")
    words = {(h["id"], h["reference"]): h["word"] for h in result["headlines"] if h["branch"] == "as_on_record"}
    assert words["trafficking", "none"] == words["trafficking", "before"] == "not tested"
    assert words["crossings", "none"] == "likely"
    assert "Not tested: curtailed trafficking, for no lever" in result["answer"]["short"]
    assert "trafficking unlikely" not in result["answer"]["short"]
    assert not any("Of the four outcomes" in sentence for sentence in result["answer"]["model"])
    told = "\n".join(summary_lines(result))
    assert "Trafficking curtailed: not tested: no lever of this strategy reaches it" in told
    assert "trafficking curtailed not tested" in told


def test_a_headline_that_moves_in_some_draws_is_tested_however_small_its_chance(assessment: dict[str, Any]) -> None:
    rows = [h for h in assessment["headlines"] if h["branch"] == "as_written" and h["id"] == "trafficking"]
    assert rows[0]["probability"] == 0
    assert "not tested" not in {h["word"] for h in rows}


def test_the_weeks_before_are_compared_with_the_run_without_the_strategy_too(assessment: dict[str, Any]) -> None:
    for h in assessment["headlines"]:
        assert (h["without_strategy"] is None) == (h["reference"] == "none")
    runs = report_fixture.dataset([b[0] for b in report_fixture.BRANCHES])
    judged = runs["attempts"].sel(branch="none").isel(time=slice(52, 156)).mean("time")
    expected = float((judged / runs["before_attempts"] - 1 <= -0.3).mean())
    shown = {h["without_strategy"] for h in assessment["headlines"] if h["id"] == "crossings"} - {None}
    assert 0 < expected < 1
    assert shown == {expected}


def test_an_action_that_the_document_denies_is_not_counted_as_done(parts: dict[str, Any]) -> None:
    text = parts["brief"]
    denied = tuple(
        a.model_copy(update={"polarity": "negated"}) if a.lever == "asylum.restriction" else a for a in text.actions
    )
    before, after = (assemble(**parts | {"brief": b}) for b in (text, text.model_copy(update={"actions": denied})))
    action = next(a for a in after["actions"] if a["lever"] == "asylum.restriction")
    assert action["status_in_words"] == "not done: in force"
    assert action["fate"]["kind"] == "moves no lever"
    done = sum(a.status == "in_force" for a in text.actions)
    assert f"{done} in force" in before["answer"]["claims"][0]
    assert f"{done - 1} in force" in after["answer"]["claims"][0]
    assert "1 not done: in force" in after["answer"]["claims"][0]
    assert f"({done - 1} in force)" in summary_lines(after)[1]


@pytest.mark.parametrize("reference", ["without the strategy", "in the 26 weeks before it"])
def test_every_criterion_is_a_sentence_with_either_reference(reference: str) -> None:
    for rule in rules():
        said = rule.criterion.format(reference=reference)
        assert f"% lower than {reference}" in said or f"% higher than {reference}" in said
        assert "{" not in said


def test_the_heaviest_strikes_are_the_most_in_all_and_without_consent() -> None:
    _, branches = report_fixture.strategy(report_fixture.brief())
    assert heaviest_strikes(branches) == "strikes_sustained"
    assert heaviest_strikes(branches[:3]) is None


def test_a_document_that_moves_no_lever_still_gets_its_claims(parts: dict[str, Any]) -> None:
    result = assemble(**parts)
    assert len(result["claims"]) == 6
    assert result["outcomes"] == []
    assert result["answer"]["model"] == [
        "Nothing was simulated: no action of the document moves a lever that the model knows."
    ]
    assert len(summary_lines(result)) == 4


def test_an_output_without_units_is_refused(parts: dict[str, Any]) -> None:
    runs = report_fixture.dataset(["none", "as_written"])
    del runs["homicides"].attrs["units"]
    with pytest.raises(ReportError, match="'homicides' has no attribute 'units'"):
        assemble(**parts | {"runs": runs})


def test_outputs_by_state_are_left_to_the_run_files(parts: dict[str, Any]) -> None:
    runs = report_fixture.dataset(["none"])
    runs["by_state"] = runs["homicides"].expand_dims(geo=["Sonora"])
    names = [o["variable"] for o in assemble(**parts | {"runs": runs})["outcomes"]]
    assert "by_state" not in names
    assert set(names) == set(report_fixture.OUTPUTS)


def test_the_summary_is_about_a_dozen_short_lines(assessment: dict[str, Any]) -> None:
    lines = summary_lines(assessment)
    assert 10 <= len(lines) <= 12
    assert max(map(len, lines)) <= 100
    text = "\n".join(lines)
    for part in ("15 actions", "6 claims: 1 holds on all readings", "undetermined", "w_fly", "60 draws"):
        assert part in text
    assert "Against        the run without the strategy, over weeks 53 to 156 after its first lever" in lines


def test_the_date_is_told_with_its_whole_reason(assessment: dict[str, Any]) -> None:
    lines = dated_lines(assessment)
    assert lines[0].startswith("Dated")
    assert max(map(len, lines)) <= 100
    told = " ".join(" ".join(lines).split())
    assert " ".join(assessment["strategy"]["date"]["reason"].split()) in told


def test_replicates_spread_a_fan_as_draws_do(parts: dict[str, Any]) -> None:
    """A second replicate far below the first: the fan holds both, and changes stay paired within each."""
    once = report_fixture.dataset(["none", "as_on_record"])
    low = {name: 0.01 * once[name] for name in report_fixture.OUTPUTS}
    twice = once.reindex(replicate=[0, 1])
    for name, values in low.items():
        twice[name] = xr.concat([once[name], values.assign_coords(replicate=[1])], "replicate")
    single, both = (
        next(o for o in assembled["outcomes"] if o["variable"] == "attempts")
        for assembled in (assemble(**parts | {"runs": r, "verdict": report_fixture.verdict()}) for r in (once, twice))
    )
    apart, fan = (item["branches"]["none"] for item in (single, both))
    assert fan["q95"][5] > 0.5 * apart["q50"][5]
    assert fan["q25"][5] < 0.02 * apart["q50"][5]
    changes = [item["window"]["as_on_record"]["change_median"] for item in (single, both)]
    assert changes[1] == pytest.approx(changes[0], rel=0.02)


def test_draws_of_which_a_part_is_missing_are_left_out_of_every_figure(parts: dict[str, Any]) -> None:
    whole = report_fixture.dataset(["none", "as_on_record"])
    gap = whole.copy(deep=True)
    gap["attempts"][1, 7] = np.nan
    rest = whole.drop_sel(draw=7)
    found, expected = (assemble(**parts | {"runs": r, "verdict": report_fixture.verdict()}) for r in (gap, rest))
    assert found["outcomes"] == expected["outcomes"]
    assert found["headlines"] == expected["headlines"]


def test_reduced_runs_leave_the_headlines_and_costs_without_courses(parts: dict[str, Any]) -> None:
    runs = report_fixture.dataset([b[0] for b in report_fixture.BRANCHES])
    kept = {name: value for name, value in runs.items() if "time" not in value.dims}
    reduced = compared(runs).assign(kept).assign_attrs(runs.attrs | {"every": "month"})
    _, branches = report_fixture.strategy(parts["brief"])
    given = parts | {"branches": branches, "verdict": report_fixture.verdict()}
    whole, less = (assemble(**given | {"runs": r}) for r in (runs, reduced))
    assert less["outcomes"] == []
    assert whole["costs"] == less["costs"]
    assert whole["headlines"] == less["headlines"]
    assert "Trafficking curtailed" in render_page(less)
