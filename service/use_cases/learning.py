"""Weights learnt from a municipality's ended placements: learn, show the figures, choose, use.

Nothing is switched on by learning. A named person chooses, with a reason, after the figures have been shown; the next
night plans with the chosen weights, and the lists of the day follow the night whose prices they use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from features.success import SuccessModel, TooFewCases
from features.validation import CalibrationBin, Interval, Measured, Validation, validate
from matcher.domain.validation import InvalidValueError, check_id, check_text
from matcher.language import Language, Text
from matcher.terms import TERMS, Term
from matcher.weights import HAND_SET, Weights
from service.audit_chain import Action
from service.clock import now
from service.db.audit_repositories import audited
from service.db.learning import LearntWeights, StoredWeights, WeightsChoice
from service.db.records import MatchRun
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import InvalidInput, NotFound, TooFewPlacements, WeightsOutdated
from service.use_cases.matching import MatchInputs
from service.use_cases.past import past_of_municipality


@dataclass(frozen=True, slots=True)
class Learnt:
    """Learnt weights with the figures they were measured by; `as_proposed`: placements with their terms of the day."""

    model: SuccessModel
    validation: Validation
    as_proposed: int

    @property
    def id(self) -> str:
        """Id of the weights."""
        return self.model.id

    def as_record(self) -> dict[str, Any]:
        """As JSON."""
        return {"id": self.id, "model": self.model.as_record(), "validation": _validation_record(self)}


@dataclass(frozen=True, slots=True)
class WeightsOverview:
    """What the next night plans with, every choice and every learnt model, newest first."""

    in_use: str
    choices: tuple[WeightsChoice, ...]
    learnt: tuple[StoredWeights, ...]

    def as_record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "in_use": self.in_use,
            "choices": [asdict(one) | {"chosen_at": one.chosen_at.isoformat()} for one in self.choices],
            "learnt": [{"id": one.id, "learnt_at": one.learnt_at.isoformat()} for one in self.learnt],
        }


def weights_overview(session: Session, municipality: str) -> WeightsOverview:
    """Which weights there are, and who has chosen which."""
    kept = LearntWeights(session, municipality)
    choices = kept.choices()
    return WeightsOverview(_chosen(choices) or HAND_SET.id, choices, kept.all())


def learn_weights(sessions: SessionFactory, municipality: str, inputs: MatchInputs) -> Learnt:
    """Learn from the ended placements, measure on the later ones, and store both; no list changes.

    Raises
    ------
    TooFewPlacements
        below the numbers of `features.success` and `features.validation`, or where no term shows an effect.
    """
    with read_only(sessions) as session:
        past, as_proposed = past_of_municipality(session, municipality, inputs)
    try:
        model, validation = validate(past)
        model.weights()
    except TooFewCases as error:
        raise TooFewPlacements(str(error)) from error
    except ValueError as error:
        raise TooFewPlacements("no term shows an effect on how the placements ended") from error
    learnt = Learnt(model, validation, as_proposed)
    with unit_of_work(sessions) as session:
        LearntWeights(session, municipality).add(
            StoredWeights(learnt.id, now(), model.as_record(), _validation_record(learnt))
        )
    return learnt


def learnt_weights(session: Session, municipality: str, weights_id: str) -> Learnt:
    """Learnt weights by their id; raises NotFound, or WeightsOutdated where the program's terms are others now."""
    return _learnt(LearntWeights(session, municipality).get(weights_id))


def shares_of(learnt: Learnt) -> tuple[tuple[Term, float, float | None], ...]:
    """Each term with its hand-set weight, as the mean of the profiles, and its share among the learnt ones.

    Both are shares in [0, 1]; None where a term is not learnt and weighs as before.
    """
    slope, hand_set = learnt.model.slope, HAND_SET.matrix().mean(axis=0)
    whole = sum(slope.values())
    return tuple(
        (term, float(hand_set[t]), slope[term.id] / whole if term.id in slope else None) for t, term in enumerate(TERMS)
    )


def choose_weights(
    sessions: SessionFactory, municipality: str, weights_id: str | None, *, chosen_by: str, reason: str
) -> None:
    """Plan with these weights from the next night on; None: the hand-set ones.

    Raises
    ------
    InvalidInput
        where the person or the reason is missing.
    NotFound, WeightsOutdated
        where the weights do not exist, or cannot be used any more.
    """
    try:
        check_id("chosen_by", chosen_by)
        check_text("reason", reason, required=True)
    except InvalidValueError as error:
        raise InvalidInput(str(error)) from error
    with unit_of_work(sessions) as session:
        if weights_id is not None:
            learnt_weights(session, municipality, weights_id)
        LearntWeights(session, municipality).choose(WeightsChoice(weights_id, chosen_by, reason.strip(), now()))
        chosen = weights_id or HAND_SET.id
        audited(session, municipality, Action.WEIGHTS_CHOSEN, "weights", chosen, {"chosen_by": chosen_by})


def weights_in_use(session: Session, municipality: str) -> Weights:
    """What the next night plans with: the last choice, or the hand-set weights where nobody has chosen.

    Raises WeightsOutdated.
    """
    chosen = _chosen(LearntWeights(session, municipality).choices())
    return HAND_SET if chosen is None else learnt_weights(session, municipality, chosen).model.weights()


def _chosen(choices: Sequence[WeightsChoice]) -> str | None:
    """Id of the learnt weights that the newest choice, the first, names; None: the hand-set ones."""
    return choices[0].weights_id if choices else None


def weights_of_run(session: Session, municipality: str, run: MatchRun | None) -> Weights:
    """The weights of a night, whose prices only go with them; what is in use where there is none."""
    if run is None:
        return weights_in_use(session, municipality)
    try:
        return learnt_weights(session, municipality, str(run.versions.get("weights"))).model.weights()
    except NotFound:
        return HAND_SET


def weights_text(weights_id: str, language: Language = Language.DANISH) -> str:
    """What weights are called."""
    by_hand = weights_id == HAND_SET.id
    return Text(
        f"{'håndsatte' if by_hand else 'lærte'} vægte ({weights_id})",
        f"{'hand-set' if by_hand else 'learnt'} weights ({weights_id})",
    ).in_(language)


def _learnt(stored: StoredWeights) -> Learnt:
    try:
        return Learnt(
            SuccessModel.of_record(stored.model), _validation(stored.validation), stored.validation["as_proposed"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsOutdated("learn them anew, or choose the hand-set ones") from error


def _validation_record(learnt: Learnt) -> dict[str, Any]:
    record = asdict(learnt.validation)
    return record | {"split_on": learnt.validation.split_on.isoformat(), "as_proposed": learnt.as_proposed}


def _validation(record: Mapping[str, Any]) -> Validation:
    truth = record["gain_in_truth"]
    return Validation(
        split_on=date.fromisoformat(record["split_on"]),
        learnt_from=record["learnt_from"],
        measured_on=record["measured_on"],
        base_rate=record["base_rate"],
        gain_in_truth=Interval(**truth) if truth else None,
        **{name: _measured(record[name]) for name in ("base", "hand_set", "learnt_weights", "model")},
    )


def _measured(record: Mapping[str, Any]) -> Measured:
    return Measured(
        brier=record["brier"],
        calibration_error=record["calibration_error"],
        from_truth=record["from_truth"],
        gain=Interval(**record["gain"]),
        bins=tuple(CalibrationBin(**one) for one in record["bins"]),
    )
