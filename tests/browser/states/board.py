"""The job club's board."""

from tests.browsing import State
from tests.serving import AUDITOR, CONSULTANT

STATES = (
    State("tavle", CONSULTANT, "/tavle"),
    State("tavle-valgt", AUDITOR, "/tavle?omraade=6950"),
    State("tavle-ingen-passer", CONSULTANT, "/tavle?omraade=0000"),
)
