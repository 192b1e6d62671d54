"""Real HTTP against a site that refuses, stalls, breaks off and never ends: each ends in one line that says so."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import File
from counterflow.evidence.updating.fetch import Limits, Validators, Web, client
from official.server import Behaviour, Site, break_off, endless, redirect, refuse, serving, silent, trickling

QUICK = Limits(attempts=3, pause=0.01, longest_pause=1.0, silence=0.3, seconds=1.0, size=3_000_000)
FILE = "/files/figures.csv"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving({FILE: ("text/csv", b"a,b\n1,2\n")}) as running:
        yield running


def fetched(site: Site, known: dict[str, Validators] | None = None) -> File | None:
    with client(QUICK) as web:
        return Web(web, known or {}, QUICK).file(site.address + FILE)


def test_a_file_comes_with_its_name_address_and_validators(site: Site) -> None:
    file = fetched(site)
    assert file is not None
    assert (file.name, file.data, file.address) == ("figures.csv", b"a,b\n1,2\n", site.address + FILE)
    assert file.etag


def test_a_file_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    file = fetched(site)
    assert file
    assert fetched(site, {file.address: Validators(file.etag, "")}) is None
    site.pages[FILE] = ("text/csv", b"a,b\n1,3\n")
    changed = fetched(site, {file.address: Validators(file.etag, "")})
    assert changed
    assert changed.data == b"a,b\n1,3\n"


def test_a_site_is_told_who_asks(site: Site) -> None:
    fetched(site)
    assert all(agent.startswith("counterflow/") for agent in site.agents)


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_trouble_that_passes_is_waited_out(site: Site, code: int) -> None:
    site.behaviours[FILE] = refuse(code, times=2)
    file = fetched(site)
    assert file
    assert site.asked[FILE] == 3


def test_a_site_that_asks_to_wait_is_given_the_time(site: Site) -> None:
    site.behaviours[FILE] = refuse(429, {"Retry-After": "1"}, times=1)
    begun = time.monotonic()
    assert fetched(site)
    assert time.monotonic() - begun >= 1.0


@pytest.mark.parametrize(
    ("behaviour", "said", "tries"),
    [
        (refuse(403), "refused this program (HTTP 403)", 1),
        (refuse(404), "does not have it (HTTP 404)", 1),
        (refuse(429), "asks for fewer requests (HTTP 429) (3 tries)", 3),
        (refuse(429, {"Retry-After": "3600"}), "asks to wait 3,600 s", 1),
        (refuse(429, {"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}), "asks to wait", 1),
        (refuse(503), "has a fault (HTTP 503) (3 tries)", 3),
        (break_off, "broke off its answer (3 tries)", 3),
        (silent, "was silent for 0.3 s (3 tries)", 3),
        (endless, "larger than 3 MB", 1),
        (trickling, "took more than 1 s", 1),
        (redirect(FILE), "from page to page without end", 6),
        (redirect("http://example.org/elsewhere"), "sends on to another (example.org)", 1),
        (redirect("http://127.0.0.1:9/elsewhere"), "could not be reached", 3),
    ],
)
def test_what_cannot_be_had_is_told_in_one_line(site: Site, behaviour: Behaviour, said: str, tries: int) -> None:
    site.behaviours[FILE] = behaviour
    with pytest.raises(EvidenceError) as caught:
        fetched(site)
    assert said in caught.value.message
    assert caught.value.where == site.address + FILE
    assert "--from-file" in caught.value.hint or "browser" in caught.value.hint
    assert caught.value.exit_code == 4
    assert "\n" not in str(caught.value)
    assert site.asked[FILE] == tries


def test_a_site_that_sends_on_to_its_own_pages_is_followed(site: Site) -> None:
    site.behaviours["/old"] = redirect(FILE)
    with client(QUICK) as web:
        file = Web(web, {}, QUICK).file(site.address + "/old")
    assert file
    assert (file.data, file.address) == (b"a,b\n1,2\n", site.address + "/old")


def test_a_site_that_is_not_there_is_named(site: Site) -> None:
    with client(QUICK) as web, pytest.raises(EvidenceError, match="could not be reached"):
        Web(web, {}, QUICK).file("http://127.0.0.1:9/figures.csv")


def test_a_page_is_never_taken_from_memory(site: Site) -> None:
    with client(QUICK) as web:
        first = Web(web, {}, QUICK).page(site.address + FILE)
        again = Web(web, {first.address: Validators(first.etag, "")}, QUICK).page(site.address + FILE)
    assert again.data == first.data
