"""The vocabularies that citizens and slots share."""

from collections.abc import Sequence

from features.columns import Codebook
from matcher.arrays import MatchInput, SlotContext
from matcher.domain.catalogue import JOB_FUNCTIONS
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.domain.legal import TARGET_GROUPS


class Vocabularies:
    """The vocabularies that citizens and slots share."""

    @classmethod
    def of(cls, match_input: MatchInput) -> "Vocabularies":
        """Those of a match input, read and not gathered again."""
        known = cls.__new__(cls)
        known.functions = Codebook(match_input.functions)
        known.certificates = Codebook(match_input.certificates)
        known.municipalities = Codebook(match_input.municipalities)
        known.companies = Codebook(match_input.companies)
        known.groups = Codebook(match_input.target_groups)
        return known

    def __init__(
        self,
        citizens: Sequence[Citizen],
        companies: Sequence[Company],
        contexts: Sequence[SlotContext],
    ) -> None:
        slots = [context.slot for context in contexts]
        used = {code for slot in slots for code in (slot.function, *slot.required, *slot.taught)}
        used |= {competence.function for citizen in citizens for competence in citizen.competences}
        self.functions = Codebook([*JOB_FUNCTIONS, *sorted(used)])
        certificates = {code for citizen in citizens for code in citizen.certificates}
        self.certificates = Codebook(sorted(certificates | {code for slot in slots for code in slot.certificates}))
        municipalities = {citizen.municipality for citizen in citizens}
        municipalities |= {context.agreement.municipality for context in contexts}
        self.municipalities = Codebook(sorted(municipalities))
        self.companies = Codebook(company.id for company in companies)
        self.groups = Codebook([group.code for group in TARGET_GROUPS] + sorted({c.target_group for c in citizens}))
