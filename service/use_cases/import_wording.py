"""What import reports say, in Danish: every problem and every fix that a field can have.

The domain and the codec speak English and never repeat a value; here each of their sentences has its Danish.
A sentence without Danish is shown as it is, and a test finds it.
"""

import re
from collections.abc import Sequence

_UNITS = {
    "": "",
    "kg": "kg",
    "places": "pladser",
    "days": "dage",
    "degrees": "grader",
    "placements": "forløb",
    "hours a week": "timer om ugen",
    "hours a week (not below hours_from)": "timer om ugen (ikke under timer fra)",
    "hours a week (not below hours_now)": "timer om ugen (ikke under timer nu)",
    "hours a plan": "timer pr. plan",
    "consultant hours a citizen": "konsulenttimer pr. borger",
    "full-time persons": "fuldtidspersoner",
    "minutes one way": "minutter hver vej",
    "minutes after midnight": "minutter efter midnat",
    "(a share)": "(en andel)",
    "(a level)": "(en grad)",
    "(a score)": "(en værdi)",
    "(in units of value)": "(i værdi)",
}
_STARTS = {
    "contacted_on": "dagen for kontakten",
    "starts_on": "startdatoen",
    "started_on": "startdatoen",
    "valid_from": "den første dag",
}
_THINGS = {
    "a consultant": "en jobkonsulent",
    "a company": "en virksomhed",
    "a worksite of the company": "en P-enhed hos virksomheden",
    "a citizen": "en borger",
    "a slot": "en plads",
}

_PROBLEMS = {
    "is missing": "mangler",
    "is not an agreement of the company": "er ikke en af virksomhedens aftaler",
    "lies ahead": "ligger ude i fremtiden",
    "is missing for a no": "mangler ved et nej",
    "is missing for an answer later": 'mangler ved et "ikke nu"',
    "is missing where the company was not asked": "mangler, når virksomheden ikke blev spurgt",
    "is not a point in time with a time zone": "er ikke et tidspunkt med tidszone",
    "is empty": "er tomt",
    "is unknown": "er ukendt",
    "is not valid": "er ikke gyldigt",
    "is not text": "er ikke tekst",
    "is not a number": "er ikke et tal",
    "is not a finite number": "er ikke et almindeligt tal",
    "is not a whole number": "er ikke et helt tal",
    "is out of range": "ligger uden for det mulige",
    "is not a date": "er ikke en dato",
    "is not a list": "er ikke en liste",
    "is not an object": "er ikke et objekt",
    "is neither true nor false": "er hverken true eller false",
    "is neither yes nor no": "er hverken ja eller nej",
    "is not a known field": "er ikke et kendt felt",
    "has text that is not valid": "har tekst, der ikke er gyldig",
    "has control characters": "indeholder styretegn",
    "has an element twice": "nævner det samme to gange",
    "is not an id": "er ikke et id",
    "looks like a CPR number": "ligner et CPR-nummer",
    "is the first day of the calendar": "er kalenderens første dag",
    "is the last day of the calendar": "er kalenderens sidste dag",
    "is an approval": "er en godkendelse",
    "is not a postcode": "er ikke et postnummer",
    "is not a municipality code": "er ikke en kommunekode",
    "is another municipality": "er en anden kommune",
    "is not a P-number": "er ikke et P-nummer",
    "is not a CVR number": "er ikke et CVR-nummer",
    "has a wrong check digit": "har et forkert kontrolciffer",
    "is not a DB07 code": "er ikke en branchekode (DB07)",
    "is not a known job function": "er ikke en kendt jobfunktion",
    "is not a known certificate": "er ikke et kendt certifikat",
    "is not a known occupation": "er ikke en kendt stillingsbetegnelse",
    "is not a target group on that day": "er ikke en målgruppe på den dag",
    "does not have 12 months": "har ikke 12 måneder",
    "has an unknown day": "nævner en ukendt dag",
    "equals from_minutes": "er det samme som mødetidspunktet",
    "has fewer hours than hours_now": "giver færre timer end timer nu",
    "has fewer hours than hours_from": "giver færre timer end timer fra",
    "names a company that wishes_for names too": "nævner en virksomhed, der også er ønsket",
    "is not one of company_ids": "er ikke en af aftalens virksomheder",
    "has fewer than two companies": "har under to virksomheder",
    "belongs to a cluster only": "hører kun til en klyngeaftale",
    "does not have exactly one company": "har ikke netop én virksomhed",
    "is not in the order of dates": "står ikke i datoorden",
    "is after the first day": "ligger efter den første dag",
    "does not go with the status": "passer ikke til status",
    "has ended already": "er allerede afsluttet",
    "would go back": "ville gå tilbage",
    "cannot be changed": "kan ikke ændres",
    "belongs to a placement that others agreed": "tilhører et forløb, som andre har aftalt",
    "has another placement": "har et andet forløb",
    "has no places left": "har ingen ledig plads",
    "does not keep every need": "opfylder ikke alle krav om hensyn",
    "does not go with the verdict": "passer ikke til afgørelsen",
    "leaves out a worksite that slots use": "udelader en P-enhed, som pladser bruger",
    "leaves out a slot that has placements": "udelader en plads, der har forløb",
    "belongs to another company": "tilhører en anden virksomhed",
    "belongs to another worksite": "tilhører en anden P-enhed",
    "belongs to another agreement": "tilhører en anden aftale",
    "is true of a rule of law": "kan ikke være sandt for en lovregel",
    "does not go with the origin": "passer ikke til reglens ophav",
    "does not go with the kind of change": "passer ikke til den slags ændring",
    "does not go with a local rule": "passer ikke til en lokal regel",
    "has two versions on one day": "har to udgaver på samme dag",
    "is not the beginning of a DB07 code": "er ikke begyndelsen af en branchekode (DB07)",
    "says nothing about the place": "siger ikke noget om pladsen",
    "is the id of a common rule": "er id på en fælles regel",
    "is not a known rule": "er ikke en kendt regel",
    "does not go with preview_id": "passer ikke sammen med preview_id",
    "is no preview of these changes": "er ikke en forhåndsvisning af disse ændringer",
    "is a rule of law and cannot be weakened": "er en lovregel og kan ikke lempes",
    "is an agreement or a choice and not the municipality's": "er en aftale eller et valg, som kommunen ikke råder "
    "over",
    "has a figure that is not the municipality's": "har et tal, som kommunen ikke råder over",
}

