"""What a placement would meet of the limits that placements share, counted again from domain values alone.

Figures of the law are written out here once more, so that a slip in the product's table shows.
"""

import math
from collections.abc import Sequence
from typing import Protocol

from matcher.arrays import SlotContext
from matcher.domain.agreement import AgreementModel, PlacementForm, SlotAgreement
from matcher.domain.citizen import Citizen, GroupNeed
from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.staff import JobConsultant
from tests.builders import ON

COUNTED = {PlacementForm.WORK_PLACEMENT, PlacementForm.WAGE_SUBSIDY}
SLACK = 1e-6


class World(Protocol):
    """Everybody and everything of a municipality."""

    @property
    def citizens(self) -> Sequence[Citizen]: ...
    @property
    def agreements(self) -> Sequence[SlotAgreement]: ...
    @property
    def consultants(self) -> Sequence[JobConsultant]: ...
    @property
    def placements(self) -> Sequence[Placement]: ...


def consultant_of(world: World, context: SlotContext) -> JobConsultant:
    """The consultant of a slot's agreement."""
    return next(one for one in world.consultants if one.id == context.agreement.consultant_id)


class Recount:
    """What is used and left at one place, from the domain values alone."""

    def __init__(self, world: World, citizen: Citizen, context: SlotContext, consultant: JobConsultant) -> None:
        self.citizen, self.context, self.consultant = citizen, context, consultant
        self.slots = {slot.id: (slot, one) for one in world.agreements for slot in one.slots}
        self.people = {one.id: one for one in world.citizens}
        self.live = [
            one
            for one in world.placements
            if one.citizen_id != citizen.id
            and one.status is not PlacementStatus.ENDED
            and one.ends_on >= ON
            and one.slot_id in self.slots
        ]
        self.here = [
            one
            for one in self.live
            if (self.slots[one.slot_id][0].company_id, self.slots[one.slot_id][0].worksite_id)
            == (context.slot.company_id, context.slot.worksite_id)
        ]

    @classmethod
    def of(cls, world: "World", citizen: Citizen, context: SlotContext) -> "Recount":
        """Of a pair as it stands."""
        return cls(world, citizen, context, consultant_of(world, context))

    def lacking(self) -> set[str]:
        return {
            name
            for name, short in (
                ("places", self.short_of_places()),
                ("reasonableness", self.short_of_persons()),
                ("mentor_hours", self.short_of_mentors()),
                ("cluster_places", self.short_of_cluster()),
                ("outreach_hours", self.short_of_outreach()),
                ("caseload", self.short_of_cases()),
                ("with_others", self.apart()),
            )
            if short
        }

    def short_of_places(self) -> bool:
        slot = self.context.slot
        return sum(one.slot_id == slot.id for one in self.live) >= slot.capacity

    def short_of_persons(self) -> bool:
        slot, site = self.context.slot, self.context.worksite
        if slot.form not in COUNTED:
            return False
        months = site.ordinary_employees_by_month[:4]
        employees = sum(months) / len(months) if months else site.ordinary_employees
        employees = round(employees, 6)
        allowed = max(1, math.floor(min(employees, 50) / 5) + math.floor(max(employees - 50, 0) / 10))
        there = sum(one.hours_per_week / 37 for one in self.here if one.form in COUNTED)
        starts_with = max(slot.hours_from, min(self.citizen.hours_now, slot.hours_to))
        return there + site.supported_full_time_persons + starts_with / 37 > allowed + SLACK

    def short_of_mentors(self) -> bool:
        needs = self.citizen.mentor_hours_per_week
        there = sum(
            self.people[one.citizen_id].mentor_hours_per_week for one in self.here if one.citizen_id in self.people
        )
        given_hours = sum(one.hours_per_week for one in self.context.worksite.mentors)
        return needs > 0 and needs > max(0.0, given_hours - there) + SLACK

    def short_of_cluster(self) -> bool:
        agreement = self.context.agreement
        if agreement.model is not AgreementModel.CLUSTER:
            return False
        return sum(self.slots[one.slot_id][1].id == agreement.id for one in self.live) >= (agreement.places or 0)

    def short_of_outreach(self) -> bool:
        agreement = self.context.agreement
        hours = self.consultant.outreach_hours
        return agreement.model is AgreementModel.AD_HOC and agreement.outreach_hours > hours + SLACK

    def short_of_cases(self) -> bool:
        own = self.context.agreement.consultant_id
        return sum(self.slots[one.slot_id][1].consultant_id == own for one in self.live) >= self.consultant.caseload

    def apart(self) -> bool:
        there = {self.people[one.citizen_id].group_need for one in self.here if one.citizen_id in self.people}
        clean, active = GroupNeed.SUBSTANCE_FREE_GROUP, GroupNeed.ACTIVE_SUBSTANCE_USE
        return (self.citizen.group_need is clean and active in there) or (
            self.citizen.group_need is active and clean in there
        )
