"""Rulings on contested levers in plain floats, one lever at a time: exposed, blocked, blocked for good, settled."""

from __future__ import annotations

import math

Values = dict[str, float]
Case = tuple[float, float, float]  # probabilities of blocked (for good included), blocked for good, settled


def expected(case: Case, p: Values, changed: bool, hazard: float) -> Case:
    """Probabilities a week later."""
    blocked, lasting, settled = case
    temporary = blocked - lasting
    exposed = 1.0 - blocked - settled if changed else 0.0
    ruling = 1.0 - math.exp(-hazard)
    to_lasting = exposed * ruling * p["p_bite"] * p["p_last"]
    to_temporary = exposed * ruling * p["p_bite"] * (1.0 - p["p_last"])
    to_settled = exposed * ruling * (1.0 - p["p_bite"])
    lifted = temporary * (1.0 - math.exp(-p["h_lift"]))
    lasting += to_lasting
    temporary += to_temporary - lifted
    return temporary + lasting, lasting, settled + to_settled + lifted


def sampled(case: str, p: Values, changed: bool, hazard: float, uniform: float) -> str:
    """State of one case a week later: "exposed", "blocked", "lasting" or "settled"."""
    if case == "exposed" and changed:
        ruling = 1.0 - math.exp(-hazard)
        if uniform < ruling * p["p_bite"] * p["p_last"]:
            return "lasting"
        if uniform < ruling * p["p_bite"]:
            return "blocked"
        if uniform < ruling:
            return "settled"
    if case == "blocked" and uniform < 1.0 - math.exp(-p["h_lift"]):
        return "settled"
    return case
