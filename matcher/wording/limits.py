"""Sentences, in both languages, about the limits that placements of one plan share: how much there is and is taken."""

from matcher import english as en
from matcher import wording as da
from matcher.language import Text


def _with_taken(text: Text, taken: float, decimals: int = 1) -> Text:
    """The limit, and what of it is used where something is."""
    if taken <= 0:
        return Text(f"{text.danish}.", f"{text.english}.")
    return Text(
        f"{text.danish}; {da.number(taken, decimals)} er brugt.",
        f"{text.english}; {en.number(taken, decimals)} taken.",
    )


def full_time_text(site: str, allowed: float, taken: float, source: str) -> Text:
    """Full-time persons that a worksite may take under the reasonableness rule, with the source of the rule."""
    text = Text(
        f"{site} kan højst have {da.full_time_persons(allowed)} i virksomhedspraktik, løntilskud og nytteindsats efter "
        f"rimelighedskravet ({source})",
        f"{site} may have {en.full_time_persons(allowed)} at most in work placement, wage subsidy and nytteindsats "
        f"under the reasonableness rule ({source})",
    )
    return _with_taken(text, taken, decimals=2)


def mentor_text(site: str, hours_per_week: float, taken: float) -> Text:
    """Hours of a worksite's mentors."""
    if hours_per_week <= 0:
        return Text(f"{site} har ingen mentortimer.", f"{site} has no mentor hours.")
    text = Text(
        f"{site} har {da.counted(hours_per_week, 'mentortime', 'mentortimer')} om ugen",
        f"{site} has {en.counted(hours_per_week, 'mentor hour', 'mentor hours')} a week",
    )
    return _with_taken(text, taken)


def cluster_text(company_names: list[str], places: int, taken: float) -> Text:
    """Places that the companies of a cluster share."""
    text = Text(
        f"Klyngen af {da.joined(company_names)} har {da.counted(places, 'plads', 'pladser')} i alt",
        f"The cluster of {en.joined(company_names)} has {en.counted(places, 'place', 'places')} in all",
    )
    return _with_taken(text, taken)


def outreach_text() -> Text:
    """That hours for approaching companies are limited: a citizen may read it, so whose and how many is not said."""
    return Text(
        "Kommunen har ikke ubegrænset tid til at opsøge virksomheder.",
        "The municipality's time for approaching companies is limited.",
    )


def caseload_text(caseload: float, taken: float) -> Text:
    """Placements that a consultant can follow; the consultant is not named, since a citizen may read it."""
    text = Text(
        f"Jobkonsulenten kan følge {da.counted(caseload, 'forløb', 'forløb')} ad gangen",
        f"The job consultant can follow {en.counted(caseload, 'placement', 'placements')} at a time",
    )
    return _with_taken(text, taken)
