"""The map of a citizen's places: markers make room for each other, and words cover nothing."""

from itertools import combinations
from math import dist

from hypothesis import given
from hypothesis import strategies as st

from service.web.citizens_map import APART, WIDTH, _written, spread

HOME = (WIDTH / 2, WIDTH / 2)
NEAR = st.tuples(*[st.floats(WIDTH / 2 - 40, WIDTH / 2 + 40)] * 2)


@given(st.lists(NEAR, min_size=1, max_size=8))
def test_markers_near_each_other_are_spread_until_each_can_be_read(points: list[tuple[float, float]]) -> None:
    shown = spread(points, HOME, WIDTH)
    assert len(shown) == len(points)
    assert all(dist(one, other) > APART * 0.9 for one, other in combinations([HOME, *shown], 2))
    assert shown == spread(points, HOME, WIDTH)


def test_places_at_one_worksite_are_spread_too() -> None:
    shown = spread([(100.0, 100.0)] * 8, HOME, WIDTH)
    assert all(dist(one, other) > APART * 0.95 for one, other in combinations(shown, 2))


def test_who_has_room_stays() -> None:
    points = [(60.0, 60.0), (60.0, 120.0), (400.0, 400.0)]
    assert spread(points, HOME, WIDTH) == points


def test_markers_stay_within_the_drawing() -> None:
    shown = spread([(1.0, 1.0)] * 3, HOME, WIDTH)
    assert all(0 < x < WIDTH and 0 < y < WIDTH for x, y in shown)


def test_words_take_the_first_free_spot_and_are_left_out_where_there_is_none() -> None:
    taken = [(90.0, 90.0, 110.0, 110.0)]
    first = _written("6900 Skjern", [(100.0, 100.0), (100.0, 130.0)], taken, WIDTH)
    assert first is not None
    assert (first.x, first.y) == (100.0, 130.0)
    assert _written("6900 Skjern", [(100.0, 128.0), (-50.0, 50.0), (100.0, WIDTH + 20)], taken, WIDTH) is None
