"""Repository of what people said about citizens and places when they planned again."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.db.pair_tables import PairDecisionRow
from service.db.pairs import PairDecision
from service.db.scoping import whole_municipality


class PairDecisions:
    """What was said in one municipality; it is added, and withdrawn with the plan of its run at most."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, decisions: Iterable[PairDecision]) -> None:
        """Write them."""
        self.session.add_all(PairDecisionRow(municipality=self.municipality, **asdict(one)) for one in decisions)
        self.session.flush()

    def withdraw(self, run_id: str) -> None:
        """Let nothing that was said in the plan of a run count any more, whomever it is about."""
        table = PairDecisionRow
        with whole_municipality(self.session):
            of_run = select(table).where(table.municipality == self.municipality, table.run_id == run_id)
            for row in self.session.scalars(of_run):
                row.withdrawn = True
            self.session.flush()
