"""What a run gives, week by week, and what each output is."""

from __future__ import annotations

from typing import Literal, NamedTuple

from jax import Array


class Outputs(NamedTuple):
    """One value a week for each; `ABOUT` says what they are."""

    attempts: Array
    encounters: Array
    gotaways_known: Array
    gotaways_unknown: Array
    fentanyl_produced: Array
    fentanyl_seized_mexico: Array
    fentanyl_seized_border: Array
    fentanyl_seized_border_lb: Array
    fentanyl_delivered: Array
    fentanyl_stock: Array
    lab_capacity: Array
    price_index: Array
    overdose_deaths: Array
    cartel_members: Array
    cartel_recruits: Array
    cartel_arrests: Array
    cartel_deaths: Array
    cartel_exits: Array
    homicides: Array
    civilian_harm: Array
    leaders_removed: Array
    cooperation: Array
    hostility_us: Array
    hostility_mexico: Array


class About(NamedTuple):
    long_name: str
    units: str
    aggregate: Literal["sum", "mean"]
    series_id: str = ""  # the official series that it can be laid beside
    series_geo: tuple[str, ...] = ()
    signed: bool = False  # may be below zero


FENTANYL_GEOS = ("OFO:Fentanyl", "USBP:Fentanyl")

ABOUT: dict[str, About] = {
    "attempts": About("attempts to cross between the ports", "attempts", "sum"),
    "encounters": About("Border Patrol encounters, southwest", "encounters", "sum", "usbp_encounters_sw"),
    "gotaways_known": About("known gotaways", "persons", "sum"),
    "gotaways_unknown": About("unknown gotaways", "persons", "sum"),
    "fentanyl_produced": About("fentanyl produced in Mexico", "kg pure", "sum"),
    "fentanyl_seized_mexico": About("fentanyl seized in Mexico", "kg pure", "sum"),
    "fentanyl_seized_border": About("fentanyl seized at the southwest border", "kg pure", "sum"),
    "fentanyl_seized_border_lb": About(
        "fentanyl seized at the southwest border", "lb gross", "sum", "cbp_drug_seizures_sw", FENTANYL_GEOS
    ),
    "fentanyl_delivered": About("fentanyl delivered to the US", "kg pure", "sum"),
    "fentanyl_stock": About("fentanyl in stock before the border", "kg pure", "mean"),
    "lab_capacity": About("laboratory capacity, 1 at the start", "ratio", "mean"),
    "price_index": About("price of fentanyl, 1 at the start", "ratio", "mean"),
    "overdose_deaths": About(
        "US deaths involving synthetic opioids", "deaths", "sum", "overdose_deaths_synthetic_opioids"
    ),
    "cartel_members": About("members of organised groups in Mexico", "persons", "mean"),
    "cartel_recruits": About("recruited by the groups", "persons", "sum"),
    "cartel_arrests": About("members arrested", "persons", "sum"),
    "cartel_deaths": About("members killed in conflict between groups", "persons", "sum"),
    "cartel_exits": About("members leaving through saturation", "persons", "sum"),
    "homicides": About("homicide files opened in Mexico", "crimes", "sum", "homicide_crimes_mx"),
    "civilian_harm": About("civilians killed by strikes", "persons", "sum"),
    "leaders_removed": About("leaders killed by strikes", "persons", "sum"),
    "cooperation": About("Mexican cooperation in security, 1 = full", "share", "mean"),
    "hostility_us": About("US acts toward Mexico, beyond the recorded ones", "hostility", "mean", signed=True),
    "hostility_mexico": About("Mexican hostility, beyond the recorded one", "log of cooperation", "mean", signed=True),
}
