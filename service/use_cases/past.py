"""Ended placements as the score's own terms: of a synthetic past, or of what the service has stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from features.success import PastPlacements, pair_terms, weighted_value
from features.taxonomy import Taxonomy
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, EndedPlacement
from matcher.arrays import Codes, Floats, MatchInput
from matcher.domain.agreement import SlotAgreement
from matcher.domain.placement import LEADS_ON, Placement, PlacementStatus
from matcher.terms import TERMS
from matcher.weights import HAND_SET
from service.db.learning import reasons_before_start
from service.db.repositories import Placements
from service.use_cases.matching import MatchInputs


def past_of_history(records: Sequence[EndedPlacement], taxonomy: Taxonomy | None = None) -> PastPlacements:
    """Synthetic placements; only their people, places, dates and outcomes are read, never the generator's facts."""
    citizens = {one.citizen.id: one.citizen for one in records}
    companies = {one.place.company.id: one.place.company for one in records}
    match_input = vectorise(
        tuple(citizens.values()), tuple(companies.values()), _agreements(records), on=REFERENCE_DATE, taxonomy=taxonomy
    )
    rows = _rows(match_input.citizen_row(one.citizen.id) for one in records)
    cols = _rows(match_input.slot_row(one.place.slot.id) for one in records)
    terms = pair_terms(match_input, rows, cols)
    return PastPlacements(
        terms=terms,
        setting=match_input.slots.setting[cols],
        hand_value=_hand_value(match_input, terms, rows),
        leads_on=np.array([one.leads_on for one in records], dtype=np.bool_),
        started_on=_rows(one.started_on.toordinal() for one in records),
        ended_on=_rows(one.ended_on.toordinal() for one in records),
        citizen=rows,
        true_chance=np.array([one.true_chance for one in records], dtype=np.float64),
    )


def past_of_municipality(session: Session, municipality: str, inputs: MatchInputs) -> tuple[PastPlacements, int]:
    """Ended placements of a municipality, and how many of them have their terms from the day they were proposed.

    The terms are those that the night before the start wrote down. Where there was no proposal they follow from the
    citizen and the place as they stand now: what has been learnt in the placement itself is then counted as known.
    """
    ended = sorted(
        (one for one in Placements(session, municipality).all() if one.status is PlacementStatus.ENDED),
        key=lambda one: (one.starts_on, one.id),
    )
    if not ended:
        return _nothing(), 0
    match_input = inputs.get(session, municipality, max(one.ends_on for one in ended))
    rows = _rows(match_input.citizen_row(one.citizen_id) for one in ended)
    cols = _rows(match_input.slot_row(one.slot_id) for one in ended)
    terms = pair_terms(match_input, rows, cols)
    as_proposed = reasons_before_start(session, municipality)
    for k, placement in enumerate(ended):
        if placement.id in as_proposed:
            terms[k] = _written_terms(as_proposed[placement.id])
    return (
        PastPlacements(
            terms=terms,
            setting=match_input.slots.setting[cols],
            hand_value=_hand_value(match_input, terms, rows),
            leads_on=np.array([_led_on(one) for one in ended], dtype=np.bool_),
            started_on=_rows(one.starts_on.toordinal() for one in ended),
            ended_on=_rows(one.ends_on.toordinal() for one in ended),
            citizen=rows,
        ),
        len(as_proposed),
    )


def _led_on(placement: Placement) -> bool:
    return placement.outcome in LEADS_ON


def _written_terms(explanation: Mapping[str, Any]) -> Floats:
    """Terms of a stored explanation, float64 (terms,); NaN for those that it does not have."""
    found = {one["id"]: one["value"] for one in explanation.get("terms", ())}
    return np.array([np.nan if found.get(term.id) is None else found[term.id] for term in TERMS], dtype=np.float64)


def _hand_value(match_input: MatchInput, terms: Floats, rows: Codes) -> Floats:
    return weighted_value(terms, HAND_SET.matrix()[match_input.citizens.profile[rows]])


def _rows(values: Any) -> Codes:
    return np.fromiter(values, dtype=np.int32)


def _agreements(records: Sequence[EndedPlacement]) -> tuple[SlotAgreement, ...]:
    """The agreements with those of their slots that were used."""
    slots: dict[str, dict[str, Any]] = {}
    for one in records:
        slots.setdefault(one.place.agreement.id, {})[one.place.slot.id] = one.place.slot
    agreements = {one.place.agreement.id: one.place.agreement for one in records}
    return tuple(replace(agreements[id_], slots=tuple(used.values())) for id_, used in slots.items())


def _nothing() -> PastPlacements:
    none, no_codes = np.zeros(0), np.zeros(0, dtype=np.int32)
    return PastPlacements(
        terms=np.zeros((0, len(TERMS))),
        setting=no_codes,
        hand_value=none,
        leads_on=np.zeros(0, dtype=np.bool_),
        started_on=no_codes,
        ended_on=no_codes,
        citizen=no_codes,
    )
