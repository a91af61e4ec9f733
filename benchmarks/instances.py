"""Problems to measure the plan engine on: one seeded family, in any size.

The family: citizens and slots are points of a 4-dimensional standard normal cloud, so that slots near the middle are
wanted by many and clusters form. Each citizen is eligible for the nearest slots, worth exp(-distance) times a taste
between 0.7 and 1. Slots belong to worksites at random, about three each. A worksite has max(1, Poisson(3)) mentor hours
for citizens who need 0, 1, 2 or 3 of them (.3/.3/.25/.15), and takes max(1, Poisson(2)) full-time persons, while
citizens come for 5, 10, 15, 20, 25 or 37 hours a week. Two tenths of the citizens belong to two classes kept apart.
"""

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from matcher.assignment import AssignmentProblem, Resources, Separations

_FULL_TIME_HOURS_PER_WEEK = 37


def cloud(
    n_citizens: int,
    n_slots: int,
    candidates: int,
    *,
    seed: int = 0,
    places_mean: float = 2.0,
    places_only: bool = False,
) -> AssignmentProblem:
    """A problem of the family; ``places_mean`` 0 gives every slot one place, ``places_only`` leaves (3) and (4) out."""
    random = np.random.default_rng(seed)
    capacity = np.maximum(1, random.poisson(places_mean, n_slots)).astype(np.int64)
    citizens, slots = random.normal(size=(n_citizens, 4)), random.normal(size=(n_slots, 4))
    distance, near = cKDTree(slots).query(citizens, k=candidates, workers=2)
    distance = np.asarray(distance)
    value = (np.exp(-distance) * (0.7 + 0.3 * random.random(distance.shape))).ravel()
    citizen = np.repeat(np.arange(n_citizens, dtype=np.int32), candidates)
    slot = near.ravel().astype(np.int32)
    if places_only:
        return AssignmentProblem(n_citizens, n_slots, citizen, slot, value, capacity)
    n_sites = max(1, n_slots // 3)
    site = random.integers(0, n_sites, n_slots).astype(np.int32)
    mentor_hours = random.choice([0.0, 1.0, 2.0, 3.0], n_citizens, p=[0.3, 0.3, 0.25, 0.15])
    full_time = random.choice([5, 10, 15, 20, 25, 37], n_citizens) / _FULL_TIME_HOURS_PER_WEEK
    pairs = np.arange(len(citizen))
    use = sparse.vstack(
        [
            sparse.csr_array((mentor_hours[citizen], (site[slot], pairs)), shape=(n_sites, len(pairs))),
            sparse.csr_array((full_time[citizen], (site[slot], pairs)), shape=(n_sites, len(pairs))),
        ],
        format="csr",
    )
    limit = np.concatenate([np.maximum(1.0, random.poisson(3, n_sites)), np.maximum(1.0, random.poisson(2, n_sites))])
    classes = random.choice([0, 1, 2], n_citizens, p=[0.8, 0.1, 0.1]).astype(np.int32)
    return AssignmentProblem(
        n_citizens,
        n_slots,
        citizen,
        slot,
        value,
        capacity,
        Resources(sparse.csr_array(use), limit.astype(np.float64)),
        Separations(site, classes, ((1, 2),)),
    )
