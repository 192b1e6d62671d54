"""Sources: each work once, with its DOI, how far it was read, and everything that it is used for."""

from __future__ import annotations

from typing import Any

import pytest

from counterflow.model.priors import load
from counterflow.model.works import works
from counterflow.report.assessment.bibliography import bibliography, reference


def basis(**sources: str) -> dict[str, Any]:
    return {"parameters": [{"symbol": name, "source": text, "grade": "B"} for name, text in sources.items()]}


def listed(**sources: str) -> list[dict[str, Any]]:
    return bibliography([], [], basis(**sources), None)


def test_a_work_that_two_parameters_rest_on_is_listed_once() -> None:
    (one,) = listed(a="Dell 2015", b="posterior; before it Dell 2015; interval by judgement")
    assert one["used_for"] == ["a", "b"]
    assert one["doi"] == "10.1257/aer.20121637"
    assert one["read"] == "abstract"
    assert one["text"].startswith("Dell, Melissa (2015). Trafficking Networks")


def test_a_source_that_names_two_works_is_two_entries() -> None:
    found = listed(a="Dobkin & Nicosia 2009 (4 to 18 months); Dell 2015")
    assert [one["text"].split(" (")[0] for one in found] == ["Dell, Melissa", "Dobkin, Carlos; Nicosia, Nancy"]


def test_what_a_judgement_names_stands_apart_from_what_numbers_are_taken_from() -> None:
    assert listed(a="judgement: no source") == []
    found = listed(
        a="judgement: Dell 2015 was not seen", b="posterior; before it judgement: as Dell 2015", c="Dell 2015"
    )
    assert [(one["kind"], one["used_for"]) for one in found] == [("parameters", ["c"]), ("judgements", ["a", "b"])]


@pytest.mark.parametrize("text", ["recalled from surveys; no figure was read", "as for buying it"])
def test_what_no_source_was_read_for_is_no_source(text: str) -> None:
    assert listed(a=text) == []


def test_a_source_in_words_says_by_itself_that_it_is_the_press() -> None:
    told = {one["text"]: one["read"] for one in listed(a="55 dead (press)", b="312 a day", c="https://a.example/press")}
    assert told == {"55 dead (press)": "press", "312 a day": "", "https://a.example/press": ""}


def test_a_source_that_names_no_known_work_stands_in_its_own_words() -> None:
    (one,) = listed(a="counts by hand, https://example.org/counts.")
    assert (one["text"], one["url"]) == ("counts by hand, https://example.org/counts.", "https://example.org/counts")
    assert one["read"] == ""


def test_what_a_price_is_converted_by_is_a_source_of_it() -> None:
    price = {"source": "https://example.org/a", "grade": "C", "conversion": {"source": "Dell 2015", "grade": "B"}}
    found = bibliography([], [], None, {"prices": {"border.wall": [price | {"other": 1}]}})
    assert {one["doi"]: one["used_for"] for one in found} == {
        "": ["border.wall"],
        "10.1257/aer.20121637": ["border.wall"],
    }


@pytest.mark.parametrize("addresses", ["https://a.example https://b.example", "https://a.example", ""])
def test_no_figure_loses_its_source_whatever_the_count_of_its_addresses(addresses: str) -> None:
    reading = {"source_url": addresses, "source_title": "One table, against another", "trust": "A"}
    found = bibliography([{"readings": [reading], "claim": {"id": "c1"}}], [], None, None)
    assert found
    assert {use for one in found for use in one["used_for"]} == {"c1"}


def test_every_source_of_the_shipped_priors_is_listed_unless_it_is_a_judgement() -> None:
    sources = {f"{room}.{name}": prior.source for room, own in load().items() for name, prior in own.items()}
    told = {use for one in listed(**sources) for use in one["used_for"]}
    missing = {key for key in sources if key not in told}
    assert missing
    assert all(sources[key].startswith("judgement") for key in missing)


def test_a_reference_says_only_what_is_known() -> None:
    for work in works():
        text = reference(work)
        assert text.startswith(work.authors)
        assert not any(twice in text for twice in (". .", "..", "?.", "!."))
        assert "None" not in text
        assert "()" not in text
