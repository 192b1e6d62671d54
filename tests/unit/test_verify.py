"""The table of published results: what counts as inside, what is said of the rest, and that none is left out."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from counterflow.calibration import page
from counterflow.calibration import verify as verifying
from counterflow.calibration.published import Band, Target, setups, targets
from counterflow.calibration.targets import (
    STUDIES,
    arms_money_diplomacy,
    border,
    cartels,
    interior,
    leaders,
    overdose,
    strikes,
    supply,
    whole,
)
from counterflow.errors import JudgementError, UsageError
from counterflow.model import priors
from counterflow.model.conditions import conditions

WHOLE = "the mechanism that carries it is not built"


def target(low: float | None = 10.0, high: float | None = 20.0, **fields: object) -> Target:
    given_ = {
        "id": "B9",
        "kind": "C",
        "what": "a rise",
        "published": "+15%",
        "number": 15.0,
        "unit": "%",
        "band": Band(low=low, high=high),
        "source": "a study",
        "before_2019": True,
        "why": WHOLE,
    }
    return Target.model_validate({**given_, **fields})


# The registry.


def test_every_target_has_exactly_one_study_and_every_study_a_target() -> None:
    modules = (
        arms_money_diplomacy,
        border,
        cartels,
        interior,
        leaders,
        overdose,
        strikes,
        supply,
        whole,
    )
    named = [name for module in modules for name in module.STUDIES]
    assert len(named) == len(set(named))
    assert set(STUDIES) == set(targets()) == {*named, "X4"}


@pytest.mark.parametrize("letter", list("ABCDEFGHIJKX"))
def test_every_letter_of_the_published_results_is_there(letter: str) -> None:
    assert any(one.letter == letter for one in targets().values())


def test_the_published_number_of_a_verification_lies_in_its_own_band() -> None:
    for one in targets().values():
        if one.kind == "V" and one.number is not None and one.band is not None:
            assert one.band.holds(one.number), one.id


def test_what_is_reached_by_choice_says_which_parameters_were_chosen() -> None:
    by_choice = [one for one in targets().values() if one.how == "within reach" and one.letter != "K"]
    assert len(by_choice) >= 14
    assert all(one.parameters for one in by_choice)
    assert all("chosen" in one.parameters for one in by_choice)


def test_verification_is_by_the_same_equations_or_within_reach_and_nothing_else_is() -> None:
    for one in targets().values():
        assert (one.how is None) == (one.kind != "V"), one.id
    with pytest.raises(ValidationError):
        target(kind="V")
    with pytest.raises(ValidationError):
        target(how="same equations")


def test_what_reads_a_prior_back_says_which() -> None:
    back = [one for one in targets().values() if one.reads_back]
    assert all(one.because.endswith(".") for one in back)
    # Symbols in brackets are those of priors.
    symbols = {symbol for mechanism in priors.load().values() for symbol in mechanism}
    for one in back:
        for named in re.findall(r"\(([\w, ]+)\)", one.because):
            assert set(re.split(r", | over ", named)) <= symbols, one.id
    assert {"G1.1", "G1.2", "X1.arrests", "F8", "F9", "K2", "H2", "C2", "C5"} <= {one.id for one in back}
    for fields in ({"reads_back": True}, {"because": "a prior"}):
        with pytest.raises(ValidationError):
            target(**fields)


def test_what_draws_were_conditioned_on_names_the_condition() -> None:
    named = {one.id: one.conditioned_on for one in targets().values() if one.conditioned_on}
    assert named == {"D8": "laboratories", "B4.2": "removals"}
    assert set(named.values()) <= {condition.name for condition in conditions()}


def test_crime_is_recorded_and_the_shape_of_the_fall_of_deaths_is_reported() -> None:
    assert targets()["G4.2"].kind == "F"
    assert all(targets()[name].band is None for name in ("G4.2", "E3.1", "E3.2", "E3.3"))


@pytest.mark.parametrize(
    "name", ["B1", "B2", "B4.1", "B5", "E1", "F4", "F7", "F12", "X1.encounters", "X3.hits", "X7.2"]
)
def test_a_study_that_was_put_anew_says_what_it_gave_first(name: str) -> None:
    note = targets()[name].note
    assert "First result" in note or "The bar was" in note


def test_event_studies_are_dated_before_the_coupled_record_begins_or_not() -> None:
    assert all(one.before_2019 for one in targets().values() if one.letter in "AC" and one.id != "A3.8")
    assert not any(one.before_2019 for one in targets().values() if one.id.startswith(("F3", "F4", "F5", "G1", "X")))


def test_every_set_up_is_used_and_every_one_used_is_there() -> None:
    assert {one.setup for one in targets().values()} - {""} == set(setups())


CHOSEN = {
    name: one.values for name, one in setups().items() if one.says.startswith("chosen") and name != "trials"
}  # repeated trials are an identity: there p_up is out of the way at 0


@pytest.mark.parametrize("name", CHOSEN)
def test_what_is_reached_by_choice_is_reached_within_the_priors(name: str) -> None:
    table = {symbol: prior for mechanism in priors.load().values() for symbol, prior in mechanism.items()}
    for symbol, value in CHOSEN[name].items():
        if symbol in table and table[symbol].family not in ("fixed", "bernoulli"):
            low, high = table[symbol].low, table[symbol].high
            assert low is not None
            assert high is not None
            assert low <= value <= high, symbol


# Inside or not.


def test_a_median_in_the_band_with_a_narrow_spread_is_inside() -> None:
    found = verifying.outcome(target(), np.linspace(12.0, 18.0, 101))
    assert found.inside is True
    assert found.value == pytest.approx(15.0)
    assert found.low == pytest.approx(12.3)
    assert found.high == pytest.approx(17.7)


def test_a_median_outside_the_band_is_not_inside_however_narrow() -> None:
    assert verifying.outcome(target(), np.full(50, 20.1)).inside is False


def test_a_wide_prior_passes_nothing() -> None:
    inside, wide = np.linspace(-1.0, 31.0, 401), np.linspace(-2.0, 32.5, 401)  # 90% widths of 28.8 and 31.05
    assert verifying.outcome(target(), inside).inside is True
    assert verifying.outcome(target(), wide).inside is False


def test_the_ends_of_a_band_belong_to_it() -> None:
    assert [verifying.outcome(target(), value).inside for value in (10.0, 20.0, 9.999, 20.001)] == [
        True,
        True,
        False,
        False,
    ]


def test_an_open_end_bounds_nothing_on_that_side() -> None:
    assert verifying.outcome(target(high=None), 1e9).inside is True
    assert verifying.outcome(target(low=None), -1e9).inside is True
    assert verifying.outcome(target(high=None), 9.0).inside is False


def test_a_target_without_a_band_is_reported_and_not_judged() -> None:
    assert verifying.outcome(target(band=None), 12.0).inside is None


def test_what_the_model_cannot_say_is_not_inside() -> None:
    found = verifying.outcome(target(), np.array([12.0, np.nan]))
    assert (found.value, found.low, found.high, found.inside) == (None, None, None, False)


@given(
    values=some.lists(some.floats(-1e6, 1e6), min_size=1, max_size=60),
    low=some.floats(-1e6, 1e6),
    width=some.floats(0.0, 1e6),
)
def test_inside_means_median_in_band_and_width_at_most_three_bands(
    values: list[float], low: float, width: float
) -> None:
    found = verifying.outcome(target(low=low, high=low + width), values)
    a, median, b = np.quantile(values, [0.05, 0.5, 0.95])
    if found.inside:
        assert low <= median <= low + width
        assert b - a <= 3.0 * width * (1 + 1e-8) + 1e-8
    else:
        assert not low <= median <= low + width or b - a > 3.0 * (low + width - low) * (1 - 1e-8)


def test_a_band_must_be_ordered_and_have_an_end() -> None:
    for ends in ({"low": 2.0, "high": 1.0}, {}):
        with pytest.raises(ValidationError):
            Band.model_validate(ends)


# Which targets.


def test_targets_are_chosen_by_letter_by_target_or_by_part() -> None:
    assert {one.id for one in verifying.chosen(["B3"])} == {"B3.1", "B3.2"}
    assert [one.id for one in verifying.chosen(["B3.2"])] == ["B3.2"]
    assert {one.letter for one in verifying.chosen(["F", "J"])} == {"F", "J"}
    assert verifying.chosen(None) == tuple(targets().values())


def test_parts_are_not_taken_for_other_targets_that_begin_alike() -> None:
    assert "F10.1" not in {one.id for one in verifying.chosen(["F1"])}


def test_an_unknown_target_and_too_few_draws_are_refused() -> None:
    with pytest.raises(UsageError, match="B99"):
        verifying.chosen(["B99"])
    with pytest.raises(JudgementError, match="5 draws"):
        verifying.verify(["B1"], draws=5)


# What is printed.


def outcomes() -> tuple[verifying.Outcome, ...]:
    return (
        verifying.outcome(target(id="B91"), 15.0),
        verifying.outcome(target(id="B92"), 25.0),
        verifying.outcome(target(id="F93", kind="F", band=None), 3.0),
        verifying.outcome(target(id="D94", kind="V", how="within reach", setup="shock_A"), np.nan),
    )


def test_the_reason_is_given_only_for_what_lies_outside() -> None:
    rows = {row["target"]: row for row in verifying.as_json(outcomes())["targets"]}
    assert "why" not in rows["B91"]
    assert rows["B92"]["why"] == WHOLE
    assert "why" not in rows["F93"]
    assert verifying.table(outcomes()).count("Outside because") == 2


def test_the_json_holds_what_the_interface_names() -> None:
    rows = json.loads(json.dumps(verifying.as_json(outcomes()), allow_nan=False))["targets"]
    for row in rows:
        assert {"target", "kind", "published", "value", "low", "high", "band", "inside"} <= set(row)
    assert rows[0]["band"] == [10.0, 20.0]
    assert [row["inside"] for row in rows] == [True, False, None, False]


def test_the_table_counts_by_kind_and_names_the_parameters_chosen() -> None:
    text = verifying.table(outcomes())
    assert "1 of 2 inside" in text
    assert "not modelled" in text
    assert "tau_pur = 8" in text
    assert max(map(len, text.splitlines())) <= 120


def test_the_table_names_the_published_values_that_the_model_does_not_cover() -> None:
    wide = verifying.outcome(target(id="B95"), np.linspace(11.0, 19.0, 101))
    assert [verifying.covers(one) for one in (*outcomes(), wide)] == [True, False, None, None, True]
    assert "outside the model's 5-95%: B92." in verifying.table([*outcomes(), wide])


def test_progress_is_told_for_every_target() -> None:
    seen: list[tuple[int, int]] = []
    verifying.verify(["K1"], draws=20, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


# The counts.


def found(**inside: bool) -> list[verifying.Outcome]:
    """All targets inside but for those named, "B3_1" for B3.1."""
    outside = {name.replace("_", ".") for name, holds in inside.items() if not holds}
    return [
        verifying.Outcome(one, 1.0, 1.0, 1.0, None if one.band is None else one.id not in outside)
        for one in targets().values()
    ]


def test_there_are_twenty_nine_event_studies_and_one_counts_only_with_all_its_parts() -> None:
    assert len(verifying.by_target(found()).of) == 29
    assert len(verifying.by_target(found()).inside) == 29
    part = verifying.by_target(found(B3_2=False))
    assert set(part.of) - set(part.inside) == {"B3"}
    assert len(verifying.by_row(found(B3_2=False), "C").inside) == len(verifying.by_row(found(), "C").of) - 1
    # B4.2 is reported, and decides nothing.
    assert len(verifying.by_target(found(B4_2=False)).inside) == 29


def test_a_target_of_which_a_part_was_not_asked_for_is_not_counted() -> None:
    assert verifying.by_target([one for one in found() if one.target.id == "B3.1"]).of == ()
    assert verifying.by_target([one for one in found() if one.target.of == "B3"]).of == ("B3",)


def test_the_counts_name_what_reads_back_and_what_was_conditioned_on_and_judge_nothing() -> None:
    lines = verifying.counted(found(F8=False))
    text = " ".join(lines)
    assert "V same equations 47 of 47" in text
    assert re.search(r"Of these, \d+ read a prior or an input back[^:]*: [^.]*A1\.1", text)
    assert "F8" not in text
    assert "Conditioned on, no credit: B4.2, D8." in text
    assert "F " not in lines[0]
    assert lines[-1] == "Event studies, by target, a target counting only with all its parts inside: 28 of 29."


def test_the_counts_are_in_the_json() -> None:
    counts = verifying.as_json(found(B3_2=False, E1=False))["event_studies"]
    assert len(counts["targets"]) == 29
    assert len(counts["targets_inside"]) == 27
    assert counts["rows"] - counts["rows_inside"] == 2


def test_the_page_shows_counts_notes_and_whose_band_it_is() -> None:
    one = verifying.outcome(target(id="B92", band_by="ours", reads_back=True, because="A_k."), 25.0, "a note.")
    text = page.verified([one])
    assert "| 10 to 20 \\* | **no**, reads back |" in text
    assert "- **B92**: a note." in text
    assert "| B92 | no | A_k. |" in text
    shown = verifying.table([one])
    assert "band*: 10 to 20" in shown
    assert "Note: a note." in shown
    row = verifying.as_json([one])["targets"][0]
    assert (row["note"], row["band_by"], row["reads_back"], row["because"]) == ("a note.", "ours", True, "A_k.")


@pytest.mark.parametrize(("name", "near"), [("f1.1", "F1.1"), ("B3.7", "B3.2"), ("Z", "")])
def test_an_unknown_target_is_told_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(UsageError, match=f"no target is called '{name}'") as refused:
        verifying.chosen(["F1", name])
    assert ("Did you mean " in refused.value.hint) == bool(near)
    assert f"Did you mean {near}? " in refused.value.hint or not near


def test_the_page_says_whether_what_was_aimed_at_is_met() -> None:
    assert "By target that is 100%: the 85% aimed at is met." in page.verified(found())
    missed = page.verified(found(B1=False, B2=False, E1=False, F4=False, H1=False))
    assert "By target that is 83%: the 85% aimed at is not met." in missed


# Chance.


def test_the_error_of_the_mean_passes_with_two_hundred_replicates_and_not_with_five() -> None:
    values = np.random.default_rng(0).standard_normal((4, 9, 200))
    bar = targets()["X7.2"].band
    assert bar is not None
    assert bar.holds(float(whole.error_of_mean(values).max()))
    assert whole.error_of_mean(values).mean() == pytest.approx(100.0 / np.sqrt(200.0) / 3.29, rel=0.05)
    assert not bar.holds(float(whole.error_of_mean(values[:, :, :5]).max()))
