"""The lab's engine: the numbers of `simulate` and `judge`, whatever was asked before, and nothing heavy at import."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from counterflow.assess import history, posterior_for
from counterflow.ensemble.contrast import REFERENCES
from counterflow.ensemble.simulate import simulate as simulate_all
from counterflow.errors import CounterflowError, StrategyError, UsageError
from counterflow.judgement import headlines as heads
from counterflow.judgement.compared import compared
from counterflow.lab.allowed import LONGEST_QUOTE, LONGEST_TEXT, _require_entry, require_allowed
from counterflow.lab.engine import Engine, catalogue, compare, rests, simulate, state
from counterflow.lab.engine.fans import quantiles
from counterflow.lab.engine.listing import step
from counterflow.lab.engine.prepared import PIECE
from counterflow.lab.engine.schema import LEVELS, Answer, Ask, AskCompare
from counterflow.lab.engine.wanted import UnwantedError, Wanted
from counterflow.report.assessment.costs import costs
from counterflow.report.assessment.monthly import month_weights
from counterflow.strategy.branches import branches
from counterflow.strategy.builtin.load import built_in
from counterflow.strategy.catalogue import lever, levers
from counterflow.strategy.overrides import ParameterOverride
from counterflow.strategy.schema import DateInterval, Entry, Range, Strategy

DRAWS, YEARS, SEED = 70, 2, 3  # a whole piece and a bit of another
STRATEGY = Strategy(
    title="Three levers",
    date=DateInterval(start=date(2025, 2, 3), end=date(2025, 2, 3), source="user", reason="made for tests"),
    written=tuple(
        Entry(
            lever=name,
            level=level,
            start=date(2025, 1, 20),
            start_reason="made for tests",
            status="ordered",
            basis="user",
            delivery=Range(low=0.4, central=0.7, high=0.9),
        )
        for name, level in (("asylum.remain_in_mexico", 4), ("mexico.lab_raids", 4), ("border.agents", 4))
    ),
    considered=("military.strike_lab",),
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.open()


def ask(**changed: Any) -> Ask:
    return Ask(**{"strategy": STRATEGY, "draws": DRAWS, "years": YEARS, "seed": SEED, **changed})


def told(answer: Answer) -> Any:
    """An answer without the time that it took."""
    return answer.model_copy(update={"milliseconds": 0.0})


@pytest.fixture(scope="module", params=["as_on_record", "with what is set"])
def both(engine: Engine, request: pytest.FixtureRequest) -> Mapping[str, Any]:
    """An answer of the lab, and the runs and the verdict of the same draws."""
    strategy, branch = STRATEGY, str(request.param)
    if branch != "as_on_record":
        branch = next(one.id for one in branches(STRATEGY) if one.strikes and not one.strikes.consent)
        parameters = {"supply.T_reb": ParameterOverride(low=4.0, central=9.0, high=30.0)}
        strategy = STRATEGY.model_copy(update={"parameters": parameters})
    answer = simulate(engine, ask(strategy=strategy, branch=branch, history=True))
    runs = simulate_all(
        strategy,
        draws=DRAWS,
        years=YEARS,
        seed=SEED,
        only=("none", branch),
        outputs=engine.charted,
        posterior=posterior_for(strategy),
    )
    return {"answer": answer, "runs": runs, "branch": branch, "strategy": strategy}


def test_months_are_those_of_the_runs(both: Mapping[str, Any], engine: Engine) -> None:
    answer, runs = both["answer"], both["runs"]
    weeks = runs["time"].values[: 1 + 52 * YEARS]
    assert [one.id for one in answer.outcomes] == list(engine.charted)
    for one in answer.outcomes:
        months, weights = month_weights(weeks, runs[one.id].attrs["aggregate"])
        assert answer.months == tuple(month[:7] for month in months)
        for branch, fan in (("none", one.none), (both["branch"], one.quantiles)):
            values = runs[one.id].sel(branch=branch).values[:, 0, : len(weeks)].astype(np.float64) @ weights
            expected = np.quantile(values, [float(level) for level in LEVELS], axis=0)
            found = np.array([fan[level] for level in LEVELS])
            np.testing.assert_allclose(found, expected, rtol=2e-4, atol=1e-6 * max(1.0, abs(expected).max()))


def test_chances_and_the_four_way_picture_are_those_of_a_verdict(both: Mapping[str, Any]) -> None:
    answer, made = both["answer"], compared(both["runs"])
    expected = [heads.headline(made, rule, both["branch"], name) for rule in heads.rules() for name in REFERENCES]
    found = [(one.id, one.reference, one.probability, one.mc_error) for one in answer.headlines]
    assert found == [(one.id, one.reference, one.probability, one.mc_error) for one in expected]
    assert answer.four_way == heads.four_way(made, both["branch"])
    assert any(0.1 < one.probability < 0.9 for one in answer.headlines)  # there is something to be wrong about
    assert all(one.word is None for one in answer.headlines)


def test_the_cost_is_that_of_the_report(both: Mapping[str, Any]) -> None:
    answer, courses = both["answer"], branches(both["strategy"])
    told = costs(both["runs"], courses, {})["branches"][both["branch"]]
    rows = {one.lever: (one.low, one.central, one.high) for one in answer.cost.levers}
    assert set(rows) == {row["lever"] for row in told["levers"]}
    for row in told["levers"]:
        assert rows[row["lever"]] == pytest.approx((row["low"], row["median"], row["high"]), rel=1e-4)
    only = told["spent"] or told["levers"][0]
    assert (answer.cost.low, answer.cost.central, answer.cost.high) == pytest.approx(
        (only["low"], only["median"], only["high"]), rel=1e-4
    )
    assert {one.lever for one in answer.cost.unpriced} == {row["lever"] for row in told["unpriced"]}


def test_history_is_what_the_report_shows_and_comes_only_where_asked_for(
    both: Mapping[str, Any], engine: Engine
) -> None:
    observed = history(engine.store)
    shown = {one.id: one for one in both["answer"].history}
    assert set(shown) == {name for name in engine.charted if name in observed}
    for name, one in shown.items():
        rows = zip(one.months, one.values, one.flags, strict=True)
        assert [(f"{month}-01", value, flag) for month, value, flag in rows] == observed[name]
    assert simulate(engine, ask()).history is None


def test_rests_is_the_verdict_on_the_same_draws_with_its_words(engine: Engine) -> None:
    found = rests(engine, ask())
    fast = simulate(engine, ask())
    assert [one.probability for one in found.headlines] == [one.probability for one in fast.headlines]
    assert all(one.word for one in found.headlines)
    assert all(bool(one.decided_by) == one.undetermined for one in found.headlines)
    assert sum(found.grade_counts.values()) == len(found.basis) > 0
    assert found.branch == fast.branch == "as_on_record"
    assert found.fit is not None
    assert found.fit.parameters > 0
    assert found.hashes == fast.hashes
    with pytest.raises(UsageError, match="judged against"):
        rests(engine, ask(branch="none"))


def test_an_answer_does_not_depend_on_what_was_asked_before_or_beside_it(engine: Engine) -> None:
    first = told(simulate(engine, ask()))
    longer = told(simulate(engine, ask(years=3)))
    assert len(longer.months) == len(first.months) + 12
    many = [ask(), ask(seed=4), ask(draws=PIECE), ask(draws=3 * PIECE), ask(branch="none"), ask(years=3)] * 2
    with ThreadPoolExecutor(4) as threads:
        found = [told(answer) for answer in threads.map(lambda one: simulate(engine, one), many)]
    assert found[:6] == found[6:]
    assert found[0] == first
    assert found[5] == longer
    assert len({one.model_dump_json() for one in found[:6]}) == 6
    fresh = Engine(engine.store, engine.posterior)
    assert told(simulate(fresh, ask(draws=3 * PIECE))) == found[3]  # made at once, not piece by piece


def test_what_nobody_waits_for_any_more_is_worked_out_no_further(engine: Engine) -> None:
    wanted = Wanted()
    wanted.leave()
    for call in (lambda: simulate(engine, ask(), wanted), lambda: rests(engine, ask(), wanted)):
        with pytest.raises(UnwantedError):
            call()
    queue = ThreadPoolExecutor(1)
    held, done = Event(), []
    blocked = queue.submit(held.wait, 30)
    leaving = Wanted()
    begun = leaving.begin(queue, [lambda: done.append(1)] * 3)
    leaving.leave()
    held.set()
    with pytest.raises(UnwantedError):
        leaving.results(begun)
    assert blocked.result()
    queue.shutdown()
    assert done == []  # pieces that had not begun never do


def test_a_starting_state_that_nobody_waits_for_is_made_no_further_and_its_pieces_are_kept(engine: Engine) -> None:
    class Leaving(Wanted):
        looks = 0

        def require(self) -> None:
            self.looks += 1
            if self.looks == 4:  # before all, before the draws, and before each of two pieces
                self.leave()
            super().require()

    with pytest.raises(UnwantedError):
        simulate(engine, ask(draws=5 * PIECE, seed=77), Leaving())
    prepared = engine.prepared(STRATEGY, YEARS, 77)
    assert len(prepared._pieces) == 1
    assert prepared.pieces(PIECE)[0].begun.state is prepared._pieces[0].begun.state


def test_what_is_kept_of_levers_holds_no_text_of_anybodys(engine: Engine) -> None:
    spoken = tuple(entry.model_copy(update={"note": "secret", "quote": "secret"}) for entry in STRATEGY.written)
    strategy = STRATEGY.model_copy(update={"written": spoken})
    assert told(simulate(engine, ask(strategy=strategy))).cost == told(simulate(engine, ask())).cost
    assert "secret" not in repr([list(one.result()._paid) for one in engine._kept.values()])


@pytest.mark.parametrize(("name", "most"), [("note", LONGEST_TEXT), ("source", LONGEST_TEXT), ("quote", LONGEST_QUOTE)])
def test_a_text_that_is_too_long_is_refused_and_the_same_lever_is_looked_at_once(name: str, most: int) -> None:
    first, *others = STRATEGY.written
    for letter in "abc":
        entry = first.model_copy(update={name: letter * most})
        require_allowed(STRATEGY.model_copy(update={"written": (entry, *others)}))
    assert _require_entry.cache_info().currsize < 100
    entry = first.model_copy(update={name: "a" * (most + 1)})
    with pytest.raises(StrategyError, match=f"the {name} of an entry has over {most:,} characters"):
        require_allowed(STRATEGY.model_copy(update={"written": (entry, *others)}))


def test_what_a_lever_costs_is_the_same_whatever_else_moved_before(engine: Engine) -> None:
    alone = {one.lever: one for one in simulate(Engine.open(), ask()).cost.levers}
    for name in ("mexico.lab_raids", "border.agents"):
        entries = tuple(
            entry.model_copy(update={"level": 1}) if entry.lever == name else entry for entry in STRATEGY.written
        )
        moved = simulate(engine, ask(strategy=STRATEGY.model_copy(update={"written": entries}))).cost
        assert [one == alone.get(one.lever) for one in moved.levers] == [one.lever != name for one in moved.levers]
    assert {one.lever: one for one in simulate(engine, ask()).cost.levers} == alone


def test_the_course_without_the_strategy_is_its_own_reference(engine: Engine) -> None:
    answer = simulate(engine, ask(branch="none"))
    assert all(one.quantiles == one.none for one in answer.outcomes)
    assert all(one.probability == 0.0 for one in answer.headlines if one.reference == "none")
    assert answer.four_way.neither == 1.0
    assert answer.cost.central == 0.0


def test_strategies_are_compared_as_each_is_answered_alone(engine: Engine) -> None:
    other = STRATEGY.model_copy(update={"title": "Two levers", "written": STRATEGY.written[:2]})
    asks = AskCompare(strategies=(STRATEGY, other), draws=DRAWS, years=YEARS, seed=SEED).asks()
    found = compare(engine, asks).compared
    assert [one.title for one in found] == ["Three levers", "Two levers"]
    assert [told(one) for one in found] == [told(simulate(engine, one)) for one in asks]
    assert found[0].outcomes[1].quantiles != found[1].outcomes[1].quantiles


def test_a_starting_state_is_made_once_and_kept_as_long_as_there_is_room(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    class Slow:
        size = 100

        def __init__(self, *_: object) -> None:
            time.sleep(0.05)
            made.append(1)

    monkeypatch.setattr(state, "Prepared", Slow)
    monkeypatch.setattr(state, "plan_for", lambda *_, **__: None)
    monkeypatch.setattr(state, "KEPT", 2000)
    fresh = Engine(engine.store, None)
    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(lambda _: fresh.prepared(STRATEGY, 2, 0), range(8)))
    assert len(found) == len(made) == 1
    first = [fresh.prepared(STRATEGY, 2, seed) for seed in range(20)]
    fresh.let_go()
    assert [fresh.prepared(STRATEGY, 2, seed) for seed in range(20)] == first
    fresh.prepared(STRATEGY, 2, 20)
    fresh.let_go()
    assert len(made) == 21
    fresh.prepared(STRATEGY, 2, 0)  # the one that was asked for longest ago has gone
    assert len(made) == 22


def test_setting_a_prior_moves_the_answer_and_takes_it_out_of_the_posterior(engine: Engine) -> None:
    assert engine.posterior is not None
    mechanism, symbol = engine.posterior.names[0]
    name = f"{mechanism}.{symbol}"
    values = engine.posterior.values[:, 0]
    strategy = STRATEGY.model_copy(update={"parameters": {name: ParameterOverride(value=float(values.min()))}})
    moved, plain = simulate(engine, ask(strategy=strategy)), simulate(engine, ask())
    assert moved.outcomes != plain.outcomes
    left = engine.posterior_for(strategy)
    assert left is not None
    assert (mechanism, symbol) not in left.names


def moved(**changed: Any) -> Strategy:
    return STRATEGY.model_copy(update={"written": (STRATEGY.written[2].model_copy(update=changed),)})


@pytest.mark.parametrize(
    ("strategy", "branch", "error"),
    [
        (STRATEGY, "nothing", UsageError),
        (moved(lever="border.agent"), None, StrategyError),
        (moved(level=None), None, StrategyError),
        (moved(level=None, intensity=Range(low=1e300, central=1e300, high=1e300)), None, StrategyError),
        (moved(start=date(1, 1, 1)), None, StrategyError),
        (moved(start=date(9999, 1, 1)), None, StrategyError),
        (moved(start=date(1999, 1, 1)), None, StrategyError),
        (STRATEGY.model_copy(update={"parameters": {"border.x": ParameterOverride(value=1.0)}}), None, StrategyError),
    ],
)
def test_what_cannot_be_run_is_refused_in_words(
    engine: Engine, strategy: Strategy, branch: str | None, error: type[CounterflowError]
) -> None:
    with pytest.raises(error) as refused:
        simulate(engine, ask(strategy=strategy, branch=branch))
    assert refused.value.hint


@pytest.mark.parametrize("changed", [{"draws": 19}, {"draws": 2001}, {"years": 1}, {"years": 11}, {"seed": -1}])
def test_what_is_beyond_the_limits_is_no_question(changed: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        ask(**changed)


def test_the_catalogue_holds_what_a_page_needs(engine: Engine) -> None:
    found = catalogue(engine, [STRATEGY])
    assert [one.id for one in found.levers] == list(levers())
    for one in found.levers:
        assert one.least <= one.recorded <= one.most
        assert 0.0 < one.step <= (one.most - one.least) / 100 * (1.0 + 1e-9)
        assert one.price.endswith(".")
        assert one.recorded == lever(one.id).recorded_at(engine.start)
    assert {one.id for one in found.levers if one.force} == {"military.strike_lab", "military.strike_leader"}
    assert [one.id for one in found.presets] == ["document_1", *built_in()]
    assert [one.id for one in found.outcomes] == list(engine.charted)
    assert all("{" not in words for one in found.headlines for words in one.meaning.values())
    fitted = {one.key for one in found.priors if one.fitted}
    assert engine.posterior is not None
    assert fitted == {f"{mechanism}.{symbol}" for mechanism, symbol in engine.posterior.names}
    assert found.hashes == simulate(engine, ask()).hashes.model_copy(update={"strategy": ""})


def test_quantiles_are_those_of_numpy() -> None:
    values = np.random.default_rng(0).normal(1e5, 3e4, (37, 11)).astype(np.float32)
    expected = np.quantile(values.astype(np.float64), [float(level) for level in LEVELS], axis=0)
    np.testing.assert_allclose(quantiles(values), expected, rtol=1e-5)
    np.testing.assert_array_equal(quantiles(np.zeros((20, 2), np.float32)), 0.0)
    assert quantiles(np.full((20, 1), 123456789.0))[0, 0] == 123457000.0


@pytest.mark.parametrize(
    ("span", "expected"), [(100.0, 1.0), (7.0, 0.05), (1.0, 0.01), (500000.0, 5000.0), (0.3, 0.002)]
)
def test_steps_of_a_slider_are_round(span: float, expected: float) -> None:
    assert step(span) == expected


def test_the_form_of_questions_and_answers_loads_nothing_heavy() -> None:
    heavy = ("jax", "numpy", "xarray", "duckdb")
    code = f"import sys, counterflow.lab.engine.schema; print([x for x in {heavy!r} if x in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
