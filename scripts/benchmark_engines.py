"""The cartel model alone, solved by different engines: same equations, same draws, same outputs.

    dC_i/dt = rho r C_i - eta a C_i / C - theta l C_i (K C)_i - omega C_i^2,     C = sum_i C_i

The published model (see src/counterflow/model/cartels.py) over 520 weeks, with the factors r, a and l on recruitment,
arrests and lethality: 1 throughout (smooth), or other ones in each week (forced). Outputs of a run are two numbers a
week: members at its end, and those killed in conflict in it at the rate of its start. All but the adaptive solvers take
Euler steps of a week. The product K C is the sum of all members and a product over the 71 groups with a rival,
everywhere.

Counterflow's own kernels are imported inside functions, for this module also runs without JAX: EMA Workbench forks its
processes, which is not safe once JAX has threads. `python scripts/benchmark_engines.py PROBLEM.npz REPEATS` does that
part and prints JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

WEEKS = 520
PROCESSES = 2  # of EMA Workbench
SPAN = (0.8, 1.2)  # of the factors, drawn anew for each week
FREE = ("C0", "rho", "eta", "theta", "omega")

Totals = tuple[np.ndarray, np.ndarray]  # (run, week) members at the end of the week, killed in it


class Problem(NamedTuple):
    """What every engine is given. The groups with a rival stand first."""

    share: np.ndarray  # (group,) of all members in the first week
    rivalry: np.ndarray  # (rival, rival) states contested
    weight: np.ndarray  # (group,) 1 / (states shared with allies + 1)
    draws: np.ndarray  # (run, FREE)
    factors: np.ndarray  # (week, 3) on recruitment, arrests and lethality

    def first(self, runs: int) -> Problem:
        """The same with fewer runs."""
        return self._replace(draws=self.draws[:runs])


class Engine(NamedTuple):
    """A way to solve the problem, and how many runs it is timed with."""

    key: str
    name: str
    solve: Callable[[Problem], Totals]
    runs: int
    exact: bool = True  # takes the same steps as the plain loop


def problem(runs: int, *, forced: bool) -> Problem:
    """The draws that Counterflow makes of the published model's parameters."""
    from counterflow.ensemble import planning
    from counterflow.ensemble.sampling import draw
    from counterflow.model import cartels

    network = cartels.network()
    drawn = draw(runs, 0, planning.LEVERS, 0).parameters.cartels
    members = 1.0 / network.rank
    factors = np.random.default_rng(0).uniform(*SPAN, (WEEKS, 3)) if forced else np.ones((WEEKS, 3))
    draws = np.stack([np.asarray(getattr(drawn, name), np.float64) for name in FREE], axis=1)
    return Problem(members / members.sum(), network.rivalry, 1.0 / (network.alliance + 1.0), draws, factors)


def loop(given: Problem, draw: np.ndarray) -> Totals:
    """One run in plain NumPy, week by week: (week,) members, killed."""
    share, rivalry, weight, _, factors = given
    C0, rho, eta, theta, omega = draw.tolist()
    rivals = len(rivalry)
    members, killed = np.empty(len(factors)), np.empty(len(factors))
    lethality = theta * weight
    groups = C0 * share
    total = groups.sum()
    for week, (recruitment, arrests, lethal) in enumerate(factors.tolist()):
        rate = total - groups
        rate[:rivals] += rivalry @ groups[:rivals]
        rate *= lethality * lethal
        killed[week] = rate @ groups
        rate += omega * groups
        groups *= 1.0 + rho * recruitment - eta * arrests / total - rate
        total = members[week] = groups.sum()
    return members, killed


def loops(given: Problem) -> Totals:
    """Run after run in plain NumPy."""
    found = [loop(given, draw) for draw in given.draws]
    return np.stack([members for members, _ in found]), np.stack([killed for _, killed in found])


