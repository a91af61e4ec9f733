"""Phrases of single conditions, in both languages, where they do not follow from the condition's name and scale."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher.domain.conditions import Condition
from matcher.language import Text

AMOUNTS: Final = (Text("ingen", "no"), Text("lidt", "a little"), Text("en del", "some"), Text("meget", "a lot of"))
"""How much there is at the four levels, to stand before an uncountable noun."""

DEGREES: Final[Mapping[Condition, tuple[Text, Text, Text, Text]]] = MappingProxyType(
    {
        Condition.HEAT_COLD: (
            Text("hverken varme eller kulde", "neither heat nor cold"),
            Text("lidt varme eller kulde", "a little heat or cold"),
            Text("en del varme eller kulde", "some heat or cold"),
            Text("meget varme eller kulde", "a lot of heat or cold"),
        ),
        Condition.CHEMICALS: (
            Text("ingen kemikalier eller rengøringsmidler", "no chemicals or cleaning agents"),
            Text("få kemikalier eller rengøringsmidler", "few chemicals or cleaning agents"),
            Text("en del kemikalier eller rengøringsmidler", "some chemicals or cleaning agents"),
            Text("mange kemikalier eller rengøringsmidler", "many chemicals or cleaning agents"),
        ),
        Condition.PEOPLE_CONTACT: (
            Text("ingen mennesker i nærheden", "no people nearby"),
            Text("få mennesker i nærheden", "few people nearby"),
            Text("en del mennesker i nærheden", "some people nearby"),
            Text("mange mennesker i nærheden", "many people nearby"),
        ),
        Condition.PACE: (
            Text("et roligt tempo", "a calm pace"),
            Text("et jævnt tempo", "a steady pace"),
            Text("et ret højt tempo", "a rather fast pace"),
            Text("et højt tempo", "a fast pace"),
        ),
        Condition.VARIATION: (
            Text("ingen variation i opgaverne", "no variation in the tasks"),
            Text("lidt variation i opgaverne", "little variation in the tasks"),
            Text("en del variation i opgaverne", "some variation in the tasks"),
            Text("stor variation i opgaverne", "great variation in the tasks"),
        ),
        Condition.HYGIENE_DEMANDS: (
            Text("ingen hygiejnekrav", "no hygiene requirements"),
            Text("små hygiejnekrav", "low hygiene requirements"),
            Text("almindelige hygiejnekrav", "ordinary hygiene requirements"),
            Text("høje hygiejnekrav", "high hygiene requirements"),
        ),
        Condition.READING_WRITING: (
            Text("ingen læse- og skrivekrav", "no reading and writing requirements"),
            Text("små læse- og skrivekrav", "low reading and writing requirements"),
            Text("almindelige læse- og skrivekrav", "ordinary reading and writing requirements"),
            Text("høje læse- og skrivekrav", "high reading and writing requirements"),
        ),
        Condition.NUMERACY: (
            Text("ingen regnekrav", "no arithmetic requirements"),
            Text("små regnekrav", "low arithmetic requirements"),
            Text("almindelige regnekrav", "ordinary arithmetic requirements"),
            Text("høje regnekrav", "high arithmetic requirements"),
        ),
        Condition.FIXED_ROUTINE: (
            Text("ingen faste rutiner", "no fixed routines"),
            Text("enkelte faste rutiner", "a few fixed routines"),
            Text("en del faste rutiner", "some fixed routines"),
            Text("helt faste rutiner", "entirely fixed routines"),
        ),
        Condition.PREDICTABLE_DAYS: (
            Text("uforudsigelige dage", "unpredictable days"),
            Text("lidt forudsigelige dage", "somewhat predictable days"),
            Text("ret forudsigelige dage", "fairly predictable days"),
            Text("helt forudsigelige dage", "entirely predictable days"),
        ),
    }
)
"""Noun phrases of the four levels, where amount and noun do not simply follow each other."""

PLURAL: Final = frozenset(
    {
        Condition.CHEMICALS,
        Condition.PEOPLE_CONTACT,
        Condition.HYGIENE_DEMANDS,
        Condition.READING_WRITING,
        Condition.NUMERACY,
    }
)
"""Burdens whose English phrases are plural: "there are"."""

QUESTIONS: Final[Mapping[Condition, Text]] = MappingProxyType(
    {
        Condition.LIFTING: Text("hvor tunge løft der er", "how heavy the lifting is"),
        Condition.CHEMICALS: Text(
            "hvor mange kemikalier og rengøringsmidler der bruges", "how many chemicals and cleaning agents are used"
        ),
        Condition.PEOPLE_CONTACT: Text("hvor mange mennesker der er i nærheden", "how many people are nearby"),
        Condition.PACE: Text("hvor højt tempoet er", "how fast the pace is"),
        Condition.VARIATION: Text("hvor meget opgaverne skifter", "how much the tasks change"),
        Condition.HYGIENE_DEMANDS: Text("hvor høje hygiejnekravene er", "how high the hygiene requirements are"),
        Condition.READING_WRITING: Text(
            "hvor høje læse- og skrivekravene er", "how high the reading and writing requirements are"
        ),
        Condition.NUMERACY: Text("hvor høje regnekravene er", "how high the arithmetic requirements are"),
        Condition.FIXED_ROUTINE: Text("hvor faste rutinerne er", "how fixed the routines are"),
        Condition.PREDICTABLE_DAYS: Text("hvor forudsigelige dagene er", "how predictable the days are"),
    }
)
"""What to ask about conditions whose question does not follow from their scale."""

SHORT: Final[Mapping[Condition, Text]] = MappingProxyType(
    {
        Condition.ALCOHOL_ON_SITE: Text("alkohol på stedet", "alcohol on site"),
        Condition.ONE_INSTRUCTION: Text("én klar instruktion ad gangen", "one clear instruction at a time"),
        Condition.SCREENED_PLACE: Text("en skærmet plads", "a screened place"),
        Condition.PEOPLE_CONTACT: Text("antallet af mennesker i nærheden", "the number of people nearby"),
        Condition.PACE: Text("tempo", "the pace"),
        Condition.HEAT_COLD: Text("varme og kulde", "heat and cold"),
        Condition.EARLY_START: Text("mødetidspunkt", "the starting time"),
    }
)
"""Names that stand well in a row of what needs are about, where the full name does not."""

HAPPENS: Final[Mapping[Condition, Text]] = MappingProxyType(
    {
        Condition.ALCOHOL_ON_SITE: Text(
            "der sælges eller serveres alkohol på stedet", "alcohol is sold or served on site"
        ),
        Condition.EARLY_START: Text("arbejdet begynder før kl. 9", "the work starts before 9:00"),
        Condition.EVENING_WORK: Text("der er aftenarbejde", "there is evening work"),
        Condition.NIGHT_WORK: Text("der er natarbejde", "there is night work"),
        Condition.WEEKEND_WORK: Text("der er weekendarbejde", "there is weekend work"),
    }
)
"""What is so at a place where a yes/no burden is there."""

SPARED: Final[Mapping[Condition, Text]] = MappingProxyType(
    {
        Condition.ALCOHOL_ON_SITE: Text("skånes for steder med alkohol", "be spared places with alcohol"),
        Condition.EARLY_START: Text("møde kl. 9 eller senere", "start at 9:00 or later"),
        Condition.EVENING_WORK: Text("skånes for aftenarbejde", "be spared evening work"),
        Condition.NIGHT_WORK: Text("skånes for natarbejde", "be spared night work"),
        Condition.WEEKEND_WORK: Text("have fri i weekenden", "have the weekend off"),
    }
)
"""What the person must or should, where a yes/no burden is to be avoided."""

TOLERATED: Final[Mapping[Condition, Text]] = MappingProxyType(
    {
        Condition.ALCOHOL_ON_SITE: Text(
            "steder, hvor der sælges eller serveres alkohol", "places where alcohol is sold or served"
        ),
        Condition.EARLY_START: Text("at møde før kl. 9", "a start before 9:00"),
        Condition.EVENING_WORK: Text("aftenarbejde", "evening work"),
        Condition.NIGHT_WORK: Text("natarbejde", "night work"),
        Condition.WEEKEND_WORK: Text("weekendarbejde", "weekend work"),
    }
)
"""What the person can manage, where a yes/no burden is no hindrance."""
