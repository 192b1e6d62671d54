"""Every connector over real HTTP, against a server that speaks its publisher's format, and every way it can fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.store import Store
from counterflow.evidence.updating.fetch import Limits
from counterflow.evidence.updating.update import Outcome, Updated, publishers, update
from official.server import Behaviour, Page, Site, break_off, endless, refuse, serving, silent, trickling
from vintage_cases import new_store

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
QUICK = Limits(attempts=2, pause=0.01, longest_pause=0.2, silence=0.2, seconds=0.5, size=30_000_000)
NAMES = list(publishers())
TESTS = Path(__file__).parents[1]


def official(name: str) -> ModuleType:
    return import_module(f"official.{name.replace('-', '_')}")


@pytest.fixture(scope="module", params=NAMES)
def publisher(request: pytest.FixtureRequest) -> tuple[str, dict[str, Page]]:
    return request.param, official(request.param).site()


@pytest.fixture
def site(publisher: tuple[str, dict[str, Page]]) -> Iterator[Site]:
    with serving(publisher[1]) as running:
        yield running


def run(name: str, site: Site, folder: Path, **options: bool) -> Updated:
    places = {name: [site.address + path for path in official(name).START]}
    return update([name], now=NOW, folder=folder, addresses=places, limits=QUICK, **{"accept_jumps": True} | options)


def files_of(publisher: tuple[str, dict[str, Page]]) -> list[str]:
    """The paths of the publisher's files of figures: all but its pages."""
    return [path for path, (media_type, _) in publisher[1].items() if not media_type.startswith("text/html")]


def test_what_a_site_gives_becomes_one_vintage(
    publisher: tuple[str, dict[str, Page]], site: Site, tmp_path: Path
) -> None:
    name, folder = publisher[0], new_store(tmp_path)
    done = run(name, site, folder)
    (outcome,) = done.outcomes
    assert not outcome.failed, outcome
    assert done.vintage == "2026-12-01"
    assert outcome.files
    assert outcome.changes
    store = Store.open(folder)
    for change in outcome.changes:
        found = {o.date: o for o in store.observations(change.series_id, change.geo)}.get(change.date)
        if change.after is None:
            assert found is None or found.flag == "no_row"
        else:
            assert found
            assert (found.value, found.flag, found.vintage) == (change.after, change.flag, done.vintage)
            assert store.source(found.source_id)["connector"] == name
    source = store.source(f"2026-12-01/{name}")
    assert source["retrieved"] == "2026-12-01T09:30:00Z"
    assert {file["sha256"] for file in source["files"]} == {file.sha256 for file in outcome.files}


def test_a_second_update_asks_only_whether_anything_changed(
    publisher: tuple[str, dict[str, Page]], site: Site, tmp_path: Path
) -> None:
    folder = new_store(tmp_path)
    run(publisher[0], site, folder)
    again = run(publisher[0], site, folder)
    assert again.vintage is None
    (outcome,) = again.outcomes
    assert outcome.changes == ()
    assert "as they were" in outcome.message
    assert len(Store.open(folder).manifest["vintages"]) == 2


def test_a_dry_run_shows_the_difference_and_commits_nothing(
    publisher: tuple[str, dict[str, Page]], site: Site, tmp_path: Path
) -> None:
    folder = new_store(tmp_path)
    shown = run(publisher[0], site, folder, dry_run=True)
    assert shown.vintage is None
    assert shown.outcomes[0].changes
    assert len(Store.open(folder).manifest["vintages"]) == 1
    assert run(publisher[0], site, folder).outcomes[0].changes == shown.outcomes[0].changes


def refused(publisher: tuple[str, dict[str, Page]], site: Site, tmp_path: Path) -> Outcome:
    folder = new_store(tmp_path)
    before = (folder / "manifest.json").read_bytes()
    done = run(publisher[0], site, folder)
    (outcome,) = done.outcomes
    assert outcome.failed, outcome.message
    assert done.vintage is None
    assert (folder / "manifest.json").read_bytes() == before
    assert Store.open(folder).vintages() == Store.open(new_store(tmp_path / "fresh")).vintages()
    assert outcome.where
    assert outcome.hint
    return outcome


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (refuse(403), "refused this program (HTTP 403)"),
        (refuse(429), "asks for fewer requests (HTTP 429)"),
        (silent, "was silent for 0.2 s"),
        (break_off, "broke off its answer"),
        (endless, "larger than 30 MB"),
        (trickling, "took more than 0.5 s"),
    ],
    ids=["forbidden", "too many requests", "silent", "broken off", "endless", "trickling"],
)
def test_a_site_that_fails_leaves_the_store_as_it_was(
    publisher: tuple[str, dict[str, Page]], site: Site, tmp_path: Path, behaviour: Behaviour, said: str
) -> None:
    for path in files_of(publisher):
        site.behaviours[path] = behaviour
    assert said in refused(publisher, site, tmp_path).message


def test_a_web_page_in_place_of_the_files_is_refused(
    publisher: tuple[str, dict[str, Page]], site: Site, tmp_path: Path
) -> None:
    for path in files_of(publisher):
        site.pages[path] = ("text/html", b"<!DOCTYPE html><html><body>Just a moment...</body></html>")
        site.as_it_is.add(path)
    outcome = refused(publisher, site, tmp_path)
    assert "web page" in outcome.message


