"""Compiled loops over pairs against the numpy expressions they stand for, and as plain Python."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from matcher import kernels
from matcher.arrays import Codes, Floats

RANDOM = np.random.default_rng(760)
CITIZENS, SLOTS, TABLE_ROWS, MOST = 7, 11, 5, 3
ROWS: Codes = RANDOM.integers(0, CITIZENS, 200).astype(np.int32)
COLS: Codes = RANDOM.integers(0, SLOTS, 200).astype(np.int32)


def padded_lists(count: int) -> Codes:
    """(count, MOST) row indices, padded at the end with the last row of the table."""
    lists = RANDOM.integers(0, TABLE_ROWS - 1, (count, MOST))
    lists[np.arange(MOST) >= RANDOM.integers(0, MOST + 1, count)[:, None]] = TABLE_ROWS - 1
    return lists.astype(np.int32)


def table_with_neutral_padding() -> Floats:
    table = RANDOM.random((TABLE_ROWS, SLOTS))
    table[-1] = 0
    return table


def both(kernel: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The kernel compiled, and as the plain Python it was written in."""
    return [kernel, getattr(kernel, "py_func", kernel)]


@pytest.mark.parametrize("kernel", both(kernels.sum_of_entries))
def test_the_sum_of_a_list_of_table_rows(kernel: Callable[..., Floats]) -> None:
    lists, table = padded_lists(CITIZENS), table_with_neutral_padding()
    expected = sum(table[lists[ROWS, k], COLS] for k in range(MOST))
    assert (kernel(ROWS, COLS, lists, table) == expected).all()


@pytest.mark.parametrize("kernel", both(kernels.any_of_entries))
def test_any_of_a_list_of_table_rows(kernel: Callable[..., Floats]) -> None:
    lists, table = padded_lists(CITIZENS), table_with_neutral_padding() > 0.7
    expected = np.any([table[lists[ROWS, k], COLS] for k in range(MOST)], axis=0)
    assert (kernel(ROWS, COLS, lists, table) == expected).all()


@pytest.mark.parametrize("kernel", both(kernels.any_of_entries_in_block))
def test_any_of_a_list_of_table_rows_in_a_block(kernel: Callable[..., Floats]) -> None:
    lists, table = padded_lists(CITIZENS), table_with_neutral_padding() > 0.7
    rows, cols = np.array([4, 0, 6], dtype=np.int32)[:, None], np.array([1, 2, 9, 10], dtype=np.int32)[None, :]
    block = kernels.each_pair_of_block(kernel, rows, cols, lists, table)
    assert (block == kernels.each_pair(kernels.any_of_entries, rows, cols, lists, table)).all()


@pytest.mark.parametrize("kernel", both(kernels.best_entry))
def test_the_best_of_a_list_of_table_rows(kernel: Callable[..., Floats]) -> None:
    lists, table, factor = padded_lists(CITIZENS), table_with_neutral_padding(), np.array([1.0, 0.5])
    table[2], table[-1] = -1, -1
    column = RANDOM.integers(0, SLOTS, SLOTS).astype(np.int32)
    every = [factor[min(k, 1)] * table[lists[ROWS, k], column[COLS]] for k in range(MOST)]
    best = np.max(every, axis=0)
    np.testing.assert_array_equal(kernel(ROWS, COLS, lists, table, column, factor), np.where(best < 0, np.nan, best))


@pytest.mark.parametrize("kernel", both(kernels.weighted_overlap))
def test_the_weighted_overlap_of_a_slots_list_with_a_citizens_shares(kernel: Callable[..., Floats]) -> None:
    lists, weight, share = padded_lists(SLOTS), RANDOM.random(TABLE_ROWS), RANDOM.random((CITIZENS, TABLE_ROWS))
    weight[-1] = 0
    expected = sum(weight[lists[COLS, k]] * share[ROWS, lists[COLS, k]] for k in range(MOST))
    assert (kernel(ROWS, COLS, lists, weight, share) == expected).all()


