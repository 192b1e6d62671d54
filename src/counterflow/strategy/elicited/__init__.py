"""What experts say of parameters: quantiles from a file, in the place of priors."""
