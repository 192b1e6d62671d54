"""Which files a report is written to, in which formats: one rule for the command line and for Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from counterflow.errors import UsageError, did_you_mean

# The first ending is the one that a file gets.
ENDINGS = {
    "html": (".html", ".htm"),
    "md": (".md", ".markdown"),
    "json": (".json",),
    "docx": (".docx",),
    "pdf": (".pdf",),
}
NAMES = {"html": "the page", "md": "the Markdown", "json": "the assessment", "docx": "the memo", "pdf": "the PDF"}
STEM = "report"
ASSESSMENT = "assessment.json"
ENGLISH = "en"


class Plan(NamedTuple):
    """What is written where."""

    files: dict[str, Path]  # by format; without "json"
    assessment: Path  # always written
    figures: Path | None  # folder of the pictures that the Markdown links to
    language: str = ENGLISH

    @property
    def report(self) -> Path:
        """The file that was asked for, or the first of several."""
        return next(iter(self.files.values()), self.assessment)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file, the assessment last; the pictures of the Markdown are not named one by one."""
        return (*self.files.values(), self.assessment)


def planned(
    to: str | Path | None = None, formats: Sequence[str] = (), *, pdf: bool = False, language: str = ENGLISH
) -> Plan:
    """Where a report goes. `to` is --out, `formats` are those of --format ("html", "md", "json", "docx").

    Without formats the ending of `to` decides, and a page is written where it says nothing; without `to` the file is
    report.html, or report with the ending of the format. One format is written to `to` itself, of several each to `to`
    with its own ending. An ending that belongs to a format that was not asked for is refused. `pdf` prints the page
    beside the rest. The assessment lies beside all: assessment.json beside report.*, else NAME.assessment.json; asked
    for alone (or where `to` ends in .json) it is what is written to `to`. Raises UsageError for what clashes.
    """
    for name in formats:
        if name not in ENDINGS:
            near = did_you_mean(name, ENDINGS)
            raise UsageError(f"no format {name!r}", hint=f"{near}Take one of {_listed(list(ENDINGS))}.")
    asked = list(dict.fromkeys(formats))
    out = Path(to) if to is not None else Path(_default(asked or ["html"]))
    if not out.name:
        raise UsageError("no file is named", where=str(to), hint="Name the file to write with --out.")
    named = _format_of(out)
    asked = asked or [named or "html"]
    if named and named not in asked and not (named == "pdf" and pdf):
        raise UsageError(
            f"the ending {out.suffix} is that of another format than {_listed(asked)}",
            where=str(out),
            hint=f"Name it {out.with_suffix(ENDINGS[asked[0]][0]).name}, or leave --format out.",
        )
    asked += ["pdf"] if pdf and "pdf" not in asked else []
    if language != ENGLISH and asked == ["json"]:
        raise UsageError(
            f"--lang {language} does nothing for JSON: assessment.json is data, and is always in English",
            hint="Ask for another format too.",
        )
    alone = len(asked) == 1
    files = {
        name: out if name == named or (alone and not named) else _ending(out, name) for name in asked if name != "json"
    }
    return Plan(
        files=files,
        assessment=out if named == "json" or asked == ["json"] else beside(out),
        figures=files["md"].with_name(f"{files['md'].stem}_figures") if "md" in files else None,
        language=language,
    )


def refuse_clashes(
    document: str | Path,
    plan: Plan,
    save_strategy: Path | None,
    strategy_file: Path | None = None,
    elicited_file: Path | None = None,
) -> None:
    """Refuse to write over the document, or one result over another. Raises UsageError."""
    places = [("--out" if path == plan.report else NAMES[name], path) for name, path in plan.files.items()]
    places += [("the file beside the report" if plan.files else "--out", plan.assessment)]
    places += [("the folder of figures", plan.figures)] if plan.figures else []
    places += [("--save-strategy", save_strategy)] if save_strategy else []
    taken = {} if str(document) == "-" else {Path(document).resolve(): "the document"}
    taken |= {strategy_file.resolve(): "the strategy file"} if strategy_file else {}
    taken |= {elicited_file.resolve(): "the file of what experts say"} if elicited_file else {}
    for name, place in places:
        other = taken.setdefault(place.resolve(), name)
        if other != name:
            raise UsageError(f"{name} would be written over {other}", where=str(place), hint="Choose another name.")


def beside(out: Path) -> Path:
    """Where the assessment of a report `out` lies: assessment.json beside report.html, else <stem>.assessment.json."""
    if out.stem == STEM and _format_of(out):
        return out.with_name(ASSESSMENT)
    return out.with_name(f"{out.stem}.{ASSESSMENT}")


def _default(asked: Sequence[str]) -> str:
    return ASSESSMENT if list(asked) == ["json"] else f"{STEM}{ENDINGS[next(x for x in asked if x != 'json')][0]}"


def _format_of(path: Path) -> str | None:
    """The format that a name's ending belongs to."""
    return next((name for name, endings in ENDINGS.items() if path.suffix.lower() in endings), None)


def _ending(out: Path, name: str) -> Path:
    """`out` with the ending of a format, in the place of that of another format."""
    stem = out.stem if _format_of(out) else out.name
    return out.with_name(f"{stem}{ENDINGS[name][0]}")


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
