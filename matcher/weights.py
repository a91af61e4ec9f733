"""Weights of the terms for each target-group profile (målgruppeprofil): a stated judgement, versioned, not a trait.

Weights are relative within one citizen's list: they decide which places come first for that citizen. Terms that do not
apply or are not known are left out and the rest carries their share (see `matcher.scoring`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from matcher.arrays import PROFILES, Floats
from matcher.domain.citizen import TargetGroupProfile
from matcher.terms import TERMS


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of every term for every profile.

    Attributes
    ----------
    id : version, stored with every list and plan
    by_profile : for each profile the weight of each term, >= 0, sum 1
    rationale : for each profile why, in Danish

    Raises
    ------
    ValueError
        where a profile or term is missing or unknown, a weight is negative, or a sum is not 1.
    """

    id: str
    by_profile: Mapping[TargetGroupProfile, Mapping[str, float]]
    rationale: Mapping[TargetGroupProfile, str]

    def __post_init__(self) -> None:
        terms = {term.id for term in TERMS}
        if set(self.by_profile) != set(PROFILES):
            raise ValueError("by_profile: must have each profile once")
        for profile, weights in self.by_profile.items():
            if set(weights) != terms:
                raise ValueError(f"by_profile[{profile}]: must have each term once: {', '.join(sorted(terms))}")
            if not all(weight >= 0 for weight in weights.values()):
                raise ValueError(f"by_profile[{profile}]: a weight is negative or missing")
            if abs(sum(weights.values()) - 1) > 1e-9:
                raise ValueError(f"by_profile[{profile}]: the weights must sum to 1")

    def matrix(self) -> Floats:
        """float64 (profiles, terms) in the order of PROFILES and TERMS; rows sum to 1."""
        return np.array([[self.by_profile[profile][term.id] for term in TERMS] for profile in PROFILES])


def _weights(percent: tuple[int, ...]) -> Mapping[str, float]:
    return MappingProxyType({term.id: share / 100 for term, share in zip(TERMS, percent, strict=True)})


HAND_SET: Final = Weights(
    "hand-2026-10",
    MappingProxyType(
        {
            # goal, coverage, stretch, conditions, hours, breadth, outlook, mentor, travel, wish
            TargetGroupProfile.JOB: _weights((26, 18, 8, 12, 10, 2, 14, 2, 6, 2)),
            TargetGroupProfile.EDUCATION: _weights((26, 8, 24, 12, 6, 6, 4, 4, 6, 4)),
            TargetGroupProfile.QUALIFICATION: _weights((22, 12, 22, 12, 8, 4, 8, 4, 5, 3)),
            TargetGroupProfile.ADAPTATION: _weights((18, 8, 8, 24, 12, 8, 4, 8, 6, 4)),
            TargetGroupProfile.MARGINALISATION: _weights((14, 4, 4, 28, 12, 12, 2, 12, 7, 5)),
        }
    ),
    MappingProxyType(
        {
            TargetGroupProfile.JOB: "Jobmål, kompetencer og udsigten til ordinære timer afgør, om et job følger efter.",
            TargetGroupProfile.EDUCATION: "Jobmålet og det, der læres på vej mod en uddannelse, vejer tungest.",
            TargetGroupProfile.QUALIFICATION: "Nye jobfunktioner på vej mod målet vejer lige så tungt som målet selv.",
            TargetGroupProfile.ADAPTATION: "Skånehensyn, mentor og timer, der kan vokse, skal passe, før resten gør.",
            TargetGroupProfile.MARGINALISATION: "Tryghed først: skånehensyn, mentor, bredde og kort rejsetid.",
        }
    ),
)
"""Hand-set weights. Assumption: the documents say what matters for whom, not how much; learnt weights replace them."""
