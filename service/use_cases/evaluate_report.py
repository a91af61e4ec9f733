"""An evaluation, and learnt weights, as Danish reports: Markdown with tables, charts as SVG, all numbers as JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from features.validation import Interval, Validation
from matcher.domain.placement import Verdict
from matcher.wording import day, label
from service.terminal import decimal, percent
from service.use_cases.charts import bar_chart, calibration_chart
from service.use_cases.evaluate import Decided, Evaluation, Market, Ranking
from service.use_cases.learning import Learnt, shares_of, weights_text

REPORT: Final = "evaluation.md"
NUMBERS: Final = "evaluation.json"
CALIBRATION, CROWDING = "calibration.svg", "crowding.svg"
WAYS: Final = {
    "base": "Altid andelen for pladsens art",
    "hand_set": "Håndsatte vægte",
    "learnt_weights": "Lærte vægte",
    "model": "Lært chance",
}
"""Ways of stating a chance, as `Validation` has them."""
KINDS: Final = {"target_group": "Målgruppe", "profile": "Profil", "travel": "Vej til nærmeste virksomhed"}


def write_report(found: Evaluation, folder: Path) -> tuple[Path, ...]:
    """Write report, charts and numbers into a folder, which is made where it is missing; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    crowding = [
        ("efter hvor godt pladsen passer", found.market.fillable),
        ("efter værdi minus pris", found.market.fillable_with_prices),
        ("til sammenligning: planen", found.market.planned),
    ]
    curves = {WAYS[name]: getattr(found.learning, name).bins for name in ("hand_set", "model")}
    texts = {
        REPORT: report(found),
        NUMBERS: json.dumps(found.as_record(), ensure_ascii=False, indent=2) + "\n",
        CALIBRATION: calibration_chart("Angivet chance og andel, der kom videre", curves),
        CROWDING: bar_chart("Øverste forslag, der kan besættes samtidig", crowding),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in texts)


def report(found: Evaluation) -> str:
    """The report, Markdown."""
    about = "en opdigtet kommune" if found.synthetic else "kommunens egne data"
    parts = [
        "# Hvor gode er listerne?",
        (
            f"Målt for den {day(found.on)}. Lister, plan og grupper er målt på {about}. Det, der kræver et facit, er "
            "altid målt på opdigtede borgere og forløb, hvor facit er kendt: det viser, om metoden virker, ikke hvad "
            "der virker for borgerne."
        ),
        *_titles(found),
        *_ranking(found.ranking),
        *_chances(found.learning),
        *_null_world(found.null_world),
        *_decided(found.decided),
        *_market(found.market),
        *_groups(found.market),
    ]
    return "\n\n".join(parts) + "\n"


def learnt_report(learnt: Learnt) -> str:
    """What was learnt from a municipality's own placements and how it was measured, Markdown."""
    validation = learnt.validation
    weights = [
        (term.name.danish, percent(hand_set), "som hidtil" if share is None else percent(share))
        for term, hand_set, share in shares_of(learnt)
    ]
    parts = [
        f"# Lærte vægte {learnt.id}",
        (
            f"Lært af {validation.learnt_from} forløb, der var afsluttet før den {day(validation.split_on)}. Målt på "
            f"{validation.measured_on} forløb, der begyndte senere. For {learnt.as_proposed} af alle forløb kendes "
            "vilkårene fra den dag, de blev foreslået; for resten er de regnet ud fra, hvad der er oplyst nu."
        ),
        verdict(validation),
        _table(("Vilkår", "Håndsat, gennemsnit", "Lært"), weights),
        _validation_table(validation),
        (
            "Modellen ser, hvor godt plads og borger passer sammen, og pladsens art. Den ser ikke målgruppe, profil, "
            "fremmøde, alder, køn eller herkomst, og vægtene er ens for alle. Borgerens egne ønsker vejer som hidtil."
        ),
    ]
    return "\n\n".join(parts) + "\n"


def verdict(validation: Validation) -> str:
    """Whether the learnt weights are better, in one sentence with the figure."""
    gain = validation.learnt_weights.gain
    if validation.better:
        return f"**De lærte vægte rammer bedre end de håndsatte:** {_gain(gain)} i Brier-score."
    if gain.high < 0:
        return (
            f"**De lærte vægte rammer dårligere end de håndsatte:** {_gain(gain)} i Brier-score. Behold de håndsatte."
        )
    return f"**Der er ingen sikker forskel på lærte og håndsatte vægte:** {_gain(gain)} i Brier-score."


def _titles(found: Evaluation) -> list[str]:
    if found.titles is None:
        return ["## Stillingsbetegnelser", "Ikke målt: der er ingen referencedata (`--data MAPPE`)."]
    rows = [
        ("alle", str(found.titles.titles), decimal(found.titles.mrr, 3)),
        ("svære", str(found.titles.hard_titles), decimal(found.titles.hard_mrr, 3)),
    ]
    return [
        "## Stillingsbetegnelser",
        (
            "Gennemsnit af 1 / nummeret på det første rigtige svar (MRR). Svære betegnelser er ikke navnet på et "
            "rigtigt svar."
        ),
        _table(("Betegnelser", "Antal", "MRR"), rows),
    ]


def _ranking(ranking: Ranking) -> list[str]:
    rows = [
        ("Håndsatte vægte", _share(ranking.hand_set)),
        ("Lærte vægte", _share(ranking.learnt)),
        ("Tilfældig rækkefølge", _share(ranking.random)),
    ]
    return [
        "## Rækkefølgen på listerne",
        (
            f"NDCG@10 mod den sande chance for at komme videre: 1 er den bedst mulige rækkefølge. {ranking.citizens} "
            f"opdigtede borgere med mindst to mulige pladser (median {decimal(ranking.places, 0)}). En tilfældig "
            "rækkefølge får også mange point, så se på afstanden til den."
        ),
        _table(("Rækkefølge", "NDCG@10 (95 % interval)"), rows),
        f"Lærte mod håndsatte vægte, samme borgere: {_gain(ranking.gain)}.",
    ]


