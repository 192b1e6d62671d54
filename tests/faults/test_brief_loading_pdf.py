"""PDFs that are damaged, locked, empty, endless or made to do harm end in one clear line, in time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from counterflow.brief.loading import child, limits
from counterflow.brief.loading.load import load
from counterflow.errors import BriefError
from document_files import Text, lines, pdf, pdf_of

GOOD = pdf([lines([f"Officers made {number} arrests."]) for number in range(30)])
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
ONE_PAGE = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PICTURE = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
)


def page(resources: bytes) -> bytes:
    place = b"/Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
    return b"<< /Type /Page " + place + b" /Resources << " + resources + b" >> >>"


def stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def scan() -> bytes:
    return pdf_of(
        [
            CATALOG,
            ONE_PAGE,
            page(b"/XObject << /I 5 0 R >>"),
            stream(b"600 0 0 700 0 0 cm /I Do"),
            PICTURE + b"\nstream\n\x00\nendstream",
        ]
    )


def encrypted() -> bytes:
    empty = CATALOG, b"<< /Type /Pages /Count 0 /Kids [] >>"
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"
    return pdf_of([*empty, lock], trailer="/Encrypt 3 0 R /ID [<00> <00>]")


def refusal(data: bytes) -> str:
    begun = time.perf_counter()
    with pytest.raises(BriefError) as raised:
        load(data, name="plan.pdf")
    assert time.perf_counter() - begun < 30  # ten on a machine that has nothing else to do
    line = str(raised.value)
    assert line.startswith("plan.pdf: ")
    assert "\n" not in line
    assert raised.value.hint
    return line


def text_or_refusal(data: bytes) -> str:
    try:
        return load(data, name="plan.pdf").text
    except BriefError as error:
        return str(error)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (encrypted(), "encrypted"),
        (scan(), "it is a scan"),
        (pdf([[], []]), "holds no text"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"0" * 100, "damaged"),
        (GOOD[:400], "PDF"),
        (b"%PDF-1.7" + bytes(range(256)) * 400, "PDF"),
        (pdf([[] for _ in range(limits.PAGES + 1)]), "5,001 pages (at most 5,000)"),
    ],
    ids=["encrypted", "scan", "empty", "noise", "beginning", "bytes", "pages"],
)
def test_what_cannot_be_read_is_refused(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_a_pdf_that_was_cut_short_gives_its_text_or_a_refusal() -> None:
    for share in (0.3, 0.6, 0.9, 0.99):
        data = GOOD[: int(share * len(GOOD))]
        assert "arrests" in text_or_refusal(data) or "PDF" in text_or_refusal(data)


@pytest.mark.parametrize(
    "objects",
    [
        [CATALOG, b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"],
        [CATALOG, b"<< /Type /Pages /Count 99999999 /Kids [2 0 R 2 0 R] >>"],
        [b"<< /Type /Catalog /Pages 1 0 R >>"],
        [
            CATALOG,
            ONE_PAGE,
            page(b"/XObject << /X 4 0 R >>"),
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> /Length 5 >>\n"
            b"stream\n/X Do\nendstream",
        ],
        [CATALOG, b"[" * 100_000],
    ],
    ids=["page tree", "count", "catalog", "form", "brackets"],
)
def test_a_pdf_that_refers_to_itself_ends(objects: list[bytes]) -> None:
    assert "PDF" in refusal(pdf_of(objects))


def test_a_circle_of_cross_references_ends() -> None:
    start = GOOD.rindex(b"xref\n0")
    circular = GOOD.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)
    assert "arrests" in text_or_refusal(circular) or "PDF" in text_or_refusal(circular)


def test_scripts_and_embedded_files_are_not_looked_at(tmp_path: Path) -> None:
    action = "/OpenAction << /S /JavaScript /JS (app.alert(1)) >> /AA << /WC << /S /Launch /F (calc.exe) >> >>"
    assert load(pdf([lines(["Words."])], extra=action), name="plan.pdf").text == "Words."


def test_characters_that_mean_nothing_are_not_taken_for_text() -> None:
    to_unicode = b"begincmap\n1 beginbfrange\n<00> <ff> <e000>\nendbfrange\nendcmap"
    objects = [
        CATALOG,
        ONE_PAGE,
        page(b"/Font << /F1 5 0 R >>"),
        stream(b"BT /F1 10 Tf 72 700 Td (abcdefgh) Tj ET"),
        FONT[:-2] + b"/ToUnicode 6 0 R >>",
        stream(to_unicode),
    ]
    assert "no known meaning" in refusal(pdf_of(objects))


@pytest.mark.slow
def test_a_bomb_of_text_is_refused() -> None:
    words = b"(" + b"troops " * 8_000 + b") Tj\n"
    drawn = b"BT /F1 1 Tf 0 700 Td\n" + words * 1_000 + b"ET"
    objects = [
        CATALOG,
        b"<< /Type /Pages /Count 3000 /Kids [" + b"3 0 R " * 3_000 + b"] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents [%s] /Resources << /Font << /F1 5 0 R >> >> >>"
        % (b"4 0 R " * 50),
        stream(drawn[:200_000]),
        FONT,
    ]
    refusal(pdf_of(objects))


def test_a_process_that_takes_too_long_is_ended() -> None:
    begun = time.perf_counter()
    with pytest.raises(BriefError, match="took more than"):
        child.read_apart(GOOD, "pdf", clock=0.001)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "damaged, or made to break"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "of a processor"),
        ("raise RuntimeError", "damaged, or made to break"),
        ("print('no answer')", "damaged, or made to break"),
    ],
)
def test_a_crash_of_the_process_is_a_refusal(code: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_command", lambda form: [child.sys.executable, "-I", "-c", code])
    assert says in refusal(GOOD)


def test_the_process_keeps_to_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys; from counterflow.brief.loading import child; "
        "child._read = lambda data, form: bytearray(4_000_000_000); sys.argv = ['child', 'pdf']; sys.exit(child.main())"
    )
    monkeypatch.setattr(child, "_command", lambda form: [child.sys.executable, "-I", "-c", code])
    assert "more memory" in refusal(GOOD)


@pytest.mark.slow
def test_three_hundred_pages_are_read_in_ten_seconds() -> None:
    words = "the ministry sent more troops to the border and the river in May "
    lines_of_text = [Text(72, 740 - 15 * number, words + words[:40], 9) for number in range(45)]
    document = pdf([lines_of_text] * 300)
    begun = time.perf_counter()
    assert len(load(document, name="plan.pdf").pages) == 300
    assert time.perf_counter() - begun < 10