def together(given: Problem, dtype: type) -> Totals:
    """All runs of a batch at once in NumPy, as (group, run), in place."""
    share, rivalry, weight = (np.asarray(values, dtype) for values in given[:3])
    C0, rho, eta, theta, omega = given.draws.T.astype(dtype)
    rivals, runs, weeks = len(rivalry), len(C0), len(given.factors)
    members, killed = np.empty((weeks, runs), dtype), np.empty((weeks, runs), dtype)
    groups = share[:, None] * C0
    total = groups.sum(axis=0)
    rate, other = np.empty_like(groups), np.empty_like(groups)
    for week, (recruitment, arrests, lethal) in enumerate(given.factors.tolist()):
        np.subtract(total, groups, out=rate)
        rate[:rivals] += rivalry @ groups[:rivals]
        rate *= weight[:, None]
        np.multiply(rate, groups, out=other)
        lethality = theta * dtype(lethal)
        killed[week] = lethality * other.sum(axis=0)
        rate *= lethality
        np.multiply(groups, omega, out=other)
        rate += other
        np.subtract(1 + rho * dtype(recruitment) - eta * dtype(arrests) / total, rate, out=other)
        groups *= other
        total = members[week] = groups.sum(axis=0)
    return members.T, killed.T


def in_threads(given: Problem, solve: Callable[[Problem], Totals], batch: int) -> Totals:
    """Batches side by side, on all cores."""
    parts = [given._replace(draws=given.draws[low : low + batch]) for low in range(0, len(given.draws), batch)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        members, killed = zip(*pool.map(solve, parts), strict=True)
    return np.concatenate(members), np.concatenate(killed)


def slope(
    when: float, groups: np.ndarray, given: Problem, draw: np.ndarray, factors: Callable[[float], Sequence[float]]
) -> np.ndarray:
    """dC/dt a week, for an adaptive solver."""
    _, rho, eta, theta, omega = draw
    recruitment, arrests, lethal = factors(when)
    total = groups.sum()
    met = total - groups
    met[: len(given.rivalry)] += given.rivalry @ groups[: len(given.rivalry)]
    rate = met * (theta * lethal * given.weight)
    return groups * (rho * recruitment - eta * arrests / total - rate - omega * groups)


def adaptive(given: Problem, *, method: str, how: str, tolerance: float = 1e-3) -> Totals:
    """SciPy's solve_ivp, run after run; the relative tolerance is SciPy's own where none is given.

    `how`: "free" takes steps of any length, "max_step" none longer than a week, "weekly" begins anew each week, so
    that no step has a jump of the factors in it.
    """
    from scipy.integrate import solve_ivp

    weeks = len(given.factors)
    factors = given.factors.tolist()
    rivals = len(given.rivalry)
    members, killed = [], []
    for draw in given.draws:
        begin = draw[0] * given.share
        if how == "weekly":
            states = [begin]
            for now in factors:
                args = (given, draw, lambda _, now=now: now)
                step = solve_ivp(slope, (0.0, 1.0), states[-1], method, t_eval=(1.0,), args=args, rtol=tolerance)
                states.append(step.y[:, -1])
            path = np.stack(states, axis=1)
        else:
            longest = 1.0 if how == "max_step" else np.inf
            args = (given, draw, lambda when: factors[min(int(when), weeks - 1)])
            each = np.arange(weeks + 1.0)
            path = solve_ivp(
                slope, (0.0, weeks), begin, method, t_eval=each, args=args, max_step=longest, rtol=tolerance
            ).y
        total = path.sum(axis=0)
        met = total - path
        met[:rivals] += given.rivalry @ path[:rivals]
        rate = draw[3] * (given.weight[:, None] * met * path).sum(axis=0)
        members.append(total[1:])
        killed.append(rate[:-1] * given.factors[:, 2])
    return np.stack(members), np.stack(killed)


def model_kernel() -> Callable[[Problem], Totals]:
    """The step of the coupled model as it is, with the slots into which groups can split and its guards."""
    import jax
    import jax.numpy as jnp

    from counterflow.model import cartels

    def one(draw: jax.Array, factors: jax.Array) -> tuple[jax.Array, jax.Array]:
        none = jnp.zeros((), draw.dtype)
        # Nothing splits and nobody is in a programme: what these parameters are does not matter.
        p = cartels.Parameters(*draw, *[none] * (len(cartels.Parameters._fields) - len(FREE)))
        whole = jnp.zeros(cartels.LEADING, draw.dtype)

        def week(now: cartels.Parts, factor: jax.Array) -> tuple[cartels.Parts, tuple[jax.Array, jax.Array]]:
            after, flows = cartels.step(now, p, cartels.Factors(*factor, none), whole)
            return after, (cartels.total(after), flows.deaths)

        totals: tuple[jax.Array, jax.Array] = jax.lax.scan(
            week, cartels.parts_of(cartels.initial_members(p.C0)), factors
        )[1]
        return totals

    return _compiled(jax.jit(jax.vmap(one, in_axes=(0, None))))


def bare_kernel(given: Problem) -> Callable[[Problem], Totals]:
    """The published equations and nothing else, compiled, as (group, run): the fastest form that was found."""
    import jax
    import jax.numpy as jnp

    rivals = len(given.rivalry)

    @jax.jit
    def solve(draws: jax.Array, factors: jax.Array) -> tuple[jax.Array, jax.Array]:
        share, rivalry, weight = (jnp.asarray(values, draws.dtype) for values in given[:3])
        C0, rho, eta, theta, omega = draws.T
        of_some, of_others = weight[:rivals, None], weight[rivals:, None]

        def total(some: jax.Array, others: jax.Array) -> jax.Array:
            # XLA adds up faster this way on a CPU.
            return jnp.ones(rivals, some.dtype) @ some + jnp.ones(len(others), some.dtype) @ others

        def week(now: tuple[jax.Array, ...], factor: jax.Array) -> tuple[tuple[jax.Array, ...], tuple[jax.Array, ...]]:
            some, others, everyone = now
            lethality = theta * factor[2]
            gain = 1.0 + rho * factor[0] - eta * factor[1] / everyone
            met, met_others = (everyone - some + rivalry @ some) * of_some, (everyone - others) * of_others
            killed = lethality * total(some * met, others * met_others)
            some = some * (gain - lethality * met - omega * some)
            others = others * (gain - lethality * met_others - omega * others)
            after = total(some, others)
            return (some, others, after), (after, killed)

        groups = share[:, None] * C0
        begin = (groups[:rivals], groups[rivals:], groups.sum(axis=0))
        members, killed = jax.lax.scan(week, begin, factors)[1]
        return members.T, killed.T

    return _compiled(solve)


def _compiled(kernel: Callable[..., Any]) -> Callable[[Problem], Totals]:
    def solve(given: Problem) -> Totals:
        members, killed = kernel(given.draws.astype(np.float32), given.factors.astype(np.float32))
        return np.asarray(members), np.asarray(killed)

    return solve


def engines(given: Problem, *, forced: bool, runs: int, batch: int) -> list[Engine]:
    """All that run in this process. `runs` are those of the fastest; slower ones are timed with fewer."""
    few, one_by_one = max(3, runs // 250), max(3, runs // 10)
    found = [
        Engine("model", f"Counterflow: the model's own step, float32, batches of {batch}", model_kernel(), runs),
        Engine("bare", "compiled by JAX for these equations only, float32, batches of 500", bare_kernel(given), runs),
        Engine("batched32", "NumPy, batches of 500, float32", partial(together, dtype=np.float32), runs),
        Engine("batched64", "NumPy, batches of 250, float64", partial(together, dtype=np.float64), runs),
    ]
    sizes = (batch, 500, 500, 250)
    found = [
        one._replace(solve=partial(in_threads, solve=one.solve, batch=size))
        for one, size in zip(found, sizes, strict=True)
    ]
    found.append(Engine("loop", "NumPy, one run at a time, float64", loops, one_by_one))
    for method in ("RK45", "LSODA"):
        if not forced:
            found.append(
                Engine(
                    method,
                    f"SciPy solve_ivp {method}, one run at a time",
                    partial(adaptive, method=method, how="free"),
                    one_by_one,
                    exact=False,
                )
            )
            continue
        for how, told in (("max_step", "no step over a week"), ("weekly", "begun anew each week")):
            solve = partial(adaptive, method=method, how=how)
            name = f"SciPy solve_ivp {method}, {told}, one run at a time"
            found.append(Engine(f"{method} {how}", name, solve, few, exact=False))
    return found


def timed(work: Callable[[], Any], repeats: int) -> tuple[list[float], Any]:
    """Seconds of each repeat after one that is not counted, and what the last one gave."""
    work()
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begin)
    return seconds, result


def apart(found: Totals, plain: Totals) -> dict[str, float]:
    """How far an engine's ends lie from the plain loop's: the largest relative difference over its runs."""
    runs = min(len(found[0]), len(plain[0]))
    ends = [(pair[0][:runs, -1], pair[1][:runs].sum(axis=1)) for pair in (found, plain)]
    return {
        name: float(np.max(np.abs(ours - theirs) / np.abs(theirs)))
        for name, ours, theirs in zip(("members", "killed"), ends[0], ends[1], strict=True)
    }


def workbench(given: Problem, repeats: int, python: str) -> dict[str, Any]:
    """EMA Workbench's MultiprocessingEvaluator with the plain loop inside, in a process of its own, without JAX, of the
    interpreter `python`.

    {"missing": why} where it cannot be imported; else the seconds of each repeat, those to start it, and totals.
    """
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "problem.npz"
        np.savez(place, **given._asdict())
        done = subprocess.run(
            [python, "-W", "ignore", __file__, str(place), str(repeats)], capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"EMA Workbench broke off:\n{done.stderr[-2000:]}")
        found: dict[str, Any] = json.loads(done.stdout)
        if "missing" not in found:
            with np.load(place.with_name("totals.npz")) as totals:
                found["totals"] = (totals["members"], totals["killed"])
    return found


def _experiment(given: Problem, **draw: float) -> Mapping[str, np.ndarray]:
    """What EMA Workbench calls: one run."""
    members, killed = loop(given, np.array([draw[name] for name in FREE]))
    return {"members": members, "killed": killed}


def _workbench_here(place: Path, repeats: int) -> dict[str, Any]:
    try:
        import ema_workbench as ema
    except ImportError as error:
        return {"missing": f"EMA Workbench could not be imported ({error})"}
    with np.load(place) as held:
        given = Problem(**held)
    model = ema.Model("cartels", function=partial(_experiment, given))
    lowest, highest = given.draws.min(axis=0), given.draws.max(axis=0) * 1.01
    model.uncertainties = [ema.RealParameter(*each) for each in zip(FREE, lowest, highest, strict=True)]
    model.outcomes = [ema.TimeSeriesOutcome("members"), ema.TimeSeriesOutcome("killed")]
    scenarios = [ema.Scenario(str(k), **dict(zip(FREE, row, strict=True))) for k, row in enumerate(given.draws)]
    begin = time.perf_counter()
    with ema.MultiprocessingEvaluator(model, n_processes=PROCESSES) as evaluator:
        evaluator.perform_experiments(scenarios[:PROCESSES])
        started = time.perf_counter() - begin
        seconds, (_, outcomes) = timed(lambda: evaluator.perform_experiments(scenarios), repeats)
    np.savez(place.with_name("totals.npz"), **{name: np.asarray(outcomes[name]) for name in ("members", "killed")})
    return {"seconds": seconds, "start": started, "version": ema.__version__, "processes": PROCESSES}


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    result = _workbench_here(Path(sys.argv[1]), int(sys.argv[2]))
    json.dump(result, sys.stdout)
