"""English of the sources of rules that are not citations; a citation of law is a name and stays as it is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher.language import Text

_ENGLISH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Kommunal praksis": "Municipal practice",
        "Samarbejdsaftalen": "The agreement with the company",
        "Henvisningen fra den koordinerende sagsbehandler": "The referral from the coordinating caseworker",
        "Henvisningen": "The referral",
        "Henvisningen og samarbejdsaftalen": "The referral and the agreement with the company",
        "Borgerens eget valg": "The citizen's own choice",
        "Virksomhedens eget valg": "The company's own choice",
    }
)


def source_text(source: str) -> Text:
    """A source in both languages; a citation is the same in both."""
    return Text(source, _ENGLISH.get(source, source))
