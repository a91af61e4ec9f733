"""Discounted gain against scikit-learn's, and the rank of the first right answer."""

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from features.ranking import ndcg, reciprocal_rank


@pytest.mark.parametrize("size", [2, 7, 40])
def test_it_is_that_of_scikit_learn(size: int) -> None:
    random = np.random.default_rng(size)
    score, worth = random.random(size), random.random(size)
    assert ndcg(score, worth) == pytest.approx(ndcg_score([worth], [score], k=10))


def test_the_best_order_is_one_and_ties_stay_in_their_order() -> None:
    worth = np.array([0.1, 0.9, 0.4])
    assert ndcg(worth, worth) == pytest.approx(1)
    assert ndcg(np.zeros(3), worth, k=1) == pytest.approx(0.1 / 0.9)


def test_without_worth_there_is_no_order() -> None:
    with pytest.raises(ValueError, match="worth"):
        ndcg(np.ones(2), np.zeros(2))


def test_the_rank_of_the_first_right_answer() -> None:
    assert reciprocal_rank(["a", "b", "c"], {"c", "b"}) == 0.5
    assert reciprocal_rank(["a"], {"b"}) == 0
