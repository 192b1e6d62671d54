"""Run the pieces of a job, here or elsewhere, and gather what they leave: in memory, or in a store."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from counterflow.ensemble import dataset, reduction
from counterflow.ensemble import workers as at_work
from counterflow.ensemble.engine import processor
from counterflow.ensemble.extra import require
from counterflow.ensemble.job import Job, Ran, arrays_of, bins_around, run_block
from counterflow.ensemble.layout import Coordinate, Layout, Piece, pieces_of, region
from counterflow.errors import ModelError, StoppedError, StoreError, UsageError

if TYPE_CHECKING:
    import xarray as xr

    from counterflow.ensemble.stored.writing import Begun

MOST_CHUNK = 2**31  # bytes, which Blosc does not pack
FEWER = "Name fewer branches or outputs, or keep months in the place of weeks."

Progress = Callable[[int, int], None]  # pieces done, and of how many


class How(NamedTuple):
    """How pieces are run: in threads of this process, or where Dask has workers."""

    progress: Progress
    stop: Callable[[], bool]
    workers: int | None
    scheduler: str | None

    def run(
        self, work: at_work.Work, job: Any, indices: Sequence[int], *, in_order: bool = False
    ) -> Iterator[at_work.Finished | at_work.Failed]:
        """The pieces of `indices`, as they finish."""
        if self.here():
            return at_work.here(work, job, indices, stop=self.stop, in_order=in_order)
        require("runs in several processes", "dask", "distributed")
        from counterflow.ensemble.cluster import on_cluster

        return on_cluster(
            work, job, indices, workers=self.workers, scheduler=self.scheduler, stop=self.stop, in_order=in_order
        )

    def here(self) -> bool:
        """Whether threads of this process do the work."""
        return self.scheduler is None and (self.workers or 1) == 1


class Ticket(NamedTuple):
    """A job whose pieces go to a store from wherever they are run."""

    job: Job
    address: str
    layout: Layout
    identity_hash: str


def store_piece(ticket: Ticket, index: int, first: Ran | None = None) -> str:
    """Run a piece and write what is kept of it; returns its digest. Raises as `arrays_of` and `stored.write`.

    `first` is what its first block gave, where that was run before.
    """
    from counterflow.ensemble.stored.pieces import marked, write

    # A worker that dies after it has written a piece, and before it could say so, leaves it complete.
    if done := marked(ticket.address, index, ticket.identity_hash):
        return done
    arrays = arrays_of(ticket.job, index, first)
    piece = ticket.job.piece(index)
    return write(ticket.address, ticket.layout, piece, arrays, ticket.identity_hash, processor())


def in_memory(job: Job, how: How, attrs: Mapping[str, Any]) -> xr.Dataset:
    """Run all pieces and hold what is kept of them.

    Raises ModelError where a piece fails, StoppedError where the run was stopped.
    """
    layout = dataset.described(job)
    kept = {name: variable for name, variable in layout.items() if "chunk" not in variable.dims}
    _refuse_too_large(job, how, sum(dataset.size(variable.shape, variable) for variable in kept.values()))
    pieces = pieces_of(layout)
    job = _with_threads(job, how, len(pieces))
    # Partials are added up as they come.
    found = {name: np.empty(variable.shape, variable.dtype) for name, variable in kept.items()}
    totals: dict[str, reduction.Partial] = {}
    done = 0
    how.progress(done, len(pieces))

    def take(piece: Piece, arrays: Mapping[str, np.ndarray]) -> None:
        nonlocal done
        for name, values in found.items():
            where = region(kept[name], piece)
            if where is not None:
                values[where] = arrays[name]
        if job.reduced:
            dataset.add(job, totals, arrays)
        done += 1
        how.progress(done, len(pieces))

    todo = list(range(len(pieces)))
    if job.reduced and not how.stop():
        ran = run_block(_with_threads(job, how, 1), 0, 0)
        job = job._replace(bins=bins_around(job, ran))
        take(pieces[0], arrays_of(job, 0, ran))
        todo = todo[1:]
    # Sums in another order would differ in their last bits.
    for one in how.run(arrays_of, job, todo, in_order=job.reduced):
        if isinstance(one, at_work.Failed):
            raise ModelError(one.reason)
        take(pieces[one.index], one.result)
    if done < len(pieces):
        raise StoppedError(f"stopped after {done} of {len(pieces)} chunks, and nothing was kept.")
    variables = {name: Coordinate(layout[name].dims, values, layout[name].attrs) for name, values in found.items()}
    for name, total in totals.items():
        variables |= dataset.summary(job, name, total)
    return dataset.in_memory(variables, dataset.coordinates(job), attrs)


def _with_threads(job: Job, how: How, pieces: int) -> Job:
    """The job with branches side by side where no other piece needs the other cores."""
    return job._replace(threads=os.cpu_count() or 1) if pieces == 1 and how.here() else job


def _refuse_too_large(job: Job, how: How, held: int) -> None:
    """Raise UsageError where what is run at once, and the `held` bytes of what is gathered, have no room in memory."""
    # Runs are there twice for a moment: as they were computed, and as all branches together.
    need = held + 2 * dataset.block_bytes(job) * ((os.cpu_count() or 1) if how.here() else 1)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if need > 0.8 * memory:
        raise UsageError(
            f"this would take about {need / 1e9:.0f} GB of memory, and there are {memory / 1e9:.0f} GB here.",
            hint=("Give a store, or ask for reduce. " if held else "") + FEWER,
        )


def in_store(
    job: Job, how: How, attrs: Mapping[str, Any], address: str, identity: Mapping[str, Any], *, resume: bool
) -> xr.Dataset:
    """Run the pieces that a store lacks, and open it.

    Raises UsageError and StoreError as `stored.begin` and `stored.write`, StoreError where pieces had to be set aside
    (summaries are then of those that are complete), StoppedError where the run was stopped; what is complete stays, and
    a later run goes on from it.
    """
    require("stored runs", "fsspec", "zarr")
    from counterflow.ensemble.stored import place, reading, writing

    if not how.here() and not place.shared(place.place(address)):
        raise UsageError(
            "other processes cannot reach this store.", where=address, hint="Give a folder or an object store."
        )
    began = time.monotonic()
    layout = dataset.described(job)
    _refuse_too_large(job, how, 0)
    for name, variable in layout.items():
        chunk = dataset.size(variable.chunks, variable)
        if chunk >= MOST_CHUNK:
            said = f"a chunk of {name} would have {chunk / 1e9:.1f} GB, and at most 2 are stored."
            raise UsageError(said, where="store", hint=FEWER)
    with writing.begin(
        address, layout, dataset.coordinates(job), attrs, identity, resume=resume, stop=how.stop
    ) as begun:
        todo = [piece.index for piece in begun.missing]
        if begun.manifest["complete"] and not todo:
            how.progress(len(begun.pieces), len(begun.pieces))
            return reading.open_runs(address)
        earlier = len(begun.done)
        how.progress(earlier, len(begun.pieces))
        if job.reduced and not (todo and how.stop()):
            job = _with_bins(job, how, begun)
            todo = [index for index in todo if index not in begun.done]
            if len(begun.done) > earlier:
                how.progress(len(begun.done), len(begun.pieces))
        failed = _run_missing(job, how, begun, todo)
        beside = _summarise(job, begun) if job.reduced else []
        about = {
            "seconds": round(time.monotonic() - began, 3),
            "chunks_from_before": earlier,
            "damaged_chunks_run_again": list(begun.damaged),
            "python": platform.python_version(),
        }
        writing.finish(begun, [(one.index, one.reason) for one in failed], about, beside)
    if failed:
        first = failed[0]
        raise StoreError(
            f"{len(failed):,} of {len(begun.pieces):,} chunks were set aside after {at_work.TRIES} tries each; "
            f"the first is {first.index}: {first.reason.rstrip('.')}.",
            where=address,
            hint="All others are complete. --resume tries these again, which helps where a worker was lost.",
        )
    return reading.open_runs(address)


def _run_missing(job: Job, how: How, begun: Begun, todo: Sequence[int]) -> list[at_work.Failed]:
    """Run pieces into the store; returns those that had to be set aside. Raises StoppedError where it was stopped."""
    ticket = Ticket(_with_threads(job, how, len(todo)), begun.address, begun.layout, begun.identity_hash)
    failed: list[at_work.Failed] = []
    for one in how.run(store_piece, ticket, todo):
        if isinstance(one, at_work.Failed):
            failed.append(one)
            continue
        begun.done[one.index] = one.result
        how.progress(len(begun.done), len(begun.pieces))
    if len(begun.done) + len(failed) < len(begun.pieces):
        raise StoppedError(
            f"stopped: {len(begun.done):,} of {len(begun.pieces):,} chunks are complete.",
            where=begun.at.address,
            hint="Run the same command with --resume to go on.",
        )
    return failed


def _with_bins(job: Job, how: How, begun: Begun) -> Job:
    """The job with the bins of its reduction: those of the store, else those that its first piece gives."""
    from counterflow.ensemble.stored import beside

    held = beside.read(begun, reduction.names_of_bins(job.outputs))
    if held is not None:
        return job._replace(bins={name: reduction.bins_of(name, held) for name in job.outputs})
    ran = run_block(_with_threads(job, how, 1), 0, 0)
    job = job._replace(bins=bins_around(job, ran))
    beside.write(begun, dataset.bins_stored(job))
    begun.done[0] = store_piece(Ticket(job, begun.address, begun.layout, begun.identity_hash), 0, ran)
    return job


def _summarise(job: Job, begun: Begun) -> list[str]:
    """Add up the partials of all complete pieces, in their order, and write what they tell; returns the names of all
    that lies beside the pieces."""
    from counterflow.ensemble.stored import beside
    from counterflow.ensemble.stored.pieces import read

    totals: dict[str, reduction.Partial] = {}
    for piece in begun.pieces:
        if piece.index in begun.done:
            dataset.add(job, totals, read(begun.address, begun.layout, piece, begun.identity_hash))
    summaries: dict[str, Coordinate] = {}
    for name, total in totals.items():
        summaries |= dataset.summary(job, name, total)
    beside.write(begun, summaries)
    return [*reduction.names_of_bins(job.outputs), *summaries]
