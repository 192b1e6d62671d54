"""Word documents that are damaged, locked, something else, or traps end in one clear line."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import pytest

from counterflow.brief.loading.load import load
from counterflow.errors import BriefError
from document_files import archive, docx, paragraph, run

PLAIN = docx(paragraph("Officers made 300 arrests."))
BOMB = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


def refusal(data: bytes, name: str = "plan.docx") -> str:
    begun = time.perf_counter()
    with pytest.raises(BriefError) as raised:
        load(data, name=name)
    assert time.perf_counter() - begun < 10
    line = str(raised.value)
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert raised.value.hint
    return line


def with_flag(data: bytes, flag: int) -> bytes:
    """The archive with a flag set on every entry, in its directory and before each entry."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = changed.find(signature)
        while place >= 0:
            (old,) = struct.unpack_from("<H", changed, place + offset)
            struct.pack_into("<H", changed, place + offset, old | flag)
            place = changed.find(signature, place + 4)
    return bytes(changed)


def test_the_document_that_the_traps_are_made_from_is_read() -> None:
    assert load(PLAIN, name="plan.docx").text == "Officers made 300 arrests."
    assert load(PLAIN, name="-").text == "Officers made 300 arrests."


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04\x14\x00", "damaged"),
        (PLAIN[:-30], "damaged"),
        (PLAIN[:200] + b"\0" * 50 + PLAIN[250:], "damaged"),
        (with_flag(PLAIN, 1), "encrypted"),
        (docx(""), "holds no text"),
        (docx("<w:p>"), "damaged (line"),
        (docx(paragraph("x"), head='<!DOCTYPE w [<!ENTITY a "b">]>'), "declares a document type"),
        (docx(paragraph("x"), head=f"{BOMB}]>"), "declares a document type"),
        (docx(run("&a;"), head='<!DOCTYPE w [<!ENTITY a SYSTEM "file:/etc/hostname">]>'), "declares a document type"),
        (docx(paragraph("x"), main_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        (archive({"xl/workbook.xml": "<x/>", "[Content_Types].xml": "<x/>"}), "an Excel workbook"),
        (archive({"ppt/presentation.xml": "<x/>", "[Content_Types].xml": "<x/>"}), "a PowerPoint presentation"),
        (archive({"../../evil.txt": "x", "/abs.txt": "y"}), "an archive"),
        (docx(paragraph("x"), parts={"word/document.xml": b"\xff\xfe" + "<a/>".encode("utf-16-le")}), "no text part"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "office document of the old kind, or one with a password"),
        (b"words that are no document", "name says .docx"),
    ],
    ids=[
        "head", "cut", "holes", "encrypted", "empty", "open tag", "DTD", "laughs", "external", "macros",
        "workbook", "slides", "paths", "utf-16", "old", "text",
    ],
)  # fmt: skip
def test_what_is_no_word_document_or_a_trap_is_refused(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = docx("", parts={"word/document.xml": b" " * 40_000_000})
    assert len(data) < 100_000
    assert "would unpack to 40 MB" in refusal(data)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(docx("", parts={"word/document.xml": b" " * 60_000_000}))
    place = data.find(b"word/document.xml", data.find(b"PK\x01\x02")) - 46
    struct.pack_into("<I", data, place + 24, 1_000)
    assert "damaged" in refusal(bytes(data))


def test_too_many_parts_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for number in range(5_100):
            target.writestr(f"word/{number}", b"")
    assert "5100 parts" in refusal(file.getvalue())


@pytest.mark.parametrize("depth", [230, 5_000, 100_000])
def test_deeply_nested_elements_end(depth: int) -> None:
    nested = "<w:sdt>" * depth + paragraph("x") + "</w:sdt>" * depth
    line = refusal(docx(nested))
    assert any(word in line for word in ("too deeply", "damaged", "would unpack"))


def test_deeply_nested_tables_end() -> None:
    nested = "<w:tbl><w:tr><w:tc>" * 80 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 80
    assert "deep" in refusal(docx(nested))


def test_what_a_document_refers_to_outside_is_never_loaded() -> None:
    outside = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="x/attachedTemplate" Target="http://192.0.2.1/t.dotm" TargetMode="External"/>'
        '<Relationship Id="r2" Type="x/image" Target="http://192.0.2.1/i.png" TargetMode="External"/></Relationships>'
    )
    data = docx(paragraph("Words."), parts={"word/_rels/document.xml.rels": outside, "word/vbaProject.bin": b"\0"})
    assert load(data, name="plan.docx").text == "Words."


def test_a_target_outside_of_the_archive_is_only_a_name() -> None:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="x/officeDocument" Target="../../../etc/passwd"/></Relationships>'
    )
    assert "no text part" in refusal(docx(paragraph("x"), parts={"_rels/.rels": relations}))


def test_a_style_that_rests_on_itself_and_fields_that_never_begin_are_read() -> None:
    body = '<w:p><w:r><w:fldChar w:fldCharType="end"/><w:fldChar w:fldCharType="separate"/></w:r></w:p>'
    assert load(docx(paragraph("Words.", "Loop") + body), name="plan.docx").text == "Words."
