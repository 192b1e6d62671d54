"""Documents in the encodings that people still save them in."""

from __future__ import annotations

import codecs

import pytest

from counterflow.brief.loading.decode import decode
from counterflow.brief.loading.load import load
from counterflow.errors import BriefError

SPANISH = (
    "El número de personas que cruzan la frontera ha bajado en un 30 por ciento, dijo el señor Núñez. "
    "La operación en Ciudad Juárez ya terminó: «no habrá más», según el comunicado del día 5."
)
ENGLISH = (
    "The number of people who cross the border fell by 30 percent — and that is all, the agency’s director said. "
    "“We have sent the troops,” she told the café’s guests in the city of Nogales."
)


@pytest.mark.parametrize("text", [SPANISH, ENGLISH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac-roman", "utf-16", "utf-32"])
def test_text_is_read_in_its_encoding(text: str, encoding: str) -> None:
    assert load(text.encode(encoding), name="plan.txt").text == text


@pytest.mark.parametrize("encoding", ["latin-1", "cp850"])
def test_spanish_text_of_older_machines_is_read(encoding: str) -> None:
    assert load(SPANISH.encode(encoding), name="plan.txt").text == SPANISH


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-16-le", b""), ("utf-16-be", b""), ("utf-16-be", codecs.BOM_UTF16_BE)]
)
def test_utf_16_is_read_with_and_without_its_mark(encoding: str, mark: bytes) -> None:
    assert decode(mark + ENGLISH.encode(encoding), is_page=False) == ENGLISH


def test_a_declared_encoding_that_is_wrong_gives_way_to_the_right_one() -> None:
    page = f'<html><head><meta charset="shift_jis"></head><body><p>{SPANISH}</p></body></html>'
    assert SPANISH in decode(page.encode("utf-8"), is_page=True)


def test_latin_1_on_a_page_means_windows_1252() -> None:
    page = '<meta charset="iso-8859-1"><p>The agency’s “plan” at the border</p>'
    assert "agency’s “plan”" in decode(page.encode("cp1252"), is_page=True)


def test_the_server_goes_before_the_page() -> None:
    page = '<meta charset="utf-8"><p>frontière du Nord</p>'.encode("cp1252")
    assert "frontière" in decode(page, is_page=True, declared="windows-1252")


@pytest.mark.parametrize("declared", ["unicode_escape", "zlib", "idna", "rot13", "no such thing", "utf-7", "\udc80"])
def test_an_encoding_that_is_none_of_text_is_not_used(declared: str) -> None:
    assert decode(rb"words \u0041 +AGE-", is_page=False, declared=declared) == r"words \u0041 +AGE-"


@pytest.mark.parametrize(
    "data",
    [
        "число людей на границе снизилось".encode("cp1251"),
        bytes(range(128, 256)) * 20,
        "frontière".encode("latin-1"),  # one word tells no language
        ENGLISH.encode("utf-8")[:-3] + b"\xe2\x80",  # cut inside a character
    ],
    ids=["cyrillic", "noise", "a word", "cut"],
)
def test_what_cannot_be_told_is_refused_and_not_guessed(data: bytes) -> None:
    with pytest.raises(BriefError, match=r"not UTF-8 \(at byte \d+\)"):
        load(data, name="plan.txt")


def test_a_byte_order_mark_alone_is_an_empty_document() -> None:
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE):
        with pytest.raises(BriefError, match="empty"):
            load(mark, name="plan.txt")
