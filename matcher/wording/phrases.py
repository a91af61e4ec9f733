"""The terms of the score in a few words, in both languages, to stand in a row in one line."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from matcher.language import Text


class Phrase(NamedTuple):
    """A term in a few words, to stand in a row with others: where it speaks for the pair, and where against."""

    good: Text
    bad: Text


PHRASES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "goal_fit": Phrase(
            Text("jobmålet passer", "the job goal fits"),
            Text("jobmålet passer mindre godt", "the job goal fits less well"),
        ),
        "competence_coverage": Phrase(
            Text("borgeren kan det, pladsen kræver", "the citizen can do what the place requires"),
            Text("der mangler kompetencer", "competences are missing"),
        ),
        "stretch": Phrase(
            Text("her læres noget, der fører mod målet", "something is learnt here that leads towards the goal"),
            Text("her læres ikke noget, der fører mod målet", "nothing is learnt here that leads towards the goal"),
        ),
        "conditions_fit": Phrase(
            Text("pladsen passer til skånehensynene", "the place suits the accommodation needs"),
            Text("pladsen passer ikke så godt til skånehensynene", "the place does not suit the needs so well"),
        ),
        "hours_fit": Phrase(
            Text("timerne passer", "the hours fit"), Text("timerne passer mindre godt", "the hours fit less well")
        ),
        "breadth": Phrase(
            Text("her er meget forskelligt at prøve", "there are many different things to try here"),
            Text("her er få forskellige opgaver", "there are few different tasks here"),
        ),
        "outlook": Phrase(
            Text("der er udsigt til ordinære timer", "there is an outlook for ordinary hours"),
            Text("der er ringe udsigt til ordinære timer", "there is little outlook for ordinary hours"),
        ),
        "mentor": Phrase(
            Text("der er en mentor", "there is a mentor"),
            Text("der er for lidt mentortid", "there is too little mentor time"),
        ),
        "travel": Phrase(
            Text("turen er til at klare", "the trip is manageable"), Text("turen er lang", "the trip is long")
        ),
        "wish": Phrase(
            Text("borgeren har selv ønsket stedet", "the citizen has asked for the place"),
            Text("borgeren har ønsket andre steder", "the citizen has asked for other places"),
        ),
    }
)
