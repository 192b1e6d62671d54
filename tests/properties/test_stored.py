"""Whatever is laid out and written to a store comes back bit for bit, in whatever order it was written."""

from __future__ import annotations

import json
import tempfile
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.ensemble.layout import Layout, Variable, named, numbered, pieces, pieces_of, region
from counterflow.ensemble.stored.manifest import differences, hash_of
from counterflow.ensemble.stored.pieces import parts, read, write
from counterflow.ensemble.stored.reading import load_runs
from counterflow.ensemble.stored.writing import begin, finish

LENGTHS = {"branch": 3, "time": 4, "sector": 2}


@st.composite
def layouts(drawn: st.DrawFn) -> Layout:
    """Layouts of several variables over an ensemble of any size."""
    draws, block = drawn(st.integers(1, 17)), drawn(st.integers(1, 7))
    replicates = drawn(st.integers(1, 3))
    lengths = {**LENGTHS, "draw": draws, "replicate": replicates, "chunk": -(-draws // block) * replicates}
    cut = {**LENGTHS, "draw": block, "replicate": 1, "chunk": 1}
    found = {}
    for number in range(drawn(st.integers(1, 3))):
        own = drawn(st.sampled_from([("draw", "replicate"), ("chunk",), ("draw",)]))
        others = drawn(st.lists(st.sampled_from(sorted(LENGTHS)), unique=True))
        dims = tuple(drawn(st.permutations([*own, *others])))
        dtype = drawn(st.sampled_from(["float32", "float64", "int32", "uint8"]))
        shape, chunks = tuple(lengths[dim] for dim in dims), tuple(cut[dim] for dim in dims)
        found[f"variable_{number}"] = Variable(dims, shape, chunks, dtype, {})
    return found


def bits(of: Layout, seed: int) -> dict[str, np.ndarray]:
    """Any bits at all: signed zeros, infinities and NaNs with a payload among them."""
    random = np.random.default_rng(seed)
    found = {}
    for name, variable in of.items():
        size = int(np.prod(variable.shape)) * np.dtype(variable.dtype).itemsize
        found[name] = np.frombuffer(random.bytes(size), variable.dtype).reshape(variable.shape)
    return found


@settings(max_examples=40)
@given(of=layouts(), data=st.data(), seed=st.integers(0, 2**32))
def test_what_is_written_comes_back_bit_for_bit(of: Layout, data: st.DataObject, seed: int) -> None:
    values = bits(of, seed)
    dims = {dim: length for one in of.values() for dim, length in zip(one.dims, one.shape, strict=True)}
    coords = {dim: numbered(dim, length) for dim, length in dims.items() if dim != "branch"}
    coords |= {"branch": named("branch", ("a", "b c", "d"))} if "branch" in dims else {}
    with tempfile.TemporaryDirectory() as folder:
        address = f"{folder}/runs.zarr"
        with begin(address, of, coords, {}, {"seed": seed}, resume=False) as store:
            digests = {}
            for piece in data.draw(st.permutations(store.pieces)):
                arrays = {name: values[name][where] for name, where in parts(of, piece).items()}
                digests[piece.index] = write(address, of, piece, arrays, store.identity_hash)
            finish(store)
            for piece in store.pieces:
                for name, array in read(address, of, piece, store.identity_hash).items():
                    assert array.tobytes() == values[name][parts(of, piece)[name]].tobytes()
        with begin(address, of, coords, {}, {"seed": seed}, resume=True) as store:
            assert store.done == digests
            assert store.damaged == ()
        found = load_runs(address)
        for name, expected in values.items():
            assert found[name].values.dtype == expected.dtype
            np.testing.assert_array_equal(found[name].values, expected)


@given(of=layouts())
def test_the_regions_of_all_pieces_cover_every_variable_once(of: Layout) -> None:
    for variable in of.values():
        times = np.zeros(variable.shape, int)
        for piece in pieces_of(of):
            where = region(variable, piece)
            if where is not None:
                times[where] += 1
        assert (times == 1).all()


@given(draws=st.integers(0, 200), replicates=st.integers(1, 4), block=st.integers(1, 60))
def test_pieces_are_numbered_without_gaps_and_cover_all_draws(draws: int, replicates: int, block: int) -> None:
    found = pieces(draws, replicates, block)
    assert [piece.index for piece in found] == list(range(len(found)))
    covered = [(piece.replicate, draw) for piece in found for draw in range(piece.draws.start, piece.draws.stop)]
    assert sorted(covered) == [(replicate, draw) for replicate in range(replicates) for draw in range(draws)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
IDENTITIES = st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4)


@given(one=IDENTITIES, other=IDENTITIES)
def test_identities_differ_in_a_field_if_and_only_if_their_hashes_do(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert hash_of(one) == hash_of(json.loads(json.dumps(one)))
    assert (hash_of(one) == hash_of(other)) == (not [*differences(one, other)])
