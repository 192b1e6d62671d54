"""Blocks, sentences and clauses of a canonical text."""
