"""Fit one record by the ensemble smoother and by Hamiltonian Monte Carlo, and print what each costs and gives.

Usage: python scripts/compare_fitting.py [--cutoff 2026-01] [--members 600] [--chains 16] [--warmup 100] [--samples 100]
           [--steps 8]

The record, the likelihood and the priors are the same. Hamiltonian Monte Carlo (NumPyro) starts from members of the
smoother, in the metric of their covariance, which spares it most of what its warm-up is for. Needs numpyro, which is
among the packages for development.
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpyro.diagnostics import summary
from numpyro.infer import HMC, MCMC

from counterflow.calibration.fitting import discrepancy, path, problem, smoother, space
from counterflow.evidence.store import Store


def potential(of: problem.Problem) -> Any:
    """Minus the log posterior of (score of parameters and of hyperparameters,), for the draw `member` of the rest."""
    known = jnp.asarray(of.seen.logs)
    parameters, series = len(of.space.keys), known.shape[1]
    models = tuple(about.model for about in of.seen.about)

    def minus(at: dict[str, jax.Array]) -> jax.Array:
        member = at["member"].astype(int)[0]
        base, groups = jax.tree.map(lambda leaf: leaf[member], (of.base, of.groups))
        values = space.values(of.space, at["x"][:parameters])
        months = path.months(space.with_values(base, of.space.keys, values), groups, of.at.inputs)
        given = problem.quantities(models, of.at.inputs.record.nationwide, months)
        hyper = discrepancy.hyper(at["x"][parameters:].reshape(3, series), of.seen.scatter)
        likelihood = discrepancy.filtered(known - given, of.seen, hyper)[0].sum()
        off = problem.of_figures(of.figures, months) - of.figures.logs
        return 0.5 * off @ jnp.linalg.solve(of.figures.covariance, off) - likelihood + 0.5 * (at["x"] ** 2).sum()

    return minus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cutoff", default="2026-01")
    for name, value in (("members", 600), ("chains", 16), ("warmup", 100), ("samples", 100), ("steps", 8)):
        parser.add_argument(f"--{name}", type=int, default=value)
    given = parser.parse_args()
    cutoff = date.fromisoformat(f"{given.cutoff}-01")
    jax.config.update("jax_enable_x64", True)

    began = time.perf_counter()
    of = problem.problem(Store.open(), cutoff, members=given.members, seed=0)
    laid_out = time.perf_counter()
    ensemble = smoother.fit(of, 0)
    smoothed = time.perf_counter()
    print(f"{len(of.space.keys)} parameters fitted to {int(np.isfinite(of.seen.logs).sum())} months")
    print(f"laid out in {laid_out - began:.1f} s; smoother: {given.members} members in {smoothed - laid_out:.1f} s")

    flat = np.concatenate([ensemble.scores, np.moveaxis(ensemble.hyper, 1, 0).reshape(given.members, -1)], axis=1)
    kernel = HMC(
        potential_fn=potential(of),
        inverse_mass_matrix={
            ("x",): jnp.asarray(np.cov(flat.T) + 1e-3 * np.eye(flat.shape[1])),
            ("member",): jnp.full(1, 1e-30),  # each chain keeps its draw of what is not fitted
        },
        dense_mass=[("x",)],
        adapt_mass_matrix=False,
        step_size=0.2,
        num_steps=given.steps,
        trajectory_length=None,
    )
    sampler = MCMC(
        kernel,
        num_warmup=given.warmup,
        num_samples=given.samples,
        num_chains=given.chains,
        chain_method="vectorized",
        progress_bar=False,
    )
    members = jnp.arange(given.chains)[:, None] + 0.5
    start = {"x": jnp.asarray(flat[: given.chains]), "member": members}
    sampler.run(jax.random.PRNGKey(0), init_params=start, extra_fields=("diverging", "accept_prob"))
    chained = time.perf_counter()
    drawn = np.asarray(sampler.get_samples(group_by_chain=True)["x"])
    told = summary({"x": drawn}, group_by_chain=True)["x"]
    extra = sampler.get_extra_fields()
    print(
        f"Hamiltonian Monte Carlo: {given.chains} chains of {given.warmup} + {given.samples} in"
        f" {chained - smoothed:.1f} s; acceptance {float(np.mean(extra['accept_prob'])):.2f},"
        f" {int(np.sum(extra['diverging']))} divergences; R-hat at most {float(np.max(told['r_hat'])):.2f},"
        f" {int(np.sum(told['r_hat'] > 1.01))} of {drawn.shape[2]} above 1.01; effective size at least"
        f" {float(np.min(told['n_eff'])):.0f}"
    )
    print("parameter, mean and standard deviation of its score: smoother | chains")
    count = len(of.space.keys)
    for position in np.argsort(ensemble.scores.std(axis=0))[:20]:
        name = ".".join(of.space.keys[position])
        chains = drawn[..., position]
        print(
            f"{name:24s} {ensemble.scores[:, position].mean():6.2f} {ensemble.scores[:, position].std():5.2f}"
            f" | {chains.mean():6.2f} {chains.std():5.2f}"
        )
    apart = np.abs(drawn[..., :count].mean(axis=(0, 1)) - ensemble.scores.mean(axis=0))
    print(
        f"means apart: median {np.median(apart):.2f}, largest {apart.max():.2f} (in standard deviations of the prior)"
    )


if __name__ == "__main__":
    main()
