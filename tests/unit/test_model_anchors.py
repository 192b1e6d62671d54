"""The means of 2022-24, and what the last published months show, against the observations themselves."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.store import Store
from counterflow.model import anchors
from counterflow.model.anchors import ROUTES, SECTORS, Reference

START = date(2025, 1, 13)


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.open()


@pytest.fixture(scope="module")
def found(store: Store) -> Reference:
    return anchors.reference(store, START)


def total(store: Store, series: str, where: str, last: str = "2024-12-31") -> tuple[float, int]:
    """Sum over 2022-24 and the days of the months that it is of, straight from the tables."""
    query = (
        "SELECT sum(value), sum(day(last_day(date))) / count(DISTINCT geo) FROM current"
        f" WHERE series_id = ? AND geo IN ({where}) AND date BETWEEN DATE '2022-01-01' AND CAST(? AS DATE)"
    )
    value, days = store.connection.cursor().execute(query, [series, last]).fetchone() or (0.0, 0)
    return float(value), int(days)


@pytest.mark.parametrize(
    ("name", "series", "where", "per"),
    [
        ("encounters", "usbp_encounters_sw", "'southwest'", 7.0),
        ("homicides", "homicide_crimes_mx", "'mexico'", 7.0),
        ("deaths", "overdose_deaths_synthetic_opioids", "'united_states'", 7.0),
        ("seized_lb", "cbp_drug_seizures_sw", "'OFO:Fentanyl', 'USBP:Fentanyl'", 7.0),
    ],
)
def test_flows_are_what_was_counted_over_the_days(
    store: Store, found: Reference, name: str, series: str, where: str, per: float
) -> None:
    value, days = total(store, series, where)
    assert getattr(found, name) == pytest.approx(value / days * per, rel=1e-12)


def last(store: Store, series: str, geo: str, count: int, as_of: date | None = None) -> dict[date, float]:
    """The last months of a series that are over before START."""
    over = [row for row in store.observations(series, geo, as_of=as_of) if anchors.month_end(row.date) < START]
    return {row.date: row.value for row in sorted(over, key=lambda row: row.date)[-count:]}


@pytest.mark.parametrize(
    ("name", "series", "geo", "per"),
    [("bookins_border", "ice_bookins", "CBP", 7.0), ("removals", "dhs_removals", "united_states", 365.25)],
)
def test_what_is_inside_the_country_moves_as_in_the_last_half_year(
    store: Store, found: Reference, name: str, series: str, geo: str, per: float
) -> None:
    months = last(store, series, geo, 6)
    days = sum(anchors.month_end(day).day for day in months)
    assert len(months) == 6
    assert getattr(found, name) == pytest.approx(sum(months.values()) / days * per, rel=1e-12)


def test_detained_are_the_mean_of_the_last_half_year(store: Store, found: Reference) -> None:
    for agency, value in (("CBP", found.detained_border), ("ICE", found.detained_interior)):
        months = last(store, "ice_detained_adp", agency, 6)
        assert max(months) == date(2024, 12, 1)
        assert value == pytest.approx(np.mean(list(months.values())), rel=1e-12)


def test_no_level_of_the_reference_is_that_of_another(found: Reference) -> None:
    """Arrests inside the country are a lever: no series of them is read beside it."""
    assert "ice_arrests" not in Reference._fields
    assert found.detained_border != found.detained_interior


@pytest.mark.parametrize(
    ("shares", "series", "names"),
    [
        ("sector_shares", "usbp_encounters_sector", SECTORS),
        ("route_shares", "cbp_fentanyl_seizures_sector", ROUTES),
        ("state_shares", "homicide_victims_mx_state", ()),
    ],
)
def test_shares_add_up_and_are_each_part_over_the_whole(
    store: Store, found: Reference, shares: str, series: str, names: tuple[str, ...]
) -> None:
    parts = names or tuple(sorted(store.about(series).geos))
    values = getattr(found, shares)
    assert values.shape == (len(parts),)
    assert values.sum() == pytest.approx(1.0, abs=1e-12)
    assert (values >= 0).all()
    months = [last(store, series, part, 12) for part in parts]
    common = set.intersection(*(set(part) for part in months))
    assert len(common) == 12
    counted = np.array([sum(part[day] for day in common) for part in months])
    assert values == pytest.approx(counted / counted.sum(), rel=1e-12)


def test_the_orders_are_those_of_the_parts() -> None:
    assert (len(SECTORS), len(ROUTES)) == (9, 13)
    assert ROUTES[:4] == (
        "San Diego Field Office",
        "Tucson Field Office",
        "El Paso Field Office",
        "Laredo Field Office",
    )
    assert ROUTES[4:] == tuple(f"{sector} Sector" for sector in SECTORS)


def test_ports_are_counted_without_appointments(store: Store, found: Reference) -> None:
    ports = {o.date: o.value for o in store.observations("ofo_encounters_sw") if 2022 <= o.date.year <= 2024}
    made = {o.date: o.value for o in store.observations("cbp_one_appointments")}
    months = [day for day in ports if day < date(2024, 9, 1)]  # the last published count of appointments is August's
    days = sum(anchors.month_end(day).day for day in months)
    left = sum(ports[day] - made.get(day, 0.0) for day in months)
    assert found.ports == pytest.approx(left / days * 7)
    assert 0 < found.ports < sum(ports.values()) / 156.6


def test_nationwide_is_a_little_more_than_the_southwest(store: Store, found: Reference) -> None:
    everywhere, _ = total(store, "usbp_encounters_nationwide", "'united_states'")
    southwest, _ = total(store, "usbp_encounters_sw", "'southwest'")
    assert found.nationwide == pytest.approx(everywhere / southwest, rel=1e-9)
    assert 1.0 < found.nationwide < 1.1


RECENT = {
    "sector_shares",
    "state_shares",
    "route_shares",
    "bookins_border",
    "detained_border",
    "detained_interior",
    "removals",
}


def test_a_later_start_has_the_same_2022_to_2024_and_other_last_months(store: Store) -> None:
    now, later = (anchors.reference(store, day)._asdict() for day in (date(2025, 3, 3), date(2025, 12, 1)))
    apart = {name for name, value in now.items() if not np.array_equal(value, later[name])}
    assert apart <= RECENT
    assert {"detained_border", "detained_interior", "state_shares"} <= apart, "series that go on into 2025"


def test_an_earlier_knowledge_has_fewer_months(store: Store) -> None:
    then = anchors.reference(store, START, START)
    value, days = total(
        store, "overdose_deaths_synthetic_opioids", "'united_states'", "2024-07-31"
    )  # a lag of 5 months
    assert then.deaths == pytest.approx(value / days * 7)


def test_before_2023_the_last_two_years_stand_in(store: Store) -> None:
    start = date(2022, 6, 6)
    early = anchors.reference(store, start, start)
    rows = [o for o in store.observations("usbp_encounters_sw", as_of=start) if o.date < date(2022, 5, 1)][-24:]
    days = sum(anchors.month_end(row.date).day for row in rows)
    assert (rows[0].date, rows[-1].date) == (date(2020, 5, 1), date(2022, 4, 1))
    assert early.encounters == pytest.approx(sum(row.value for row in rows) / days * 7)
    assert early.state_shares.sum() == pytest.approx(1.0)


def test_a_start_before_the_series_is_refused(store: Store) -> None:
    with pytest.raises(EvidenceError, match="12 are needed for a reference"):
        anchors.reference(store, date(2019, 2, 4))


@pytest.mark.parametrize(
    ("start", "span"),
    [
        (None, (date(2022, 1, 1), date(2025, 1, 1))),
        (date(2025, 3, 3), (date(2022, 1, 1), date(2025, 1, 1))),
        (date(2023, 7, 3), (date(2022, 1, 1), date(2023, 7, 3))),
        (date(2022, 6, 6), (date(2020, 6, 1), date(2022, 6, 6))),
        (date(2021, 3, 8), (date(2019, 3, 1), date(2021, 3, 8))),
    ],
)
def test_the_span_of_the_reference_never_reaches_past_the_start(start: date | None, span: tuple[date, date]) -> None:
    assert anchors.span(start) == span
