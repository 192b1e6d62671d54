"""The report: one self-contained HTML page, and beside it the assessment that it shows.

The page carries no script and loads nothing. Document text is hostile input: everything is escaped by the
template, links are made for http and https only, and a content security policy in the page refuses scripts
and requests.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from counterflow.brief.layout.folding import plain
from counterflow.errors import ReportError
from counterflow.judgement.headlines import rules
from counterflow.judgement.untested import NOT_TESTED
from counterflow.report import figures, outcomes, words
from counterflow.report.curve import curve_figure
from counterflow.report.parameters import drawn_in_words, taught_in_words

ASSESSMENT_NAME = "assessment.json"


def beside(out: Path) -> Path:
    """Where the assessment of the page `out` lies: assessment.json beside report.html, else <stem>.assessment.json."""
    return out.with_name(ASSESSMENT_NAME if out.name == "report.html" else f"{out.stem}.{ASSESSMENT_NAME}")


def require_writable(out: Path) -> None:
    """Find out before a long run, not after it, whether write_report could write to `out`.

    Raises ReportError as write_report would.
    """
    try:
        for path in (out, beside(out)):
            Path(_write_temporary(path, "")).unlink()
    except OSError as error:
        raise _refusal(out, error) from error


def _refusal(out: Path, error: OSError) -> ReportError:
    reason = error.strerror or str(error)
    return ReportError(f"cannot write the report: {reason}", where=str(out), hint="Choose another place with --out.")


def write_report(assessment: Mapping[str, Any], out: Path) -> tuple[Path, Path]:
    """Write the page to `out` and the assessment beside it (see `beside`); returns both paths.

    Both are first written in full under temporary names in the same folder, then renamed: a reader never
    sees half a file, and a failure leaves what was there before. Raises ReportError where the folder cannot
    be written, or where `out` is itself named assessment.json.
    """
    if out.name == ASSESSMENT_NAME:
        raise ReportError(f"the page cannot be named {ASSESSMENT_NAME}", where=str(out), hint="Choose report.html.")
    texts = {
        beside(out): json.dumps(assessment, ensure_ascii=False, allow_nan=False, indent=1) + "\n",
        out: render_page(assessment),
    }
    ready: dict[Path, str] = {}
    try:
        for path, text in texts.items():
            ready[path] = _write_temporary(path, text)
        for path, temporary in ready.items():
            os.replace(temporary, path)
    except OSError as error:
        raise _refusal(out, error) from error
    finally:
        for temporary in ready.values():
            Path(temporary).unlink(missing_ok=True)
    return out, beside(out)


def _write_temporary(path: Path, text: str) -> str:
    """The name of a complete, synced file in `path`'s folder with the permissions that a plain new file
    would have."""
    if path.is_dir():
        raise IsADirectoryError(21, "is a folder", str(path))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            # A lone surrogate has no UTF-8 form: it becomes a question mark rather than a broken page.
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return name


def render_page(assessment: Mapping[str, Any]) -> str:
    """The page as HTML text: charts rendered, everything inline."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("counterflow.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": words.number,
        "percent": words.percent,
        "change": words.percent_change,
        "day": words.day,
        "word": lambda code, group: words.word(group, code),
        "web": web_address,
        "sentence": lambda text: text[:1].upper() + text[1:],
        "inner": lambda text: text[:1].lower() + text[1:],
        "host": host,
        "clean": words.clean,
        "inner_quotes": words.inner_quotes,
        "minus": words.minus,
        "plain": plain,
        "dollars": words.dollars,
        "addresses": addresses,
        "taught": taught_in_words,
        "drawn": drawn_in_words,
    }
    style = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    context = _context(assessment)
    return environment.get_template("template.html.j2").render(a=assessment, style=style, **context)


def web_address(text: str | None) -> str | None:
    """`text` if it is a plain web address, else None: no javascript:, data: or other scheme ever becomes a
    link."""
    return text if text and re.fullmatch(r"https?://[^\s<>\"'`\\]+", text) else None


def addresses(text: str) -> list[tuple[str, str | None]]:
    """A text in pieces, each with the web address that it is, or None: addresses among words become links."""
    pieces = re.split(r"(https?://[^\s<>\"'`\\,;()]+)", text)
    return [(piece, web_address(piece)) for piece in pieces if piece]