def _chances(validation: Validation) -> list[str]:
    return [
        "## Chancen for at komme videre",
        (
            f"Lært af {validation.learnt_from} opdigtede forløb før den {day(validation.split_on)}, målt på "
            f"{validation.measured_on} senere. {percent(validation.base_rate)} af dem kom videre."
        ),
        verdict(validation),
        _validation_table(validation),
        f"![Angivet chance og andel, der kom videre]({CALIBRATION})",
        _table(
            ("Forløb", "Angivet chance", "Kom videre"),
            [(str(one.cases), percent(one.stated, 1), percent(one.found, 1)) for one in validation.model.bins],
        ),
    ]


def _null_world(validation: Validation) -> list[str]:
    gains = {WAYS[name]: getattr(validation, name).gain for name in ("learnt_weights", "model")}
    held = all(gain.low <= 0 for gain in gains.values())
    found = "Ingen gevinst er fundet, som det skal være." if held else "Der er fundet en gevinst: det er en fejl."
    return [
        "## En verden uden sammenhæng",
        (
            "Her afhænger udfaldet kun af pladsens art, ikke af, hvad der passer. En metode, der finder en gevinst "
            f"her, finder på. {found}"
        ),
        _table(("Mod håndsatte vægte", "Gevinst"), [(name, _gain(gain)) for name, gain in gains.items()]),
    ]


def _decided(decided: Decided) -> list[str]:
    title = "## Forslag, der er afgjort"
    if not decided.counts:
        return [title, "Ingen forslag er afgjort endnu."]
    rows = [
        (label(Verdict(name)), str(count), percent(decided.mean_value[name])) for name, count in decided.counts.items()
    ]
    parts = [title, _table(("Afgørelse", "Forslag", "Passer, gennemsnit"), rows)]
    if decided.order is not None:
        parts.append(
            f"Et godkendt forslag passede bedre end et afvist i {percent(decided.order)} af parrene; 50 % er held."
        )
    return parts


def _market(market: Market) -> list[str]:
    rows = [
        ("Borgere, der venter", str(market.citizens)),
        ("Pladser, der er ledige", str(market.places)),
        ("Borgere med mindst én mulig plads", percent(market.with_a_place)),
        ("Borgere med mindst fem", percent(market.with_five)),
        ("Pladser på nogens liste (10 bedste), efter værdi", percent(market.slots_in_lists)),
        ("Pladser på nogens liste (10 bedste), efter værdi minus pris", percent(market.slots_in_lists_with_prices)),
        ("Borgere, planen foreslår en plads", str(market.proposed)),
        ("Planens afstand til den øvre grænse", percent(market.gap, 2)),
    ]
    crowding = [
        ("efter hvor godt pladsen passer", percent(market.fillable)),
        ("efter værdi minus pris", percent(market.fillable_with_prices)),
        ("til sammenligning: planen, der ser alle på én gang", percent(market.planned)),
    ]
    return [
        "## Lister og plan",
        f"Beregnet med {weights_text(market.weights_id)}.",
        _table(("", "Antal eller andel"), rows),
        "### Trængsel",
        (
            "Andelen af borgere med en liste, hvis øverste forslag kan besættes, når alle følger deres øverste forslag "
            "på én gang og alle grænser holdes."
        ),
        _table(("Listerne ordnet", "Kan besættes samtidig"), crowding),
        f"![Øverste forslag, der kan besættes samtidig]({CROWDING})",
    ]


def _groups(market: Market) -> list[str]:
    rows = [
        (
            KINDS[group.kind],
            group.name,
            str(group.citizens),
            percent(group.with_a_place),
            decimal(group.places, 0),
            "–" if group.best_value is None else percent(group.best_value),
            percent(group.proposed),
        )
        for group in market.groups
    ]
    columns = (
        "",
        "Gruppe",
        "Borgere",
        "Har mulig plads",
        "Mulige pladser (median)",
        "Bedste plads passer",
        "Foreslået",
    )
    return [
        "## Lige muligheder",
        (
            "Grupper på under 10 borgere er udeladt. En forskel er et spørgsmål, ikke et svar: grupper har forskellige "
            "behov, timer og veje."
        ),
        _table(columns, rows),
    ]


def _validation_table(validation: Validation) -> str:
    ways = {name: getattr(validation, name) for name in WAYS}
    truth = validation.model.from_truth is not None
    columns = ("Chancen angives ved", "Brier-score", "Afvigelse fra udfald", *(("fra sand chance",) if truth else ()))
    rows = [
        (
            WAYS[name],
            decimal(one.brier, 4),
            decimal(one.calibration_error, 3),
            *((decimal(one.from_truth, 3),) if one.from_truth is not None else ()),
            "–" if name == "hand_set" else _gain(one.gain),
        )
        for name, one in ways.items()
    ]
    return _table((*columns, "Gevinst mod håndsatte"), rows)


def _share(interval: Interval) -> str:
    return f"{decimal(interval.estimate, 3)} ({decimal(interval.low, 3)} til {decimal(interval.high, 3)})"


def _gain(interval: Interval) -> str:
    low, high = decimal(interval.low, 4).replace("-", "−"), decimal(interval.high, 4).replace("-", "−")
    sign = "+" if interval.estimate > 0 else ""
    return f"{sign}{decimal(interval.estimate, 4).replace('-', '−')} (95 % interval {low} til {high})"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; bars in the cells are kept from being read as its own."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
