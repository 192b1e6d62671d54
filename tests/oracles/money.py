"""Revenue, designation and wages in plain floats, in dollars rather than in ratios."""

from __future__ import annotations

import math

Values = dict[str, float]
WEEKS_PER_YEAR = 365.25 / 7.0


def step(state: Values, p: Values, now: Values) -> tuple[Values, Values]:
    """One week: the next state and the flows. `now` holds the inputs of model/money.py by name."""

    def dollars(sales: float, migrants: float) -> tuple[float, float]:
        fentanyl = p["share_fent"] * p["R_drug"] * sales
        other = (1.0 - p["share_fent"]) * p["R_drug"]
        return (fentanyl + other) * 1e9 / WEEKS_PER_YEAR, p["R_mig"] * migrants * 1e9 / WEEKS_PER_YEAR

    listed = min(max(now["designated"] / p["x_designation"], 0.0), 1.0)
    left = (1.0 - p["L_fto"] * listed) * (1.0 - p["c_laund"] * listed)
    kept = math.exp(-1.0 / p["tau_fto"])
    usable = kept * state["usable"] + (1.0 - kept) * left

    dose = now["tariff"] / 10.0
    output = p["e_tar_gdp"] * dose + p["e_tar_unc"] * min(max(dose, 0.0), 1.0)
    kept = math.exp(-1.0 / p["tau_wage"])
    wage = kept * state["wage"] + (1.0 - kept) * p["e_w_gdp"] * output

    drug, migrants = dollars(now["delivered"] * now["price"] ** p["k_pass"], now["crossings"] * now["fee"])
    usual = sum(dollars(1.0, 1.0))
    drug, migrants = usable * drug, usable * migrants
    revenue = (drug + migrants) / usual
    flows = {
        "revenue_drug": drug,
        "revenue_mig": migrants,
        "revenue": revenue,
        "recruitment_revenue": revenue ** p["e_rw"],
        "recruitment_wages": math.exp(wage) ** p["e_rec_w"],
        "wage": wage,
        "gun_demand": revenue * now["conflict"],
        "contested": revenue,
    }
    return {"usable": usable, "wage": wage}, flows
