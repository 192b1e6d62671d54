"""Draws from the priors; compiled, batched runs; branches paired by the same draws and the same noise."""
