"""Names of what can stand between a citizen and a place in tonight's plan."""

from enum import StrEnum


class ResourceKind(StrEnum):
    """What the placements of one night share."""

    FULL_TIME_PERSONS = "full_time_persons"
    MENTOR_HOURS = "mentor_hours"
    CLUSTER_PLACES = "cluster_places"
    OUTREACH_HOURS = "outreach_hours"
    CASELOAD = "caseload"


class Barrier(StrEnum):
    """Why an eligible pair is not in tonight's plan; the first four hold before the plan is made."""

    ALREADY_PLACED = "already_placed"
    """The citizen has a placement that runs or is planned."""
    PLACE_TAKEN = "place_taken"
    """Running and planned placements fill the slot."""
    APART = "apart"
    """Somebody at the worksite is to be kept apart from the citizen."""
    RESOURCE = "resource"
    """More of a resource is needed than is left."""
    GIVEN_TO_OTHERS = "given_to_others"
    """The plan gives the place to others, since all citizens together gain more by it."""
    LEFT_FREE = "left_free"
    """Nothing is in the way: the plan is not proven best, and the place could be used."""
    NO_PLACE_FITS = "no_place_fits"
    """No place passes every hard rule: said of a citizen, not of a pair."""