def by_subject(items: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Outputs by what they speak of, in the order of words.toml."""
    of = words.vocabulary()["subject_of"]
    grouped = {s: [x for x in items if of.get(x["variable"], "other") == s] for s in words.vocabulary()["subject"]}
    return {subject: found for subject, found in grouped.items() if found}


def host(address: str) -> str:
    """The host of a web address without www., for a short label."""
    return address.split("/")[2].removeprefix("www.")


def _context(a: Mapping[str, Any]) -> dict[str, Any]:
    titles = {b["id"]: words.clean(b["title"]) for b in a["branches"]}
    colours = figures.branch_colours(a["answer"])
    colours = {b: colours[b] for b in titles if b in colours}
    judged = {(h["branch"], h["id"], h["reference"]): h for h in a["headlines"]}
    charted = [item for item in a["outcomes"] if item["charted"]]
    foreseen = a["foreseen"]["outcomes"] if a["foreseen"] else []
    surface = figures.surface_figure(a["headlines"], colours, titles)
    basis = a["basis"]["parameters"] if a["basis"] else []
    deciding = deciders(a["headlines"], basis)
    keys = {(d["mechanism"], d["symbol"]) for d in deciding}
    return {
        "titles": titles,
        "colours": colours,
        "judged": judged,
        "draws": a["basis"]["draws"] if a["basis"] else 0,
        "headline_ids": list(words.vocabulary()["headline"]),
        "four_way_ids": list(words.vocabulary()["four_way"]),
        "not_tested": NOT_TESTED,
        "untested": lambda branch: any(
            judged.get((branch, id, "none"), {}).get("word") == NOT_TESTED for id in ("trafficking", "friction")
        ),
        "alone": {h["id"]: h["without_strategy"] for h in a["headlines"] if h["without_strategy"] is not None},
        "deciders": deciding,
        "deciding": [p for p in basis if (p["mechanism"], p["symbol"]) in keys],
        "by_subject": by_subject,
        "lead": a["answer"]["lead_branch"],
        "judged_outcomes": {rule.outcome for rule in rules()},
        "finding_counts": words.joined(
            [
                f"{words.word('finding', kind)[0].lower()}{words.word('finding', kind)[1:]} ({n})"
                for kind, n in Counter(f["kind"] for f in a["findings"]).most_common()
            ]
        ),
        "chance": lambda h: words.chance(h["probability"], h["mc_error"], a["basis"]["draws"]),
        "count": words.count,
        "claim_charts": {
            c["claim"]["id"]: drawn(figures.claim_figure(c), f"chart-{c['claim']['id']}") for c in a["claims"]
        },
        "curves": {
            c["claim"]["id"]: drawn(curve_figure(c["curve"]), f"curve-{c['claim']['id']}")
            for c in a["claims"]
            if c["curve"]
        },
        "fans": {
            item["variable"]: drawn(figures.fan_figure(item, colours, titles), f"fan-{item['variable']}")
            for item in charted
        },
        "seen": {
            item["variable"]: drawn(figures.foreseen_figure(item, titles), f"seen-{item['variable']}")
            for item in foreseen
        },
        "surface": drawn(surface, "surface"),
        "outcome_title": outcomes.outcome_title,
        "flags": outcomes.flags_since,
        "manifest_rows": list(flat(a["manifest"])),
    }


def deciders(headlines: Sequence[Mapping[str, Any]], basis: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parameters that leave headlines undetermined, the one that decides most first.

    Each is {symbol, meaning, low, high, assumed (as in `basis`), headlines: {headline id: {branch: [{reference,
    probability_at_low, ...}]}}}, the run without the strategy before the weeks before it.
    """
    assumed = {(p["mechanism"], p["symbol"]) for p in basis if p["assumed"]}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for h in sorted(headlines, key=lambda h: h["reference"] != "none"):
        for d in h["decided_by"] if h["undetermined"] else ():
            key = (d["mechanism"], d["symbol"])
            entry = found.setdefault(key, dict(d) | {"assumed": key in assumed, "headlines": {}})
            swings = entry["headlines"].setdefault(h["id"], {}).setdefault(h["branch"], [])
            swings.append(dict(d) | {"reference": h["reference"]})
    return sorted(found.values(), key=lambda entry: -sum(map(len, entry["headlines"].values())))


def drawn(figure: figures.Figure | None, name: str) -> dict[str, Any] | None:
    """A figure as the template shows it: SVG panels, text alternative, and its spec and data as downloads."""
    if figure is None:
        return None
    from markupsafe import Markup

    spec = json.dumps(figure["spec"], ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return {
        "name": name,
        "panels": [
            {"alt": words.clean(p["description"]), "svg": Markup(figures.render(p, f"{name}-{i}"))}
            for i, p in enumerate(figure["panels"])
        ],
        "spec": data_address(spec, "application/json"),
        "csv": data_address(as_csv(figure["rows"]), "text/csv"),
    }


def data_address(text: str, media_type: str) -> str:
    """A data: address that holds `text`, to be downloaded."""
    return f"data:{media_type};base64,{base64.b64encode(text.encode('utf-8', 'replace')).decode('ascii')}"


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Flat rows as CSV (RFC 4180); a text that a spreadsheet would run as a formula gets an apostrophe
    before it."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t" and v else v for k, v in row.items()})
    return buffer.getvalue()


def flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Nested keys and values as rows ("hashes · document", "9f2c…"), in their own order; keys of one mapping
    that share a value share a row ("data", "2026-11: series_a, series_b")."""
    if not isinstance(value, Mapping):
        shown = ", ".join(str(v) for v in value) if isinstance(value, list | tuple) else str(value)
        return [(path, shown)]
    rows: list[tuple[str, str]] = []
    shared: dict[str, list[str]] = {}
    for key, inner in value.items():
        if path and not isinstance(inner, Mapping):
            shared.setdefault(flat(inner)[0][1], []).append(str(key))
        else:
            rows += flat(inner, f"{path} · {key}" if path else str(key))
    for text, keys in shared.items():
        rows.append((path, f"{text}: {', '.join(keys)}") if len(keys) > 1 else (f"{path} · {keys[0]}", text))
    return rows
