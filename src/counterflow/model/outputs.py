"""What a run gives, week by week, and what each output is."""

from __future__ import annotations

from typing import Literal, NamedTuple

from jax import Array


class Outputs(NamedTuple):
    """Values of one week; `ABOUT` says what they are."""

    attempts: Array
    encounters: Array
    encounters_ports: Array
    encounters_nationwide: Array
    gotaways_known: Array
    gotaways_unknown: Array
    smuggler_fee: Array
    fentanyl_produced: Array
    fentanyl_seized_mexico: Array
    fentanyl_seized_border: Array
    fentanyl_seized_border_lb: Array
    fentanyl_delivered: Array
    fentanyl_stock: Array
    lab_capacity: Array
    purity_index: Array
    price_index: Array
    overdose_deaths: Array
    cartel_members: Array
    cartel_groups: Array
    cartel_recruits: Array
    cartel_arrests: Array
    cartel_deaths: Array
    cartel_exits: Array
    cartel_struck: Array
    homicides: Array
    civilian_harm: Array
    leaders_removed: Array
    transfers: Array
    guns_departing: Array
    guns_seized: Array
    guns_arriving: Array
    gun_stock: Array
    revenue: Array
    revenue_migrants: Array
    interior_arrests: Array
    bookins_border: Array
    bookins_interior: Array
    detained: Array
    detained_border: Array
    removals: Array
    releases: Array
    voluntary_exits: Array
    unauthorised: Array
    cooperation: Array
    hostility_us: Array
    hostility_mexico: Array
    levers_blocked: Array
    attempts_by_sector: Array  # (sector,)
    encounters_by_sector: Array  # (sector,)
    gotaways_by_sector: Array  # (sector,) known
    fentanyl_seized_by_route_lb: Array  # (route,)
    homicides_by_state: Array  # (state,)


class About(NamedTuple):
    long_name: str
    units: str
    aggregate: Literal["sum", "mean"]
    series_id: str = ""  # the official series that it can be laid beside
    series_geo: tuple[str, ...] = ()
    signed: bool = False  # may be below zero
    geo: Literal["", "sector", "route", "state"] = ""


FENTANYL_GEOS = ("OFO:Fentanyl", "USBP:Fentanyl")

ABOUT: dict[str, About] = {
    "attempts": About("attempts to cross between the ports", "attempts", "sum"),
    "encounters": About("Border Patrol encounters, southwest", "encounters", "sum", "usbp_encounters_sw"),
    "encounters_ports": About("encounters at southwest ports", "encounters", "sum", "ofo_encounters_sw"),
    "encounters_nationwide": About(
        "Border Patrol encounters, nationwide", "encounters", "sum", "usbp_encounters_nationwide"
    ),
    "gotaways_known": About("known gotaways", "persons", "sum"),
    "gotaways_unknown": About("unknown gotaways", "persons", "sum"),
    "smuggler_fee": About("smuggler's fee for a crossing", "USD", "mean"),
    "fentanyl_produced": About("fentanyl produced in Mexico", "kg pure", "sum"),
    "fentanyl_seized_mexico": About("fentanyl seized in Mexico", "kg pure", "sum"),
    "fentanyl_seized_border": About("fentanyl seized at the southwest border", "kg pure", "sum"),
    "fentanyl_seized_border_lb": About(
        "fentanyl seized at the southwest border", "lb gross", "sum", "cbp_drug_seizures_sw", FENTANYL_GEOS
    ),
    "fentanyl_delivered": About("fentanyl delivered to the US", "kg pure", "sum"),
    "fentanyl_stock": About("fentanyl in stock before the border", "kg pure", "mean"),
    "lab_capacity": About("laboratory capacity, 1 in 2022-24", "ratio", "mean"),
    "purity_index": About("purity of fentanyl as sold, 1 in 2022-24", "ratio", "mean"),
    "price_index": About("price of fentanyl, 1 in 2022-24", "ratio", "mean"),
    "overdose_deaths": About(
        "US deaths involving synthetic opioids", "deaths", "sum", "overdose_deaths_synthetic_opioids"
    ),
    "cartel_members": About("members of organised groups in Mexico", "persons", "mean"),
    "cartel_groups": About("organised groups in Mexico with a member", "groups", "mean"),
    "cartel_recruits": About("recruited by the groups", "persons", "sum"),
    "cartel_arrests": About("members arrested", "persons", "sum"),
    "cartel_deaths": About("members killed in conflict between groups", "persons", "sum"),
    "cartel_exits": About("members leaving through saturation", "persons", "sum"),
    "cartel_struck": About("members killed by strikes", "persons", "sum"),
    "homicides": About("homicide files opened in Mexico", "crimes", "sum", "homicide_crimes_mx"),
    "civilian_harm": About("civilians killed by strikes", "persons", "sum"),
    "leaders_removed": About("leaders lost beyond the recorded rate", "persons", "sum"),
    "transfers": About("persons sent to the US by Mexico", "persons", "sum"),
    "guns_departing": About("guns leaving the US for Mexico", "guns", "sum"),
    "guns_seized": About("guns seized on the way south", "guns", "sum"),
    "guns_arriving": About("guns arriving in Mexico", "guns", "sum"),
    "gun_stock": About("guns from the US in Mexico, 1 in 2022-24", "ratio", "mean"),
    "revenue": About("revenue of the groups from drugs and migrants", "USD", "sum"),
    "revenue_migrants": About("revenue of the groups from migrants", "USD", "sum"),
    "interior_arrests": About("arrests by ICE inside the US", "arrests", "sum", "ice_arrests"),
    "bookins_border": About("people arrested at the border booked into ICE detention", "book-ins", "sum"),
    "bookins_interior": About("people arrested by ICE booked into detention", "book-ins", "sum"),
    "detained": About("people in ICE detention", "persons", "mean"),
    "detained_border": About("people in ICE detention who were arrested at the border", "persons", "mean"),
    "removals": About("removals from inside the US", "removals", "sum"),
    "releases": About("people released from ICE detention", "persons", "sum"),
    "voluntary_exits": About("people leaving the US on their own", "persons", "sum"),
    "unauthorised": About("people in the US without authorisation", "persons", "mean"),
    "cooperation": About("Mexican cooperation in security, 1 = full", "share", "mean"),
    "hostility_us": About("US acts toward Mexico, beyond those of 2022-24", "hostility", "mean", signed=True),
    "hostility_mexico": About("Mexican hostility, beyond that of 2022-24", "log of cooperation", "mean", signed=True),
    "levers_blocked": About("contested levers that a court blocks", "levers", "mean"),
    "attempts_by_sector": About("attempts to cross, by sector", "attempts", "sum", geo="sector"),
    "encounters_by_sector": About(
        "Border Patrol encounters, by sector", "encounters", "sum", "usbp_encounters_sector", geo="sector"
    ),
    "gotaways_by_sector": About("known gotaways, by sector", "persons", "sum", geo="sector"),
    "fentanyl_seized_by_route_lb": About(
        "fentanyl seized, by field office and sector", "lb gross", "sum", "cbp_fentanyl_seizures_sector", geo="route"
    ),
    "homicides_by_state": About(
        "homicides, by Mexican state", "crimes", "sum", "homicide_victims_mx_state", geo="state"
    ),
}

SCALARS = tuple(name for name, about in ABOUT.items() if not about.geo)
