"""From publishers' files to a new vintage: fetch, parse, validate, show the difference, and only then commit."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from counterflow.brief.schema import Value
from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import File
from counterflow.evidence.folder import only_writer, ready, usual_folder
from counterflow.evidence.store import Store
from counterflow.evidence.updating.derived import with_derived
from counterflow.evidence.updating.difference import Change, difference
from counterflow.evidence.updating.fetch import LIMITS, Limits, Web, client, remember, remembered
from counterflow.evidence.updating.validate import require_plausible, require_possible
from counterflow.evidence.vintages import Changed, Origin, commit

CONNECTORS = "counterflow.evidence.connectors"


class Publisher(NamedTuple):
    """Whose files a connector reads."""

    title: str
    publisher: str
    licence: str
    connector: ModuleType


class Read(Value):
    """A file that was read, so that anyone can tell whether they have the same."""

    name: str
    address: str
    sha256: str
    bytes: int


class Outcome(Value):
    """What came of one publisher."""

    publisher: str  # the name that the command takes
    title: str
    files: tuple[Read, ...] = ()
    changes: tuple[Change, ...] = ()
    message: str = ""  # why nothing was taken, where nothing was
    where: str = ""
    hint: str = ""
    failed: bool = False


class Updated(Value):
    """What came of an update. `vintage` is None where nothing was committed."""

    vintage: str | None
    outcomes: tuple[Outcome, ...]


@cache
def publishers() -> dict[str, Publisher]:
    """Every publisher by the name that the command takes, in the order of publishers.toml."""
    entries = tomllib.loads(files(CONNECTORS).joinpath("publishers.toml").read_text(encoding="utf-8"))
    return {
        name: Publisher(**entry, connector=import_module(f"{CONNECTORS}.{name.replace('-', '_')}"))
        for name, entry in entries.items()
    }


def update(
    names: Sequence[str],
    *,
    now: datetime,
    folder: Path | None = None,
    from_files: Sequence[Path] = (),
    dry_run: bool = False,
    accept_jumps: bool = False,
    addresses: Mapping[str, Sequence[str]] | None = None,
    limits: Limits = LIMITS,
    tell: Callable[[str], None] = lambda line: None,
) -> Updated:
    """Take over what the publishers have changed, as one new vintage of the store in `folder` (default: the user's).

    `now` is the time in UTC. `from_files`: files saved by hand, of the one publisher named, instead of fetching.
    `dry_run` commits nothing. `accept_jumps` lets through what differs wildly from before. `addresses`: where to
    look, by publisher, if not on its own site. `tell` is called with a line at each step. A publisher whose files
    cannot be had or believed is left out, and its outcome says why; the others are taken. Raises EvidenceError
    where the store is broken or cannot be written, or another update is writing to it.
    """
    place = folder or ready(usual_folder())
    with nullcontext() if dry_run else only_writer(place):
        store = Store.open(place)
        outcomes: list[Outcome] = []
        taken: dict[str, Taken] = {}
        for name in dict.fromkeys(names):
            try:
                if from_files:
                    found = _by_hand(from_files)
                else:
                    found = _fetched(name, store, (addresses or {}).get(name), limits, tell)
                pending = [change for other in taken.values() for change in other.changes]
                changes = _examined(name, found, store, pending, now, accept_jumps)
            except EvidenceError as error:
                outcomes.append(_outcome(name, message=error.message, where=error.where, hint=error.hint, failed=True))
                continue
            message = "" if found else "The publisher's files are as they were at the last update."
            outcomes.append(_outcome(name, files=tuple(_read(f) for f in found), changes=changes, message=message))
            taken[name] = Taken(found, changes)
        vintage = None
        if not dry_run:
            if any(one.changes for one in taken.values()):
                tell("writing the vintage")
                vintage = commit(store.folder, _rows(taken, now), now.date())
            remember(store.folder, [file for one in taken.values() for file in one.files])
    return Updated(vintage=vintage, outcomes=tuple(outcomes))


class Taken(NamedTuple):
    """What is taken over from one publisher."""

    files: tuple[File, ...]
    changes: tuple[Change, ...]


def _rows(taken: Mapping[str, Taken], now: datetime) -> list[tuple[Origin, list[Changed]]]:
    """The changes by origin; where two publishers change one figure, the later one's word stands."""
    last = {(c.series_id, c.geo, c.date): name for name, one in taken.items() for c in one.changes}
    return [
        (
            _origin(name, one.files, now),
            [
                Changed(c.series_id, c.geo, c.date, c.after, c.flag)
                for c in one.changes
                if last[c.series_id, c.geo, c.date] == name
            ],
        )
        for name, one in taken.items()
        if one.changes
    ]


def _fetched(
    name: str, store: Store, addresses: Sequence[str] | None, limits: Limits, tell: Callable[[str], None]
) -> tuple[File, ...]:
    """The files of a publisher that have changed on its site."""
    connector = publishers()[name].connector
    places = addresses or connector.ADDRESSES
    tell(f"{name}: fetching from {places[0]}")
    with client(limits) as web:
        found: tuple[File, ...] = connector.collect(Web(web, remembered(store.folder), limits), places)
    return found


def _by_hand(paths: Sequence[Path]) -> tuple[File, ...]:
    """Files saved by hand, each once however often it is named."""
    found: dict[bytes, File] = {}
    for path in paths:
        try:
            if path.stat().st_size > LIMITS.size:
                raise EvidenceError(f"the file is larger than {LIMITS.size / 1e6:,.0f} MB.", where=str(path))
            data = path.read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise EvidenceError(
                f"the file cannot be read: {reason}.", where=str(path), hint="Check the path."
            ) from None
        found.setdefault(data, File(path.name, data))
    return tuple(found.values())


def _examined(
    name: str,
    found: Sequence[File],
    store: Store,
    pending: Sequence[Change],
    now: datetime,
    accept_jumps: bool,
) -> tuple[Change, ...]:
    """How the files differ from the store, where they can be believed. Raises EvidenceError where not."""
    if not found:
        return ()
    where = ", ".join(file.name for file in found)
    extract = publishers()[name].connector.parse(found)
    require_possible(extract, store, now.date(), where)
    extract = with_derived(extract, store)
    changes = difference(extract, store, pending)
    if not accept_jumps:
        require_plausible(changes, extract, store, where)
    return changes


def _read(file: File) -> Read:
    digest = hashlib.sha256(file.data).hexdigest()
    return Read(name=file.name, address=file.address, sha256=digest, bytes=len(file.data))


def _origin(name: str, found: Sequence[File], now: datetime) -> Origin:
    publisher = publishers()[name]
    rows = [(read.name, read.address, read.sha256, read.bytes) for read in map(_read, found)]
    return Origin(
        title=publisher.title,
        publisher=publisher.publisher,
        url=publisher.connector.ADDRESSES[0],
        licence=publisher.licence,
        retrieved=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        connector=name,
        version=version("counterflow"),
        files=tuple(rows),
    )


def _outcome(name: str, **values: object) -> Outcome:
    return Outcome.model_validate({"publisher": name, "title": publishers()[name].title} | values)
