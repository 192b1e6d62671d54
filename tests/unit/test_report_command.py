"""The command that a report prints writes the same formats in the same language again."""

from __future__ import annotations

import pytest

from counterflow.report.assessment.manifest import written
from counterflow.report.formats.plan import planned


@pytest.mark.parametrize(
    ("to", "formats", "pdf", "language", "options"),
    [
        (None, (), False, "en", ""),
        ("report.html", ("html",), False, "en", ""),
        ("summary.md", (), False, "en", "--format md"),
        (None, ("html", "docx"), False, "es", "--format html --format docx --lang es"),
        (None, ("json",), False, "en", "--format json"),
        (None, (), True, "es", "--pdf --lang es"),
        ("report.pdf", (), False, "en", "--pdf"),
        (None, ("md", "json"), False, "en", "--format md"),
    ],
)
def test_formats_and_language_are_options_where_they_are_not_the_usual(
    to: str | None, formats: tuple[str, ...], pdf: bool, language: str, options: str
) -> None:
    assert " ".join(written(planned(to, formats, pdf=pdf, language=language))) == options