_FIXES = {
    "add the field": "tilføj feltet",
    "leave law as it is": "lad loven stå",
    "leave it as it was registered": "lad det stå, som det blev registreret",
    "leave it as it is": "lad det stå",
    "end this placement and write a new one": "afslut forløbet, og skriv et nyt",
    "change it where it was agreed": "ret det der, hvor det blev aftalt",
    "end that one first": "afslut det først",
    "give the slot more places, or end another placement": "giv pladsen et større antal, eller afslut et andet forløb",
    "look at the citizen's list for what is in the way": "se på borgerens liste, hvad der er i vejen",
    "agree it in the service, where a named person may set a rule aside with a reason": "ret rækken, eller aftal "
    "forløbet i tjenesten, hvor en navngiven person kan fravige en regel med en begrundelse",
    "give local rules one, and no others": "giv lokale regler en betingelse, og ingen andre",
    "end the earlier before the later begins": "slut den første, før den næste begynder",
    "write its first two to six digits": "skriv de første to til seks cifre",
    "name a setting, form, company, industry, hours or travel": "nævn en ramme, en form, en virksomhed, en branche, "
    "timer eller rejsetid",
    "name at least one role": "nævn mindst én rolle",
    "give fewer at a time": "skriv færre ad gangen",
    "give it with set_figures only": "skriv det kun ved set_figures",
    "give it with add only": "skriv den kun ved add",
    "choose an id of your own": "vælg et andet id",
    "use an id from: matcher rules list": "brug et id fra: matcher rules list",
    "use a figure from: matcher rules list": "brug et tal fra: matcher rules list",
    "leave it; a stricter local rule may be added": "lad den stå; en strengere lokal regel kan tilføjes",
    "change practice or local rules only": "ændr kun praksis og lokale regler",
    "use switch_off, or add the rule anew": "brug switch_off, eller tilføj reglen på ny",
    "see the description of the format": "se beskrivelsen af formatet",
    "write text in quotes": "skriv tekst i anførselstegn",
    "write a text": "skriv en tekst",
    "an approved proposal is a placement": "et godkendt forslag er et forløb",
    "write why, without numbers of people": "skriv hvorfor, uden numre på personer",
    "write text in UTF-8": "skriv tekst i UTF-8",
    "shorten it": "forkort den",
    "remove them": "fjern dem",
    "name each once": "nævn hver én gang",
    "write a number, with a point for decimals, without quotes": "skriv et tal med punktum som decimaltegn, "
    "uden anførselstegn",
    "write an ordinary number": "skriv et almindeligt tal",
    "write a whole number without quotes": "skriv et helt tal uden anførselstegn",
    "write true or false without quotes": "skriv true eller false uden anførselstegn",
    'write a date that exists, as "2026-10-01"': 'skriv en dato, der findes, som "2026-10-01"',
    "write a date as 2026-10-01, without a time": "skriv en dato som 2026-10-01 uden klokkeslæt",
    "write a list in [ ]": "skriv en liste i [ ]",
    "write fields and values in { }": "skriv felter og værdier i { }",
    "correct its name or leave it out": "ret navnet, eller udelad feltet",
    "use 1-64 letters, digits or . _ : - and begin with a letter or digit": "brug 1-64 bogstaver (a-z), tal "
    "eller . _ : - og begynd med et bogstav eller et tal",
    "leave the number out": "udelad nummeret",
    "write the first day of the change": "skriv ændringens første dag",
    "leave it out: then it has no end": "udelad den; så har ændringen ingen sidste dag",
    "use the case system's own id; a CPR number is never an id": "brug fagsystemets eget id; et CPR-nummer må aldrig "
    "være id",
    "name one of its agreements": "nævn en af dens aftaler",
    "write the day when the contact took place": "skriv den dag, kontakten fandt sted",
    "write the reason that the company gave": "skriv virksomhedens begrundelse",
    "write what the contact was about": "skriv, hvad kontakten handlede om",
    "write the day when the company may be asked again": "skriv, hvilken dag virksomheden kan spørges igen",
    'write it as "2026-10-01T08:00:00Z"': 'skriv det som "2026-10-01T08:00:00Z"',
    "write four digits, e.g. 6950": "skriv fire cifre, fx 6950",
    "write four digits, e.g. 0760": "skriv fire cifre, fx 0760",
    "write its ten digits": "skriv de ti cifre",
    "write its eight digits": "skriv de otte cifre",
    "write its six digits without a point": "skriv de seks cifre uden punktum",
    "check the number in the CVR register": "kontrollér nummeret i CVR-registret",
    "use a code of the catalogue": "brug en kode eller et navn fra kataloget",
    "use the address of an ESCO occupation": "brug en adresse på en stilling i ESCO",
    "write 1 for yes or 0 for no": "skriv 1 for ja eller 0 for nej",
    "give 12 numbers, newest first, or none": "skriv 12 tal med den nyeste måned først, eller ingen",
    "give at least one worksite (P-number)": "tilføj mindst én P-enhed",
    "give at least one slot": "tilføj mindst én plads",
    "give at least the first step": "skriv mindst det første trin",
    "give the number of places that the cluster shares": "skriv, hvor mange pladser klyngen deler",
    "give it an id of its own": "brug et id, som ingen anden har",
    "write the worksite's own": "skriv P-enhedens eget",
    "name at least one day": "nævn mindst én dag",
    "name at least one way of travelling": "nævn mindst én rejsemåde",
    "name a company of the agreement": "nævn en af aftalens virksomheder",
    "name one, or use the model cluster": "nævn én, eller vælg klyngeaftale",
    "a cluster has at least two": "en klynge har mindst to",
    "leave it out; each slot has its capacity": "udelad det; hver plads har sit eget antal",
    "use 0 (Monday) to 6 (Sunday)": "brug 0 (mandag) til 6 (søndag)",
    "use 1 (with guidance), 2 (alone) or 3 (can teach it)": "brug 1 (med vejledning), 2 (selv) eller 3 (kan lære "
    "fra sig)",
    "write a window of some length": "skriv et senere sluttidspunkt",
    "open more days or hours, or lower hours_now": "åbn flere dage eller timer, eller sæt timer nu ned",
    "open more days or hours, or lower hours_from": "åbn flere dage eller timer, eller sæt timer fra ned",
    "keep it in one of the two": "behold den ét af de to steder",
    "sort the steps, one a date": "sortér trinene med ét pr. dato",
    "name the preview, or say why there is none": "nævn forhåndsvisningen, eller skriv, hvorfor der ikke er en",
    "preview these changes first, or say in without_preview why they are not": "prøv først ændringerne, eller skriv i "
    "without_preview, hvorfor de ikke er prøvet",
    "give a day up to starts_on, or leave it out": "skriv en dag senest den første dag, eller lad feltet være tomt",
    "an ended placement has an outcome, the others have none": "et afsluttet forløb har et udfald, de andre har intet",
    "keep it, or change the agreement first": "behold den, eller ret først aftalen",
    "keep it, with 0 places if it is closed": "behold den, med 0 pladser, hvis den er lukket",
    "correct the id, or add it first": "ret id'et, eller indlæs det manglende først",
}

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), danish)
    for pattern, danish in (
        (r"has more than (\d+) characters", "er på over {} tegn"),
        (r"is before (\w+)", "ligger før {}"),
        (r"names (.+) that does not exist", "henviser til {}, der ikke findes"),
        (r"write a number from (\S+) to (\S+) ?(.*)", "skriv et tal fra {} til {} {}"),
        (r"write a whole number from (\S+) to (\S+) ?(.*)", "skriv et helt tal fra {} til {} {}"),
        (r"write a date on or after (\w+)", "skriv en dato, der ikke ligger før {}"),
        (r"write (0\d{3})", "skriv {}"),
        (r"use one of: (.+)", "brug en af: {}"),
    )
)


def danish(sentence: str) -> str:
    """A problem or a fix in Danish; a sentence that has none stays as it is."""
    exact = _PROBLEMS.get(sentence) or _FIXES.get(sentence)
    if exact:
        return exact
    for pattern, text in _PATTERNS:
        found = pattern.fullmatch(sentence)
        if found:
            return text.format(*_words(found.groups())).rstrip()
    return sentence


def _words(groups: Sequence[str]) -> list[str]:
    return [_THINGS.get(word) or _STARTS.get(word) or _UNITS.get(word) or _decimal(word) for word in groups]


def _decimal(word: str) -> str:
    """A number with a decimal comma; anything else as it is."""
    return word.replace(".", ",") if re.fullmatch(r"\d+\.\d+", word) else word
