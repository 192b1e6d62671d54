"""Enforcement inside the country in plain floats: heads counted one group after another."""

from __future__ import annotations

import math

WEEKS = 365.25 / 7.0  # in a year
Values = dict[str, float]


def cooperating(p: Values, agreements_over_reference: float) -> float:
    """Share of places that cooperate."""
    log_odds = math.log(p["coop_ref"] / (1.0 - p["coop_ref"]))
    log_odds += min(max(p["coop_287"] * math.log(max(agreements_over_reference, 1e-3)), -20.0), 20.0)
    return 1.0 / (1.0 + math.exp(-log_odds))


def arrests_found(p: Values, at: Values, wary: float, ordered: float, agreements: float, leak: float) -> float:
    """Arrests a week before beds are asked for."""
    ceiling = p["a_off"] * p["officers"] * p["x_detail"] / 7.0
    bend = math.sqrt(math.sqrt((1.0 + (at["arrests"] / ceiling) ** 4) / (1.0 + (ordered / ceiling) ** 4)))
    asked = 7.0 * ordered * bend
    share = cooperating(p, agreements / at["agreements"])
    jail_yield = (p["s_sanc"] * (1.0 - share) + share) / (p["s_sanc"] * (1.0 - p["coop_ref"]) + p["coop_ref"])
    in_jail = p["sh_jail"] * asked * jail_yield
    officers_moved = p["sh_jail"] * asked - in_jail  # below zero where jails need more of them
    force = (1.0 + p["x_force"] * share) / (1.0 + p["x_force"] * p["coop_ref"])
    chance = min(max(leak, 0.0), 1.0)
    yields = (1.0 - p["share_raids"]) + p["share_raids"] * ((1.0 - chance) + chance * p["y_leak"])
    at_large = (1.0 - p["sh_jail"]) * asked * force * yields * math.exp(math.log(1.0 - p["avoid"]) * wary)
    return in_jail + at_large + officers_moved / p["effort_large"]


def step(state: Values, p: Values, at: Values, now: Values) -> tuple[Values, Values]:
    """State a week later, and the week's flows."""
    ceiling = p["a_off"] * p["officers"] * p["x_detail"] / 7.0
    bend = ((1.0 + (at["arrests"] / ceiling) ** 4) / (1.0 + (now["ordered"] / ceiling) ** 4)) ** 0.25
    raids = max(now["ordered"] * bend / at["arrests"], 0.05)
    keeps = math.exp(-1.0 / p["tau_avoid"])
    wary = keeps * state["wary"] + (1.0 - keeps) * math.log2(raids)
    found = arrests_found(p, at, state["wary"], now["ordered"], now["agreements"], now["leak"])
    found = min(max(found, 0.0), state["stock"])

    met = at["encounters"] * now["encounters"]
    border_wants = min(at["bookins_border"] * max(now["encounters"], 1e-6) ** p["e_book"], met)
    usual_interior = min(7.0 * at["detained_interior"] / p["LOS"], 7.0 * at["arrests"])
    before = min(found, 7.0 * at["arrests"])
    interior_wants = min(usual_interior * before / (7.0 * at["arrests"]) + p["share_book"] * (found - before), found)

    usual_out = at["bookins_border"] + usual_interior
    usual_removed = min(p["rel_sh"], 0.95 * at["removals"] / WEEKS / usual_out)
    odds = usual_removed / (1.0 - usual_removed) * now["removal_ratio"]
    removed_share = odds / (1.0 + odds)
    occupancy = (state["detained_border"] + state["detained_interior"]) / max(now["beds"], 1.0)
    usual_occupancy = (at["detained_border"] + at["detained_interior"]) / at["beds"]
    crowded = max(occupancy / usual_occupancy, 1e-3) ** p["fill"]
    removed, freed = {}, {}
    for group, turnover in (("border", at["bookins_border"]), ("interior", usual_interior)):
        held = state[f"detained_{group}"]
        pace = min(turnover * held / at[f"detained_{group}"], held)
        removed[group] = pace * removed_share
        freed[group] = min(pace * (1.0 - removed_share) * crowded, held - removed[group])
    remaining = {group: state[f"detained_{group}"] - removed[group] - freed[group] for group in removed}
    beds_free = max(p["soft"] * now["beds"] - sum(remaining.values()), 0.0)
    border_in = min(border_wants, beds_free)
    interior_in = min(interior_wants, beds_free - border_in)

    no_bed = interior_wants - interior_in
    arrests = found - no_bed + p["rel_full"] * no_bed
    not_held = met - border_wants
    direct = min(
        (at["removals"] / WEEKS - usual_removed * usual_out) * now["encounters"] * now["removal_ratio"], not_held
    )
    entered = now["gotaways"] + p["other_in"] + (border_wants - border_in) + p["admit"] * (not_held - direct)
    exits = p["exit0"] * state["stock"] / p["stock0"] + p["e_out"] * (
        removed["interior"] - usual_removed * usual_interior
    )
    exits = min(max(exits, 0.0), state["stock"] - interior_in)
    released = freed["border"] + freed["interior"]
    after = {
        "stock": state["stock"] + entered + released - interior_in - exits,
        "detained_border": remaining["border"] + border_in,
        "detained_interior": remaining["interior"] + interior_in,
        "wary": wary,
    }
    return after, {
        "arrests": arrests,
        "detained_border": after["detained_border"],
        "detained_interior": after["detained_interior"],
        "removals": sum(removed.values()) + direct,
        "released": released,
        "exits": exits,
        "bookins_border": border_in,
        "bookins_interior": interior_in,
        "removed_detained": sum(removed.values()),
        "entered": entered,
    }