def test_files_cut_short_are_refused(publisher: tuple[str, dict[str, Page]], site: Site, tmp_path: Path) -> None:
    for path in files_of(publisher):
        media_type, body = site.pages[path]
        site.pages[path] = (media_type, body[: len(body) * 2 // 3])
        site.as_it_is.add(path)
    outcome = refused(publisher, site, tmp_path)
    said = f"{outcome.message} {outcome.hint}"
    assert any(word in said for word in ("cut short", "not whole", "damaged", "broken"))


def test_empty_files_are_refused(publisher: tuple[str, dict[str, Page]], site: Site, tmp_path: Path) -> None:
    for path in files_of(publisher):
        site.pages[path] = (site.pages[path][0], b"")
        site.as_it_is.add(path)
    assert "empty" in refused(publisher, site, tmp_path).message


def test_one_publisher_that_fails_does_not_keep_the_others_out(tmp_path: Path) -> None:
    names = ["ucdp", "cdc-vsrr"]
    folder = new_store(tmp_path)
    with serving({path: page for name in names for path, page in official(name).site().items()}) as site:
        for path in files_of(("ucdp", official("ucdp").site())):
            site.behaviours[path] = refuse(403)
        places = {name: [site.address + path for path in official(name).START] for name in names}
        done = update(names, now=NOW, folder=folder, addresses=places, limits=QUICK, accept_jumps=True)
    assert [(outcome.publisher, outcome.failed) for outcome in done.outcomes] == [("ucdp", True), ("cdc-vsrr", False)]
    assert done.vintage == "2026-12-01"


def test_files_that_changed_nothing_are_not_sent_again_either(tmp_path: Path) -> None:
    folder, pages = new_store(tmp_path), official("cdc-vsrr").site()
    with serving(pages) as site:
        assert run("cdc-vsrr", site, folder).vintage
        (folder / "asked.json").unlink()
        again = run("cdc-vsrr", site, folder)
        assert again.outcomes[0].changes == ()
        assert again.outcomes[0].files
        assert "as they were" in run("cdc-vsrr", site, folder).outcomes[0].message


def test_a_dry_run_does_not_keep_the_next_update_from_the_files(tmp_path: Path) -> None:
    folder, pages = new_store(tmp_path), official("cdc-vsrr").site()
    with serving(pages) as site:
        assert run("cdc-vsrr", site, folder, dry_run=True).outcomes[0].changes
        assert run("cdc-vsrr", site, folder).vintage


def test_two_publishers_of_one_series_can_be_taken_together_again_and_again(tmp_path: Path) -> None:
    names = ["ohss-monthly", "cbp-encounters", "ohss-monthly"]
    folder = new_store(tmp_path)
    with serving({path: page for name in names for path, page in official(name).site().items()}) as site:
        places = {name: [site.address + path for path in official(name).START] for name in names}

        def both() -> Updated:
            (folder / "asked.json").unlink(missing_ok=True)
            return update(names, now=NOW, folder=folder, addresses=places, limits=QUICK, accept_jumps=True)

        first, again = both(), both()
    assert [outcome.failed for outcome in first.outcomes] == [False, False]
    assert first.vintage == "2026-12-01"
    assert again.vintage is None  # neither takes back what the other gave
    sectors = Store.open(folder).observations("usbp_encounters_sector", "Tucson")
    assert "rounded_to_10" not in {o.flag for o in sectors if o.date >= date(2022, 10, 1)}


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    folder = new_store(tmp_path)
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
    (name,) = [path for path in official("ucdp").site() if "251" in path]
    data = official("ucdp").site()[name][1]
    files = [tmp_path / "one" / "data.zip", tmp_path / "two" / "data.zip", tmp_path / "one" / "data.zip"]
    for path in files:
        path.write_bytes(data)
    done = update(["ucdp"], now=NOW, folder=folder, from_files=files, accept_jumps=True)
    assert len(done.outcomes[0].files) == 1
    assert done.vintage
    assert Store.open(folder).series_list()


def test_an_update_killed_while_it_fetches_leaves_the_store_whole_and_free(tmp_path: Path) -> None:
    folder = new_store(tmp_path)
    pages = official("ucdp").site()
    with serving(pages) as site:
        for path in files_of(("ucdp", pages)):
            site.behaviours[path] = trickling
        places = {"ucdp": [site.address + path for path in official("ucdp").START]}
        code = (
            "from datetime import UTC, date, datetime\nfrom pathlib import Path\n"
            "from counterflow.evidence.updating.update import update\n"
            f"update(['ucdp'], now=datetime.now(UTC), folder=Path({str(folder)!r}), addresses={places!r})"
        )
        with subprocess.Popen([sys.executable, "-c", code]) as process:
            until = time.monotonic() + 30
            while not any(site.asked[path] for path in files_of(("ucdp", pages))) and time.monotonic() < until:
                time.sleep(0.02)
            second = run_or_message("ucdp", site, folder)
            os.kill(process.pid, signal.SIGKILL)
        site.behaviours.clear()
        assert "another update is writing" in second
        assert Store.open(folder).series_list()
        assert run("ucdp", site, folder).vintage == "2026-12-01"


def run_or_message(name: str, site: Site, folder: Path) -> str:
    try:
        return f"{run(name, site, folder)}"
    except EvidenceError as error:
        return error.message
