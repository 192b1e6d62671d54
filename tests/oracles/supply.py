"""One week of fentanyl supply in plain float64, written from the equations in kilograms, route by route."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

PORTS, ROUTES = 4, 13


def reference(p: Mapping[str, float], seized_lb: float, record: Sequence[float]) -> dict[str, Any]:
    """Flows at the reference in kg a week, from gross pounds a week and the record of seizures by route."""
    part = [value / sum(record) for value in record]
    ports_in_record = sum(part[:PORTS])
    from_ports = max(p["f_poe"], ports_in_record)
    seized = seized_lb / 2.2046 * p["purity_border"]
    delivered = p["Q_us"] * 1000.0 / (365.25 / 7.0)
    shipped = seized + delivered
    through_ports = p["q_poe"] * shipped
    through_ports = max(through_ports, from_ports * seized / 0.9)
    through_ports = min(through_ports, shipped - (1.0 - from_ports) * seized / 0.9)
    flow, loss = [], []
    for r in range(ROUTES):
        if r < PORTS:
            flow.append(through_ports * part[r] / ports_in_record)
            loss.append(from_ports * seized / through_ports)
        else:
            flow.append((shipped - through_ports) * part[r] / (1.0 - ports_in_record))
            loss.append((1.0 - from_ports) * seized / (shipped - through_ports))
    return {
        "shipped": shipped,
        "produced": shipped / (1.0 - p["s_mex"]),
        "delivered": delivered,
        "loss": loss,
        "share": [kg / shipped for kg in flow],
        "checkpoints": (from_ports - ports_in_record) / from_ports,
        "sectors": [value / sum(part[PORTS:]) for value in part[PORTS:]],
    }


def step(
    state: Mapping[str, Any], p: Mapping[str, float], at: Mapping[str, Any], now: Mapping[str, float]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """State: capacity, stock (kg), adapted (probability reckoned with, by route), control_weeks, log_purity, habit."""
    produced0, delivered0 = at["produced"], at["delivered"]
    loss0, share0 = at["loss"], at["share"]
    recovers = p["recovers"] > 0.5

    weeks = state["control_weeks"] + 1.0 if now["control"] > 0 else 0.0
    bite = math.exp(-weeks / p["tau_prec"]) if recovers else 1.0
    inputs = now["precursors"] * (1.0 - min(max(now["control"] * bite, -1.0), 1.0))
    inputs *= 1.0 - max(p["a_prec"], 0.0) * (1.0 - math.exp(-now["lab_strikes"]))

    capacity = state["capacity"]
    capacity += (1.0 - capacity) * (1.0 - 0.5 ** (1.0 / p["T_reb"]))
    removed = p["q_lab"] * (now["lab_strikes"] + now["raids"]) + now["found"]
    capacity = min(max(capacity * (1.0 - min(max(removed, -0.5), 1.0)), 0.0), 2.0)

    known, adapted, seized_share = [], [], []
    for r in range(ROUTES):
        ports = r < PORTS
        gain = p["p_scan"] * now["scanning"] / 0.1 if ports else p["a_free"] * min(max(now["freed"], -1.0), 1.0)
        known.append(min(max(loss0[r] + gain, 0.1 * loss0[r]), 0.95))
        before = state["adapted"][r]
        lag = p["lag_scan"] if ports else p["lag_route"]
        adapted.append(before + (known[r] - before) * (1.0 - math.exp(-1.0 / lag)))
        odds = known[r] / (1.0 - known[r]) * math.exp(now["seizure_shock"])
        seized_share.append(odds / (1.0 + odds))

    shift = [p["k_route"] * now["adaptation"] * (adapted[r] - loss0[r]) for r in range(ROUTES)]
    pull = [share0[r] * math.exp(-min(max(shift[r], -36.0), 36.0)) for r in range(ROUTES)]
    share = [value / sum(pull) for value in pull]
    amount = 1.0 - (1.0 - p["bal"]) * (1.0 - sum(pull))
    arriving0 = 1.0 - sum(share0[r] * loss0[r] for r in range(ROUTES))
    arriving_expected = 1.0 - sum(share[r] * adapted[r] for r in range(ROUTES))
    wanted = (arriving0 / arriving_expected) ** (1.0 + max(p["e_pass"], 0.0) * p["e_dem"])
    produced = produced0 * math.exp(now["shock"]) * min(max(p["slack"], 1.0) * capacity, wanted * inputs)

    seized_mexico = p["s_mex"] * produced
    stock = state["stock"] + produced - seized_mexico
    shipped = stock * amount / (p["stock_weeks"] + amount)
    stock -= shipped
    crossing = [shipped * share[r] * seized_share[r] for r in range(ROUTES)]
    delivered = shipped - sum(crossing)
    at_checkpoints = at["checkpoints"] * sum(crossing[:PORTS])
    recorded = []
    for r in range(ROUTES):
        if r < PORTS:
            recorded.append(crossing[r] * (1.0 - at["checkpoints"]))
        else:
            recorded.append(crossing[r] + at_checkpoints * at["sectors"][r - PORTS])

    relative = delivered / delivered0
    log_relative = math.log(max(relative, 1e-3))
    log_purity = state["log_purity"]
    log_purity += (p["e_pur"] * log_relative - log_purity) * (1.0 - math.exp(-1.0 / p["tau_pur"]))
    habit = state["habit"]
    volume = log_relative - log_purity
    log_price = min(max((volume - habit) / p["e_dem"], -math.log(20.0)), math.log(20.0))
    habit += ((p["e_dem_long"] - p["e_dem"]) * log_price - habit) * (1.0 - math.exp(-1.0 / p["tau_dem"]))
    per_kg = 2.2046 / (p["purity_border"] * math.exp(log_purity)) * math.exp(now["mix_shock"]) * now["gross"]
    new = {
        "capacity": capacity,
        "stock": stock,
        "adapted": adapted,
        "control_weeks": weeks,
        "log_purity": log_purity,
        "habit": habit,
    }
    flows: dict[str, Any] = {
        "produced": produced,
        "seized_mexico": seized_mexico,
        "seized": recorded,
        "seized_lb": [kg * per_kg for kg in recorded],
        "delivered": delivered,
        "stock": stock,
        "capacity": capacity,
        "purity": math.exp(log_purity),
        "price": math.exp(log_price),
        "relative": relative,
    }
    return new, flows


def precursor_mean(p: Mapping[str, float], before: float, after: float) -> float:
    """Mean of 1 before a shock and of 1 - L exp(-t / tau), or of 1 - L without recovery, from it on."""
    lost = p["L_prec"] * after
    if p["recovers"] > 0.5:
        lost = p["L_prec"] * p["tau_prec"] * (1.0 - math.exp(-after / p["tau_prec"]))
    return 1.0 - lost / (before + after)
