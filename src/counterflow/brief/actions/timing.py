"""When an act was announced, decided or begun, and when it ends, from the days that its clause names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.parts import Layout, Stretch, span
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Status, TimeReference

Role = Literal["announced", "start", "end", "deadline", "other"]


@dataclass
class Timing:
    """The dates of an act, each where the text gives it."""

    announced: TimeReference | None = None
    decided: TimeReference | None = None
    start: TimeReference | None = None
    end: TimeReference | None = None

    @property
    def when(self) -> TimeReference | None:
        """When it begins, else was decided, else announced, where the text says so."""
        return self.start or self.decided or self.announced

    @property
    def day(self) -> date | None:
        """The day that the act has, where the text gives one."""
        when = self.when
        return when.start if when and when.precision == "day" else None


@cache
def _day_forms() -> Pattern:
    months = "|".join(sorted(codebook.table("periods")["months"], key=len, reverse=True))
    table = codebook.table("timing")
    weekdays = "|".join(table["weekdays"])
    near = "|".join(rf"(?P<near{at}>{entry['words']})" for at, entry in enumerate(table["near"]))
    counts = "|".join([r"\d{1,2}", *table["counts"]])
    ordinal = "(?:º|st|nd|rd|th)?"
    return compile_words(
        rf"(?<![\w-])(?:(?P<month>{months})\.? (?P<day>\d{{1,2}}){ordinal}(?!\d|[,.]\d)(?:,? (?P<year>(?:19|20)\d\d))?"
        rf"|(?P<day2>\d{{1,2}}){ordinal}(?: of| de)? (?P<month2>{months})\.?"
        rf"(?:,?(?: de| del)? (?P<year2>(?:19|20)\d\d))?"
        rf"|(?P<iso>(?:19|20)\d\d-\d\d-\d\d)"
        rf"|(?P<which>last |next |this |el pasado |el próximo |este )?(?P<weekday>{weekdays})"
        rf"(?P<which2> pasado| próximo)?"
        rf"|(?P<count>{counts}) days? ago|hace (?P<count2>{counts}) días?"
        rf"|(?:comes?|came|coming) (?P<count3>{counts}) days? after"
        rf"|(?P<later>{counts}) days? (?:later|after that)|(?P<later2>{counts}) días? (?:después|más tarde)(?! del?\b)"
        rf"|(?P<next_day>(?:the|that) (?:next|following) day|al día siguiente)|{near})(?!\w)"
    )


@cache
def _time_words() -> re.Pattern[str]:
    """What stands in every stretch that names a time; most clauses name none."""
    table = codebook.table("timing")
    months = "|".join(codebook.table("periods")["months"])
    near = "|".join(entry["words"] for entry in table["near"])
    return re.compile(
        rf"\d|\b(?:{months}|{'|'.join(table['weekdays'])}|{near}|last|past|next|this|previous|first|days?|días?|"
        r"últim[oa]s?|pasad[oa]s?|primer[oa]?s?|term|mes|año|semana|Day One|quarter|trimestre|year|month|week)\b",
        re.IGNORECASE,
    )


@cache
def _roles() -> tuple[tuple[Role, Pattern], ...]:
    table = codebook.table("timing")["role"]
    names: tuple[Role, ...] = ("other", "end", "deadline", "start")
    return tuple((name, compile_words(rf"(?<!\w)(?:{'|'.join(table[name])})\s+$")) for name in names)


@cache
def _cue(section: str) -> Pattern:
    return compile_words(rf"(?<!\w)(?:{codebook.table('timing')[section]['words']})(?!\w)")


@cache
def _compared() -> tuple[Pattern, Pattern, Pattern, Pattern]:
    """What stands before a date of a comparison: after a cue, after a number from which something moved; then the
    words of a movement, and what stands behind the date where a number does not say that anything moved."""
    table = codebook.table("timing")["compared"]
    number, until = table["number"], rf"(?: (?:{table['until']}))?"
    word = r"[\w$%'.,-]*[\w%]"
    return (
        compile_words(rf"(?<!\w)(?:{table['cues']}) (?:{word} ){{0,8}}?(?:(?:{table['until']}) )?$"),
        compile_words(rf"(?<!\w)(?:{table['from']}) {number}(?: {word}){{0,6}}?{until} $"),
        compile_words(rf"(?<!\w)(?:{table['moved']})(?!\w)"),
        compile_words(table["to"]),
    )


_COMPARED_BACK = 110  # characters before a date in which a comparison that it belongs to begins


def _is_of_comparison(folded: str, stretch: Stretch, trigger: Stretch, date: Stretch) -> bool:
    """Whether a date tells when what an act is compared with was: "10,000 troops, up from 2,500 in January".

    Words of the act itself between the comparison and the date make the date one of the act.
    """
    start = max(stretch[0], date[0] - _COMPARED_BACK)
    before = folded[start : date[0]].rstrip() + " "
    cued, moved_from, moved, to = _compared()
    acts = [cue for cue in (cued.search(before), moved_from.search(before)) if cue is not None]
    acts = [cue for cue in acts if not start + cue.start() < trigger[0] < date[0]]
    if not acts:
        return False
    if acts[0].re is cued.expression:
        return True
    begun = folded[stretch[0] : start + acts[0].start()]
    return moved.search(begun[-_COMPARED_BACK:]) is not None or to.match(folded, date[1], stretch[1]) is not None


def timing(
    layout: Layout, clause: Stretch, front: Stretch | None, trigger: Stretch, status: Status, era: Era | None
) -> Timing:
    """The dates of the act in a clause; `front` is a phrase before it that may hold its day ("On July 25, ...")."""
    found = Timing()
    plain: list[tuple[int, TimeReference]] = []
    for stretch in (clause, *((front,) if front else ())):
        for role, reference, at in _dates(layout, stretch, trigger, status, era):
            if role == "end" and found.end is None:
                found.end = reference
            elif role == "start" and found.start is None:
                found.start = reference
            elif role == "announced" and found.announced is None:
                found.announced = reference
            elif role == "plain":
                distance = at - trigger[1] if at >= trigger[1] else trigger[0] - at
                plain.append((max(0, distance), reference))
        if plain:
            break
    if plain:
        nearest = min(plain, key=lambda item: item[0])[1]
        if found.start is None:
            found.start = nearest
        elif status in ("ordered", "authorised", "blocked", "reinstated", "determined"):
            found.decided = nearest
        else:
            found.announced = found.announced or nearest
    if found.end is None and status in ("suspended", "blocked"):
        found.end = _end_of_spell(layout, clause, found.start or found.decided or found.announced)
    return found


def _dates(
    layout: Layout, stretch: Stretch, trigger: Stretch, status: Status, era: Era | None
) -> list[tuple[Literal["plain"] | Role, TimeReference, int]]:
    folded = layout.folded
    found: list[tuple[Literal["plain"] | Role, TimeReference, int]] = []
    if not _time_words().search(folded, *stretch):
        return found
    taken: list[Stretch] = []
    for match in _day_forms().finditer(folded, *stretch):
        line_end = layout.blocks[_block_at(layout, match.start())].end  # the next item of a list begins with a dash too
        role = _role(folded, stretch[0], match.start(), status)
        if _is_of_comparison(folded, stretch, trigger, match.span()):
            role = "other"
        if _DATELINE.match(folded, match.end(), line_end):
            role = "other"
        elif role == "other" and folded[match.end() : trigger[0]] in (" (", ' ("', ', "'):
            role = "plain"  # "Proclamation 100 of May 1, 2020 (Declaring ...)": the act's own instrument
        taken.append(match.span())
        if role == "other":
            continue
        if match["later"] or match["later2"] or match["next_day"]:
            day = _later(layout, match, era)
        else:
            day = _day(match, role, status, era, folded, stretch)
        if day is not None or match["month"] or match["month2"]:
            found.append((role, _reference(layout, match.span(), day, day), match.start()))
    for time in find_times(folded, *stretch, era or Era((), "")):
        if time.duration or not time.readings or any(time.start < end and start < time.end for start, end in taken):
            continue
        words = re.match(r"(?:in|during|by|since|until|through|before|en|desde|hasta)\s+", time.text, re.IGNORECASE)
        role = _role(folded, stretch[0], time.start + (words.end() if words else 0), status)
        if _is_of_comparison(folded, stretch, trigger, (time.start, time.end)):
            role = "other"
        readings = {(reading.start, reading.end) for reading in time.readings}
        start, end = next(iter(readings)) if len(readings) == 1 else (None, None)
        if role != "other":
            found.append((role, _reference(layout, (time.start, time.end), start, end), time.start))
    return found


# Behind the date of a dateline: "CULIACÁN, 6 de mayo de 2025.- Un juez", "LAREDO, April 8, 2025 (Wire) - A judge".
_DATELINE = re.compile(r"\.?\s*(?:\([^)\n]{2,30}\)\s*)?[-–—]+\s|\.[-–—]")


def _role(folded: str, start: int, at: int, status: Status) -> Literal["plain"] | Role:
    before = folded[max(start, at - 70) : at]
    before = re.sub(r"(?:\b(?:on|el|la|the|late|early)\s+)+$", "", before, flags=re.IGNORECASE) if before else before
    if re.search(r"\bsince\s+\Z", before, re.IGNORECASE) and (
        status in ("suspended", "blocked", "ended", "rescinded") or _cue("lasting").search(folded, start, at + 200)
    ):
        return "start"  # "has been suspended since March 1"; what was built since then has no day
    if _cue("instrument").search(before):
        return "plain"
    for role, pattern in _roles():
        if pattern.search(before):
            return "other" if role == "deadline" else role  # a day before which it is due is not when it begins
    if re.search(rf"(?:{codebook.table('timing')['announced']['words']})\s+$", before, re.IGNORECASE):
        return "announced"
    return "plain"


def _day(
    match: re.Match[str],
    role: str,
    status: Status,
    era: Era | None,
    folded: str,
    stretch: Stretch,
) -> date | None:
    if match["iso"]:
        return _valid(int(match["iso"][:4]), int(match["iso"][5:7]), int(match["iso"][8:]))
    published = era.published if era else None
    ahead = role == "end" or status in ("announced", "pledged", "proposed")
    ahead = ahead or _cue("ahead").search(folded, max(stretch[0], match.start() - 60), match.start()) is not None
    ahead = ahead and not _DONE.search(folded, max(stretch[0], match.start() - 30), match.start())
    ahead = ahead and not _SAID.search(folded, max(stretch[0], match.start() - 30), match.start())
    name = match["month"] or match["month2"]
    if name:
        month = codebook.table("periods")["months"][name.lower()]
        number = int(match["day"] or match["day2"])
        year = match["year"] or match["year2"]
        if year:
            return _valid(int(year), month, number)
        days = _in_years(published, era, month, number)
        if role == "start" and published is not None:
            return min(days, key=lambda day: abs((day - published).days), default=None)
        return _nearest(days, published, ahead)
    if published is None:
        return None
    if distant := match["count"] or match["count2"] or match["count3"]:
        return published - timedelta(days=_count(distant))
    if match["weekday"]:
        return _weekday(match, published, ahead)
    near = enumerate(codebook.table("timing")["near"])
    distance = next(entry["days"] for at, entry in near if match[f"near{at}"] is not None)
    return published + timedelta(days=distance)


def _count(words: str) -> int:
    return int(codebook.table("timing")["counts"].get(words.lower()) or words)


def _block_at(layout: Layout, place: int) -> int:
    return max(0, bisect_right(layout.blocks, place, key=lambda block: block.start) - 1)


def _later(layout: Layout, match: re.Match[str], era: Era | None) -> date | None:
    """The day of "three days later": counted from the last day named before it in its block, if there is one."""
    start = layout.blocks[_block_at(layout, match.start())].start
    earlier: date | None = None
    for named in _day_forms().finditer(layout.folded, start, match.start()):
        if not (named["later"] or named["later2"] or named["next_day"]):
            earlier = _day(named, "plain", "in_force", era, layout.folded, (start, match.start())) or earlier
    distant = match["later"] or match["later2"]
    return earlier + timedelta(days=_count(distant) if distant else 1) if earlier else None


@cache
def _spell() -> Pattern:
    table = codebook.table("timing")
    counts = "|".join([r"\d{1,3}", *table["counts"]])
    units = "|".join(rf"(?P<{unit}>{words})" for unit, words in table["units"].items())
    return compile_words(rf"\b(?:{table['spell']['words']}) (?P<count>{counts}) (?:{units})(?!\w)")


def _end_of_spell(layout: Layout, clause: Stretch, begun: TimeReference | None) -> TimeReference | None:
    """When what was stopped "for 90 days" goes on: counted from the day on which it was stopped.

    What was put off goes on that long after the day for which it was set, which the clause does not tell.
    """
    match = _spell().search(layout.folded, *clause)
    if _cue("put_off").search(layout.folded, *clause):
        return None
    if match is None or begun is None or begun.start is None or begun.precision != "day":
        return None
    count = _count(match["count"])
    days = count * (7 if match["weeks"] else 1)
    day: date | None = begun.start + timedelta(days=days)
    if match["months"]:
        year, month = divmod(begun.start.year * 12 + begun.start.month - 1 + count, 12)
        day = _valid(year, month + 1, begun.start.day)
    return _reference(layout, match.span(), day, day) if day else None


# "said on Friday that it would ...": the day lies behind, whatever it was that was said.
_SAID = Pattern(
    r"\b(?:said|told|announced|confirmed|disclosed|wrote|declared|dijo|inform[oó]|anunci[oó]|señal[oó]|confirm[oó])"
    r"(?:\s+(?:on|late|early|last|el|este|el\s+pasado))*\s+\Z"
)


# "introduced on June 9": a day right behind a past verb lies behind, unless the verb sets a day.
_DONE = Pattern(
    r"\b(?!(?:scheduled|planned|expected|postponed|delayed|moved|proposed|slated|extended|needed|required)\b)"
    r"(?:\w+ed|sent|put|sent|brought|filed|presentad[oa]|enviad[oa]|\w+ó)\s+(?:on|last|el|este)\s+\Z"
)


def _weekday(match: re.Match[str], published: date, ahead: bool) -> date:
    which = f"{match['which'] or ''}{match['which2'] or ''}".lower()
    wanted = codebook.table("timing")["weekdays"][match["weekday"].lower()]
    back = (published.weekday() - wanted) % 7
    if "next" in which or "próximo" in which:
        return published + timedelta(days=(-back) % 7 or 7)
    if "last" in which or "pasado" in which:
        return published - timedelta(days=back or 7)
    return published + timedelta(days=(-back) % 7) if ahead and back else published - timedelta(days=back)


def _in_years(published: date | None, era: Era | None, month: int, number: int) -> list[date]:
    if published is None:
        same = era is not None and era.start and era.end and era.start.year == era.end.year
        years = [era.start.year] if era and era.start and same else []
    else:
        years = [published.year - 1, published.year, published.year + 1]
    return [day for year in years if (day := _valid(year, month, number))]


def _nearest(days: list[date], published: date | None, ahead: bool) -> date | None:
    if published is None:
        return days[0] if len(days) == 1 else None
    if ahead:
        return next((day for day in days if day >= published), None)
    return next((day for day in reversed(days) if day <= published), None)


def _valid(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _reference(layout: Layout, place: Stretch, start: date | None, end: date | None) -> TimeReference:
    words = span(layout, *place)
    days = (end - start).days + 1 if start and end else None
    return TimeReference(
        text=" ".join(words.quote.split()), start=start, end=end, precision=precision_of(days), span=words
    )


def precision_of(days: int | None) -> Literal["day", "week", "month", "year", "relative"]:
    """How exact a time of so many days is; "relative" where its days are not known."""
    if days is None:
        return "relative"
    return "day" if days == 1 else "week" if days <= 7 else "month" if days <= 31 else "year"


_FRONTED = re.compile(
    r"\s*(?:on|in|by|since|from|effective|starting|beginning|early|late|last|earlier|under|through|pursuant|citing"
    r"|el|en|desde|a partir|conforme|con base)\b",
    re.IGNORECASE,
)


def front_of(folded: str, parts: Sequence[Stretch], number: int) -> Stretch | None:
    """The phrase without a verb right before a clause, or that clause before a participle, where its date may stand."""
    if number == 0:
        return None
    start, end = parts[number - 1]
    phrase = _FRONTED.match(folded, start, end)
    short = end - start <= 90
    participle = re.match(r"\s*[a-z-]{3,}ing\b", folded[slice(*parts[number])]) is not None
    return (start, end) if (phrase and short) or participle else None
