"""Quantities that a document states about the world: numbers, measures, changes, baselines."""
