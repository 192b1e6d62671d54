"""What the uncertain numbers do to each headline: Shapley effects from the runs at hand, Sobol' indices from own runs.

`effects` needs no runs of its own and holds for draws whose numbers depend on one another, as those of a posterior do.
`sobol` and `morris` need independent inputs and runs of their own; `independent` makes these.
"""
