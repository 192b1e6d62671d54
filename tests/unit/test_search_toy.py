"""The search on a toy whose best trades are known: what it finds, what it may spend, and going on with it."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from counterflow.errors import StoppedError, StoreBusyError, UsageError
from counterflow.judgement.search import folder as place
from counterflow.judgement.search.front import front_of, growth_of, spread_of
from counterflow.judgement.search.objectives import Score, aim_apart, asked_for, scored, tail_mean
from counterflow.judgement.search.searching import BATCH, Tried, search
from counterflow.judgement.search.space import Genes
from counterflow.judgement.search.trim import trimmed

PRICES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # of one step of each lever; every step does the same good
STEPS = (5,) * len(PRICES)
BUDGET = 60.0


def toy(genes: Sequence[Genes]) -> list[Score]:
    """Good done, and what it costs."""
    found = []
    for one in genes:
        spent = float(np.dot(PRICES, one))
        values = (-float(sum(one)), spent)
        found.append(Score(values, (0.0, 0.0), values, (0.0, 0.0), values, (0.0, 0.0), spent, 0.0, spent, 0.0))
    return found


def cheapest(good: int) -> float:
    """The least that so much good can cost: the cheapest steps first."""
    return float(np.sort(np.repeat(PRICES, 4))[:good].sum())


def searched(**more: object) -> list[Tried]:
    given = {"objectives": 2, "budget": BUDGET, "evaluations": 2000, "seed": 0, "begin": ((0,) * 6, (2,) * 6)}
    return search(STEPS, toy, **{**given, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole() -> list[Tried]:
    return searched()


def test_the_front_that_is_known_is_found_within_the_budget(whole: list[Tried]) -> None:
    within = [one for one in whole if one.score.spent <= BUDGET]
    best = [within[row] for row in front_of(np.array([one.score.aim for one in within]))]
    found = {-one.score.aim[0]: one.score.spent for one in best}
    reachable = [good for good in range(1, 25) if cheapest(good) <= BUDGET]
    assert all(cost <= BUDGET for cost in found.values())
    assert all(cost >= cheapest(int(good)) for good, cost in found.items())  # nothing beats what is known to be best
    exact = sum(found.get(good) == cheapest(good) for good in reachable)
    assert exact >= 0.8 * len(reachable)
    assert max(found) == max(reachable)


def test_a_strategy_that_begins_is_evaluated_first(whole: list[Tried]) -> None:
    assert [one.genes for one in whole[:2]] == [(0,) * 6, (2,) * 6]


def test_the_same_seed_gives_the_same_search_and_another_another(whole: list[Tried]) -> None:
    assert searched(evaluations=200) == whole[:200]
    assert searched(evaluations=200, seed=1) != whole[:200]


def test_what_was_evaluated_before_is_not_evaluated_again(whole: list[Tried]) -> None:
    counted: list[Genes] = []

    def counting(genes: Sequence[Genes]) -> list[Score]:
        counted.extend(genes)
        return toy(genes)

    found = search(STEPS, counting, objectives=2, budget=BUDGET, evaluations=2000, seed=0, begin=((0,) * 6, (2,) * 6))
    assert found == whole
    assert len(counted) == len(set(counted)) < 2000
    counted.clear()
    known = whole[: 3 * BATCH + 5]  # the last batch is not whole
    assert (
        search(
            STEPS,
            counting,
            objectives=2,
            budget=BUDGET,
            evaluations=2000,
            seed=0,
            begin=((0,) * 6, (2,) * 6),
            known=known,
        )
        == whole
    )
    assert not set(counted) & {one.genes for one in known}


def test_a_search_can_go_on_to_more_evaluations(whole: list[Tried]) -> None:
    some = searched(evaluations=100)
    assert searched(evaluations=300, known=some) == whole[:300]


def test_evaluations_of_another_search_are_refused(whole: list[Tried]) -> None:
    with pytest.raises(UsageError, match="of another search"):
        searched(seed=1, known=whole[:200])


def test_once_told_to_stop_no_further_batch_is_begun_and_those_before_are_kept() -> None:
    kept: list[Tried] = []
    with pytest.raises(StoppedError, match=f"{2 * BATCH} of 2,000 evaluations are complete"):
        searched(keep=kept.extend, stop=lambda: len(kept) >= 2 * BATCH)
    assert kept == searched(evaluations=2 * BATCH)


def test_progress_is_told_from_the_first_batch_to_the_last(whole: list[Tried]) -> None:
    told: list[tuple[int, int]] = []
    searched(evaluations=100, known=whole[:BATCH], progress=lambda done, total: told.append((done, total)))
    assert told == [(36, 100), (72, 100), (100, 100)]


# ------------------------------------------------------------------------------------------ what serves nothing


def useless(genes: Sequence[Genes]) -> list[Score]:
    """Only the first two levers do good; the first does more than the unit with each step, the second less. The third
    is money, the fourth earns it when it is dropped."""
    found = []
    for a, b, c, d in genes:
        good, none = (-float(a) - 0.001 * b,), (0.0,)
        spent = 1e9 * c + 5e9 * d
        found.append(Score(good, none, good, none, good, none, spent, 0.0, spent, 0.0))
    return found


def put(*members: Genes, budget: float = 1e12, document: Genes = (1, 1, 1, 1)) -> list[tuple[Genes, tuple[int, ...]]]:
    tried = [Tried(genes, score) for genes, score in zip(members, useless(members), strict=True)]
    found = trimmed(tried, (document, (0, 0, 0, 0)), useless, units=[0.01], budget=budget)
    return [(one.genes, one.put_back) for one in found]


def test_a_lever_that_serves_no_objective_goes_back_to_the_document_and_one_that_does_stays() -> None:
    assert put((3, 3, 3, 3)) == [((3, 1, 1, 1), (1, 2, 3))]
    assert put((1, 1, 1, 1)) == [((1, 1, 1, 1), ())]


def test_what_costs_more_in_the_document_goes_back_to_the_record_or_stays() -> None:
    assert put((3, 3, 0, 0)) == [((3, 1, 0, 0), (1,))]
    assert put((3, 1, 3, 1), document=(1, 1, 4, 1)) == [((3, 1, 0, 1), (2,))]


def test_small_harms_do_not_add_up_beyond_the_unit() -> None:
    def slight(genes: Sequence[Genes]) -> list[Score]:
        none = (0.0,)
        aims = [(-0.006 * sum(one),) for one in genes]
        return [Score(aim, none, aim, none, aim, none, 0.0, 0.0, 0.0, 0.0) for aim in aims]

    member = Tried((1, 1, 1), slight([(1, 1, 1)])[0])
    (found,) = trimmed([member], [(0, 0, 0), (0, 0, 0)], slight, units=[0.01], budget=1.0)
    assert (found.genes, found.put_back) == ((0, 1, 1), (0,))
    assert found.score == slight([(0, 1, 1)])[0]


def test_strategies_that_become_the_same_stand_once_and_nothing_is_evaluated_twice() -> None:
    assert put((3, 2, 2, 1), (3, 3, 3, 1), (2, 1, 1, 1)) == [((3, 1, 1, 1), (1, 2)), ((2, 1, 1, 1), ())]
    counted: list[Genes] = []

    def counting(genes: Sequence[Genes]) -> list[Score]:
        counted.extend(genes)
        return useless(genes)

    members = [Tried(genes, useless([genes])[0]) for genes in ((3, 2, 2, 1), (3, 3, 3, 1))]
    known = [Tried((3, 1, 2, 1), useless([(3, 1, 2, 1)])[0])]
    trimmed(members, ((1, 1, 1, 1), (0, 0, 0, 0)), counting, units=[0.01], budget=1e12, known=known)
    assert len(counted) == len(set(counted))
    assert (3, 1, 2, 1) not in counted


def test_putting_back_can_be_stopped() -> None:
    def check() -> None:
        raise StoppedError("stopped")

    member = Tried((3, 3, 3, 3), useless([(3, 3, 3, 3)])[0])
    with pytest.raises(StoppedError):
        trimmed([member], [(1, 1, 1, 1)], useless, units=[0.01], budget=1e12, check=check)


# ------------------------------------------------------------------------------------------ the folder


ASKED = {"seed": 0, "engine": {"numpy": "1"}}


def test_what_is_kept_in_a_folder_comes_back_as_it_was(whole: list[Tried], tmp_path: Path) -> None:
    out = tmp_path / "search"
    with place.begun(out, ASKED, False) as known:
        assert known == []
        place.keep(out, whole[:36])
        place.keep(out, whole[36:50])
    with (out / place.EVALUATIONS).open("ab") as torn:
        torn.write(b"[[[0,0,0,0,0,0],{")
    with place.begun(out, ASKED, True) as known:
        assert known == whole[:50]
        place.keep(out, whole[50:72])
    with place.begun(out, ASKED, True) as known:
        assert known == whole[:72]


def test_a_folder_that_does_not_fit_is_refused_and_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "search"
    with pytest.raises(UsageError, match="no search to go on with"), place.begun(out, ASKED, True):
        pass
    assert not out.exists()
    with place.begun(out, ASKED, False), pytest.raises(StoreBusyError), place.begun(out, ASKED, True):
        pass
    with pytest.raises(UsageError, match="there is a search already"), place.begun(out, ASKED, False):
        pass
    other = {"seed": 1, "engine": {"numpy": "2"}}
    apart = r"engine.numpy is 1 there, and 2 here; seed is 0 there, and 1 here"
    with pytest.raises(UsageError, match=apart), place.begun(out, other, True):
        pass
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="holds something else"), place.begun(foreign, ASKED, False):
        pass
    assert [path.name for path in foreign.iterdir()] == ["letter.txt"]


def test_damaged_evaluations_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "search"
    with place.begun(out, ASKED, False):
        (out / place.EVALUATIONS).write_bytes(b"[[[0],{}]]\n")
    with pytest.raises(UsageError, match="damaged"), place.begun(out, ASKED, True):
        pass


def test_a_full_disk_is_told_of_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(target: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    out = tmp_path / "search"
    with monkeypatch.context() as patched:
        patched.setattr(place, "write_whole", full)
        with (
            pytest.raises(UsageError, match="cannot be written: No space left") as told,
            place.begun(out, ASKED, False),
        ):
            pass
        assert "Nothing was begun" in told.value.hint
        with pytest.raises(UsageError, match="cannot be written: No space left"):
            place.put(out, "{}", {})
    (out / "strategy.schema.json").unlink(missing_ok=True)
    with place.begun(out, ASKED, False) as known:  # what is left does not stand in the way
        assert known == []


def test_an_earlier_result_is_taken_away_whole(tmp_path: Path) -> None:
    place.put(tmp_path, "{}", {"front-01.toml": "a = 1\n", "front-02.toml": "a = 2\n"})
    place.put(tmp_path, '{"b": 1}', {"front-01.toml": "a = 3\n"})
    assert (tmp_path / "front-01.toml").read_text() == "a = 3\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["front-01.toml", "front.json", "strategy.schema.json"]


# ------------------------------------------------------------------------------------------ fronts and figures


def test_a_front_is_what_no_other_beats() -> None:
    values = np.random.default_rng(3).integers(0, 6, (200, 3)).astype(float)
    found = front_of(values)
    for row, one in enumerate(values):
        beaten = any((other <= one).all() and (other < one).any() for other in values)
        twice = any((values[earlier] == one).all() for earlier in range(row))
        assert (row in found) == (not beaten and not twice)


def test_a_choice_from_a_front_holds_the_best_by_each_objective_and_what_it_begins_with() -> None:
    across = np.linspace(0.0, 1.0, 101)
    values = np.stack([across, 1.0 - across], axis=1)
    assert spread_of(values, 3) == [0, 50, 100]
    assert spread_of(values, 4, begin=[7]) == [0, 7, 53, 100]
    assert spread_of(values, 500) == list(range(101))


def test_growth_is_the_hypervolume() -> None:
    optuna = pytest.importorskip("optuna")
    values = np.random.default_rng(5).random((400, 3))
    found = growth_of(values, np.ones(400, bool), 36)
    assert found is not None
    front = values[front_of(values)]
    best, worst = front.min(axis=0), front.max(axis=0)
    scaled = (values - best) / (1.1 * (worst - best))
    assert optuna is not None
    from optuna._hypervolume import compute_hypervolume

    exact = compute_hypervolume(scaled[(scaled <= 1.0).all(axis=1)], np.ones(3))
    assert found.curve[-1][1] == pytest.approx(exact, abs=4 * found.error)
    shares = [share for _, share in found.curve]
    assert shares == sorted(shares)
    assert found.curve[-1][0] == 400


def test_a_front_settles_once_nothing_better_comes() -> None:
    good = np.stack([np.linspace(0, 1, 30), 1 - np.linspace(0, 1, 30)], axis=1)
    bad = good + 1.0
    early, late = (
        growth_of(np.concatenate(parts), np.ones(120, bool), 10) for parts in ((good, *3 * [bad]), (*3 * [bad], good))
    )
    assert early is not None
    assert late is not None
    assert early.settled
    assert early.gained == 0.0
    assert not late.settled
    assert growth_of(bad[:1], np.ones(1, bool), 10) is None


def test_what_breaks_the_budget_does_not_count_for_growth() -> None:
    values = np.array([[0.0, 1.0], [1.0, 0.0], [-5.0, -5.0]])
    within = np.array([True, True, False])
    found, without = growth_of(values, within, 1), growth_of(values[:2], within[:2], 1)
    assert found is not None
    assert without is not None
    assert found.curve[-1][1] == without.curve[-1][1]


def test_the_worst_fifth_is_exact_where_it_cuts_a_draw() -> None:
    assert tail_mean(np.arange(1.0, 11.0)) == pytest.approx(9.5)
    # 7 draws: 1.4 of them, all of the worst and 0.4 of the next
    assert tail_mean(np.array([3.0, 7.0, 1.0, 2.0, 6.0, 4.0, 5.0])) == pytest.approx((7.0 + 0.4 * 6.0) / 1.4)
    assert tail_mean(np.full((3, 64), -2.0)) == pytest.approx([-2.0] * 3)


def test_standard_errors_are_those_of_repeated_draws() -> None:
    rng = np.random.default_rng(11)
    runs = [scored(rng.normal(size=(1, 250)) * 2.0, np.zeros((250, 1))) for _ in range(600)]
    for value, error in (("mean", "mean_error"), ("tail", "tail_error"), ("aim", "aim_error")):
        seen = np.std([getattr(one, value)[0] for one in runs])
        told = np.mean([getattr(one, error)[0] for one in runs])
        assert told == pytest.approx(seen, rel=0.1)


def test_the_error_of_a_paired_difference_is_that_of_repeated_draws() -> None:
    rng = np.random.default_rng(12)
    apart, errors = [], []
    for _ in range(600):
        shared = rng.normal(size=250) * 2.0
        difference, error = aim_apart(1.1 * shared + 0.3 * rng.normal(size=250), shared)
        apart.append(float(difference))
        errors.append(float(error))
    assert np.mean(errors) == pytest.approx(np.std(apart), rel=0.1)
    alone = scored(np.stack([shared]), np.zeros((250, 1))).aim_error[0]
    assert np.mean(errors) < 0.5 * alone  # what both share drops out


def test_what_a_lever_brings_in_is_not_set_against_what_is_spent() -> None:
    paid = np.tile([5.0, -100.0, 1.0], (20, 1))
    found = scored(np.zeros((1, 20)), paid)
    assert (found.spent, found.received) == (6.0, 100.0)


def test_objectives_are_known_by_name_and_one_is_weighed_against_spending() -> None:
    assert [one.name for one in asked_for(["deaths"])] == ["deaths", "cost"]
    assert [one.name for one in asked_for(["deaths", "friction", "deaths"])] == ["deaths", "friction"]
    with pytest.raises(UsageError, match="Did you mean fentanyl"):
        asked_for(["fentanil"])
    with pytest.raises(UsageError, match="cost alone"):
        asked_for(["cost"])
    with pytest.raises(UsageError, match="no objective is given"):
        asked_for([])
