"""English of the sources of rules that are not citations; a citation of law is a name and stays as it is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher.language import Text

_ENGLISH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Kommunal praksis": "Municipal practice",
        "Kommunal praksis om, hvor længe et forløb mindst skal kunne vare": (
            "Municipal practice on how long a placement must be able to last"
        ),
        "Samarbejdsaftalen": "The agreement with the company",
        "Henvisningen fra den koordinerende sagsbehandler": "The referral from the coordinating caseworker",
        "Borgerens eget valg": "The citizen's own choice",
        "Virksomhedens eget valg": "The company's own choice",
        "Undersøgelse fra 2013 af indsatser for udsatte unge": "Study of 2013 of efforts for vulnerable young people",
        "kommunal praksis om fremmøde": "municipal practice on attendance",
        "Databeskyttelsesforordningen art. 22": "General Data Protection Regulation, article 22",
        "AI-forordningen art. 14": "AI Act, article 14",
        "Forvaltningsloven §§ 22–24": "Public Administration Act, sections 22–24",
        "Projektbeskrivelse for virksomhedscentre, 2012": "Project description of company centres, 2012",
        "Vejledning til VITAS om merbeskæftigelse": "Guidance to VITAS on additional employment",
    }
)


def source_text(source: str) -> Text:
    """A source in both languages: several stand with a semicolon between; a citation is the same in both."""
    return Text(source, "; ".join(_ENGLISH.get(part, part) for part in source.split("; ")))
