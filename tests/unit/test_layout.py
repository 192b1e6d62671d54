"""Which part of the results each piece of the work gives."""

from __future__ import annotations

import numpy as np
import pytest

from counterflow.ensemble.layout import Piece, Variable, chunk_key, dated, named, pieces, pieces_of, region
from counterflow.errors import ModelError
from stored_cases import layout

RUNS = Variable(("branch", "draw", "replicate", "time"), (9, 23, 2, 4), (9, 5, 1, 4), "float32", {})
LEVELS = Variable(("draw",), (23,), (5,), "float64", {})
COUNTS = Variable(("chunk", "branch"), (10, 9), (1, 9), "uint8", {})


def test_pieces_are_numbered_by_block_and_then_by_replicate() -> None:
    found = pieces(23, 2, 5)
    assert [piece.index for piece in found] == list(range(10))
    assert found[3] == Piece(3, 1, 1, slice(5, 10))
    assert found[9] == Piece(9, 4, 1, slice(20, 23))


def test_a_piece_owns_its_draws_in_its_replicate_and_all_of_the_rest() -> None:
    where = region(RUNS, Piece(9, 4, 1, slice(20, 23)))
    assert where == (slice(0, 9), slice(20, 23), slice(1, 2), slice(0, 4))
    assert chunk_key(RUNS, Piece(9, 4, 1, slice(20, 23))) == "c/0/4/1/0"


def test_a_variable_per_piece_is_placed_by_the_number_of_the_piece() -> None:
    assert region(COUNTS, Piece(3, 1, 1, slice(5, 10))) == (slice(3, 4), slice(0, 9))


def test_what_does_not_depend_on_the_replicate_comes_from_the_first() -> None:
    assert region(LEVELS, Piece(2, 1, 0, slice(5, 10))) == (slice(5, 10),)
    assert region(LEVELS, Piece(3, 1, 1, slice(5, 10))) is None
    assert chunk_key(LEVELS, Piece(3, 1, 1, slice(5, 10))) is None


@pytest.mark.parametrize("draws", [slice(4, 9), slice(5, 9), slice(5, 15), slice(20, 25), slice(25, 30), slice(5, 5)])
def test_draws_that_are_not_one_whole_chunk_are_refused(draws: slice) -> None:
    with pytest.raises(ModelError, match="not a whole chunk of 5"):
        region(RUNS, Piece(2, 1, 0, draws))


def test_a_replicate_or_number_outside_is_refused() -> None:
    with pytest.raises(ModelError, match="along replicate"):
        region(RUNS, Piece(2, 1, 2, slice(5, 10)))
    with pytest.raises(ModelError, match="along chunk"):
        region(COUNTS, Piece(10, 5, 0, slice(5, 10)))


def test_a_variable_that_no_piece_owns_is_refused() -> None:
    with pytest.raises(ModelError, match="belongs to no piece"):
        region(Variable(("branch",), (9,), (9,), "float32", {}), Piece(0, 0, 0, slice(0, 5)))


def test_the_pieces_of_a_layout_own_every_chunk_once() -> None:
    of = layout()
    found = pieces_of(of)
    assert found == pieces(23, 2, 5)
    for name, variable in of.items():
        keys = [key for piece in found if (key := chunk_key(variable, piece)) is not None]
        expected = np.prod([-(-length // chunk) for length, chunk in zip(variable.shape, variable.chunks, strict=True)])
        assert len(keys) == len(set(keys)) == expected, name


def test_pieces_without_draws_follow_the_chunks() -> None:
    assert [piece.index for piece in pieces_of({"counts": COUNTS})] == list(range(10))


def test_replicates_are_known_from_the_chunks_where_no_variable_has_them() -> None:
    assert pieces_of({"levels": LEVELS, "counts": COUNTS}) == pieces(23, 2, 5)


def test_a_layout_that_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ModelError, match="draw"):
        pieces_of({"runs": RUNS, "levels": LEVELS._replace(shape=(22,))})
    with pytest.raises(ModelError, match="block of draw"):
        pieces_of({"runs": RUNS, "levels": LEVELS._replace(chunks=(4,))})
    with pytest.raises(ModelError, match="11 chunks do not fit"):
        pieces_of({"runs": RUNS, "counts": COUNTS._replace(shape=(11, 9))})


def test_names_become_flags_with_meanings_of_one_word_each() -> None:
    found = named("sector", ("San Diego", "El  Paso", "Yuma"))
    assert found.values.tolist() == found.attrs["flag_values"] == [0, 1, 2]
    assert found.attrs["flag_meanings"].split(" ") == ["San_Diego", "El_Paso", "Yuma"]
    assert found.attrs["names"] == ["San Diego", "El  Paso", "Yuma"]


def test_days_are_counted_as_cf_counts_them() -> None:
    found = dated("time", np.array(["1970-01-02", "2026-01-05"], "datetime64[ns]"))
    assert found.values.tolist() == [1, 20458]
    assert found.attrs["units"] == "days since 1970-01-01"
