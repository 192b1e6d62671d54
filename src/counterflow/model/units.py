"""Units that several mechanisms count in."""

WEEKS_PER_YEAR = 365.25 / 7.0