@pytest.mark.parametrize("kernel", both(kernels.lacks_any))
def test_lacking_anything_that_is_asked_for(kernel: Callable[..., Floats]) -> None:
    held, asked = RANDOM.random((CITIZENS, 4)) < 0.7, RANDOM.random((SLOTS, 4)) < 0.3
    assert (kernel(ROWS, COLS, held, asked) == (asked[COLS] & ~held[ROWS]).any(axis=1)).all()


@pytest.mark.parametrize("kernel", both(kernels.distance))
def test_the_distance_of_two_points_with_spread(kernel: Callable[..., Floats]) -> None:
    home, worksite = RANDOM.random((CITIZENS, 4)), RANDOM.random((SLOTS, 4))
    home[0] = np.nan
    squared = home[ROWS, 3] + worksite[COLS, 3] + ((home[ROWS, :3] - worksite[COLS, :3]) ** 2).sum(axis=1)
    np.testing.assert_allclose(kernel(ROWS, COLS, home, worksite), np.sqrt(squared), rtol=1e-14)


@pytest.mark.parametrize("kernel", both(kernels.least_line))
def test_the_lowest_of_some_lines(kernel: Callable[..., Floats]) -> None:
    x, constant, slope = RANDOM.random(200), RANDOM.random((CITIZENS, 3)), np.array([0.1, 1.0, 5.0])
    x[:3], constant[:, 0] = np.nan, np.inf
    np.testing.assert_array_equal(kernel(ROWS, x, constant, slope), (constant[ROWS] + x[:, None] * slope).min(axis=1))


@pytest.mark.parametrize("kernel", both(kernels.add_known))
def test_known_scores_are_added_with_their_weight(kernel: Callable[..., None]) -> None:
    score, weight = RANDOM.random(200), RANDOM.random(CITIZENS)
    score[::3] = np.nan
    weighted, known = np.ones(200), np.zeros(200)
    kernel(ROWS, score, weight, weighted, known)
    assert (weighted == np.where(np.isnan(score), 1.0, 1.0 + weight[ROWS] * score)).all()
    assert (known == np.where(np.isnan(score), 0.0, weight[ROWS])).all()


def test_each_pair_broadcasts_rows_and_columns() -> None:
    lists, table = padded_lists(CITIZENS), table_with_neutral_padding()
    rows, cols = np.arange(CITIZENS, dtype=np.int32)[:, None], np.arange(SLOTS, dtype=np.int32)[None, :]
    whole = kernels.each_pair(kernels.sum_of_entries, rows, cols, lists, table)
    assert whole.shape == (CITIZENS, SLOTS)
    assert (whole[ROWS, COLS] == kernels.sum_of_entries(ROWS, COLS, lists, table)).all()


@pytest.mark.parametrize("kernel", both(kernels.on_list))
def test_a_code_on_a_list(kernel: Callable[..., Floats]) -> None:
    lists, code = padded_lists(CITIZENS), RANDOM.integers(0, TABLE_ROWS - 1, SLOTS).astype(np.int32)
    lists[lists == TABLE_ROWS - 1] = -1
    assert (kernel(ROWS, COLS, lists, code) == (lists[ROWS] == code[COLS][:, None]).any(axis=1)).all()


@pytest.mark.parametrize("top_k", [1, 3, 40])
@pytest.mark.parametrize("kernel", both(kernels.best_of_each))
def test_the_best_of_each_citizen_with_ties_to_the_earlier(kernel: Callable[..., Floats], top_k: int) -> None:
    rows, value = np.sort(ROWS), RANDOM.integers(0, 6, len(ROWS)) / 6
    expected = np.zeros(len(rows), dtype=np.bool_)
    for citizen in range(CITIZENS):
        own = np.flatnonzero(rows == citizen)
        expected[own[np.argsort(-value[own], kind="stable")[:top_k]]] = True
    assert (kernel(rows, value, top_k) == expected).all()
    assert len(kernel(rows[:0], value[:0], top_k)) == 0
