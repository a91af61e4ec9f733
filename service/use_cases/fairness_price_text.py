"""What the price of a least share is called, in Danish and English, and as JSON."""

from dataclasses import asdict
from typing import Any

from matcher import english, wording
from matcher.language import Text
from service.use_cases.fairness_price import FairnessPrice
from service.use_cases.fairness_text import target_group_text


def price_statements(price: FairnessPrice) -> tuple[Text, ...]:
    """The price in sentences."""
    found, share = price.found, price.min_share
    if found.met and found.lost <= 0:
        return (
            Text(
                f"Planen giver allerede mindst {wording.percent(share)} af hver målgruppe en plads. Det koster intet.",
                f"The plan already places at least {english.percent(share)} of each target group. It costs nothing.",
            ),
        )
    if found.met:
        return _cost(price)
    if found.impossible:
        first = Text(
            f"Der er ikke pladser til {wording.percent(share)} af hver målgruppe: ingen plan kan nå det.",
            f"There are not places for {english.percent(share)} of each target group: no plan can reach it.",
        )
    else:
        first = Text(
            f"Der blev ikke fundet en plan, der giver {wording.percent(share)} af hver målgruppe en plads.",
            f"No plan was found that places {english.percent(share)} of each target group.",
        )
    return first, *_missing(price)


def _cost(price: FairnessPrice) -> tuple[Text, ...]:
    found, share = price.found, price.min_share
    before, after = found.value_free, found.value
    lost_percent = 100 * found.lost / before if before else 0.0
    least, most = max(0.0, before - found.bound), found.bound_free - after
    return (
        Text(
            f"Mindst {wording.percent(share)} af hver målgruppe får en plads, hvis planens værdi falder fra "
            f"{wording.number(before, 2)} til {wording.number(after, 2)} ({wording.number(lost_percent, 2)} %).",
            f"At least {english.percent(share)} of each target group is placed if the value of the plan falls from "
            f"{english.number(before, 2)} to {english.number(after, 2)} ({english.number(lost_percent, 2)}%).",
        ),
        Text(
            f"Ingen plan med de andele koster mindre end {wording.number(least, 2)}. Målt fra det højeste, nogen plan "
            f"kan nå, er prisen højst {wording.number(most, 2)}.",
            f"No plan with these shares costs less than {english.number(least, 2)}. Against the most that any plan can "
            f"reach, the price is at most {english.number(most, 2)}.",
        ),
    )


def _missing(price: FairnessPrice) -> tuple[Text, ...]:
    """The groups that fall short in the nearest plan."""
    said = []
    for code, group in price.groups:
        if group.met:
            continue
        name = target_group_text(code, price.on)
        said.append(
            Text(
                f"{name.danish}: {group.placed} af {group.waiting} får en plads, {group.needed} skulle have haft en.",
                f"{name.english}: {group.placed} of {group.waiting} are placed, {group.needed} should have been.",
            )
        )
    return tuple(said)


def price_record(price: FairnessPrice) -> dict[str, Any]:
    """The price as JSON; groups too small to be shown are left out."""
    found = price.found
    return {
        "min_share": price.min_share,
        "planned_for": price.on.isoformat(),
        "met": found.met,
        "impossible": found.impossible,
        "value_free": found.value_free,
        "value": found.value,
        "lost": found.lost,
        "bound_free": found.bound_free,
        "bound": found.bound,
        "groups": [
            {
                "target_group": code,
                "danish": target_group_text(code, price.on).danish,
                "english": target_group_text(code, price.on).english,
                **asdict(group),
                "met": group.met,
            }
            for code, group in price.groups
        ],
        "statements": [asdict(text) for text in price_statements(price)],
    }
