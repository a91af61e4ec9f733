"""The examples and the guidance of the template. The people and companies in them are invented."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

GUIDANCE = (
    "1. Slet eksemplerne (rækkerne, hvis id begynder med EKSEMPEL), og skriv én række pr. borger, virksomhed osv.",
    "2. Felter med * skal udfyldes. Tomme felter får den værdi, der står under Betydning.",
    "3. Id'er er fagsystemets egne. Et CPR-nummer må aldrig stå i filen, heller ikke i en tekst.",
    "4. Rækker hører sammen ved id: en kompetence nævner borgerens id, en plads aftalens, et krav pladsens.",
    "5. Flere værdier i én celle skrives med semikolon imellem. Mulige værdier står i arket Lister.",
    "6. Skriv kun funktionelle behov i Skånehensyn, aldrig en diagnose.",
    "7. En belastning (fx løft i kg) må højst være så stor som grænsen; et tilbud (fx faste rutiner) mindst.",
    "8. Andele går fra 0 til 1, grader fra 0 (ingen) til 3 (meget), resten er ja eller nej.",
    "9. Skriv værdier, ikke formler. Slet ingen kolonner med *, og ret ingen overskrifter.",
    "10. Indlæs filen med: matcher import FIL. Hver fejl vises med ark, række, kolonne og løsning.",
)

EXAMPLE: Mapping[str, tuple[dict[str, Any], ...]] = MappingProxyType(
    {
        "consultant": ({"id": "EKSEMPEL-K1", "name": "Karen Eksempel", "outreach_hours": 20, "caseload": 40},),
        "company": (
            {
                "id": "EKSEMPEL-V1",
                "cvr": "99000015",
                "name": "Eksempelkøkkenet",
                "industry": "562900",
                "worksites": [
                    {
                        "id": "EKSEMPEL-P1",
                        "p_number": "9900000001",
                        "name": "Eksempelkøkkenet, Skjern",
                        "postcode": "6900",
                        "ordinary_employees": 12,
                        "mentors": [{"id": "EKSEMPEL-M1", "hours_per_week": 4, "trained": True}],
                    }
                ],
            },
        ),
        "citizen": (
            {
                "id": "EKSEMPEL-B1",
                "name": "Bent Eksempel",
                "target_group": "activity_ready",
                "profile": "qualification",
                "consultant_id": "EKSEMPEL-K1",
                "home_postcode": "6900",
                "waiting_since": "2026-06-01",
                "hours_now": 8,
                "hours_target": 20,
                "schedule": {"days": [0, 1, 3], "from_minutes": 540, "to_minutes": 840},
                "travel_modes": ["bicycle", "bus"],
                "longest_travel_minutes": 45,
                "danish_level": 4,
                "certificates": ["driving_licence_b"],
                "mentor_hours_per_week": 1,
                "attendance_stability": 0.8,
                "goals": [{"text": "vil gerne arbejde i et køkken"}],
                "competences": [{"function": "dish_washing", "level": 2, "learnt_at": "kantine"}],
                "accommodations": [
                    {"condition": "lifting", "limit": 10, "strength": "must"},
                    {"condition": "breaks_at_need", "limit": 1, "strength": "should"},
                ],
            },
        ),
        "agreement": (
            {
                "id": "EKSEMPEL-A1",
                "model": "fixed",
                "company_ids": ["EKSEMPEL-V1"],
                "consultant_id": "EKSEMPEL-K1",
                "valid_from": "2026-01-01",
                "slots": [
                    {
                        "id": "EKSEMPEL-PL1",
                        "company_id": "EKSEMPEL-V1",
                        "worksite_id": "EKSEMPEL-P1",
                        "title": "Opvask og anretning",
                        "function": "dish_washing",
                        "setting": "single",
                        "form": "work_placement",
                        "capacity": 1,
                        "starts_on": "2026-01-01",
                        "hours_from": 5,
                        "hours_to": 20,
                        "tasks": ["opvask", "anretning af frokost"],
                        "demands": [
                            {"condition": "lifting", "level": 8},
                            {"condition": "breaks_at_need", "level": 1},
                        ],
                    }
                ],
            },
        ),
    }
)
