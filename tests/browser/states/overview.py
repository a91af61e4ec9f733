"""The overview and the fairness report."""

from tests.browsing import State
from tests.serving import CONSULTANT, LEAD

STATES = (
    State("overblik", LEAD, "/overblik"),
    State(
        "overblik-tal",
        LEAD,
        "/overblik",
        prepare=lambda page: [one.click() for one in page.locator("details.numbers > summary").all()],
    ),
    State("overblik-ligebehandling", LEAD, "/overblik/ligebehandling"),
    State("overblik-uden-adgang", CONSULTANT, "/overblik", status=403),
)
