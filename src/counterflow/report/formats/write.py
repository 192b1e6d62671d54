"""An assessment written in every format that was asked for, all files together."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from counterflow.report.formats.blocks import Tell
from counterflow.report.formats.files import require_writable, write_together
from counterflow.report.formats.plan import ENGLISH, Plan


def require(plan: Plan) -> None:
    """Find out before a long run whether what was asked for can be made here.

    Raises UsageError where the package for Word documents or the language is missing, BrowserError where no Chromium
    is installed for a PDF, ReportError where a file cannot be written.
    """
    if "docx" in plan.files:
        from counterflow.report.formats.docx import require_docx

        require_docx()
    if "pdf" in plan.files:
        from counterflow.report.formats.pdf import browser

        browser()
    teller(plan.language)("")
    require_writable(plan.paths, plan.figures)


def write(assessment: Mapping[str, Any], plan: Plan) -> tuple[Path, ...]:
    """Write an assessment where `plan` says; returns the files, that which was asked for first, the assessment last.

    All are made before any is written, and each takes its name when all are complete. Raises as `require` does, and
    ReportError where the browser prints nothing.
    """
    contents: dict[Path, bytes] = {}
    page = _page(assessment, plan.language) if {"html", "pdf"} & set(plan.files) else ""
    for name, path in plan.files.items():
        match name:
            case "html":
                contents[path] = _encoded(page)
            case "md":
                contents |= _markdown(assessment, plan, path)
            case "docx":
                from counterflow.report.formats.docx import docx

                contents[path] = docx(assessment, teller(plan.language), plan.language, plan.assessment.name)
            case "pdf":
                from counterflow.report.formats.pdf import pdf

                contents[path] = pdf(page)
    text = json.dumps(assessment, ensure_ascii=False, allow_nan=False, indent=1)
    write_together(contents | {plan.assessment: _encoded(text + "\n")}, plan.figures)
    return plan.paths


def teller(language: str) -> Tell:
    """What puts one text of the report into a language. Raises UsageError where there is no such language."""
    if language == ENGLISH:
        return str
    from counterflow.report.languages.translate import translated_text

    translated_text("Answer", language)  # a language that there is not is refused here, not on the way
    return functools.cache(lambda text: translated_text(text, language))


def _page(assessment: Mapping[str, Any], language: str) -> str:
    from counterflow.report.page.render import render_page

    page = render_page(assessment)
    if language == ENGLISH:
        return page
    from counterflow.report.languages.translate import translated_page

    return translated_page(page, language)


def _markdown(assessment: Mapping[str, Any], plan: Plan, path: Path) -> dict[Path, bytes]:
    from counterflow.report.formats.markdown import markdown

    folder = plan.figures
    made = markdown(assessment, folder.name if folder else None, teller(plan.language))
    drawn = {folder / name: _encoded(svg) for name, svg in made.figures.items()} if folder else {}
    return {**drawn, path: _encoded(made.text)}


def _encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate has no such form, and becomes a question mark rather than a broken file."""
    return text.encode("utf-8", "replace")
