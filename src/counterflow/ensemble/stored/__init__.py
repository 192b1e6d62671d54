"""Runs kept in a Zarr store, on this machine or at any address that fsspec knows, chunk by chunk as they are done.

    zarr.json                     the group: what the runs are (attributes), and whether they are `complete` (0 or 1);
                                  once they are finished, also what every array is (consolidated metadata)
    NAME/zarr.json, NAME/c/...    a variable or coordinate and its chunks, with a checksum behind each
    counterflow/zarr.json         a group of its own, so that no reader of Zarr takes what follows for data
    counterflow/manifest.json     what the content depends on, how it is laid out, and whether it is complete
    counterflow/done/NUMBER.json  one for each piece that is complete: what its content hashes to, for which runs, and
                                  on what kind of processor it was run
    counterflow/writer.lock       held by the one process that drives a run (on this machine only)

`xarray.open_zarr(address)` reads it once it is finished. The manifest is written last when a store is begun: without it
there is no store yet. A piece's marker is written after all its chunks: without it the piece is run again. No decision
rests on a clock or on the times of files. A piece's content depends on what the manifest says alone, so two that write
the same piece write the same bits.
"""
