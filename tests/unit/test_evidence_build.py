"""The tables are built from published figures, the same bytes every time, and nothing is lost or guessed."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from counterflow.evidence.store import Store
from evidence_cases import PROJECT, PUBLISHED, builder, store


@pytest.fixture(scope="session")
def published() -> Path:
    if not PUBLISHED.exists():
        pytest.skip("the published figures are not beside this checkout: the tables were NOT rebuilt")
    return PUBLISHED


@pytest.fixture(scope="session")
def built(published: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The tables built twice."""
    folders = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder in folders:
        builder().build(published, folder)
    return folders


def test_two_builds_are_the_same_byte_for_byte(built: tuple[Path, Path]) -> None:
    names = sorted(path.relative_to(built[0]).as_posix() for path in built[0].rglob("*.*"))
    assert names == [
        "events.parquet",
        "manifest.json",
        "points.parquet",
        "series.parquet",
        "vintages/2026-11/files.parquet",
        "vintages/2026-11/observations.parquet",
        "vintages/2026-11/sources.parquet",
    ]
    for name in names:
        assert (built[0] / name).read_bytes() == (built[1] / name).read_bytes()


def test_the_tables_of_the_package_are_those_that_the_script_builds(built: tuple[Path, Path]) -> None:
    rebuilt = Store.open(built[0])
    assert rebuilt.series_list() == store().series_list()
    assert rebuilt.points() == store().points()
    assert rebuilt.events() == store().events()
    for series in rebuilt.series_list():
        for geo in series.geos:
            assert rebuilt.observations(series.id, geo) == store().observations(series.id, geo)


def test_the_script_leaves_no_half_written_file(built: tuple[Path, Path]) -> None:
    assert not list(built[0].rglob("*.part"))


def test_every_published_row_is_in_the_tables_but_false_zeros(published: Path, built: tuple[Path, Path]) -> None:
    record = json.loads((built[0] / "manifest.json").read_text(encoding="utf-8"))
    figures = builder().read_csv(published / "observations.csv")
    left_out = record["left_out"][builder().NOT_REPORTED]
    assert left_out == 9
    assert record["vintages"][0]["tables"]["observations"]["rows"] == len(figures) - left_out
    assert {r["text"] for r in _texts(built[0])} == {r["value"] for r in builder().read_csv(published / "points.csv")}


def _texts(folder: Path) -> list[dict[str, str]]:
    return [{"text": point.text} for point in Store.open(folder).points()]


def test_a_missing_report_is_missing_and_not_zero() -> None:
    oaxaca = {o.date: o.value for o in store().observations("homicide_victims_mx_state", "Oaxaca")}
    assert date(2016, 10, 1) not in oaxaca
    assert date(2015, 1, 1) not in oaxaca
    assert min(oaxaca.values()) > 0


def test_events_leave_out_nothing_of_the_policy_record(published: Path) -> None:
    record = builder().read_csv(published / "policy" / "policy_events.csv")
    others = [r for r in builder().read_csv(published / "events.csv") if "bilateral" not in r["kind"]]
    assert len(store().events()) == len(record) + len(others)


def test_tables_speak_of_figures_and_not_of_the_files_that_they_came_from() -> None:
    words = [str(value) for value in (*store().points(), *store().events(), *store().series_list())]
    for word in (".csv", ".md section", "repo author", "index file", "see NOTES"):
        assert not [text for text in words if word in text], word


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("615000", (615000.0, None, "=")),
        ("1400000+", (1400000.0, None, ">")),
        (">=0.30", (0.30, None, ">")),
        ("<0.25", (0.25, None, "<")),
        ("nearly 4000", (4000.0, None, "~")),
        ("up to 8000 + 1200 down", (8000.0, None, "<")),
        ("just over 19000", (19000.0, None, ">")),
        ("1000-3000", (1000.0, 3000.0, "=")),
        ("+180..200", (180.0, 200.0, "=")),
        ("-85", (-85.0, None, "=")),
    ],
)
def test_a_published_figure_keeps_its_bound_and_range(text: str, figure: tuple[float, float | None, str]) -> None:
    assert builder().parse_figure(text) == figure


@pytest.mark.parametrize("text", ["", "many", "12 or 13", "1.2.3"])
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="convert"):
        builder().parse_figure(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("FY2023", date(2022, 10, 1), date(2023, 9, 30)),
        ("FY2015-16", date(2014, 10, 1), date(2016, 9, 30)),
        ("CY2014-2018", date(2014, 1, 1), date(2018, 12, 31)),
        ("FY2024 to Mar 2024", date(2023, 10, 1), date(2024, 3, 31)),
        ("FY2024 through ~2024-05-10", date(2023, 10, 1), date(2024, 5, 10)),
        ("Q1 FY2026", date(2025, 10, 1), date(2025, 12, 31)),
        ("Q2 FY2026", date(2026, 1, 1), date(2026, 3, 31)),
        ("week before 2023-05-11", date(2023, 5, 4), date(2023, 5, 10)),
        ("Feb 1-11 2025", date(2025, 2, 1), date(2025, 2, 11)),
        ("Jan 2017 - Jan 2021", date(2017, 1, 1), date(2021, 1, 31)),
        ("month", date(2024, 2, 1), date(2024, 2, 29)),
        ("11 days", date(2024, 2, 10), date(2024, 2, 20)),
        ("after May 2023", date(2024, 2, 10), None),
    ],
)
def test_a_period_in_words_becomes_days(text: str, first: date, last: date | None) -> None:
    assert builder().parse_period(text, date(2024, 2, 10)) == (first, last)


def test_an_unknown_period_stops_the_build() -> None:
    with pytest.raises(ValueError, match="the olden days"):
        builder().parse_period("the olden days", date(2024, 2, 10))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("observations.csv", "press_preliminary", "overheard", "remark not known: 'overheard'"),
        ("observations.csv", "mpp_returns,", "mystery,", "'mystery' is not in catalog.toml"),
        ("points.csv", "gotaways: CBP to Fox News", "nonsense: x", "points.csv line"),
        ("series.csv", "mpp_returns,", "mystery,", "series.csv and catalog.toml differ"),
    ],
)
def test_what_the_script_does_not_understand_stops_it(
    published: Path, tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    source = tmp_path / "source"
    shutil.copytree(published, source, copy_function=shutil.copyfile)
    source.chmod(0o755)
    text = (source / file).read_text(encoding="utf-8")
    assert old in text
    (source / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SystemExit, match=message):
        builder().build(source, tmp_path / "out")


def test_the_script_says_what_it_does_on_the_command_line() -> None:
    text = (PROJECT / "scripts" / "build_evidence.py").read_text(encoding="utf-8")
    assert "python scripts/build_evidence.py SOURCE_DIR" in text
