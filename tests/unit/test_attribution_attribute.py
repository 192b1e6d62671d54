"""Shares of levers in what a branch changes, by runs of the real model: few draws over two years."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from attribution_cases import BEGUN, DRAWS, TOGETHER, YEARS, bundles, collinear, members, outcome, store, strategy
from counterflow.cli.attribute import attribute as command
from counterflow.ensemble.contrast import OUTCOMES
from counterflow.ensemble.simulate import simulate
from counterflow.errors import JudgementError, UsageError
from counterflow.judgement.attribution import attribute as sharing
from counterflow.judgement.attribution.attribute import attribute, measures
from counterflow.judgement.attribution.schema import Amount, Attribution, Group, Member
from counterflow.judgement.compared import compared
from counterflow.report.studies.attribution import attribution_lines
from counterflow.strategy.files import write_strategy
from counterflow.strategy.schema import Entry, Range, Strategy


def credited(of: Strategy, branch: str = "as_written", draws: int = DRAWS, **more: Any) -> Attribution:
    return attribute(of, store(), branch=branch, draws=draws, years=YEARS, **more)


def with_entry(of: Strategy, lever: str, size: float, start: date = BEGUN) -> Strategy:
    entry = Entry(
        lever=lever,
        intensity=Range(low=size, central=size, high=size),
        start=start,
        start_reason="made for tests",
        status="in_force",
        basis="user",
    )
    return of.model_copy(update={"written": (*of.written, entry)})


FAINT = Amount(mean=0.02, mc_error=0.001, low=0.01, median=0.02, high=0.03)
TWO = strategy(("asylum.remain_in_mexico", 3), ("interior.arrests", 2))


@pytest.mark.parametrize("name", list(measures()))
def test_shares_add_up_to_the_change_of_the_whole_branch(name: str) -> None:
    found = outcome(collinear(), name)
    assert sum(member.share.mean for member in members(found).values()) == pytest.approx(found.total.mean, abs=1e-6)
    assert sum(group.share.mean for group in found.groups) == pytest.approx(found.total.mean, abs=1e-6)


def test_what_is_shared_out_is_what_the_verdict_looks_at() -> None:
    runs = simulate(TWO, draws=DRAWS, years=YEARS, only=("none", "as_written"), outputs=OUTCOMES, evidence=store())
    made = compared(runs).sel(branch="as_written", reference="none").isel(replicate=0)
    found = credited(TWO)
    for name, measure in measures().items():
        if name in OUTCOMES:
            size = made[f"{measure}_{name}"].values.astype(float)
            total = outcome(found, name).total
            assert (total.mean, total.median) == pytest.approx((size.mean(), np.median(size)), abs=1e-6)


def test_of_two_levers_each_gets_the_mean_of_what_it_adds_first_and_last() -> None:
    runs = simulate(
        TWO, draws=DRAWS, years=YEARS, design="one-at-a-time", levers=["interior.arrests"],
        outputs=OUTCOMES, evidence=store(),
    )  # fmt: skip
    assert "as_on_record" in runs["branch"].values  # the same entries as written: nothing on record is added
    made = compared(runs).sel(reference="none").isel(replicate=0)["change_attempts"]
    first = made.sel(branch="only_interior_arrests").values
    last = made.sel(branch="as_on_record").values - made.sel(branch="without_interior_arrests").values
    share = members(outcome(credited(TWO), "attempts"))["interior.arrests"].share
    assert share.mean == pytest.approx(float((first + last).mean()) / 2, abs=1e-6)


def test_a_bundle_s_levers_can_come_in_any_order_and_a_lone_lever_in_one() -> None:
    for found in collinear().outcomes:
        for group in found.groups:
            for one in group.members:
                assert one.least is not None
                assert one.most is not None
                if len(group.members) == 1:
                    assert (one.least, one.most) == (one.share.low, one.share.high)
                else:
                    assert one.least <= one.share.low <= one.share.high <= one.most
    ranges = members(outcome(collinear(), "attempts"))["asylum.remain_in_mexico"]
    assert ranges.least is not None
    assert ranges.least < ranges.share.low


def test_a_lever_left_where_it_was_is_left_out_and_changes_no_share() -> None:
    more = with_entry(TWO, "emergency.declaration", 0.0)
    found, plain = credited(more), credited(TWO)
    assert found.idle == ("emergency.declaration",)
    assert found.levers == plain.levers
    assert found.outcomes == plain.outcomes


def test_levers_that_are_not_named_are_one_player() -> None:
    levers = zip(TOGETHER, (3, 2, 4, 3), strict=True)
    found = credited(strategy(*levers, later=5), levers=["asylum.restriction"])
    assert found.levers == ("asylum.restriction", "others")
    assert found.runs == 4 * DRAWS
    assert outcome(found, "attempts").total == outcome(collinear(), "attempts").total


def test_a_campaign_of_strikes_is_one_player() -> None:
    of = TWO.model_copy(update={"considered": ("military.strike_lab",)})
    found = credited(of, branch="strikes_heavy_no_consent")
    assert found.levers == ("asylum.remain_in_mexico", "interior.arrests", "strikes")
    fall = members(outcome(found, "cooperation"))
    assert fall["strikes"].share.mean > 10 * abs(fall["interior.arrests"].share.mean)
    assert fall["strikes"].title == "Strikes"


def test_what_begins_after_the_record_ends_cannot_be_told_apart_by_it() -> None:
    later = tuple(entry.model_copy(update={"start": date(2027, 1, 4)}) for entry in TWO.written)
    (bundle,) = bundles(outcome(credited(TWO.model_copy(update={"written": later})), "attempts"))
    assert bundle.why == "no months"


def test_sampled_orders_tell_the_same_as_all_subsets_within_their_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MOST_RUNS", 0)
    monkeypatch.setattr(sharing, "PAIRS", 8)
    levers = zip(TOGETHER, (3, 2, 4, 3), strict=True)
    found = credited(strategy(*levers, later=5))
    assert (found.method, found.orders) == ("sampled", 16)
    for name in measures():
        exact, sampled = outcome(collinear(), name), outcome(found, name)
        assert sampled.total == exact.total
        assert sum(one.share.mean for one in members(sampled).values()) == pytest.approx(exact.total.mean, abs=1e-6)
        for lever, one in members(sampled).items():
            other = members(exact)[lever].share
            from_orders = np.sqrt(max(one.share.mc_error**2 - other.mc_error**2, 0.0))
            assert one.share.mean == pytest.approx(other.mean, abs=max(6 * from_orders, 0.01)), (name, lever)
            assert (one.least, one.most) == (None, None)  # orders that were not sampled could give less or more
    text = "\n".join(attribution_lines(found))
    assert "16 orders of 4 levers were sampled" in text
    assert "by order" not in text


def test_progress_counts_runs() -> None:
    told: list[tuple[int, int]] = []
    found = credited(TWO, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (found.runs, found.runs) == (4 * DRAWS, 4 * DRAWS)


@pytest.mark.parametrize(
    ("error", "message", "how"),
    [
        (UsageError, "does not move a lever 'asylum.restrictions'", {"levers": ["asylum.restrictions"]}),
        (UsageError, "does not move a lever 'trade.tariff'", {"levers": ["trade.tariff"]}),
        (UsageError, "no branch 'as_wished'", {"branch": "as_wished"}),
        (JudgementError, "has no levers", {"branch": "none"}),
        (JudgementError, "19 draws", {"draws": 19}),
        (JudgementError, "251 draws", {"draws": 251}),
    ],
)
def test_what_cannot_be_asked_is_refused(error: type[Exception], message: str, how: dict[str, Any]) -> None:
    with pytest.raises(error, match=message):
        credited(TWO, **how)


def test_a_branch_that_moves_nothing_is_refused() -> None:
    still = with_entry(TWO.model_copy(update={"written": ()}), "emergency.declaration", 0.0)
    with pytest.raises(JudgementError, match="moves no lever"):
        credited(still)


def test_all_subsets_of_too_many_levers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MOST_ASKED", 1)
    with pytest.raises(UsageError, match="4 branches"):
        credited(TWO, exact=True)


def test_the_table_names_bundles_ranges_runs_and_how() -> None:
    text = "\n".join(attribution_lines(collinear()))
    for part in ("All 16 subsets of 4 levers", "320 runs", "the priors", "not separable: 4 levers", "by order"):
        assert part in text
    assert "variance inflation" in text


def test_the_table_names_the_reference_the_weeks_and_the_grades_of_what_it_rests_on() -> None:
    found = collinear()
    lines = attribution_lines(found)
    assert lines[0] == "Branch as_written against none, the run without the strategy, weeks 53 to 104."
    assert (found.reference, found.weeks) == ("none", (53, 104))
    assert sum(found.grades.values()) > 150
    assert f"{found.grades['D']} of grade D" in " ".join(lines)
    assert "nine in ten draws" in " ".join(lines)


def test_a_lever_whose_effect_is_lost_in_the_scatter_is_not_separable_and_the_table_says_why() -> None:
    """Levers at the border move homicides by a few per mil a month, and the record of homicides scatters by 4%."""
    group = Group(
        members=(Member(lever="interior.arrests", title="Arrests", share=FAINT, least=0.01, most=0.03),),
        share=FAINT, why="not seen", inflation=None, ratio=0.4,
    )  # fmt: skip
    assert not group.separable
    of = outcome(collinear(), "homicides")
    assert of.scatter == pytest.approx(0.038, abs=0.002)
    assert not any(one.why == "together" for one in of.groups)
    faint = collinear().model_copy(update={"outcomes": (of.model_copy(update={"groups": (group,)}),)})
    text = "\n".join(attribution_lines(faint))
    assert "not seen: in the 12 months" in text
    assert "it stands 0.4 standard errors from nothing, and 2 are needed" in text


def test_outcomes_are_shared_out_once() -> None:
    assert set(measures()) == {*OUTCOMES, "overdose_deaths"}  # encounters go as attempts do


def test_the_command_prints_one_object(tmp_path: Path) -> None:
    file = tmp_path / "strategy.toml"
    write_strategy(TWO, file)
    asked = [str(file), "--branch", "as_written", "--draws", str(DRAWS), "--years", str(YEARS), "--priors"]
    told = CliRunner().invoke(command, [*asked, "--json"])
    assert told.exit_code == 0, told.output
    found = Attribution.model_validate(json.loads(told.stdout))
    assert found == credited(TWO)
    refused = CliRunner().invoke(command, [*asked, "--lever", "trade.tariff", "--json"])
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["code"] == "usage"
