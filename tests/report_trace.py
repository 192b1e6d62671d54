"""The trace of a page: which value of its assessment each printed number shows (see `report_tracing`)."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from report_places import Place, places, sketched
from report_tracing import ISO, Change, Leaf, Pointer, leaves, leaves_of, lists, longer, pattern, skeleton, tokens

CHANGES = 7  # of each of the two ways to change all numbers
DATA = 3  # of these, of which downloads are looked at
LENGTHS = 5  # renderings with longer lists
ENOUGH = 3  # renderings that say the same with other numbers, at least, for a number to be traced in them
# What an element that has an id is about: the list in which it stands, and the key by which it is called.
ABOUT: Mapping[str, tuple[Pointer, Pointer]] = {
    "claim": (("claims",), ("claim", "id")),
    "chart": (("claims",), ("claim", "id")),
    "curve": (("claims",), ("claim", "id")),
    "action": (("actions",), ("id",)),
    "assertion": (("assertions",), ("id",)),
    "finding": (("findings",), ("id",)),
    "fan": (("outcomes",), ("variable",)),
    "seen": (("foreseen", "outcomes"), ("variable",)),
}


class Number(NamedTuple):
    """A printed number: where it stands, the how-manieth number there, what it reads, and the values that it may
    show (`shows`), or why there is none (`why`: "still" of one that nothing moves, "other" of one that moves unlike
    any value, "elsewhere" of one that shows a value of another row or claim than its own)."""

    place: Place
    at: int
    reads: str
    shows: tuple[Pointer, ...]
    why: str = ""


class Renderings:
    """The texts of a page made again and again, to be looked up by place."""

    def __init__(self, pages: Sequence[Sequence[Place]]) -> None:
        self.texts = [{(place.one, skeleton(place.text)): place.text for place in page} for page in pages]

    def of(self, place: Place, at: int) -> list[tuple[int, str]]:
        """The number of a place in each rendering that says the same there."""
        key = (place.one, skeleton(place.text))
        return [(n, tokens(texts[key])[at]) for n, texts in enumerate(self.texts) if key in texts]


def trace(a: Mapping[str, Any], page_of: Callable[[Mapping[str, Any]], str], data: bool = True) -> list[Number]:
    """All numbers of the page that `page_of` makes of an assessment, with what each shows; those of its downloads
    too, if `data`."""
    names = frozenset(value.casefold() for _, value in leaves(a) if isinstance(value, str))
    ways = [Change(seed, keeps).of(a) for keeps in (True, False) for seed in range(CHANGES)]
    own = places(page_of(a), names, data)
    moved = [places(page_of(way), names, data and n % CHANGES < DATA) for n, way in enumerate(ways)]
    halves = [(0, Renderings(moved[:CHANGES])), (CHANGES, Renderings(moved[CHANGES:]))]
    known = leaves_of(ways)
    values = Values(known)
    counts = Counts(a, page_of, names, own)
    found = []
    for place in own:
        for at, reads in enumerate(tokens(place.text)):
            told = [(first, half.of(place, at)) for first, half in halves]
            told = [(first, seen) for first, seen in told if len(seen) >= ENOUGH]
            shown = values.shown(told)
            still = bool(told) and all(text == reads for _, seen in told for _, text in seen)
            if shown:
                here = tuple(pointer for pointer in _nearest(a, place, shown) if _here(a, place, pointer))
                found.append(Number(place, at, reads, here, "" if here else "elsewhere"))
            elif counted := counts.of(place, at) if still else ():
                found.append(Number(place, at, reads, counted))
            else:
                found.append(Number(place, at, reads, (), "still" if still else "other"))
    return found


class Values:
    """All values of an assessment in its renderings, to be looked up by what they read as."""

    def __init__(self, known: Sequence[Leaf]) -> None:
        self.known = known
        self.indices: dict[int, Mapping[str, set[int]]] = {}

    def shown(self, told: Sequence[tuple[int, Sequence[tuple[int, str]]]]) -> tuple[Pointer, ...]:
        """The values that read as a number does in every rendering of `told`, in which all values were changed."""
        best: set[int] = set()
        for first, seen in told:
            if len({text for _, text in seen}) > 1:
                (n, text), *rest = seen
                held, left = (best, seen) if best else (self._index(first + n).get(text, set()), rest)
                best = {one for one in held if all(x in self.known[one].reads(first + m) for m, x in left)} or best
        return tuple(self.known[n].at for n in sorted(best))

    def _index(self, rendering: int) -> Mapping[str, set[int]]:
        if rendering not in self.indices:
            found: dict[str, set[int]] = defaultdict(set)
            for n, leaf in enumerate(self.known):
                for text in leaf.reads(rendering):
                    found[text].add(n)
            self.indices[rendering] = found
        return self.indices[rendering]


def _nearest(a: Mapping[str, Any], place: Place, shown: tuple[Pointer, ...]) -> tuple[Pointer, ...]:
    """Of the values that a number may show, those that it shows most simply: a value before what follows from several,
    and a text where the place says it, or it the place."""
    said = _bare(place.text)
    texts = [(pointer, _at(a, pointer)) for pointer in shown]
    near = [
        pointer
        for pointer, value in texts
        if not isinstance(value, str) or ISO.fullmatch(value) or _bare(value) in said or said in _bare(value)
    ]
    simple = [pointer for pointer in near or shown if " " not in str(pointer[-1])]
    return tuple(simple or near or shown)


def _bare(text: str) -> str:
    return skeleton(text).casefold().strip(" .#")


def _here(a: Mapping[str, Any], place: Place, pointer: Pointer) -> bool:
    """Whether a value belongs to the element, and to the row of a branch, in which it is shown."""
    kind, _, name = str(place.one[0]).partition("-")
    stem = name.split(".")[0]
    if kind in ABOUT and stem:
        where, key = ABOUT[kind]
        if pointer[: len(where)] == where and len(pointer) > len(where):
            item = _at(a, pointer[: len(where) + 1])
            return str(_at(item, key)) == stem
    named = [b["id"] for b in a["branches"] if b["title"] in place.heads]
    ids = {b["id"] for b in a["branches"]}
    if pointer[-1] == "without_strategy":
        return not named or "none" in named
    own = {str(key) for key in pointer if key in ids}
    for end in range(1, len(pointer)):
        item = _at(a, pointer[:end])
        if isinstance(item, Mapping) and item.get("branch") in ids and pointer[0] != "attribution":
            own.add(item["branch"])
    return not named or not own or bool(own & set(named))


def _at(of: Any, pointer: Pointer) -> Any:
    for key in pointer:
        try:
            of = of[key]
        except (KeyError, IndexError, TypeError):
            return None
    return of


class Counts:
    """Renderings in which lists are two or three times as long: what counts a list grows with it."""

    def __init__(
        self,
        a: Mapping[str, Any],
        page_of: Callable[[Mapping[str, Any]], str],
        names: frozenset[str],
        own: Sequence[Place],
    ) -> None:
        chains = sorted(set(lists(a)), key=repr)
        kinds = list(dict.fromkeys(_kind(chain[-1]) for chain in chains))
        codes = list(product((1, 2, 3), repeat=LENGTHS))[1:]  # how often each list is repeated, no two alike
        random.Random(20).shuffle(codes)
        by_kind = dict(zip(kinds, codes[: len(kinds)], strict=True))
        self.grown = {
            tuple(_kind(one) for one in chain[start:]): [
                prod(by_kind[_kind(one)][n] for one in chain[start:]) for n in range(LENGTHS)
            ]
            for chain in chains
            for start in range(len(chain))
        }
        made = [longer(a, {c[-1]: by_kind[_kind(c[-1])][n] for c in chains}) for n in range(LENGTHS)]
        pages = [places(page_of(one), names, downloads=False) for one in made]
        self.texts = [
            {like: [tokens(place.text)[at] for place, at in held] for like, held in _alike(page).items()}
            for page in pages
        ]
        self.order = {(id(place), at): n for held in _alike(own).values() for n, (place, at) in enumerate(held)}

    def of(self, place: Place, at: int) -> tuple[Pointer, ...]:
        """The lists of which a number is the count, each with those it stands in where all of them count."""
        number, nth = tokens(place.text)[at].replace(",", ""), self.order[id(place), at]
        seen = []
        for texts in self.texts:
            alike = texts.get(_like(place, at), [])
            seen.append(alike[min(nth, len(alike) - 1)].replace(",", "") if alike else "")
        if not number.isdigit() or sum(map(bool, seen)) < ENOUGH or set(seen) <= {number, ""}:
            return ()
        return tuple(
            ("count of", *(key for kind in chain for key in kind))
            for chain, grown in self.grown.items()
            if all(not text or text == str(int(number) * times) for text, times in zip(seen, grown, strict=True))
        )


def _kind(pointer: Pointer) -> Pointer:
    return tuple("*" if isinstance(key, int) else key for key in pointer)


def _like(place: Place, at: int) -> tuple[str, str]:
    """What a place says up to a number, but for the numbers before it and the forms of words that they govern."""
    said = f"{skeleton(place.text)} "
    parts = said.split("#")
    before = "#".join(parts[: at + 1])
    for one, other in (("answer is", "answers are"), ("branches", "branch"), ("entries", "entry"), ("s ", " ")):
        before = before.replace(one, other)
    return place.kind, before.replace("s,", ",").strip()


def _alike(page: Sequence[Place]) -> dict[tuple[str, str], list[tuple[Place, int]]]:
    found: dict[tuple[str, str], list[tuple[Place, int]]] = defaultdict(list)
    for place in page:
        for at in range(len(tokens(place.text))):
            found[_like(place, at)].append((place, at))
    return found


def table(found: Sequence[Number], a: Mapping[str, Any]) -> dict[str, list[str]]:
    """What each kind of place shows: pointers for its numbers in their order, or one for all that stand there."""
    dynamic = {b["id"] for b in a["branches"]} | {o["variable"] for o in a["outcomes"]} | set(a["costs"]["prices"])
    shown: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for number in found:
        if number.shows:
            patterns = {pattern(pointer, frozenset(dynamic)) for pointer in number.shows}
            shown[number.place.kind][number.at] |= patterns
    return {kind: _lines(ordinals) for kind, ordinals in sorted(shown.items())}


def _lines(ordinals: Mapping[int, set[str]]) -> list[str]:
    every = [" or ".join(sorted(ordinals.get(n, {"–"}))) for n in range(max(ordinals) + 1)]
    return every[:1] if len(set(every)) == 1 else every


def short(a: Mapping[str, Any], months: int = 14) -> dict[str, Any]:
    """An assessment with its first months alone: what holds for these holds for all."""

    def cut(item: Mapping[str, Any]) -> dict[str, Any]:
        branches = {b: {q: row[:months] for q, row in fan.items()} for b, fan in item["branches"].items()}
        return {**item, "months": item["months"][:months], "branches": branches}

    foreseen = a["foreseen"] and {**a["foreseen"], "outcomes": [cut(item) for item in a["foreseen"]["outcomes"]]}
    return {**a, "outcomes": [cut(item) for item in a["outcomes"]], "foreseen": foreseen}


def write(to: str, found: Sequence[Number], a: Mapping[str, Any]) -> None:
    """Write the table of what each kind of place shows."""
    lines = ["# What each kind of place on the page shows of assessment.json, its numbers in their order."]
    for kind, shows in table(found, a).items():
        lines.append(f"{json.dumps(kind, ensure_ascii=False)} = {json.dumps(shows, ensure_ascii=False)}")
    Path(to).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    import report_fixture
    from counterflow.report.page import downloads
    from counterflow.report.page.render import render_page

    downloads.render, downloads.picture_png = sketched, lambda svg: b""
    made = short(json.loads(json.dumps(report_fixture.build())))
    write(str(Path(__file__).parent / "data" / "report_trace.toml"), trace(made, render_page), made)
