"""Minutes by mode from coordinates, and where postcodes lie."""

from pathlib import Path

import numpy as np
import pytest

from features.postcodes import Postcodes
from features.travel import MODE_MODELS, SPREAD_KM, Places, StraightLineTravel
from matcher.arrays import MODES
from matcher.domain.geography import Position, TravelMode

HOME = Position(56.0, 8.5)
ONE_KM_NORTH = Position(56.0 + 1 / 111.195, 8.5)
TEN_KM_NORTH = Position(56.0 + 10 / 111.195, 8.5)
POSTCODES = Postcodes.builtin()
FIRST = np.zeros(1, dtype=np.int32)


def travel(*modes: TravelMode, to: Position | None = TEN_KM_NORTH, home: Position | None = HOME) -> StraightLineTravel:
    homes = Places.of([(home, "6900")], POSTCODES)
    return StraightLineTravel(homes, Places.of([(to, "9999")], POSTCODES), [modes])


@pytest.mark.parametrize(
    ("mode", "minutes"),
    [
        (TravelMode.WALK, 150.0),
        (TravelMode.BICYCLE, 2 + 50.0),
        (TravelMode.BUS, 20 + 21.75),
        (TravelMode.CAR, 5 + 60 * 13 / 55),
    ],
)
def test_minutes_of_ten_kilometres(mode: TravelMode, minutes: float) -> None:
    assert travel(mode).minutes(FIRST, FIRST)[0] == pytest.approx(minutes, rel=1e-3)
    assert MODES[travel(mode).best_mode(FIRST, FIRST)[0]] is mode


def test_the_fastest_of_the_citizens_modes_counts() -> None:
    near = travel(TravelMode.BUS, TravelMode.WALK, to=ONE_KM_NORTH)
    assert near.minutes(FIRST, FIRST)[0] == pytest.approx(15.0, rel=1e-3)
    assert MODES[near.best_mode(FIRST, FIRST)[0]] is TravelMode.WALK
    far = travel(TravelMode.BUS, TravelMode.WALK)
    assert MODES[far.best_mode(FIRST, FIRST)[0]] is TravelMode.BUS


def test_an_unknown_position_makes_the_travel_unknown() -> None:
    unknown = travel(TravelMode.BUS, to=None)
    assert np.isnan(unknown.minutes(FIRST, FIRST)[0])
    assert unknown.best_mode(FIRST, FIRST)[0] == -1


def test_a_postcode_stands_in_for_a_position_with_its_spread() -> None:
    centre = POSTCODES.position("6900")
    there = StraightLineTravel(
        Places.of([(None, "6900")], POSTCODES), Places.of([(centre, "6900")], POSTCODES), [(TravelMode.BICYCLE,)]
    )
    assert there.kilometres(FIRST, FIRST)[0] == pytest.approx(SPREAD_KM)


def test_known_distances_of_the_area() -> None:
    towns = [(POSTCODES.position(code), code) for code in ("6900", "6950", "7400")]
    places = Places.of(towns, POSTCODES)
    distances = StraightLineTravel(places, places, [(TravelMode.CAR,)] * 3).kilometres(
        np.arange(3, dtype=np.int32)[:, None], np.arange(3, dtype=np.int32)[None, :]
    )
    assert distances[0, 1] == pytest.approx(23, abs=2)
    assert distances[1, 2] == pytest.approx(46, abs=2)
    np.testing.assert_array_equal(distances, distances.T)
    assert np.diag(distances).tolist() == [0.0, 0.0, 0.0]


def test_every_mode_has_a_model() -> None:
    assert set(MODE_MODELS) == set(TravelMode)
    assert all(model.minutes_per_km > 0 for model in MODE_MODELS.values())


def test_postcodes_are_read_from_a_file_with_ranges(tmp_path: Path) -> None:
    path = tmp_path / "postnumre.csv"
    path.write_text("postnr,bynavn,centroid_lat,centroid_lon\n1000-1002,K,55.68,12.59\n6900,Skjern,55.9,8.5\n")
    postcodes = Postcodes.from_csv(path)
    assert postcodes.position("1001") == Position(55.68, 12.59)
    assert postcodes.position("6900") == Position(55.9, 8.5)
    assert postcodes.position("6950") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("postnr,bynavn\n6900,Skjern\n", "lacks the column"),
        ("postnr,centroid_lat,centroid_lon\nSkjern,55.9,8.5\n", "record 2: is not a postcode"),
        ("postnr,centroid_lat,centroid_lon\n6900,north,8.5\n", "record 2: is not a postcode"),
        ("postnr,centroid_lat,centroid_lon\n6900,8.5,55.9\n", "record 2: latitude"),
        ("postnr,centroid_lat,centroid_lon\n6900-6800,55.9,8.5\n", "record 2: postnr is outside"),
        ("postnr,centroid_lat,centroid_lon\n1-99999999,55.9,8.5\n", "record 2: postnr is outside"),
        ("postnr,centroid_lat,centroid_lon\n6900\n", "record 2: is not a postcode"),
    ],
)
def test_a_bad_postcode_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "postnumre.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        Postcodes.from_csv(path)


def scattered(count: int, random: np.random.Generator, unknown: int) -> Places:
    """Places over some 150 km, the first `unknown` of them without a position, every third by postcode only."""
    places: list[tuple[Position | None, str]] = [
        (Position(latitude, longitude), "6900")
        for latitude, longitude in zip(random.uniform(55, 56.5, count), random.uniform(8, 10.5, count), strict=True)
    ]
    places[::3] = [(None, "6900") for _ in places[::3]]
    places[:unknown] = [(None, "9999")] * unknown
    return Places.of(places, POSTCODES)


def test_neighbourhoods_leave_out_only_what_nobody_in_them_can_reach() -> None:
    random = np.random.default_rng(760)
    n, m = 120, 80
    modes = [[MODES[t] for t in random.choice(len(MODES), random.integers(1, 3), replace=False)] for _ in range(n)]
    some = StraightLineTravel(scattered(n, random, 2), scattered(m, random, 3), modes)
    longest = random.choice([1.0, 15.0, 45.0, 120.0], n)
    rows, cols = np.arange(n, dtype=np.int32), np.arange(m, dtype=np.int32)
    far = some.minutes(rows[:, None], cols[None, :]) > longest[:, None]
    groups = list(some.neighbourhoods(longest))
    assert sorted(np.concatenate([members for members, _ in groups]).tolist()) == rows.tolist()
    for members, near in groups:
        assert members.tolist() == sorted(members.tolist())
        assert near.tolist() == sorted(near.tolist())
        assert far[np.ix_(members, np.setdiff1d(cols, near))].all()
    looked_at = sum(len(members) * len(near) for members, near in groups)
    assert looked_at < 0.6 * n * m


def test_without_citizens_there_are_no_neighbourhoods() -> None:
    nobody = StraightLineTravel(Places.of([], POSTCODES), Places.of([(HOME, "6900")], POSTCODES), [])
    assert list(nobody.neighbourhoods(np.zeros(0))) == []
