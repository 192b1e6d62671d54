"""Coverage-guided fuzzing; see `run`."""
