"""The works that parameters and prices rest on: every source resolves, every work is cited, nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import pytest

from counterflow.errors import ModelError
from counterflow.model.costs import costs
from counterflow.model.priors import load
from counterflow.model.works import Read, Work, checked, cited_in, works

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NAME = rf"(?!(?:{MONTHS})\b)[A-ZÀ-Þ][\w'’-]+"
# “Name [& Name ...] [et al.] YEAR”; a span of years is no year of publication, and a place ("in Mexico", "Northern
# Triangle", "Eastern Europe") no author.
CITATION = re.compile(
    rf"(?<![\w-])(?<!in )(?<!thern )(?<!stern )(?!\w+(?:th|st)ern )"
    rf"{NAME}(?:(?:, | & | and ){NAME})*(?: et al\.)?,? (?:19|20)\d\d(?![\w-])"
)
ADDRESS = re.compile(r"https?://[^\s,;()]+")
DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]+")


def sources() -> Iterator[str]:
    """The source of every prior, price and conversion."""
    for symbols in load().values():
        yield from (prior.source for prior in symbols.values())
    for cost in costs():
        yield cost.source
        if cost.conversion:
            yield cost.conversion.source


EVERY = sorted(set(sources()))


def unresolved(source: str) -> list[str]:
    """Citations in a source that belong to none of the works it names."""
    rest = source
    for name in sorted((name for work in cited_in(source) for name in work.cited), key=len, reverse=True):
        rest = rest.replace(name, "|")
    return CITATION.findall(rest) + ADDRESS.findall(rest)


def named(source: str) -> list[str]:
    """How the works of a source are first cited in works.toml."""
    return [work.cited[0] for work in cited_in(source)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Somebody & Else 1987, a journal", ["Somebody & Else 1987"]),
        ("One, Two, Three-Four & Five 2015 (+36%)", ["One, Two, Three-Four & Five 2015"]),
        ("after Nobody et al. 2014", ["Nobody et al. 2014"]),
        ("answers of 2025; June 2024; May 2025 (50); a rate of Pakistan in 2010", []),
        ("Sinaloa 2024-25; Remain in Mexico 2021; from the Northern Triangle 2017", []),
        ("12 USD (https://example.org/a-page/)", ["https://example.org/a-page/"]),
    ],
)
def test_the_test_knows_a_citation_from_a_date(source: str, found: list[str]) -> None:
    assert unresolved(source) == found


@pytest.mark.parametrize("source", EVERY)
def test_every_citation_of_a_source_is_a_work_of_the_table(source: str) -> None:
    assert unresolved(source) == []


@pytest.mark.parametrize("source", [source for source in EVERY if "abstract" in source or "press only" in source])
def test_a_source_that_tells_how_far_a_work_was_read_agrees_with_the_table(source: str) -> None:
    assert {work.read for work in cited_in(source)} == {"abstract" if "abstract" in source else "press"}


def test_every_work_and_every_name_of_it_is_cited_by_a_source() -> None:
    text = "\n".join(EVERY)
    assert [name for work in works() for name in work.cited if name not in text] == []
    cited = {work for source in EVERY for work in cited_in(source)}
    assert [work.cited for work in works() if work not in cited] == []


def test_a_judgement_that_names_nobody_rests_on_no_work() -> None:
    assert cited_in("judgement: no source gives it") == ()
    assert cited_in("") == ()


def test_dois_are_dois_and_each_belongs_to_one_work() -> None:
    found = [work.doi for work in works() if work.doi]
    assert found
    assert [doi for doi in found if not DOI.fullmatch(doi)] == []
    assert len({doi.lower() for doi in found}) == len(found)


def test_a_work_with_a_doi_has_title_year_and_place_beside_it() -> None:
    for work in works():
        assert not work.doi or (work.title and work.year and work.where), work.cited


def test_an_address_is_one_that_a_source_gives() -> None:
    text = "\n".join(EVERY)
    assert [work.url for work in works() if work.url not in text] == []


def test_how_far_a_work_was_read_is_one_of_five_words() -> None:
    assert {work.read for work in works()} <= set(get_args(Read))


def test_a_year_that_stands_in_a_name_is_the_year_of_the_work() -> None:
    for work in works():
        years = {int(year) for name in work.cited for year in re.findall(r" ((?:19|20)\d\d)$", name)}
        assert not years or work.year in years or work.year is None, work.cited


def test_works_come_in_the_order_in_which_a_source_names_them_each_once() -> None:
    both = "Gathmann 2008, J Public Economics; Feigenberg 2020, AEJ Applied; Gathmann 2008 again"
    assert named(both) == ["Gathmann 2008", "Feigenberg 2020"]
    assert named("Feigenberg 2020 and Gathmann 2008") == ["Feigenberg 2020", "Gathmann 2008"]


def test_two_names_of_one_work_are_one_work() -> None:
    assert named("Cunningham et al. 2015; Cunningham, Callaghan & Liu 2015") == ["Cunningham, Callaghan & Liu 2015"]


def test_the_longer_name_is_meant_where_one_holds_another() -> None:
    assert [work.read for work in cited_in("ICE arrests of 2025 to mid-October")] == ["press"]
    assert named("DHS Office of Immigration Statistics 2017") == ["DHS Office of Immigration Statistics 2017"]
    assert named("CBP's encounters by citizenship, and CBP") == [
        "CBP's encounters by citizenship",
        "US Customs and Border Protection",
    ]


def test_names_are_whole_words() -> None:
    assert cited_in("PRICE and NOTICE; DEAD; Dave 2006a; Gathmann 2008-09; TheDell 2015; Mc-Dell 2015; SSPC/2") == ()
    assert named("(DEA), ICE.") == ["DEA", "ICE detention statistics"]


ROW: dict[str, object] = {"cited": ["A 2001"], "authors": "A", "read": "press"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{**ROW, "read": "skimmed"}], "read"),
        ([{**ROW, "doi": "https://doi.org/10.1000/1"}], "doi"),
        ([{**ROW, "url": "example.org"}], "url"),
        ([{**ROW, "cited": []}], "cited"),
        ([{**ROW, "pages": "1-2"}], "pages"),
        ([ROW, {**ROW, "authors": "B"}], "A 2001"),
        ([{**ROW, "doi": "10.1000/a"}, {**ROW, "cited": ["B"], "doi": "10.1000/A"}], "10.1000/a"),
    ],
)
def test_a_table_that_does_not_hold_together_is_refused_by_name(rows: list[dict[str, object]], told: str) -> None:
    with pytest.raises(ModelError, match=re.escape(told)):
        checked(rows)


def test_a_work_needs_no_more_than_a_name_an_author_and_how_far_it_was_read() -> None:
    assert checked([ROW]) == (Work(cited=("A 2001",), authors="A", read="press"),)
