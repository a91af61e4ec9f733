"""Connected components: parts of a problem that share no citizen, slot, binding resource or worksite with each other.

Each can be solved apart, in turn or on another machine, and the plans merged into one for the whole:

    parts = components(problem)
    plan = merge(problem, parts, [solve(part.problem) for part in parts])

The sum of their best values is the best value of the whole, so value and bound add up, and the gap of the whole is at
most the largest gap of a part. Citizens without a pair belong to no part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from matcher.assignment.apart import Cells, Groups
from matcher.assignment.binding import can_bind
from matcher.assignment.pins import relaxed_limit
from matcher.assignment.plan import Plan, StoppedBy, make_plan
from matcher.assignment.prices import rounded_up_sum
from matcher.assignment.problem import AssignmentProblem, Bool, Int32, Int64, Resources, Separations

_STOPPED_BY: tuple[StoppedBy, ...] = ("gap", "search", "time", "interrupted")
"""What ended a part, by what goes first for the whole: the last."""


@dataclass(frozen=True, eq=False)
class Component:
    """A problem of its own, and where its parts are in the whole.

    Attributes
    ----------
    problem : numbered from 0
    citizens, slots, resources, pins : int64, ascending: number in the whole of each citizen, slot, resource and pin
    """

    problem: AssignmentProblem
    citizens: Int64
    slots: Int64
    resources: Int64
    pins: Int64


def components(problem: AssignmentProblem, most: int | None = None) -> tuple[Component, ...]:
    """The connected components with at least one pair, by their first citizen.

    Resources that no plan can exceed join nothing and are in no component; slots of one worksite belong together where
    classes kept apart could meet.

    Parameters
    ----------
    most : >= 1, most components to return: the smallest, by pairs, are then put together as one; None: no limit

    Raises
    ------
    ValueError
        when ``most`` is below 1.
    """
    if most is not None and most < 1:
        raise ValueError(f"most: expected a number >= 1, found {most!r}")
    if problem.n_pairs == 0:
        return ()
    use, binding = _binding(problem)
    label = _labels(problem, use, binding)
    label = label if most is None else _joined(label, problem.citizen, most)
    _, first, part = np.unique(label[problem.citizen], return_index=True, return_inverse=True)
    first_citizen = np.full(len(first), problem.n_citizens, dtype=np.int64)
    np.minimum.at(first_citizen, part, problem.citizen)
    part_of_pair = np.argsort(np.argsort(first_citizen))[part]
    order = np.argsort(part_of_pair, kind="stable")
    borders = np.searchsorted(part_of_pair[order], np.arange(1, len(first)))
    by_pair = use[binding].T.tocsr()
    pin_part = part_of_pair[problem.pins]
    pin_order = np.argsort(pin_part, kind="stable")
    pin_borders = np.searchsorted(pin_part[pin_order], np.arange(1, len(first)))
    return tuple(
        _component(problem, pairs, pins, by_pair[pairs], binding)
        for pairs, pins in zip(np.split(order, borders), np.split(pin_order, pin_borders), strict=True)
    )


def merge(problem: AssignmentProblem, parts: Sequence[Component], plans: Sequence[Plan]) -> Plan:
    """The plan of the whole from a plan of each component, in the same order.

    Values add up exactly, bounds are rounded up; prices are those of the components, 0 for a limit in none of them. If
    pins contradict each other the conflict is the smallest of the components'. Time stopped it if it stopped a part, an
    interrupt if it interrupted one.

    Raises
    ------
    ValueError
        when the numbers of components and plans differ, or a plan does not belong to its component.
    """
    if len(parts) != len(plans):
        raise ValueError(f"plans: expected {len(parts)}, one a component, found {len(plans)}")
    slot_of_citizen = np.full(problem.n_citizens, -1, dtype=np.int64)
    prices = (np.zeros(problem.n_citizens), np.zeros(problem.n_slots), np.zeros(problem.n_resources))
    conflicts, released = [], []
    refuted: set[str] = set()
    for index, (part, plan) in enumerate(zip(parts, plans, strict=True)):
        sizes = (len(plan.slot_of_citizen), len(plan.slot_price), len(plan.resource_price))
        expected = (len(part.citizens), len(part.slots), len(part.resources))
        if sizes != expected:
            raise ValueError(f"plans[{index}]: citizens, slots and resources are {sizes}, expected {expected}")
        placed = plan.slot_of_citizen >= 0
        slot_of_citizen[part.citizens[placed]] = part.slots[plan.slot_of_citizen[placed]]
        prices[0][part.citizens] = plan.citizen_price
        prices[1][part.slots] = plan.slot_price
        prices[2][part.resources] = plan.resource_price
        refuted.update(plan.refuted)
        released += part.pins[list(plan.released)].tolist()
        if plan.conflict:
            conflicts.append(tuple(part.pins[list(plan.conflict)].tolist()))
    return make_plan(
        problem,
        np.flatnonzero(slot_of_citizen[problem.citizen] == problem.slot),
        plans[0].upper_bound if len(plans) == 1 else rounded_up_sum(np.array([p.upper_bound for p in plans]), 0),
        prices,
        conflict=min(conflicts, key=lambda found: (len(found), found), default=()),
        released=sorted(released),
        refuted=sorted(refuted),
        stopped_by=max((plan.stopped_by for plan in plans), key=_STOPPED_BY.index, default="gap"),
    )


def _binding(problem: AssignmentProblem) -> tuple[sparse.csr_array, Int64]:
    """Use of resources by pair, and the resources that some plan would exceed."""
    if problem.resources is None:
        return sparse.csr_array((0, problem.n_pairs)), np.empty(0, dtype=np.int64)
    use = sparse.csr_array(problem.resources.use, copy=True)
    use.sum_duplicates()
    use.eliminate_zeros()
    limit = relaxed_limit(problem.resources.limit)
    return use, np.flatnonzero(can_bind(use, limit, problem.citizen, problem.n_citizens))


def _labels(problem: AssignmentProblem, use: sparse.csr_array, binding: Int64) -> Int32:
    """Component of each citizen, in the graph of citizens, slots, binding resources and worksites."""
    n, m = problem.n_citizens, problem.n_slots
    chosen = use[binding]
    resource = n + m + np.repeat(np.arange(len(binding)), np.diff(chosen.indptr))
    edges = [
        (problem.citizen.astype(np.int64), n + problem.slot.astype(np.int64)),
        (problem.citizen[chosen.indices].astype(np.int64), resource),
    ]
    size = n + m + len(binding)
    if problem.separations is not None:
        concerned, _ = _meetings(problem.separations, problem.citizen, problem.slot)
        sites, site = np.unique(problem.separations.site_of_slot, return_inverse=True)
        slots = problem.slot[concerned]
        edges.append((n + slots.astype(np.int64), size + site[slots]))
        size += len(sites)
    start, end = (np.concatenate(side) for side in zip(*edges, strict=True))
    graph = sparse.coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(size, size))
    label: Int32 = connected_components(graph, directed=False)[1][:n].astype(np.int32)
    return label


def _meetings(separations: Separations, citizen: Int32, slot: Int32) -> tuple[Bool, tuple[tuple[int, int], ...]]:
    """Pairs that could bring classes kept apart together at a worksite, and the classes that could meet so."""
    groups = Groups.of(separations.apart)
    group = groups.number(separations.class_of_citizen)[citizen]
    cells = Cells.of(separations.site_of_slot[slot], group, groups.foes)
    inside = cells.of_pair >= 0
    of_cell = np.zeros(cells.foes.size, dtype=np.int64)
    of_cell[cells.of_pair[inside]] = group[inside]
    alone = cells.foes.alone
    if len(alone):
        width = max(1, len(separations.class_of_citizen))
        members = np.unique(cells.of_pair[inside] * width + citizen[inside]) // width
        alone = alone[np.bincount(members, minlength=cells.foes.size)[alone] > 1]
    meeting = np.concatenate([cells.foes.couples, np.stack([alone, alone], axis=1)])
    crowded = np.zeros(cells.foes.size + 1, dtype=bool)  # the last is for pairs in no cell
    crowded[meeting] = True
    classes = np.unique(np.sort(groups.classes[of_cell[meeting]], axis=1), axis=0)
    return crowded[cells.of_pair], tuple((int(one), int(other)) for one, other in classes)


def _joined(label: Int32, citizen: Int32, most: int) -> Int32:
    """The labels, with one label for all but the ``most`` - 1 with most pairs; the lower label goes first in ties."""
    size = np.bincount(label[citizen], minlength=int(label.max(initial=0)) + 1)
    rest = np.argsort(-size, kind="stable")[most - 1 :]
    new = np.arange(len(size), dtype=np.int32)
    new[rest] = rest[0] if len(rest) else 0
    return new[label]


def _component(
    problem: AssignmentProblem, pairs: Int64, pins: Int64, by_pair: sparse.csr_array, binding: Int64
) -> Component:
    citizens, citizen = np.unique(problem.citizen[pairs], return_inverse=True)
    slots, slot = np.unique(problem.slot[pairs], return_inverse=True)
    used = np.unique(by_pair.indices)
    resources, separations = None, problem.separations
    if problem.resources is not None and len(used):
        row = sparse.csr_array(by_pair.T)[used]
        resources = Resources(sparse.csr_array(row), problem.resources.limit[binding[used]])
    if separations is not None:
        _, apart = _meetings(separations, problem.citizen[pairs], problem.slot[pairs])
        separations = Separations(separations.site_of_slot[slots], separations.class_of_citizen[citizens], apart)
    part = AssignmentProblem(
        len(citizens),
        len(slots),
        citizen.astype(np.int32),
        slot.astype(np.int32),
        problem.value[pairs],
        problem.capacity[slots],
        resources,
        separations,
        None if problem.pinned is None else np.searchsorted(pairs, problem.pins[pins]).astype(np.int32),
    )
    named = binding[used] if resources is not None else np.empty(0, dtype=np.int64)
    return Component(part, citizens.astype(np.int64), slots.astype(np.int64), named, pins)
